package linear_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/leaf/logistic"
	"assay/models/checkpoint"
	"assay/models/linear"
)

// scikit-learn 1.9.1, TfidfVectorizer(use_idf=False, sublinear_tf=True, norm="l2") on the text with
// analyzer="char_wb", ngram_range=(1, 3) and with analyzer="word", ngram_range=(1, 2),
// token_pattern=r"[\w']+|[^\w\s]": the number of n-grams, the largest values, their sum.
func TestEncodeAgainstSklearn(t *testing.T) {
	for _, c := range []struct {
		features linear.Features
		n        int
		largest  []float64
		sum      float64
	}{
		{linear.Features{Characters: 3, Bits: 24}, 47, []float64{0.309403943, 0.295987504, 0.262180778, 0.210856062}, 6.32784333},
		{linear.Features{Words: 2, Bits: 24}, 8, []float64{0.53902351, 0.318355968}, 2.76751528},
	} {
		e, err := linear.NewEncoder(c.features)
		if err != nil {
			t.Fatal(err)
		}
		const text = "Hello hello, worlds hollow"
		e.Encode(linear.Text{Text: "another text first, so that nothing of it may stay"})
		row := e.Encode(linear.Text{Text: text})
		values := slices.Clone(row.Value[:c.n])
		slices.Sort(values)
		slices.Reverse(values)
		sum := 0.0
		for _, v := range values {
			sum += float64(v)
		}
		if !approx.Equal(sum, c.sum, 1e-5) {
			t.Errorf("%+v: the values add up to %v, want %v", c.features, sum, c.sum)
		}
		for i, want := range c.largest {
			if !approx.Equal(float64(values[i]), want, 1e-6) {
				t.Errorf("%+v: value %d is %v, want %v", c.features, i, values[i], want)
			}
		}
		// The rest are levels of the text's length.
		if extra := row.Value[c.n:]; len(extra) > 10 || slices.ContainsFunc(extra, func(v float32) bool { return v != 0.3 }) {
			t.Errorf("%+v: %d n-grams and then %v", c.features, c.n, extra)
		}
	}
}

// What a comparison with references adds: a higher level has all features of a lower one.
func TestLevels(t *testing.T) {
	e, err := linear.NewEncoder(linear.Features{Words: 1, Bits: 20})
	if err != nil {
		t.Fatal(err)
	}
	base := linear.Text{Text: "the seeds pass through you"}
	row := func(text linear.Text) []uint32 { return slices.Clone(e.Encode(text).Index) }
	none := len(row(base))
	half, full := base, base
	half.For = []string{"nothing", "the seeds grow in you"}
	full.For = []string{"the seeds pass through you", "nothing"}
	few, all := row(half)[none:], row(full)[none:]
	if len(few) != 6 || len(all) != 10 || !slices.Equal(few, all[:6]) {
		t.Errorf("levels %v and %v; an F1 of 0.6 reaches six tenths, 1 reaches ten", few, all)
	}
	both := base
	both.For, both.Against = full.For, []string{"the seeds grow in you"}
	if n := len(row(both)) - none; n != 10+6+4 {
		t.Errorf("%d features of comparisons, want 10 for, 6 against, 4 for their difference", n)
	}
	about := base
	about.Context = "do the seeds pass"
	if n := len(row(about)) - none; n != 4+6 {
		t.Errorf("%d features of the context, want 4 words and 6 tenths", n)
	}
}

// lengths are levels of a text's number of words: log(words)/log(1000) in whole tenths.
func TestLengthLevels(t *testing.T) {
	e, err := linear.NewEncoder(linear.Features{Words: 1, Bits: 24})
	if err != nil {
		t.Fatal(err)
	}
	for words, want := range map[int]int{0: 0, 1: 0, 2: 1, 3: 1, 4: 2, 10: 3, 100: 6, 900: 9, 1000: 10, 2000: 10} {
		row := e.Encode(linear.Text{Text: strings.Repeat("w ", words)})
		n := 0
		for _, v := range row.Value {
			if v == 0.3 {
				n++
			}
		}
		if n != want {
			t.Errorf("%d words have %d levels, want %d", words, n, want)
		}
	}
}

// Each block of n-grams is scaled to length 1 by itself: characters, words, and the context's words.
// A word that occurs 70 times counts 1 + log(70) times as much as one that occurs once.
func TestBlocks(t *testing.T) {
	e, err := linear.NewEncoder(linear.Features{Characters: 3, Words: 1, Bits: 24})
	if err != nil {
		t.Fatal(err)
	}
	total := 0.0
	for _, v := range e.Encode(linear.Text{Text: "two words", Context: "in three words"}).Value {
		if v != 0.3 { // of levels
			total += float64(v) * float64(v)
		}
	}
	if !approx.Equal(total, 3, 1e-5) {
		t.Errorf("the squares of three blocks add up to %v", total)
	}
	words, err := linear.NewEncoder(linear.Features{Words: 1, Bits: 24})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{2, 63, 64, 70} {
		row := words.Encode(linear.Text{Text: strings.Repeat("often ", n) + "once"})
		if got, want := float64(row.Value[0]/row.Value[1]), 1+math.Log(float64(n)); !approx.Equal(got, want, 1e-5) {
			t.Errorf("%d occurrences count %v times one, want %v", n, got, want)
		}
	}
}

// The level of each comparison by itself. A text that is nearer to what is wrong has levels "rather
// against".
func TestComparisons(t *testing.T) {
	e, err := linear.NewEncoder(linear.Features{Words: 1, Bits: 20})
	if err != nil {
		t.Fatal(err)
	}
	row := func(text linear.Text) []uint32 { return slices.Clone(e.Encode(text).Index) }
	const text = "the seeds pass through you"
	none := row(linear.Text{Text: text})
	of := func(right, wrong string) []uint32 {
		given := linear.Text{Text: text}
		if right != "" {
			given.For = []string{right}
		}
		if wrong != "" {
			given.Against = []string{"nothing", wrong}
		}
		return row(given)[len(none):]
	}
	const equal, near, far = "the seeds pass through you", "the seeds grow in you", "the the the sky fell" // F1 of 1, 0.6, 0.2
	onlyFor, onlyAgainst := of(equal, ""), of("", near)
	if len(onlyFor) != 10 || len(onlyAgainst) != 6 {
		t.Fatalf("%d levels for and %d against, want 10 and 6", len(onlyFor), len(onlyAgainst))
	}
	if len(of(far, "")) != 2 {
		t.Errorf("%d levels for a word that is shared once, want 2", len(of(far, "")))
	}
	// A word counts as often as both texts have it: "the" once of six words.
	repeated := row(linear.Text{Text: "the the the sky"})
	if n := len(row(linear.Text{Text: "the the the sky", For: []string{"the seeds"}})) - len(repeated); n != 3 {
		t.Errorf("%d levels for a word that the text repeats, want 3", n)
	}
	better, worse := of(equal, near), of(near, equal)
	if len(better) != 10+6+4 || len(worse) != 6+10+4 || !slices.Equal(better[:16], slices.Concat(onlyFor, onlyAgainst)) {
		t.Fatalf("levels %v and %v", better, worse)
	}
	if slices.ContainsFunc(better[16:], func(at uint32) bool { return slices.Contains(worse, at) }) {
		t.Errorf("rather for %v and rather against %v share features", better[16:], worse[16:])
	}
}

// What is a word, and what is a character alone.
func TestSplit(t *testing.T) {
	for text, want := range map[string]string{
		"See HTTPS://Example.org/a?b=1, http://x":  "See http http",
		"@Ann @ ann@home e@":                       "@ @ ann@home e@",
		"Don't  stop\n2024's e\u0301t\u00e9 (No!)": "don't stop 2024's e\u0301t\u00e9 (no!)",
		"http:/x ftp://y":                          "http:/x ftp://y",
	} {
		if got := linear.Normalised(text); got != strings.ToLower(want) {
			t.Errorf("%q is normalised to %q, want %q", text, got, strings.ToLower(want))
		}
	}
	for text, want := range map[string][]string{
		"Don't stop,2024's e\u0301t\u00e9 (No!)": {"don't", "stop", ",", "2024's", "e\u0301t\u00e9", "(", "no", "!", ")"},
		"a-b--c http://x.y @me":                  {"a", "-", "b", "-", "-", "c", "http", "@"},
	} {
		if got := linear.Tokens(text); !slices.Equal(got, want) {
			t.Errorf("%q has the tokens %q, want %q", text, got, want)
		}
	}
}

func TestFeaturesCheck(t *testing.T) {
	for _, c := range []struct {
		features linear.Features
		want     string // "" for none
	}{
		{linear.Features{Characters: 8, Words: 4, Bits: 8}, ""},
		{linear.Features{Characters: 0, Words: 1, Bits: 24}, ""},
		{linear.Features{Characters: 1, Words: 0, Bits: 24}, ""},
		{linear.Features{Characters: 9, Words: 1, Bits: 8}, "use 0 to 8"},
		{linear.Features{Characters: -1, Words: 1, Bits: 8}, "use 0 to 8"},
		{linear.Features{Characters: 1, Words: 5, Bits: 8}, "use 0 to 4"},
		{linear.Features{Characters: 1, Words: -1, Bits: 8}, "use 0 to 4"},
		{linear.Features{Bits: 8}, "no n-grams"},
		{linear.Features{Words: 1, Bits: 7}, "use 8 to 24 bits"},
		{linear.Features{Words: 1, Bits: 25}, "use 8 to 24 bits"},
	} {
		_, err := linear.NewEncoder(c.features)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: error %v, want %q", c.features, err, c.want)
		}
	}
}

func examples() []linear.Example {
	x := [][]float32{{1, 0, .5}, {0, 1, .25}, {1, 1, 0}, {.5, 0, 1}, {0, .5, .5}, {1, .25, 1}, {0, 0, 1}, {.75, 1, .5}}
	y := []float64{1, 0, .25, .75, 0, 1, .5, 0}
	w := []float64{1, 1, 2, 1, .5, 1, 1, 3}
	var all []linear.Example
	for i := range x {
		all = append(all, linear.Example{Row: linear.Row{Index: []uint32{0, 1, 2}, Value: x[i]}, Label: y[i], Weight: w[i]})
	}
	return all
}

// scikit-learn 1.9.1, each row twice with the weights w*y and w*(1-y) and labels 1 and 0:
//
//	LogisticRegression(C=1/(0.05*sum(w)), tol=1e-12).fit(...)
//
// and with sources: fit_intercept=False, solver="newton-cg", and a column of 1e4 for each source
// instead, whose penalty is then negligible.
func TestFitAgainstSklearn(t *testing.T) {
	for _, c := range []struct {
		sources int
		want    []float64
	}{
		{1, []float64{0.7266999588812434, -1.4587756892756012, 0.5405117579495101, -0.5168086335379916}},
		{2, []float64{0.7527147467432255, -1.3684979088190308, 0.6807965586998578, -0.3270488367441441, -0.9533473205871179}},
	} {
		all := examples()
		for i := range all {
			all[i].Source = i % c.sources
		}
		w, err := linear.Fit(t.Context(), all, linear.Fitting{Size: 3, Sources: c.sources, L2: 0.05, Steepest: 1e-10})
		if err != nil {
			t.Fatal(err)
		}
		got := append(slices.Clone(w.Table), w.Intercepts...)
		for i := range c.want {
			if !approx.Equal(got[i], c.want[i], 1e-4) {
				t.Errorf("%d sources: weight %d is %.6f, want %.6f", c.sources, i, got[i], c.want[i])
			}
		}
		// The loss at these weights, as it is defined: the mean cross-entropy and half of l2 times the squares.
		loss, weight := 0.0, 0.0
		for _, e := range all {
			z := w.Intercepts[e.Source]
			for k, v := range e.Value {
				z += w.Table[k] * float64(v)
			}
			if product := w.Product(e.Row); !approx.Equal(product, z-w.Intercepts[e.Source], 1e-12) {
				t.Errorf("product %v, want %v", product, z-w.Intercepts[e.Source])
			}
			p := 1 / (1 + math.Exp(-z))
			loss -= e.Weight * (e.Label*math.Log(p) + (1-e.Label)*math.Log(1-p))
			weight += e.Weight
		}
		loss /= weight
		for _, v := range w.Table {
			loss += 0.05 / 2 * v * v
		}
		if !approx.Equal(w.Loss, loss, 1e-12) {
			t.Errorf("%d sources: loss %v, want %v", c.sources, w.Loss, loss)
		}
	}
}

// Equal examples give equal bits, on any number of threads.
func TestFitIsDeterministic(t *testing.T) {
	e, err := linear.NewEncoder(linear.Features{Characters: 4, Words: 2, Bits: 12})
	if err != nil {
		t.Fatal(err)
	}
	var all []linear.Example
	for i := range 300 {
		row := e.Encode(linear.Text{Text: fmt.Sprintf("text %d says %d things of %d", i, i*i%7, i%11)})
		row.Index, row.Value = slices.Clone(row.Index), slices.Clone(row.Value)
		all = append(all, linear.Example{Row: row, Label: float64(i*i%7) / 6, Weight: 1})
	}
	fit := func(threads int) []float64 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
		w, err := linear.Fit(t.Context(), all, linear.Fitting{Size: 1 << 12, Sources: 1, L2: 1e-4})
		if err != nil {
			t.Fatal(err)
		}
		return append(w.Table, w.Intercepts...)
	}
	one := fit(1)
	if !slices.Equal(one, fit(1)) || !slices.Equal(one, fit(3)) {
		t.Error("two fits differ")
	}
	if slices.Max(one) < 0.1 {
		t.Error("nothing was learned")
	}
}

func TestFitRefuses(t *testing.T) {
	bad := func(change func(*linear.Example)) []linear.Example {
		all := examples()
		change(&all[5])
		return all
	}
	const label, weight, source = "from 0 to 1", "not above 0", "has no source"
	for name, c := range map[string]struct {
		all  []linear.Example
		want string
	}{
		"none":            {nil, "no examples"},
		"label high":      {bad(func(e *linear.Example) { e.Label = 1.5 }), label},
		"label low":       {bad(func(e *linear.Example) { e.Label = -0.5 }), label},
		"label NaN":       {bad(func(e *linear.Example) { e.Label = math.NaN() }), label},
		"weight 0":        {bad(func(e *linear.Example) { e.Weight = 0 }), weight},
		"weight infinite": {bad(func(e *linear.Example) { e.Weight = math.Inf(1) }), weight},
		"weight NaN":      {bad(func(e *linear.Example) { e.Weight = math.NaN() }), weight},
		"source high":     {bad(func(e *linear.Example) { e.Source = 1 }), source},
		"source low":      {bad(func(e *linear.Example) { e.Source = -1 }), source},
		"value NaN":       {bad(func(e *linear.Example) { e.Value = []float32{0, float32(math.NaN()), 0} }), "no finite weights"},
	} {
		if _, err := linear.Fit(t.Context(), c.all, linear.Fitting{Size: 3, Sources: 1, L2: 0.1}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	steep := examples()
	for i := range steep {
		steep[i].Value = slices.Clone(steep[i].Value)
		steep[i].Value[0] *= 1e15
	}
	if _, err := linear.Fit(t.Context(), steep, linear.Fitting{Size: 3, Sources: 1, L2: 0.1}); err == nil || !strings.Contains(err.Error(), "did not converge") {
		t.Errorf("values between which no step descends: error %v", err)
	}
	if _, _, err := linear.Calibrate(t.Context(), nil, nil); err == nil || !strings.HasPrefix(err.Error(), "calibration: there are no examples") {
		t.Errorf("a calibration without scores: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := linear.Fit(ended, examples(), linear.Fitting{Size: 3, Sources: 1, L2: 0.1}); err != context.Canceled {
		t.Errorf("a fit that was interrupted gives %v", err)
	}
}

// A calibration undoes a scale and a shift: the labels are the probabilities themselves.
func TestCalibrate(t *testing.T) {
	var scores, labels []float64
	for i := range 200 {
		z := float64(i-90) / 30
		scores, labels = append(scores, (z-0.5)/2.5), append(labels, logistic.Of(z))
	}
	scale, shift, err := linear.Calibrate(t.Context(), scores, labels)
	if err != nil || !approx.Equal(scale, 2.5, 1e-3) || !approx.Equal(shift, 0.5, 1e-3) {
		t.Errorf("scale %v, shift %v, error %v; want 2.5 and 0.5", scale, shift, err)
	}
}

func model(t testing.TB) *linear.Model {
	t.Helper()
	weights := make([]float32, 1<<10)
	for i := range weights {
		weights[i] = float32(i%13)/13 - 0.4
	}
	m, err := linear.New(linear.Settings{Kind: "toxicity", Features: linear.Features{Characters: 4, Words: 2, Bits: 10}, Scale: 1.5, Shift: -0.2, Known: "Made up."}, weights)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The probability is the logistic function of the calibrated product of weights and row.
func TestProbability(t *testing.T) {
	m := model(t)
	e, err := linear.NewEncoder(m.Features)
	if err != nil {
		t.Fatal(err)
	}
	text := linear.Text{Text: "Is it what people say?", Context: "What do people say?", For: []string{"people say it"}}
	row := e.Encode(text)
	score := 0.0
	for i, at := range row.Index {
		score += (float64(at%13)/13 - 0.4) * float64(row.Value[i])
	}
	if got, want := m.Probability(text), 1/(1+math.Exp(-(1.5*score-0.2))); !approx.Equal(got, want, 1e-6) || approx.Equal(score, 0, 0.01) {
		t.Errorf("probability %v, want %v of the score %v", got, want, score)
	}
	for _, s := range []linear.Settings{{Scale: math.NaN()}, {Scale: 1, Shift: math.Inf(-1)}, {Scale: math.Inf(1)}, {Shift: math.NaN()}} {
		s.Kind, s.Features = "toxicity", m.Features
		if _, err := linear.New(s, make([]float32, 1<<10)); err == nil || !strings.Contains(err.Error(), "the calibration is not finite") {
			t.Errorf("scale %v and shift %v: error %v", s.Scale, s.Shift, err)
		}
	}
	if _, err := linear.New(m.Settings, make([]float32, 1<<9)); err == nil || !strings.Contains(err.Error(), "512 weights; the features need 1024") {
		t.Errorf("too few weights: %v", err)
	}
}

func TestSaveOpen(t *testing.T) {
	dir, m := filepath.Join(t.TempDir(), "new"), model(t)
	if err := m.Save(dir); err != nil {
		t.Fatal(err)
	}
	opened, err := linear.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if opened.Settings != m.Settings {
		t.Errorf("settings %+v, want %+v", opened.Settings, m.Settings)
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			text := fmt.Sprintf("Text %d of several THINGS, with @names and https://addresses/%d", i, i)
			got := opened.Probability(linear.Text{Text: text})
			if want := m.Probability(linear.Text{Text: text}); got != want || want <= 0 || want >= 1 {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
	group.Wait()
}

func TestOpenRefuses(t *testing.T) {
	weights := make([]float32, 1<<8)
	bad := slices.Clone(weights)
	bad[77] = float32(math.Inf(1))
	const settings = `{"kind":"toxicity","features":{"characters":3,"words":1,"bits":8},"scale":1,"shift":0}`
	array := func(name string, w []float32) []checkpoint.Array {
		return []checkpoint.Array{checkpoint.Floats(name, w, len(w))}
	}
	for _, c := range []struct {
		metadata map[string]string
		arrays   []checkpoint.Array
		want     string
	}{
		{map[string]string{"assay.linear": settings}, array("weights", weights), ""},
		{nil, array("weights", weights), "not a linear model"},
		{map[string]string{"assay.linear": "{"}, array("weights", weights), "damaged"},
		{map[string]string{"assay.linear": strings.Replace(settings, `"scale"`, `"scales"`, 1)}, array("weights", weights), "damaged"},
		{map[string]string{"assay.linear": strings.Replace(settings, `"bits":8`, `"bits":63`, 1)}, array("weights", weights), "2^63 weights"},
		{map[string]string{"assay.linear": strings.Replace(settings, `"bits":8`, `"bits":9`, 1)}, array("weights", weights), "shape"},
		{map[string]string{"assay.linear": strings.Replace(settings, "toxicity", "", 1)}, array("weights", weights), "doesn't say what it judges"},
		{map[string]string{"assay.linear": settings}, array("weight", weights), "the tensors are"},
		{map[string]string{"assay.linear": settings}, array("weights", bad), "77"},
		{map[string]string{"assay.linear": settings}, []checkpoint.Array{{Name: "weights", DType: checkpoint.F16, Shape: []int{1 << 8}, Data: make([]byte, 2<<8)}}, "not F32"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, linear.File)
		if err := checkpoint.Write(path, c.metadata, c.arrays); err != nil {
			t.Fatal(err)
		}
		_, err := linear.Open(dir)
		switch {
		case c.want == "" && err != nil:
			t.Error(err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), path) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%v: error %v, want %q", c.metadata, err, c.want)
		}
	}
	if _, err := linear.Open(t.TempDir()); err == nil {
		t.Error("a folder without a model opens")
	}
}

// Whatever a file holds, Open gives a model that scores texts or an error of one line.
func FuzzOpen(f *testing.F) {
	dir := f.TempDir()
	if err := model(f).Save(dir); err != nil {
		f.Fatal(err)
	}
	path := filepath.Join(dir, linear.File)
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	last := slices.Clone(good) // its last weight is not a number
	copy(last[len(last)-4:], "\xff\xff\xff\xff")
	f.Add(last)
	for _, c := range [][2]string{ // each as long as what it replaces, so the header's length stays right
		{`"shape":[1024]`, `"shape":[1e10]`}, {`"shape":[1024]`, `"shape":[9999]`}, {`"shape":[1024]`, `"shape":[-102]`}, {`"F32"`, `"F16"`}, {`"F32"`, `"I64"`},
		{`\"bits\":10`, `\"bits\":24`}, {`\"bits\":10`, `\"bits\":-1`}, {`\"characters\":4`, `\"characters\":9`}, {`\"scale\":1.5`, `\"scale\":1e9`}, {`\"kind\"`, `\"kinD\"`},
	} {
		if !bytes.Contains(good, []byte(c[0])) {
			f.Fatalf("%s is not in the file, so its seed says nothing", c[0])
		}
		f.Add(bytes.Replace(good, []byte(c[0]), []byte(c[1]), 1))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := linear.Open(dir)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q is not one line", err)
			}
			return
		}
		if p := m.Probability(linear.Text{Text: "some text"}); !(p >= 0 && p <= 1) {
			t.Errorf("probability %v", p)
		}
	})
}

// Whatever a text holds, the row is within the table and finite.
func FuzzEncode(f *testing.F) {
	e, err := linear.NewEncoder(linear.Features{Characters: 5, Words: 2, Bits: 12})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("some text", "a question?", "an answer")
	f.Add("\xff\xfe \u202e@ http:// \x00", "", "\u0301")
	f.Fuzz(func(t *testing.T, text, context, reference string) {
		row := e.Encode(linear.Text{Text: text, Context: context, For: []string{reference}, Against: []string{text}})
		for i, at := range row.Index {
			if at >= 1<<12 || !(row.Value[i] > 0 && row.Value[i] <= 1.0001) {
				t.Fatalf("place %d, value %v", at, row.Value[i])
			}
		}
	})
}

func BenchmarkProbability(b *testing.B) {
	m := model(b)
	text := linear.Text{Text: strings.Repeat("Is this a text of some twenty words? ", 3)}
	for b.Loop() {
		m.Probability(text)
	}
}
