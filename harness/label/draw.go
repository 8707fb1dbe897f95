package label

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/seed"
	"assay/harness/pipeline"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/models"
	"assay/suites"
	"assay/suites/labels"
)

// Drawn are the items that a plan draws from its runs.
type Drawn struct {
	Items []*Item
	From  int // number of items that could be drawn
	Left  int // number of prompts left out, because too few models have a text for them
}

// key is what an item's outputs share.
type key struct {
	suite, example, condition string
	sample                    int
}

// pool are the prompts and outputs of a plan's runs.
type pool struct {
	plan     *plan.Label
	examples map[[2]string]suites.Example
	known    []string // models of the runs, in their order
	models   []string // those that the plan wants
	keys     []key    // in the order of the runs
	outputs  map[key]map[string]string
	suites   map[string]bool
}

// Draw draws a plan's items. Each item has the same chance, which it records.
func Draw(p *plan.Label) (*Drawn, error) {
	pool, err := read(p)
	if err != nil {
		return nil, err
	}
	form := FormOf(p.Form)
	all, left, err := pool.candidates(form)
	if err != nil {
		return nil, err
	}
	d := &Drawn{Items: all, From: len(all), Left: left}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is nothing to label: for none of %s do enough models have a text; check suites, models and outputs in the plan", plural.Of(len(pool.keys), "prompt"))
	}
	random := rand.New(seed.New(seed.At(p.Seed, drawPlace)))
	random.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	if p.Limit > 0 && p.Limit < len(all) {
		d.Items = all[:p.Limit]
	}
	share := float64(len(d.Items)) / float64(d.From)
	for _, it := range d.Items {
		it.Probability *= share
	}
	return d, nil
}

// Places of seeds: see [seed.At].
const (
	drawPlace = iota
	outputPlace
	groupPlace
	checkPlace
)

func read(p *plan.Label) (*pool, error) {
	sources, err := pipeline.OpenRuns(p.Runs, nil)
	if err != nil {
		return nil, err
	}
	l := &pool{plan: p, examples: map[[2]string]suites.Example{}, outputs: map[key]map[string]string{}, suites: map[string]bool{}}
	var conditions []string
	for _, s := range sources {
		if err := s.RefuseTraining(); err != nil {
			return nil, err
		}
		for _, m := range s.Manifest.Models {
			name := s.Label(m.Name)
			if slices.Contains(l.known, name) {
				continue
			}
			l.known = append(l.known, name)
			if len(p.Models) == 0 || slices.Contains(p.Models, name) {
				l.models = append(l.models, name)
			}
		}
		if err := l.read(&s, &conditions); err != nil {
			return nil, err
		}
	}
	for _, c := range p.Conditions {
		if !slices.Contains(conditions, c) {
			return nil, fmt.Errorf("the runs have no condition %q; %s", c, place.Choose(c, conditions))
		}
	}
	return l, l.checkNames()
}

// checkNames refuses names in the plan that the runs don't have.
func (l *pool) checkNames() error {
	for _, m := range l.plan.Models {
		if !slices.Contains(l.models, m) {
			return fmt.Errorf("the runs have no model %q; %s", m, place.Choose(m, l.known))
		}
	}
	if b := l.plan.Baseline; b != "" && !slices.Contains(l.models, b) {
		return fmt.Errorf("the runs have no model %q, the plan's baseline; %s", b, place.Choose(b, l.models))
	}
	var have []string
	for s := range l.suites {
		have = append(have, s)
	}
	slices.Sort(have)
	for _, s := range l.plan.Suites {
		if !l.suites[s] {
			return fmt.Errorf("the runs have no suite %q; %s", s, place.Choose(s, have))
		}
	}
	return nil
}

func (l *pool) read(s *pipeline.Source, conditions *[]string) error {
	wanted := func(list []string, name string) bool { return len(list) == 0 || slices.Contains(list, name) }
	for ex, err := range runstore.Examples().Read(s.Store) {
		if err != nil {
			return err
		}
		l.suites[ex.Suite] = true
		if wanted(l.plan.Suites, ex.Suite) {
			l.examples[[2]string{ex.Suite, ex.ID}] = *ex
		}
	}
	for c, err := range runstore.Completions().Read(s.Store) {
		if err != nil {
			return err
		}
		if !slices.Contains(*conditions, c.Condition) {
			*conditions = append(*conditions, c.Condition)
		}
		if wanted(l.plan.Suites, c.Suite) && wanted(l.plan.Conditions, c.Condition) && slices.Contains(l.models, s.Label(c.Model)) {
			l.add(s.Label(c.Model), c)
		}
	}
	return nil
}

// add adds an output. An answer that is a choice, or missing, is not a text to label.
func (l *pool) add(model string, c *models.Completion) {
	k := key{c.Suite, c.Example, c.Condition, c.Sample}
	if l.outputs[k] == nil {
		l.outputs[k] = map[string]string{}
		l.keys = append(l.keys, k)
	}
	if c.Missing == "" && c.Scores == nil && c.Letter == "" {
		l.outputs[k][model] = c.Text
	}
}

// candidates are the items that could be labelled. left counts prompts without any.
func (l *pool) candidates(form Form) (all []*Item, left int, err error) {
	width := form.Width(l.plan.Outputs, len(l.models))
	if width > len(l.models) {
		return nil, 0, fmt.Errorf("an item has %s, but the runs have %s; name more runs, or lower outputs", plural.Of(width, "output"), plural.Of(len(l.models), "model"))
	}
	slices.SortStableFunc(l.keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.suite, b.suite), cmp.Compare(a.example, b.example), cmp.Compare(a.condition, b.condition), cmp.Compare(a.sample, b.sample))
	})
	for i, k := range l.keys {
		var have []string
		for _, m := range l.models {
			if _, there := l.outputs[k][m]; there {
				have = append(have, m)
			}
		}
		sets, probability := l.sets(form, i, have, width)
		if len(sets) == 0 {
			left++
		}
		for _, set := range sets {
			it, err := l.item(k, set)
			if err != nil {
				return nil, 0, err
			}
			it.Probability = probability
			all = append(all, it)
		}
	}
	return all, left, nil
}

// sets are the sets of models whose outputs are shown together, and the chance of an output to
// be in one of them.
func (l *pool) sets(form Form, prompt int, have []string, width int) (sets [][]string, probability float64) {
	if form.Preference {
		for i, a := range have {
			for _, b := range have[i+1:] {
				switch l.plan.Baseline {
				case "", b:
					sets = append(sets, []string{a, b})
				case a:
					sets = append(sets, []string{b, a})
				}
			}
		}
		return sets, 1
	}
	if len(have) < width {
		return nil, 0
	}
	random := rand.New(seed.New(seed.At(l.plan.Seed, outputPlace, prompt)))
	picked := random.Perm(len(have))[:width]
	slices.Sort(picked)
	set := make([]string, width)
	for i, k := range picked {
		set[i] = have[k]
	}
	return [][]string{set}, float64(width) / float64(len(have))
}

func (l *pool) item(k key, models []string) (*Item, error) {
	ex, there := l.examples[[2]string{k.suite, k.example}]
	if !there {
		return nil, fmt.Errorf("a run has answers to the example %s of suite %s, but not the example; make the run again", k.example, k.suite)
	}
	it := &Item{
		Suite: k.suite, Example: k.example, Condition: k.condition, Sample: k.sample, Prompt: ex.Input, Context: ex.Context,
		Category: ex.Category, Cluster: ex.Cluster, Constraint: ex.Fields[labels.ConstraintField],
	}
	if closed, known := ex.Fields[labels.ClosedDomainField]; known {
		it.ClosedDomain = new(closed == "yes")
	}
	for _, m := range models {
		it.Outputs = append(it.Outputs, Output{Model: m, Text: l.outputs[k][m]})
	}
	it.identify()
	return it, nil
}
