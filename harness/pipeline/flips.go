package pipeline

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"assay/harness/runstore"
	"assay/metrics/infer"
	"assay/reports"
	"assay/suites"
)

// FlipOptions choose what [Judged.Flips] lists.
type FlipOptions struct {
	Only func(suite, metric, condition string) bool // comparisons to count; nil counts all
	// Listed reports whether the examples of a metric are listed; nil lists those of each
	// suite's plotted metric.
	Listed func(suite, metric string) bool
	Most   int // examples to list in each direction of a comparison
}

// flipKey is an example of a comparison whose texts are wanted.
type flipKey struct{ suite, example string }

// Flips lists what turned from right to wrong and back between two models, for each
// comparison, by category. A preference over the baseline itself has nothing that turns.
func (j *Judged) Flips(baseline, model string, o FlipOptions) ([]reports.Flips, error) {
	all, err := j.flips(baseline, model, o)
	if err != nil {
		return nil, err
	}
	return all, j.flipTexts(all, baseline, model)
}

// flips is Flips without the texts.
func (j *Judged) flips(baseline, model string, o FlipOptions) ([]reports.Flips, error) {
	all := []reports.Flips{} // not nil: they are wanted
	categories, err := j.categories()
	if err != nil {
		return nil, err
	}
	for _, c := range j.cells {
		other := c
		other.Model = baseline
		if c.Model != model || j.columns[other] == nil || o.Only != nil && !o.Only(c.Suite, c.Metric, c.Condition) {
			continue
		}
		all = append(all, j.flipsOf(c, other, categories, o))
	}
	return all, nil
}

// listed reports whether the examples of a cell are listed.
func (j *Judged) listed(c Cell, o FlipOptions) bool {
	if o.Listed != nil {
		return o.Listed(c.Suite, c.Metric)
	}
	suite := j.suites[indexOf(j.suites, c.Suite)]
	return suite.Plot.Metric == c.Metric || suite.Plot.Metric == "" && suite.Metrics[0].Name == c.Metric
}

func (j *Judged) flipsOf(c, other Cell, categories map[flipKey]string, o FlipOptions) reports.Flips {
	suite := j.suites[indexOf(j.suites, c.Suite)]
	m, _ := suite.Metric(c.Metric) // a column has one
	f := reports.Flips{Suite: c.Suite, Metric: c.Metric, Condition: c.Condition, Graded: !infer.Binary(m)}
	lists := j.listed(c, o)
	for _, change := range infer.Changes(j.columns[other], j.columns[c]) {
		flip := change.FlipOf(m)
		id := j.ids[change.Example]
		category := categories[flipKey{c.Suite, id}]
		count(&f.FlipCount, flip)
		if !lists {
			continue
		}
		at := slices.IndexFunc(f.Categories, func(of reports.FlipCount) bool { return of.Category == category })
		if at < 0 {
			at = len(f.Categories)
			f.Categories = append(f.Categories, reports.FlipCount{Category: category})
		}
		count(&f.Categories[at], flip)
		if flip == infer.Lost || flip == infer.Gained {
			f.Items = append(f.Items, reports.Flip{Example: id, Category: category, Gained: flip == infer.Gained, First: change.First, Second: change.Second})
		}
	}
	slices.SortFunc(f.Categories, func(a, b reports.FlipCount) int {
		return cmp.Or(cmp.Compare(b.Lost, a.Lost), cmp.Compare(b.Gained, a.Gained), cmp.Compare(a.Category, b.Category))
	})
	size := func(x reports.Flip) float64 {
		if !f.Graded {
			return 0 // a flip is a flip
		}
		return math.Abs(x.Second - x.First)
	}
	slices.SortFunc(f.Items, func(a, b reports.Flip) int {
		if a.Gained != b.Gained {
			if a.Gained {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(size(b), size(a)), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Example, b.Example))
	})
	kept, of := f.Items[:0], map[bool]int{}
	for _, item := range f.Items {
		if of[item.Gained]++; of[item.Gained] <= o.Most {
			kept = append(kept, item)
		} else {
			f.Left++
		}
	}
	f.Items = kept
	return f
}

func count(c *reports.FlipCount, flip infer.Flip) {
	c.N++
	switch flip {
	case infer.Lost:
		c.Lost++
	case infer.Gained:
		c.Gained++
	case infer.Kept:
		c.Kept++
	case infer.Failed:
		c.Failed++
	}
}

// categories are those of all examples that have one.
func (j *Judged) categories() (map[flipKey]string, error) {
	of := map[flipKey]string{}
	for i := range j.sources {
		for ex, err := range j.sources[i].examples(j.suites) {
			if err != nil {
				return nil, err
			}
			j.sources[i].joined.example(ex)
			if key := (flipKey{ex.Suite, ex.ID}); ex.Category != "" && of[key] == "" {
				of[key] = ex.Category
			}
		}
	}
	return of, nil
}

// flipTexts reads the texts of the listed examples, and each model's first draw.
func (j *Judged) flipTexts(all []reports.Flips, baseline, model string) error {
	wanted := map[flipKey][]*reports.Flip{}
	conditions := map[*reports.Flip]string{}
	for i := range all {
		for k := range all[i].Items {
			item := &all[i].Items[k]
			key := flipKey{all[i].Suite, item.Example}
			wanted[key] = append(wanted[key], item)
			conditions[item] = all[i].Condition
			item.Outputs[0].Model, item.Outputs[1].Model = baseline, model
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	g := &sampler{known: j.suites, examples: map[string]suites.Example{}}
	for i := range j.sources {
		src := &j.sources[i]
		if src.isTraining() {
			continue
		}
		for ex, err := range src.examples(j.suites) {
			if err != nil {
				return err
			}
			src.joined.example(ex)
			if _, have := g.examples[ex.ID]; have {
				continue
			}
			for _, item := range wanted[flipKey{ex.Suite, ex.ID}] {
				g.examples[ex.ID] = *ex
				item.OwnID, item.Input, item.References = ex.OwnID(), ex.Input, ex.References
			}
		}
	}
	for i := range j.sources {
		src := &j.sources[i]
		if src.isTraining() {
			continue
		}
		for c, err := range runstore.Completions().Read(src.Store) {
			if err != nil {
				return err
			}
			side := slices.Index([]string{baseline, model}, src.label(c.Model))
			shown := g.showIn(src, c)
			src.joined.completion(c)
			if side < 0 || c.Sample != 0 {
				continue
			}
			for _, item := range wanted[flipKey{c.Suite, c.Example}] {
				if under(conditions[item], c.Condition) {
					item.Outputs[side] = reports.Output{Model: item.Outputs[side].Model, Text: shown(), Missing: c.Missing, Mark: string(suites.MarkOf(c))}
				}
			}
		}
	}
	return nil
}

// under reports whether a cell's condition is a completion's, or was divided from it.
func under(cell, completion string) bool {
	return completion == "" || cell == completion || strings.HasPrefix(cell, completion+", ")
}
