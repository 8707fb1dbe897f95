package study

import (
	"fmt"
	"slices"

	"assay/metrics/names"
	"assay/reports"
)

// preferenceMetrics are the metrics of the suite world that say how good answers are. The
// others say what is wrong with them.
func preferenceMetrics() []string {
	return []string{names.WinRate, names.HeldOutWinRate, names.GoldWinRate, names.Likert, names.HeldOutLikert, names.GoldUtility, names.GoldCorrect}
}

// preferences is figures 1 and 3: which models are preferred to the baseline, by whom, on
// which prompts.
func (s *Study) preferences() reports.Section {
	section := reports.Section{
		ID: "preferences", Title: "Preferences",
		Text: fmt.Sprintf("How often answers are preferred to those of %s to the same prompts; a tie counts half. Training labelers ranked the reward models' training data; held-out labelers labelled no training data. Gold rules are the small world's own rules, without noise.", s.title(s.Baseline)),
	}
	for _, draw := range []func() (reports.Figure, bool){s.winRates, s.winRatesByGroup, s.utility} {
		if f, ok := draw(); ok {
			section.Figures = append(section.Figures, f)
		}
	}
	section.Tables = s.tables("preferences", "Preferences", func(metric string) bool { return slices.Contains(preferenceMetrics(), metric) })
	return section
}

func (s *Study) winRates() (reports.Figure, bool) {
	return s.draw(reports.Figure{
		ID: "win-rate", Title: "Win rate against " + s.title(s.Baseline), Columns: 2,
		Caption: "Answers drawn at temperature 1, and the most likely answers. Judged by the training labelers, as in the paper's figure 1, and by the gold rules.",
	}, []chart{
		{title: "Training labelers, temperature 1", label: "win rate", estimates: s.Sampled, metric: names.WinRate, mark: reports.Lines, reference: 0.5},
		{title: "Training labelers, greedy", label: "win rate", estimates: s.Greedy, metric: names.WinRate, mark: reports.Lines, reference: 0.5},
		{title: "Gold rules, temperature 1", label: "win rate", estimates: s.Sampled, metric: names.GoldWinRate, mark: reports.Lines, reference: 0.5},
		{title: "Gold rules, greedy", label: "win rate", estimates: s.Greedy, metric: names.GoldWinRate, mark: reports.Lines, reference: 0.5},
	})
}

// winRatesByGroup has a row for each distribution of prompts, and a column for each group of
// labelers.
func (s *Study) winRatesByGroup() (reports.Figure, bool) {
	from := s.Distributions
	if len(from) == 0 {
		from = []Distribution{{Estimates: s.Sampled}}
	}
	var charts []chart
	for _, d := range from {
		of := ""
		if d.Name != "" {
			of = ", prompts " + d.Name
		}
		charts = append(charts,
			chart{title: "Training labelers" + of, label: "win rate", estimates: d.Estimates, metric: names.WinRate, mark: reports.Lines, reference: 0.5},
			chart{title: "Held-out labelers" + of, label: "win rate", estimates: d.Estimates, metric: names.HeldOutWinRate, mark: reports.Lines, reference: 0.5})
	}
	return s.draw(reports.Figure{
		ID: "win-rate-groups", Title: "Win rate against " + s.title(s.Baseline) + " by labelers and prompts", Columns: 2,
		Caption: "Answers drawn at temperature 1. Left: the labelers of the training data. Right: labelers who labelled no training data. A row for each distribution of prompts. As the paper's figure 3, which leaves GPT (prompted) out on prompts sent to GPT.",
	}, charts)
}

func (s *Study) utility() (reports.Figure, bool) {
	return s.draw(reports.Figure{
		ID: "utility", Title: "Gold utility", Columns: 2,
		Caption: "What the answers are worth by the rules of the small world, which no model is trained on: about 1 where an answer does what the prompt says, below 0 where it does harm. The paper has no such figure.",
	}, []chart{
		{title: "Temperature 1", label: "gold utility", estimates: s.Sampled, metric: names.GoldUtility, mark: reports.Lines},
		{title: "Greedy", label: "gold utility", estimates: s.Greedy, metric: names.GoldUtility, mark: reports.Lines},
	})
}

// likert is figure 5a.
func (s *Study) likert() reports.Section {
	section := reports.Section{
		ID: "likert", Title: "Likert scores, with FLAN and T0",
		Text: "Labelers rate each answer from 1 to 7. FLAN and T0 are the pretrained model fine-tuned on public-style tasks of the small world, with one wording each and with several.",
	}
	f, ok := s.draw(reports.Figure{
		ID: "likert", Title: "Likert scores", Columns: 2,
		Caption: "Answers drawn at temperature 1. As the paper's figure 5a, which has only training labelers.",
	}, []chart{
		{title: "Training labelers", label: "Likert score", estimates: s.Sampled, metric: names.Likert, mark: reports.Lines, lo: 1, hi: 7},
		{title: "Held-out labelers", label: "Likert score", estimates: s.Sampled, metric: names.HeldOutLikert, mark: reports.Lines, lo: 1, hi: 7},
	})
	if ok {
		section.Figures = []reports.Figure{f}
	}
	return section
}

// metadata is figure 4, and closed-domain hallucination by use case.
func (s *Study) metadata() reports.Section {
	section := reports.Section{
		ID: "metadata", Title: "What labelers note about the answers",
		Text: "Shares of answers with a property that the training labelers note, and closed-domain hallucination by the gold rules: an answer says something that is not in its passage.",
	}
	share := func(title, metric string) chart {
		return chart{title: title, label: "share of answers", estimates: s.Sampled, metric: metric, mark: reports.Bars}
	}
	f, ok := s.draw(reports.Figure{
		ID: "metadata", Title: "Properties of the answers", Columns: 2,
		Caption: "Answers drawn at temperature 1, noted by the training labelers. Constraints are for prompts that have one, hallucination for prompts with a passage. As the paper's figure 4, which pools its sizes and shows the opposite of the first two.",
	}, []chart{
		share("Fails the instruction", names.FailsInstruction), share("Inappropriate for an assistant", names.Inappropriate),
		share("Keeps the constraint", names.SatisfiesConstraint), share("Hallucinates, closed-domain", names.Hallucination),
	})
	if ok {
		section.Figures = append(section.Figures, f)
	}
	if f, ok := s.hallucination(); ok {
		section.Figures = append(section.Figures, f)
	}
	section.Tables = s.tables("metadata", "Properties of the answers", func(metric string) bool { return !slices.Contains(preferenceMetrics(), metric) })
	return section
}
