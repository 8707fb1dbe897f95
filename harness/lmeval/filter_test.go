package lmeval

import (
	"encoding/json"
	"strings"
	"testing"

	"assay/metrics"
	"assay/metrics/statistic"
	"assay/models/jinja"
)

// dict makes a mapping of JSON. Numbers are whole, as YAML has them.
func dict(t *testing.T, text string) *jinja.Dict {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		t.Fatal(err)
	}
	var value func(v any) any
	value = func(v any) any {
		switch v := v.(type) {
		case float64:
			return int(v)
		case map[string]any:
			d := jinja.NewDict()
			for k, one := range v {
				d.Set(k, value(one))
			}
			return d
		case []any:
			all := make([]any, len(v))
			for i, one := range v {
				all[i] = value(one)
			}
			return all
		}
		return v
	}
	return value(members).(*jinja.Dict)
}

// lm-evaluation-harness 0.4.13: the filter's class of lm_eval.filters with these arguments,
// apply([[answer]], [{"choices": choices}]), and the first answer of the result.
func TestFiltersAreLMEvals(t *testing.T) {
	const (
		letters = `"function": "multi_choice_regex", "regex_pattern": "(\\([A-Z]\\))"`
		pets    = `["a small dog", "A dog.", "The cat, again", "x+y"]`
		houses  = `["a dog", "a dog house", "dog"]`
	)
	for _, c := range []struct {
		step, answer, choices string
		want                  any
	}{
		{`"function": "regex"`, "so #### 1,234 and #### -5.5", `[]`, "1,234"},
		{`"function": "regex", "group_select": -1`, "so #### 1,234 and #### -5.5", `[]`, "-5.5"},
		{`"function": "regex", "regex_pattern": "(\\d+) dogs|(\\w+) cats", "group_select": 1`, "3 dogs and two cats", `[]`, "two"},
		{`"function": "regex", "regex_pattern": "(\\d+) dogs|(\\w+) cats", "group_select": 0`, "two cats", `[]`, "two"},
		{`"function": "regex", "regex_pattern": "is +([^.]*)\\."`, "it is   two ten . so", `[]`, "two ten"},
		{`"function": "regex", "regex_pattern": "is (.*)$", "fallback": "none"`, "nothing", `[]`, "none"},
		{`"function": "regex", "regex_pattern": "\\w+", "group_select": 2`, "one two three", `[]`, "three"},
		{`"function": "regex", "regex_pattern": "(x)?(y)?"`, "", `[]`, "[invalid]"},
		{letters + `, "group_select": -1`, "It is (B), no (C).", pets, "(C)"},
		{letters + `, "group_select": -1, "ignore_case": true`, "I saw THE CAT, AGAIN there", pets, "(C)"},
		{letters + `, "ignore_case": true, "ignore_punctuation": true`, "I saw the cat again; a dog", pets, "(C)"},
		{letters, "I saw a small dog", pets, "(A)"},
		{letters, "it is x+y here", pets, "(D)"},
		{letters, "Answer: D", pets, "(D)"},
		{letters, "Answer: E", pets, "[invalid]"},
		{letters + `, "fallback": "?"`, "nothing", pets, "?"},
		{letters + `, "regexes_to_ignore": ["\\bsmall "]`, "I saw a dog", pets, "(A)"},
		{letters + `, "regexes_to_ignore": ["\\.", "zz"]`, "I zzsaw A dozzg then", pets, "(B)"},
		{letters, "a dog or a dog house", houses, "(A)"},
		{letters, "in a dog house", houses, "(B)"},
		{letters + `, "group_select": -1`, "a dog house, dog", houses, "(C)"},
		{`"function": "remove_whitespace"`, "\u00a0\t two  words \n", `[]`, "two  words"},
		{`"function": "lowercase"`, "Ab ÇD", `[]`, "ab çd"},
		{`"function": "uppercase"`, "Ab çd", `[]`, "AB ÇD"},
		{`"function": "map", "mapping_dict": {"yes": "1", "no": "0"}, "default_value": "2"`, "no", `[]`, "0"},
		{`"function": "map", "mapping_dict": {"yes": "1", "no": "0"}, "default_value": "2"`, "maybe", `[]`, "2"},
		{`"function": "map", "mapping_dict": {"yes": "1", "no": "0"}`, "maybe", `[]`, nil},
	} {
		f, err := newFilter(dict(t, "{"+c.step+"}"))
		if err != nil {
			t.Errorf("%s: %v", c.step, err)
			continue
		}
		p := pipeline{name: "p", steps: []filter{f, {name: "take_first", first: true}}}
		got, err := p.apply([]any{c.answer}, dict(t, `{"choices": `+c.choices+`}`))
		if err != nil || got != c.want {
			t.Errorf("%s of %q is %#v, %v; want %#v", c.step, c.answer, got, err, c.want)
		}
	}
}

func TestFilterErrors(t *testing.T) {
	for step, want := range map[string]string{
		`{"function": "regex", "group_select": "1"}`:                     "group_select has a value of the wrong type",
		`{"function": "regex", "group": 1}`:                              "regex takes no group",
		`{"function": "multi_choice_regex", "regex_pattern": "("}`:       "multi_choice_regex: ",
		`{"function": "multi_choice_regex", "ignore_case": "yes"}`:       "ignore_case has a value of the wrong type",
		`{"function": "multi_choice_regex", "regexes_to_ignore": ["("]}`: "multi_choice_regex: ",
		`{"function": "take_first_k", "k": 2}`:                           "k is 2, and there is one answer",
		`{"function": "map", "mapping_dict": ["a"]}`:                     "mapping_dict has a value of the wrong type",
		`{"regex_pattern": "a"}`:                                         `the function "" is not supported`,
	} {
		if _, err := newFilter(dict(t, step)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", step, err, want)
		}
	}
	if _, err := newFilter("regex"); err == nil || !strings.Contains(err.Error(), "must be a mapping") {
		t.Errorf("a text: %v", err)
	}
	one := func(step string) filter {
		f, err := newFilter(dict(t, step))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	first, strip := one(`{"function": "take_first"}`), one(`{"function": "remove_whitespace"}`)
	regex, choice := one(`{"function": "regex", "regex_pattern": "a", "group_select": 2}`), one(`{"function": "multi_choice_regex"}`)
	for name, c := range map[string]struct {
		steps  []filter
		answer any
		doc    string
		want   string
	}{
		"a list is gone":  {[]filter{first, strip}, "a", `{}`, "the filter remove_whitespace follows take_first, which leaves no list"},
		"twice":           {[]filter{first, first}, "", `{}`, "take_first after take_first takes a text's first character"},
		"no text":         {[]filter{strip}, nil, `{}`, "the filter remove_whitespace: the answer is no text"},
		"too few":         {[]filter{regex}, "a a", `{}`, "the filter regex: the pattern has 2 matches, and group_select is 2"},
		"no choices":      {[]filter{choice}, "a", `{}`, "multi_choice_regex needs the column choices"},
		"choice no text":  {[]filter{choice}, "a", `{"choices": ["a", 2]}`, "a choice is no text"},
		"below the first": {[]filter{one(`{"function": "regex", "regex_pattern": "a", "group_select": -3}`)}, "a a", `{}`, "group_select is -3"},
	} {
		p := pipeline{name: "p", steps: c.steps}
		if _, err := p.apply([]any{c.answer}, dict(t, c.doc)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	p := pipeline{name: "p", steps: []filter{strip, first, first}}
	if got, err := p.apply([]any{" été "}, dict(t, `{}`)); err != nil || got != "é" {
		t.Errorf("the first character of the first answer is %v, %v", got, err)
	}
	p = pipeline{name: "p", steps: []filter{one(`{"function": "take_first_k"}`), one(`{"function": "majority_vote"}`)}}
	if got, err := p.apply([]any{"a"}, dict(t, `{}`)); err != nil || len(got.([]any)) != 1 {
		t.Errorf("without take_first the answers are %v, %v", got, err)
	}
}

// lm-evaluation-harness 0.4.13: exact_match_hf_evaluate([a], [b], ...) of lm_eval.api.metrics.
func TestExactMatchIsLMEvals(t *testing.T) {
	for _, c := range []struct {
		settings, a, b string
		want           bool
	}{
		{`{"ignore_case": true, "ignore_punctuation": true}`, "The 12 Cats!", "the cats", false},
		{`{"ignore_punctuation": true, "ignore_numbers": true}`, "The 12 Cats!", "The  Cats", true},
		{`{"regexes_to_ignore": [",", "\\$"]}`, "$1,000", "1000", true},
		{`{"ignore_numbers": true}`, "a09b", "ab", true},
		{`{"ignore_numbers": true}`, "a/:b", "ab", false},
		{`{}`, "Ab", "ab", false},
		{`{"ignore_case": true}`, "Ab", "aB", true},
		{`{"ignore_case": false}`, "Ab", "aB", false},
	} {
		m := &matching{}
		for k, v := range dict(t, c.settings).All() {
			if err := m.set(k.(string), v); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := m.equal(c.a, c.b); err != nil || got != c.want {
			t.Errorf("%q and %q with %s: %v, %v; want %v", c.a, c.b, c.settings, got, err, c.want)
		}
	}
	for setting, want := range map[string]string{
		`{"ignore_case": 1}`: "ignore_case must be true or false", `{"ignore_spaces": true}`: "exact_match takes no ignore_spaces",
		`{"regexes_to_ignore": "a"}`: "regexes_to_ignore must be a list", `{"regexes_to_ignore": [1]}`: "regexes_to_ignore must be a list", `{"regexes_to_ignore": ["("]}`: "",
	} {
		for k, v := range dict(t, setting).All() {
			if err := new(matching).set(k.(string), v); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v, want %q", setting, err, want)
			}
		}
	}
}

// What each metric is in reports: its kind, range and direction.
func TestDefine(t *testing.T) {
	for _, c := range []struct {
		name, title string
		kind        metrics.Kind
		span        string
		statistic   string
		labels      int
	}{
		{"acc", "Accuracy", metrics.Proportion, "from 0 to 1", "", 0},
		{"exact_match,strict", "Exact match (strict)", metrics.Proportion, "from 0 to 1", "", 0},
		{"brier_score", "Brier score", metrics.Mean, "from 0 to 2", "", 0},
		{"f1", "F1", metrics.FunctionOfSums, "from 0 to 1", statistic.ShareOfSums, 0},
		{"mcc", "Matthews correlation", metrics.FunctionOfSums, "from -1 to 1", statistic.MCC, 4},
		{"perplexity", "Perplexity", metrics.FunctionOfSums, "at least 1", statistic.ExpRatioOfSums, 0},
		{"word_perplexity", "Perplexity of words", metrics.FunctionOfSums, "at least 1", statistic.ExpRatioOfSums, 0},
		{"bits_per_byte", "Bits per byte", metrics.FunctionOfSums, "at least 0", statistic.RatioOfSums, 0},
		{"bleu", "BLEU", metrics.FunctionOfSums, "from 0 to 100", statistic.CorpusBLEU, 0},
		{"chrf", "chrF", metrics.FunctionOfSums, "from 0 to 100", statistic.CorpusChrF, 0},
		{"chrf++", "chrF++", metrics.FunctionOfSums, "from 0 to 100", statistic.CorpusChrFWords, 0},
		{"ter", "TER", metrics.FunctionOfSums, "at least 0", statistic.CorpusTER, 0},
	} {
		metric, _, _ := strings.Cut(c.name, ",")
		for _, higher := range []bool{true, false} {
			m := metricConfig{name: metric, higher: higher}
			got := m.define(c.name, 4)
			if got.Name != c.name || got.Title != c.title || got.Kind != c.kind || got.Span() != c.span || got.Statistic.Name != c.statistic || len(got.Statistic.Labels) != c.labels || (got.Direction == metrics.LowerIsBetter) == higher {
				t.Errorf("%s is %+v", c.name, got)
			}
		}
		if d := (&metricConfig{name: "mcc"}).define("mcc", 1); len(d.Statistic.Labels) != 2 {
			t.Errorf("labels %q of two values", d.Statistic.Labels)
		}
	}
}

// A task may turn a metric's direction round, and average without the missing values.
func TestNewMetric(t *testing.T) {
	text, choice := &task{output: generateUntil}, &task{output: multipleChoice}
	for _, c := range []struct {
		task                *task
		entry, name         string
		higher              bool
		aggregation, ignore string
	}{
		{text, `{"metric": "exact_match"}`, "exact_match", true, "mean", "Ab"},
		{text, `{"metric": "exact_match", "higher_is_better": false, "aggregation": "nanmean", "ignore_case": true}`, "exact_match", false, "mean", "ab"},
		{text, `{"metric": "ter"}`, "ter", false, "ter", "Ab"},
		{text, `{"metric": "ter", "higher_is_better": true, "aggregation": "ter"}`, "ter", true, "ter", "Ab"},
		{choice, `{"metric": "acc", "ignore_case": true}`, "acc", true, "mean", "Ab"}, // an argument that no metric of choices gets
	} {
		m, err := c.task.newMetric("metric_list", dict(t, c.entry), c.name)
		if err != nil {
			t.Errorf("%s: %v", c.entry, err)
			continue
		}
		if got, err := m.match.normal("Ab"); err != nil || m.higher != c.higher || m.aggregation != c.aggregation || m.name != c.name || got != c.ignore {
			t.Errorf("%s: %+v, a text is compared as %q, %v", c.entry, m, got, err)
		}
	}
}
