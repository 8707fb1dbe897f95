package suitefile

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/leaf/place"
	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// folder has files of these contents, and is the working directory.
func folder(t testing.TB, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	switch t := t.(type) {
	case *testing.T:
		t.Chdir(dir)
	case *testing.F:
		t.Chdir(dir)
	}
}

const animals = `{"id": 7, "q": "Legs of a cat?", "a": ["4", "four"], "kind": "mammal", "page": "Cats have 4 legs."}
{"id": 8, "q": "Legs of a bee?", "a": ["6"], "kind": "insect", "page": "Insects have 6 legs."}
{"id": 9, "q": "Legs of an ant?", "a": "6", "kind": "insect", "page": " Insects  have 6 legs."}
{"id": 10, "q": "Legs of a cod?", "a": null, "kind": "fish", "page": null}
`

// open reads s.yaml and its data.
func open(t *testing.T, content string) (suites.Suite, *suites.Set) {
	t.Helper()
	folder(t, map[string]string{"s.yaml": content, "animals.jsonl": animals, "more.jsonl": strings.ReplaceAll(animals, "Legs", "Eyes")})
	s, err := Open("s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	set, err := s.Live.Load(suites.Files{})
	if err != nil {
		t.Fatal(err)
	}
	return s, set
}

func TestExamples(t *testing.T) {
	s, set := open(t, `
title: Animals
about: Counting legs.
data: animals.jsonl
id: id
input: q
prompt: |
  {{ page }}

  {{ q }}
references: a
category: kind
cluster: page
fields: {first: "{{ q[:4] }}", number: "{{ id + 1 }}"}
where: "{{ kind != 'none' }}"
max_tokens: 5
stop: ["\n", " "]
metrics: [exact_match, {metric: f1, title: Overlap}]
`)
	if s.Name != "s" || s.Title != "Animals" || s.Text != "Counting legs." || s.Clusters != "page" || len(s.Metrics) != 2 || s.Metrics[1].Title != "Overlap" || s.Plot.Metric != "exact_match" {
		t.Errorf("suite %+v", s)
	}
	if want := (models.Sampling{MaxTokens: 5, Stop: []string{"\n", " "}}); s.Live.Sampling.String() != want.String() {
		t.Errorf("sampling %v", s.Live.Sampling)
	}
	var got []string
	for _, ex := range set.Examples {
		got = append(got, fmt.Sprintf("%s %q %q %s %v %v", ex.Input, ex.References, ex.Category, ex.Fields["id"], ex.Fields["first"], ex.Fields["number"]))
	}
	want := []string{
		`Legs of a cat? ["4" "four"] "mammal" 7 Legs 8`, `Legs of a bee? ["6"] "insect" 8 Legs 9`, `Legs of an ant? ["6"] "insect" 9 Legs 10`, `Legs of a cod? [] "fish" 10 Legs 11`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("examples\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	ex := set.Examples
	if ex[1].Cluster != ex[2].Cluster || ex[0].Cluster == ex[1].Cluster || ex[3].Cluster != "" || ex[0].Cluster == "" {
		t.Errorf("clusters %q, %q, %q, %q", ex[0].Cluster, ex[1].Cluster, ex[2].Cluster, ex[3].Cluster)
	}
	if ex[0].ID != suites.ExampleID("s", "id 7") {
		t.Errorf("id %s", ex[0].ID)
	}
	if got, want := set.Ask(&ex[1], "").Prompt, "Insects have 6 legs.\n\nLegs of a bee?"; got != want {
		t.Errorf("prompt %q, want %q", got, want)
	}
	if want := []string{"animals.jsonl: no reference in 1 of 4 rows; metrics that need one don't score them"}; !slices.Equal(set.Notices, want) {
		t.Errorf("notices %q", set.Notices)
	}
	if want := []string{"s.yaml", "animals.jsonl"}; !slices.Equal(set.Files, want) {
		t.Errorf("files %q, want %q", set.Files, want)
	}
}

// Each draw is one of its own, without the row itself, the same in every reading, and made of
// distinct rows.
func TestShots(t *testing.T) {
	const head = "data: animals.jsonl\nprompt: '{{ q }}'\nreferences: a\nwhere: '{{ a }}'\nmetrics: [exact_match]\n"
	ask := func(content string) []string {
		_, set := open(t, head+content)
		var out []string
		for i := range set.Examples {
			out = append(out, set.Ask(&set.Examples[i], "").Prompt)
		}
		return out
	}
	cat, bee, ant := "Legs of a cat? 4", "Legs of a bee? 6", "Legs of an ant? 6"
	if got, want := ask("shots: {count: 2, separator: \"\\n\"}"), []string{bee + "\n" + ant + "\nLegs of a cat?", cat + "\n" + ant + "\nLegs of a bee?", cat + "\n" + bee + "\nLegs of an ant?"}; !slices.Equal(got, want) {
		t.Errorf("first: %q", got)
	}
	if got, want := ask("shots: {count: 1, text: '{{ prompt }}={{ reference }} ({{ kind }})'}"), []string{"Legs of a bee?=6 (insect)\n\nLegs of a cat?", "Legs of a cat?=4 (mammal)\n\nLegs of a bee?", "Legs of a cat?=4 (mammal)\n\nLegs of an ant?"}; !slices.Equal(got, want) {
		t.Errorf("with a text: %q", got)
	}
	if got := ask("shots: {count: 3, file: more.jsonl}"); !strings.HasPrefix(got[1], "Eyes of a cat? 4\n\nEyes of a bee? 6\n\nEyes of an ant? 6\n\nLegs of a bee?") {
		t.Errorf("from a file: %q", got)
	}
	for _, drawn := range []string{"seed", "each"} {
		orders := map[string]bool{}
		for seed := range 12 {
			content := fmt.Sprintf("shots: {count: 2, draw: %s, seed: %d}", drawn, seed)
			got := ask(content)
			if again := ask(content); !slices.Equal(got, again) {
				t.Errorf("%s: %q, then %q", content, got, again)
			}
			for i, self := range []string{cat, bee, ant} {
				parts := strings.Split(got[i], "\n\n")
				if len(parts) != 3 || parts[0] == parts[1] || slices.Contains(parts, self) {
					t.Errorf("%s: %q", content, got[i])
				}
			}
			orders[strings.Join(got, "|")] = true
		}
		if len(orders) < 3 {
			t.Errorf("%s: 12 seeds give %d draws", drawn, len(orders))
		}
	}
	if got := ask("shots: {count: 2, as: turns}\ninstruction: Count."); got[0] != "Legs of a cat?" {
		t.Errorf("as turns: %q", got)
	}
}

func TestShotsAsTurns(t *testing.T) {
	s, set := open(t, "data: animals.jsonl\nprompt: '{{ q }}'\nreferences: a\nwhere: '{{ a }}'\nmetrics: [exact_match]\nshots: {count: 2, as: turns}\ninstruction: Count.\nsystem: 'Be {{ kind }}.'\n")
	if !slices.Equal(s.Live.TurnConditions, []string{""}) {
		t.Errorf("conditions with turns %q", s.Live.TurnConditions)
	}
	r := set.Ask(&set.Examples[1], "")
	if got, want := fmt.Sprint(r.System, r.Turns, r.Prompt), "Be insect.[{user Count.\n\nLegs of a cat?} {assistant 4} {user Legs of an ant?} {assistant 6}]Legs of a bee?"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Faults have the file's line, and the column in it where a template is wrong.
func TestRefuses(t *testing.T) {
	const good = "data: animals.jsonl\nprompt: '{{ q }}'\nreferences: a\nmetrics: [exact_match]\n"
	for _, tt := range []struct{ content, want string }{
		{"prompt: '{{ q }}'\nmetrics: [f1]\n", "s.yaml:1: no data; write data: and the path"},
		{strings.Replace(good, "prompt: '{{ q }}'\n", "", 1), "s.yaml:1: no prompt; write prompt: and a template"},
		{strings.Replace(good, "metrics: [exact_match]", "metrics: []", 1), "s.yaml:4: metrics must be a list with at least one entry"},
		{strings.Replace(good, "[exact_match]", "[f1, exact]", 1), `s.yaml:4: unknown metric "exact"; did you mean exact_match?`},
		{strings.Replace(good, "[exact_match]", "[f1, clarity]", 1), `s.yaml:4: unknown metric "clarity"; use one of exact_match`},
		{good + "- {metric: f1}", "s.yaml:"},
		{strings.Replace(good, "[exact_match]", "[f1, {metric: exact_match, name: f1}]", 1), "s.yaml:4: two metrics are named f1"},
		{strings.Replace(good, "[exact_match]", "\n  - exact_match\n  - {metric: f1, unit: letters}", 1), `s.yaml:6: unknown unit "letters"; use one of words, characters`},
		{strings.Replace(good, "prompt:", "promt:", 1), `s.yaml:2: unknown field "promt" (did you mean prompt?)`},
		{strings.Replace(good, "{{ q }}", "Is {{ q ", 1), "s.yaml:2: prompt: column "},
		{strings.Replace(good, "'{{ q }}'", "|\n  One line.\n  {{ q }} and {{ qq }}", 1), "s.yaml:4: prompt: column 18: qq is undefined; the rows have id, q, a, kind, page (row animals.jsonl:1)"},
		{strings.Replace(good, "'{{ q }}'", "\"a\\n{{ qq }}\"", 1), "s.yaml:2: prompt: "},
		{strings.Replace(good, "references: a", "reference: b", 1), `s.yaml:3: reference: no column "b"; the rows have`},
		{strings.Replace(good, "references: a", "references: b", 1), `s.yaml:3: references: no column "b"; the rows have id, q, a, kind, page; for a fixed text write "{{ 'b' }}" (row animals.jsonl:1)`},
		{strings.Replace(good, "{{ q }}", "the same", 1), "s.yaml:2: the prompt is the same for all 4 rows of animals.jsonl; use a column in it, such as {{ id }}"},
		{strings.Replace(good, "{{ q }}", "Say {{ q }}: {{ Ticket No 2 }}", 1), `want "}}", got "No"; if "Ticket No 2" is a column, write {{ row["Ticket No 2"] }}`},
		{strings.Replace(good, "'{{ q }}'", "\"{{ '' }}\"", 1), "animals.jsonl:1: the prompt is empty for this row"},
		{strings.Replace(good, "{{ q }}", "{% for i in range(100000000) %}{{ i }}{% endfor %}", 1), "s.yaml:2: prompt: column "},
		{strings.Replace(good, "animals", "plants", 1), "s.yaml:1: data: plants.jsonl: no such file; check the path, or name the data folder with --data"},
		{good + "where: '{{ id > 99 }}'", "s.yaml:5: where: leaves out every row of"},
		{good + "id: '{{ id // 8 }}'", `animals.jsonl:3: id "1" is also that of line 2; ids must be unique`},
		{"data: animals.jsonl\nprompt: 'Text:'\nchoices: q\nmetrics: [bits_per_byte]\n", "s.yaml:2: the prompt is the same for all 4 rows of animals.jsonl, and rows are told apart by it, so that only the first would be left; write input: and a column or template that differs, such as q, or id: and"},
		{"data: animals.jsonl\nprompt: \"{{ '' }}\"\nchoices: q\nmetrics: [bits_per_byte]\n", "animals.jsonl:1: the prompt is empty, and a model gives no probability to what begins a text; write the text's first word into prompt: and the rest into choices:"},
		{good + "input: \"{{ 'one' }}\"", "s.yaml:5: the input is the same for all 4 rows of animals.jsonl"},
		{good + "run: [x]\nconditions: [{name: y}]", `s.yaml:5: run: no condition "x"`},
		{good + "conditions: [{name: y}, {name: y}]", `s.yaml:5: two conditions are named "y"`},
		{good + "conditions: [{name: y, shots: 2}]", `s.yaml:5: condition "y" has 2 examples, but the file has no shots:`},
		{good + "shots: {file: more.jsonl}", "s.yaml:5: shots: has no count"},
		{good + "shots: {count: 4}", "s.yaml:5: 4 examples are needed above a row, but there are only 3 rows to take them from"},
		{good + "shots: {count: 2, like: kind}", "s.yaml:5: a row needs 2 examples above it, but there "},
		{"data: quiz.csv\nprompt: '{{ q }}'\nmetrics:\n  - metric: json_schema\n    schema:\n      properties:\n        a: {type: strng}\n", "s.yaml:7: column 19: metric json_schema: schema: properties.a.type is \"strng\"; it must be one of array,"},
		{"data: quiz.csv\nprompt: '{{ q }}'\nmetrics: [{metric: json_schema, schema: 5}]\n", "s.yaml:3: column 41: metric json_schema: schema: it is 5; it must be true or false or an object"},
		{"data: twice.jsonl\nprompt: '{{ q }}'\nreferences: a\nmetrics: [brier]\n", "s.yaml:4: metric brier scores no row of twice.jsonl (it has 3 rows): the metric is for choices"},
		{good + "shots: 2", "s.yaml:5: a number where a mapping is expected; shots has file, count"},
		{strings.Replace(good, "[exact_match]", "[exact_match, {metric: contains, when: {lang: en}}]", 1) + "fields: {kind: kind}", `s.yaml:4: metric contains: when: names the field "lang", which no row has; add it under fields:, or use`},
		{strings.Replace(good, "[exact_match]", "[{metric: exact_match, pass_at: 2}]", 1), "s.yaml:4: pass_at must be a list with at least one entry, such as [1, 2]"},
		{good + "shots: {count: 5, file: more.jsonl}", "s.yaml:5: 5 examples are needed above a row, but there are only 4 rows"},
		{strings.Replace(good, "references: a\n", "", 1) + "shots: {count: 1}", "s.yaml:4: shots need the answers of examples"},
		{good + "turns: [{user: Hello, assistant: Hi}]", "s.yaml:5: both user and assistant"},
		{good + "name: a/b", `s.yaml:5: the suite's name "a/b" has one of`},
		{good + "stop: ['']", "s.yaml:5: an empty text in stop"},
		{good + "fields: {kind: kinds}", `s.yaml:5: fields: kind: no column "kinds"`},
		{strings.Replace(good, "data: animals.jsonl", "data: {file: animals.jsonl, separator: ab}", 1), `s.yaml:1: separator is "ab"; it must be one character`},
		{strings.Replace(good, "data: animals.jsonl", "data: {file: animals.jsonl, format: xml}", 1), `s.yaml:1: unknown format "xml"; use one of jsonl`},
		{"data: quiz.csv\nprompt: '{{ q }}'\nchoices: [a, b]\nanswer: right\nmetrics: [exact_match]\n", "quiz.csv:3: the answer \"C\" is none of the 2 choices"},
		{"data: quiz.csv\nprompt: '{{ q }}'\nchoices: [a, b, c]\nanswer: right\nmetrics: [accuracy, exact_match]\n", "s.yaml:5: metric exact_match scores no row of quiz.csv (it has 3 rows): it scores a text"},
		{"data: quiz.csv\nprompt: '{{ q }}'\nchoices: [a, b, c]\nmetrics: [accuracy]\n", "quiz.csv:2: 3 choices, and nothing says which is correct; write answer:"},
		{"data: quiz.csv\nprompt: '{{ q }}'\nchoices: q\nmetrics: [accuracy]\n", "s.yaml:4: metric accuracy scores no row of quiz.csv (it has 3 rows): it needs several choices, and each row has one; use loss, perplexity or bits_per_byte"},
		{"data: quiz.csv\nprompt: '{{ q }}'\nreferences: a\nmetrics: [brier]\n", "s.yaml:4: metric brier scores no row of quiz.csv (it has 3 rows): the metric is for choices"},
		{good + "extract: [{regex: '('}]", "s.yaml:4: extract: step 1: regex: the pattern"},
		{good + "answer: a", "s.yaml:5: answer needs choices"},
		{"a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e]\n", "more than 100000 values"},
	} {
		folder(t, map[string]string{"s.yaml": tt.content, "animals.jsonl": animals, "more.jsonl": animals, "quiz.csv": quiz, "twice.jsonl": `{"q":"1?","a":"x"}` + "\n" + `{"q":"2?","a":"y"}` + "\n" + `{"q":"1?","a":"x"}` + "\n"})
		s, err := Open("s.yaml")
		if err == nil {
			_, err = s.Live.Load(suites.Files{})
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) || !place.Known(err) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s\ngot  %v\nwant %s", tt.content, err, tt.want)
		}
	}
}

// A constant prompt is fine where the choices differ and something else tells the rows apart.
func TestConstantPrompt(t *testing.T) {
	for _, line := range []string{"input: q", "id: id"} {
		folder(t, map[string]string{"animals.jsonl": animals, "s.yaml": "data: animals.jsonl\nprompt: 'Text:'\nchoices: q\nmetrics: [bits_per_byte]\n" + line + "\n"})
		s, err := Open("s.yaml")
		if err != nil {
			t.Fatal(err)
		}
		set, err := s.Live.Load(suites.Files{})
		if err != nil || len(set.Examples) != 4 {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// A row's id that another file of the data has is named with this file.
func TestSameIDInShards(t *testing.T) {
	folder(t, map[string]string{"rows/a.jsonl": `{"id": 1, "q": "x"}` + "\n" + `{"id": 2, "q": "y"}`, "rows/b.jsonl": `{"id": 3, "q": "z"}` + "\n\n" + `{"id": 2, "q": "w"}`,
		"s.yaml": "data: rows\nprompt: '{{ q }}'\nreferences: q\nmetrics: [exact_match]\nid: id\n"})
	s, err := Open("s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = s.Live.Load(suites.Files{}); err == nil || !strings.Contains(err.Error(), `b.jsonl:3: id "2" is also that of rows/a.jsonl:2; ids must be unique`) {
		t.Error(err)
	}
}

// An object, or a list in a list, is no text: nobody means "{'text': ['Rome']}" as the right answer.
// Each remedy is a template that works.
func TestRefusesObjects(t *testing.T) {
	const squad = `{"id": "p", "q": "Capital of Italy?", "kind": "city", "texts": ["Rome"], "answers": {"start": [3], "text": ["Rome"]}, "many": ["Rome"], "my rows": {"label": "x"}}
{"id": "q", "q": "Capital of Spain?", "kind": {"name": "city"}, "texts": [["Madrid"], null], "answers": {"start": [4], "text": ["Madrid"]}, "many": [{"answer": "Madrid"}, {"answer": "madrid"}], "my rows": {"label": "y"}}
`
	load := func(line string) ([]suites.Example, error) {
		content := "data: squad.jsonl\nprompt: '{{ q }}'\n" + line + "\n"
		if !strings.Contains(line, "choices") {
			content += "metrics: [{metric: contains, title: X}]\n"
		}
		folder(t, map[string]string{"s.yaml": content, "squad.jsonl": squad})
		s, err := Open("s.yaml")
		if err != nil {
			t.Fatal(err)
		}
		set, err := s.Live.Load(suites.Files{})
		if err != nil {
			return nil, err
		}
		return set.Examples, nil
	}
	for _, tt := range []struct{ line, want string }{
		{"references: answers", `s.yaml:3: references: the column "answers" is an object, not text; write a template that takes one of its members, such as "{{ answers.text }}" (row squad.jsonl:1)`},
		{"reference: '{{ answers }}'", `s.yaml:3: reference: the value is an object, not text`},
		{"references: [q, answers]", `the column "answers" is an object`},
		{"references: many", `s.yaml:3: references: the column "many" is a list with an object in it, not text; write a template that takes one member of each, such as "{{ many | map(attribute='answer') | list }}" (row squad.jsonl:2)`},
		{"references: texts", `s.yaml:3: references: the column "texts" is a list with a list in it, not text; write a template that takes one text of each (row squad.jsonl:2)`},
		{"references: my rows", `such as "{{ row["my rows"].label }}" (row squad.jsonl:1)`},
		{"where: \"{{ id == 'q' }}\"\nchoices: many\nanswer: q\nmetrics: [accuracy]", `s.yaml:4: choices: the column "many" is a list with an object in it`},
		{"choices: '{{ [q, id] }}'\nanswer: answers\nmetrics: [accuracy]", `s.yaml:4: answer: the column "answers" is an object`},
		{"references: q\ninput: answers", `s.yaml:4: input: the column "answers" is an object`},
		{"references: q\nid: answers", `s.yaml:4: id: the column "answers" is an object`},
		{"references: q\ncategory: kind", `s.yaml:4: category: the column "kind" is an object, not text; write a template that takes one of its members, such as "{{ kind.name }}" (row squad.jsonl:2)`},
		{"references: q\ncluster: answers", `s.yaml:4: cluster: the column "answers" is an object`},
		{"references: q\nfields: {x: answers}", `fields: x: the column "answers" is an object`},
		{"references: q\nshots: {count: 1, like: answers}", `shots: like: the column "answers" is an object`},
		{"references: q\ninput: 'Of {{ answers }}'", `s.yaml:4: input: column 15: {{ }} would print a dict as Python writes it; take a member of it, such as x.text, or write it as JSON with | tojson (row squad.jsonl:1)`},
		{"references: q\ninput: '{{ many }}'", `s.yaml:4: input: the value is a list with an object in it, not text`},
		{"references: q\ninput: 'Of {{ [q, [many]] }}'", `s.yaml:4: input: column 20: {{ }} would print a list as`},
		{"let: {right: '{{ answers }}'}\nreferences: right", `s.yaml:4: references: the column "right" is an object`},
	} {
		if _, err := load(tt.line); err == nil || !strings.Contains(err.Error(), tt.want) || !place.Known(err) {
			t.Errorf("%s\ngot  %v\nwant %s", tt.line, err, tt.want)
		}
	}
	for _, tt := range []struct{ line, want string }{
		{`references: "{{ answers.text }}"`, `[["Rome"] ["Madrid"]]`},
		{`references: "{{ row[\"my rows\"].label }}"`, `[["x"] ["y"]]`},
		{`references: "{{ many | map(attribute='answer') | list }}"` + "\nwhere: \"{{ id == 'q' }}\"", `[["Madrid" "madrid"]]`},
	} {
		examples, err := load(tt.line)
		var got [][]string
		for _, ex := range examples {
			got = append(got, ex.References)
		}
		if fmt.Sprintf("%q", got) != tt.want || err != nil {
			t.Errorf("%s: %q, %v; want %s", tt.line, got, err, tt.want)
		}
	}
}

const quiz = "q,a,b,c,right\nx,red,blue,green,B\ny,one,two,three,C\nz,up,down,left,A\n"

// Choices are scored as listed in the row; the correct one is named by letter here, and see TestAnswers.
func TestChoices(t *testing.T) {
	folder(t, map[string]string{"quiz.csv": quiz, "s.yaml": `data: quiz.csv
prompt: "{{ q }}\nAnswer:"
choices: ["{{ a }}", "{{ b }}", "{{ c }}"]
answer: right
metrics: [accuracy, {metric: accuracy, per: byte}, brier]
shots: {count: 1}
`})
	s, err := Open("s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	set, err := s.Live.Load(suites.Files{})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Live.Scored || !s.Live.ByLetter {
		t.Errorf("live %+v", s.Live)
	}
	r := set.Ask(&set.Examples[0], "")
	if got, want := fmt.Sprintf("%q %q", r.Prompt, r.Choices), `"y\nAnswer: three\n\nx\nAnswer:" [" red" " blue" " green"]`; got != want || r.Letters == nil {
		t.Errorf("request %s, want %s", got, want)
	}
	var answers []string
	for _, ex := range set.Examples {
		answers = append(answers, ex.References...)
	}
	if want := []string{"blue", "three", "up"}; !slices.Equal(answers, want) {
		t.Errorf("correct choices %q, want %q", answers, want)
	}
	// Of "one", "two" and "three", the last is unlikeliest, but likeliest per byte: -4/5 is
	// above -3/3. Brier: sum of squared distances of softmax(-3, -3, -4) to (0, 0, 1):
	// (lambda p: p[0]**2 + p[1]**2 + (1-p[2])**2)(scipy.special.softmax([-3, -3, -4]))
	js, err := s.Judge.Judge(t.Context(), suites.Item{Example: set.Examples[1], Completion: models.Completion{Scores: []float64{-3, -3, -4}, Lengths: []int{1, 1, 2}}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"accuracy": 0, "accuracy_per_byte": 1, "brier": 1.0701190}
	for _, j := range js {
		if !approx.Equal(j.Value[0], want[j.Metric], 1e-6) {
			t.Errorf("%s is %v, want %v", j.Metric, j.Value, want[j.Metric])
		}
	}
	if len(js) != len(want) {
		t.Errorf("%d judgements, want %d", len(js), len(want))
	}
	if got, want := s.Show(&set.Examples[1], &models.Completion{Scores: []float64{-3, -2, -4}}), "-2.00  false: two\n-3.00  false: one\n-4.00  true: three\n"; got != want {
		t.Errorf("shown %q, want %q", got, want)
	}
}

// One text alone is measured by its likelihood.
func TestLikelihood(t *testing.T) {
	folder(t, map[string]string{"quiz.csv": quiz, "s.yaml": "data: quiz.csv\nprompt: '{{ q }}'\nchoices: ' {{ a }}'\nmetrics: [bits_per_byte]\n"})
	s, err := Open("s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	set, err := s.Live.Load(suites.Files{})
	if err != nil {
		t.Fatal(err)
	}
	if got := set.Ask(&set.Examples[0], "").Choices; !slices.Equal(got, []string{" red"}) || s.Live.ByLetter {
		t.Errorf("choices %q", got)
	}
	js, err := s.Judge.Judge(t.Context(), suites.Item{Example: set.Examples[0], Completion: models.Completion{Scores: []float64{-4 * math.Ln2}, Lengths: []int{1}}})
	if err != nil || len(js) != 1 || js[0].Value[0] != 4 || js[0].Value[1] != 4 {
		t.Errorf("%+v, %v", js, err)
	}
}

// Steps take what is scored; several samples are gathered.
func TestExtract(t *testing.T) {
	folder(t, map[string]string{"quiz.csv": "q,n\na,4\nb,5\n", "s.yaml": `data: quiz.csv
prompt: "{{ q }}"
references: n
extract: [{thought: ["<think>", "</think>"]}, {number: true}]
metrics: [{metric: exact_match, majority: true, pass_at: [2]}, {metric: contains, extract: [{line: true}]}]
samples: 3
`})
	s, err := Open("s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	set, err := s.Live.Load(suites.Files{})
	if err != nil || s.Live.Samples != 3 {
		t.Fatalf("%d samples, %v", s.Live.Samples, err)
	}
	var all []metrics.Judgement
	for i, text := range []string{"<think>9</think>It is 4", "4\n5", "no"} {
		js, err := s.Judge.Judge(t.Context(), suites.Item{Example: set.Examples[0], Completion: models.Completion{Sample: i, Text: text}})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, js...)
	}
	var got []string
	for _, j := range append(all, s.Gather(all)...) {
		got = append(got, fmt.Sprintf("%s %v", j.Metric, j.Value))
	}
	// pass@2 of 3 samples with one right: 1 - C(2,2)/C(3,2) = 2/3. "4" and "5" have a vote each; the first wins.
	want := []string{"exact_match [1]", "contains [1]", "exact_match [0]", "contains [1]", "exact_match [0]", "contains [0]", "exact_match_pass_at_2 [0.6666666666666667]", "exact_match_majority [1]"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestNewChecksClean(t *testing.T) {
	folder(t, nil)
	files, err := New("own.yaml")
	if want := []string{"own.csv", "own.yaml"}; err != nil || !slices.Equal(files, want) {
		t.Fatalf("wrote %q, %v", files, err)
	}
	var out strings.Builder
	if err := Check("own.yaml", CheckOptions{Shown: 2}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"suite own: 5 examples; metrics exact_match, contains", "example 2 of 5", "| Question: Which city is our head office in?", "reference | Lyon", "characters, median"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "example 3 of 5") {
		t.Errorf("three examples:\n%s", out.String())
	}
	for path, want := range map[string]string{"own.yaml": "own.yaml is there already", "a.csv": "name it a.yaml"} {
		if _, err := New(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
}

// A plan's data takes the place of the file's, and the folder of data sets is searched too.
func TestLocate(t *testing.T) {
	const content = "data: set/animals.jsonl\nprompt: '{{ q }}'\nreferences: a\nmetrics: [exact_match]\nshots: {count: 1, file: set/animals.jsonl}\n"
	folder(t, map[string]string{"own/s.yaml": content, "data/set/animals.jsonl": animals, "other.jsonl": strings.ReplaceAll(animals, "Legs", "Eyes")})
	s, err := Open("own/s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Live.Load(suites.Files{}); err == nil || !strings.Contains(err.Error(), "assay looked for own/set/animals.jsonl") {
		t.Errorf("without the folder of data sets: %v", err)
	}
	set, err := s.Live.Load(suites.Files{Folder: "data"})
	if err != nil || set.Examples[0].Input != "Legs of a cat?" {
		t.Fatalf("%v", err)
	}
	set, err = s.Live.Load(suites.Files{Data: "other.jsonl", Folder: "data"})
	if err != nil || set.Examples[0].Input != "Eyes of a cat?" || !strings.HasPrefix(set.Ask(&set.Examples[0], "").Prompt, "Legs of a cat? 4") {
		t.Errorf("the plan's data: %v", err)
	}
}

func TestReference(t *testing.T) {
	folder(t, map[string]string{"d/s.yaml": "name: own\ndata: a.csv\nprompt: '{{ q }}'\nmetrics: [f1]\n"})
	for reference, want := range map[string]bool{"s.yaml": true, "drop": false, "s.json": false, "lm-eval:x": false} {
		all, ok, err := Reference(reference, "d")
		if ok != want || err != nil || ok && all[0].Name != "own" {
			t.Errorf("%s: %v, %v, %v", reference, all, ok, err)
		}
	}
	if _, ok, err := Reference("none.yml", "d"); !ok || err == nil || !strings.Contains(err.Error(), "none.yml") {
		t.Errorf("a lost file: %v", err)
	}
}

func FuzzCompile(f *testing.F) {
	folder(f, map[string]string{"animals.jsonl": animals})
	f.Add("data: animals.jsonl\nprompt: '{{ q }}'\nreferences: a\nmetrics: [exact_match]\n")
	f.Add("data: {file: animals.jsonl, format: csv, columns: [a]}\nid: id\nconditions: [{name: a, prompt: '{{ q }}', shots: 1}]\nshots: {count: 1, draw: each, text: x}\nmetrics: [{metric: f1, normalise: [case]}]\n")
	f.Fuzz(func(t *testing.T, content string) {
		if err := os.WriteFile("s.yaml", []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := Open("s.yaml")
		if err == nil {
			var set *suites.Set
			if set, err = s.Live.Load(suites.Files{Data: "animals.jsonl"}); err == nil {
				for i := range set.Examples {
					set.Ask(&set.Examples[i], "")
				}
			}
		}
		if err != nil && (!place.Known(err) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("error %q", err)
		}
	})
}
