package suites

import (
	"assay/metrics"
	"assay/models"
)

// Unscored is the rule on answers that are no ordinary ones, for every suite and every
// judge, here and on import: a filtered or failed answer is not scored, a cut or empty one
// is scored as it is. A suite leaves more unscored by [Suite.Silent]. It gives the reason
// where there is no score, "" elsewhere.
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

// Stamp marks judgements of a completion, and those that compare it with the baseline's too.
func Stamp(js []metrics.Judgement, of, baseline metrics.Mark) {
	for i := range js {
		js[i].Mark = of
		if js[i].Baseline != "" {
			js[i].BaselineMark = baseline
		}
	}
}

// WorstMark is the gravest of some judgements' marks: that of what is gathered from them.
func WorstMark(js []metrics.Judgement) (mark metrics.Mark) {
	for i := range js {
		mark = mark.Worse(js[i].Mark)
	}
	return mark
}
