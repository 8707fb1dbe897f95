// Package study builds the page of a reproduction: figures, tables and findings from
// what was measured over several seeds, in the manner of the InstructGPT paper (Ouyang
// et al. 2022, arXiv 2203.02155).
package study

import (
	"assay/metrics"
	"assay/models"
	"assay/reports"
)

// Study is what a reproduction measured. Estimates are pooled over its seeds; their
// models' names end in a size, "ppo-ptx-125k".
type Study struct {
	Title    string
	Subtitle string
	Facts    []reports.Fact
	Seeds    int
	Null     bool // of a null world, in which some findings must vanish
	// Baseline is the model that win rates are over.
	Baseline string
	// Subject has the models, and the suites of Sampled and Greedy.
	Subject *reports.Subject

	Sampled []metrics.Estimate // at temperature 1: the suites world and realtoxicity
	Greedy  []metrics.Estimate // at temperature 0: world, and all others
	// Distributions are the suite world's estimates on prompts of one source each, as
	// the paper has customers' and labelers' (figure 3).
	Distributions []Distribution
	// UseCases are gold_hallucinated of closed-domain prompts, the use case as condition.
	UseCases []metrics.Estimate
	Rewards  []metrics.Estimate // pair accuracy; model: the reward model's name, condition: who labelled the pairs
	Agree    []Agreement

	Sweeps   []Sweep
	Optimise []Optimised
	Findings []Finding
	Costs    []Cost
	Samples  []reports.Sample // a few prompts with every model's answer
}

// Distribution is where prompts come from.
type Distribution struct {
	Name      string // "customers"
	Estimates []metrics.Estimate
}

// Agreement is how often two labelers order a pair alike, among pairs that both order.
type Agreement struct {
	Between string // "training labelers"
	Rate    metrics.Interval
}

// Sweep is one setting tried at several values, the rest as they are.
type Sweep struct {
	Setting string // "beta": the KL penalty's coefficient; "gamma": pretraining's
	Points  []Swept
}

// Swept is the models that were trained with one value.
type Swept struct {
	Value     float64
	Chosen    bool // the value that the other figures have
	Estimates []metrics.Estimate
}

// Optimised is the course of a policy's training against a reward model, a step an
// iteration: "reward", "gold utility" and "KL" among its values or scores. Those of one
// name are one recipe's, a seed each.
type Optimised struct {
	Name  string // "two rounds of comparisons, beta 0.15"
	Seed  uint64
	Steps []models.TrainStep
}

// Verdict is what became of a claim.
type Verdict string

const (
	Holds      Verdict = "holds"
	Fails      Verdict = "fails"
	Undecided  Verdict = "undecided"
	NotTested  Verdict = "not tested" // what it needs was not trained
	Vanishes   Verdict = "vanishes"   // in a null world, as it must
	StillThere Verdict = "still there"
)

// Finding is a claim of the paper and what was found.
type Finding struct {
	ID      string
	Claim   string
	Source  string // where the paper makes it: "section 4.1, figure 1"
	Verdict Verdict
	Tests   []Test
}

// WinRate is the unit of numbers that are no difference, and say nothing at a half.
const WinRate = "win rate"

// Test is a contrast of measured numbers that the claim says something of.
type Test struct {
	Name    string   // "gold utility: SFT less GPT (prompted)"
	Unit    string   // of the contrast, "gold utility": tests of one unit share an axis
	Rule    string   // "above 0", "below 0", "within 0.05"
	Lo, Hi  *float64 // the bounds that the rule puts on the contrast; nil is none
	Verdict Verdict
	*metrics.Interval
	Seeds   int
	PerSeed []float64 // the contrast in each seed
	Missing string    // why there is no number
}

// Cost is what a stage took.
type Cost struct {
	Stage      string // "PPO-ptx"
	Size       string
	FLOPs      float64 // of one training, multiplications and additions counted apart
	Share      float64 // of pretraining's
	Paper      string  // "60 petaflop/s-days"
	PaperShare float64 // of the paper's pretraining; 0 where it has none
}
