package interop_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/interop"
	"assay/metrics"
	"assay/metrics/names"
	"assay/suites"
)

// labeled imports tables of these contents, by name.
func labeled(t *testing.T, opt interop.Options, files map[string]string) (*recorder, error) {
	t.Helper()
	r := new(recorder)
	return r, interop.Labels().Import(context.Background(), []string{folder(t, files)}, opt, r)
}

const (
	labelHeader = "prompt,model,output,labeler,group,closed_domain,likert,hallucination,rank\n"
	labelLines  = `{"prompt":"Sum up.","model":"sft","labeler":"cy","skipped":"unclear"}
{"prompt":"Sum up.","model":"ppo","labeler":"cy","baseline":"sft","preference":"model","strength":2,"notes":"shorter","seconds":4.5}

{"example":"check","model":"ppo","labeler":"cy","likert":1,"item":"gold"}
`
	labelTable = labelHeader +
		"Sum up.,sft,\"One,\ntwo\",ann,training,yes,4,TRUE,2\n" +
		"Sum up.,ppo,Three,ann,training,,6,FALSE,1\n" +
		"Say hi.,sft,Hi,bob,held-out,no,5,no,1\n" +
		"Say hi.,ppo,Hello,bob,held-out,no,5,,1\n"
)

// said are judgements, by what they are of.
func said(js []metrics.Judgement) map[string]string {
	out := map[string]string{}
	for _, j := range js {
		value := j.Missing
		if j.Scored() {
			value = fmt.Sprint(j.Value[0])
		}
		who := j.Labeler
		if j.Judge != "people" {
			who += " of " + strings.TrimPrefix(j.Judge, "people: ")
		}
		of := j.Model
		if j.Baseline != "" {
			of += " over " + j.Baseline
		}
		out[who+": "+of+" "+j.Metric] = value
	}
	return out
}

func TestLabels(t *testing.T) {
	r, err := labeled(t, interop.Options{}, map[string]string{"1.csv": labelTable, "2.jsonl": labelLines, "3.txt": "no table"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"ann of training: sft likert": "4", "ann of training: sft hallucination": "1", "ann of training: ppo likert": "6", "ann of training: ppo hallucination": "0",
		"ann of training: ppo over sft win_rate": "1", "ann of training: sft over ppo win_rate": "0",
		"bob of held-out: sft likert": "5", "bob of held-out: ppo likert": "5",
		"bob of held-out: ppo over sft win_rate": "0.5", "bob of held-out: sft over ppo win_rate": "0.5",
		"cy: ppo over sft win_rate": "1", "cy: ppo over sft preference_strength": "2",
		"cy: sft likert": "skipped: unclear", "cy: sft hallucination": "skipped: unclear",
	}
	if got := said(r.judgements); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	sum := suites.Example{ID: suites.ExampleID("labels", "Sum up."), Suite: "labels", Input: "Sum up.", Fields: map[string]string{"closed domain": "yes"}}
	if len(r.examples) != 2 || !cmp.Equal(r.examples[0], sum) {
		t.Errorf("examples %+v", r.examples)
	}
	if len(r.completions) != 4 || r.completions[0].Text != "One,\ntwo" || len(r.labels) != 7 || len(r.sources) != 2 {
		t.Errorf("%d outputs, %d rows, %d sources", len(r.completions), len(r.labels), len(r.sources))
	}
	if len(r.defined) != 1 || r.defined[0].Name != names.Labels {
		t.Errorf("defined %+v", r.defined)
	}
	notices := strings.Join(r.notices, "\n")
	for _, want := range []string{
		"3.txt: skipped, because it is no .csv, .tsv or .jsonl file",
		"hallucination is left out in 1 row, where closed_domain is false",
		"are no part of estimates: 1 gold",
	} {
		if !strings.Contains(notices, want) {
			t.Errorf("no notice %q in %s", want, notices)
		}
	}
}

// With a baseline, ranks are compared with it, and a pair in which it is the model is turned.
func TestLabelsBaseline(t *testing.T) {
	_, err := labeled(t, interop.Options{Baseline: "ppo"}, map[string]string{"1.csv": labelTable, "2.jsonl": strings.Replace(labelLines, "preference\":\"model", "preference\":\"tie", 1)})
	if err == nil || !strings.Contains(err.Error(), "a tie has no strength") {
		t.Errorf("error %v", err)
	}
	r, err := labeled(t, interop.Options{Baseline: "ppo"}, map[string]string{"1.csv": labelTable + "Alone.,sft,Yes,ann,training,,,,3\n", "2.jsonl": labelLines})
	if err != nil {
		t.Fatal(err)
	}
	got := said(r.judgements)
	for key, want := range map[string]string{
		"ann of training: sft over ppo win_rate": "0", "ann of training: ppo over sft win_rate": "",
		"bob of held-out: sft over ppo win_rate": "0.5",
		"cy: sft over ppo win_rate":              "0", "cy: sft over ppo preference_strength": "-2", "cy: ppo over sft win_rate": "",
	} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
	if notices := strings.Join(r.notices, "\n"); !strings.Contains(notices, "no win rate from 1 ranking: each needs outputs of a model and ppo with the same sample") {
		t.Errorf("notices %s", notices)
	}
}

func TestLabelErrors(t *testing.T) {
	for rows, want := range map[string]string{
		"p,a,x,ann,,,4,,\np,a,x,ann,,,4,,\n":    `labels.csv:3: duplicate: a row of labeler "ann", model "a", prompt "p" came before, in line 2; keep one of the rows`,
		"p,a,x,ann,,,4,,\np,a,x,ann,,,5,,\n":    `labels.csv:3: conflict: a row of labeler "ann", model "a"`,
		"p,a,x,ann,,,4,,\np,a,y,bob,,,5,,\n":    `labels.csv:3: conflict: "a" has another output for example`,
		"p,a,x,ann,,,4,,\np,b,y,ann,g,,5,,\n":   `labels.csv:3: labeler "ann" is in the group "g" here, and in "" in line 2; make the rows agree`,
		"p,a,x,ann,,yes,4,,\np,b,y,ann,,no,5,,": `labels.csv:3: example "` + suites.ExampleID("labels", "p") + `" has another closed_domain than in its first row, line 2; make`,
		"p,a,x,ann,,,4,,\np,b,y,ann,,no,5,,":    `labels.csv:3: example "` + suites.ExampleID("labels", "p") + `" has a closed_domain here, but none in its first row, line 2; write`,
		"p,a,x,ann,,,4,,\np,b,y,ann,,,9,,\n":    "labels.csv:3: likert is 9; write a whole number from 1 to 7",
		"p,a,x,ann,,,4,,\np,b,y,ann,,,5\n":      "labels.csv:3: malformed row: 7 fields where the header has 9",
	} {
		wantError(t, interop.Labels(), folder(t, map[string]string{"labels.csv": labelHeader + rows}), want)
	}
	wantError(t, interop.Labels(), folder(t, map[string]string{"labels.csv": "model,labeler,likert,prompt,halucination\na,b,1,p,1\n"}), `labels.csv:1: unknown column "halucination"; did you mean hallucination?`)
	wantError(t, interop.Labels(), folder(t, map[string]string{"labels.csv": "model,likert\na,1\n"}), `labels.csv:1: no column "labeler"`)
	// ranks and a preference that say the same, and that say the opposite
	pair := "{\"prompt\":\"p\",\"model\":\"a\",\"labeler\":\"l\",\"rank\":1}\n{\"prompt\":\"p\",\"model\":\"b\",\"labeler\":\"l\",\"rank\":2}\n{\"prompt\":\"p\",\"model\":\"a\",\"labeler\":\"l\",\"baseline\":\"b\",\"preference\":\"%\"}\n"
	for preference, kind := range map[string]string{"model": "duplicate", "baseline": "conflict"} {
		dir := folder(t, map[string]string{"labels.jsonl": strings.Replace(pair, "%", preference, 1)})
		wantError(t, interop.Labels(), dir, "labels.jsonl:1: "+kind+`: a win_rate of labeler "l", model "a"`)
	}
}

func TestLabelsKeepGoing(t *testing.T) {
	r, err := labeled(t, interop.Options{KeepGoing: true}, map[string]string{"a.csv": labelHeader + "p,a,x,ann,,,9,,\np,a,x,ann,,,4,,1\np,b,x,ann,,,4,,1\n", "b.csv": "model,likert\n"})
	if err != nil || len(r.labels) != 2 || said(r.judgements)["ann: a over b win_rate"] != "0.5" || r.sources[0].Skipped != 1 {
		t.Errorf("error %v, %d rows, %v", err, len(r.labels), said(r.judgements))
	}
	if _, err := labeled(t, interop.Options{Judge: "j"}, map[string]string{"a.csv": labelTable}); err == nil || !strings.Contains(err.Error(), "--judge is not for labels") {
		t.Errorf("error %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := interop.Labels().Import(context.Background(), []string{dir}, interop.Options{}, new(recorder)); err == nil || !strings.Contains(err.Error(), "no .csv, .tsv or .jsonl file found; name a file with a table of labels") {
		t.Errorf("error %v", err)
	}
}

// Every judgement of a row records with what probability its prompt was drawn: grades, flags, both
// sides of a ranking, preferences, and what a skipped row lacks.
func TestLabelsProbability(t *testing.T) {
	const rows = `{"prompt":"p","model":"a","labeler":"l","likert":3,"opinion":true,"rank":2,"probability":0.25}
{"prompt":"p","model":"b","labeler":"l","likert":4,"rank":1,"probability":0.25}
{"prompt":"q","model":"a","labeler":"l","baseline":"b","preference":"tie","probability":0.5}
{"prompt":"r","model":"b","labeler":"l","skipped":"unclear","probability":1}
{"prompt":"s","model":"b","labeler":"l","likert":7}
`
	r, err := labeled(t, interop.Options{}, map[string]string{"l.jsonl": rows})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"p": 0.25, "q": 0.5, "r": 1, "s": 0}
	count := map[string]int{}
	for _, j := range r.judgements {
		for prompt, p := range want {
			if j.Example == suites.ExampleID("labels", prompt) {
				if count[prompt]++; j.Probability != p {
					t.Errorf("%s of prompt %s has probability %v, want %v", j.Metric, prompt, j.Probability, p)
				}
			}
		}
	}
	if diff := cmp.Diff(map[string]int{"p": 5, "q": 2, "r": 2, "s": 1}, count); diff != "" {
		t.Errorf("judgements (-want +got):\n%s", diff)
	}
	_, err = labeled(t, interop.Options{}, map[string]string{"l.jsonl": strings.Replace(rows, `"rank":1,"probability":0.25`, `"rank":1,"probability":0.5`, 1)})
	if want := "l.jsonl:2: probability is 0.5 here, and 0.25 in line 1, a row of the same ranking; make the rows agree"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// A row that checks a labeler, before the ordinary rows of its prompt, doesn't keep their example from
// the run. Nor is it a model's output.
func TestLabelsCheckFirst(t *testing.T) {
	const rows = `{"prompt":"p","category":"qa","model":"a","labeler":"lead","likert":3,"item":"gold"}
{"prompt":"p","category":"qa","model":"a","labeler":"l","likert":4}
{"prompt":"p","model":"b","labeler":"l","likert":5}
{"prompt":"q","model":"b","labeler":"l","likert":5,"item":"screening"}
`
	r, err := labeled(t, interop.Options{}, map[string]string{"l.jsonl": rows})
	if err != nil {
		t.Fatal(err)
	}
	want := []suites.Example{{ID: suites.ExampleID("labels", "p"), Suite: "labels", Input: "p", Category: "qa"}}
	if diff := cmp.Diff(want, r.examples); diff != "" {
		t.Errorf("examples (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"l: a likert": "4", "l: b likert": "5"}, said(r.judgements)); diff != "" {
		t.Errorf("judgements (-want +got):\n%s", diff)
	}
	if r, err = labeled(t, interop.Options{}, map[string]string{"l.jsonl": strings.Replace(rows, "qa", "chat", 1)}); err != nil || !cmp.Equal(want, r.examples) {
		t.Errorf("with another category in the check: %+v, error %v", r.examples, err)
	}
}

// A skipped pair lacks the win rate that its preference would have given: with a chosen baseline, that
// of the other model.
func TestLabelsSkippedPair(t *testing.T) {
	const rows = `{"prompt":"p","model":"a","labeler":"l","baseline":"b","preference":"model"}
{"prompt":"q","model":"a","labeler":"l","baseline":"b","skipped":"unclear"}
`
	for chosen, want := range map[string]map[string]string{
		"":  {"l: a over b win_rate": "skipped: unclear"},
		"b": {"l: a over b win_rate": "skipped: unclear"},
		"a": {"l: b over a win_rate": "skipped: unclear"},
	} {
		r, err := labeled(t, interop.Options{Baseline: chosen}, map[string]string{"l.jsonl": rows})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, said(r.judgements[1:])); diff != "" {
			t.Errorf("baseline %q (-want +got):\n%s", chosen, diff)
		}
	}
}

// Errors and notices name the sample and the condition of a row, and what a ranking lacks.
func TestLabelsSaid(t *testing.T) {
	row := func(model string, sample, rank int) string {
		return fmt.Sprintf(`{"prompt":"p","model":%q,"sample":%d,"condition":"n","labeler":"l","rank":%d}`+"\n", model, sample, rank)
	}
	wantError(t, interop.Labels(), folder(t, map[string]string{"l.jsonl": row("a", 2, 1) + row("a", 2, 1)}),
		`l.jsonl:2: duplicate: a row of labeler "l", model "a", prompt "p", sample 2, condition "n" came before`)
	r, err := labeled(t, interop.Options{}, map[string]string{"l.jsonl": row("a", 0, 1) + row("b", 0, 2) + row("b", 1, 3) + `{"prompt":"q","model":"a","labeler":"l","rank":1}`})
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(r.notices, "\n")
	for _, want := range []string{"1 ranking with several draws", "no win rate from 1 ranking: each needs outputs of two models"} {
		if !strings.Contains(said, want) {
			t.Errorf("no notice %q in %s", want, said)
		}
	}
	r, err = labeled(t, interop.Options{}, map[string]string{"l.jsonl": row("a", 0, 1) + row("b", 0, 2)})
	if err != nil || len(r.notices) != 0 {
		t.Errorf("notices %q, %v", r.notices, err)
	}
	r, err = labeled(t, interop.Options{}, map[string]string{"l.jsonl": `{"prompt":"p","model":"a","labeler":"l","likert":3,"item":"screening"}`})
	if err != nil || !strings.Contains(strings.Join(r.notices, "\n"), "no row says anything about a model") {
		t.Errorf("checks only: %q, %v", r.notices, err)
	}
	wantError(t, interop.Labels(), folder(t, map[string]string{"l.jsonl": `{"prompt":"p","model":"a","labeler":"l","group":"g","likert":3,"item":"gold"}` + "\n" + `{"prompt":"p","model":"a","labeler":"l","likert":3}`}),
		`l.jsonl:2: labeler "l" is in the group "" here, and in "g" in line 1; make the rows agree`)
}

// A ranking whose win rate a preference contradicts is skipped, and said to be, if the user wants that. The
// preference stays. A probability in some rows of a ranking only is no error.
func TestLabelsSkippedRanking(t *testing.T) {
	const rows = `{"prompt":"p","model":"a","labeler":"l","rank":1,"probability":0.5}
{"prompt":"p","model":"b","labeler":"l","rank":2}
{"prompt":"p","model":"a","labeler":"l","baseline":"b","preference":"baseline"}
`
	r, err := labeled(t, interop.Options{KeepGoing: true}, map[string]string{"l.jsonl": rows})
	if err != nil || said(r.judgements)["l: a over b win_rate"] != "0" {
		t.Errorf("%v, %v", said(r.judgements), err)
	}
	if notices := strings.Join(r.notices, "\n"); !strings.Contains(notices, "skipped a ranking or a row: ") || !strings.Contains(notices, "l.jsonl:1: conflict: a win_rate") {
		t.Errorf("notices %s", notices)
	}
}

// A row that checks a labeler may have the id or the prompt of other rows, before or after them,
// and says nothing about their example, output or judgements.
func TestLabelsOfChecks(t *testing.T) {
	r, err := labeled(t, interop.Options{}, map[string]string{"1.jsonl": `{"prompt":"p","category":"check","context":"x","model":"a","output":"wrong","labeler":"ann","likert":1,"item":"gold"}
{"prompt":"p","category":"chat","model":"a","output":"A","labeler":"ann","likert":6,"rank":1}
{"prompt":"p","category":"other","model":"a","output":"worse","labeler":"ann","likert":1,"item":"attention"}
{"prompt":"p","model":"b","output":"B","labeler":"ann","likert":4,"rank":2}
{"example":"` + suites.ExampleID("labels", "p") + `","prompt":"q","model":"b","output":"C","labeler":"bob","rank":1,"item":"screening"}
`})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.examples) != 1 || r.examples[0].Category != "chat" || r.examples[0].Context != "" || r.examples[0].Input != "p" {
		t.Errorf("examples %+v", r.examples)
	}
	if len(r.completions) != 2 || r.completions[0].Text != "A" || r.completions[1].Text != "B" || len(r.labels) != 5 {
		t.Errorf("outputs %+v, %d rows", r.completions, len(r.labels))
	}
	want := map[string]string{"ann: a likert": "6", "ann: b likert": "4", "ann: a over b win_rate": "1", "ann: b over a win_rate": "0"}
	if got := said(r.judgements); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	_, err = labeled(t, interop.Options{}, map[string]string{"1.jsonl": `{"prompt":"p","model":"a","output":"A","labeler":"ann","likert":1,"item":"gold"}
{"prompt":"p","category":"x","model":"b","output":"A","labeler":"ann","likert":1,"item":"gold"}
`})
	if err == nil || !strings.Contains(err.Error(), "1.jsonl:2: ") || !strings.Contains(err.Error(), "has a category here, but none in its first row") {
		t.Errorf("error %v", err)
	}
}
