package gpt

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/models/checkpoint"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/compute/kernels/kernelstest"
)

// engine computes on this machine's fastest path.
func engine(t testing.TB, threads int) *compute.Engine {
	t.Helper()
	return compute.NewEngine(kernelstest.CPU(t, threads))
}

func model(t testing.TB, c Config, threads int) *Model {
	t.Helper()
	m, err := New(engine(t, threads), c, rand.NewPCG(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// batch makes random tokens with random targets.
func batch(c Config, rows, time int, seed uint64) Batch {
	random := rand.New(rand.NewPCG(seed, 0))
	b := Batch{Rows: rows, Time: time}
	for range rows * time {
		b.Tokens = append(b.Tokens, random.Int32N(int32(c.VocabSize)))
		b.Targets = append(b.Targets, random.Int32N(int32(c.VocabSize)))
	}
	return b
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

var options = compute.AdamWOptions{Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-8, WeightDecay: 0.1, MaxGradNorm: 1}

func TestParameters(t *testing.T) {
	noBias := GPT2(65, 64, 128, 4, 4)
	noBias.Bias = false
	scalar := GPT2(50257, 1024, 768, 12, 12)
	scalar.ScalarHead = true
	untied := GPT2(50257, 1024, 768, 12, 12)
	untied.TieWordEmbeddings = false
	for _, c := range []struct {
		name   string
		config Config
		want   int
	}{
		{"GPT-2 small", GPT2(50257, 1024, 768, 12, 12), 124_439_808}, // transformers' num_parameters()
		{"its reward model", scalar, 124_440_576},
		{"untied", untied, 124_439_808 + 50257*768},
		{"without biases", noBias, 65*128 + 64*128 + 4*12*128*128 + 9*128},
	} {
		if got := c.config.Parameters(); got != c.want {
			t.Errorf("%s: %d parameters, want %d", c.name, got, c.want)
		}
	}
}

// Fresh weights have GPT-2's standard deviations, and the loss of a fresh model is that of a uniform guess.
func TestFreshWeights(t *testing.T) {
	c := GPT2(300, 64, 128, 3, 4)
	m := model(t, c, 2)
	residual := 0.02 / math.Sqrt(6)
	for _, p := range m.Params().All() {
		var sum, square float64
		for _, v := range p.Value {
			sum += float64(v)
			square += float64(v) * float64(v)
		}
		n := float64(len(p.Value))
		mean, deviation := sum/n, math.Sqrt(square/n)
		want := 0.02
		switch {
		case strings.HasSuffix(p.Name, "bias"):
			want = 0
		case len(p.Shape) == 1:
			mean, want = mean-1, 1
		case strings.HasSuffix(p.Name, "c_proj.weight"):
			want = residual
		}
		if !approx.Equal(mean, 0, 1e-3) || !approx.Equal(deviation, want, 0.05*want) {
			t.Errorf("%s: mean off by %.2g, root mean square %.4g, want %.4g", p.Name, mean, deviation, want)
		}
	}
	loss := must[float64](t)(m.Evaluate(batch(c, 4, 64, 5))) / 256
	if !approx.Equal(loss, math.Log(300), 0.1) {
		t.Errorf("loss %.3f, want about ln 300 = %.3f", loss, math.Log(300))
	}
	if other := must[*Model](t)(New(m.engine, c, rand.NewPCG(1, 2))); !slices.Equal(other.weights.Head.Value, m.weights.Head.Value) {
		t.Error("the same source gives other weights")
	}
}

// variants are architectures that differ from GPT-2's.
func variants() map[string]Config {
	base := GPT2(67, 16, 32, 2, 4)
	noBias, untied, inner, scalar, dropout := base, base, base, base, base
	noBias.Bias = false
	untied.TieWordEmbeddings = false
	inner.IntermediateSize = 40
	scalar.ScalarHead = true
	dropout.Dropout = checkpoint.Dropout{Residual: 0.2, Embedding: 0.1}
	return map[string]Config{"gpt2": base, "no biases": noBias, "untied": untied, "inner 40": inner, "scalar": scalar, "dropout": dropout}
}

// A model's outputs for a sequence don't depend on the rest of the batch, on the number of threads, or on
// which method computes them.
func TestOutputsAgree(t *testing.T) {
	c := variants()["dropout"] // has no effect on these outputs
	m := model(t, c, 2)
	b := batch(c, 5, 13, 8)
	b.Targets[3], b.Targets[20] = -1, -1
	all := must[[]float32](t)(m.LogProbs(b))
	logits := must[[]float32](t)(m.Logits(b))
	var sum float64
	for i, v := range all {
		row := logits[i*c.VocabSize : (i+1)*c.VocabSize]
		want := 0.0
		if b.Targets[i] >= 0 {
			var total float64
			for _, l := range row {
				total += math.Exp(float64(l))
			}
			want = float64(row[b.Targets[i]]) - math.Log(total)
		}
		if !approx.Equal(float64(v), want, 1e-5) {
			t.Errorf("token %d: log-probability %g, by the logits %g", i, v, want)
		}
		sum -= float64(v)
	}
	if got := must[float64](t)(m.Evaluate(b)); got != sum {
		t.Errorf("evaluated to %v, want %v", got, sum)
	}
	single := model(t, c, 1)
	for r := range 5 {
		one := Batch{Tokens: b.Tokens[13*r : 13*r+13], Targets: b.Targets[13*r : 13*r+13], Rows: 1, Time: 13}
		if got := must[[]float32](t)(single.LogProbs(one)); !slices.Equal(got, all[13*r:13*r+13]) {
			t.Errorf("sequence %d alone has other log-probabilities", r)
		}
	}
}

func TestSaveAndLoad(t *testing.T) {
	for name, c := range variants() {
		t.Run(name, func(t *testing.T) {
			m, dir := model(t, c, 1), t.TempDir()
			if err := m.Save(dir); err != nil {
				t.Fatal(err)
			}
			got := must[*Model](t)(Load(m.engine, dir))
			if !reflect.DeepEqual(got.Config(), c) {
				t.Errorf("configuration %+v, want %+v", got.Config(), c)
			}
			for i, p := range m.Params().All() {
				if q := got.Params().All()[i]; q.Name != p.Name || !slices.Equal(q.Value, p.Value) {
					t.Errorf("%s differs", p.Name)
				}
			}
		})
	}
}

func TestFaultyBatches(t *testing.T) {
	c := GPT2(67, 16, 32, 2, 4)
	scalar := c
	scalar.ScalarHead = true
	m, s := model(t, c, 1), model(t, scalar, 1)
	edit := func(f func(*Batch)) Batch {
		b := batch(c, 2, 8, 1)
		f(&b)
		return b
	}
	for _, test := range []struct {
		want string
		err  error
	}{
		{"token 3 of the batch is 67; the vocabulary has 67", errorOf(m.Evaluate(edit(func(b *Batch) { b.Tokens[3] = 67 })))},
		{"token 0 of the batch is -1", errorOf(m.Logits(edit(func(b *Batch) { b.Tokens[0] = -1 })))},
		{"target 2 of the batch is 70", errorOf(m.Accumulate(edit(func(b *Batch) { b.Targets[2] = 70 }), 1, 0))},
		{"the model's context length is 16", errorOf(m.Evaluate(batch(c, 1, 17, 1)))},
		{"has 16 tokens and 15 targets", errorOf(m.LogProbs(edit(func(b *Batch) { b.Targets = b.Targets[1:] })))},
		{"a batch of 0 sequences", errorOf(m.Logits(Batch{}))},
		{"scalar head", errorOf(s.Evaluate(batch(c, 2, 8, 1)))},
		{"no scalar head", errorOf(m.Scalars(batch(c, 2, 8, 1)))},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("error %v, want one with %q", test.err, test.want)
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }

func TestUnsupportedActivation(t *testing.T) {
	c := GPT2(67, 16, 32, 2, 4)
	c.Activation = checkpoint.GELU
	_, err := New(engine(t, 1), c, rand.NewPCG(1, 2))
	if err == nil || !strings.Contains(err.Error(), "gelu_new") {
		t.Errorf("error %v, want one that names what is supported", err)
	}
}

// One graph, built for the largest batch, serves all smaller ones.
func TestManyShapes(t *testing.T) {
	c := GPT2(11, 80, 16, 1, 2)
	m := model(t, c, 1)
	b := batch(c, 1, 80, 2)
	whole := must[[]float32](t)(m.LogProbs(b))
	for n := 1; n <= 80; n++ {
		part := Batch{Tokens: b.Tokens[:n], Targets: b.Targets[:n], Rows: 1, Time: n}
		if got := must[[]float32](t)(m.LogProbs(part)); !slices.Equal(got, whole[:n]) {
			t.Fatalf("the first %d tokens have other log-probabilities", n)
		}
	}
	if len(m.graphs) != 1 {
		t.Errorf("%d graphs, want one", len(m.graphs))
	}
}

// Outputs that nobody requests cost nothing and change nothing: the gradients have the same bits as those of
// a pass over all tokens whose loss ignores the others, padded or not. Sequences' last wanted tokens differ.
func TestWantedTokensAlone(t *testing.T) {
	for name, c := range variants() {
		if c.Dropout.Residual > 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			const rows, time, padded = 3, 9, 13
			wanted := func(i int) bool { return i%time > 3 && i%time < time-i/time*2 && i != 7 }
			loss := func(values, gradient []float32) (sum float64) {
				each := len(values) / rows
				for r := range rows {
					for at := range time {
						if wanted(r*time + at) {
							gradient[r*each+at] = values[r*each+at] + float32(at)
							sum += float64(values[r*each+at])
						}
					}
				}
				return sum
			}
			m := model(t, c, 2)
			b := batch(c, rows, time, 4)
			all := must[float64](t)(m.Minimise(b, 5, loss))
			var want [][]float32
			for _, p := range m.Params().All() {
				want = append(want, slices.Clone(p.Grad))
			}
			few := Batch{Rows: rows, Time: padded, Tokens: make([]int32, rows*padded), Targets: slices.Repeat([]int32{-1}, rows*padded)}
			for i, token := range b.Tokens {
				few.Tokens[i/time*padded+i%time] = token
				if wanted(i) {
					few.Targets[i/time*padded+i%time] = b.Targets[i]
				}
			}
			m.Params().ZeroGrad()
			if got := must[float64](t)(m.Minimise(few, 5, loss)); got != all {
				t.Errorf("loss %v, want %v", got, all)
			}
			for i, p := range m.Params().All() {
				if !slices.Equal(p.Grad, want[i]) {
					t.Errorf("the gradient of %s differs", p.Name)
				}
			}
		})
	}
}

func Example() {
	cpu := kernels.New(kernels.Generic, 1)
	defer cpu.Close()
	engine := compute.NewEngine(cpu)
	m, err := New(engine, GPT2(65, 64, 32, 2, 2), rand.NewPCG(1, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Params().Count(), "parameters")
	optimiser := compute.NewAdamW(engine, m.Params(), compute.AdamWOptions{Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-8, MaxGradNorm: 1})
	b := Batch{Tokens: []int32{1, 2, 3, 4}, Targets: []int32{2, 3, 4, -1}, Rows: 1, Time: 4}
	for step := range 30 {
		if _, err := m.Accumulate(b, 1.0/3, uint64(step)); err != nil {
			fmt.Println(err)
			return
		}
		if _, err := optimiser.Update(1e-2); err != nil {
			fmt.Println(err)
			return
		}
	}
	loss, err := m.Evaluate(b)
	fmt.Printf("%.1f nats per token %v\n", loss/3, err)
	// Output:
	// 29600 parameters
	// 0.0 nats per token <nil>
}
