package study_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"assay/harness/suitefile"
	"assay/metrics"
	"assay/models"
	"assay/reports"
	"assay/reports/study"
	"assay/suites"
)

// measured is testdata/measured.json; its README describes it.
type measured struct {
	Sampled   []metrics.Estimate `json:"sampled"`
	Greedy    []metrics.Estimate `json:"greedy"`
	Customers []metrics.Estimate `json:"customers"`
	Labelers  []metrics.Estimate `json:"labelers"`
	UseCases  []metrics.Estimate `json:"use_cases"`
	Rewards   []metrics.Estimate `json:"rewards"`
	Sweeps    []study.Sweep      `json:"sweeps"`
	Courses   []struct {
		Name  string
		Seed  uint64
		Steps [][4]float64 // iteration, reward, gold utility, KL
	} `json:"courses"`
	Samples []reports.Sample `json:"samples"`
}

func load(t *testing.T) *measured {
	t.Helper()
	data, err := os.ReadFile("testdata/measured.json")
	if err != nil {
		t.Fatal(err)
	}
	var m measured
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return &m
}

// subject has the catalog's own suites, so that a misspelt metric is found.
func subject(names ...string) *reports.Subject {
	s := &reports.Subject{Baseline: "sft-125k"}
	marks := map[suites.Mark]reports.Mark{suites.Bars: reports.Bars, suites.Lines: reports.Lines, suites.Dots: reports.Dots}
	for _, suite := range suitefile.Catalog() {
		s.Suites = append(s.Suites, reports.Suite{
			Name: suite.Name, Title: suite.Title, Text: suite.Text, Metrics: suite.Metrics,
			Plot: reports.Plot{Group: suite.Plot.Group, Metric: suite.Plot.Metric, Under: suite.Plot.Under, Mark: marks[suite.Plot.Mark], Reference: suite.Plot.Reference},
		})
	}
	for _, name := range names {
		s.Models = append(s.Models, models.ParseName(name))
	}
	return s
}

func sized(size string) []string {
	return []string{"gpt-" + size, "prompted-" + size, "sft-" + size, "ppo-" + size, "ppo-ptx-" + size}
}

// full is a study with every part. Its second size is another seed's models, renamed:
// it only serves the layout.
func full(t *testing.T) *study.Study {
	m := load(t)
	s := &study.Study{
		Title: "The small world's reproduction", Subtitle: "two stand-ins for sizes, one seed", Seeds: 1,
		Facts:    []reports.Fact{{Name: "world", Value: "seed 0"}},
		Baseline: "sft-125k", Subject: subject(slices.Concat(sized("125k"), sized("370k"))...),
		Sampled: m.Sampled, Greedy: m.Greedy,
		Distributions: []study.Distribution{{Name: "sent to InstructGPT", Estimates: m.Customers}, {Name: "sent to GPT", Estimates: m.Labelers}},
		UseCases:      m.UseCases, Rewards: m.Rewards, Sweeps: m.Sweeps, Samples: m.Samples,
		Agree: []study.Agreement{
			{Between: "training labelers", Rate: metrics.Interval{Point: 0.801, SE: 0.004, Lo: 0.793, Hi: 0.809}},
			{Between: "held-out labelers", Rate: metrics.Interval{Point: 0.779, SE: 0.005, Lo: 0.769, Hi: 0.789}},
		},
		Costs: []study.Cost{
			{Stage: "pretraining", Size: "125K", FLOPs: 3.1e12, Share: 1, Paper: "3,640 petaflop/s-days", PaperShare: 1},
			{Stage: "SFT", Size: "125K", FLOPs: 1.4e11, Share: 0.045, Paper: "4.9 petaflop/s-days", PaperShare: 4.9 / 3640},
			{Stage: "reward model", Size: "125K", FLOPs: 2.2e11, Share: 0.071, Paper: "not given"},
		},
		Findings: findings(m),
		Epochs: []study.Epoch{
			{Model: "sft-125k", Epoch: 1, Loss: around(2.1), Reward: around(-0.4)}, {Model: "sft-125k", Epoch: 2, Loss: around(2.3), Reward: around(0.2)},
			{Model: "sft-370k", Epoch: 1, Loss: around(1.9), Reward: around(-0.1)}, {Model: "sft-370k", Epoch: 2, Loss: around(2), Reward: around(0.3)},
		},
		Laws: []study.FittedLaw{
			{Name: "few", Start: around(0.4), Alpha: around(0.3), Beta: around(0.2), Distance: around(1.6), Gain: around(0.33)},
			{Name: "few", BestN: true, Start: around(0.4), Alpha: around(0.5), Beta: around(0.1)},
			{Name: "many", Start: around(0.4), Alpha: around(0.6), Beta: around(0.2), Distance: around(7.4), Gain: around(1.5)},
		},
		Elements: []study.Element{
			{Section: "3.4", What: "SFT: epochs", Paper: "16", Ours: "16"},
			{Section: "C.4", What: "PPO: batch", Paper: "512", Ours: "128", Reason: "size"},
		},
	}
	for _, c := range m.Courses {
		o := study.Optimised{Name: c.Name, Seed: c.Seed}
		for _, at := range c.Steps {
			o.Steps = append(o.Steps, models.TrainStep{Stage: "ppo", Step: int(at[0]), Values: []models.TrainScore{
				{Name: "reward", Value: at[1], N: 128}, {Name: "gold utility", Value: at[2], N: 128}, {Name: "KL", Value: at[3], N: 128},
			}})
		}
		s.Optimise = append(s.Optimise, o)
	}
	return s
}

// around is an interval of a tenth to either side.
func around(x float64) *metrics.Interval {
	return &metrics.Interval{Point: x, SE: 0.05, Lo: x - 0.1, Hi: x + 0.1}
}

// small is a study of one size without sweeps, sources of prompts or trainings.
func small(t *testing.T) *study.Study {
	s := full(t)
	of := func(estimates []metrics.Estimate) []metrics.Estimate {
		return slices.DeleteFunc(slices.Clone(estimates), func(e metrics.Estimate) bool { return strings.HasSuffix(e.Model, "-370k") })
	}
	return &study.Study{
		Title: s.Title, Seeds: 3, Baseline: s.Baseline, Subject: subject(sized("125k")...),
		Sampled: of(s.Sampled), Greedy: of(s.Greedy), UseCases: of(s.UseCases), Findings: s.Findings, Samples: s.Samples,
	}
}

func number(estimates []metrics.Estimate, suite, metric, model, condition string) *metrics.Interval {
	for _, e := range estimates {
		if e.Suite == suite && e.Metric == metric && e.Model == model && (condition == "" || e.Condition == condition) {
			return e.Interval
		}
	}
	return nil
}

// findings are a few claims over the measured numbers, with rough intervals as for
// independent samples, so that there is something to draw.
func findings(m *measured) []study.Finding {
	less := func(metric, a, b string) *metrics.Interval {
		x, y := number(m.Sampled, "world", metric, a, ""), number(m.Sampled, "world", metric, b, "")
		half := (x.Hi - x.Lo + y.Hi - y.Lo) / 2
		return &metrics.Interval{Point: x.Point - y.Point, SE: half / 2, Lo: x.Point - y.Point - half, Hi: x.Point - y.Point + half}
	}
	zero, lo, hi := 0.0, -0.05, 0.05
	return []study.Finding{
		{ID: "order", Claim: "Each step improves on the one before: GPT, GPT (prompted), SFT, PPO", Source: "section 4.1, figure 1", Verdict: study.Undecided, Tests: []study.Test{
			{Name: "gold utility: GPT (prompted) less GPT", Unit: "gold utility", Rule: "above 0", Lo: &zero, Verdict: study.Holds, Interval: less("gold_utility", "prompted-125k", "gpt-125k"), Seeds: 1, PerSeed: []float64{0.68}},
			{Name: "gold utility: SFT less GPT (prompted)", Unit: "gold utility", Rule: "above 0", Lo: &zero, Verdict: study.Holds, Interval: less("gold_utility", "sft-125k", "prompted-125k"), Seeds: 1, PerSeed: []float64{0.26}},
			{Name: "gold utility: PPO less SFT", Unit: "gold utility", Rule: "above 0", Lo: &zero, Verdict: study.Undecided, Interval: less("gold_utility", "ppo-125k", "sft-125k"), Seeds: 1, PerSeed: []float64{0.09}},
		}},
		{ID: "ptx", Claim: "The pretraining mix does not change preference much", Source: "section 4.1", Verdict: study.Undecided, Tests: []study.Test{
			{Name: "win rate: PPO-ptx less PPO", Unit: "share", Rule: "within 0.05", Lo: &lo, Hi: &hi, Verdict: study.Undecided, Interval: less("win_rate", "ppo-ptx-125k", "ppo-125k"), Seeds: 1},
		}},
		{ID: "hallucination", Claim: "PPO hallucinates less often than SFT", Source: "section 4.1, figure 4", Verdict: study.Holds, Tests: []study.Test{
			{Name: "closed-domain hallucination: PPO less SFT", Unit: "share", Rule: "below 0", Hi: &zero, Verdict: study.Holds, Interval: less("hallucination", "ppo-125k", "sft-125k"), Seeds: 1},
		}},
		{ID: "constraints", Claim: "PPO keeps constraints more often than SFT", Source: "section 4.1, figure 4", Verdict: study.Undecided, Tests: []study.Test{
			{Name: "constraints kept: PPO less SFT", Unit: "share", Rule: "above 0", Lo: &zero, Verdict: study.Undecided, Interval: less("satisfies_constraint", "ppo-125k", "sft-125k"), Seeds: 1},
		}},
		{ID: "length", Claim: "GPT answers as well as SFT, which the paper denies and this page must refute", Source: "section 4.1", Verdict: study.Fails, Tests: []study.Test{
			{Name: "win rate: GPT less PPO", Unit: "share", Rule: "above 0", Lo: &zero, Verdict: study.Fails, Interval: less("win_rate", "gpt-125k", "ppo-125k"), Seeds: 1},
		}},
		{ID: "flan", Claim: "FLAN and T0 are worse than SFT", Source: "section 4.1, figure 5", Verdict: study.NotTested, Tests: []study.Test{
			{Name: "Likert: FLAN less SFT", Unit: "Likert", Rule: "below 0", Hi: &zero, Verdict: study.NotTested, Missing: "no FLAN was trained"},
		}},
	}
}
