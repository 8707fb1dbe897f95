package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/models"
	"assay/reports"
	"assay/reports/text"
	"assay/suites"
)

// answered is a question of a run in memory, with the model's answer and its scores.
type answered struct {
	id, question string
	references   []string
	category     string
	fields       map[string]string
	answer       string
	scores       map[string]float64 // by metric
}

// recorded is a run with one model and one suite of shares.
func recorded(t testing.TB, path, model, suite, condition string, all []answered) pipeline.Side {
	t.Helper()
	store := &runstore.Memory{}
	var examples []suites.Example
	var completions []models.Completion
	var judgements []metrics.Judgement
	d := suites.Definition{Name: suite, Title: suite, Plot: suites.Plot{Metric: "right"}}
	for _, a := range all {
		id := a.id
		if id == "" {
			id = suites.ExampleID(suite, a.question)
		}
		examples = append(examples, suites.Example{ID: id, Suite: suite, Input: a.question, References: a.references, Category: a.category, Fields: a.fields})
		completions = append(completions, models.Completion{ID: "c" + id, Suite: suite, Example: id, Condition: condition, Model: model, Text: a.answer})
		for _, name := range []string{"right", "acc", "length"} {
			value, ok := a.scores[name]
			if !ok {
				continue
			}
			judgements = append(judgements, metrics.Judgement{Suite: suite, Example: id, Condition: condition, Model: model, Metric: name, Judge: "judge of " + path, Value: []float64{value}})
			have := false
			for _, m := range d.Metrics {
				have = have || m.Name == name
			}
			if kind := metrics.Proportion; !have {
				one := metrics.Metric{Name: name, Title: name, Kind: kind, Hi: 1}
				if name == "length" {
					one.Kind, one.Hi = metrics.Mean, 100
				}
				s := suites.Suite{Name: suite, Metrics: []metrics.Metric{one}}
				d.Metrics = append(d.Metrics, s.Definition().Metrics...)
			}
		}
	}
	for _, err := range []error{runstore.Examples().WriteAll(store, examples), runstore.Completions().WriteAll(store, completions), runstore.Judgements().WriteAll(store, judgements)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	m := &harness.Manifest{Schema: harness.ManifestSchema, Seed: 3, Models: []models.Info{{Name: model}}, Suites: []suites.Definition{d},
		Counts: []harness.Count{{Suite: suite, Examples: len(all), Attempted: len(judgements), Scored: len(judgements)}}}
	return pipeline.Side{Source: pipeline.Source{Store: store, Path: path, Manifest: m}, Model: model}
}

// quizOf returns n questions, right where pattern has a 1.
func quizOf(pattern string, change func(i int, a *answered)) (all []answered) {
	for i, c := range pattern {
		a := answered{question: fmt.Sprintf("What is %d?", i), references: []string{fmt.Sprintf("It is %d.", i)}, category: fmt.Sprintf("c%d", i%2),
			answer: fmt.Sprintf("answer %d", i), scores: map[string]float64{"right": float64(c - '0')}}
		if change != nil {
			change(i, &a)
		}
		all = append(all, a)
	}
	return all
}

func joinedOutcome(t testing.TB, a, b pipeline.Side, how pipeline.Joining) (*pipeline.Outcome, *pipeline.Judged) {
	t.Helper()
	runs, baseline, model, err := pipeline.OpenSides(a, b, nil, how)
	if err != nil {
		t.Fatal(err)
	}
	j, err := runs.Collect()
	if err != nil {
		t.Fatal(err)
	}
	return j.Answer(pipeline.Question{Baseline: baseline, Model: model, Adjustment: infer.Holm, Options: pipeline.Options{Resamples: 200}}), j
}

// TestJoinByContent: another harness has its own suite name, ids, condition, white space and
// fewer references; the comparison is the one that equal names would give.
func TestJoinByContent(t *testing.T) {
	first, second := "1101001110", "1001011100"
	a := recorded(t, "ours", "one", "quiz", "plain", quizOf(first, nil))
	foreign := func(i int, a *answered) {
		a.id = fmt.Sprintf("doc-%d", i)
		a.scores = map[string]float64{"acc": a.scores["right"]}
		switch i % 3 {
		case 0:
			a.question = " What  is\n" + fmt.Sprint(i) + "?"
		case 1:
			a.references = nil
		case 2:
			a.references = []string{"something else", fmt.Sprintf("It is %d", i)}
		}
	}
	all := quizOf(second, foreign)
	all = append(all[:9], answered{id: "extra", question: "Only here?", scores: map[string]float64{"acc": 1}}) // question 9 is missing
	b := recorded(t, "theirs", "two", "arc", "0-shot", all)
	out, _ := joinedOutcome(t, a, b, pipeline.Joining{Suites: []string{"quiz=arc", "quiz/right=arc/acc"}})
	if len(out.Comparisons) != 1 {
		t.Fatalf("%d comparisons", len(out.Comparisons))
	}
	same, _ := joinedOutcome(t, recorded(t, "ours", "one", "quiz", "plain", quizOf(first[:9], nil)), recorded(t, "theirs", "two", "quiz", "plain", quizOf(second[:9], nil)), pipeline.Joining{})
	got, want := out.Comparisons[0], same.Comparisons[0]
	if got.N != 9 || got.Unpaired != [2]int{1, 1} || got.Condition != "plain" {
		t.Errorf("n %d, unpaired %v, condition %q", got.N, got.Unpaired, got.Condition)
	}
	if diff := cmp.Diff(*want.Interval, *got.Interval); diff != "" || got.P != want.P {
		t.Errorf("p %v and %v, interval (-want +got):\n%s", want.P, got.P, diff)
	}
	if len(out.Joined) != 1 || out.Joined[0].Both != 9 || out.Joined[0].First != 10 || out.Joined[0].Second != 10 || out.Joined[0].By != "content" {
		t.Fatalf("joined %+v", out.Joined)
	}
	notes := strings.Join(out.Joined[0].Notes, "\n")
	for _, want := range []string{`1 example of the run "ours" without a partner, such as "What is 9?"`, `1 example of the run "theirs" without a partner, such as "Only here?"`} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes lack %s:\n%s", want, notes)
		}
	}
	what := map[string][2]string{}
	for _, d := range out.Differences {
		what[d.What] = [2]string{d.First, d.Second}
	}
	for name, want := range map[string][2]string{
		"condition":                {"plain", "0-shot"},
		"prompts of 3 examples":    {"such as: What is 0?", "What is 0?"},
		"references of 6 examples": {"such as 1 reference", "2 references"},
		"judge":                    {"judge of ours", "judge of theirs"},
	} {
		if what[name] != want {
			t.Errorf("difference %q: %q, want %q (all: %v)", name, what[name], want, what)
		}
	}
	if warned := strings.Join(got.Warnings, "\n"); !strings.Contains(warned, "the two runs differ in") || !strings.Contains(warned, "judged by judge of ours") {
		t.Errorf("warnings: %s", warned)
	}
}

// TestSharedIDsStay: runs that share an id are paired by ids alone, whatever their contents.
func TestSharedIDsStay(t *testing.T) {
	a := recorded(t, "a", "one", "quiz", "", quizOf("1100", nil))
	b := recorded(t, "b", "two", "quiz", "", quizOf("0101", func(i int, a *answered) {
		if i == 3 {
			a.id, a.question = "another", "What  is 3?"
		}
	}))
	out, _ := joinedOutcome(t, a, b, pipeline.Joining{})
	if out.Comparisons[0].N != 3 || out.Joined != nil {
		t.Errorf("n %d, joined %+v", out.Comparisons[0].N, out.Joined)
	}
	out, _ = joinedOutcome(t, a, b, pipeline.Joining{By: "content"})
	if out.Comparisons[0].N != 4 || len(out.Joined) != 1 {
		t.Errorf("by content: n %d, joined %+v", out.Comparisons[0].N, out.Joined)
	}
}

// TestJoinByContentSeparatesIDs: an id that both runs have for different questions is not a
// pair when content joins.
func TestJoinByContentSeparatesIDs(t *testing.T) {
	number := func(shift int) func(int, *answered) {
		return func(i int, a *answered) { a.id = fmt.Sprint(i + shift) }
	}
	a := recorded(t, "a", "one", "quiz", "", quizOf("11001", number(0)))
	b := recorded(t, "b", "two", "quiz", "", quizOf("11001", number(1)))
	out, _ := joinedOutcome(t, a, b, pipeline.Joining{By: "content"})
	if c := out.Comparisons[0]; c.N != 5 || c.First != c.Second || c.Unpaired != [2]int{} {
		t.Errorf("n %d, %v and %v, unpaired %v", c.N, c.First, c.Second, c.Unpaired)
	}
	c := recorded(t, "c", "two", "quiz", "", quizOf("11001", number(1))[2:])
	out, _ = joinedOutcome(t, a, c, pipeline.Joining{By: "content"})
	if c := out.Comparisons[0]; c.N != 3 || c.Unpaired != [2]int{2, 0} {
		t.Errorf("n %d, unpaired %v", c.N, c.Unpaired)
	}
}

func TestJoinByField(t *testing.T) {
	field := func(name string) func(int, *answered) {
		return func(i int, a *answered) {
			a.fields = map[string]string{name: fmt.Sprintf("T-%d", i)}
			if name == "ticket" {
				a.question = "Answer: " + a.question
			}
		}
	}
	a := recorded(t, "a", "one", "quiz", "", quizOf("110010", field("id")))
	b := recorded(t, "b", "two", "quiz", "", quizOf("011010", field("ticket")))
	out, _ := joinedOutcome(t, a, b, pipeline.Joining{By: "id=ticket"})
	if c := out.Comparisons[0]; c.N != 6 || c.Point != 0 || c.First != .5 {
		t.Errorf("n %d, %v, %v", c.N, c.Point, c.First)
	}
	texts := recorded(t, "c", "two", "quiz", "", quizOf("011010", func(i int, a *answered) { a.question = fmt.Sprintf("T-%d", i) }))
	if out, _ = joinedOutcome(t, a, texts, pipeline.Joining{By: "id=input"}); out.Comparisons[0].N != 6 {
		t.Errorf("by the text: n %d", out.Comparisons[0].N)
	}
}

func TestJoinRefuses(t *testing.T) {
	a := recorded(t, "a", "one", "quiz", "", quizOf("1100", nil))
	twice := recorded(t, "twice", "two", "quiz", "", quizOf("1100", func(i int, a *answered) {
		a.id = fmt.Sprintf("d%d", i)
		if i == 2 {
			a.question, a.references = "What is 1?", []string{"It is 1."}
		}
	}))
	other := recorded(t, "other", "two", "arc", "", quizOf("1100", func(i int, a *answered) { a.fields = map[string]string{"doc": fmt.Sprint(i)} }))
	polite := recorded(t, "polite", "two", "quiz", "tone=polite", quizOf("0111", nil))
	if out, _ := joinedOutcome(t, a, polite, pipeline.Joining{Conditions: []string{"=tone=polite"}}); len(out.Comparisons) != 1 || out.Comparisons[0].N != 4 {
		t.Errorf("paired by name: %+v", out.Comparisons)
	}
	for _, tt := range []struct {
		b    pipeline.Side
		how  pipeline.Joining
		want string
	}{
		{twice, pipeline.Joining{}, `quiz can't be joined: 3 examples with a content that several examples of a run have, such as "What is 1?" (ids d1, d2)`},
		{other, pipeline.Joining{Suites: []string{"quiz"}}, "--map quiz: write FIRST=SECOND"},
		{other, pipeline.Joining{Suites: []string{"quiz=race"}}, `"a" has quiz, "other" has arc`},
		{other, pipeline.Joining{Suites: []string{"quiz=arc"}, By: "ticket=doc"}, "no example of quiz and arc in a has a field ticket; use one of category, input"},
		{other, pipeline.Joining{Suites: []string{"quiz=arc"}, By: "category=ticket"}, "no example of quiz and arc in other has a field ticket; use one of category, doc, input"},
		{other, pipeline.Joining{Conditions: []string{"plain"}}, "--map-condition plain: write FIRST=SECOND"},
		{other, pipeline.Joining{Conditions: []string{"a=b"}}, `--map-condition a=b: write a condition of the first run, "=" and one of the second; "a" has "" (no condition), "other" has "" (no condition)`},
		{polite, pipeline.Joining{Conditions: []string{"=plain"}}, `"a" has "" (no condition), "polite" has tone=polite`},
		{polite, pipeline.Joining{Conditions: []string{"tone=polite="}}, `--map-condition tone=polite=: write a condition of the first run`}, // the wrong way round
	} {
		if _, _, _, err := pipeline.OpenSides(a, tt.b, nil, tt.how); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", tt.how, err, tt.want)
		}
	}
	out, _ := joinedOutcome(t, a, other, pipeline.Joining{})
	if notes := fmt.Sprint(reports.JoinedTable(out.Joined).Notes); len(out.Joined) != 2 || !strings.Contains(notes, "--map quiz=arc") {
		t.Errorf("suites of other names: %+v, notes %s", out.Joined, notes)
	}
}

// Each name is paired once: a second pair would put two names under one, or drop the first pair. A name
// that the second run has itself can't be given to another of its names, but two can swap theirs.
func TestPairsAreDistinct(t *testing.T) {
	scored := func(i int, a *answered) {
		a.scores["acc"], a.scores["length"] = float64(i%2), float64(10*i)
	}
	first := severalOf(t, "a", []string{"quiz", "arc", "race"}, []string{"", "c0", "c1"}, scored)
	second := severalOf(t, "b", []string{"quiz", "scores", "race"}, []string{"", "d0", "c1", "d2"}, scored)
	maps := func(pairs ...string) pipeline.Joining { return pipeline.Joining{Suites: pairs} }
	conditions := func(pairs ...string) pipeline.Joining { return pipeline.Joining{Conditions: pairs} }
	for _, tt := range []struct {
		how  pipeline.Joining
		want string // of the error; "" for none
	}{
		{maps("arc=scores"), ""},
		{maps("arc=scores", "arc/right=scores/acc"), `--map arc/right=scores/acc: "b" has its own metric "right" in suite scores`},
		{maps("arc=scores", "arc/right=scores/acc", "arc/acc=scores/right"), ""}, // swapped
		{maps("arc=scores", "arc/right=scores/acc", "arc/right=scores/right"), `--map arc/right=scores/right: --map arc/right=scores/acc already pairs "arc/right" of the first run`},
		{maps("arc=scores", "arc/right=scores/right", "arc/acc=scores/right"), `--map arc/acc=scores/right: --map arc/right=scores/right already pairs "scores/right" of the second run`},
		{maps("quiz/acc=quiz/acc", "race/acc=race/acc"), ""}, // of other suites
		{maps("arc=scores", "quiz=quiz", "arc=race"), `--map arc=race: --map arc=scores already pairs "arc" of the first run`},
		{maps("quiz=quiz", "arc=scores", "race=scores"), `--map race=scores: --map arc=scores already pairs "scores" of the second run`},
		{maps("quiz=scores"), `--map quiz=scores: "b" has its own suite "quiz"`},
		{maps("race=scores"), `--map race=scores: "b" has its own suite "race"`},
		{maps("race=quiz", "quiz=race"), ""},
		{conditions("c0=d0", "=d2"), `--map-condition =d2: "b" has its own condition "" in suite quiz`},
		{conditions("c0=d0", "c0=d2"), `--map-condition c0=d2: --map-condition c0=d0 already pairs "c0" of the first run`},
		{conditions("c1=c1", "c0=d0", "=d0"), `--map-condition =d0: --map-condition c0=d0 already pairs "d0" of the second run`},
		{conditions("c1=d0"), `--map-condition c1=d0: "b" has its own condition "c1" in suite quiz`},
		{conditions("c1=d2", "c0=c1"), ""},
	} {
		if _, _, _, err := pipeline.OpenSides(first, second, nil, tt.how); tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%+v: %v, want %q", tt.how, err, tt.want)
		}
	}
}

// severalOf is a run of several suites, each under several conditions.
func severalOf(t *testing.T, path string, names, conditions []string, change func(i int, a *answered)) pipeline.Side {
	t.Helper()
	side := recorded(t, path, path, names[0], conditions[0], quizOf("1101", change))
	for _, suite := range names {
		for _, condition := range conditions {
			part := recorded(t, path, path, suite, condition, quizOf("1101", change))
			if suite == names[0] && condition == conditions[0] {
				continue
			}
			if condition == conditions[0] {
				appendRecords(t, runstore.Examples(), part, side)
				side.Source.Manifest.Suites = append(side.Source.Manifest.Suites, part.Source.Manifest.Suites...)
				side.Source.Manifest.Counts = append(side.Source.Manifest.Counts, part.Source.Manifest.Counts...)
			}
			appendRecords(t, runstore.Completions(), part, side)
			appendRecords(t, runstore.Judgements(), part, side)
		}
	}
	return side
}

func appendRecords[T any](t *testing.T, kind runstore.Kind[T], from, to pipeline.Side) {
	t.Helper()
	var all []T
	for _, side := range []pipeline.Side{to, from} {
		for one, err := range kind.Read(side.Source.Store) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, *one)
		}
	}
	if err := kind.WriteAll(to.Source.Store, all); err != nil {
		t.Fatal(err)
	}
}

// TestJoinOtherReferences: one question with two sets of references is two examples, and
// references that contradict are not joined unless asked.
func TestJoinOtherReferences(t *testing.T) {
	a := recorded(t, "a", "one", "quiz", "", quizOf("1100", func(i int, a *answered) {
		if i < 2 { // one question about two passages
			a.id, a.question = fmt.Sprintf("p%d", i), "Who?"
		}
	}))
	b := recorded(t, "b", "two", "quiz", "", quizOf("1001", func(i int, a *answered) {
		a.id = fmt.Sprintf("d%d", i)
		if i < 2 {
			a.question = "Who?"
		}
		if i == 3 {
			a.references = []string{"It is 4."}
		}
	}))
	out, _ := joinedOutcome(t, a, b, pipeline.Joining{})
	if c := out.Comparisons[0]; c.N != 3 || c.First != 2./3 || c.Second != 1./3 {
		t.Errorf("n %d, %v and %v", c.N, c.First, c.Second)
	}
	if notes := fmt.Sprint(out.Joined[0].Notes); !strings.Contains(notes, "1 example of b with a question of the other run but none of its references") {
		t.Errorf("notes %s", notes)
	}
	if _, _, _, err := pipeline.OpenSides(a, b, nil, pipeline.Joining{By: "question"}); err == nil || !strings.Contains(err.Error(), `"Who?" (ids p0, p1)`) {
		t.Errorf("by question: %v", err)
	}
}

// What turned has the id that the data give it, in every form; the example's own where they give none.
func TestFlipsOwnID(t *testing.T) {
	named := func(i int, a *answered) {
		if i != 4 {
			a.fields = map[string]string{"id": fmt.Sprint("T-", i)}
		}
	}
	a := recorded(t, "a", "one", "quiz", "plain", quizOf("110100", named))
	b := recorded(t, "b", "two", "quiz", "plain", quizOf("100110", named))
	_, judged := joinedOutcome(t, a, b, pipeline.Joining{})
	flips, err := judged.Flips("one", "two", pipeline.FlipOptions{Most: 5})
	if err != nil {
		t.Fatal(err)
	}
	var subject reports.Subject
	for i, f := range flips {
		if len(f.Items) == 0 {
			continue
		}
		if len(f.Items) != 2 || f.Items[0].OwnID != "T-1" || f.Items[1].OwnID != "" {
			t.Fatalf("items %+v", f.Items)
		}
		table, long := reports.FlipsTable(&subject, f, "one", "two"), reports.FlipsLong(flips[i:i+1], "one", "two")
		if table.Columns[1].Name != "id" || table.Rows[0][1].Text != "T-1" || table.Rows[1][1].Text != "" || len(table.Rows[0]) != len(table.Columns) {
			t.Errorf("table %+v", table)
		}
		if long.Columns[6].Name != "id" || long.Rows[0][6].Text != "T-1" || long.Rows[0][5].Text != f.Items[0].Example || len(long.Rows[0]) != len(long.Columns) {
			t.Errorf("long table %+v", long)
		}
		var b strings.Builder
		if err := text.Flips(&b, &subject, f, "one", "two", false); err != nil {
			t.Fatal(err)
		}
		if out := b.String(); !strings.Contains(out, "  T-1\n") || strings.Contains(out, f.Items[0].Example) || !strings.Contains(out, f.Items[1].Example) {
			t.Errorf("text %s", out)
		}
	}
}

// TestSettingsDiffer: what an importer says of its requests is beside what the other says.
func TestSettingsDiffer(t *testing.T) {
	a := recorded(t, "a", "one", "quiz", "", quizOf("1100", nil))
	b := recorded(t, "b", "two", "arc", "", quizOf("0100", func(i int, a *answered) { a.id = fmt.Sprint(i) }))
	a.Source.Manifest.Settings = []harness.Setting{{Name: "shots", Value: "5"}, {Suite: "quiz", Name: "temperature", Value: "0"}, {Model: "nobody", Name: "top_p", Value: "0.5"}}
	b.Source.Manifest.Settings = []harness.Setting{{Suite: "arc", Name: "shots", Value: "25"}, {Name: "temperature", Value: "0"}, {Suite: "other", Name: "template", Value: "x"}}
	out, _ := joinedOutcome(t, a, b, pipeline.Joining{Suites: []string{"quiz=arc"}})
	var got []string
	for _, d := range out.Differences {
		if d.Metric == "" {
			got = append(got, d.What+": "+d.First+", "+d.Second)
		}
	}
	if diff := cmp.Diff([]string{"shots: 5, 25"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFlips(t *testing.T) {
	first, second := "1101001110", "1001011100"
	length := func(scale float64) func(int, *answered) {
		return func(i int, a *answered) { a.scores["length"] = float64(10 + int(scale*float64(i))%7) }
	}
	a := recorded(t, "a", "one", "quiz", "plain", quizOf(first, length(1)))
	b := recorded(t, "b", "two", "quiz", "plain", quizOf(second, length(3)))
	out, judged := joinedOutcome(t, a, b, pipeline.Joining{})
	flips, err := judged.Flips("one", "two", pipeline.FlipOptions{Most: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(flips) != 2 {
		t.Fatalf("%d comparisons", len(flips))
	}
	right, graded := flips[0], flips[1]
	if c := right.FlipCount; c.N != 10 || c.Lost != 2 || c.Gained != 1 || c.Kept != 4 || c.Failed != 3 {
		t.Errorf("counts %+v", c)
	}
	if d := out.Comparisons[0].Point * 10; fmt.Sprintf("%.6f", d) != fmt.Sprintf("%.6f", float64(right.Gained-right.Lost)) {
		t.Errorf("difference of %v and counts %+v", d, right.FlipCount)
	}
	if len(right.Items) != 2 || right.Left != 1 || right.Items[0].Gained || !right.Items[1].Gained {
		t.Fatalf("items %+v, left %d", right.Items, right.Left)
	}
	lost := right.Items[0] // question 1, not 8: its category comes first by name only for c0
	if lost.Input != "What is 8?" || lost.Category != "c0" || lost.Outputs[0].Text != "answer 8" || lost.Outputs[1].Model != "two" || lost.First != 1 || lost.Second != 0 {
		t.Errorf("lost %+v", lost)
	}
	byCategory := map[string][2]int{}
	for _, c := range right.Categories {
		byCategory[c.Category] = [2]int{c.Lost, c.Gained}
	}
	if diff := cmp.Diff(map[string][2]int{"c0": {1, 0}, "c1": {1, 1}}, byCategory); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
	if !graded.Graded || graded.Items != nil || graded.Lost+graded.Gained+graded.Kept != 10 || graded.Lost == 0 || graded.Gained == 0 {
		t.Errorf("graded %+v", graded)
	}
	flips, err = judged.Flips("one", "two", pipeline.FlipOptions{Most: 2, Listed: func(_, metric string) bool { return metric == "length" }})
	if err != nil {
		t.Fatal(err)
	}
	for k, item := range flips[1].Items[1:] {
		before := flips[1].Items[k]
		if before.Gained == item.Gained && abs(before.Second-before.First) < abs(item.Second-item.First) {
			t.Errorf("the larger change comes first: %v, %v", before, item)
		}
	}
	if flips[0].Items != nil || len(flips[1].Items) != 4 {
		t.Errorf("listed %d and %d", len(flips[0].Items), len(flips[1].Items))
	}
}

func abs(x float64) float64 { return max(x, -x) }
