package judge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/plan"
	"assay/harness/training"
	"assay/models/linear"
)

// Seven texts in three groups. Accuracy, the Brier score and the share of the more frequent label are by hand;
// AUC is roc_auc_score of scikit-learn 1.9.1. The calibration error has the bins [.1, .2), [.4, .5), [.5, .6)
// and [.8, .9): (1*|.1-0| + 2*|.45-.5| + 2*|.55-.5| + 2*|.85-.5|)/7.
func TestMeasure(t *testing.T) {
	var rows []Row
	var p []float64
	for i, c := range []struct {
		label, p        float64
		group, category string
	}{
		{0, .1, "b", "x"}, {1, .45, "a", "y"}, {.4, .45, "b", "y"}, {.5, .55, "c", ""}, {0, .55, "a", "y"}, {1, .85, "c", "x"}, {0, .85, "b", "y"},
	} {
		rows, p = append(rows, Row{Text: linear.Text{Text: strings.Repeat("w ", i+1)}, Label: c.label, Group: c.group, Category: c.category}), append(p, c.p)
	}
	folder := &training.Folder{}
	err := training.WithinTemporary("", func(f *training.Folder) error { folder = f; return nil })
	if err != nil {
		t.Fatal(err)
	}
	tr := &Training{folder: folder, plan: &plan.TrainedJudge{}}
	m := tr.measure("file", rows, p)
	if m.Name != "file" || m.Texts != 7 || m.Groups != 3 || m.Positive != 3 {
		t.Errorf("%+v", m)
	}
	brier := (.1*.1 + .55*.55 + .45*.45 + .45*.45 + .55*.55 + .15*.15 + .85*.85) / 7
	for name, c := range map[string]struct{ got, want float64 }{
		"majority": {m.Majority, 4. / 7}, "AUC": {*m.AUC, 0.625}, "accuracy": {m.Estimate(Accuracy).Point, 4. / 7}, "Brier": {m.Estimate(Brier).Point, brier},
		"calibration": {m.CalibrationError, (.1 + 2*.05 + 2*.05 + 2*.35) / 7},
	} {
		if !approx.Equal(c.got, c.want, 1e-12) {
			t.Errorf("%s is %v, want %v", name, c.got, c.want)
		}
	}
	for _, e := range m.Estimates {
		if e.Suite != "judge" || e.Condition != "file" || e.Clusters != 3 || e.N != 7 {
			t.Errorf("%+v", e)
		}
	}
	want := []Category{{"x", 2, 1, 1}, {"y", 4, 1, .25}}
	if !slices.Equal(m.Categories, want) {
		t.Errorf("categories %+v, want %+v", m.Categories, want)
	}
	if m.Estimate("none") != nil || m.Terms != nil {
		t.Errorf("%+v", m)
	}
	if one := tr.measure("one", rows[:1], p[:1]); one.AUC != nil || one.Majority != 1 || one.Estimate(Accuracy).Point != 1 {
		t.Errorf("of one text: %+v", one)
	}
}

// Texts that are there several times are one unit, as they are where a file is divided.
func TestUnits(t *testing.T) {
	var rows []Row
	for _, text := range []string{"a b", "c", "A  b", "d", "c"} {
		rows = append(rows, Row{Text: linear.Text{Text: text}})
	}
	if got := clustersOf(rows); !slices.Equal(got, []uint32{0, 1, 0, 2, 1}) {
		t.Errorf("clusters %v of texts", got)
	}
	for i, group := range []string{"g", "h", "h", "i", "g"} {
		rows[i].Group = group
	}
	if got := clustersOf(rows); !slices.Equal(got, []uint32{0, 1, 1, 2, 0}) {
		t.Errorf("clusters %v of groups", got)
	}
}

func TestReadTerms(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    []string
		err     string
	}{
		"a.txt":   {"one\n  two words \n\n...\nthree", []string{"one", "two words", "...", "three"}, ""},
		"b.csv":   {"n,term\n1,one\n2, two \n", []string{"one", "two"}, ""},
		"c.jsonl": {"{\"subgroup\":\"one\"}\n{\"subgroup\":\"two\"}\n", []string{"one", "two"}, ""},
		"d.csv":   {"word\none\n", nil, "d.csv:2: no column term"},
		"e.txt":   {"\n \n", nil, "the file has no words; write one a line"},
		"f.csv":   {"term\n", nil, "no rows"},
	} {
		got, err := readTerms(write(t, t.TempDir(), name, c.content))
		if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v; want %q, %q", name, got, err, c.want, c.err)
		}
	}
	if _, err := readTerms("none.txt"); err == nil {
		t.Error("a file that is not there was read")
	}
}

// Each thing that a row may lack, by the name of the file's form.
func TestReadRefusesRows(t *testing.T) {
	const (
		rtp   = `{"filename":"f","prompt":{"text":"a","toxicity":P},"continuation":{"text":"b","toxicity":0.5}}`
		tweet = ",count,hate_speech,offensive_language,neither,class,tweet\n0,3,0,1,2,2,a\n"
		xsum  = "bbcid,system,summary,hallucination_type,hallucinated_span,worker_id\n"
	)
	for _, c := range []struct {
		name, content string
		task          plan.JudgeTask
		want          string // "" for no error
	}{
		{"a.jsonl", strings.Replace(rtp, "P", "1", 1), plan.TaskToxicity, ""},
		{"a.jsonl", strings.Replace(rtp, "P", "0", 1), plan.TaskToxicity, ""},
		{"a.jsonl", strings.Replace(rtp, "P", "1.01", 1), plan.TaskToxicity, "a.jsonl:1: the prompt's toxicity is 1.01"},
		{"a.jsonl", strings.Replace(rtp, "P", "-0.01", 1), plan.TaskToxicity, "the prompt's toxicity is -0.01"},
		{"a.jsonl", `{"filename":"f","prompt":"a","continuation":{}}`, plan.TaskToxicity, "prompt is no object"},
		{"a.jsonl", `{"filename":1,"prompt":{},"continuation":{}}`, plan.TaskToxicity, "no text filename"},
		{"a.jsonl", `{"filename":"f","prompt":{"text":" ","toxicity":1},"continuation":{"text":null,"toxicity":1}}`, plan.TaskToxicity, "no row of the file has a label"},
		{"b.csv", tweet + "1,3,-1,2,2,2,b\n", plan.TaskToxicity, "b.csv:3: no counts of labelers"},
		{"b.csv", tweet + "1,3,1,-2,2,2,b\n", plan.TaskToxicity, "b.csv:3: no counts of labelers"},
		{"b.csv", tweet + "1,3,2,2,-1,2,b\n", plan.TaskToxicity, "b.csv:3: no counts of labelers"},
		{"b.csv", tweet + "1,3,,2,1,2,b\n", plan.TaskToxicity, "b.csv:3: no counts of labelers"},
		{"b.csv", tweet + "1,3,2,,1,2,b\n", plan.TaskToxicity, "b.csv:3: no counts of labelers"},
		{"b.csv", tweet + "1,3,2,1,nan,2,b\n", plan.TaskToxicity, "b.csv:3: no counts of labelers"},
		{"b.csv", tweet + "1,3,0,3,0,2,b\n", plan.TaskToxicity, ""},
		{"c.jsonl", `{"prompt":"Q: x?\nA: y\nHelpful:","completion":" yes"}`, plan.TaskInformative, ""},
		{"c.jsonl", `{"prompt":"Q: x?\nA: y\nHelpful:","completion":" maybe"}`, plan.TaskInformative, "completion is"},
		{"c.jsonl", `{"prompt":"x?\nA: y\nTrue:","completion":" yes"}`, plan.TaskTruth, "not of the form"},
		{"c.jsonl", `{"prompt":"Q: x?\ny\nTrue:","completion":" yes"}`, plan.TaskTruth, "not of the form"},
		{"c.jsonl", `{"prompt":"Q: x?\nA: y\nSo:","completion":" yes"}`, plan.TaskTruth, "not of the form"},
		{"c.jsonl", `{"prompt":4,"completion":" yes"}`, plan.TaskTruth, "no text prompt"},
		{"d.jsonl", `{"bbcid":1,"system":"A","summary":"s","hallucination_type":"NULL","worker_id":"w"}`, plan.TaskSupport, "no text bbcid"},
		{"e.jsonl", `{"text":"a","label":true}` + "\n" + `{"text":"b","label":" 0.5 "}` + "\n" + `{"text":"c","label":false}`, plan.TaskSupport, ""},
		{"e.jsonl", `{"text":"a","label":-0.5}`, plan.TaskSupport, "no label from 0 to 1"},
		{"e.jsonl", `{"text":"a","label":"NaN"}`, plan.TaskSupport, "no label from 0 to 1"},
		{"e.jsonl", `{"text":"a","label":"high"}`, plan.TaskSupport, "no label from 0 to 1"},
		{"e.jsonl", `{"text":"a","label":null}`, plan.TaskSupport, "no label from 0 to 1"},
		{"e.jsonl", `{"text":3,"label":1}`, plan.TaskSupport, "no text text in this row"},
		{"e.jsonl", `{"text":"a","label":1,"for":["x",2]}`, plan.TaskTruth, "for has an item that is no text"},
		{"e.jsonl", `{"text":"a","label":1,"against":7}`, plan.TaskTruth, "against is no text and no list"},
		{"e.jsonl", `{"text":"a","label":1,"group":"g"}` + "\n" + `{"text":"b","label":1,"group":""}`, plan.TaskTruth, "row 2 of the labelled texts has none"},
		{"e.jsonl", `{"text":"b","label":1,"group":""}` + "\n" + `{"text":"a","label":1,"group":"g"}`, plan.TaskTruth, "row 1 of the labelled texts has none"},
		{"f.csv", "functionality,test_case,label_gold,templ_id\nx,y,rude,1\n", plan.TaskToxicity, "label_gold is rude"},
		{"g.jsonl", `{"rev_id":1,"comment":"a","toxic":true}` + "\n" + `{"rev_id":1,"comment":"b","toxic":"False"}`, plan.TaskToxicity, ""},
		{"h.csv", xsum + "1,A,s,NULL,,w\n", plan.TaskTruth, "have no labels for kind: truth"},
	} {
		rows, err := Read(write(t, t.TempDir(), c.name, c.content), c.task)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %d rows, error %v, want %q", c.content, len(rows), err, c.want)
		}
	}
	rows, err := Read(write(t, t.TempDir(), "e.jsonl", `{"text":"a","label":true}`+"\n"+`{"text":"b","label":" 0.5 "}`+"\n"+`{"text":"c","label":false,"against":" "}`), plan.TaskTruth)
	if err != nil || rows[0].Label != 1 || rows[1].Label != .5 || !rows[1].Positive() || rows[2].Label != 0 || rows[2].Positive() || rows[2].Against != nil {
		t.Errorf("%+v, %v", rows, err)
	}
	// one worker marked a span, which is intrinsic
	rows, err = Read(write(t, t.TempDir(), "x.csv", xsum+"1,A,s,intrinsic,s,w0\n1,A,s,NULL,,w0\n1,A,s,NULL,,w1\n"), plan.TaskSupport)
	if err != nil || len(rows) != 1 || rows[0].Label != .5 {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestReferencesRefuse(t *testing.T) {
	for _, header := range []string{"Questions,Correct Answers,Incorrect Answers", "Question,Correct,Incorrect Answers", "Question,Correct Answers,Incorrect"} {
		path := write(t, t.TempDir(), "q.csv", header+"\nWhat?,a,b\n")
		if _, err := readReferences([]string{path}); err == nil || !strings.Contains(err.Error(), "q.csv:2: no Question, Correct Answers and Incorrect Answers") {
			t.Errorf("%s: error %v", header, err)
		}
	}
}

// What a training learns is not calibrated on, and neither is part of a test. Both are said.
func TestSeparate(t *testing.T) {
	rows := func(texts ...string) (all []Row) {
		for _, text := range texts {
			all = append(all, Row{Text: linear.Text{Text: text}})
		}
		return all
	}
	tr := &Training{
		sources: []source{
			{"one", parts{learn: rows("a", "b"), calibrate: rows("c", "e"), test: rows("g", "h", "d")}},
			{"two", parts{learn: rows("d", "e"), calibrate: rows("B", "f"), test: rows("i", "C")}},
		},
		others: []source{{"three", parts{test: rows("a", "f", "j", "e")}}, {"four", parts{test: rows("k")}}},
	}
	tr.separate()
	texts := func(rows []Row) string {
		var all []string
		for i := range rows {
			all = append(all, rows[i].Text.Text)
		}
		return strings.Join(all, " ")
	}
	for i, want := range []string{"c", "f"} {
		if got := texts(tr.sources[i].calibrate); got != want {
			t.Errorf("source %d is calibrated on %s, want %s", i, got, want)
		}
	}
	for i, want := range []string{"g h", "i", "j", "k"} {
		if got := texts(slices.Concat(tr.sources, tr.others)[i].test); got != want {
			t.Errorf("test %d has %s, want %s", i, got, want)
		}
	}
	notes := strings.Join(tr.Notes(), "\n")
	for _, want := range []string{"one: 1 row left out", "two: 1 row left out", "three: 3 rows left out"} {
		if !strings.Contains(notes, want) {
			t.Errorf("no note %q in %s", want, notes)
		}
	}
	if strings.Contains(notes, "four") {
		t.Errorf("notes %s", notes)
	}
	if learn, calibrate, test := tr.Rows(); learn != 4 || calibrate != 2 || test != 3 {
		t.Errorf("%d, %d and %d rows", learn, calibrate, test)
	}
}

func TestBothLabels(t *testing.T) {
	for want, shares := range map[bool][][]float64{false: {nil, {1}, {0}, {.5, 1}, {.49, 0}}, true: {{.5, .49}, {0, 0, 1}}} {
		for _, all := range shares {
			var rows []Row
			for _, x := range all {
				rows = append(rows, Row{Label: x})
			}
			if bothLabels(rows) != want {
				t.Errorf("both labels in %v: %v", all, !want)
			}
		}
	}
}

// The shares for calibration and test are of all units.
func TestDivideShares(t *testing.T) {
	var rows []Row
	for i := range 6000 {
		rows = append(rows, Row{Group: fmt.Sprint("group ", i)})
	}
	p := divide(rows, 0.1, 0.3)
	if n := len(p.test); n < 1680 || n > 1920 {
		t.Errorf("%d of 6000 units to test on, want near 1800", n)
	}
	if n := len(p.calibrate); n < 530 || n > 670 {
		t.Errorf("%d of 6000 units to calibrate on, want near 600", n)
	}
}

// A probability of exactly a half says yes. Without negatives, words or enough texts there are no measurements.
func TestTermsEnds(t *testing.T) {
	rows := []Row{{Text: linear.Text{Text: "a word"}}, {Text: linear.Text{Text: "word b"}}, {Text: linear.Text{Text: "c"}, Label: 1}}
	p := []float64{0.5, 0.49, 0.5}
	got := byTerm([]string{"word"}, rows, p, 2)
	if got == nil || got.FalsePositives != 0.5 || *got.Terms[0].FalsePositives != 0.5 || got.Terms[0].SubgroupAUC != nil {
		t.Errorf("%+v", got)
	}
	if byTerm(nil, rows, p, 1) != nil || byTerm([]string{"word"}, rows, p, 3) != nil || byTerm([]string{"word"}, rows[2:], p[2:], 1) != nil {
		t.Error("terms without measurements")
	}
	if s := got.Over(func(t *Term) *float64 { return t.SubgroupAUC }); s != (Spread{}) {
		t.Errorf("a spread of nothing: %+v", s)
	}
	if r := (Row{Label: 1}); right(&r, 0.5) != 1 || right(&r, 0.499) != 0 {
		t.Error("a probability of a half says no")
	}
}
