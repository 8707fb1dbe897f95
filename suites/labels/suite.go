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
			"Hallucination is counted on closed-domain prompts only.",
		Metrics:  Metrics(),
		Clusters: "cluster",
		Plot:     suites.Plot{Group: names.Labels, Metric: names.WinRate, Mark: suites.Dots, Reference: 0.5},
	}
	if name != names.Labels {
		s.Title += ": " + name
	}
	return s
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
