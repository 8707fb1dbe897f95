package sft_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/models/train"
	"assay/models/train/sft"
)

// set has n demonstrations: number i has the prompt 100+i, and a completion of i+1 times i
// and 99.
func set(n int) *sft.Set {
	s := &sft.Set{Pool: train.Pool[sft.Demonstration]{Rows: 2, Parts: 2, Seed: 5}, Time: 20}
	for i := range n {
		d := sft.Demonstration{Tokens: []int32{int32(100 + i)}, Prompt: 1}
		for range i + 1 {
			d.Tokens = append(d.Tokens, int32(i))
		}
		d.Tokens = append(d.Tokens, 99)
		s.All = append(s.All, d)
	}
	return s
}

func TestBatchCountsWhatIsSaid(t *testing.T) {
	s := &sft.Set{Time: 20, Pool: train.Pool[sft.Demonstration]{Rows: 2, All: []sft.Demonstration{
		{Tokens: []int32{1, 2, 3, 4, 5}, Prompt: 3},
		{Tokens: []int32{6, 7, 8}, Prompt: 0},
	}}}
	var got *train.Batch
	if err := s.Cover(func(b *train.Batch) error { got = b; return nil }); err != nil {
		t.Fatal(err)
	}
	row := func(of ...int32) []int32 { return append(of, slices.Repeat([]int32{0}, 16-len(of))...) }
	counted := func(of ...int32) []int32 { return append(of, slices.Repeat([]int32{-1}, 16-len(of))...) }
	want := &train.Batch{Rows: 2, Time: 16,
		Tokens:  slices.Concat(row(1, 2, 3, 4), row(6, 7)),
		Targets: slices.Concat(counted(-1, -1, 4, 5), counted(7, 8)),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("batch (-want +got):\n%s", diff)
	}
	if size, want := s.LargestCovered(), (train.Size{Rows: 2, Time: 16, Laid: 4 + 2, Counted: 2 + 2}); size != want {
		t.Errorf("size %+v, want %+v", size, want)
	}
}

func TestEpochs(t *testing.T) {
	s := set(7)
	if n := s.Steps(3); n != 6 { // 21 demonstrations, four a step
		t.Errorf("%d steps, want 6", n)
	}
	var prompts []int32
	var b train.Batch
	for step := 1; step <= 6; step++ {
		for part := range 2 {
			if err := s.Batch(step, part, &b); err != nil {
				t.Fatal(err)
			}
			for r := range b.Rows {
				prompts = append(prompts, b.Tokens[r*b.Time])
			}
		}
	}
	var orders [][]int32
	for epoch := range 3 {
		order := prompts[epoch*7 : epoch*7+7]
		orders = append(orders, order)
		if sorted := slices.Sorted(slices.Values(order)); !slices.Equal(sorted, []int32{100, 101, 102, 103, 104, 105, 106}) {
			t.Errorf("epoch %d goes through %v", epoch, order)
		}
	}
	if slices.Equal(orders[0], orders[1]) || slices.Equal(orders[1], orders[2]) {
		t.Errorf("epochs in one order: %v", orders)
	}
	// A training that resumes from step 4 gets the batches that it would have got.
	var again train.Batch
	if err := set(7).Batch(4, 1, &again); err != nil {
		t.Fatal(err)
	}
	if again.Tokens[0] != prompts[14] || again.Tokens[again.Time] != prompts[15] {
		t.Errorf("step 4 begins with %d, want %d", again.Tokens[0], prompts[14])
	}
}

func TestLongOnesAreCut(t *testing.T) {
	s := set(30)
	s.Rows = 30
	var b train.Batch
	if err := s.Batch(1, 0, &b); err != nil {
		t.Fatal(err)
	}
	if b.Time != 20 {
		t.Errorf("rows of %d tokens, want 20", b.Time)
	}
}
