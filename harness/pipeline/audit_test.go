package pipeline_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/approx"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/agreement"
	"assay/models"
	"assay/reports"
)

// judgedRun is a run with a judge gpt-4o of kind pairwise that prefers the answer it sees first, long
// answers, and those of gpt-4.1, which is "own" in the run. Four people judge the same 60 prompts.
type judgedRun struct {
	judgements []metrics.Judgement
	texts      []models.Completion
	repeats    []metrics.Repeat
	known      []metrics.Judgement
	flips      int     // pairs whose verdicts differ
	first      float64 // sum of the scores of what is shown first
	excess     float64 // sum of what the judge gives own more than people do
	changed    int     // of the 20 that are judged again
}

func newJudgedRun() *judgedRun {
	r, rng := &judgedRun{}, rand.New(rand.NewPCG(3, 18))
	for i := range 60 {
		prompt := fmt.Sprint("prompt ", i)
		base := 20 + rng.IntN(200)
		r.texts = append(r.texts, completion("pref", prompt, "", "base", strings.Repeat("x", base)))
		for _, model := range []string{"own", "other"} {
			length := 20 + rng.IntN(200)
			text := strings.Repeat("x", length)
			if rng.IntN(2) == 0 {
				text += "\n- item\n- item"
			}
			r.texts = append(r.texts, completion("pref", prompt, "", model, text))
			lean := float64(length-base) / 200
			if model == "own" {
				lean += 0.5
			}
			orders := []float64{verdict(lean+0.4, rng), verdict(lean-0.4, rng)}
			value := 0.5
			if orders[0] == orders[1] {
				value = orders[0]
			} else {
				r.flips++
			}
			r.first += (orders[0] + 1 - orders[1]) / 2
			j := against(judgement("pref", "win_rate", prompt, "", model, value), "base")
			j.Orders = orders
			r.judgements = append(r.judgements, j)
			if i < 20 && model == "own" {
				again := j
				again.Value, again.Orders = []float64{value}, nil
				if i%4 == 1 {
					again.Value = []float64{1 - value/2}
					r.changed++
				}
				r.repeats = append(r.repeats, metrics.Repeat{Draw: 1, Judgement: j}, metrics.Repeat{Draw: 2, Judgement: again})
			}
			mean := 0.0
			for labeler := range 4 {
				said := j
				said.Judge, said.Labeler, said.Orders = "people: crowd", fmt.Sprint("labeler ", labeler), nil
				said.Value = []float64{verdict(0.1, rng)}
				mean += said.Value[0] / 4
				r.judgements = append(r.judgements, said)
			}
			if model == "own" {
				r.excess += value - mean
			}
		}
	}
	lost := against(judgement("pref", "win_rate", "prompt 60", "", "own"), "base")
	r.judgements = append(r.judgements, lost)
	for i := range 40 {
		j := metrics.Judgement{Suite: "known_pairs", Example: fmt.Sprint(i), Model: "better answer", Baseline: "worse answer", Metric: "win_rate", Judge: "judge", Value: []float64{1}, Orders: []float64{1, 1}}
		switch {
		case i%4 == 1:
			j.Value, j.Orders = []float64{0.5}, []float64{1, 0}
		case i%8 == 3:
			j.Value, j.Orders = []float64{0}, []float64{0, 0}
		case i == 39:
			j.Value, j.Orders, j.Missing = nil, nil, "the judge's answer is empty"
		}
		r.known = append(r.known, j)
	}
	return r
}

func verdict(lean float64, rng *rand.Rand) float64 {
	if rng.NormFloat64()*0.5 < lean {
		return 1
	}
	return 0
}

const judgePlan = `{"models":[{"name":"own","model":"openai:http://x/v1#gpt-4.1-mini"},{"name":"other","model":"openai:http://x/v1#qwen3"},{"name":"base","model":"gpt:some/gpt4all"}],
"judges":[{"name":"judge","kind":"pairwise","model":"openai:http://x/v1#gpt-4o"}]}`

func (r *judgedRun) source(t *testing.T) pipeline.Source {
	t.Helper()
	src := source(t, []string{"own", "other", "base"}, r.judgements...)
	src.Manifest.Plan.Run = jsontext.Value(judgePlan)
	store := src.Store
	if err := runstore.Completions().WriteAll(store, r.texts); err != nil {
		t.Fatal(err)
	}
	if r.repeats != nil {
		if err := runstore.Repeats().WriteAll(store, r.repeats); err != nil {
			t.Fatal(err)
		}
	}
	if r.known != nil {
		if err := runstore.Known().WriteAll(store, r.known); err != nil {
			t.Fatal(err)
		}
	}
	return src
}

func audited(t *testing.T, sources ...pipeline.Source) (map[string]reports.AuditRow, reports.Audit) {
	t.Helper()
	all, err := open(t, sources...).Audit(agreement.AltOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]reports.AuditRow{}
	for _, row := range all.Rows {
		name := string(row.Check)
		if row.Term != "" {
			name = row.Term
		}
		if _, ok := rows[name]; ok {
			t.Fatalf("%s is there twice", name)
		}
		rows[name] = row
		if row.Says() == "" || (row.Needs == "") == (row.Measure == nil && row.Alone == nil) {
			t.Errorf("row %+v says %q", row, row.Says())
		}
	}
	return rows, all
}

func TestAudit(t *testing.T) {
	r := newJudgedRun()
	rows, all := audited(t, r.source(t))
	for _, w := range []struct {
		check reports.AuditCheck
		point float64
		n     int
	}{
		{reports.AuditOrder, float64(r.flips) / 120, 120},
		{reports.AuditFirst, r.first / 120, 120},
		{reports.AuditOwn, r.excess / 60, 60},
		{reports.AuditAgain, float64(r.changed) / 20, 20},
		{reports.AuditKnown, (24 + 10*0.5) / 39, 39},
	} {
		row := rows[string(w.check)]
		if row.Measure == nil || !approx.Equal(row.Point, w.point, 1e-12) || row.Measure.N != w.n || !(row.Lo < row.Point && row.Point < row.Hi) {
			t.Errorf("%s: %+v %+v, want %v of %d", w.check, row, row.Measure, w.point, w.n)
		}
	}
	for check, says := range map[string]string{
		"order of the answers":          "The verdict changes with the order of the two answers in",
		"first answer":                  "The judge prefers the answer that it sees first.",
		"longer answers":                "A much longer answer has ",
		"longer answers, beyond people": "The judge likes long answers more than people do",
		"own answers":                   "The judge gives answers of its own family more than the verdicts of people. Own family: own.",
		"lists":                         "No preference for lists is shown.",
		"may it replace people?":        "by the alternative annotator test with epsilon 0.2.",
	} {
		if row := rows[check]; !strings.Contains(row.Says(), says) {
			t.Errorf("%s says %q, want %q", check, row.Says(), says)
		}
	}
	if k := rows["agreement with people"]; k.Measure == nil || k.Measure.N != 120 || k.Clusters != 60 {
		t.Errorf("agreement %+v", k)
	}
	notes := strings.Join(all.Notes, "\n")
	for _, want := range []string{"judge, pref win_rate: 1 pair with known answers has no verdict and is left out.", "judge, pref win_rate: 1 judgement has no value and is left out."} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes %q lack %q", notes, want)
		}
	}
}

// A preference that is recorded from the other side is the same one.
func TestAuditFromTheOtherSide(t *testing.T) {
	r := newJudgedRun()
	want, _ := audited(t, r.source(t))
	for i := range r.judgements {
		j := &r.judgements[i]
		if !j.Scored() || i%3 != 0 {
			continue
		}
		j.Model, j.Baseline, j.Value = j.Baseline, j.Model, []float64{1 - j.Value[0]}
		if j.Orders != nil {
			j.Orders = []float64{1 - j.Orders[1], 1 - j.Orders[0]}
		}
	}
	got, _ := audited(t, r.source(t))
	for name, w := range want {
		g := got[name]
		if w.Measure != nil && (g.Measure == nil || !approx.Equal(g.Point, w.Point, 1e-9) || !approx.Equal(g.Lo, w.Lo, 1e-9)) {
			t.Errorf("%s: %+v, want %+v", name, g.Measure, w.Measure)
		}
	}
}

// What the records can't carry has no number, and says what would be needed.
func TestAuditNeeds(t *testing.T) {
	r := newJudgedRun()
	for i := range r.judgements {
		r.judgements[i].Orders = nil
	}
	var alone []metrics.Judgement
	for _, j := range r.judgements {
		if j.Labeler == "" {
			alone = append(alone, j)
		}
	}
	r.judgements, r.repeats, r.known, r.texts = alone, nil, nil, r.texts[:10]
	rows, _ := audited(t, r.source(t))
	for check, needs := range map[string]string{
		"order of the answers":   "no verdicts in both orders",
		"longer answers":         "it needs 30 prompts",
		"style":                  "it needs answers with lists",
		"own answers":            "own may be the judge's own, but only people's labels",
		"agreement with people":  "no person labelled these answers",
		"may it replace people?": "three people with 30 items each",
		"asked again":            "audit: {repeats: 1}",
		"known answers":          "audit: {known: FILE}",
	} {
		if row := rows[check]; row.Measure != nil || row.Alone != nil || !strings.Contains(row.Needs, needs) {
			t.Errorf("%s: %+v, want it to need %q", check, row, needs)
		}
	}
	if _, ok := rows["first answer"]; ok || rows["longer answers, beyond people"].Judge != "" {
		t.Errorf("rows %v", rows)
	}
	// An earlier assay recorded whether the verdicts differ, but not which.
	for i := range 60 {
		r.judgements = append(r.judgements, against(judgement("pref", "order_flips", fmt.Sprint("prompt ", i), "", "own", float64(i%3/2)), "base"))
	}
	rows, _ = audited(t, r.source(t))
	if row := rows["order of the answers"]; row.Measure == nil || !approx.Equal(row.Point, 20.0/60, 1e-12) {
		t.Errorf("flips %+v", row)
	}
	if row := rows["first answer"]; !strings.Contains(row.Needs, "assay run --rescore") {
		t.Errorf("first answer %+v", row)
	}
	// A second judge of another family stands in for people; one of the same family does not.
	for _, second := range []string{"claude", "gpt-4o-mini"} {
		with := *r
		for _, j := range alone {
			if j.Scored() {
				j.Judge, j.Value = second, []float64{1 - j.Value[0]}
				with.judgements = append(with.judgements, j)
			}
		}
		src := with.source(t)
		src.Manifest.Plan.Run = jsontext.Value(strings.Replace(judgePlan, `"judges":[`, fmt.Sprintf(`"judges":[{"name":%q,"kind":"pairwise","model":"openai:http://x/v1#%[1]s"},`, second), 1))
		all, err := open(t, src).Audit(agreement.AltOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range all.Rows {
			if row.Judge == "judge" && row.Check == reports.AuditOwn && (row.Reference == second) != (second == "claude") {
				t.Errorf("with %s: %+v", second, row)
			}
		}
	}
}

// Judges that are rules of the suites, and runs without judges, have no audit.
func TestNoAudit(t *testing.T) {
	r := newJudgedRun()
	src := r.source(t)
	src.Manifest.Plan.Run = jsontext.Value(strings.Replace(judgePlan, `"name":"judge"`, `"name":"another"`, 1))
	if all, err := open(t, src).Audit(agreement.AltOptions{}); err != nil || len(all.Rows) > 0 {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestAuditOfGrades(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 18))
	var js []metrics.Judgement
	var texts []models.Completion
	for i := range 60 {
		for _, model := range []string{"a", "b", "c"} {
			prompt, length := fmt.Sprint(i), 20+rng.IntN(200)
			texts = append(texts, completion("toxic", prompt, "", model, strings.Repeat("x", length)))
			// Lower is better, and long answers get lower values.
			js = append(js, judgement("toxic", "mean", prompt, "", model, float64(9-min(9, length/40+rng.IntN(5)))/9))
		}
	}
	src := source(t, []string{"a", "b", "c"}, js...)
	src.Manifest.Plan.Run = jsontext.Value(`{"judges":[{"name":"judge","kind":"grade","model":"openai:http://x/v1#m"}]}`)
	if err := runstore.Completions().WriteAll(src.Store, texts); err != nil {
		t.Fatal(err)
	}
	rows, _ := audited(t, src)
	if row := rows["longer answers"]; row.Measure == nil || row.Measure.N != 180 || !(row.Lo > 0) {
		t.Errorf("longer answers %+v %+v", row, row.Measure)
	}
	if _, ok := rows["order of the answers"]; ok || rows["style"].Needs == "" {
		t.Errorf("rows %v", rows)
	}
}

// A judge that was trained on an answer repeats its label: such judgements show no agreement.
func TestAuditLeavesLearnedAnswersOut(t *testing.T) {
	r := newJudgedRun()
	n := 0
	for i := range r.judgements {
		if j := &r.judgements[i]; j.Labeler == "" && j.Scored() && j.Model == "other" {
			j.Learned = true
			n++
		}
	}
	rows, all := audited(t, r.source(t))
	if k := rows["agreement with people"]; n != 60 || k.Measure == nil || k.Measure.N != 60 {
		t.Errorf("%d learned, agreement %+v", n, k.Measure)
	}
	const note = "judge, pref win_rate: 60 judgements of answers that the judge was trained on are left out."
	if !strings.Contains(strings.Join(all.Notes, "\n"), note) {
		t.Errorf("notes %q, want %q", all.Notes, note)
	}
	agreed, err := open(t, r.source(t)).Agreements(pipeline.AgreementOptions{})
	if err != nil || !strings.Contains(strings.Join(agreed.Notes, "\n"), note) {
		t.Errorf("notes %q, %v", agreed.Notes, err)
	}
}
