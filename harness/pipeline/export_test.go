package pipeline

// Judges are the names of a suite's judges, in order of appearance.
func (j *Judged) Judges(suite string) []string { return j.judges[suite] }
