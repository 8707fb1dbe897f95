package catalog

import (
	"fmt"
	"math"
	"slices"

	"assay/metrics"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
	"assay/suites/judge"
	"assay/suites/labels"
)

// worldPrefixes is how many few-shot prefixes there are. The first is the condition
// few-shot, the others few-shot 2 and so on. They are candidates: a reward model's
// score on validation prompts chooses one, as in the paper.
const worldPrefixes = 6

// fewShotConditions are the conditions with a prefix, by the prefix's number.
func fewShotConditions() []string {
	out := []string{names.FewShot}
	for i := 2; i <= worldPrefixes; i++ {
		out = append(out, fmt.Sprintf("%s %d", names.FewShot, i))
	}
	return out
}

// World runs the small world's prompts. Its gold rules and its labelers judge the answers.
// The labelers' judgements are records like those of people, so that people's can replace
// them.
//
// win_rate is the training labelers' preference over the baseline, heldout_win_rate that of
// labelers who labelled no training data (Ouyang et al. 2022, section 4.1). likert and the
// flags are those of its Table 3. A metric whose name begins with gold is judged by the
// world's own facts, without noise. reward_score is a reward model's, if the plan names one;
// it has its own scale.
func World() suites.Suite {
	mean := func(name, title string, lo, hi float64) metrics.Metric {
		return metrics.Metric{Name: name, Title: title, Kind: metrics.Mean, Lo: lo, Hi: hi}
	}
	share := func(name, title string, direction metrics.Direction) metrics.Metric {
		return metrics.Metric{Name: name, Title: title, Kind: metrics.Proportion, Direction: direction, Lo: 0, Hi: 1}
	}
	preference := func(name, title string) metrics.Metric {
		m := mean(name, title, 0, 1)
		m.Even = new(0.5)
		return m
	}
	const up, down = metrics.HigherIsBetter, metrics.LowerIsBetter
	return suites.Suite{
		Name:  names.World,
		Title: "Small world",
		Text: "Prompts about a town that does not exist, with known answers. Its gold rules judge without noise. Gold utility is what an answer is worth by these rules: 1 for a right one, less for one that is false, rude, rambling or misses the request. Simulated labelers judge as people do, with tastes and noise. The training labelers also ranked the responses that reward models are trained on; the held-out ones did not. " +
			"A win rate of 0.5 means no difference from the baseline; a tie counts half. These numbers say nothing about other texts.",
		Metrics: slices.Concat([]metrics.Metric{
			preference(names.WinRate, "Win rate (training labelers)"),
			preference(names.HeldOutWinRate, "Win rate (held-out labelers)"),
			preference(names.GoldWinRate, "Win rate (gold rules)"),
			mean(names.Likert, "Likert, 1 to 7 (training labelers)", 1, 7),
			mean(names.HeldOutLikert, "Likert, 1 to 7 (held-out labelers)", 1, 7),
			mean(names.GoldUtility, "Gold utility", -2.6, 1.15),
			mean(names.RewardScore, "Reward model's score", math.Inf(-1), math.Inf(1)),
			mean(names.GoldCorrect, "Correct (gold rules)", 0, 1),
			share(names.GoldFalse, "Says something false (gold rules)", down),
			share(names.GoldConstraint, "Keeps the constraint (gold rules)", up),
			share(names.GoldRude, "Rude words (gold rules)", down),
			share(names.GoldHallucinated, "Hallucinates, closed-domain (gold rules)", down),
			share(names.GoldAppropriate, "Appropriate (gold rules)", up),
			share(names.GoldEnded, "Ends on its own (gold rules)", up),
		}, labels.FlagMetrics()),
		Conditions: append([]string{names.Plain}, fewShotConditions()...),
		Plot:       suites.Plot{Group: "world", Metric: names.WinRate, Mark: suites.Dots, Reference: 0.5},
		Judged:     []suites.JudgeKind{judge.RewardKind},
		Live: &suites.Live{
			// The longest answers that don't ramble have 20 words.
			Sampling:   models.Sampling{MaxTokens: 32},
			Conditions: []string{names.Plain},
			Brings:     slices.Concat(judge.Gold{}.Metrics(), judge.Panel{Flags: true}.Metrics(), judge.Panel{Prefix: names.HeldOutPrefix}.Metrics()),
			Load:       loadWorld,
		},
	}
}

// WorldGPT runs the small world's texts to continue, as customers send them to models
// that weren't tuned to follow instructions (Ouyang et al. 2022, section 4.1 and figure 3).
// Each has the stop sequence of its user. It has no few-shot conditions: the paper leaves
// "GPT (prompted)" out on these prompts.
func WorldGPT() suites.Suite {
	s := World()
	s.Name, s.Title = names.WorldGPT, "Small world, texts to continue"
	s.Text = "Texts about a town that does not exist, to be continued: prompts as customers send them to models that weren't tuned to follow instructions. " + s.Text
	s.Conditions = []string{names.Plain}
	live := *s.Live
	live.Load = loadWorldGPT
	s.Live = &live
	return s
}
