package judge

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/plan"
	"assay/harness/terminal"
	"assay/harness/training"
	"assay/models/learned"
	"assay/models/linear"
)

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Each form of file, by what its rows become: text, context, label, group, category.
func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, content string
		task          plan.JudgeTask
		want          []string
	}{
		{"rtp.jsonl", `{"filename":"f1","prompt":{"text":"A b","toxicity":0.25},"continuation":{"text":" c","toxicity":0.75}}
{"filename":"f2","prompt":{"text":"D","toxicity":0.1},"continuation":{"text":"e","toxicity":null}}
`, plan.TaskToxicity, []string{"A b||0.25|f1|", " c||0.75|f1|", "D||0.1|f2|"}},
		{"tweets.csv", ",count,hate_speech,offensive_language,neither,class,tweet\n0,3,0,1,2,2,so &amp; so\n1,4,1,2,1,1,\"b, c\"\n", plan.TaskToxicity,
			[]string{"so & so||0.333||", "b, c||0.75||"}},
		{"cases.csv", ",functionality,case_id,test_case,label_gold,templ_id\n0,derog,1,I hate x.,hateful,7\n1,ident,2,I like x.,non-hateful,8\n", plan.TaskToxicity,
			[]string{"I hate x.||1|7|derog", "I like x.||0|8|ident"}},
		{"madlibs.csv", "Text,Label,Template\n\"murder x\",BAD,verb_adj\nrespect x,NOT_BAD,other\n", plan.TaskToxicity, []string{"murder x||1||verb_adj", "respect x||0||other"}},
		{"comments.csv", "rev_id,comment,toxic\n1,\"a\nb\",False\n2,c,True\n", plan.TaskToxicity, []string{"a\nb||0||", "c||1||"}},
		{"truth.jsonl", `{"prompt":"Q: What is it?\nA: It is 4.\nTrue:","completion":" yes"}
{"prompt":"Q: What is it?\nA: First.\nThen 5.\nTrue:","completion":" no"}
`, plan.TaskTruth, []string{"It is 4.|What is it?|1|What is it?|", "First.\nThen 5.|What is it?|0|What is it?|"}},
		{"xsum.csv", `bbcid,system,summary,hallucination_type,hallucinated_span,worker_id
1,A,s one,extrinsic,s,w0
1,A,s one,intrinsic,one,w0
1,A,s one,NULL,,w1
1,A,s one,NULL,,w2
1,B,s two,NULL,,w0
2,A,s three,extrinsic,x,w0
`, plan.TaskSupport, []string{"s one||0.667|1|A", "s two||1|1|B", "s three||0|2|A"}},
		{"own.jsonl", `{"text":"t","label":1,"group":"g","context":"c","category":"k","for":["x"],"against":"y"}
{"text":"u","label":0.4,"group":"h"}
`, plan.TaskSupport, []string{"t|c|1|g|k", "u||0.4|h|"}},
		{"own.csv", "text,label\na,1\nb,0\n", plan.TaskToxicity, []string{"a||1||", "b||0||"}},
	} {
		rows, err := Read(write(t, t.TempDir(), c.name, c.content), c.task)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, r := range rows {
			got = append(got, fmt.Sprintf("%s|%s|%.3g|%s|%s", r.Text.Text, r.Context, r.Label, r.Group, r.Category))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: rows\n%q, want\n%q", c.name, got, c.want)
		}
		if c.name == "own.jsonl" && (!slices.Equal(rows[0].For, []string{"x"}) || !slices.Equal(rows[0].Against, []string{"y"})) {
			t.Errorf("references %q and %q", rows[0].For, rows[0].Against)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		name, content string
		task          plan.JudgeTask
		want          string
	}{
		{"a.jsonl", "{\"text\":\"a\",\"label\":1,\"group\":\"g\"}\n{\"text\":\"b\",\"label\":0}\n", plan.TaskToxicity, "row 2 of the labelled texts has none; give every row its group"},
		{"b.jsonl", "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":1.5}\n", plan.TaskToxicity, "b.jsonl:2: no label from 0 to 1 in this row (label is \"1.5\"); write label: 1"},
		{"c.jsonl", "{\"words\":\"a\",\"label\":1}\n", plan.TaskToxicity, "c.jsonl:1: no labelled text: the row has the members words, label; write text and label"},
		{"d.csv", "Text,Label,Template\nx,BAD,a\ny,good,b\n", plan.TaskToxicity, "d.csv:3: Label is good"},
		{"e.csv", "rev_id,comment,toxic\n1,a,True\n", plan.TaskTruth, "have no labels for kind: truth"},
		{"f.jsonl", "{\"prompt\":\"Q: x?\\nA: y\\nHelpful:\",\"completion\":\" yes\"}\n", plan.TaskTruth, "f.jsonl:1: the row is about kind: informative"},
		{"g.jsonl", "{\"prompt\":\"x\",\"completion\":\" yes\"}\n", plan.TaskTruth, "g.jsonl:1: the prompt is not of the form"},
		{"h.csv", ",count,hate_speech,offensive_language,neither,class,tweet\n0,0,0,0,0,2,a\n", plan.TaskToxicity, "h.csv:2: no counts of labelers"},
		{"i.csv", "text,label\n", plan.TaskToxicity, "no rows"},
	} {
		_, err := Read(write(t, t.TempDir(), c.name, c.content), c.task)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

func TestReferences(t *testing.T) {
	path := write(t, t.TempDir(), "q.csv", "Question,Correct Answers,Incorrect Answers\nWhat is it?,It is 4; Four,It is 5;\n")
	all, err := readReferences([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	rows := []Row{{Text: linear.Text{Text: "It is 4.", Context: "what is  it?"}}, {Text: linear.Text{Text: "six", Context: "What is it?"}}, {Text: linear.Text{Text: "x", Context: "Other?"}}}
	if n := give(rows, all); n != 1 {
		t.Errorf("%d rows without references, want 1", n)
	}
	if !slices.Equal(rows[0].For, []string{"Four"}) || !slices.Equal(rows[0].Against, []string{"It is 5"}) {
		t.Errorf("an answer that is a reference is compared with %q and %q", rows[0].For, rows[0].Against)
	}
	if !slices.Equal(rows[1].For, []string{"It is 4", "Four"}) {
		t.Errorf("another answer is compared with %q", rows[1].For)
	}
}

// No group is on two sides, and no text without a group either.
func TestDivide(t *testing.T) {
	var rows []Row
	for i := range 400 {
		r := Row{Text: linear.Text{Text: fmt.Sprint("text ", i%90)}}
		if i%2 == 0 {
			r.Group = fmt.Sprint("group ", i%70)
		}
		rows = append(rows, r)
	}
	p := divide(rows, 0.1, 0.2)
	side := map[string]int{}
	for n, part := range [][]Row{p.learn, p.calibrate, p.test} {
		for _, r := range part {
			key := r.Group + "|" + r.Text.Text
			if r.Group != "" {
				key = r.Group
			}
			if was, ok := side[key]; ok && was != n {
				t.Errorf("%s is on two sides", key)
			}
			side[key] = n
		}
	}
	if n := len(p.learn) + len(p.calibrate) + len(p.test); n != 400 || len(p.calibrate) < 20 || len(p.test) < 50 || len(p.learn) < 200 {
		t.Errorf("%d rows to learn from, %d to calibrate on, %d to test on", len(p.learn), len(p.calibrate), len(p.test))
	}
}

// scikit-learn 1.9.1: roc_auc_score over the rows with the word; over its negatives and the positives
// without it; over the reverse. The rates are of scores of 0.5 and above.
func TestTerms(t *testing.T) {
	var rows []Row
	var p []float64
	for _, c := range []struct {
		text     string
		label, p float64
	}{
		{"You are a gay man", 0, .7}, {"gay people are great", 0, .4}, {"I hate gay people", 1, .8}, {"you stupid fool", 1, .9}, {"a nice day", 0, .1},
		{"a fool said so", 0, .6}, {"gay fool", 1, .5}, {"old woman", 0, .55}, {"you suck", 1, .45},
	} {
		rows, p = append(rows, Row{Text: linear.Text{Text: c.text}, Label: c.label}), append(p, c.p)
	}
	got := byTerm([]string{"gay", "ga", "Old woman"}, rows, p, 1)
	if got == nil || len(got.Terms) != 2 || got.Terms[1].Name != "Old woman" || got.Terms[1].Texts != 1 {
		t.Fatalf("terms %+v", got)
	}
	gay := got.Terms[0]
	for name, c := range map[string]struct{ got, want float64 }{
		"subgroup": {*gay.SubgroupAUC, 0.75}, "BPSN": {*gay.BPSN, 0.75}, "BNSP": {*gay.BNSP, 0.6666666666666667},
		"false positives": {*gay.FalsePositives, 0.5}, "all": {got.FalsePositives, 0.6},
	} {
		if !approx.Equal(c.got, c.want, 1e-12) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	if gay.Texts != 4 || got.Terms[1].SubgroupAUC != nil {
		t.Errorf("terms %+v", got.Terms)
	}
	if two := byTerm([]string{"gay", "Old woman"}, rows, p, 2); len(two.Terms) != 1 {
		t.Errorf("a term with one text is measured: %+v", two.Terms)
	}
	if s := got.Over(func(t *Term) *float64 { return t.FalsePositives }); s != (Spread{Mean: 0.75, Least: 0.5, Most: 1, Terms: 2}) {
		t.Errorf("spread %+v", s)
	}
}

// small writes a configuration and data from which a word can be learned.
func small(t *testing.T, more string) string {
	t.Helper()
	dir := t.TempDir()
	var b strings.Builder
	for i := range 300 {
		word, label := "kind", 0
		if i%3 == 0 {
			word, label = "nasty", 1
		}
		if i%29 == 0 {
			label = 1 - label
		}
		fmt.Fprintf(&b, "{\"text\": \"you %s person number%d of them\", \"label\": %d, \"group\": \"g%d\"}\n", word, i, label, i/4)
	}
	write(t, dir, "rows.jsonl", b.String())
	write(t, dir, "more.csv", "text,label,category\na nasty one,1,a\na kind one,0,b\nyou nasty person number3 of them,1,b\nyou kind person number4 of them,0,a\n")
	return write(t, dir, "judge.yaml", "kind: toxicity\nbits: 12\ndata: {files: [rows.jsonl]}\nl2: 1e-4\n"+more)
}

// trainJudge trains by a configuration into a folder, and gives the model's file.
func trainJudge(t *testing.T, path, out string) (*training.Result, *Evaluation, []byte) {
	t.Helper()
	p, err := plan.ReadTrainedJudge(path)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Open(p, &training.Finder{Plan: path})
	if err != nil {
		t.Fatal(err)
	}
	var result *training.Result
	var e *Evaluation
	err = training.Within(out, func(folder *training.Folder) error {
		tr, err := New(p, files, folder)
		if err != nil {
			return err
		}
		result, e, err = tr.Run(t.Context(), &terminal.Training{Console: terminal.Console{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(out, training.ModelFolder, linear.File))
	if err != nil {
		t.Fatal(err)
	}
	return result, e, content
}

func TestTrain(t *testing.T) {
	path := small(t, "evaluate: {files: [more.csv]}\n")
	out := filepath.Join(t.TempDir(), "judge")
	result, e, first := trainJudge(t, path, out)
	if scores := result.Last.Scores; len(scores) != 1 || scores[0].Name != ValidationAUC || !(scores[0].Value > 0.8) || scores[0].N+e.Test[0].Texts >= 300/2 {
		t.Errorf("scores %+v", scores)
	} else if e.ValidationAUC != scores[0].Value {
		t.Errorf("validation AUC %v, want %v", e.ValidationAUC, scores[0].Value)
	}
	if result.Nothing || len(e.Test) != 1 || len(e.Files) != 1 {
		t.Fatalf("%+v, %+v", result, e)
	}
	held := e.Test[0]
	accuracy := held.Estimate(Accuracy)
	if accuracy.Point < 0.9 || held.AUC == nil || *held.AUC < 0.9 || accuracy.Clusters != held.Groups || held.Groups >= held.Texts || held.Majority > 0.8 {
		t.Errorf("held out: %+v, accuracy %+v", held, accuracy)
	}
	if !(held.CalibrationError >= 0 && held.CalibrationError < 0.2) {
		t.Errorf("calibration error %v", held.CalibrationError)
	}
	if more := e.Files[0]; more.Name != "more.csv" || more.Texts >= 4 || more.Texts < 2 || more.Categories[0].Name != "a" || math.IsNaN(more.Categories[0].Accuracy) {
		t.Errorf("more: %+v; texts that training has are left out", more)
	}
	again, same, _ := trainJudge(t, path, out)
	if !again.Nothing || len(same.Test) != 1 || same.Test[0].Texts != held.Texts {
		t.Errorf("a finished training: %+v", again)
	}
	if _, _, second := trainJudge(t, path, filepath.Join(t.TempDir(), "other")); !bytes.Equal(first, second) {
		t.Error("two trainings give different files")
	}
	m, err := linear.Open(filepath.Join(out, training.ModelFolder))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(m.Known, "rows.jsonl") || !strings.Contains(m.Known, "AUC") || !strings.Contains(m.Known, "misses") {
		t.Errorf("the model says of itself %q", m.Known)
	}
	texts, err := learned.Open(filepath.Join(out, training.ModelFolder))
	if err != nil || texts == nil || texts.Len() != 300-held.Texts {
		t.Errorf("the record of learned texts: %+v, error %v, want all but the %d held out", texts, err, held.Texts)
	}
	if bad, good := m.Probability(linear.Text{Text: "a nasty man"}), m.Probability(linear.Text{Text: "a kind man"}); bad < 0.6 || good > 0.4 {
		t.Errorf("probabilities %v and %v", bad, good)
	}
}

func TestNewRefuses(t *testing.T) {
	for more, want := range map[string]string{
		"evaluate: {files: [rows.jsonl]}\n": "",
		"evaluate: {files: [none.csv]}\n":   "no such file",
		"evaluate: {files: [one.csv]}\n":    "training has all of its texts",
	} {
		path := small(t, more)
		write(t, filepath.Dir(path), "one.csv", "text,label\nyou kind person number4 of them,1\n")
		p, err := plan.ReadTrainedJudge(path)
		if err != nil {
			t.Fatal(err)
		}
		files, err := Open(p, &training.Finder{Plan: path})
		if err == nil {
			err = training.WithinTemporary("", func(f *training.Folder) error {
				_, err := New(p, files, f)
				return err
			})
		}
		switch {
		case want == "" && err != nil:
			t.Error(err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: error %v, want %q", more, err, want)
		}
	}
}
