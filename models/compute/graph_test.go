package compute

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/models/compute/kernels/kernelstest"
)

// No two buffers in use at the same step share memory, but many buffers do share.
func TestPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		var buffers []*buffer
		sum := 0
		for range 40 {
			first := r.IntN(50)
			b := &buffer{rows: &extent{most: r.IntN(30)}, width: r.IntN(10), first: first, last: first + r.IntN(4)}
			buffers = append(buffers, b)
			sum += b.size()
		}
		total := place(buffers)
		for i, a := range buffers {
			if a.offset%lineFloats != 0 || a.offset+a.size() > total {
				t.Fatalf("a buffer of %d at %d of %d", a.size(), a.offset, total)
			}
			for _, b := range buffers[:i] {
				if a.overlaps(b) && a.size() > 0 && b.size() > 0 && a.offset < b.offset+b.size() && b.offset < a.offset+a.size() {
					t.Fatalf("[%d, %d) and [%d, %d) overlap", a.offset, a.offset+a.size(), b.offset, b.offset+b.size())
				}
			}
		}
		if total > sum/2 {
			t.Errorf("%d floats for buffers of %d that are in use a tenth of the time", total, sum)
		}
	}
}

// block is a small network: embedding, attention and an MLP, with dropout.
func block(p *Params) func(*Builder) {
	w := p.All()
	return func(b *Builder) {
		x := b.Embed(w[0], w[1], 0.1)
		a := b.Attention(b.Linear(b.Norm(x, w[2], nil, 1e-5), w[3], nil), 2, false)
		x = b.Residual(x, b.Linear(a, w[4], nil), 0.1)
		a = b.LinearGELU(b.Norm(x, w[5], w[6], 1e-5), w[7], w[8])
		x = b.Residual(x, b.Linear(a, w[9], nil), 0.1)
		out := b.LogProbs(x, w[0])
		if b.Training {
			b.Minimise(out)
		}
		b.Keep(out)
	}
}

func blockParams() *Params {
	return random(3, []int{11, 16}, []int{8, 16}, []int{16}, []int{16, 48}, []int{16, 16}, []int{16}, []int{16}, []int{16, 32}, []int{32}, []int{32, 16})
}

func blockInputs(rows, time int) Inputs {
	in := Inputs{Key: 4, Loss: NextToken(0.5)}
	for i := range rows * time {
		in.Tokens = append(in.Tokens, int32(i*7%11))
		in.Targets = append(in.Targets, int32(i*5%11))
	}
	return in
}

func run(t *testing.T, g *Graph, in Inputs) float64 {
	t.Helper()
	loss, err := g.Run(in)
	if err != nil {
		t.Fatal(err)
	}
	return loss
}

func build(t *testing.T, e *Engine, rows, time int, training bool, p *Params) *Graph {
	t.Helper()
	g, err := e.Build(rows, time, training, block(p))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// gradients runs a copy with its own graph and engine.
func gradients(t *testing.T, threads, rows, time int) (loss float64, grads [][]float32) {
	p := blockParams()
	loss = run(t, build(t, NewEngine(kernelstest.CPU(t, threads)), rows, time, true, p), blockInputs(rows, time))
	for _, param := range p.All() {
		grads = append(grads, param.Grad)
	}
	return loss, grads
}

func same(t *testing.T, what string, got, want [][]float32) {
	t.Helper()
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("%s: tensor %d differs", what, i)
		}
	}
}

// A graph gives smaller batches, of any shape, the same bits as a graph built for them.
func TestSmallerBatches(t *testing.T) {
	p := blockParams()
	g := build(t, NewEngine(kernelstest.CPU(t, 2)), 5, 7, true, p)
	for _, shape := range [][2]int{{5, 7}, {2, 3}, {4, 8}, {1, 1}, {5, 7}} {
		wantLoss, want := gradients(t, 1, shape[0], shape[1])
		in := blockInputs(shape[0], shape[1])
		in.Rows, in.Time = shape[0], shape[1]
		p.ZeroGrad()
		if loss := run(t, g, in); loss != wantLoss {
			t.Errorf("%v: loss %v, want %v", shape, loss, wantLoss)
		}
		for i, param := range p.All() {
			if !slices.Equal(param.Grad, want[i]) {
				t.Errorf("%v: the gradient of %s differs", shape, param.Name)
			}
		}
	}
}

// A run writes to nothing but what the graph says, and that is little if most tokens are padding.
func TestTouches(t *testing.T) {
	e := NewEngine(kernelstest.CPU(t, 2))
	p := blockParams()
	w := p.All()
	p.Train()
	const rows, time = 4, 8
	g, err := e.Build(rows, time, true, func(b *Builder) {
		x := b.Embed(w[0], w[1], 0)
		x = b.Residual(x, b.Linear(b.Attention(b.Linear(b.Norm(x, w[2], nil, 1e-5), w[3], nil), 2, false), w[4], nil), 0)
		b.Minimise(b.LogProbs(b.Pick(x), w[0]))
	})
	if err != nil {
		t.Fatal(err)
	}
	in := blockInputs(rows, time)
	in.Rows, in.Time = rows, time
	for i := range in.Targets {
		if row, at := i/time, i%time; at != row && at != row+1 { // rows of 2, 3, 4 and 5 tokens
			in.Targets[i] = -1
		}
	}
	run(t, g, in)
	touched := g.Touches(rows*time, 2+3+4+5, 8)
	used := make([]bool, len(e.arena))
	for _, s := range touched {
		for i := s[0]; i < s[1]; i++ {
			used[i] = true
		}
	}
	written := 0
	for i, v := range e.arena {
		if v != 0 && !used[i] {
			t.Fatalf("float %d of %d was written", i, len(e.arena))
		}
		if v != 0 {
			written++
		}
	}
	if n, all := touched.Bytes(), g.Touches(rows*time, rows*time, rows*time).Bytes(); n < 4*int64(written) || n > 5*int64(written) || n > all*2/3 {
		t.Errorf("%d bytes for %d that were written, and %d for a batch without padding", n, 4*written, all)
	}
}

func TestSameBitsOnAnyThreads(t *testing.T) {
	wantLoss, want := gradients(t, 1, 5, 7)
	for _, threads := range []int{2, 3} {
		loss, got := gradients(t, threads, 5, 7)
		if loss != wantLoss {
			t.Errorf("%d threads: loss %v, want %v", threads, loss, wantLoss)
		}
		same(t, fmt.Sprint(threads, " threads"), got, want)
	}
}

// Graphs of different shapes share an engine, whose memory grows meanwhile.
func TestShapesShareAnEngine(t *testing.T) {
	e, p := NewEngine(kernelstest.CPU(t, 2)), blockParams()
	small, large := build(t, e, 1, 3, true, p), build(t, e, 5, 7, true, p)
	outputs := build(t, e, 2, 8, false, p)
	for range 2 {
		for _, c := range []struct {
			graph      *Graph
			rows, time int
		}{{small, 1, 3}, {large, 5, 7}} {
			p.ZeroGrad()
			wantLoss, want := gradients(t, 1, c.rows, c.time)
			if loss := run(t, c.graph, blockInputs(c.rows, c.time)); loss != wantLoss {
				t.Errorf("[%d, %d]: loss %v, want %v", c.rows, c.time, loss, wantLoss)
			}
			var got [][]float32
			for _, param := range p.All() {
				got = append(got, param.Grad)
			}
			same(t, fmt.Sprint(c.rows, c.time), got, want)
			in := blockInputs(2, 8)
			in.Loss = nil
			run(t, outputs, in)
		}
	}
	small.Close()
	if len(e.bound) != 2 {
		t.Errorf("%d graphs hold on to the arena, want 2", len(e.bound))
	}
}

func TestGradientsAccumulate(t *testing.T) {
	_, want := gradients(t, 1, 2, 4)
	p := blockParams()
	g := build(t, NewEngine(kernelstest.CPU(t, 1)), 2, 4, true, p)
	for range 3 {
		run(t, g, blockInputs(2, 4))
	}
	for i, param := range p.All() {
		for k, v := range param.Grad {
			if d := float64(v) - 3*float64(want[i][k]); !approx.Equal(d, 0, 1e-6*float64(slices.Max(want[i]))) {
				t.Fatalf("tensor %d: element %d is %g after three times %g", i, k, v, want[i][k])
			}
		}
	}
}

// After an update gradients start anew, with the same bits as from zeros.
func TestGradientsBeginAnew(t *testing.T) {
	p := blockParams()
	e := NewEngine(kernelstest.CPU(t, 2))
	g := build(t, e, 2, 4, true, p)
	a := NewAdamW(e, p, AdamWOptions{Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-8})
	run(t, g, blockInputs(2, 4))
	var want [][]float32
	for _, param := range p.All() {
		want = append(want, slices.Clone(param.Grad))
	}
	if _, err := a.Update(0); err != nil {
		t.Fatal(err)
	}
	run(t, g, blockInputs(2, 4))
	for i, param := range p.All() {
		if !slices.Equal(param.Grad, want[i]) {
			t.Errorf("the gradient of %s is %v, and was %v", param.Name, param.Grad, want[i])
		}
	}
}

func TestDropoutHangsOnTheKey(t *testing.T) {
	g := build(t, NewEngine(kernelstest.CPU(t, 1)), 2, 4, true, blockParams())
	in := blockInputs(2, 4)
	first := run(t, g, in)
	if again := run(t, g, in); again != first {
		t.Errorf("with the same key the loss is %v and %v", first, again)
	}
	in.Key++
	if other := run(t, g, in); other == first {
		t.Errorf("with another key the loss is %v too", other)
	}
}

// A panic during a run is an error, and the graph can run again.
func TestPanicsBecomeErrors(t *testing.T) {
	g := build(t, NewEngine(kernelstest.CPU(t, 1)), 2, 4, true, blockParams())
	in := blockInputs(2, 4)
	want := run(t, g, in)
	bad := in
	bad.Loss = func([]float32, []float32) float64 { panic("no such loss") }
	if _, err := g.Run(bad); err == nil || err.Error() != "loss: no such loss" {
		t.Errorf("error %v, want one that says what the panic said", err)
	}
	if got := run(t, g, in); got != want {
		t.Errorf("then the loss is %v, want %v", got, want)
	}
}

func TestShapeMisusePanics(t *testing.T) {
	p := random(1, []int{7, 4}, []int{3, 4}, []int{5, 4}, []int{4})
	w := p.All()
	for name, network := range map[string]func(*Builder){
		"a longer batch than positions": func(b *Builder) { b.Embed(w[0], w[1], 0) },
		"another width":                 func(b *Builder) { b.Linear(b.Embed(w[0], w[2], 0), w[1], nil) },
		"heads that don't divide":       func(b *Builder) { b.Attention(b.Embed(w[0], w[2], 0), 3, false) },
		"a residual without norm": func(b *Builder) {
			x := b.Embed(w[0], w[2], 0)
			b.Residual(x, x, 0)
		},
		"two readers": func(b *Builder) {
			x := b.Embed(w[0], w[2], 0)
			b.Norm(x, w[3], nil, 1e-5)
			b.Norm(x, w[3], nil, 1e-5)
		},
		"no loss": func(b *Builder) { b.LogProbs(b.Embed(w[0], w[2], 0), w[0]) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if fault := recover(); fault == nil || !strings.HasPrefix(fmt.Sprint(fault), "compute: ") {
					t.Errorf("panic %v, want one of compute's", fault)
				}
			}()
			NewEngine(kernelstest.CPU(t, 1)).Build(1, 4, true, network)
		})
	}
}

// If gorgonia merges two operations, the graph is rebuilt with other hashes.
func TestMergedNodes(t *testing.T) {
	p := random(1, []int{6, 4})
	g, err := NewEngine(kernelstest.CPU(t, 1)).Build(2, 3, false, func(b *Builder) {
		leaf(b, p.All()[0])
		if b.salt == 0 {
			b.next = 0 // as if the next hash were the same
		}
		b.Keep(leaf(b, p.All()[0]))
	})
	if err != nil {
		t.Fatal(err)
	}
	if g.builder.salt != 1 {
		t.Errorf("salt %d, want 1", g.builder.salt)
	}
	if _, err := g.Run(Inputs{Tokens: make([]int32, 6)}); err != nil {
		t.Error(err)
	}
}
