package score_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"assay/metrics/statistic"
	"assay/suites/score"
)

// total computes a metric over answers, as an estimate does.
func total(t *testing.T, name string, s score.Settings, answers []score.Answer) float64 {
	t.Helper()
	m, err := score.Find(name, s)
	if err != nil {
		t.Fatal(err)
	}
	of, err := statistic.Of(&m.Metric)
	if err != nil {
		t.Fatal(err)
	}
	sums, one := make([]float64, of.Size), make([]float64, of.Size)
	for i := range answers {
		value, missing := m.Of(&answers[i])
		if missing != "" {
			t.Fatalf("%s, answer %d: %s", name, i, missing)
		}
		if err := statistic.Check(&m.Metric, value); err != nil {
			t.Fatal(err)
		}
		of.Add(one, value)
		for k := range sums {
			sums[k] += one[k]
		}
	}
	point := of.Point(sums, float64(len(answers)))
	if point < m.Lo || point > m.Hi {
		t.Errorf("%s is %v, out of its range from %v to %v", name, point, m.Lo, m.Hi)
	}
	return point
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(1, math.Abs(b)) }

// Wanted values: sacrebleu 2.6.0, corpus_bleu(h, refs).score, corpus_chrf(h, refs[, word_order=2]).score,
// corpus_ter(h, refs).score; rouge-score 0.1.2, RougeScorer(types).score_multi(references, h)[type].fmeasure,
// averaged; editdistance 0.8.1.
func TestOverlaps(t *testing.T) {
	answers := []score.Answer{
		{Text: "the cat sat on mat", References: []string{"the cat sat on the mat", "a cat is on the mat"}},
		{Text: "hello there world", References: []string{"hello world", "hi world !"}},
		{Text: "A quick fox.", References: []string{"the quick fox.", "A fast fox."}},
	}
	for _, c := range []struct {
		name     string
		settings score.Settings
		want     float64
	}{
		{"bleu", score.Settings{}, 49.659885523641044},
		{"chrf", score.Settings{}, 64.2681084347751},
		{"chrf", score.Settings{Words: true}, 65.56219243719242},
		{"ter", score.Settings{}, 26.08695652173913},
		{"rouge_1", score.Settings{}, 0.7919191919191918},
		{"rouge_2", score.Settings{}, 0.38888888888888884},
		{"rouge_l", score.Settings{}, 0.7919191919191918},
		{"rouge_lsum", score.Settings{}, 0.7919191919191918},
		{"edit_distance", score.Settings{}, 13. / 3},
		{"edit_similarity", score.Settings{}, (18./22 + 11./17 + 11./14) / 3},
		{"edit_distance", score.Settings{Unit: score.ByWord}, 1},
	} {
		if got := total(t, c.name, c.settings, answers); !near(got, c.want) {
			t.Errorf("%s %+v: %v, want %v", c.name, c.settings, got, c.want)
		}
	}
}

// Wanted values: scikit-learn 1.9.1, f1_score(gold, said, labels=L, average='macro'), matthews_corrcoef(gold, said),
// f1_score, precision_score and recall_score(..., labels=L, average=None), accuracy_score(gold, said).
func TestLabelsOfTexts(t *testing.T) {
	var answers []score.Answer
	said := strings.Fields("Pos neg. NEG neu pos neg pos other neu neg")
	for i, gold := range strings.Fields("pos neg pos neu neg neg pos neu pos neg") {
		answers = append(answers, score.Answer{Text: said[i], References: []string{gold}})
	}
	l := []string{"pos", "neg", "neu"}
	for _, c := range []struct {
		name, label string
		want        float64
	}{
		{"accuracy", "", 0.6},
		{"macro_f1", "", 0.6071428571428571},
		{"mcc", "", 0.4183300132670378},
		{"label_f1", "pos", 0.5714285714285714},
		{"label_f1", "neu", 0.5},
		{"label_precision", "Pos", 0.6666666666666666},
		{"label_precision", "neg", 0.75},
		{"label_recall", "pos", 0.5},
		{"label_recall", "neg", 0.75},
	} {
		if got := total(t, c.name, score.Settings{Labels: l, Label: c.label}, answers); !near(got, c.want) {
			t.Errorf("%s %s: %v, want %v", c.name, c.label, got, c.want)
		}
	}
}

// choices are answers by log-probabilities.
func choices() []score.Answer {
	texts := []string{" no", " maybe", " certainly"}
	var out []score.Answer
	for i, scores := range [][]float64{{-1.2, -2.5, -0.7}, {-3.0, -0.4, -5.0}, {-2.0, -2.2, -1.9}, {-0.1, -4.0, -6.0}} {
		out = append(out, score.Answer{Choices: texts, Correct: []int{[]int{2, 1, 0, 0}[i]}, Scores: scores, Lengths: []int{1, 1, 2}})
	}
	return out
}

// Wanted values: p = scipy.special.softmax(S, axis=1); brier_score_loss(gold, p, labels=[0, 1, 2], scale_by_half=False)
// of scikit-learn 1.9.1; the mean of p at gold; per byte with S / [2, 5, 9], the spaces not counted; the error as in TestCalibrationError of
// metrics/statistic.
func TestChoices(t *testing.T) {
	for _, c := range []struct {
		name     string
		settings score.Settings
		want     float64
	}{
		{"accuracy", score.Settings{}, 0.75},
		{"accuracy", score.Settings{Per: score.PerByte}, 0.75},
		{"accuracy", score.Settings{Per: score.PerToken}, 0.75},
		{"brier", score.Settings{}, 0.2453998821578374},
		{"brier", score.Settings{Per: score.PerByte}, 0.536310202088064},
		{"correct_probability", score.Settings{}, 0.7015411088972305},
		{"calibration_error", score.Settings{Bins: 5}, 0.22845561763812605},
		{"mcc", score.Settings{Labels: []string{"a", "b", "c"}}, 0.7}, // gold 2 1 0 0, chosen 2 1 2 0: (3*4-5)/sqrt((16-6)(16-6))
	} {
		if got := total(t, c.name, c.settings, choices()); !near(got, c.want) {
			t.Errorf("%s %+v: %v, want %v", c.name, c.settings, got, c.want)
		}
	}
}

// Per token and per byte, other choices win.
func TestLengthsDecide(t *testing.T) {
	a := score.Answer{Choices: []string{"yes", "certainly so"}, Correct: []int{1}, Scores: []float64{-2, -3}, Lengths: []int{1, 1}}
	for per, want := range map[score.Per]float64{score.PerText: 0, score.PerToken: 0, score.PerByte: 1, score.PerCharacter: 1, score.PerWord: 1} {
		if got := total(t, "accuracy", score.Settings{Per: per}, []score.Answer{a}); got != want {
			t.Errorf("per %q: %v, want %v", per, got, want)
		}
	}
	a.Choices = []string{"né", "no"} // 3 bytes, 2 characters
	a.Scores = []float64{-2.4, -2.0}
	a.Correct = []int{0}
	for per, want := range map[score.Per]float64{score.PerByte: 1, score.PerCharacter: 0} {
		if got := total(t, "accuracy", score.Settings{Per: per}, []score.Answer{a}); got != want {
			t.Errorf("né per %q: %v, want %v", per, got, want)
		}
	}
}

func TestChosenByLetter(t *testing.T) {
	a := score.Answer{Text: "maybe", Choices: []string{" no", " maybe"}, Correct: []int{1}}
	if got := total(t, "accuracy", score.Settings{}, []score.Answer{a}); got != 1 {
		t.Errorf("accuracy %v", got)
	}
	m, _ := score.Find("brier", score.Settings{})
	if _, missing := m.Of(&a); missing != "the model chooses but gives no log-probabilities" {
		t.Errorf("brier: %q", missing)
	}
}

func TestLikelihoods(t *testing.T) {
	answers := []score.Answer{
		{Choices: []string{" größer als"}, Scores: []float64{-9}, Lengths: []int{3}}, // 13 bytes, 2 words
		{Choices: []string{" a b c"}, Scores: []float64{-6}, Lengths: []int{4}},      // 6 bytes, 3 words
	}
	for _, c := range []struct {
		name string
		per  score.Per
		want float64
	}{
		{"perplexity", score.PerToken, math.Exp(15. / 7)},
		{"perplexity", score.PerByte, math.Exp(15. / 19)},
		{"perplexity", score.PerWord, math.Exp(15. / 5)},
		{"loss", score.PerToken, 15. / 7},
		{"bits_per_byte", "", 15. / 19 / math.Ln2},
	} {
		if got := total(t, c.name, score.Settings{Per: c.per}, answers); !near(got, c.want) {
			t.Errorf("%s per %s: %v, want %v", c.name, c.per, got, c.want)
		}
	}
}

func TestForms(t *testing.T) {
	schema := []byte(`{"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}, "n": {"multipleOf": 0.01}}, "additionalProperties": false}`)
	for _, c := range []struct {
		metric     string
		settings   score.Settings
		answer     string
		references []string
		want       string
	}{
		{"regex", score.Settings{Pattern: `(?i)^paris\b`}, "Paris, of course", nil, "1"},
		{"regex", score.Settings{Pattern: `^\d+$`}, "12a", nil, "0"},
		{"regex", score.Settings{}, "Paris", []string{"^Lyon$", "^Par"}, "1"},
		{"regex", score.Settings{}, "Paris", []string{"(?=x)"}, `the reference "(?=x)" is no pattern that can be read (RE2)`},
		{"regex", score.Settings{}, "Paris", nil, "the example has no reference"},
		{"json_schema", score.Settings{Schema: schema}, ` {"city": "Paris", "n": 0.07}`, nil, "1"},
		{"json_schema", score.Settings{Schema: schema}, `{"city": 3}`, nil, "0"},
		{"json_schema", score.Settings{Schema: schema}, `{"city": "Paris", "city": "Rome"}`, nil, "0"},
		{"json_schema", score.Settings{Schema: schema}, `{"city": "Paris"} and more`, nil, "0"},
		{"json_schema", score.Settings{Schema: schema}, `{"city": "Paris", "n": 1e999999999}`, nil, "0"},
		{"json_schema", score.Settings{Schema: schema}, strings.Repeat("[", 1e5), nil, "0"},
		{"numeric", score.Settings{}, "$1,234.50", []string{"1234.5"}, "1"},
		{"numeric", score.Settings{}, "42.", []string{"42"}, "1"},
		{"numeric", score.Settings{}, "42.001", []string{"42"}, "0"},
		{"numeric", score.Settings{Tolerance: 0.5}, "-2.5", []string{"7", "-2"}, "1"},
		{"numeric", score.Settings{Tolerance: 0.5}, "-2.51", []string{"-2"}, "0"},
		{"numeric", score.Settings{RelativeTolerance: 0.01}, "-101", []string{"-100"}, "1"},
		{"numeric", score.Settings{RelativeTolerance: 0.01}, "101.1", []string{"100"}, "0"},
		{"numeric", score.Settings{}, "9007199254740993", []string{"7", "9007199254740992"}, "0"},
		{"numeric", score.Settings{}, "9,007,199,254,740,993.0", []string{"7", "9007199254740993"}, "1"},
		{"numeric", score.Settings{Tolerance: 1}, "9007199254740993", []string{"9007199254740992"}, "1"},
		{"numeric", score.Settings{}, "forty", []string{"40"}, "0"},
		{"numeric", score.Settings{}, "inf", []string{"40"}, "0"},
		{"numeric", score.Settings{}, "40", []string{"forty"}, `the reference "forty" is no number`},
		{"bleu", score.Settings{}, "a", nil, "the example has no reference"},
		{"bleu", score.Settings{}, "猫が座った", []string{"猫が座った"}, "the metric can't score the reference: the metric's tokens are separated by spaces and punctuation"},
		{"rouge_1", score.Settings{}, "猫", []string{"the cat"}, "the metric can't score the answer: ROUGE's tokens contain only a-z and 0-9"},
		{"ter", score.Settings{}, strings.Repeat("a ", 5000), []string{strings.Repeat("b ", 5000)}, "answer and reference are too long for the metric"},
		{"accuracy", score.Settings{}, "yes", []string{"yes"}, "the metric has no labels; write labels: and the list of them"},
		{"accuracy", score.Settings{Labels: []string{"yes", "no"}}, "perhaps", []string{"maybe"}, `the reference "maybe" is none of the labels`},
		{"perplexity", score.Settings{Per: score.PerWord}, "yes", nil, "the metric is for choices, and the suite has none"},
	} {
		if got := of(t, c.metric, c.settings, c.answer, c.references...); got != c.want {
			t.Errorf("%s %+v of %.60q against %q: %s, want %s", c.metric, c.settings, c.answer, c.references, got, c.want)
		}
	}
}

func TestFindRefusesSettings(t *testing.T) {
	file := func(text string) func(string) ([]byte, error) {
		return func(string) ([]byte, error) { return []byte(text), nil }
	}
	path, _ := json.Marshal("schema.json")
	for _, c := range []struct {
		name     string
		settings score.Settings
		want     string
	}{
		{"json_schema", score.Settings{}, "needs schema:"},
		{"json_schema", score.Settings{Schema: path}, "can't be a path here"},
		{"json_schema", score.Settings{Schema: path, ReadFile: file("{\n \"a\": tru\n}")}, "schema: schema.json: it is no valid JSON from line 2, column"},
		{"json_schema", score.Settings{Schema: path, ReadFile: file(`{"type": "number of cats"}`)}, `schema: schema.json: line 1, column 10: type is "number of cats"; it must be one of array, boolean, integer, null, number, object, string, or an array`},
		{"json_schema", score.Settings{Schema: path, ReadFile: file("{\n \"properties\": {\n  \"a/b\": {\"anyOf\": [{}, {\"minimum\": \"low\"}]}\n}}")}, `schema: schema.json: line 3, column 37: properties.a/b.anyOf.1.minimum is "low"; it must be a number`},
		{"json_schema", score.Settings{Schema: []byte(`{"items": {"$ref": "other.json"}}`)}, `schema: a reference to "other.json"; references can only be to places in the schema itself`},
		{"json_schema", score.Settings{Schema: []byte(`{"$ref": "#/$defs/none"}`)}, `"#/$defs/none" not found`},
		{"json_schema", score.Settings{Schema: path, ReadFile: file(`{"required": "a"}`)}, `required is "a"; it must be an array`},
		{"json_schema", score.Settings{Schema: path, ReadFile: file(`{"pattern": "("}`)}, `pattern is "("; it must be a regular expression (`},
		{"json_schema", score.Settings{Schema: path, ReadFile: file(`{"minLength": -1}`)}, `minLength is -1; it must be at least 0`},
		{"json_schema", score.Settings{Schema: path, ReadFile: file(`5`)}, `it is 5; it must be true or false or an object`},
		{"json_schema", score.Settings{Schema: path, ReadFile: file(`{"a": 1, "a": 2}`)}, "it is no valid JSON from line 1, column 10 on: duplicate object member name"},
		{"json_schema", score.Settings{Schema: path, ReadFile: file(`{"minimum": 1e999}`)}, "no number has more than 400 digits"},
		{"json_schema", score.Settings{Schema: path, ReadFile: file(`{"$ref": "file:///etc/passwd"}`)}, "schema: "},
		{"json_schema", score.Settings{Schema: path, ReadFile: file(`{"$ref": "https://example.org/schema"}`)}, "schema: "},
		{"bleu", score.Settings{Tokenize: "ja-mecab"}, `tokenize: unknown "ja-mecab"; use`},
		{"macro_f1", score.Settings{}, "needs labels:, at least two"},
		{"macro_f1", score.Settings{Labels: []string{"Yes", "yes"}}, `two are "yes" once they are normalised`},
		{"label_f1", score.Settings{Labels: []string{"a", "b"}}, "needs label:"},
		{"label_f1", score.Settings{Labels: []string{"a", "b"}, Label: "c"}, `"c" is none of labels`},
		{"perplexity", score.Settings{}, "needs per: token, byte or word"},
		{"regex", score.Settings{Pattern: "("}, "can't be read"},
	} {
		if _, err := score.Find(c.name, c.settings); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := score.Find("json_schema", score.Settings{Schema: path, ReadFile: file(`{"type": "object"}`)}); err != nil {
		t.Error(err)
	}
}

// Every metric fits its statistic, has a range and a title, and takes only settings that exist.
func TestKinds(t *testing.T) {
	full := score.Settings{Labels: []string{"a", "b"}, Label: "a", Per: score.PerByte, Schema: []byte(`{}`)}
	for _, k := range score.Kinds() {
		var s score.Settings
		for _, key := range k.Settings {
			switch key {
			case "labels":
				s.Labels = full.Labels
			case "label":
				s.Label = full.Label
			case "per":
				s.Per = full.Per
			case "schema":
				s.Schema = full.Schema
			case "toward":
				s.Toward, s.Against = "a", "b"
			}
		}
		m, err := score.Find(k.Name, s)
		if err != nil {
			t.Errorf("%s: %v", k.Name, err)
			continue
		}
		if _, err := statistic.Of(&m.Metric); err != nil || m.Title == "" || k.About == "" || !(m.Lo < m.Hi) {
			t.Errorf("%s: %+v, %v", k.Name, m.Metric, err)
		}
	}
}
