package text

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
)

func newRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// randomText returns n words from a vocabulary of the given size.
func randomText(random *rand.Rand, n, vocabulary int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = "w" + strconv.Itoa(random.IntN(vocabulary))
	}
	return strings.Join(words, " ")
}

// rougeWords returns the tokens of s as strings.
func rougeWords(s string) []string {
	words := []string{}
	for i := 0; i < len(s); {
		var word []byte
		if word, i = nextWord(nil, s, i); len(word) > 0 {
			words = append(words, string(word))
		}
	}
	return words
}

// Wanted values: rouge-score 0.1.2, rouge_score.tokenize.tokenize(text, None).
func TestRougeWords(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"", []string{}},
		{"   ", []string{}},
		{"The price rose 3.5% to $1,000.50, i.e. a lot.", []string{"the", "price", "rose", "3", "5", "to", "1", "000", "50", "i", "e", "a", "lot"}},
		{"1..2 a..b ,, 9,,9", []string{"1", "2", "a", "b", "9", "9"}},
		{"pre-war 5-4 1--2 -3", []string{"pre", "war", "5", "4", "1", "2", "3"}},
		{"a &quot;b&quot; &amp;lt; &gt; &amp;amp;", []string{"a", "quot", "b", "quot", "amp", "lt", "gt", "amp", "amp"}},
		{"x<skipped>y < z", []string{"x", "skipped", "y", "z"}},
		{"end-\nof line\nnext \n", []string{"end", "of", "line", "next"}},
		{"don't U.S. e.g., 'tis", []string{"don", "t", "u", "s", "e", "g", "tis"}},
		{"\u201ccurly\u201d \u2018quotes\u2019\u2026", []string{"curly", "quotes"}},
		{"\u6771\u4eac\u306f\u3001\u5927\u304d\u3044\u3002", []string{}},
		{"caf\u00e9\u00a0au\u3000lait\x1cnoir", []string{"caf", "au", "lait", "noir"}},
		{"\U0001f600! ok\U0001f468\u200d\U0001f469", []string{"ok"}},
		{"tab\there\rnow", []string{"tab", "here", "now"}},
		{"\u0130stanbul \u212aelvin [a]_{b}", []string{"i", "stanbul", "kelvin", "a", "b"}},
		{"\u017f Stra\u00dfe 10K \u00c5ngstr\u00f6m", []string{"stra", "e", "10k", "ngstr", "m"}},
	}
	for _, test := range tests {
		if got := rougeWords(test.text); !slices.Equal(got, test.want) {
			t.Errorf("words of %q:\n got %q\nwant %q", test.text, got, test.want)
		}
	}
}

// Wanted values: rouge-score 0.1.2,
// RougeScorer(['rougeL'], use_stemmer=False).score(reference, hypothesis)['rougeL'].
func TestROUGEL(t *testing.T) {
	tests := []struct {
		hypothesis, reference string
		want                  Score
	}{
		{"the cat sat", "the cat sat", Score{1.0, 1.0, 1.0}},
		{"the cat was sitting on a mat", "the cat sat on the mat", Score{0.5714285714285714, 0.6666666666666666, 0.6153846153846153}},
		{"", "x", Score{0.0, 0.0, 0.0}},
		{"x", "", Score{0.0, 0.0, 0.0}},
		{"police kill the gunman", "police killed the gunman", Score{0.75, 0.75, 0.75}},
		{"the gunman kill police", "police killed the gunman", Score{0.5, 0.5, 0.5}},
		{"Price: $1,000.50!", "price 1 000 50 usd", Score{1.0, 0.8, 0.888888888888889}},
		{"\u0130stanbul 10\u212a", "i stanbul 10k", Score{1.0, 1.0, 1.0}},
		{"\u6771\u4eac tokyo", "tokyo \u6771\u4eac", Score{1.0, 1.0, 1.0}},
		{"a b c d e f g", "g f e d c b a", Score{0.14285714285714285, 0.14285714285714285, 0.14285714285714285}},
		{"!!!", "???", Score{0.0, 0.0, 0.0}},
	}
	for _, test := range tests {
		got := ROUGELScore(test.hypothesis, test.reference)
		if !approx.Equal(got.Precision, test.want.Precision, 1e-12) || !approx.Equal(got.Recall, test.want.Recall, 1e-12) || !approx.Equal(got.F, test.want.F, 1e-12) {
			t.Errorf("ROUGELScore(%q, %q) = %v, want %v", test.hypothesis, test.reference, got, test.want)
		}
		if f := ROUGEL(test.hypothesis, test.reference); f != got.F {
			t.Errorf("ROUGEL(%q, %q) = %v, want %v", test.hypothesis, test.reference, f, got.F)
		}
	}
}

// commonLength is the textbook dynamic programme.
func commonLength(a, b []string) int {
	row := make([]int, len(b)+1)
	for i := range a {
		diagonal := 0
		for j := range b {
			above := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	return row[len(b)]
}

func TestSubsequenceAgainstTable(t *testing.T) {
	random := newRandom(2)
	for range 2000 {
		vocabulary := 1 + random.IntN(30)
		a := rougeWords(randomText(random, random.IntN(300), vocabulary))
		b := rougeWords(randomText(random, random.IntN(300), vocabulary))
		want := commonLength(a, b)
		got := ROUGELScore(strings.Join(a, " "), strings.Join(b, " ")).Recall * float64(len(b))
		if !approx.Equal(got, float64(want), 1e-9) {
			t.Fatalf("lengths %d and %d, %d words: got %v, want %d", len(a), len(b), vocabulary, got, want)
		}
	}
}

func FuzzROUGEL(f *testing.F) {
	f.Add("the cat was sitting", "the cat sat")
	f.Add("İ\u212a\xff", "i k")
	f.Fuzz(func(t *testing.T, hypothesis, reference string) {
		got := ROUGELScore(hypothesis, reference)
		h, r := rougeWords(hypothesis), rougeWords(reference)
		want := Score{}
		if len(h) > 0 && len(r) > 0 {
			n := float64(commonLength(h, r))
			want = score(n/float64(len(h)), n/float64(len(r)))
		}
		if got != want || !(got.F >= 0 && got.F <= 1) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
