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

// purpose holds what distinguishes graphs.
type purpose struct {
	kind  kind
	picks bool // numbers are requested only for some tokens, and the tokens after these have no rows
}

// graph is a network for batches up to a number of tokens.
type graph struct {
	tokens int
	graph  *compute.Graph
	out    *compute.Activation
}

// purposeOf is the purpose of a graph for a batch.
func (m *Model) purposeOf(k kind, b *Batch) purpose {
	counted := 0
	for _, t := range b.Targets {
		if t >= 0 {
			counted++
		}
	}
	return m.purposeFor(k, counted, len(b.Targets))
}

// purposeFor is the purpose of a graph for a number of targets, of which some count. With dropout, all rows are
// computed, because what is dropped depends on a row's place among all rows.
func (m *Model) purposeFor(k kind, counted, targets int) purpose {
	drops := k == training && max(m.config.Dropout.Residual, m.config.Dropout.Embedding) > 0
	return purpose{k, k != logits && !drops && 0 < counted && counted < targets}
}

// graph finds the graph for a batch, or builds one, replacing one that is too small.
func (m *Model) graph(k kind, batch *Batch) (*graph, error) {
	p, tokens := m.purposeOf(k, batch), batch.Rows*batch.Time
	if old := m.graphs[p]; old != nil {
		if tokens <= old.tokens {
			return old, nil
		}
		old.graph.Close()
	}
	g, err := m.build(p, batch.Rows, batch.Time)
	if err != nil {
		return nil, err
	}
	m.graphs[p] = g
	return g, nil
}

// build builds a graph for batches of up to rows times time tokens.
func (m *Model) build(p purpose, rows, time int) (*graph, error) {
	if p.kind == training {
		m.params.Train()
	}
	g := &graph{tokens: rows * time}
	var err error
	g.graph, err = m.engine.Build(rows, time, p.kind == training, func(b *compute.Builder) {
		switch p.kind {
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
	return g, err
}

// Shape is the size of a batch: Rows times Time targets, of which Counted count. Laid are the tokens up to the
// last one of each row whose target counts: the others take no memory, unless all rows are computed.
type Shape struct{ Rows, Time, Laid, Counted int }

// Footprint is the memory of the engine that a pass over a batch writes to, besides the model's parameters: for a
// training pass if trains is set, otherwise for one that only computes outputs.
func (m *Model) Footprint(trains bool, s Shape) (compute.Touched, error) {
	g, err := m.build(m.purposeFor(passOf(trains), s.Counted, s.Rows*s.Time), s.Rows, s.Time)
	if err != nil {
		return nil, err
	}
	return g.graph.Touches(s.Rows*s.Time, s.Laid, s.Counted), nil
}

// Reserve prepares for passes over batches of a shape. Called with the largest shape, it allocates memory
// only once.
func (m *Model) Reserve(trains bool, s Shape) (err error) {
	p := m.purposeFor(passOf(trains), s.Counted, s.Rows*s.Time)
	m.graphs[p], err = m.build(p, s.Rows, s.Time)
	return err
}

func passOf(trains bool) kind {
	if trains {
		return training
	}
	return numbers
}

// run runs the graph for a batch and returns a copy of its output.
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
