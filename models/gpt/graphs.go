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

// graph is a network for batches of one shape.
type graph struct {
	kind       kind
	rows, time int
	graph      *compute.Graph
	out        *compute.Activation
}

// graphs are those of a model that were used last, the latest first.
type graphs []*graph

// mostGraphs bounds how many a model keeps; a graph of 12 layers is about 1 MB.
const mostGraphs = 32

// graph finds or builds the graph for a shape.
func (m *Model) graph(k kind, rows, time int) (*graph, error) {
	at := slices.IndexFunc(m.graphs, func(g *graph) bool { return g.kind == k && g.rows == rows && g.time == time })
	if at >= 0 {
		g := m.graphs[at]
		m.graphs = slices.Insert(slices.Delete(m.graphs, at, at+1), 0, g)
		return g, nil
	}
	g := &graph{kind: k, rows: rows, time: time}
	if k == training {
		m.params.Train()
	}
	var err error
	g.graph, err = m.engine.Build(rows, time, k == training, func(b *compute.Builder) {
		switch k {
		case training:
			g.out = m.numbers(b)
			b.Minimise(g.out)
		case numbers:
			g.out = m.numbers(b)
		case logits:
			g.out = b.Logits(m.hidden(b), m.weights.Head)
		}
		b.Keep(g.out)
	})
	if err != nil {
		return nil, err
	}
	if len(m.graphs) == mostGraphs {
		m.graphs[mostGraphs-1].graph.Close()
		m.graphs = m.graphs[:mostGraphs-1]
	}
	m.graphs = slices.Insert(m.graphs, 0, g)
	return g, nil
}

// run runs the graph for a batch and gives a copy of its output.
func (m *Model) run(k kind, b Batch) ([]float32, error) {
	g, err := m.graph(k, b.Rows, b.Time)
	if err != nil {
		return nil, err
	}
	if _, err := g.graph.Run(compute.Inputs{Tokens: b.Tokens, Targets: b.Targets}); err != nil {
		return nil, err
	}
	return slices.Clone(g.graph.Values(g.out)), nil
}
