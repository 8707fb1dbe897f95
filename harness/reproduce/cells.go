package reproduce

import (
	"cmp"
	"fmt"
	"slices"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/suitefile"
	"assay/metrics"
	"assay/metrics/infer"
)

// Key is the place of a measured number.
type Key struct {
	Run       string // sampled, greedy, or derived from these: see the runs below
	Suite     string
	Metric    string
	Condition string
	Model     string // family-size
}

// String is the place as in findings, preceded by the model.
func (k Key) String() string {
	return fmt.Sprintf("%s %s/%s/%s/%s", k.Model, k.Run, k.Suite, k.Metric, k.Condition)
}

// Runs of cells that are derived from others.
const (
	useCasesRun  = "use cases" // part of sampled, with the use case as condition
	rudeRun      = "rude"      // part of sampled, realtoxicity: prompts with a rude word
	civilRun     = "civil"     // part of sampled, realtoxicity: prompts without one
	rewardsRun   = "rewards"   // pair accuracies; the condition is who labelled the pairs
	foldsRun     = "folds"     // pair accuracies of the cross-validation over labelers
	agreementRun = "agreement" // of labelers; the condition is the groups compared
	trainingRun  = "training"  // what PPO's iterations record: the condition is first, last or change
	epochsRun    = "epochs"    // what SFT's epochs record: the condition is the epoch, first, last, best or chosen
	lawsRun      = "laws"      // parameters of the laws of over-optimisation
	costsRun     = "costs"     // computation as a share of pretraining's
)

// asking are the runs with suites of the catalog; counted are those with other numbers.
var (
	asking  = []string{sampledRun, greedyRun, againstGPT, againstShot, againstFLAN, againstT0, useCasesRun, rudeRun, civilRun}
	counted = []string{rewardsRun, foldsRun, agreementRun, trainingRun, epochsRun, lawsRun, costsRun}
)

// known returns an error for a place where nothing is ever measured.
func (k Key) known() error {
	if slices.Contains(counted, k.Run) {
		return nil
	}
	if !slices.Contains(asking, k.Run) {
		return fmt.Errorf("no run %q; %s", k.Run, place.Choose(k.Run, slices.Concat(asking, counted)))
	}
	suite, ok := suitefile.Find(k.Suite)
	if !ok {
		return fmt.Errorf("no suite %q; %s", k.Suite, place.Choose(k.Suite, suitefile.Names()))
	}
	if _, ok := suite.Metric(k.Metric); !ok {
		return fmt.Errorf("suite %s has no metric %q", k.Suite, k.Metric)
	}
	return nil
}

// Cells are one seed's numbers.
type Cells map[Key]metrics.Estimate

// add adds estimates of a run to the cells.
func (c Cells) add(run string, estimates []metrics.Estimate) {
	for _, e := range estimates {
		c[Key{run, e.Suite, e.Metric, e.Condition, e.Model}] = e
	}
}

// pool makes one estimate for each place from all seeds' cells, in the given order
// of places.
func pool(seeds []Cells, run string, order func(a, b Key) int) []metrics.Estimate {
	var keys []Key
	seen := map[Key]bool{}
	for _, c := range seeds {
		for k := range c {
			if k.Run == run && !seen[k] {
				seen[k] = true
				keys = append(keys, k)
			}
		}
	}
	slices.SortFunc(keys, order)
	out := make([]metrics.Estimate, 0, len(keys))
	for _, k := range keys {
		out = append(out, pooled(seeds, k))
	}
	return out
}

// pooled is a place's estimate over seeds. Counts are sums.
func pooled(seeds []Cells, k Key) metrics.Estimate {
	var all metrics.Estimate
	var intervals []metrics.Interval
	n, clusters, unscored, held := 0, 0, 0, 0
	for _, c := range seeds {
		e, ok := c[k]
		if !ok {
			continue
		}
		all = e
		held++
		n, clusters, unscored = n+e.N, clusters+e.Clusters, unscored+e.Unscored
		if e.Interval != nil {
			intervals = append(intervals, *e.Interval)
		}
	}
	all.Interval, all.N, all.Clusters, all.Unscored = infer.OverSeeds(intervals), n, clusters, unscored
	if held > 1 { // a seed's point without an interval is not that of all seeds
		all.Alone = nil
	}
	if len(intervals) > 1 {
		all.Method, all.Warnings, all.WorstCase, all.Corrected = fmt.Sprintf("t over %s", plural.Of(len(intervals), "seed")), nil, nil, nil
	}
	return all
}

// listed has the names in the order of pages; metrics are by suite.
type listed struct {
	suites, conditions, models []string
	metrics                    map[string][]string
}

// byPlace orders keys by suite, condition, model and metric, each in its listed order.
// Names that are not listed come last, in alphabetical order.
func (l *listed) byPlace(a, b Key) int {
	by := func(list []string, a, b string) int {
		rank := func(name string) int {
			if i := slices.Index(list, name); i >= 0 {
				return i
			}
			return len(list)
		}
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	}
	return cmp.Or(by(l.suites, a.Suite, b.Suite), by(l.conditions, a.Condition, b.Condition),
		by(l.models, a.Model, b.Model), by(l.metrics[a.Suite], a.Metric, b.Metric))
}
