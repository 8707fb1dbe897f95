package suites

import (
	"assay/metrics"
	"assay/models"
)

// Unscored is the rule for answers that are not ordinary. It holds for every suite and judge,
// here and on import: a filtered or failed answer is not scored, a cut or empty one is scored
// as it is. With [Suite.Silent], some empty answers are not scored either. The result is the
// reason why there is no score; "" if there is one.
func (s *Suite) Unscored(c *models.Completion) string {
	if reason := c.NoAnswer(); reason != "" {
		return reason
	}
	if s.Silent {
		switch c.Kind() {
		case models.EmptyCut:
			return "the answer is empty: the token limit cut it before any text"
		case models.EmptyNoStop:
			return "the answer is empty, and nothing says that the model stopped on its own"
		}
	}
	return ""
}

// MarkOf is the mark that judgements of a completion carry.
func MarkOf(c *models.Completion) metrics.Mark {
	return [...]metrics.Mark{
		models.Cut: metrics.Cut, models.Empty: metrics.Empty, models.EmptyCut: metrics.EmptyCut, models.EmptyNoStop: metrics.EmptyNoStop,
		models.Filtered: metrics.Filtered, models.Failed: metrics.Failed,
	}[c.Kind()]
}

// Stamp marks judgements of a completion, also with the baseline's mark if they compare.
func Stamp(js []metrics.Judgement, of, baseline metrics.Mark) {
	for i := range js {
		js[i].Mark = of
		if js[i].Baseline != "" {
			js[i].BaselineMark = baseline
		}
	}
}

// WorstMark is the most serious mark of some judgements, for a judgement gathered from them.
func WorstMark(js []metrics.Judgement) (mark metrics.Mark) {
	for i := range js {
		mark = mark.Worse(js[i].Mark)
	}
	return mark
}
