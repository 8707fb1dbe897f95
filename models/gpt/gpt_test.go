package gpt

import (
	"math/rand/v2"
	"testing"

	"assay/models/compute"
	"assay/models/compute/kernels"
)

// engine computes on the fastest path of this machine.
func engine(t testing.TB, threads int) *compute.Engine {
	t.Helper()
	path, err := kernels.Choose("")
	if err != nil {
		t.Fatal(err)
	}
	cpu := kernels.New(path, threads)
	t.Cleanup(cpu.Close)
	return compute.NewEngine(cpu)
}

func model(t testing.TB, c Config, threads int) *Model {
	t.Helper()
	m, err := New(engine(t, threads), c, rand.NewPCG(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// batch is random tokens, each of which a random one should follow.
func batch(c Config, rows, time int, seed uint64) Batch {
	random := rand.New(rand.NewPCG(seed, 0))
	b := Batch{Rows: rows, Time: time}
	for range rows * time {
		b.Tokens = append(b.Tokens, random.Int32N(int32(c.Vocab)))
		b.Targets = append(b.Targets, random.Int32N(int32(c.Vocab)))
	}
	return b
}

func TestLearnsABatch(t *testing.T) {
	c := GPT2(67, 16, 32, 2, 4)
	m := model(t, c, 2)
	o := compute.NewAdamW(m.engine, m.Params(), compute.AdamWOptions{Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-8, Decay: 0.1, Clip: 1})
	b := batch(c, 4, 16, 3)
	var first, last float64
	for step := range 60 {
		loss, err := m.Accumulate(b, 1.0/64, uint64(step))
		if err != nil {
			t.Fatal(err)
		}
		if step == 0 {
			first = loss / 64
		}
		last = loss / 64
		if _, err := o.Update(1e-2); err != nil {
			t.Fatal(err)
		}
	}
	if first < 4 || first > 4.4 || last > 0.5 {
		t.Errorf("the loss went from %.3f to %.3f; ln 67 is 4.205", first, last)
	}
}
