package sample

import (
	"context"
	"math"
	"sync"
	"testing"
	"time"

	"assay/models/checkpoint"
	"assay/models/compute/kernels/kernelstest"
	"assay/models/gpt"
)

// fixedLogits is a batcher of a network that has the same logits after every text: all weights are zero
// except the last norm's bias and the head's first column.
func fixedLogits(t *testing.T, o Options, logits ...float32) *Batcher {
	t.Helper()
	c := gpt.GPT2(len(logits), 256, 8, 1, 2)
	c.TieWordEmbeddings = false
	tensors := map[string][]float32{}
	for _, s := range checkpoint.Names(c) {
		tensors[s.Name] = make([]float32, s.Elements())
	}
	tensors[checkpoint.FinalNormBias][0] = 1
	for i, l := range logits {
		tensors[checkpoint.OutputWeight][8*i] = l
	}
	cpu := kernelstest.CPU(t, 2)
	n, err := NewNetwork(cpu, c, func(name string) ([]float32, error) { return tensors[name], nil })
	if err != nil {
		t.Fatal(err)
	}
	b := NewBatcher(n, o)
	t.Cleanup(b.Close)
	return b
}

// Tokens are drawn as often as they should be. The logits are ln 8, ln 4, ln 2, ln 1, ln 1: probabilities of
// 8, 4, 2, 1 and 1 sixteenths. At temperature 2 they become proportional to their square roots, at 1/2 to
// their squares. Top-k keeps the k likeliest, with ties going to the lower id; a nucleus of p keeps the
// fewest likeliest that reach p of what top-k left.
func TestDrawnFrequencies(t *testing.T) {
	root := math.Sqrt2
	b := fixedLogits(t, Options{}, 0, float32(math.Log(2)), float32(math.Log(8)), 0, float32(math.Log(4)))
	for name, tt := range map[string]struct {
		params SamplingParams
		want   [5]float64 // parts, by token
	}{
		"plain":                       {SamplingParams{Temperature: 1}, [5]float64{1, 2, 8, 1, 4}},
		"hot":                         {SamplingParams{Temperature: 2}, [5]float64{1, root, 2 * root, 1, 2}},
		"cold":                        {SamplingParams{Temperature: 0.5}, [5]float64{1, 4, 64, 1, 16}},
		"top 1":                       {SamplingParams{Temperature: 1, TopK: 1}, [5]float64{0, 0, 1, 0, 0}},
		"top 2":                       {SamplingParams{Temperature: 1, TopK: 2}, [5]float64{0, 0, 8, 0, 4}},
		"top 4":                       {SamplingParams{Temperature: 1, TopK: 4}, [5]float64{1, 2, 8, 0, 4}},
		"top 5 of 5":                  {SamplingParams{Temperature: 1, TopK: 5}, [5]float64{1, 2, 8, 1, 4}},
		"nucleus of one":              {SamplingParams{Temperature: 1, TopP: 0.49}, [5]float64{0, 0, 1, 0, 0}},
		"nucleus of two":              {SamplingParams{Temperature: 1, TopP: 0.51}, [5]float64{0, 0, 8, 0, 4}},
		"nucleus of three":            {SamplingParams{Temperature: 1, TopP: 0.76}, [5]float64{0, 2, 8, 0, 4}},
		"nucleus of four":             {SamplingParams{Temperature: 1, TopP: 0.9}, [5]float64{1, 2, 8, 0, 4}},
		"nucleus of all":              {SamplingParams{Temperature: 1, TopP: 1}, [5]float64{1, 2, 8, 1, 4}},
		"nucleus within top 2":        {SamplingParams{Temperature: 1, TopK: 2, TopP: 0.65}, [5]float64{0, 0, 1, 0, 0}}, // 8/12 reaches it
		"nucleus within top 2, wider": {SamplingParams{Temperature: 1, TopK: 2, TopP: 0.68}, [5]float64{0, 0, 8, 0, 4}},
		"nucleus when hot":            {SamplingParams{Temperature: 2, TopP: 0.4}, [5]float64{0, 0, 2 * root, 0, 2}}, // 2.83 of 8.24 doesn't reach it
	} {
		const jobs, each = 40, 100
		var counts [5]float64
		var mu sync.Mutex
		var wg sync.WaitGroup
		for seed := range uint64(jobs) {
			wg.Go(func() {
				p := tt.params
				p.Seed = seed + 1
				got, _, err := collect(b, Job{Prompt: []int32{0}, MaxTokens: each, SamplingParams: p})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				for _, token := range got {
					counts[token.ID]++
				}
			})
		}
		wg.Wait()
		sum, n := 0.0, float64(jobs*each)
		for _, w := range tt.want {
			sum += w
		}
		statistic, cells := 0.0, -1
		for i, w := range tt.want {
			expected := n * w / sum
			if w == 0 {
				if counts[i] > 0 {
					t.Errorf("%s: token %d was drawn %v times, and should never be", name, i, counts[i])
				}
				continue
			}
			statistic += (counts[i] - expected) * (counts[i] - expected) / expected
			cells++
		}
		// scipy.stats.chi2.ppf(1 - 1e-4, df) for df = 0 to 4; the seeds are fixed.
		if most := []float64{1e-9, 15.1367, 18.4207, 21.1075, 23.5127}[cells]; statistic > most {
			t.Errorf("%s: drawn %v, want shares of %v: chi-square is %.1f over %d, at most %.1f", name, counts, tt.want, statistic, cells, most)
		}
	}
}

// A cache of a number of pages holds a job of exactly that many, and no larger one.
func TestCacheHoldsItsPages(t *testing.T) {
	b := fixedLogits(t, Options{Cache: 1}, 1, 2, 3) // at least two contexts of 256: 8 pages of 64
	if s := b.Stats(); s.MostPages != 8 || s.PageTokens != 64 {
		t.Fatalf("%d pages of %d", s.MostPages, s.PageTokens)
	}
	prompt := make([]int32, 64)
	branches := make([]Branch, 8)
	for i := range branches {
		branches[i] = Branch{Tokens: make([]int32, 64)}
	}
	// A prompt of 64 tokens fills one page, which branches don't share because their first row is the
	// prompt's last token. So 64 + 64 tokens take two pages for each branch.
	for n, want := range map[int]bool{1: true, 3: true, 4: false, 8: false} {
		job := Job{Prompt: prompt, Branches: branches[:n]}
		if got := b.Holds(job); got != want {
			t.Errorf("%d branches of 64 behind 64: %v, want %v", n, got, want)
		}
		if _, _, err := collect(b, job); (err == nil) != want {
			t.Errorf("%d branches: %v", n, err)
		}
	}
	// Two pages and three branches of two fill all eight.
	if _, _, err := collect(b, Job{Prompt: make([]int32, 128), Branches: branches[:3]}); err != nil {
		t.Errorf("a job of all pages: %v", err)
	}
	for tokens, want := range map[int]int{64: 1, 65: 2, 128: 2, 129: 3} {
		job := Job{Prompt: prompt[:1], MaxTokens: tokens - 1}
		if got := job.pages(); got != want {
			t.Errorf("%d tokens: %d pages, want %d", tokens, got, want)
		}
	}
}

// Exactly as many sequences are decoded at a time as the options say.
func TestSequencesAtATime(t *testing.T) {
	gate := &gateLock{begins: make(chan struct{}, 1000), passes: make(chan struct{})}
	b := fixedLogits(t, Options{Sequences: 2, Turn: gate}, 1, 2, 3)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	add := func() {
		wg.Go(func() {
			_, _ = b.Do(ctx, Job{Prompt: []int32{0}, MaxTokens: 200}, func(Token) bool { return true })
		})
	}
	add()
	<-gate.begins // the first is in a pass, which waits
	add()
	add()
	for b.Stats().Queued < 2 {
		time.Sleep(time.Millisecond)
	}
	gate.passes <- struct{}{}
	<-gate.begins // with two sequences
	gate.passes <- struct{}{}
	<-gate.begins // after the counts of the last pass
	if s := b.Stats(); s.Active != 2 || s.Queued != 1 {
		t.Errorf("%d are decoded and %d wait; want 2 and 1", s.Active, s.Queued)
	}
	cancel()
	close(gate.passes)
	wg.Wait()
}

// gateLock tells when a pass is about to start, and lets one start for each value of passes.
type gateLock struct{ begins, passes chan struct{} }

func (g *gateLock) Lock() {
	g.begins <- struct{}{}
	<-g.passes
}
func (g *gateLock) Unlock() {}
