package gpt

import (
	"slices"

	"assay/models/compute"
)

// kind is what a graph is for.
type kind int

const (
	training kind = iota // gradients of a loss
	numbers              // log-probabilities of targets, or scalars
	logits
)

// purpose is what graphs differ in.
type purpose struct {
	kind  kind
	picks bool // numbers are wanted of some tokens alone
}

// graph is a network for batches of up to so many tokens.
type graph struct {
	tokens int
	graph  *compute.Graph
	out    *compute.Activation
}

// purposeOf is that of a graph for a batch. Where rows are dropped out, all are computed:
// what is dropped hangs on a row's place among all.
func (m *Model) purposeOf(k kind, b *Batch) purpose {
	counted := 0
	for _, t := range b.Targets {
		if t >= 0 {
			counted++
		}
	}
	drops := k == training && m.config.Dropout.Residual > 0
	return purpose{k, k != logits && !drops && 0 < counted && counted < len(b.Targets)}
}

// graph finds the graph for a batch, or builds one in the place of one that is too small.
func (m *Model) graph(k kind, batch *Batch) (*graph, error) {
	p, tokens := m.purposeOf(k, batch), batch.Rows*batch.Time
	if old := m.graphs[p]; old != nil {
		if tokens <= old.tokens {
			return old, nil
		}
		old.graph.Close()
	}
	if k == training {
		m.params.Train()
	}
	g := &graph{tokens: tokens}
	var err error
	g.graph, err = m.engine.Build(batch.Rows, batch.Time, k == training, func(b *compute.Builder) {
		switch k {
		case training:
			g.out = m.numbers(b, p.picks)
			b.Minimise(g.out)
		case numbers:
			g.out = m.numbers(b, p.picks)
		case logits:
			g.out = b.Logits(m.hidden(b, false), m.weights.Head)
		}
		b.Keep(g.out)
	})
	if err != nil {
		return nil, err
	}
	m.graphs[p] = g
	return g, nil
}

// run runs the graph for a batch and gives a copy of its output.
func (m *Model) run(k kind, b Batch) ([]float32, error) {
	g, err := m.graph(k, &b)
	if err != nil {
		return nil, err
	}
	if _, err := g.graph.Run(compute.Inputs{Rows: b.Rows, Time: b.Time, Tokens: b.Tokens, Targets: b.Targets}); err != nil {
		return nil, err
	}
	return slices.Clone(g.graph.Values(g.out)), nil
}
