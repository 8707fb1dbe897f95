package corpus_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/models/train"
	"assay/models/train/corpus"
)

func write(t testing.TB, vocab int, tokens []int32) *corpus.Tokens {
	t.Helper()
	path := filepath.Join(t.TempDir(), "train.tokens")
	if err := corpus.Write(path, vocab, tokens); err != nil {
		t.Fatal(err)
	}
	f, err := corpus.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// count returns 0, 1, ... n-1.
func count(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	for _, tt := range []struct {
		vocab  int
		tokens []int32
	}{{10, nil}, {10, []int32{0, 9}}, {1 << 16, []int32{0, 1<<16 - 1}}, {1<<16 + 1, []int32{7, 1 << 16}}, {50257, count(50257)}} {
		f := write(t, tt.vocab, tt.tokens)
		got := make([]int32, f.Len())
		if err := f.Read(got, 0); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.tokens, got); diff != "" && len(tt.tokens)+len(got) > 0 {
			t.Errorf("vocabulary of %d (-want +got):\n%s", tt.vocab, diff)
		}
		for _, at := range []int{-1, 1, f.Len() + 1} {
			if err := f.Read(make([]int32, f.Len()), at); err == nil && f.Len() > 0 {
				t.Errorf("read %d tokens from %d on", f.Len(), at)
			}
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "t")
	for _, token := range []int32{-1, 10} {
		if err := corpus.Write(path, 10, []int32{0, token}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("token 1 is %d; the vocabulary has 10", token)) {
			t.Errorf("token %d: %v", token, err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOpenRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t")
	if err := corpus.Write(path, 10, count(10)); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	put := func(at int, b byte) []byte {
		bad := append([]byte(nil), good...)
		bad[at] = b
		return bad
	}
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "no token file"},
		{"text", []byte("To be, or not to be, that is the question"), "no token file"},
		{"later", put(8, 2), "version 2"},
		{"wide", put(12, 3), "3 bytes per token"},
		{"wider", put(12, 4), "the header counts 10 tokens, but the file holds 5"},
		{"more", put(23, 255), "but the file holds 10"},
		{"cut", good[:len(good)-1], "the header counts 10"},
		{"cut header", good[:20], "no token file"},
	} {
		if err := os.WriteFile(path, tt.data, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := corpus.Open(path)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestWindows(t *testing.T) {
	w := corpus.Windows{Tokens: write(t, 100, count(100)), Rows: 50, Time: 7, Seed: 3}
	if err := w.Check(); err != nil {
		t.Fatal(err)
	}
	var b, again, other train.Batch
	starts := map[int32]bool{}
	for step := range 40 {
		if err := w.Batch(step, 0, &b); err != nil {
			t.Fatal(err)
		}
		for r := range b.Rows {
			starts[b.Tokens[r*7]] = true
			for i := range 7 {
				if at := r*7 + i; b.Targets[at] != b.Tokens[at]+1 || b.Tokens[at] != b.Tokens[r*7]+int32(i) {
					t.Fatalf("step %d row %d: tokens %v, targets %v", step, r, b.Tokens[r*7:], b.Targets[r*7:])
				}
			}
		}
	}
	if len(starts) != 93 { // 2,000 draws of 93 leave one out with probability 4e-8
		t.Errorf("windows begin at %d places, want 93", len(starts))
	}
	for _, at := range [][2]int{{39, 1}, {38, 0}} {
		if err := w.Batch(at[0], at[1], &other); err != nil {
			t.Fatal(err)
		}
		if cmp.Equal(b, other) {
			t.Errorf("step %d part %d draws as step 39 part 0", at[0], at[1])
		}
	}
	if err := w.Batch(39, 0, &again); err != nil || !cmp.Equal(b, again) {
		t.Errorf("step 39 draws differently the second time: %v", err)
	}
	short := corpus.Windows{Tokens: write(t, 10, count(7)), Rows: 1, Time: 7}
	if err := short.Check(); err == nil || !strings.Contains(err.Error(), "7 tokens, but one row needs 8") {
		t.Errorf("short: %v", err)
	}
}

func TestCoverPredictsEachTokenOnce(t *testing.T) {
	for _, tt := range []struct{ n, rows, time, most, want int }{
		{100, 4, 8, 0, 99}, {97, 4, 8, 0, 96}, {2, 4, 8, 0, 1}, {1, 4, 8, 0, 0}, {0, 4, 8, 0, 0}, {100, 4, 8, 20, 20}, {100, 1, 200, 0, 99},
	} {
		seen := make([]int, tt.n+1)
		err := corpus.Cover(write(t, 128, count(tt.n)), tt.rows, tt.time, tt.most, func(b *train.Batch) error {
			if b.Rows > tt.rows || b.Time > tt.time || len(b.Tokens) != b.Rows*b.Time {
				t.Errorf("%+v: batch of %d x %d", tt, b.Rows, b.Time)
			}
			for i, target := range b.Targets {
				seen[target]++
				if b.Tokens[i] != target-1 {
					t.Errorf("%+v: %d follows %d", tt, target, b.Tokens[i])
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for target, n := range seen {
			if want := target >= 1 && target <= tt.want; n != 0 != want || n > 1 {
				t.Errorf("%+v: token %d is predicted %d times", tt, target, n)
			}
		}
	}
}
