package reproduce

import (
	"math"

	"assay/metrics"
	"assay/metrics/infer"
	"assay/metrics/stats"
	"assay/reports/study"
)

// level is the two-sided level of a verdict. One side of it is that of a 95% interval.
const level = 1 - metrics.Confidence

// Judge decides every finding. A finding holds if all of its tests do, and fails if one
// of them fails. In a null world a claim that depends on something which is missing there
// vanishes, unless one of its tests holds. Over several seeds each finding also has the
// verdict that is left after Holm's adjustment over all of them.
func (o *Options) Judge(findings []Finding, seeds []Cells) []study.Finding {
	var out []study.Finding
	for i := range findings {
		f := &findings[i]
		judged := study.Finding{ID: f.ID, Claim: f.Claim, Source: f.Source, Paper: f.Paper, Extra: f.Extra, Vanishes: f.Vanishes}
		for k := range f.Tests {
			judged.Tests = append(judged.Tests, o.judge(&f.Tests[k], seeds))
		}
		judged.Verdict = together(judged.Tests)
		judged.SeedsNeeded = neededOf(&judged)
		out = append(out, judged)
	}
	if len(seeds) > 1 {
		adjust(out)
	}
	if o.Null {
		for i := range out {
			out[i].Verdict = vanished(&out[i])
		}
	}
	return out
}

// together is the verdict of a finding with these tests.
func together(tests []study.Test) study.Verdict {
	count := map[study.Verdict]int{}
	for i := range tests {
		count[tests[i].Verdict]++
	}
	switch {
	case count[study.Fails] > 0:
		return study.Fails
	case count[study.NotTested] > 0:
		return study.NotTested
	case count[study.Holds] == len(tests):
		return study.Holds
	}
	return study.Undecided
}

// vanished is a finding's verdict in a null world.
func vanished(f *study.Finding) study.Verdict {
	if !f.Vanishes || f.Verdict == study.NotTested {
		return f.Verdict
	}
	for _, t := range f.Tests {
		if t.Verdict == study.Holds {
			return study.StillThere
		}
	}
	return study.Vanishes
}

// judge decides a test from the seeds' numbers. It holds if the entire interval keeps
// the rule, and fails if the entire interval breaks it.
func (o *Options) judge(t *Test, seeds []Cells) study.Test {
	text, lo, hi := t.rule()
	out := study.Test{Name: t.Name, Unit: t.unit(), Rule: text, Lo: lo, Hi: hi, Verdict: study.NotTested}
	var of []metrics.Interval
	for _, cells := range seeds {
		number, missing := o.evaluate(cells, t.Number, t.Of)
		if missing != "" {
			out.Missing = missing
			return out
		}
		of = append(of, number)
		out.PerSeed = append(out.PerSeed, number.Point)
	}
	out.Seeds, out.Interval = len(of), infer.OverSeeds(of)
	in := out.Interval
	switch {
	case in == nil:
	case (lo == nil || in.Lo > *lo) && (hi == nil || in.Hi < *hi):
		out.Verdict = study.Holds
	case lo != nil && in.Hi < *lo, hi != nil && in.Lo > *hi:
		out.Verdict = study.Fails
	default:
		out.Verdict = study.Undecided
	}
	if len(of) > 1 {
		out.Holding, out.Failing = pValues(in, lo, hi, float64(len(of)-1))
		s := spreadOf(&out)
		out.Detectable, out.SeedsNeeded = s.detectable(len(of)), s.needed()
	}
	return out
}

// pValues are one-sided p-values of Student's test over seeds, against the edges of a
// rule: that the number keeps the rule, and that it breaks it. To be between two edges a
// number must be beyond both, so the larger p counts (two one-sided tests); to break the rule one is
// enough, and the smaller counts twice.
func pValues(in *metrics.Interval, lo, hi *float64, df float64) (holding, failing float64) {
	failing = 1
	for _, edge := range []struct {
		at   *float64
		sign float64
	}{{lo, 1}, {hi, -1}} {
		if edge.at == nil {
			continue
		}
		beyond := edge.sign * (in.Point - *edge.at)
		holding = max(holding, stats.StudentTail(beyond, in.SE, df))
		failing = min(failing, stats.StudentTail(-beyond, in.SE, df))
	}
	if lo != nil && hi != nil {
		failing = min(1, 2*failing)
	}
	return holding, failing
}

// adjust gives each finding its p-value, and the verdict after Holm's adjustment over all
// findings that were tested.
//
// A finding holds only if each of its tests does, so the p-value for holding is the
// largest of its tests' (intersection-union). It fails if one does, so the p-value for
// failing is the smallest times their number (Bonferroni). The finding's p is twice the
// smaller of the two, since it may come out either way.
func adjust(findings []study.Finding) {
	var p []float64
	var of []int
	for i := range findings {
		f := &findings[i]
		if f.Holm = f.Verdict; f.Verdict == study.NotTested {
			continue
		}
		holding, failing := 0.0, 1.0
		for _, t := range f.Tests {
			if t.Interval == nil { // another test decides that the finding fails
				holding = 1
				continue
			}
			holding, failing = max(holding, t.Holding), min(failing, t.Failing)
		}
		failing = min(1, failing*float64(len(f.Tests)))
		f.P = min(1, 2*min(holding, failing))
		p, of = append(p, f.P), append(of, i)
		f.Holm = study.Holds
		if failing < holding {
			f.Holm = study.Fails
		}
	}
	for k, adjusted := range stats.Holm(p) {
		f := &findings[of[k]]
		if f.Adjusted = adjusted; adjusted > level {
			f.Holm = study.Undecided
		}
	}
}

// neededOf is the number of seeds that would decide an undecided finding, if the numbers
// stay what they are: as many as its slowest test needs to hold or, if a number is on the
// wrong side, as the fastest of those needs to fail. 0 means that it is decided or unknown.
func neededOf(f *study.Finding) int {
	if f.Verdict != study.Undecided {
		return 0
	}
	hold, fail := 0, 0
	for i := range f.Tests {
		t := &f.Tests[i]
		if t.Verdict == study.Holds || t.SeedsNeeded == 0 {
			continue
		}
		if spreadOf(t).inside() {
			hold = max(hold, t.SeedsNeeded)
		} else if fail == 0 || t.SeedsNeeded < fail {
			fail = t.SeedsNeeded
		}
	}
	if fail > 0 {
		return fail
	}
	return hold
}

// spread is a test's number over seeds: its mean and its standard deviation between seeds.
type spread struct {
	mean, sd float64
	lo, hi   *float64
}

func spreadOf(t *study.Test) spread {
	return spread{t.Point, t.SE * math.Sqrt(float64(t.Seeds)), t.Lo, t.Hi}
}

// inside reports whether the mean keeps the rule.
func (s spread) inside() bool {
	return (s.lo == nil || s.mean > *s.lo) && (s.hi == nil || s.mean < *s.hi)
}

// distances are how far the mean is inside each edge of the rule; below 0 it is outside.
func (s spread) distances() []float64 {
	var all []float64
	if s.lo != nil {
		all = append(all, s.mean-*s.lo)
	}
	if s.hi != nil {
		all = append(all, *s.hi-s.mean)
	}
	return all
}

// detectable is the smallest distance of the true number from the edge that n seeds decide in
// 80% of studies.
func (s spread) detectable(n int) float64 {
	return s.sd / math.Sqrt(float64(n)) * stats.DetectableT(float64(n-1), level, infer.Power)
}

// decided are the probabilities that a test over n seeds holds and that it fails, if the
// true mean and spread are these, at a two-sided level alpha. Between two edges, the probability of
// holding is at least what is returned (Bonferroni's bound).
func (s spread) decided(n int, alpha float64) (holds, fails float64) {
	holds = 1
	for _, d := range s.distances() {
		holds -= 1 - s.beyond(d, n, alpha)
		fails += s.beyond(-d, n, alpha)
	}
	return max(0, holds), min(1, fails)
}

// beyond is the probability that a test over n seeds finds the number beyond an edge, if the true
// mean is d beyond it. Without spread it is certain, except on the edge itself.
func (s spread) beyond(d float64, n int, alpha float64) float64 {
	switch {
	case s.sd > 0:
		return stats.PowerT(float64(n-1), alpha, d/s.sd*math.Sqrt(float64(n)))
	case d > 0:
		return 1
	}
	return 0
}

// needed is the smallest number of seeds that decides the test in 80% of studies, or
// study.MostSeeds+1 if that are more than [study.MostSeeds].
func (s spread) needed() int {
	enough := func(n int) bool {
		holds, fails := s.decided(n, level)
		return max(holds, fails) >= infer.Power
	}
	if !enough(study.MostSeeds) {
		return study.MostSeeds + 1
	}
	lo, hi := 1, study.MostSeeds // hi is enough, lo isn't: power rises with n
	for hi-lo > 1 {
		if m := (lo + hi) / 2; enough(m) {
			hi = m
		} else {
			lo = m
		}
	}
	return hi
}
