package reproduce

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/leaf/outfile"
	"assay/metrics"
	"assay/reports/study"
)

// Parts hold every step of every seed once, in order, none longer than two hours.
func TestParts(t *testing.T) {
	for _, b := range Budgets() {
		r := &Runner{Options: Options{Budget: b, First: 200, Seeds: 10, Sweeps: b.Sweeps}, Folder: t.TempDir()}
		all, next := r.tasks(), 0
		for i, p := range r.Parts() {
			if p.Number != i+1 || p.Seconds > 2*60*60 || p.Seconds <= 0 {
				t.Errorf("%s: part %d takes %.0f s", b.Name, p.Number, p.Seconds)
			}
			for _, s := range p.tasks {
				if next >= len(all) || s.seed != all[next].seed || s.step.line() != all[next].step.line() {
					t.Fatalf("%s: part %d has step %d of seed %d out of order", b.Name, p.Number, s.index, s.seed)
				}
				next++
			}
		}
		if next != len(all) {
			t.Errorf("%s: the parts have %d steps of %d", b.Name, next, len(all))
		}
	}
}

// Parts are run one by one, in order, and not again.
func TestRunParts(t *testing.T) {
	folder := t.TempDir()
	var did []string
	r := runner(folder, 0, &did)
	r.Budget, r.Seeds = Budgets()[3], 9
	r.Sweeps = true
	parts := r.Parts()
	if len(parts) < 3 {
		t.Fatalf("%d parts", len(parts))
	}
	if err := r.RunPart(t.Context(), 2); err == nil || !strings.Contains(err.Error(), "run the parts before it first") {
		t.Errorf("the second part first: %v", err)
	}
	if err := r.RunPart(t.Context(), len(parts)+1); err == nil || !strings.Contains(err.Error(), "--list") {
		t.Errorf("a part that is not there: %v", err)
	}
	for _, p := range parts[:3] {
		before := len(did)
		for range 2 {
			if err := r.RunPart(t.Context(), p.Number); err != nil {
				t.Fatal(err)
			}
		}
		if got := len(did) - before; got != len(p.tasks) {
			t.Errorf("part %d, run twice: %d commands, want %d", p.Number, got, len(p.tasks))
		}
	}
	var list strings.Builder
	if err := r.ShowParts(&list); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(list.String()), "\n")
	if len(lines) != len(parts) || !strings.HasPrefix(lines[0], "assay reproduce --budget m --first-seed 0 --seeds 9 -o "+folder+" --part 1") {
		t.Errorf("listed %d parts of %d: %s", len(lines), len(parts), lines[0])
	}
	for i, line := range lines {
		if strings.HasSuffix(line, "# done") != (i < 3) {
			t.Errorf("part %d: %s", i+1, line)
		}
	}
}

// wrote writes made-up results of a seed, as keep does.
func wrote(t *testing.T, folder, budget string, seed uint64, null bool, cells Cells) {
	t.Helper()
	b, err := FindBudget(budget)
	if err != nil {
		t.Fatal(err)
	}
	r := &Runner{Options: Options{Budget: b, First: seed, Seeds: 1, Null: null}, Folder: folder}
	if _, err := outfile.MkdirAll(filepath.Join(folder, Results)); err != nil {
		t.Fatal(err)
	}
	if err := writeCells(r.resultFile(seed, ".csv"), []uint64{seed}, []Cells{cells}); err != nil {
		t.Fatal(err)
	}
	steps := r.Steps(seed)
	digest, err := digestOf(steps)
	if err != nil {
		t.Fatal(err)
	}
	record := `{"budget":"` + budget + `","seed":` + strconv.FormatUint(seed, 10) + `,"null":` + map[bool]string{true: "true", false: "false"}[null] + `,"sweeps":false,"steps":"` + digest + `","version":"v1","cpu":"avx2","costs":[]}`
	if err := os.WriteFile(r.resultFile(seed, ".json"), []byte(record), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A seed with results is not run again, even without its folder; results of other commands are
// refused.
func TestKeptResults(t *testing.T) {
	folder := t.TempDir()
	wrote(t, folder, "try", 100, false, Cells{})
	var did []string
	r := runner(folder, 0, &did)
	r.First, r.Seeds = 100, 2
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(r.Steps(100)); len(did) != n {
		t.Errorf("%d commands for one of two seeds, want %d", len(did), n)
	}
	for _, c := range did {
		if strings.Contains(c, "seed-100") {
			t.Fatalf("seed 100 ran again: %s", c)
		}
	}
	r.Null = true
	if err := r.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "seed-100.json: results of other commands") {
		t.Errorf("results of another reproduction: %v", err)
	}
}

// Cells that are written and read again are the same, to the last bit.
func TestCellsRoundTrip(t *testing.T) {
	key := Key{"sampled", "world", "gold, \"utility\"", "QA + instruction", "sft-130k"}
	want := Cells{
		key:                          {Interval: &metrics.Interval{Point: 1. / 3, SE: math.Pi, Lo: -1e-17, Hi: 2}, Method: "t, clustered", N: 7, Unscored: 2},
		{"x", "y", "z", "", "gpt-a"}: {N: 3},
		{"x", "y", "z", "", "gpt-b"}: {Alone: new(-2. / 3), N: 4, Method: "none"},
		{"x", "y", "z", "", "gpt-c"}: {Alone: new(0.0), N: 5, Method: "none"},
	}
	path := filepath.Join(t.TempDir(), "cells.csv")
	if err := writeCells(path, []uint64{200, 201}, []Cells{want, {key: want[key]}}); err != nil {
		t.Fatal(err)
	}
	got, err := LoadCells(path)
	if err != nil || len(got) != 2 || len(got[200]) != 4 || len(got[201]) != 1 {
		t.Fatalf("%v, %v", got, err)
	}
	e := got[200][key]
	if *e.Interval != *want[key].Interval || e.Method != "t, clustered" || e.N != 7 || e.Unscored != 2 || e.Suite != "world" || e.Metric != key.Metric {
		t.Errorf("read %+v", e)
	}
	if none := got[200][Key{"x", "y", "z", "", "gpt-a"}]; none.Interval != nil || none.Alone != nil || none.N != 3 {
		t.Errorf("without a number: %+v", none)
	}
	for model, point := range map[string]float64{"gpt-b": -2. / 3, "gpt-c": 0} {
		k := Key{"x", "y", "z", "", model}
		if e := got[200][k]; e.Interval != nil || e.Alone == nil || *e.Alone != point || e.N != want[k].N || e.Method != "none" {
			t.Errorf("%s, a point without an interval: %+v", model, e)
		}
		two := []Cells{got[200], {k: {Alone: new(5.0), N: 2}}}
		if one := pooled(two[:1], k); one.Alone == nil || *one.Alone != point {
			t.Errorf("%s of one seed: %+v", model, one)
		}
		if all := pooled(two, k); all.Alone != nil || all.Interval != nil || all.N != want[k].N+2 {
			t.Errorf("%s of two seeds: %+v", model, all)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	last := strings.LastIndex(strings.TrimSpace(string(data)), "\n")
	for content, want := range map[string]string{
		string(data) + string(data[last+1:]):                              "occurs twice",
		strings.Replace(string(data), "200,sampled", "two,sampled", 1):    `:2: seed "two"`,
		strings.Replace(string(data), "3.141592653589793", "a little", 1): `se "a little"`,
		strings.Replace(string(data), "3.141592653589793", "", 1):         `se ""`,
	} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadCells(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A page joins folders: seeds of one budget become one group, null worlds stand beside it.
func TestJoin(t *testing.T) {
	findings, err := ReadFindings("f.yaml", []byte(`
- {id: a, claim: SFT is better, source: section 4.1, paper: 71 +- 4%, vanishes: true, tests: [{name: "utility: SFT less GPT", of: sampled/world/gold_utility/plain, number: sft - gpt, above: 0}]}
- {id: b, claim: size counts, source: figure 1, tests: [{name: n, of: sampled/world/gold_utility/plain, number: sft@largest - gpt@smallest, above: 0}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	one, two, null := filepath.Join(dir, "one"), filepath.Join(dir, "two"), filepath.Join(dir, "null")
	wrote(t, one, "xs", 201, false, cellsOf(0.5, 0.31, 0.1))
	wrote(t, one, "xs", 200, false, cellsOf(0.5, 0.29, 0.1))
	wrote(t, two, "xs", 202, false, cellsOf(0.5, 0.3, 0.1))
	wrote(t, null, "xs", 200, true, cellsOf(0.5, 0.49, 0.1))
	wrote(t, null, "xs", 201, true, cellsOf(0.5, 0.52, 0.1))
	out := filepath.Join(dir, "page")
	if err := os.Mkdir(out, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, Notes), []byte("- {finding: a, why: because}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Join([]string{two, one, null}, findings, out); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(out, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	for _, part := range []string{"Budget `xs`: seeds 200 to 202, v1 on avx2. 1 holds, 1 not tested of 2 findings; by Holm: 1 holds, 1 not tested of 2 findings.",
		"Null worlds of budget `xs`: seeds 200 to 201", "71 +- 4%", "+0.200 [+0.175, +0.225]", "vanishes: -0.005", "needs a second size", "- `a`: because", "0.2, on residuals"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q:\n%s", part, page)
		}
	}
	for _, name := range []string{"xs.csv", "xs.json", "xs-null.csv", "xs-null.json"} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
	if err := Join([]string{one, one}, findings, out); err == nil || !strings.Contains(err.Error(), "has results twice") {
		t.Errorf("a folder twice: %v", err)
	}
	if err := Join([]string{t.TempDir()}, findings, out); err == nil || !strings.Contains(err.Error(), "no finished seed") {
		t.Errorf("an empty folder: %v", err)
	}
	if err := os.WriteFile(filepath.Join(out, Notes), []byte("- {finding: z, why: because}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Join([]string{one}, findings, out); err == nil || !strings.Contains(err.Error(), `why.yaml:1: no finding "z"`) {
		t.Errorf("an explanation of nothing: %v", err)
	}
}

// What is planned is what happens: over many studies with the pilots' means and spreads, a finding
// is decided as often as planned.
func TestPlan(t *testing.T) {
	findings, err := ReadFindings("f.yaml", []byte(`
- {id: a, claim: c, source: s, tests: [{name: n, of: sampled/world/gold_utility/plain, number: sft - gpt, above: 0}]}
- {id: b, claim: c, source: s, tests: [{name: n, of: sampled/world/gold_utility/plain, number: sft - gpt, within: 0.3}, {name: m, of: sampled/world/gold_utility/plain, number: sft - gpt, above: 0}]}
- {id: c, claim: c, source: s, tests: [{name: n, of: sampled/world/gold_utility/plain, number: sft@largest - gpt@smallest, above: 0}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Budget: Budgets()[1]}
	pilots := map[uint64]Cells{0: cellsOf(0.5, 0.4, 1), 1: cellsOf(0.5, 0.6, 1), 2: cellsOf(0.7, 0.4, 1), 3: cellsOf(0.6, 0.5, 1)}
	p, err := o.Plan(findings, pilots, 8)
	if err != nil {
		t.Fatal(err)
	}
	// scipy 1.17: x = [.1, -.1, .3, .1]; P(d, a) = nct.sf(t.isf(a/2, 7), 7, d/std(x, ddof=1)*sqrt(8));
	// P(.1, .05), and P(.1, .05) + P(.2, .05) + P(.4, .05) - 2; the third has no second size, so Holm's
	// strictest level is .05/2
	const planA, planFails, planHolm, planB = 0.3221366896970987, 0.00024087079646104955, 0.210077468929464, 0.16454527953004527
	for i, want := range []PlannedFinding{{Holds: planA, Fails: planFails, HolmHolds: planHolm}, {Holds: planB}, {}} {
		got := p.Findings[i]
		if !approx.Equal(got.Holds, want.Holds, 1e-7) || i != 1 && !approx.Equal(got.Fails, want.Fails, 1e-7) || i == 0 && !approx.Equal(got.HolmHolds, want.HolmHolds, 1e-7) {
			t.Errorf("finding %d: %+v, want %+v", i, got, want)
		}
	}
	if raw, _ := p.Decided(); !approx.Equal(raw, (planA + planFails + planB + p.Findings[1].Fails), 1e-6) {
		t.Errorf("%v findings are expected to be decided", raw)
	}
	if _, err := o.Plan(findings, map[uint64]Cells{0: pilots[0]}, 8); err == nil {
		t.Error("one pilot seed has a spread")
	}
	if p.Findings[2].Verdict != study.NotTested {
		t.Errorf("without a second size: %s", p.Findings[2].Verdict)
	}
}
