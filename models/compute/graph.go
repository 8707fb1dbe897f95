package compute

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"assay/models/compute/kernels"
)

// Engine is a CPU and the memory in which graphs work. The graphs of one engine share that memory and run one
// after the other; it is as large as the largest of them needs.
type Engine struct {
	cpu   *kernels.CPU
	arena []float32
	bound map[*Graph]bool // graphs whose buffers are views of the arena
}

// NewEngine makes an engine over a CPU, which the caller still has to close.
func NewEngine(cpu *kernels.CPU) *Engine { return &Engine{cpu: cpu, bound: map[*Graph]bool{}} }

// CPU returns the CPU that the engine computes with.
func (e *Engine) CPU() *kernels.CPU { return e.cpu }

// ArenaBytes is the memory that the engine's graphs share.
func (e *Engine) ArenaBytes() int { return 4 * len(e.arena) }

// reserve makes the arena large enough. Its old contents are lost.
func (e *Engine) reserve(size int) {
	if size <= len(e.arena) {
		return
	}
	for g := range e.bound {
		g.unbind() // so that the old arena can be collected
	}
	e.arena = nil
	e.arena = kernels.Memory(size)
}

// Inputs are what distinguishes one run from the next.
type Inputs struct {
	// Rows and Time are the number of sequences and of tokens in each: together no more tokens than the graph
	// was built for. Zeros are the sizes that it was built for.
	Rows, Time int

	Tokens  []int32 // [Rows, Time]
	Targets []int32 // [Rows, Time], for LogProbs; negative ones don't count
	Key     uint64  // determines the dropout
	Loss    Loss    // for a graph that trains

	layout layout
}

// key is the dropout key of a place in the graph.
func (in *Inputs) key(site uint64) uint64 {
	z := in.Key + site*0xd1342543de82ef95 // odd: distinct places get distinct keys
	z = (z ^ z>>32) * 0xaef17502108ef2d9
	return z ^ z>>29
}

// Graph is a network for batches up to a number of tokens. Each run reads the current values of the
// parameters that it was built over.
type Graph struct {
	builder *Builder
	engine  *Engine
	steps   []step
	size    int // floats of the arena
}

// attempts is how often a graph is rebuilt if two nodes have the same 32-bit hash.
const attempts = 8

// Build builds a graph for batches of rows sequences with time tokens each, or of at most as many tokens in
// another shape.
func (e *Engine) Build(rows, time int, training bool, network func(*Builder)) (*Graph, error) {
	check(rows > 0 && time > 0, "graph", "a batch of %d sequences of %d tokens", rows, time)
	for salt := range uint64(attempts) {
		b := &Builder{Rows: rows, Time: time, Training: training, cpu: e.cpu, salt: salt,
			cells: extent{most: rows * time}, tokens: extent{most: rows * time}, picked: extent{most: rows * time},
			graph: G.NewGraph(), inputs: &Inputs{}, grads: map[*G.Node]source{}, tape: &tape{}}
		network(b)
		if b.merged {
			continue
		}
		if training {
			check(b.cost != nil, "graph", "the graph has no loss; end it with Minimise")
			if _, err := G.Grad(b.cost, b.learnt...); err != nil {
				return nil, fmt.Errorf("differentiating the graph: %w", err)
			}
		}
		if b.collides() {
			continue
		}
		g := &Graph{builder: b, engine: e}
		return g, g.plan()
	}
	return nil, errors.New("building the graph: the hashes of its nodes keep colliding")
}

// collides reports whether gorgonia would merge two different nodes: it compares only 32-bit hashes.
func (b *Builder) collides() bool {
	if b.merged {
		return true
	}
	seen := map[uint32]bool{}
	for _, n := range b.graph.AllNodes() {
		if seen[n.Hashcode()] {
			return true
		}
		seen[n.Hashcode()] = true
	}
	return false
}

// step is what a run does at one place of the tape.
type step struct {
	name string
	do   func()
}

// plan lets gorgonia's machine go through its tape once, without work, to see the order, and places the
// buffers. Runs take the same steps without the machine, which changes the operating system's thread at the
// start and end of each run: on two cores that cost PPO an eighth of its time.
func (g *Graph) plan() error {
	b := g.builder
	machine := G.NewTapeMachine(b.graph)
	if err := errors.Join(machine.RunAll(), machine.Close()); err != nil {
		return fmt.Errorf("planning the graph: %w", err)
	}
	for at, o := range b.tape.order {
		if o.do != nil {
			g.steps = append(g.steps, step{o.name, o.do})
		}
		for _, buf := range o.touches {
			buf.use(at)
		}
	}
	for _, buf := range b.buffers {
		if buf.kept {
			buf.use(len(b.tape.order))
		}
	}
	b.graph, b.tape, b.grads, b.learnt, b.cost = nil, nil, nil, nil, nil // gorgonia is no longer needed
	g.size = place(b.buffers)
	return nil
}

// Run runs the graph on a batch. In a graph that trains, it adds to the parameters' gradients and returns the
// loss.
func (g *Graph) Run(in Inputs) (loss float64, err error) {
	b := g.builder
	if in.Rows == 0 {
		in.Rows, in.Time = b.Rows, b.Time
	}
	n := in.Rows * in.Time
	check(n <= b.tokens.most && len(in.Tokens) == n && (in.Targets == nil || len(in.Targets) == n) && (in.Loss != nil) == b.Training,
		"run", "%d tokens and %d targets for a batch of [%d, %d]", len(in.Tokens), len(in.Targets), in.Rows, in.Time)
	g.bind(&in)
	*b.inputs = in
	defer func() { *b.inputs = Inputs{layout: in.layout} }() // its memory is reused
	for i := range g.steps {
		if err := g.steps[i].take(); err != nil {
			return 0, err
		}
	}
	return b.result, nil
}

// take runs the step. It turns a panic into an error.
func (s *step) take() (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%s: %v", s.name, fault)
		}
	}()
	s.do()
	return nil
}

// bind gives the buffers the memory that a run needs.
func (g *Graph) bind(in *Inputs) {
	b, e := g.builder, g.engine
	in.layout = b.inputs.layout
	in.layout.set(in, b.picking)
	b.cells.now, b.tokens.now, b.picked.now = in.Rows*in.Time, len(in.layout.tokens), len(in.layout.picked)
	e.reserve(g.size)
	for _, buf := range b.buffers {
		buf.bind(e.arena)
	}
	e.bound[g] = true
}

func (g *Graph) unbind() {
	for _, buf := range g.builder.buffers {
		buf.data = nil
	}
	delete(g.engine.bound, g)
}

// hugePage is the number of floats in a huge page.
const hugePage = 2 << 20 / 4

// Touched are parts of an engine's arena, from the first float to before the last.
type Touched [][2]int

// Touches is what a run writes to, for a batch with a number of cells, rows times time. Of these, laid have a
// row, and [Builder.Pick] keeps picked: at most those that the graph was built for. Without Pick every cell has
// a row. Large memory comes in huge pages.
func (g *Graph) Touches(cells, laid, picked int) Touched {
	b := g.builder
	if !b.picking {
		laid, picked = cells, cells
	}
	most := map[*extent]int{&b.cells: cells, &b.tokens: laid, &b.picked: picked}
	page := 1
	if g.size >= hugePage {
		page = hugePage
	}
	spans := make(Touched, 0, len(b.buffers))
	for _, buf := range b.buffers {
		end := buf.offset + min(most[buf.rows], buf.rows.most)*buf.width
		if end > buf.offset {
			spans = append(spans, [2]int{buf.offset / page * page, min((end+page-1)/page*page, g.size)})
		}
	}
	return spans
}

// Bytes is the memory of all parts. Parts may overlap.
func (t Touched) Bytes() int64 {
	spans := slices.Clone(t)
	slices.SortFunc(spans, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	var floats int64
	end := 0
	for _, s := range spans {
		if s[1] > end {
			floats += int64(s[1] - max(s[0], end))
			end = s[1]
		}
	}
	return 4 * floats
}

// Close removes the graph from the engine; it must not run again.
func (g *Graph) Close() { g.unbind() }

// Values returns the values that a kept activation ([Builder.Keep]) had in the last run. They are memory of
// the engine, which the next run of any of its graphs overwrites.
func (g *Graph) Values(a *Activation) []float32 {
	check(a.buf.kept, "values", "the activation wasn't kept")
	return a.buf.data
}
