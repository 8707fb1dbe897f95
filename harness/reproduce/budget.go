package reproduce

import (
	"fmt"
	"strings"
)

// Size is a model's size with its settings.
type Size struct {
	Name          string // as in models' names: "125k"
	Layers, Width int
	Pretraining   float64 // learning rates
	Tuning        float64
	Reward        float64
	slowness      float64 // time of a training relative to the smallest size
}

// sizes are models of the small world, by parameters. The learning rates fall with the
// width, as those of the paper's models do (appendix C).
var sizes = []Size{
	{"125k", 2, 64, 4e-3, 1e-3, 1.5e-3, 1},
	{"370k", 3, 96, 3e-3, 7e-4, 1e-3, 2.4},
	{"840k", 4, 128, 1.5e-3, 7e-4, 1e-3, 5},
}

// Budget is how much is trained.
type Budget struct {
	Name   string
	About  string
	Sizes  []Size
	Seeds  int  // number of seeds, unless the user chooses another
	Sweeps bool // over gamma and beta, at the smallest size
	Scale
}

// Scale is how long the trainings are.
type Scale struct {
	Prompts    int // of the training split, with repetitions
	HeldOut    int // prompts of the validation and of the test split; half as many demonstrations are added
	Epochs     int // of fine-tuning
	Steps      int // of pretraining
	Iterations int // of PPO
	Exploring  int // of PPO before a round of new comparisons
	Again      int // prompts of a new round
	Hacked     int // iterations against a reward model of one round
}

// full is the scale for findings; short only shows that everything runs.
var (
	full  = Scale{Prompts: 15000, HeldOut: 1000, Epochs: 8, Steps: 6000, Iterations: 150, Exploring: 40, Again: 4000, Hacked: 60}
	short = Scale{Prompts: 800, HeldOut: 150, Epochs: 1, Steps: 150, Iterations: 12, Exploring: 3, Again: 200, Hacked: 12}
)

// Budgets are all budgets, the smallest first.
func Budgets() []Budget {
	return []Budget{
		{"try", "every step in a minute; too short for meaningful numbers", sizes[:1], 1, false, short},
		{"xs", "one small model: minutes", sizes[:1], 1, false, full},
		{"s", "two sizes, no sweeps: a quarter of an hour on two cores", sizes[:2], 1, false, full},
		{"m", "three sizes, sweeps, five seeds: a night", sizes, 5, true, full},
	}
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
	return Budget{}, fmt.Errorf("--budget %s: use one of %s", name, strings.Join(names, ", "))
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

// seeds lists the seeds.
func (o *Options) seeds() []uint64 {
	all := make([]uint64, o.Seeds)
	for i := range all {
		all[i] = o.First + uint64(i)
	}
	return all
}
