package suites

import "assay/models"

// Live is how a suite is asked of a model: where its public data are, and what
// is asked about each example.
type Live struct {
	// Data is the data set's usual place below the folder of data, for a plan that
	// names no file.
	Data string
	// Shots is the same for the file of few-shot examples; "" where there is no
	// usual one.
	Shots string
	// Sampling is the suite's own way of decoding.
	Sampling models.Sampling
	// Conditions that are asked unless a plan chooses others. Nil is the suite's
	// whole list.
	Conditions []string
	// ShotConditions are the conditions that need a Shots file.
	ShotConditions []string
	// Scored says that the suite asks for log-probabilities of choices, not text.
	Scored bool
	// ByLetter says that a model which gives no log-probabilities can be asked to
	// choose by letter instead: requests have Letters. Where it can't, a plan that
	// asks such a model is refused.
	ByLetter bool
	// Brings are metrics that judges made with the data may judge: see [Set.Judges].
	// Whether they do hangs on the data.
	Brings []string
	// Load reads the files. Its errors name file, line and remedy.
	Load func(files Files) (*Set, error)
}

// Files are what a suite reads; paths that exist. Shots is "" where the plan
// gives none and there is no usual one.
type Files struct {
	Data, Shots string
}

// Set is a suite's data, read.
type Set struct {
	Examples []Example // in file order, ids distinct
	// Ask makes the request about an example under one condition: prompt, system
	// and choices, and stops where a condition has its own. The rest of Sampling, seed,
	// sample and About are filled in by the caller.
	Ask func(ex *Example, condition string) models.Request
	// Judges are those that know the data, where judging needs more than an example
	// holds.
	Judges []Judge
	// Files are paths that were read besides those that Load was given.
	Files []string
	// Notices are for the user: rows passed over, and why.
	Notices []string
}
