package text

import (
	"testing"

	"assay/harness/leaf/approx"
)

// The independent implementation is lm-evaluation-harness 0.4.13, module
// lm_eval.tasks.drop.utils, with numpy 2.4.6 and scipy 1.17.1.

// Wanted values: utils._normalize(s).
func TestNormalizeDROP(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"1,000", "1000.0"},
		{"$1,000.50", "100050.0"},
		{"3-year-old", "3.0 year old"},
		{"the 2nd", "2nd"},
		{"1_000", "1000.0"},
		{"1__0", "10.0"},
		{"inf Infinity NaN", "inf inf nan"},
		{"1e5 1e400", "100000.0 inf"},
		{"0.00001", "1e-05"},
		{"12345678901234567 1e16 123456", "1.2345678901234568e+16 1e+16 123456.0"},
		{"\u0661\u0662.\u0665", "12.5"},
		{"\u00bd", "\u00bd"},
		{".5 5. .", "0.5 5.0"},
		{"+7 -7", "7.0 7.0"},
		{" 2 ", "2.0"},
		{"2\u00a0", "2.0"},
		{"2\x1c", "2"},
		{"a.b the-x", "ab x"},
		{"\u0130", "i\u0307"},
		{"0x10", "0x10"},
		{"1e", "1e"},
		{"1,5%", "15.0"},
		{"\u00a02\u3000", "2.0"},
	}
	for _, test := range tests {
		if got := normalizeDROP(test.text); got != test.want {
			t.Errorf("normalizeDROP(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

// Wanted values: utils.process_results({"answers": [(r,) for r in references]}, prediction).
func TestDROP(t *testing.T) {
	tests := []struct {
		prediction     string
		references     []string
		exactMatch, f1 float64
	}{
		{"5", []string{"5"}, 1.0, 1.0},
		{"5.0", []string{"5"}, 1.0, 1.0},
		{"5 yards", []string{"5"}, 0.0, 0.67},
		{"yards", []string{"5 yards"}, 0.0, 0.0},
		{"6 yards", []string{"5 yards"}, 0.0, 0.0},
		{"the 49-yard pass", []string{"49 yard pass"}, 1.0, 1.0},
		{"", []string{"x"}, 0.0, 0.0},
		{"", []string{" "}, 0.0, 0.0},
		{"", []string{}, 0.0, 0.0},
		{"the", []string{"an"}, 1.0, 1.0},
		{"x y z", []string{"x", "y z", "w"}, 0.0, 0.8},
		{"John Smith and Mary", []string{"John Smith", "Mary Smith"}, 0.0, 0.67},
		{"nan", []string{"NaN"}, 1.0, 1.0},
		{"1 40", []string{"1 2 3 4 5 6 7"}, 0.0, 0.22},
	}
	for _, test := range tests {
		em, f1 := DROP(test.prediction, test.references)
		if em != test.exactMatch || f1 != test.f1 {
			t.Errorf("DROP(%q, %q) = %v, %v, want %v, %v", test.prediction, test.references, em, f1, test.exactMatch, test.f1)
		}
	}
}

// Wanted values: utils.get_metrics(prediction, reference).
func TestDROPSpans(t *testing.T) {
	tests := []struct {
		prediction     []string
		reference      []string
		exactMatch, f1 float64
	}{
		{[]string{"a b", "c"}, []string{"c", "b"}, 1.0, 1.0},
		{[]string{"Smith", "Jones"}, []string{"Jones", "Smith"}, 1.0, 1.0},
		{[]string{"x"}, []string{"x", "y", "z"}, 0.0, 0.33},
		{[]string{"x", "y", "z"}, []string{"x"}, 0.0, 0.33},
		{[]string{"5 men", "6 men"}, []string{"6 men", "5 men"}, 1.0, 1.0},
		{[]string{"x", "x", "y"}, []string{"x", "y", "y"}, 1.0, 0.67},
		{[]string{}, []string{"x"}, 0.0, 0.0},
		{[]string{"x"}, []string{}, 0.0, 0.0},
		{[]string{"b c d", "b c", "c d e"}, []string{"b c d e", "d e", "b"}, 0.0, 0.77},
		{[]string{"p", "q", "r", "s", "t", "u", "v", "w", "one two three"}, []string{"one two", "p", "q", "r", "s", "t", "u", "v", "w"}, 0.0, 0.98},
		{nil, nil, 1, 1}, // NaN there
	}
	for _, test := range tests {
		em, f1 := DROPSpans(test.prediction, test.reference)
		if em != test.exactMatch || f1 != test.f1 {
			t.Errorf("DROPSpans(%q, %q) = %v, %v, want %v, %v", test.prediction, test.reference, em, f1, test.exactMatch, test.f1)
		}
	}
}

// Wanted values: str(float(s)) of Python 3.11.7; ok false where it raises.
func TestFloat(t *testing.T) {
	tests := []struct {
		text, want string
		ok         bool
	}{
		{"1", "1.0", true},
		{"1.", "1.0", true},
		{"1.50", "1.5", true},
		{".5", "0.5", true},
		{"1e5", "100000.0", true},
		{"1E-5", "1e-05", true},
		{"1e16", "1e+16", true},
		{"1e15", "1000000000000000.0", true},
		{"123456789012345678", "1.2345678901234568e+17", true},
		{"1_0.0_1", "10.01", true},
		{"inf", "inf", true},
		{"-Infinity", "-inf", true},
		{"nan", "nan", true},
		{"-nan", "nan", true},
		{"1e400", "inf", true},
		{"-1e400", "-inf", true},
		{"0.0001", "0.0001", true},
		{"0.00001", "1e-05", true},
		{"-0", "-0.0", true},
		{"\u0663\u0664", "34.0", true},
		{"\U0001d7cf\U0001d7d0", "12.0", true},
		{" 1\t", "1.0", true},
		{"\u00a01", "1.0", true},
		{"1\x1c", "", false},
		{"1__0", "", false},
		{"_1", "", false},
		{"1_", "", false},
		{"0x1p3", "", false},
		{"1e", "", false},
		{"e5", "", false},
		{".", "", false},
		{"", "", false},
		{"+", "", false},
		{"1 2", "", false},
		{"1_e5", "", false},
		{"1e1_0", "10000000000.0", true},
		{"infinit", "", false},
		{"\u00b2", "", false},
		{"1\x00", "", false},
		{"inf", "inf", true},
	}
	for _, test := range tests {
		got := ""
		f, ok := parseFloat(test.text)
		if ok {
			got = formatFloat(f)
		}
		if got != test.want || ok != test.ok {
			t.Errorf("float(%q) = %q, %v, want %q, %v", test.text, got, ok, test.want, test.ok)
		}
	}
}

// Wanted values: r, c = scipy.optimize.linear_sum_assignment(-m); m[r, c].sum(), with
// m = numpy.round(numpy.random.default_rng(7).random(shape), 2) drawn one after the other.
func TestAssign(t *testing.T) {
	tests := []struct {
		scores [][]float64
		want   float64
	}{
		{[][]float64{{0.63}}, 0.63},
		{[][]float64{{0.9, 0.78, 0.23}, {0.3, 0.87, 0.01}}, 1.77},
		{[][]float64{{0.82, 0.8}, {0.47, 0.3}, {0.28, 0.25}}, 1.27},
		{[][]float64{{0.45, 0.5, 0.55, 1.0}, {0.79, 0.62, 0.99, 0.22}, {0.16, 0.61, 0.04, 0.04}, {0.51, 0.47, 0.92, 0.63}}, 3.32},
		{[][]float64{{0.51, 0.5, 0.25, 0.01, 0.19, 0.69, 0.2}, {0.37, 0.0, 0.83, 0.15, 0.27, 0.88, 0.51}, {0.85, 0.64, 0.74, 0.09, 0.54, 0.51, 0.87}, {0.36, 0.6, 0.06, 0.39, 0.32, 0.15, 0.82}, {0.38, 0.98, 0.59, 0.61, 0.64, 0.68, 0.15}}, 4.17},
		{[][]float64{{0.44, 0.24, 0.4, 0.1, 0.97, 0.22}, {0.67, 0.3, 0.87, 0.66, 0.13, 0.85}, {0.94, 0.9, 0.57, 0.15, 0.19, 0.93}, {0.55, 0.18, 0.88, 0.64, 0.57, 0.38}, {0.41, 0.24, 0.04, 0.88, 0.47, 0.55}, {0.32, 0.75, 0.03, 0.37, 0.03, 0.12}}, 5.27},
	}
	for _, test := range tests {
		got, used := 0.0, map[int]bool{}
		for i, j := range assign(test.scores) {
			if j < 0 {
				continue
			}
			if used[j] {
				t.Errorf("column %d assigned twice", j)
			}
			used[j] = true
			got += test.scores[i][j]
		}
		if pairs := min(len(test.scores), len(test.scores[0])); len(used) != pairs || !approx.Equal(got, test.want, 1e-12) {
			t.Errorf("assign(%v): %d pairs with sum %v, want %d with %v", test.scores, len(used), got, pairs, test.want)
		}
	}
}

// numpy.sum of x[i] = 1/(i+1), i < n.
func TestPairwiseSum(t *testing.T) {
	for _, test := range []struct {
		n    int
		want float64
	}{
		{0, 0.0},
		{1, 1.0},
		{7, 2.5928571428571425},
		{8, 2.7178571428571425},
		{13, 3.180133755133755},
		{128, 5.433147092589173},
		{129, 5.440899030573669},
		{300, 6.282663880299504},
		{1000, 7.485470860550345},
	} {
		x := make([]float64, test.n)
		for i := range x {
			x[i] = 1 / float64(i+1)
		}
		if got := pairwiseSum(x); got != test.want {
			t.Errorf("n = %d: got %v, want %v", test.n, got, test.want)
		}
	}
}

func FuzzDROP(f *testing.F) {
	f.Add("5 yards", "5", "the 49-yard pass")
	f.Add("1_000 inf", "nan", "\xff٣")
	f.Fuzz(func(t *testing.T, prediction, first, second string) {
		em, f1 := DROP(prediction, []string{first, second})
		if em != 0 && em != 1 || !(f1 >= em && f1 <= 1) {
			t.Errorf("exact match %v, F1 %v", em, f1)
		}
		em, f1 = DROPSpans([]string{prediction, first}, []string{first, prediction})
		if em != 1 || f1 != 1 {
			t.Errorf("spans in another order: exact match %v, F1 %v", em, f1)
		}
		em, f1 = DROPSpans([]string{prediction, first, second}, []string{second, first})
		if em != 0 || !(f1 >= 0 && f1 <= 1) {
			t.Errorf("one span too many: exact match %v, F1 %v", em, f1)
		}
	})
}
