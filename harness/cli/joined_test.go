package cli_test

import (
	"fmt"
	"strings"
	"testing"
)

// People's labels of every fifth answer and a judge's values of all give joined metrics in
// estimates, comparisons and gates. The numbers are numpy's, with y and f as in the table:
//
//	b = np.cov(y, f[L], ddof=0)[0, 1]/np.var(f[L]); y.mean() - b*(f[L].mean() - f.mean())
func TestJoined(t *testing.T) {
	t.Chdir(t.TempDir())
	var labels strings.Builder
	labels.WriteString("example,model,metric,value,probability\n")
	for m, model := range []string{"a", "b"} {
		for i := range 300 {
			f := float64((7*i*i+3*i)%23)/5 + float64((i*(m+3))%7)/10
			fmt.Fprintf(&labels, "q%d,%s,judged_grade,%v,\n", i, model, f)
			if i%5 == 2 {
				fmt.Fprintf(&labels, "q%d,%s,grade,%v,0.2\n", i, model, f*.8+float64((5*i*i+i)%7)/8+float64(m)/2)
			}
		}
	}
	write(t, "labels.csv", labels.String())
	do(t, 0, "import", "scores", "labels.csv", "-o", "run", "--range", "grade=0:9")
	estimates := do(t, 0, "estimate", "run", "--metric", "joined_grade", "--format", "csv")
	for _, want := range []string{"joined_grade,a,,2.20781608981", "joined_grade,b,,2.70674246053", `"PPI++ with 300 judged, t corrected for skewness"`} {
		if !strings.Contains(estimates, want) {
			t.Errorf("no %s in %s", want, estimates)
		}
	}
	write(t, "gates.yaml", "gates:\n  - {suite: scores, metric: joined_grade, margin: 0.2}\n")
	if compared := do(t, 0, "compare", "run:a", "run:b", "--gates", "gates.yaml"); !strings.Contains(compared, "pass") {
		t.Errorf("compared: %s", compared)
	}
	if compared := do(t, 1, "compare", "run:b", "run:a", "--gates", "gates.yaml"); !strings.Contains(compared, "regress") {
		t.Errorf("turned: %s", compared)
	}

	// Plans have a table of labels beside that of prompts, and prices a cheapest mix.
	planned := do(t, 0, "power", "run", "--margin", "0.05", "--label-cost", "2", "--judge-cost", "0.05")
	for _, want := range []string{"Prompts that each gate needs", "Labels that each gate needs", "60 of 300", "cheapest", "judged_grade"} {
		if !strings.Contains(planned, want) {
			t.Errorf("no %q in %s", want, planned)
		}
	}
	do(t, 0, "power", "run", "--margin", "0.05", "--metric", "joined_grade", "-o", "power")
	for _, row := range []string{"joined_grade,,0.05,false,0,0.8,", ",0,", ",300,", ",2400,"} {
		if out := do(t, 0, "power", "run", "--margin", "0.05", "--metric", "joined_grade", "--format", "csv"); !strings.Contains(out, row) {
			t.Errorf("no %q in %s", row, out)
		}
	}
	do(t, 2, "power", "run", "--margin", "0.05", "--metric", "joined_grade", "--judge-cost", "1")

	// Without a recorded draw there is no number, and the gate is not decided.
	write(t, "undrawn.csv", strings.ReplaceAll(labels.String(), ",0.2\n", ",\n"))
	do(t, 0, "import", "scores", "undrawn.csv", "-o", "undrawn")
	if out := do(t, 0, "estimate", "undrawn", "--metric", "joined_grade"); !strings.Contains(out, "don't record how their answers were") {
		t.Errorf("undrawn: %s", out)
	}
	if out := do(t, 3, "compare", "undrawn:a", "undrawn:b", "--gates", "gates.yaml"); !strings.Contains(out, "don't record how their") {
		t.Errorf("undrawn gate: %s", out)
	}
	do(t, 0, "report", "undrawn", "-o", "report")
	do(t, 2, "power", "undrawn", "--margin", "0.2", "--metric", "joined_grade")
}

// Labels that record the probability of their draw, and a judge's values of all answers, are joined
// from two runs: of one model each, since the judge scored the answers that were labelled. The
// numbers are numpy's, as above. Labels of other answers are another model's.
func TestJoinedOfTwoRuns(t *testing.T) {
	t.Chdir(t.TempDir())
	var labels, judged strings.Builder
	judged.WriteString("suite,example,model,output,metric,value\n")
	for m, model := range []string{"a", "b"} {
		for i := range 300 {
			f := (7*i*i + 3*i) % 23
			output := fmt.Sprintf("%s says %d", model, i)
			fmt.Fprintf(&judged, "labels,Prompt %d?,%s,%s,judged_likert,%v\n", i, model, output, 1+float64(f)/4+float64((i*(m+3))%7)/20)
			if i%5 == 2 {
				fmt.Fprintf(&labels, `{"prompt":"Prompt %d?","model":"%s","output":"%s","labeler":"ann","likert":%d,"probability":0.2}`+"\n", i, model, output, 1+(f+2*((5*i*i+i)%7)+6*m)/7)
			}
		}
	}
	write(t, "labels.jsonl", labels.String())
	write(t, "judged.csv", judged.String())
	do(t, 0, "import", "labels", "labels.jsonl", "-o", "people")
	do(t, 0, "import", "scores", "judged.csv", "-o", "judge", "--range", "judged_likert=1:7")
	for _, runs := range [][]string{{"people", "judge"}, {"judge", "people"}} {
		estimates := do(t, 0, append([]string{"estimate", "--metric", "joined_likert", "--format", "csv"}, runs...)...)
		for _, want := range []string{"joined_likert,a,,2.79378165116", "joined_likert,b,,3.74016574473", `"PPI++ with 300 judged, t corrected for skewness"`} {
			if !strings.Contains(estimates, want) {
				t.Errorf("%q: no %s in %s", runs, want, estimates)
			}
		}
	}
	do(t, 0, "report", "people", "judge", "-o", "report", "--baseline", "a")
	if table := do(t, 0, "estimate", "people", "judge"); strings.Contains(table, "(people)") || !strings.Contains(table, "Likert, 1 to 7, labels and judge") {
		t.Errorf("table: %s", table)
	}

	// A comparison of the labels' run takes the judge's run too, and so do gates.
	write(t, "gates.yaml", "gates:\n  - {suite: labels, metric: joined_likert, margin: 0.2}\n")
	compared := do(t, 0, "compare", "people:a", "people:b", "--with", "judge", "--gates", "gates.yaml", "--format", "csv")
	if !strings.Contains(compared, "joined_likert") || !strings.Contains(compared, "PPI++ with 300 judged") {
		t.Errorf("compared: %s", compared)
	}
	if out := do(t, 1, "compare", "people:b", "people:a", "--with", "judge", "--gates", "gates.yaml"); !strings.Contains(out, "regress") {
		t.Errorf("turned: %s", out)
	}
	do(t, 2, "compare", "people:a", "people:b", "--gates", "gates.yaml")
	do(t, 2, "compare", "people:a", "people:b", "--with", "people")
	do(t, 2, "compare", "people:a", "judge:b", "--with", "nowhere")

	write(t, "others.csv", strings.ReplaceAll(judged.String(), "b says 42", "b says 42 and more"))
	do(t, 0, "import", "scores", "others.csv", "-o", "others", "--range", "judged_likert=1:7")
	do(t, 2, "compare", "people:a", "people:b", "--with", "others", "--gates", "gates.yaml")
	table := do(t, 0, "estimate", "people", "others", "--format", "csv")
	if !strings.Contains(table, "joined_likert,a,") || strings.Contains(table, "joined_likert,b") || !strings.Contains(table, "judged_likert,b (others)") {
		t.Errorf("other answers: %s", table)
	}

	write(t, "undrawn.jsonl", strings.ReplaceAll(labels.String(), `,"probability":0.2`, ""))
	do(t, 0, "import", "labels", "undrawn.jsonl", "-o", "undrawn")
	if out := do(t, 0, "estimate", "undrawn", "judge", "--metric", "joined_likert"); !strings.Contains(out, "don't record how their answers") {
		t.Errorf("undrawn: %s", out)
	}
}
