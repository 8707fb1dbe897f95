package sample

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/models/gpt"
)

// alike returns jobs of all kinds whose prompts share their starts: of 0 to 150 tokens, in three families.
func alike(c gpt.Config) []Job {
	var all []Job
	for i := range uint64(48) {
		start := tokens(150, c.VocabSize, i%3)[:[]int{0, 63, 64, 100, 128, 150}[i/3%6]]
		j := Job{Prompt: slices.Concat(start, tokens(1+int(i*3)%30, c.VocabSize, 50+i))}
		switch i % 4 {
		case 0:
			j.MaxTokens = 5
		case 1:
			j.Score = max(len(j.Prompt)-3, 1)
		case 2:
			j.Branches = []Branch{{Tokens: tokens(3, c.VocabSize, i)}, {Tokens: tokens(2, c.VocabSize, i+1), Score: 1}}
		case 3:
			j.Score, j.Unread = 1+int(i)%len(j.Prompt), true
			j.Prompt = append(j.Prompt, 1, 2)
		}
		all = append(all, j)
	}
	return all
}

// Jobs whose prompts start alike have the results that they have alone, bit for bit, with any room for what is
// remembered.
func TestSharedStartsChangeNoBit(t *testing.T) {
	c := small()
	all := alike(c)
	_, n := network(t, c, 2)
	var want [][]Token
	for _, j := range all {
		alone := NewBatcher(n, Options{})
		got, _, err := collect(alone, j)
		alone.Close()
		if err != nil {
			t.Fatal(err)
		}
		sortBranches(got)
		want = append(want, got)
	}
	for _, o := range []Options{{}, {Rows: 7, Sequences: 5, Cache: 1}, {Rows: 70, Sequences: 9}} {
		b := NewBatcher(n, o)
		for round := range 2 { // the second finds what the first left
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
				sortBranches(got[i])
				if diff := cmp.Diff(want[i], got[i]); diff != "" {
					t.Fatalf("%+v, round %d: job %d (-alone +together):\n%s", o, round, i, diff)
				}
			}
		}
		b.Close()
		if s := b.Stats(); s.Pages != 0 || b.pool.idle != b.shared.recent.Len() || b.pool.idle > b.pool.most/4 || len(b.shared.at) != b.pool.idle {
			t.Errorf("%+v: %d pages in use, %d idle, %d remembered, %d found", o, s.Pages, b.pool.idle, b.shared.recent.Len(), len(b.shared.at))
		}
	}
}

// The full pages that prompts share go through the network once, when jobs start together and later.
func TestSharedStartsAreReadOnce(t *testing.T) {
	c := small()
	b := batcher(t, c, 2, Options{Rows: 100})
	start := tokens(150, c.VocabSize, 1) // two full pages
	var jobs []Job
	for i := range 10 {
		jobs = append(jobs, Job{Prompt: slices.Concat(start, tokens(9, c.VocabSize, uint64(i+2))), MaxTokens: 1})
	}
	run := func(jobs []Job) int64 {
		before := b.Stats().Prompt
		if _, err := b.All(t.Context(), jobs, func(int, Token) bool { return true }); err != nil {
			t.Fatal(err)
		}
		return b.Stats().Prompt - before
	}
	if got := run(jobs); got != 128+10*(150-128+9) {
		t.Errorf("%d tokens were read for jobs that start together, want %d", got, 128+10*31)
	}
	if got := run(jobs[:3]); got != 3*31 {
		t.Errorf("%d tokens were read again, want %d", got, 3*31)
	}
	// What is scored must be read: with a score from token 100 on, only the first page is shared.
	if got := run([]Job{{Prompt: jobs[0].Prompt, Score: 100}}); got != 159-64 {
		t.Errorf("%d tokens were read to score 59, want %d", got, 159-64)
	}
	swapped := slices.Clone(jobs[0].Prompt)
	swapped[0]++ // the second page's tokens are the same, and its keys and values are not
	if got := run([]Job{{Prompt: swapped, MaxTokens: 1}}); got != 159 {
		t.Errorf("%d tokens were read after another first page, want %d", got, 159)
	}
	other := slices.Clone(jobs[0].Prompt)
	other[70]++ // within the second page
	if got := run([]Job{{Prompt: other, MaxTokens: 1}}); got != 159-64 {
		t.Errorf("%d tokens were read after another second page, want %d", got, 159-64)
	}
}

// New weights forget what the old ones computed.
func TestNewWeightsForgetStarts(t *testing.T) {
	c := small()
	model, n := network(t, c, 2)
	b := NewBatcher(n, Options{})
	defer b.Close()
	j := Job{Prompt: tokens(150, c.VocabSize, 1), MaxTokens: 5}
	first, _, err := collect(b, j)
	if err != nil {
		t.Fatal(err)
	}
	half := func(name string) ([]float32, error) {
		values := slices.Clone(model.Params().Get(name).Value)
		for i := range values {
			values[i] /= 2
		}
		return values, nil
	}
	if err := n.Load(half); err != nil {
		t.Fatal(err)
	}
	got, _, err := collect(b, j)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := NewNetwork(n.cpu, c, half)
	if err != nil {
		t.Fatal(err)
	}
	other := NewBatcher(fresh, Options{})
	defer other.Close()
	want, _, err := collect(other, j)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" || cmp.Equal(first, got) {
		t.Errorf("after new weights (-fresh +same batcher):\n%s", diff)
	}
}

// A job that others wait for may be cancelled: another one then computes the start.
func TestCancelledStartsAreComputedByOthers(t *testing.T) {
	c := small()
	b := batcher(t, c, 2, Options{Rows: 3})
	start := tokens(150, c.VocabSize, 1)
	job := func(i int) Job {
		return Job{Prompt: slices.Concat(start, tokens(9, c.VocabSize, uint64(i))), Score: 155}
	}
	want, _, err := collect(batcher(t, c, 2, Options{}), job(7))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		ctx, cancel := context.WithCancel(t.Context())
		wg.Go(func() {
			defer cancel()
			var got []Token
			_, err := b.Do(ctx, job(i), func(tk Token) bool {
				got = append(got, tk)
				return true
			})
			if i == 7 && (err != nil || !cmp.Equal(want, got)) {
				t.Errorf("job 7: %v, %v, want %v", err, got, want)
			}
		})
		if i < 7 {
			time.AfterFunc(time.Duration(1+i)*3*time.Millisecond, cancel)
		}
	}
	wg.Wait()
}
