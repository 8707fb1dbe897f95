package score_test

import (
	"strings"
	"testing"
	"time"

	"assay/harness/leaf/cputime"
	"assay/suites/score"
)

func TestExtractor(t *testing.T) {
	type steps = []score.Step
	const thought = "<think>It may be (A) or 7.</think> The answer is 12."
	for _, c := range []struct {
		steps  steps
		answer string
		want   string // "-" for nothing
	}{
		{nil, " as it is ", " as it is "},
		{steps{{Regex: `#### (-?[\d.]+)`}}, "2 + 2\n#### 4\n#### 5", "4"},
		{steps{{Regex: `#### (-?[\d.]+)`, Take: score.Last}}, "2 + 2\n#### 4\n#### 5", "5"},
		{steps{{Regex: `\d+`}}, "a 12 b 13", "12"},
		{steps{{Regex: `(a)|(b)`, Group: "2"}}, "a", "-"},
		{steps{{Regex: `(?P<key>\w+)=(?P<value>\w+)`, Group: "value"}}, "x=1", "1"},
		{steps{{Regex: `(\w+)=(\w+)`, Group: "0"}}, "x=1", "x=1"},
		{steps{{Regex: `z`}}, "a", "-"},
		{steps{{Between: []string{"<a>", "</a>"}}}, "<a> 1 </a> <a>2</a>", "1"},
		{steps{{Between: []string{"<a>", "</a>"}, Take: score.Last}}, "<a>1</a> <a>2</a> <a>3", "2"},
		{steps{{Between: []string{"<a>", "</a>"}}}, "<a>1", "-"},
		{steps{{Between: []string{"Answer:"}}}, "So. Answer: yes. Answer: no", "yes. Answer: no"},
		{steps{{Between: []string{"Answer:"}, Take: score.Last}}, "So. Answer: yes. Answer: no", "no"},
		{steps{{Before: "\n\n"}}, "one\n\ntwo\n\nthree", "one"},
		{steps{{Before: "\n\n", Take: score.Last}}, "one\n\ntwo\n\nthree", "one\n\ntwo"},
		{steps{{Before: "\n\n"}}, "one", "one"},
		{steps{{Thought: []string{"<think>", "</think>"}}, {Number: true}}, thought, "12"},
		{steps{{Thought: []string{"<think>", "</think>"}}}, "no thought", "no thought"},
		{steps{{Thought: []string{"<think>", "</think>"}}}, "opened in the prompt</think>so", "so"},
		{steps{{Thought: []string{"<think>", "</think>"}}}, "<think>a</think><think>cut off", "-"},
		{steps{{JSON: "$.city.name"}}, `{"city": {"name": "Paris"}}`, "Paris"},
		{steps{{JSON: "city[-1]"}}, "Sure:\n```json\n{\"city\": [1, {\"a\":  2}]}\n```", `{"a":2}`},
		{steps{{JSON: `$["a.b"]`}}, `{"a.b": 1.50}`, "1.50"},
		{steps{{JSON: "a"}}, `{"b": 1} then {"a": 2} then {"a": 3}`, "2"},
		{steps{{JSON: "a", Take: score.Last}}, `{"b": 1} then {"a": 2} then {"a": 3}`, "3"},
		{steps{{JSON: "a"}}, `{"a": null}`, "-"},
		{steps{{JSON: "a[2]"}}, `{"a": [1, 2]}`, "-"},
		{steps{{JSON: "$"}}, `x [1, 2] y`, "[1,2]"},
		{steps{{JSON: "a"}}, `{broken`, "-"},
		{steps{{JSON: "a"}}, `{"b": [{"a": "}\"]"}, cut off`, `}"]`},
		{steps{{JSON: "a"}}, `[see](here) {x} {"a": 1}`, "1"},
		{steps{{Number: true}}, "from 3-5 to 1,234.50", "1234.50"},
		{steps{{Number: true, Take: score.First}}, "costs -3.5e2 or .5", "-3.5e2"},
		{steps{{Number: true}}, "pages 3-5", "5"},
		{steps{{Number: true}}, "it is −7", "-7"},
		{steps{{Number: true}}, "none", "-"},
		{steps{{Letter: "ABCD"}}, "The answer is (C).", "C"},
		{steps{{Letter: "ABCD"}}, "**B**", "B"},
		{steps{{Letter: "ABCD"}}, "A good question", "-"},
		{steps{{Letter: "AB"}}, "The answer is D.", "-"},
		{steps{{Line: true}}, "\n  \nfirst\nsecond\n", "first"},
		{steps{{Line: true, Take: score.Last}, {Between: []string{"is"}}}, "first\nit is so \n \n", "so"},
	} {
		e, err := score.NewExtractor(c.steps)
		if err != nil {
			t.Errorf("%+v: %v", c.steps, err)
			continue
		}
		got, ok := e.From(c.answer)
		if !ok {
			if got != "" {
				t.Errorf("nothing found, and %q", got)
			}
			got = "-"
		}
		if got != c.want {
			t.Errorf("%+v of %q: %q, want %q", c.steps, c.answer, got, c.want)
		}
	}
}

func TestExtractorRefuses(t *testing.T) {
	for want, step := range map[string]score.Step{
		"step 1: it says nothing; write one of regex":           {Take: score.Last},
		"it has regex and number":                               {Regex: "a", Number: true},
		`regex: the pattern "(?<=a)b" can't be read`:            {Regex: "(?<=a)b"},
		`no group "x"; it has 1`:                                {Regex: "(a)", Group: "x"},
		`no group "2"; it has 1`:                                {Regex: "(a)", Group: "2"},
		"group: is for regex":                                   {Number: true, Group: "1"},
		"between: needs an opening mark":                        {Between: []string{"a", ""}},
		"thought: needs two marks":                              {Thought: []string{"<think>", ""}},
		"take: isn't for letter":                                {Letter: "ABCD", Take: score.Last},
		`letter: "BCD"; write the letters from A on`:            {Letter: "BCD"},
		`json: no name after a period in "a..b"`:                {JSON: "a..b"},
		`json: what is between brackets in "a[b]" is no number`: {JSON: "a[b]"},
		`json: "$a" can't be read at "a"`:                       {JSON: "$a"},
	} {
		if _, err := score.NewExtractor([]score.Step{step}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", step, err, want)
		}
	}
}

// A long answer of brackets takes no longer than its length explains.
func TestHostileJSON(t *testing.T) {
	e, err := score.NewExtractor([]score.Step{{JSON: "a"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []string{"[", "{", `{"a":`, `[1,`, `{"`} {
		start := cputime.Used()
		if got, ok := e.From(strings.Repeat(unit, 1<<20/len(unit))); ok {
			t.Errorf("%q gave %q", unit, got)
		}
		if took := cputime.Used() - start; took > 20*time.Second {
			t.Errorf("%q took %v", unit, took)
		}
	}
}

func FuzzExtractor(f *testing.F) {
	f.Add(`(a)|b`, "x.y[0]", `{"x": {"y": ["1,000"]}} a <a>`)
	f.Add(`\d`, "$", "[[[1e5")
	f.Fuzz(func(t *testing.T, pattern, path, answer string) {
		for _, step := range []score.Step{
			{Regex: pattern, Take: score.Last}, {JSON: path}, {JSON: path, Take: score.Last}, {Number: true}, {Letter: "ABCD"}, {Line: true},
			{Before: path}, {Between: []string{pattern, path}}, {Between: []string{pattern, path}, Take: score.Last}, {Thought: []string{pattern, path}},
		} {
			e, err := score.NewExtractor([]score.Step{step})
			if err != nil {
				continue
			}
			if got, ok := e.From(answer); !ok && got != "" {
				t.Errorf("%+v: %q, but nothing was found", step, got)
			}
		}
	})
}
