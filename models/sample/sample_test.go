package sample

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/compute/kernels/kernelstest"
	"assay/models/gpt"
)

// Shapes of the models that tests decode with.
func small() gpt.Config { return gpt.GPT2(97, 200, 48, 3, 4) }

func unusual() gpt.Config {
	c := gpt.GPT2(61, 130, 30, 2, 6) // heads of 5
	c.Bias, c.TieWordEmbeddings = false, false
	return c
}

// network is a model with large random weights, for training and for decoding.
func network(t testing.TB, c gpt.Config, threads int) (*gpt.Model, *Network) {
	t.Helper()
	cpu := kernelstest.CPU(t, threads)
	c.InitializerRange = 0.3
	model, err := gpt.New(compute.NewEngine(cpu), c, rand.NewPCG(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	n, err := NewNetwork(cpu, c, func(name string) ([]float32, error) { return model.Params().Get(name).Value, nil })
	if err != nil {
		t.Fatal(err)
	}
	return model, n
}

func batcher(t testing.TB, c gpt.Config, threads int, o Options) *Batcher {
	t.Helper()
	_, n := network(t, c, threads)
	b := NewBatcher(n, o)
	t.Cleanup(b.Close)
	return b
}

func tokens(n, vocab int, seed uint64) []int32 {
	r := rand.New(rand.NewPCG(seed, 3))
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(r.IntN(vocab))
	}
	return out
}

// However a sequence is cut into passes, its logits have the bits of the training's forward pass.
func TestLogitsAreTheTrainings(t *testing.T) {
	scalar := small()
	scalar.ScalarHead = true
	for name, c := range map[string]gpt.Config{"small": small(), "unusual": unusual(), "scalar": scalar} {
		model, n := network(t, c, 2)
		text := tokens(c.MaxPositionEmbeddings-1, c.VocabSize, 5)
		batch := gpt.Batch{Tokens: text, Rows: 1, Time: len(text)}
		want, err := model.Logits(batch)
		if c.ScalarHead {
			want, err = model.Scalars(batch)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, piece := range []int{1, 5, 64, len(text)} {
			pages := newPool(n.layout().pageFloats(), 1<<30)
			s := &pageTable{}
			var got []float32
			for from := 0; from < len(text); from += piece {
				r := run{table: s, tokens: text[from:min(from+piece, len(text))]}
				for i := range r.tokens {
					r.wanted = append(r.wanted, i)
				}
				pages.reach(s, from+len(r.tokens))
				n.forward([]run{r})
				got = append(got, n.outputsOf(0, len(r.tokens))...)
			}
			if len(got) != len(want) {
				t.Fatalf("%s: %d outputs, want %d", name, len(got), len(want))
			}
			for i := range want {
				if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
					t.Fatalf("%s in pieces of %d: output %d is %g, want %g", name, piece, i, got[i], want[i])
				}
			}
		}
	}
}

// collect runs a job and keeps its results.
func collect(b *Batcher, j Job) ([]Token, Finish, error) {
	var all []Token
	finish, err := b.Do(context.Background(), j, func(t Token) bool {
		all = append(all, t)
		return true
	})
	return all, finish, err
}

// jobs returns jobs of all kinds.
func jobs(c gpt.Config) []Job {
	var all []Job
	for i := range uint64(64) {
		j := Job{Prompt: tokens(1+int(i*7)%120, c.VocabSize, i), MaxTokens: 1 + int(i*5)%60}
		switch i % 5 {
		case 1:
			j.SamplingParams = SamplingParams{Temperature: 0.7, Seed: i}
		case 2:
			j.SamplingParams = SamplingParams{Temperature: 1, TopP: 0.9, Seed: i}
		case 3:
			j.SamplingParams = SamplingParams{Temperature: 1.3, TopK: 7, Seed: i}
			j.Top, j.Score = 3, 1
		case 4:
			j.MaxTokens = 0
			for k := range 2 {
				j.Branches = append(j.Branches, Branch{Tokens: tokens(2+k, c.VocabSize, 100*i), Score: k % 2})
			}
		}
		all = append(all, j)
	}
	return all
}

// A job's results have the same bits alone and among 64 others, on one, two and three threads, with large or
// small passes and caches.
func TestResultsDependOnTheJobAlone(t *testing.T) {
	for name, c := range map[string]gpt.Config{"small": small(), "unusual": unusual()} {
		if c.MaxPositionEmbeddings < 190 {
			c.MaxPositionEmbeddings = 190
		}
		all := jobs(c)
		var want [][]Token
		alone := batcher(t, c, 1, Options{})
		for _, j := range all {
			got, finish, err := collect(alone, j)
			if err != nil || finish != Length {
				t.Fatalf("%s: %v, finish %q", name, err, finish)
			}
			results := j.MaxTokens
			if j.Score > 0 {
				results += len(j.Prompt) - j.Score
			}
			for _, branch := range j.Branches {
				results += len(branch.Tokens) - branch.Score
			}
			if len(got) != results {
				t.Fatalf("%s: %d results, want %d", name, len(got), results)
			}
			want = append(want, got)
		}
		for threads := 1; threads <= 3; threads++ {
			for _, o := range []Options{{}, {Rows: 5, Sequences: 3, Cache: 1}, {Rows: 1000, Sequences: 64}} {
				b := batcher(t, c, threads, o)
				got := make([][]Token, len(all))
				var wg sync.WaitGroup
				for i, j := range all {
					wg.Go(func() {
						var err error
						if got[i], _, err = collect(b, j); err != nil {
							t.Errorf("job %d: %v", i, err)
						}
					})
				}
				wg.Wait()
				for i := range want {
					sortBranches(want[i])
					sortBranches(got[i])
					if diff := cmp.Diff(want[i], got[i]); diff != "" {
						t.Fatalf("%s, %d threads, %+v: job %d (-alone +together):\n%s", name, threads, o, i, diff)
					}
				}
				if s := b.Stats(); s.Active+s.Queued+b.reserved != 0 || s.Jobs != int64(len(all)) {
					t.Errorf("left behind: %+v, %d pages reserved", s, b.reserved)
				}
			}
		}
	}
}

// sortBranches sorts the results of branches, whose order depends on the passes.
func sortBranches(all []Token) {
	for i := 1; i < len(all); i++ {
		for j := i; j > 0 && all[j].Branch < all[j-1].Branch; j-- {
			all[j], all[j-1] = all[j-1], all[j]
		}
	}
}

// Log-probabilities equal those of the training model, and those of branches equal those of the complete
// text.
func TestLogProbsAreTheTrainings(t *testing.T) {
	c := small()
	model, n := network(t, c, 2)
	b := NewBatcher(n, Options{})
	defer b.Close()
	prompt := tokens(90, c.VocabSize, 1)
	j := Job{Prompt: prompt, Score: 1}
	whole, _, err := collect(b, j)
	if err != nil {
		t.Fatal(err)
	}
	want, err := model.LogProbs(gpt.Batch{Tokens: prompt[:89], Targets: prompt[1:], Rows: 1, Time: 89})
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range whole {
		if float32(got.LogProb) != want[i] || got.ID != prompt[i+1] || got.Added {
			t.Fatalf("token %d: %+v, want %g", i+1, got, want[i])
		}
	}
	for _, at := range []int{1, 63, 64, 65, 88} {
		branched, _, err := collect(b, Job{Prompt: prompt[:at], Branches: []Branch{{Tokens: prompt[at:]}, {Tokens: prompt[at : at+1]}}})
		if err != nil {
			t.Fatal(err)
		}
		sortBranches(branched)
		for i, got := range branched[:len(branched)-1] {
			if got.LogProb != whole[at-1+i].LogProb {
				t.Fatalf("branch at %d, token %d: %g, want %g", at, i, got.LogProb, whole[at-1+i].LogProb)
			}
		}
		if last := branched[len(branched)-1]; last.Branch != 1 || last.LogProb != whole[at-1].LogProb {
			t.Errorf("second branch at %d: %+v", at, last)
		}
	}
}

func TestEnds(t *testing.T) {
	c := small()
	b := batcher(t, c, 1, Options{})
	prompt := tokens(10, c.VocabSize, 1)
	free, finish, err := collect(b, Job{Prompt: prompt, MaxTokens: 1000, SamplingParams: SamplingParams{Temperature: 1, Seed: 3}})
	if err != nil || finish != Length || len(free) != c.MaxPositionEmbeddings-len(prompt) {
		t.Fatalf("%d tokens, finish %q, %v; the context holds %d", len(free), finish, err, c.MaxPositionEmbeddings)
	}
	end := free[20].ID
	first := 0
	for free[first].ID != end {
		first++
	}
	ending := batcher(t, c, 1, Options{Ends: []int32{end}})
	got, finish, err := collect(ending, Job{Prompt: prompt, MaxTokens: 1000, SamplingParams: SamplingParams{Temperature: 1, Seed: 3}})
	if err != nil || finish != Stop || len(got) != first+1 || got[first].ID != end {
		t.Errorf("%d tokens, finish %q, %v; token %d ends the text at %d", len(got), finish, err, end, first)
	}
	taken := 0
	finish, err = b.Do(t.Context(), Job{Prompt: prompt, MaxTokens: 100}, func(Token) bool { taken++; return taken < 5 })
	if err != nil || finish != Stop || taken != 5 {
		t.Errorf("took %d tokens, finish %q, %v", taken, finish, err)
	}
}

func TestRefusals(t *testing.T) {
	c := small()
	b := batcher(t, c, 1, Options{})
	for name, j := range map[string]Job{
		"no prompt":            {MaxTokens: 1},
		"a long prompt":        {Prompt: tokens(201, c.VocabSize, 1)},
		"no room to add":       {Prompt: tokens(200, c.VocabSize, 1), MaxTokens: 1},
		"an unknown token":     {Prompt: []int32{97}, MaxTokens: 1},
		"a negative token":     {Prompt: []int32{-1}, MaxTokens: 1},
		"an empty branch":      {Prompt: []int32{1}, Branches: []Branch{{}}},
		"a long branch":        {Prompt: tokens(199, c.VocabSize, 1), Branches: []Branch{{Tokens: []int32{1, 2}}}},
		"a branch and more":    {Prompt: []int32{1}, Branches: []Branch{{Tokens: []int32{1}}}, MaxTokens: 1},
		"a negative number":    {Prompt: []int32{1}, MaxTokens: -1},
		"an unknown in branch": {Prompt: []int32{1}, Branches: []Branch{{Tokens: []int32{97}}}},
	} {
		if _, _, err := collect(b, j); err == nil {
			t.Errorf("%s passed", name)
		}
	}
	if got, _, err := collect(b, Job{Prompt: tokens(200, c.VocabSize, 1), Score: 1}); err != nil || len(got) != 199 {
		t.Errorf("a prompt as long as the context: %d results, %v", len(got), err)
	}
}

// A cancelled job frees what it reserved; the others are served. Closing ends all.
func TestCancelAndClose(t *testing.T) {
	c := small()
	b := batcher(t, c, 2, Options{Sequences: 4})
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			j := Job{Prompt: tokens(20, c.VocabSize, uint64(i)), MaxTokens: 60}
			n := 0
			_, err := b.Do(ctx, j, func(Token) bool {
				if n++; n == 3 && i%2 == 0 {
					cancel()
				}
				return true
			})
			if cancelled := errors.Is(err, context.Canceled); cancelled != (i%2 == 0) || !cancelled && (err != nil || n != 60) {
				t.Errorf("job %d: %d tokens, %v", i, n, err)
			}
		})
	}
	wg.Wait()
	deadline := time.Now().Add(time.Minute)
	for b.Stats().Active+b.Stats().Queued+b.Stats().Pages > 0 && time.Now().Before(deadline) {
		if _, _, err := collect(b, Job{Prompt: []int32{1}, MaxTokens: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if s := b.Stats(); s.Active+s.Queued+s.Pages != 0 {
		t.Errorf("left behind: %+v", s)
	}
	for range 8 {
		wg.Go(func() {
			if _, _, err := collect(b, Job{Prompt: []int32{1}, MaxTokens: 199}); err != nil && !errors.Is(err, ErrClosed) {
				t.Errorf("closing: %v", err)
			}
		})
	}
	b.Close()
	wg.Wait()
	if _, _, err := collect(b, Job{Prompt: []int32{1}, MaxTokens: 1}); !errors.Is(err, ErrClosed) {
		t.Errorf("after closing: %v", err)
	}
}

func ExampleBatcher_Do() {
	cpu := kernels.New(kernels.Generic, 1)
	defer cpu.Close()
	c := gpt.GPT2(16, 32, 8, 1, 2)
	model, err := gpt.New(compute.NewEngine(cpu), c, rand.NewPCG(1, 1))
	if err != nil {
		panic(err)
	}
	n, err := NewNetwork(cpu, c, func(name string) ([]float32, error) { return model.Params().Get(name).Value, nil })
	if err != nil {
		panic(err)
	}
	b := NewBatcher(n, Options{})
	defer b.Close()
	count := 0
	finish, err := b.Do(context.Background(), Job{Prompt: []int32{1, 2, 3}, MaxTokens: 4}, func(t Token) bool {
		count++
		return true
	})
	fmt.Println(count, finish, err)
	// Output: 4 length <nil>
}
