package pipeline_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/harness/interop"
	"assay/harness/leaf/approx"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/reports"
)

// importedLabels is a run of labels in JSON lines.
func importedLabels(t *testing.T, baseline, content string) pipeline.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "labels.jsonl")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	store := new(runstore.Memory)
	result, err := pipeline.Import(context.Background(), store, interop.Labels(), []string{path}, pipeline.ImportOptions{
		Baseline: baseline, Seed: 1, Reading: io.Discard, Judging: func(int) io.Writer { return io.Discard },
	})
	if err != nil {
		t.Fatal(err)
	}
	return pipeline.Source{Store: store, Manifest: result.Manifest}
}

// graded are grades by 35 labelers in two groups, of 40 prompts of which pairs may be clusters.
func grades(clustered bool) string {
	var b strings.Builder
	for p := range 40 {
		for l := range 35 {
			if (p*7+l*3)%5 > 1 {
				continue
			}
			cluster := ""
			if clustered {
				cluster = fmt.Sprintf(`,"cluster":"c%d"`, p/2)
			}
			fmt.Fprintf(&b, `{"prompt":"p%d","model":"m","labeler":"l%d","group":"%s","likert":%d%s}`+"\n", p, l, []string{"training", "held-out"}[l%2], 1+(p*5+l*11+p*l)%7, cluster)
		}
	}
	return b.String()
}

// Errors are clustered by prompt, or by what prompts share, and by labeler. With y, p and l the
// grades, prompts and labelers of [grades], statsmodels 0.15 gives
//
//	OLS(y, ones((len(y), 1))).fit(cov_type="cluster", cov_kwds={"groups": c_[p, l]})
//
// and c_[p//2, l] for clusters of two prompts. Its interval has other degrees of freedom: those
// here are scipy's t.ppf(.975, 34) and t.ppf(.975, 19).
func TestLabelsAreClustered(t *testing.T) {
	for _, tt := range []struct {
		clustered   bool
		se, lo, hi  float64
		independent int
	}{
		{false, 0.1448805647370073, 3.405567267806367, 3.9944327321936335, 40},
		{true, 0.13771741553100122, 3.4117541365826702, 3.98824586341733, 20},
	} {
		all := pipeline.Estimate(collect(t, importedLabels(t, "", grades(tt.clustered))), pipeline.Options{})
		if len(all) != 1 {
			t.Fatalf("%d estimates", len(all))
		}
		e := all[0]
		if e.Metric != "likert" || e.N != 560 || e.Clusters != tt.independent || !approx.Equal(e.Point, 3.7, 1e-12) || !approx.Equal(e.SE, tt.se, 1e-12) || !approx.Equal(e.Lo, tt.lo, 1e-9) || !approx.Equal(e.Hi, tt.hi, 1e-9) {
			t.Errorf("clustered %v: %+v, interval %+v", tt.clustered, e, *e.Interval)
		}
	}
}

// The two groups' estimates are those of their labelers alone. "none" is for labelers without a
// group; a suite without groups is left out.
func TestByLabelerGroup(t *testing.T) {
	src := importedLabels(t, "", grades(false)+`{"prompt":"p1","model":"m","labeler":"guest","likert":7}
{"suite":"other","prompt":"p1","model":"m","labeler":"guest","likert":7}
`)
	runs := open(t, src)
	divided, err := runs.DivideBy("labeler group")
	if err != nil {
		t.Fatal(err)
	}
	judged, err := divided.Collect()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]metrics.Estimate{}
	for _, e := range pipeline.Estimate(judged, pipeline.Options{}) {
		got[e.Suite+" "+e.Condition] = e
	}
	want := map[string]struct {
		n     int
		point float64
	}{"training": {288, 3.670138888888889}, "held-out": {272, 3.7316176470588234}, "none": {1, 7}}
	if len(got) != len(want) {
		t.Errorf("estimates %v", got)
	}
	for name, w := range want {
		if e := got["labels labeler group: "+name]; e.N != w.n || e.Interval == nil || !approx.Equal(e.Point, w.point, 1e-12) {
			t.Errorf("%s: %+v, want %+v", name, e, w)
		}
	}
	_, err = runs.DivideBy("topic")
	if err == nil || err.Error() != "--by topic: no example has this field; the fields are labeler group" {
		t.Errorf("error %v", err)
	}
	alone := open(t, importedLabels(t, "", `{"prompt":"p","model":"m","labeler":"l","likert":4,"category":"qa"}`))
	if _, err = alone.DivideBy("labeler group"); err == nil || !strings.Contains(err.Error(), "no judgement has a labeler with a group; remove --by, or choose a field of the examples (category)") {
		t.Errorf("error %v", err)
	}
}

// A report of labels has the paper's figures, and one panel for each labeler group. Several
// baselines are conditions, also within a group.
func TestReportOfLabels(t *testing.T) {
	var b strings.Builder
	for p := range 6 {
		for l := range 4 {
			for m, model := range []string{"sft", "ppo", "gpt"} {
				fmt.Fprintf(&b, `{"prompt":"p%d","category":"%s","model":"%s","labeler":"l%d","group":"%s","likert":%d,"fails_instruction":%v,"rank":%d}`+"\n",
					p, []string{"qa", "chat"}[p%2], model, l, []string{"training", "held-out"}[l%2], 1+(p+l*m)%7, (p+l+m)%3 == 0, 1+(p*l+m)%3)
			}
		}
	}
	for baseline, groups := range map[string]int{"": 2*3 + 2, "sft": 2 + 2} { // of win rates, and of grades
		src := importedLabels(t, baseline, b.String())
		r, _, err := pipeline.Report(collect(t, src), pipeline.ReportInput{Sources: []pipeline.Source{src}, Baseline: baseline})
		if err != nil {
			t.Fatal(err)
		}
		panels := map[string]int{}
		for _, f := range r.Sections[0].Figures {
			if f.ID == "labels" && baseline != "" && (len(f.Panels) != 1 || !strings.Contains(f.Caption, "no difference from "+baseline)) {
				t.Errorf("baseline %s: %d panels of win rates, caption %q", baseline, len(f.Panels), f.Caption)
			}
			panels[f.ID] = len(f.Panels)
			if f.ID == "labels-by-labeler-group" {
				for _, p := range f.Panels {
					if !strings.HasPrefix(p.Title, "held-out") && !strings.HasPrefix(p.Title, "training") {
						t.Errorf("panel %q", p.Title)
					}
				}
			}
		}
		if r.Sections[0].Title != "Human labels" || panels["labels-by-labeler-group"] != groups || panels["labels-by-category"] != groups || panels["labels-metadata"] != 1 || panels["labels-likert"] != 1 || panels["labels"] == 0 {
			t.Errorf("baseline %q: section %q, panels %v", baseline, r.Sections[0].Title, panels)
		}
	}
}

// With all rankings, a report that names a baseline draws the win rates over it alone, and its table
// has those over each model.
func TestFiguresOverTheBaseline(t *testing.T) {
	src := importedLabels(t, "", rankings())
	r, _, err := pipeline.Report(collect(t, src), pipeline.ReportInput{Sources: []pipeline.Source{src}, Baseline: "m1"})
	if err != nil {
		t.Fatal(err)
	}
	f := r.Sections[0].Figures[0]
	if f.ID != "labels" || len(f.Panels) != 1 || f.Panels[0].Title != "against m1" || len(f.Panels[0].Points) != 2 {
		t.Errorf("figure %s, panels %+v", f.ID, f.Panels)
	}
	if rows := r.Sections[0].Tables[0].Rows; len(rows) != 6 {
		t.Errorf("%d rows, want 3 models over 2 others each", len(rows))
	}
}

// rankings are those of 20 prompts by two labelers, with ties.
func rankings() string {
	var b strings.Builder
	for p := range 20 {
		for l := range 2 {
			for m := range 3 {
				fmt.Fprintf(&b, `{"prompt":"p%d","model":"m%d","labeler":"l%d","rank":%d}`+"\n", p, m, l, 1+(p*(m+2)+l*(m+1)+m)%3)
			}
		}
	}
	return b.String()
}

// A ranking is stored from both sides of each pair. A pair is one comparison: statsmodels 0.15 gives
// the strengths and errors below with each pair once,
//
//	GLM(y, X, family=Binomial()).fit(cov_type="cluster", cov_kwds={"groups": prompt})
//
// where X has 1 and -1 for a pair's models, without the first's column; errors are centred by
// P @ C @ P with P = I - 1/3. With each pair twice, the errors are 0.150, 0.082 and 0.206.
func TestStrengthsOfRankings(t *testing.T) {
	src := importedLabels(t, "", rankings())
	r, _, err := pipeline.Report(collect(t, src), pipeline.ReportInput{Sources: []pipeline.Source{src}})
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(r.Sections, func(s reports.Section) bool { return s.ID == "strengths" })
	if at < 0 {
		t.Fatalf("no strengths")
	}
	var got []string
	for _, row := range r.Sections[at].Tables[0].Rows {
		strength, _, _ := strings.Cut(row[1].Text, " ")
		got = append(got, strings.Join([]string{row[0].Text, strength, row[2].Text, row[3].Text}, " "))
	}
	if want := []string{"m1 0.450 0.082 80", "m0 -0.208 0.150 80", "m2 -0.242 0.206 80"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
