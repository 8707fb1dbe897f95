package gpt

import (
	"encoding/binary"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"assay/models/checkpoint"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/compute/kernels/kernelstest"
)

// peerFiles is the output of fixtures/peers/gpt_parity.py: two models of transformers 5.23.0 and what PyTorch
// 2.15.0 computed with them.
const peerFiles = "../../fixtures/gpt2"

// Tolerances: of the norm of a tensor's difference relative to the tensor's norm, and of each element, where
// a share of the tensor's largest element is added.
const (
	tolerance = 1e-4
	floor     = 1e-4
)

type peer struct {
	t    *testing.T
	file *checkpoint.File
}

func openPeer(t *testing.T, name string) peer {
	t.Helper()
	f, err := checkpoint.Open(filepath.Join(peerFiles, name, "peer.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return peer{t, f}
}

func (p peer) floats(name string) []float32 {
	p.t.Helper()
	tensor, err := p.file.Tensor(name)
	if err != nil {
		p.t.Fatal(err)
	}
	values, err := p.file.Float32s(name, tensor.Shape...)
	if err != nil {
		p.t.Fatal(err)
	}
	return values
}

func (p peer) ints(name string) []int32 {
	p.t.Helper()
	raw, err := p.file.Bytes(name)
	if err != nil {
		p.t.Fatal(err)
	}
	values := make([]int32, len(raw)/4)
	for i := range values {
		values[i] = int32(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return values
}

func (p peer) batch() Batch {
	return Batch{Tokens: p.ints("tokens"), Targets: p.ints("targets"), Rows: 4, Time: 16}
}

// agree compares got with the peer's tensor and returns the norm of their difference relative to the tensor's
// norm.
func (p peer) agree(name string, got []float32) float64 {
	p.t.Helper()
	return p.agreeBut(name, got, 0, 0)
}

// agreeBut is agree without the elements from:to. The callers leave out the keys' biases after training:
// attention doesn't depend on them, so their gradient is 0 except for rounding, and Adam divides that
// rounding by its own size.
func (p peer) agreeBut(name string, got []float32, from, to int) float64 {
	p.t.Helper()
	want := p.floats(name)
	if len(got) != len(want) {
		p.t.Errorf("%s: %d values, want %d", name, len(got), len(want))
		return math.Inf(1)
	}
	var top, square, off float64
	for _, w := range want {
		top = max(top, math.Abs(float64(w)))
		square += float64(w) * float64(w)
	}
	for i, w := range want {
		if from <= i && i < to {
			continue
		}
		d := math.Abs(float64(got[i]) - float64(w))
		off += d * d
		if !(d <= tolerance*math.Abs(float64(w))+floor*top) {
			p.t.Errorf("%s: element %d is %g, want %g", name, i, got[i], w)
			return math.Inf(1)
		}
	}
	if square == 0 {
		return math.Sqrt(off)
	}
	relative := math.Sqrt(off / square)
	if !(relative <= tolerance) {
		p.t.Errorf("%s: off by %.2g of its norm", name, relative)
	}
	return relative
}

// A model that transformers saved gives the same outputs, loss, gradients and training results here as there.
func TestParity(t *testing.T) {
	for _, c := range []struct {
		name, output string
		accumulate   func(*Model, Batch) (float64, error)
		outputs      func(*Model, Batch) ([]float32, error)
	}{
		{"lm", "logits", meanLoss, (*Model).Logits},
		{"reward", "scalars", rankingLoss, func(m *Model, b Batch) ([]float32, error) {
			b.Targets = nil
			return m.Scalars(b)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			kernelstest.OnEachPath(t, func(t *testing.T, cpu *kernels.CPU) {
				e := compute.NewEngine(cpu)
				p := openPeer(t, c.name)
				m, err := Load(e, filepath.Join(peerFiles, c.name))
				if err != nil {
					t.Fatal(err)
				}
				got, err := c.outputs(m, p.batch())
				if err != nil {
					t.Fatal(err)
				}
				summary := fmt.Sprintf("%s %.1e", c.output, p.agree(c.output, got))
				loss, err := c.accumulate(m, p.batch())
				if err != nil {
					t.Fatal(err)
				}
				summary += fmt.Sprintf(", loss %.1e", p.agree("loss", []float32{float32(loss)}))
				worst := 0.0
				for _, param := range m.Params().All() {
					worst = max(worst, p.agree("gradient/"+param.Name, param.Grad))
				}
				t.Logf("off by %s, gradients %.1e at worst; %s", summary, worst, p.train(m, c.accumulate))
			})
		})
	}
}

// train repeats the peer's ten training steps.
func (p peer) train(m *Model, accumulate func(*Model, Batch) (float64, error)) string {
	p.t.Helper()
	o := compute.NewAdamW(m.engine, m.Params(), compute.AdamWOptions{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, WeightDecay: 0.1, MaxGradNorm: 1})
	m.Params().ZeroGrad()
	var losses, norms []float32
	for range 10 {
		loss, err := accumulate(m, p.batch())
		if err != nil {
			p.t.Fatal(err)
		}
		norm, err := o.Update(1e-3)
		if err != nil {
			p.t.Fatal(err)
		}
		losses, norms = append(losses, float32(loss)), append(norms, float32(norm))
	}
	off, worst := max(p.agree("losses", losses), p.agree("norms", norms)), 0.0
	for _, param := range m.Params().All() {
		skip := 0
		if strings.HasSuffix(param.Name, "c_attn.bias") {
			skip = m.config.HiddenSize
		}
		worst = max(worst, p.agreeBut("final/"+param.Name, param.Value, skip, 2*skip))
	}
	return fmt.Sprintf("ten steps' losses and norms %.1e, final weights %.1e at worst", off, worst)
}

func meanLoss(m *Model, b Batch) (float64, error) {
	n := 0
	for _, t := range b.Targets {
		if t >= 0 {
			n++
		}
	}
	loss, err := m.Accumulate(b, 1/float64(n), 0)
	return loss / float64(n), err
}

// rankingLoss is the script's loss: sequences 0 and 2 are better than 1 and 3.
func rankingLoss(m *Model, b Batch) (float64, error) {
	b.Targets = nil
	return m.Minimise(b, 0, func(values, gradient []float32) float64 {
		var loss float64
		pairs := b.Rows / 2
		for i := range pairs {
			better, worse := (2*i+1)*b.Time-1, (2*i+2)*b.Time-1
			d := float64(values[better]) - float64(values[worse])
			loss += math.Log1p(math.Exp(-d)) / float64(pairs)
			slope := float32(-1 / (1 + math.Exp(d)) / float64(pairs))
			gradient[better], gradient[worse] = slope, -slope
		}
		return loss
	})
}
