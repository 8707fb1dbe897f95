package bpe

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"assay/harness/leaf/cputime"
)

// reference is byte-pair encoding by its definition: of all adjacent pairs the one learned first is merged,
// and of several the leftmost.
type reference struct {
	t     *Tokenizer
	ranks map[[2]string]int
	ids   map[string]int32
}

func newReference(t *Tokenizer) *reference {
	r := &reference{t, map[[2]string]int{}, map[string]int32{}}
	for rank, p := range t.ordered {
		r.ranks[[2]string{t.Token(p.left), t.Token(p.right)}] = rank
	}
	for id := range int32(t.Size()) {
		if id != t.End() {
			r.ids[t.Token(id)] = id
		}
	}
	return r
}

func (r *reference) piece(text string) []int32 {
	if id, ok := r.ids[text]; ok && r.t.whole {
		return []int32{id}
	}
	var parts []string
	for i := range len(text) {
		parts = append(parts, text[i:i+1])
	}
	for {
		best, lowest := -1, len(r.ranks)
		for i := range len(parts) - 1 {
			if rank, ok := r.ranks[[2]string{parts[i], parts[i+1]}]; ok && rank < lowest {
				best, lowest = i, rank
			}
		}
		if best < 0 {
			break
		}
		parts = slices.Replace(parts, best, best+2, parts[best]+parts[best+1])
	}
	var ids []int32
	for _, part := range parts {
		ids = append(ids, r.ids[part])
	}
	return ids
}

// encode cuts pieces by GPT-2's pattern, as a regular expression.
func (r *reference) encode(text string) []int32 {
	var ids []int32
	for len(text) > 0 {
		n := matched(text)
		ids = append(ids, r.piece(text[:n])...)
		text = text[n:]
	}
	return ids
}

var solid, blank = func() (solid, blank *regexp.Regexp) {
	letters, numbers, spaces := `\p{L}`+ranges(letters16), `\p{N}`+ranges(numbers16), `\s\v\x{85}\p{Z}`
	solid = regexp.MustCompile(`^(?:'s|'t|'re|'ve|'m|'ll|'d| ?[` + letters + `]+| ?[` + numbers + `]+| ?[^` + spaces + letters + numbers + `]+)`)
	return solid, regexp.MustCompile(`^[` + spaces + `]+`)
}()

func ranges(t *unicode.RangeTable) string {
	var b strings.Builder
	for _, r := range t.R16 {
		fmt.Fprintf(&b, `\x{%x}-\x{%x}`, r.Lo, r.Hi)
	}
	for _, r := range t.R32 {
		for c := r.Lo; c <= r.Hi; c += r.Stride {
			fmt.Fprintf(&b, `\x{%x}`, c)
		}
	}
	return b.String()
}

// matched is the length of the pattern's first match. Go's expressions have no lookahead: \s+(?!\S) gives
// back one character unless the text ends.
func matched(text string) int {
	if n := len(solid.FindString(text)); n > 0 {
		return n
	}
	run := blank.FindString(text)
	_, last := utf8.DecodeLastRuneInString(run)
	if len(run) < len(text) && len(run) > last {
		return len(run) - last
	}
	return len(run)
}

// unordered has merges whose parts are made by later merges, so that a merge can enable one of a lower rank.
func unordered(t testing.TB) *Tokenizer {
	t.Helper()
	tokens := singleBytes()
	id := map[string]int32{}
	for i, token := range tokens {
		id[token] = int32(i)
	}
	var ordered []pair
	for _, m := range [][2]string{{"aa", "a"}, {"ab", "ab"}, {"aaa", "aa"}, {"b", "a"}, {"ab", "a"}, {"a", "ab"}, {"a", "b"}, {"bb", "b"}, {"a", "a"}, {"b", "b"}, {"abab", "ba"}} {
		for _, token := range []string{m[0], m[1], m[0] + m[1]} {
			if _, ok := id[token]; !ok {
				id[token] = int32(len(tokens))
				tokens = append(tokens, token)
			}
		}
		ordered = append(ordered, pair{id[m[0]], id[m[1]]})
	}
	tok, err := newPairs(tokens, ordered)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// pairTokenizers are the tokenizers with merges, including GPT-2's if available.
func pairTokenizers(t testing.TB) map[string]*Tokenizer {
	t.Helper()
	out := map[string]*Tokenizer{"pairs": trained(t)["pairs"], "unordered": unordered(t)}
	if os.Getenv("ASSAY_DATA") != "" {
		out["gpt2"] = gpt2(t)
	}
	return out
}

// Both ways to merge, for short and for long pieces, agree with the reference at any length.
func TestMergesEqualReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, tok := range pairTokenizers(t) {
		ref := newReference(tok)
		whole := tok.whole
		tok.whole, ref.t.whole = false, false // use merges only
		var long longText
		for n := range 400 {
			text := randomLetters(rng, 1+rng.IntN(2*longPiece))
			if n%4 == 0 {
				text = strings.Repeat(text[:1+rng.IntN(min(3, len(text)))], len(text))
			}
			want := ref.piece(text)
			single := make([]int32, len(text))
			for i := range len(text) {
				single[i] = tok.bytes[text[i]]
			}
			byHeap := slices.Clone(single)
			if got := byHeap[:long.merge(tok.merges, byHeap)]; !slices.Equal(got, want) {
				t.Errorf("%s, by the heap: %q is %v, want %v", name, text, got, want)
			}
			if len(text) <= longPiece {
				if got := single[:tok.merges.short(single)]; !slices.Equal(got, want) {
					t.Errorf("%s, by the scan: %q is %v, want %v", name, text, got, want)
				}
			}
		}
		tok.whole = whole
	}
}

func randomLetters(rng *rand.Rand, n int) string {
	alphabets := []string{"ab", "abc ", "aet hnois", "é漢字\xffa'"}
	alphabet := alphabets[rng.IntN(len(alphabets))]
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[rng.IntN(len(alphabet))]
	}
	return string(out)
}

// A megabyte of similar characters is encoded at once; with quadratic work it would take an hour.
func TestLongRuns(t *testing.T) {
	for name, tok := range pairTokenizers(t) {
		for _, unit := range []string{"a", " ", "\n", "ab", "漢", "\xff", "="} {
			text := strings.Repeat(unit, 1<<20/len(unit))
			start := cputime.Used()
			ids := tok.Encode(text)
			if took := cputime.Used() - start; took > 20*time.Second {
				t.Errorf("%s: a megabyte of %q took %v", name, unit, took)
			}
			if back, err := tok.Decode(ids); err != nil || back != text {
				t.Errorf("%s: a megabyte of %q does not come back: %v", name, unit, err)
			}
		}
	}
}

func FuzzReference(f *testing.F) {
	for _, text := range append(speech, strings.Repeat("a", 300), strings.Repeat(" ", 200)+"x", "\xff\xfe it's\xc3", "'re'S 'll\u2003\u00a0 ١٢x²") {
		f.Add(text)
	}
	all := pairTokenizers(f)
	refs := map[string]*reference{}
	for name, tok := range all {
		refs[name] = newReference(tok)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return // the reference is quadratic
		}
		for name, tok := range all {
			got, want := tok.Encode(text), refs[name].encode(text)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q is %v, want %v", name, text, got, want)
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	tok := gpt2(b)
	wiki := wikitext(b, "test.txt")
	rng := rand.New(rand.NewPCG(3, 4))
	for _, bb := range []struct{ name, text string }{
		{"wikitext", wiki},
		{"a", strings.Repeat("a", 1<<20)},
		{"abc", func() string {
			out := make([]byte, 1<<20)
			for i := range out {
				out[i] = "abc"[rng.IntN(3)]
			}
			return string(out)
		}()},
		{"characters", eachCharacter()[:1<<20]},
	} {
		b.Run(fmt.Sprintf("text=%s", bb.name), func(b *testing.B) {
			b.SetBytes(int64(len(bb.text)))
			b.ReportAllocs()
			var ids []int32
			for b.Loop() {
				ids = tok.AppendEncode(ids[:0], bb.text)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	tok := gpt2(b)
	text := wikitext(b, "test.txt")
	ids := tok.Encode(text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tok.Decode(ids); err != nil {
			b.Fatal(err)
		}
	}
}
