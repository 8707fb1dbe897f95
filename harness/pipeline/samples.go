package pipeline

import (
	"math"
	"slices"

	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/metrics/statistic"
	"assay/models"
	"assay/reports"
	"assay/suites"
)

// itemKey identifies an item of the browser: an example under a condition.
type itemKey struct{ example, condition string }

// Samples collects what the sample browser shows: the first limit examples under
// each condition, spread evenly over the suites, with every model's first draw
// and its scores. Only what is shown is kept in memory.
// Items that turned between two models come before others, in up to half of a suite's share.
func (r Runs) Samples(limit int, turned []reports.Flips) (reports.Samples, error) {
	g, err := r.sample("", limit, turned)
	if err != nil {
		return reports.Samples{}, err
	}
	return g.finish(), nil
}

// Listed are all first draws of a suite, in the order of the examples.
func (r Runs) Listed(suite string) ([]reports.Listed, error) {
	g, err := r.sample(suite, math.MaxInt, nil)
	if err != nil {
		return nil, err
	}
	var out []reports.Listed
	for _, item := range g.finish().Items {
		out = append(out, reports.Listed{Kind: g.examples[item.ID].Category, Prompt: item.Input, Condition: item.Condition, Outputs: item.Outputs})
	}
	return out, nil
}

// sample reads the items of one suite, or of all if only is "".
func (r Runs) sample(only string, limit int, turned []reports.Flips) (*sampler, error) {
	g := &sampler{only: only, limit: limit, turned: turned, first: map[itemKey]bool{}, known: r.Suites, items: map[itemKey]int{}, examples: map[string]suites.Example{}, outputs: map[[3]string]*reports.Output{}, perSuite: map[string]int{}}
	sources := slices.DeleteFunc(slices.Clone(r.Sources), func(s Source) bool { return s.isTraining() })
	for _, src := range sources {
		for _, m := range src.Manifest.Models {
			if name := src.label(m.Name); name != "" && !slices.Contains(g.out.Models, name) {
				g.out.Models = append(g.out.Models, name)
			}
		}
	}
	for _, f := range turned {
		for _, item := range f.Items {
			g.wanted(f.Suite, item.Example)
		}
	}
	for _, step := range []func(Source) error{g.readExamples, g.readCompletions, g.readJudgements} {
		for _, src := range sources {
			if err := step(src); err != nil {
				return nil, err
			}
		}
		g.reserve()
	}
	return g, nil
}

// wanted keeps an example that turned, whatever the limit of examples.
func (g *sampler) wanted(suite, example string) {
	if g.keep == nil {
		g.keep = map[string]bool{}
	}
	g.keep[example] = true
}

// reserve gives items that turned a part of their suite's share, at most half of it. It has
// an effect once, when the suites are known.
func (g *sampler) reserve() {
	quota := g.quota()
	for _, f := range g.turned {
		for _, item := range f.Items {
			key := itemKey{item.Example, f.Condition}
			if g.perSuite[f.Suite] < quota/2 && !g.first[key] && g.examples[item.Example].ID != "" {
				g.first[key] = true
				g.perSuite[f.Suite]++
			}
		}
	}
	g.turned = nil
}

// quota is a suite's share of the items.
func (g *sampler) quota() int { return max(g.limit/max(len(g.suites), 1), 1) }

type sampler struct {
	only     string // the suite; "" for all
	limit    int
	turned   []reports.Flips  // items to show before others
	keep     map[string]bool  // their examples
	first    map[itemKey]bool // those for which there is room
	known    []suites.Suite
	suites   []string // of the runs, in order of appearance
	examples map[string]suites.Example
	perSuite map[string]int
	items    map[itemKey]int
	outputs  map[[3]string]*reports.Output // example, condition, model
	order    [][]*reports.Output           // of each item
	out      reports.Samples
}

// readExamples keeps up to limit examples per suite. Which of them are shown is
// decided when their conditions are known.
func (g *sampler) readExamples(src Source) error {
	for ex, err := range runstore.Examples().Read(src.Store) {
		if err != nil {
			return err
		}
		src.joined.example(ex)
		if _, have := g.examples[ex.ID]; have || g.only != "" && ex.Suite != g.only || !g.keep[ex.ID] && g.perSuite[ex.Suite] >= g.limit {
			continue
		}
		if !slices.Contains(g.suites, ex.Suite) {
			g.suites = append(g.suites, ex.Suite)
		}
		g.perSuite[ex.Suite]++
		g.examples[ex.ID] = *ex
	}
	clear(g.perSuite)
	return nil
}

func (g *sampler) readCompletions(src Source) error {
	quota := g.quota()
	for c, err := range runstore.Completions().Read(src.Store) {
		if err != nil {
			return err
		}
		model, shown := src.label(c.Model), g.showIn(&src, c)
		src.joined.completion(c)
		if c.Sample != 0 || model == "" || g.only != "" && c.Suite != g.only {
			continue
		}
		key := itemKey{c.Example, c.Condition}
		i, ok := g.items[key]
		if !ok {
			ex, known := g.examples[c.Example]
			if !known || !g.first[key] && g.perSuite[c.Suite] >= quota {
				g.items[key] = -1
				g.out.Left++
				continue
			}
			if !g.first[key] {
				g.perSuite[c.Suite]++
			}
			i = len(g.out.Items)
			g.items[key] = i
			g.out.Items = append(g.out.Items, reports.Sample{
				ID: ex.ID, OwnID: ex.OwnID(), Suite: ex.Suite, Condition: c.Condition, Input: ex.Input, References: ex.References,
			})
			g.order = append(g.order, nil)
		}
		of := [3]string{c.Example, c.Condition, model}
		if i < 0 || g.outputs[of] != nil { // another run has it too
			continue
		}
		output := &reports.Output{Model: model, Text: shown(), Missing: c.Missing, Mark: string(suites.MarkOf(c))}
		g.order[i] = append(g.order[i], output)
		g.outputs[of] = output
	}
	return nil
}

// showIn returns what the browser shows of a completion: its text, if the suite is that of
// another harness.
func (g *sampler) showIn(src *Source, c *models.Completion) func() string {
	if src.joined.joins(c.Suite) {
		return func() string { return c.Text }
	}
	return func() string { return g.show(c) }
}

// show returns what the browser shows of a completion.
func (g *sampler) show(c *models.Completion) string {
	i := indexOf(g.known, c.Suite)
	if i < 0 || g.known[i].Show == nil {
		return c.Text
	}
	ex := g.examples[c.Example]
	return g.known[i].Show(&ex, c)
}

func (g *sampler) readJudgements(src Source) error {
	for j, err := range runstore.Judgements().Read(src.Store) {
		if err != nil {
			return err
		}
		src.joined.judgement(j)
		output := g.outputs[[3]string{j.Example, j.Condition, src.label(j.Model)}]
		if output == nil || j.Sample != 0 {
			continue
		}
		score := reports.Score{Metric: j.Metric, Missing: j.Missing}
		if j.Scored() {
			m, ok := g.metric(j.Suite, j.Metric)
			if !ok {
				continue
			}
			of, err := statistic.Of(m)
			if err != nil {
				return err
			}
			score.Value = of.One(j.Value)
		}
		output.Scores = append(output.Scores, score)
	}
	return nil
}

func (g *sampler) metric(suite, name string) (*metrics.Metric, bool) {
	i := indexOf(g.known, suite)
	if i < 0 {
		return nil, false
	}
	return g.known[i].Metric(name)
}

func (g *sampler) finish() reports.Samples {
	for _, suite := range g.suites {
		at := indexOf(g.known, suite)
		if at < 0 {
			continue
		}
		for i := range g.known[at].Metrics {
			if m := &g.known[at].Metrics[i]; m.Direction != metrics.NeitherIsBetter {
				g.out.Metrics = append(g.out.Metrics, reports.SampleMetric{Suite: suite, Metric: m.Name, Binary: infer.Binary(m), LowerIsBetter: m.Direction == metrics.LowerIsBetter})
			}
		}
	}
	for i, outputs := range g.order {
		for _, o := range outputs {
			o.Scores = meanScores(o.Scores)
			g.out.Items[i].Outputs = append(g.out.Items[i].Outputs, *o)
		}
	}
	return g.out
}

// meanScores makes one score per metric: the mean over the judges. It is missing if no
// judgement has a value.
func meanScores(all []reports.Score) []reports.Score {
	var out []reports.Score
	n := map[string]float64{} // judgements with a value
	for _, s := range all {
		i := slices.IndexFunc(out, func(o reports.Score) bool { return o.Metric == s.Metric })
		if i < 0 {
			i = len(out)
			out = append(out, reports.Score{Metric: s.Metric, Missing: s.Missing})
		}
		if s.Missing == "" {
			n[s.Metric]++
			out[i].Missing = ""
			out[i].Value += s.Value
		}
	}
	for i := range out {
		if k := n[out[i].Metric]; k > 1 {
			out[i].Value /= k
		}
	}
	return out
}
