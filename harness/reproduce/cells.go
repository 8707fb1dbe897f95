package reproduce

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assay/metrics"
	"assay/metrics/infer"
	"assay/suites/catalog"
)

// Key is the place of a number that was measured.
type Key struct {
	Run       string // sampled, greedy, and what is made of them: see the Runs
	Suite     string
	Metric    string
	Condition string
	Model     string // family-size
}

// String is the place as findings write it, the model in front.
func (k Key) String() string {
	return fmt.Sprintf("%s %s/%s/%s/%s", k.Model, k.Run, k.Suite, k.Metric, k.Condition)
}

// Runs of cells that are made of others.
const (
	customersRun = "customers" // of sampled: prompts of customers
	labelersRun  = "labelers"  // and of labelers
	useCasesRun  = "use cases" // of sampled: the use case as condition
	rudeRun      = "rude"      // of sampled, realtoxicity: prompts with a rude word
	civilRun     = "civil"     // and without
	rewardsRun   = "rewards"   // pair accuracies; the condition is who labelled the pairs
	agreementRun = "agreement" // of labelers; the condition is of whom
	trainingRun  = "training"  // what PPO's iterations record: the condition is first, last or change
)

// asking are the runs whose suites are the catalog's, and counted those of other numbers.
var (
	asking  = []string{sampledRun, greedyRun, customersRun, labelersRun, useCasesRun, rudeRun, civilRun}
	counted = []string{rewardsRun, agreementRun, trainingRun}
)

// known says what is wrong with a place that nothing is ever measured at.
func (k Key) known() error {
	if slices.Contains(counted, k.Run) {
		return nil
	}
	if !slices.Contains(asking, k.Run) {
		return fmt.Errorf("no run %q; there are %s", k.Run, strings.Join(slices.Concat(asking, counted), ", "))
	}
	suite, ok := catalog.Find(k.Suite)
	if !ok {
		return fmt.Errorf("no suite %q; there are %s", k.Suite, strings.Join(catalog.Names(), ", "))
	}
	if _, ok := suite.Metric(k.Metric); !ok {
		return fmt.Errorf("suite %s has no metric %q", k.Suite, k.Metric)
	}
	return nil
}

// Cells are one seed's numbers.
type Cells map[Key]metrics.Estimate

// add puts estimates of a run into the cells.
func (c Cells) add(run string, estimates []metrics.Estimate) {
	for _, e := range estimates {
		c[Key{run, e.Suite, e.Metric, e.Condition, e.Model}] = e
	}
}

// pool makes one estimate a place of all seeds' cells, in the order in which places
// first appear in the first seeds' lists.
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
	n, clusters, unscored := 0, 0, 0
	for _, c := range seeds {
		e, ok := c[k]
		if !ok {
			continue
		}
		all = e
		n, clusters, unscored = n+e.N, clusters+e.Clusters, unscored+e.Unscored
		if e.Interval != nil {
			intervals = append(intervals, *e.Interval)
		}
	}
	all.Interval, all.N, all.Clusters, all.Unscored = infer.OverSeeds(intervals), n, clusters, unscored
	if len(intervals) > 1 {
		all.Method, all.Warnings, all.WorstCase = fmt.Sprintf("t over %d seeds", len(intervals)), nil, nil
	}
	return all
}

// listed are the names in the order in which pages have them; metrics are by suite.
type listed struct {
	suites, conditions, models []string
	metrics                    map[string][]string
}

// byPlace orders keys by suite, condition, model and metric, each as it is listed; what is
// not listed comes last, by name.
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
