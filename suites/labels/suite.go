package labels

import (
	"assay/metrics"
	"assay/metrics/names"
	"assay/suites"
)

// Metrics that only labels have.
const (
	PreferenceStrength = "preference_strength"
	Toxicity           = "toxicity"
	RelativeToxicity   = "relative_toxicity"
	Continuity         = "continuity"
)

// Suite is what people's judgements are reported as, under a suite's name.
func Suite(name string) suites.Suite {
	s := suites.Suite{
		Name:  name,
		Title: "Human labels",
		Text: "What people said about the outputs. Errors are clustered by prompt and, if there are several, by labeler. " +
			"A win rate is over the baseline it names: a tie counts half, and 0.5 means no difference. " +
			"The strength of a preference is from -3 (the baseline's output is much better) to 3. " +
			"Hallucination is left out on prompts that are known not to be closed-domain.",
		Metrics:  Metrics(),
		Clusters: "cluster",
		Plot:     suites.Plot{Group: names.Labels, Metric: names.WinRate, Mark: suites.Dots, Reference: 0.5},
		Drawings: drawings(),
	}
	if name != names.Labels {
		s.Title += ": " + name
	}
	return s
}

// drawings are the figures of Ouyang et al. 2022 beside the win rate (figure 1): metadata (figure 4),
// grades (figure 5), and both by labeler group and by prompts (figure 3).
func drawings() []suites.Drawing {
	overall := []suites.Panel{{Metric: names.WinRate, Reference: 0.5}, {Metric: names.Likert}}
	return []suites.Drawing{
		{ID: "metadata", Title: "What labelers noted, as in the InstructGPT paper's Figure 4", Mark: suites.Bars, Panels: []suites.Panel{
			{Metric: names.FailsInstruction, Title: "Attempts the correct instruction", Opposite: true},
			{Metric: names.SatisfiesConstraint, Title: "Follows explicit constraints"},
			{Metric: names.Hallucination, Title: "Hallucinations, closed-domain"},
			{Metric: names.Inappropriate, Title: "Uses appropriate language", Opposite: true},
		}},
		{ID: "likert", Title: "Grades, as in the InstructGPT paper's Figure 5", Mark: suites.Dots, Panels: []suites.Panel{{Metric: names.Likert}}},
		{ID: "by-labeler-group", Title: "By labeler group, as in the InstructGPT paper's Figure 3", Mark: suites.Dots, By: "labeler group", Panels: overall},
		{ID: "by-category", Title: "By use case, as in the InstructGPT paper's Figure 3", Mark: suites.Dots, By: suites.CategoryField, Panels: overall},
	}
}

// Metrics are the metrics that labels can have, in the order of reports.
func Metrics() []metrics.Metric {
	const up, down = metrics.HigherIsBetter, metrics.LowerIsBetter
	mean := func(name, title string, direction metrics.Direction, lo, hi float64) metrics.Metric {
		return metrics.Metric{Name: name, Title: title, Kind: metrics.Mean, Direction: direction, Lo: lo, Hi: hi}
	}
	all := []metrics.Metric{
		mean(names.WinRate, "Win rate", up, 0, 1),
		mean(PreferenceStrength, "Strength of preference, -3 to 3", up, -3, 3),
		mean(names.Likert, "Likert, 1 to 7", up, 1, 7),
	}
	all[0].Even, all[1].Even = new(0.5), new(0.0)
	all = append(all, FlagMetrics()...)
	return append(all,
		mean(Toxicity, "Toxicity, 0 to 2", down, 0, 2),
		mean(RelativeToxicity, "Toxicity relative to the prompt, -1 to 1", down, -1, 1),
		mean(Continuity, "Continuity, 1 to 7", up, 1, 7),
	)
}
