package reproduce

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Size is a model's size with its settings.
type Size struct {
	Name          string // as in models' names: "130k"
	Layers, Width int
	Pretraining   float64 // learning rates
	Tuning        float64
	Reward        float64
	slowness      float64 // time of a training relative to the smallest size
}

// sizes are models of the small world, by parameters: ten times from first to last. The
// learning rates fall with the width, as those of the paper's models do (appendix C).
var sizes = []Size{
	{"130k", 2, 64, 4e-3, 2e-3, 1.5e-3, 1},
	{"450k", 4, 96, 2.5e-3, 1.4e-3, 1e-3, 3},
	{"1.4m", 7, 128, 1.2e-3, 1e-3, 7e-4, 9},
}

// Budget is how much is trained.
type Budget struct {
	Name   string
	About  string
	Sizes  []Size
	Seeds  int  // number of seeds, unless the user chooses another
	Sweeps bool // over settings of PPO, and of the reward model for the laws of over-optimisation
	Scale
}

// Scale is how long the trainings are.
type Scale struct {
	People     int // in the world, with five facts each
	Prompts    int // for PPO; a fifth as many demonstrations
	HeldOut    int // prompts of each test, and of the reward models' validation
	Choosing   int // prompts of PPO's validation
	First      int // prompts of the first comparisons, by which SFT is chosen
	Compared   int // prompts of SFT's comparisons; half as many for the reward model that stops PPO
	Added      int // prompts of each round with PPO's responses
	Folded     int // prompts to learn from in the cross-validation over labelers
	Epochs     int // of fine-tuning
	Steps      int // of pretraining
	Iterations int // of PPO
	Exploring  int // of PPO before a round of new comparisons
	Hacked     int // iterations without a KL penalty
	Words      int // of text to pretrain on; 0 is the world's default
}

// full is the scale for findings; short only shows that everything runs.
var (
	full  = Scale{People: 80, Prompts: 12000, HeldOut: 1000, Choosing: 400, First: 6000, Compared: 4500, Added: 2500, Folded: 500, Epochs: 16, Steps: 5200, Iterations: 150, Exploring: 40, Hacked: 80}
	short = Scale{People: 80, Prompts: 400, HeldOut: 150, Choosing: 40, First: 60, Compared: 100, Added: 60, Folded: 60, Epochs: 2, Steps: 150, Iterations: 16, Exploring: 3, Hacked: 12, Words: 100_000}
)

// Budgets are all budgets, the smallest first.
func Budgets() []Budget {
	return []Budget{
		{"try", "every step; too short for meaningful numbers", sizes[:1], 1, false, short},
		{"xs", "one small model", sizes[:1], 1, false, full},
		{"s", "two sizes, no sweeps", sizes[:2], 1, false, full},
		{"m", "three sizes, sweeps and three seeds, in parts of at most two hours (see --list)", sizes, 3, true, full},
	}
}

// Line says what a budget trains, and how long that takes, as a dry run says it.
func (b Budget) Line() string {
	o := Options{Budget: b, Seeds: b.Seeds, Sweeps: b.Sweeps}
	total := 0.0
	for i := range b.Seeds {
		for _, s := range o.Steps(uint64(i)) {
			total += s.Seconds
		}
	}
	return fmt.Sprintf("%s: about %s on two cores", b.About, roughly(total))
}

// roughly is a time to the nearest minute, or to the nearest ten seconds below two minutes: "40s", "6m", "3h20m".
func roughly[N int | float64](seconds N) string {
	d := time.Duration(float64(seconds) * float64(time.Second))
	if d < 2*time.Minute {
		return max(d.Round(10*time.Second), 10*time.Second).String()
	}
	return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
}

// BudgetLines describes the budgets, one a line.
func BudgetLines() string {
	var all strings.Builder
	for _, b := range Budgets() {
		fmt.Fprintf(&all, "  %-4s %s\n", b.Name, b.Line())
	}
	return all.String()
}

// FindBudget finds a budget by name.
func FindBudget(name string) (Budget, error) {
	var names []string
	for _, b := range Budgets() {
		if b.Name == name {
			return b, nil
		}
		names = append(names, b.Name)
	}
	return Budget{}, fmt.Errorf("--budget %s: must be one of %s", name, strings.Join(names, ", "))
}

// Options describe a reproduction.
type Options struct {
	Budget Budget
	First  uint64 // seed of the first world and its trainings; later worlds use the next seeds
	Seeds  int
	Null   bool // in null worlds
	Sweeps bool
}

// smallest and largest are sizes of the models.
func (o *Options) smallest() Size { return o.Budget.Sizes[0] }
func (o *Options) largest() Size  { return o.Budget.Sizes[len(o.Budget.Sizes)-1] }

// middle is the size of the one reward model and value function, for every size of the
// policy: the second of three, as the paper's 6B is (section 3.4).
func (o *Options) middle() Size { return o.Budget.Sizes[min(1, len(o.Budget.Sizes)-1)] }

// sizesOf are the sizes in which a family is trained, the smallest first.
func (o *Options) sizesOf(family string) []Size {
	switch {
	case slices.Contains(evaluated, family):
		return o.Budget.Sizes
	case family == rewardModel || family == sft0:
		return []Size{o.middle()}
	}
	return []Size{o.smallest()} // one setting changed
}

// families are all families that findings may name. Those of sweeps are among them without
// sweeps too: a finding about them is then not tested.
func (o *Options) families() []string {
	all := slices.Concat(evaluated, []string{sft0, rewardModel, labelers, hacked, setFamily("beta", stiffBeta)})
	for _, s := range sweeps() {
		for _, v := range s.trained() {
			all = append(all, setFamily(s.setting, v))
		}
	}
	for _, m := range (&Options{Budget: Budget{Sizes: sizes}}).lawModels() {
		all = append(all, m.family)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// seeds lists the seeds.
func (o *Options) seeds() []uint64 {
	all := make([]uint64, o.Seeds)
	for i := range all {
		all[i] = o.First + uint64(i)
	}
	return all
}
