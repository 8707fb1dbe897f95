package text

import (
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
)

// tokens13a returns the tokens of s as strings.
func tokens13a(s string) []string {
	text, _, spans := tokenize13a(s, nil, nil, nil)
	tokens := []string{}
	for _, p := range spans {
		tokens = append(tokens, string(text[p.start:p.end]))
	}
	return tokens
}

// Wanted values: sacrebleu 2.6.0,
// sacrebleu.tokenizers.tokenizer_13a.Tokenizer13a()(line.rstrip()).split().
func TestTokenize13a(t *testing.T) {
	tests := []struct {
		line string
		want []string
	}{
		{"", []string{}},
		{"   ", []string{}},
		{"The price rose 3.5% to $1,000.50, i.e. a lot.", []string{"The", "price", "rose", "3.5", "%", "to", "$", "1,000.50", ",", "i", ".", "e", ".", "a", "lot", "."}},
		{"1..2 a..b ,, 9,,9", []string{"1", ".", ".", "2", "a", ".", ".", "b", ",", ",", "9", ",", ",", "9"}},
		{"pre-war 5-4 1--2 -3", []string{"pre-war", "5", "-", "4", "1", "-", "-2", "-3"}},
		{"a &quot;b&quot; &amp;lt; &gt; &amp;amp;", []string{"a", "\"", "b", "\"", "<", ">", "&", "amp", ";"}},
		{"x<skipped>y < z", []string{"xy", "<", "z"}},
		{"end-\nof line\nnext \n", []string{"endof", "line", "next"}},
		{"don't U.S. e.g., 'tis", []string{"don't", "U", ".", "S", ".", "e", ".", "g", ".", ",", "'tis"}},
		{"\u201ccurly\u201d \u2018quotes\u2019\u2026", []string{"\u201ccurly\u201d", "\u2018quotes\u2019\u2026"}},
		{"\u6771\u4eac\u306f\u3001\u5927\u304d\u3044\u3002", []string{"\u6771\u4eac\u306f\u3001\u5927\u304d\u3044\u3002"}},
		{"caf\u00e9\u00a0au\u3000lait\x1cnoir", []string{"caf\u00e9", "au", "lait", "noir"}},
		{"\U0001f600! ok\U0001f468\u200d\U0001f469", []string{"\U0001f600", "!", "ok\U0001f468\u200d\U0001f469"}},
		{"tab\there\rnow", []string{"tab", "here", "now"}},
		{"\u0130stanbul \u212aelvin [a]_{b}", []string{"\u0130stanbul", "\u212aelvin", "[", "a", "]", "_", "{", "b", "}"}},
	}
	for _, test := range tests {
		if got := tokens13a(test.line); !slices.Equal(got, test.want) {
			t.Errorf("tokens of %q:\n got %q\nwant %q", test.line, got, test.want)
		}
	}
}

// Wanted values: sacrebleu 2.6.0,
// BLEU()._extract_corpus_statistics([h], [[r] for r in references])[0] and
// sacrebleu.corpus_bleu([h], [[r] for r in references]).score.
var bleuTests = []struct {
	hypothesis string
	references []string
	stats      [BLEUSize]float64
	bleu       float64
}{
	{"the cat sat on the mat", []string{"the cat sat on the mat"}, [BLEUSize]float64{6, 6, 6, 5, 4, 3, 6, 5, 4, 3}, 100.00000000000004},
	{"the the the the the the the", []string{"the cat is on the mat", "there is a cat on the mat"}, [BLEUSize]float64{7, 7, 2, 0, 0, 0, 7, 6, 5, 4}, 7.809849842300637},
	{"The cat, 3.5 metres long -- it sat.", []string{"A cat of 3.5 metres sat.", "The cat sat; it was 3.5 metres long."}, [BLEUSize]float64{10, 10, 8, 4, 1, 0, 10, 9, 8, 7}, 23.736810439041953},
	{"", []string{"something here"}, [BLEUSize]float64{0, 2, 0, 0, 0, 0, 0, 0, 0, 0}, 0.0},
	{"something here now", []string{""}, [BLEUSize]float64{3, 0, 0, 0, 0, 0, 3, 2, 1, 0}, 0.0},
	{"one two", []string{"one two three four"}, [BLEUSize]float64{2, 4, 2, 1, 0, 0, 2, 1, 0, 0}, 0.0},
	{"a b c d e", []string{"v w x y z"}, [BLEUSize]float64{5, 5, 0, 0, 0, 0, 5, 4, 3, 2}, 0.0},
	{"\u6771\u4eac &amp; \u201cParis\u201d, don't!", []string{"\u6771\u4eac & \u201cParis\u201d don't!"}, [BLEUSize]float64{6, 5, 5, 3, 1, 0, 6, 5, 4, 3}, 37.99178428257963},
	{"one two three four", []string{"one two three four five six", "one two"}, [BLEUSize]float64{4, 2, 4, 3, 2, 1, 4, 3, 2, 1}, 100.00000000000004},
}

func TestBLEU(t *testing.T) {
	sums := make([]float64, BLEUSize)
	for _, test := range bleuTests {
		stats := BLEUStatistics(test.hypothesis, test.references)
		if stats != test.stats {
			t.Errorf("BLEUStatistics(%q, %q):\n got %v\nwant %v", test.hypothesis, test.references, stats, test.stats)
		}
		if got := BLEU(stats[:]); !approx.Equal(got, test.bleu, 1e-9) {
			t.Errorf("BLEU(%v) = %v, want %v", stats, got, test.bleu)
		}
		one := BLEUStatistics(test.hypothesis, []string{test.references[0], test.references[len(test.references)-1]})
		for i, v := range one {
			sums[i] += v
		}
	}
	// sacrebleu.corpus_bleu(hypotheses, [first references, last references]).score
	const want = 36.114022671294265
	if got := BLEU(sums); !approx.Equal(got, want, 1e-9) {
		t.Errorf("corpus BLEU = %v, want %v", got, want)
	}
}

// No corpus has these sums: they reach the corners of the formula.
// BLEU.compute_bleu(correct, total, length, reference, smooth_method="exp").score
func TestBLEUCorners(t *testing.T) {
	tests := []struct {
		sums []float64
		want float64
	}{
		{make([]float64, BLEUSize), 0},
		{[]float64{0, 5, 0, 0, 0, 0, 0, 0, 0, 0}, 0},
		{[]float64{10, 12, 8, 5, 2, 0, 10, 9, 8, 7}, 24.437032551865375},
		{[]float64{10, 10, 8, 0, 0, 0, 10, 9, 8, 7}, 7.056995965394887},
		{[]float64{4, 9, 3, 2, 1, 1, 4, 3, 2, 1}, 20.258948470231456},
		{[]float64{10, 5, 1, 0, 0, 1, 10, 9, 8, 7}, 7.056995965394887},
		{[]float64{6, 6, 6, 4, 2, 0, 6, 4, 2, 0}, 0.0},
		{[]float64{1000, 1234, 700, 450, 300, 200, 1000, 950, 900, 850}, 31.779296733421102},
	}
	for _, test := range tests {
		if got := BLEU(test.sums); !approx.Equal(got, test.want, 1e-9) {
			t.Errorf("BLEU(%v) = %v, want %v", test.sums, got, test.want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("BLEU of three sums did not panic")
		}
	}()
	BLEU(make([]float64, 3))
}

func TestBLEUWithoutReferences(t *testing.T) {
	got := BLEUStatistics("a b c d e", nil)
	if want := [BLEUSize]float64{5, 0, 0, 0, 0, 0, 5, 4, 3, 2}; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// countNgrams counts clipped matches by the definition, on joined strings.
func countNgrams(hypothesis string, references []string, n int) (correct int) {
	count := func(s string) map[string]int {
		c := map[string]int{}
		words := tokens13a(s)
		for i := 0; i+n <= len(words); i++ {
			c[strings.Join(words[i:i+n], " ")]++
		}
		return c
	}
	most := map[string]int{}
	for _, r := range references {
		for g, k := range count(r) {
			most[g] = max(most[g], k)
		}
	}
	for g, k := range count(hypothesis) {
		correct += min(k, most[g])
	}
	return correct
}

// Long texts make both hash tables grow. The reference is a simple count.
func TestNgramsOfLongTexts(t *testing.T) {
	random := newRandom(1)
	for range 20 {
		refs := []string{randomText(random, 3000, 40), randomText(random, 2500, 2000)}
		h := refs[1][:len(refs[1])/2] + " " + randomText(random, 1000, 40)
		got := BLEUStatistics(h, refs)
		for n := 1; n <= bleuOrder; n++ {
			if want := countNgrams(h, refs, n); got[1+n] != float64(want) {
				t.Fatalf("%d-grams: got %v matches, want %d", n, got[1+n], want)
			}
		}
	}
}

func FuzzBLEU(f *testing.F) {
	for _, test := range bleuTests {
		f.Add(test.hypothesis, test.references[0], test.references[len(test.references)-1])
	}
	f.Add("\xff\xfe.", "5-\xe2\x80", "-\n<skipped>&amp;")
	f.Fuzz(func(t *testing.T, hypothesis, first, second string) {
		references := []string{first, second}
		stats := BLEUStatistics(hypothesis, references)
		if got := BLEU(stats[:]); !(got >= 0 && got <= 100) {
			t.Errorf("BLEU %v", got)
		}
		for n := 1; n <= bleuOrder; n++ {
			if want := countNgrams(hypothesis, references, n); stats[1+n] != float64(want) || want > int(stats[1+bleuOrder+n]) {
				t.Errorf("%d-grams: got %v of %v, want %d", n, stats[1+n], stats[1+bleuOrder+n], want)
			}
		}
	})
}
