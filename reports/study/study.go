// Package study builds the page of a reproduction: figures, tables and findings from
// what was measured over several seeds, in the manner of the InstructGPT paper (Ouyang
// et al. 2022, arXiv 2203.02155).
package study

import (
	"assay/metrics"
	"assay/models"
	"assay/reports"
)

// Study is what a reproduction measured. Estimates are pooled over its seeds. Their
// models' names end in a size, "ppo-ptx-125k".
type Study struct {
	Title    string
	Subtitle string
	Facts    []reports.Fact
	Seeds    int
	Null     bool // the world is a null world, in which some findings must vanish
	// Baseline is the model that win rates compare with.
	Baseline string
	// Subject has the models, and the suites of Sampled and Greedy.
	Subject *reports.Subject

	Sampled []metrics.Estimate // at temperature 1: the suites world and realtoxicity
	Greedy  []metrics.Estimate // at temperature 0: world, and all other suites
	// Distributions are estimates on prompts of one distribution each, as the paper has
	// prompts sent to InstructGPT models and to GPT models (figure 3). Their suite is world.
	Distributions []Distribution
	// UseCases are gold_hallucinated on closed-domain prompts, with the use case as
	// condition.
	UseCases []metrics.Estimate
	Rewards  []metrics.Estimate // pair accuracy; model: the reward model's name, condition: who labelled the pairs
	Agree    []Agreement

	Sweeps   []Sweep
	Optimise []Optimised
	Epochs   []Epoch
	Laws     []FittedLaw
	Findings []Finding
	Elements []Element
	Costs    []Cost
	Samples  []reports.Sample // a few prompts with every model's answer
}

// Distribution is a distribution of prompts.
type Distribution struct {
	Name      string // "sent to GPT"
	Estimates []metrics.Estimate
}

// Agreement is how often two labelers order a pair the same way, among pairs that both
// ordered.
type Agreement struct {
	Between string // "training labelers"
	Rate    metrics.Interval
}

// Sweep is one setting at several values, with all other settings unchanged.
type Sweep struct {
	Setting string // "beta": the KL penalty's coefficient; "gamma": pretraining's
	Paper   string // the paper's figure
	Points  []Swept
}

// Swept is the models that were trained with one value.
type Swept struct {
	Value     float64
	Chosen    bool // the value used in the other figures
	Estimates []metrics.Estimate
}

// Optimised is the course of a policy's training against a reward model, one step for
// each iteration: "reward", "gold utility" and "KL" are among its values or scores.
// Those with one name are one recipe's, one for each seed.
type Optimised struct {
	Name  string // "two rounds of comparisons, beta 0.15"
	Seed  uint64
	Steps []models.TrainStep
}

// Verdict is the outcome of a claim's tests.
type Verdict string

const (
	Holds      Verdict = "holds"
	Fails      Verdict = "fails"
	Undecided  Verdict = "undecided"
	NotTested  Verdict = "not tested" // the model that it needs was not trained
	Vanishes   Verdict = "vanishes"   // in a null world, as it must
	StillThere Verdict = "still there"
)

// Finding is a claim of the paper and what was found.
type Finding struct {
	ID     string
	Claim  string
	Source string // where the paper makes it: "section 4.1, figure 1"
	Paper  string // the paper's own number, where it gives one
	Extra  bool   // the paper makes no such claim
	// Vanishes marks a claim that must not hold in a null world.
	Vanishes bool
	Verdict  Verdict
	Tests    []Test
	// P is the finding's p-value over seeds, Adjusted the same after Holm's adjustment over all
	// findings, and Holm the verdict by it. With one seed they are 0 and "".
	P, Adjusted float64
	Holm        Verdict
	// SeedsNeeded is the number of seeds that would decide an undecided finding, if its
	// numbers stay what they are; 0 is unknown.
	SeedsNeeded int
	// Null is the same finding in null worlds, if these were run.
	Null *Finding
	// Why explains the verdict, in the words of whoever looked into it.
	Why string
}

// WinRate is the unit of numbers that are not differences and favour neither side
// at 0.5.
const WinRate = "win rate"

// Test is a contrast of measured numbers that tests a claim.
type Test struct {
	Name    string   // "gold utility: SFT less GPT (prompted)"
	Unit    string   // unit of the contrast, "gold utility": tests of one unit share an axis
	Rule    string   // "above 0", "below 0", "within 0.05"
	Lo, Hi  *float64 // the bounds that the rule sets for the contrast; nil is none
	Verdict Verdict
	*metrics.Interval
	Seeds   int
	PerSeed []float64 // the contrast in each seed
	Missing string    // why there is no number
	// Holding and Failing are one-sided p-values over seeds, that the number keeps the
	// rule and that it breaks it.
	Holding, Failing float64
	// Detectable is the distance from the rule's edge that this many seeds decide in 80%
	// of studies, and SeedsNeeded the number of seeds that would decide the test if the number
	// stays what it is.
	Detectable  float64
	SeedsNeeded int
}

// Cost is what a stage took.
type Cost struct {
	Stage      string // "PPO-ptx"
	Size       string
	FLOPs      float64 // of one training, with multiplications and additions counted separately
	Share      float64 // share of pretraining's
	Paper      string  // "60 petaflop/s-days"
	PaperShare float64 // share of the paper's pretraining; 0 where the paper has none
}
