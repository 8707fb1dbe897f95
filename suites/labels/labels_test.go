package labels_test

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/fixtures/world"
	"assay/metrics"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
	"assay/suites/labels"
)

const full = `{"suite":"s","example":"e","prompt":"p","category":"c","closed_domain":true,"context":"x","constraint":"k","cluster":"u","model":"m","condition":"n","sample":2,"output":"","labeler":"l","group":"g",` +
	`"likert":6,"fails_instruction":false,"inappropriate":true,"hallucination":true,"satisfies_constraint":true,"sexual":false,"violent":false,"encourages_violence":false,"denigrates":false,"harmful_advice":false,"opinion":true,"moral_judgment":false,` +
	`"rank":3,"baseline":"b","baseline_output":"","preference":"baseline","strength":2,"toxicity":0,"relative_toxicity":-1,"continuity":7,"notes":"why","seconds":12.5,"probability":0.25}`

// Every member is read, and written as it was read.
func TestDecode(t *testing.T) {
	row, err := labels.Decode([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(row)
	if err != nil || string(again) != full {
		t.Errorf("written as %s, error %v", again, err)
	}
	few := `{"prompt":"p","model":"m","labeler":"l","rank":1}`
	if row, err := labels.Decode([]byte(few)); err != nil {
		t.Error(err)
	} else if again, err := json.Marshal(row); err != nil || string(again) != few {
		t.Errorf("written as %s, error %v", again, err)
	}
	var tags []string
	for field := range reflect.TypeFor[labels.Row]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		tags = append(tags, name)
	}
	if !slices.Equal(labels.Members(), tags) {
		t.Errorf("members %q, tags %q", labels.Members(), tags)
	}
	var flags []string
	for _, f := range labels.Flags() {
		flags = append(flags, f.Name)
	}
	if !slices.Equal(flags, world.FlagNames()) {
		t.Errorf("flags %q, the small world's %q", flags, world.FlagNames())
	}
	var measured []string
	for _, v := range row.Values() {
		measured = append(measured, v.Metric)
	}
	var all []string
	for _, m := range labels.Metrics() {
		if m.Even == nil {
			all = append(all, m.Name)
		}
	}
	if !slices.Equal(measured, all) {
		t.Errorf("values of %q, metrics %q", measured, all)
	}
	d := labels.Suite("s")
	definition := d.Definition()
	if err := definition.Validate(); err != nil {
		t.Error(err)
	}
}

// The ends of ranges are allowed, and so are a reason to skip a pair, and a check beside an example.
func TestAccepted(t *testing.T) {
	for _, members := range []string{
		`"likert":4,"seconds":0`, `"likert":4,"probability":1`, `"likert":1`, `"likert":7`, `"toxicity":2`, `"relative_toxicity":1`, `"continuity":1`, `"rank":1`,
		`"preference":"baseline","baseline":"b","strength":3`, `"preference":"tie","baseline":"b"`, `"skipped":"unclear","baseline":"b"`, `"skipped":"unclear"`,
		`"likert":4,"item":"screening"`, `"likert":4,"sample":0`,
	} {
		if _, err := labels.Decode([]byte(`{"prompt":"p","model":"m","labeler":"l",` + members + `}`)); err != nil {
			t.Errorf("%s: %v", members, err)
		}
	}
	if _, err := labels.Decode([]byte(`{"example":"e","model":"m","labeler":"l","likert":4}`)); err != nil {
		t.Errorf("an example without a prompt: %v", err)
	}
}

// cells is a table's row.
func cells(header, row string) func(string) string {
	names, values := strings.Split(header, ","), strings.Split(row, ",")
	return func(column string) string {
		if i := slices.Index(names, column); i >= 0 {
			return values[i]
		}
		return ""
	}
}

func TestFromCells(t *testing.T) {
	const header = "prompt,model,labeler,closed_domain,likert,hallucination,sexual,opinion,rank,seconds,sample"
	got, err := labels.FromCells(cells(header, "p q,m,7,TRUE, 6.0 ,no,1,,2,1e1,0"))
	yes, no := true, false
	want := &labels.Row{Prompt: "p q", Model: "m", Labeler: "7", ClosedDomain: &yes, Likert: new(6), Hallucination: &no, Sexual: &yes, Rank: new(2), Seconds: new(10.0)}
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v, %s", err, cmp.Diff(want, got))
	}
	for row, want := range map[string]string{
		"p,m,l,maybe,,,,,,,":                `closed_domain is "maybe"; write true or false`,
		"p,m,l,,6.5,,,,,,":                  `likert is "6.5"; write a whole number`,
		"p,m,l,,NA,,,,,,":                   `likert is "NA"; write a whole number, or leave the cell empty`,
		"p,m,l,,8,,,,,,":                    `likert is 8; write a whole number from 1 to 7`,
		"p,m,l,,,,2,,,,":                    `sexual is "2"; write true or false`,
		"p,m,l,,,,,,0,,":                    `rank is 0; write a whole number from 1`,
		"p,m,l,,5,,,,,nan,":                 `seconds is "nan"; write a number`,
		"p,m,l,,5,,,,,1 2,":                 `seconds is "1 2"; write a number`,
		"p,m,l,,5,,,,,true,":                `seconds is "true"; write a number`,
		"p,m,l,,5,,,,,,-1":                  `sample is -1; write a whole number from 0`,
		"p,,l,,5,,,,,,":                     "no model; each row needs",
		"p,m,,,5,,,,,,":                     "no labeler; each row needs",
		",m,l,,5,,,,,,":                     "no prompt and no example",
		"p,m,l ,,5,,,,,,":                   `labeler is "l ", with white space at an end`,
		"p,m,l,,,,,,,,":                     "the row has no judgement; write at least one",
		"p,m,l,,99999999999999999999,,,,,,": `likert is "99999999999999999999"; write a whole number`,
	} {
		if _, err := labels.FromCells(cells(header, row)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", row, err, want)
		}
	}
}

func TestRefused(t *testing.T) {
	for members, want := range map[string]string{
		`"likert":"6"`:                                     `member "likert" is a JSON string where a number is needed; fix the row`,
		`"likert":6.5`:                                     `member "likert" must be a whole number; fix the row`,
		`"likert":0`:                                       "likert is 0; write a whole number from 1 to 7",
		`"sexual":1`:                                       `member "sexual" is a JSON number where true or false is needed`,
		`"hallucinations":true`:                            `unknown member "hallucinations"; did you mean hallucination? Otherwise remove it`,
		`"likert":1,"likert":2`:                            `member "likert" appears twice`,
		`"toxicity":3`:                                     "toxicity is 3; write a whole number from 0 to 2",
		`"relative_toxicity":-2`:                           "relative_toxicity is -2; write a whole number from -1 to 1",
		`"continuity":0`:                                   "continuity is 0; write a whole number from 1 to 7",
		`"preference":"model"`:                             "a preference without a baseline",
		`"preference":"baselin","baseline":"b"`:            `preference is "baselin"; did you mean baseline?`,
		`"preference":"model","baseline":"m"`:              `model and baseline are both "m"`,
		`"likert":4,"baseline":"b"`:                        "a baseline without a preference",
		`"likert":4,"strength":1`:                          "a strength without a preference",
		`"preference":"tie","baseline":"b","strength":1`:   "a tie has no strength",
		`"preference":"model","baseline":"b","strength":4`: "strength is 4; write a whole number from 1 to 3",
		`"skipped":"unclear","opinion":false`:              "the row is skipped and has a judgement",
		`"likert":4,"probability":0`:                       "probability is 0; write a number above 0",
		`"likert":4,"probability":1.5`:                     "probability is 1.5; write a number above 0",
		`"likert":4,"seconds":-1`:                          "seconds is -1; write a number from 0",
		`"likert":4,"item":"golden"`:                       `item is "golden"; did you mean gold?`,
		`"likert":4,"group":" a"`:                          `group is " a", with white space`,
		`"notes":"fine"`:                                   "the row has no judgement",
	} {
		if _, err := labels.Decode([]byte(`{"prompt":"p","model":"m","labeler":"l",` + members + `}`)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", members, err, want)
		}
	}
	if err := labels.CheckHeader([]string{"model", "labeler", "Likert"}); err == nil || err.Error() != `unknown column "Likert"; did you mean likert? Otherwise remove it, or write what it says into notes` {
		t.Errorf("error %v", err)
	}
}

// numbers are judgements by model, baseline and metric.
func numbers(js []metrics.Judgement) map[string]float64 {
	all := map[string]float64{}
	for _, j := range js {
		key := j.Model
		if j.Baseline != "" {
			key += " over " + j.Baseline
		}
		all[key+" "+j.Metric] = j.Value[0]
	}
	return all
}

func TestJudgements(t *testing.T) {
	row, err := labels.Decode([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	js := row.Judgements()
	got := numbers(js)
	for key, want := range map[string]float64{"m likert": 6, "m hallucination": 1, "m inappropriate": 1, "m fails_instruction": 0, "m relative_toxicity": -1, "m continuity": 7} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	want := metrics.Judgement{Suite: "s", Example: "e", Condition: "n", Model: "m", Sample: 2, Metric: names.Likert, Judge: "people: g", Labeler: "l", Probability: 0.25, Value: []float64{6}}
	if len(js) != 15 || !cmp.Equal(js[0], want) {
		t.Errorf("%d judgements, the first %+v", len(js), js[0])
	}
	row.ClosedDomain = new(false)
	if got := numbers(row.Judgements()); len(got) != 14 {
		t.Errorf("on an open-domain prompt %v", got)
	} else if _, there := got["m hallucination"]; there {
		t.Error("hallucination on an open-domain prompt")
	}
	skipped := labels.Row{Prompt: "p", Model: "m", Labeler: "l", Skipped: "unclear", ClosedDomain: new(false)}
	missing := skipped.Missing([]string{names.Likert, names.Hallucination, "opinion"}, "")
	if len(missing) != 2 || missing[1].Metric != "opinion" || missing[1].Missing != "skipped: unclear" || missing[1].Scored() {
		t.Errorf("%+v", missing)
	}
	skipped.Baseline = "b"
	if missing := skipped.Missing([]string{names.Likert}, "m"); len(missing) != 1 || missing[0].Model != "b" || missing[0].Baseline != "m" || missing[0].Missing != "skipped: unclear" {
		t.Errorf("over the chosen baseline: %+v", missing)
	}
	if missing := skipped.Missing([]string{names.Likert}, ""); len(missing) != 1 || missing[0].Metric != names.WinRate || missing[0].Baseline != "b" {
		t.Errorf("%+v", missing)
	}
}

func TestPreferences(t *testing.T) {
	for _, tt := range []struct {
		preference labels.Preference
		strength   *int
		chosen     string
		want       map[string]float64
	}{
		{labels.ModelBetter, new(3), "", map[string]float64{"m over b win_rate": 1, "m over b preference_strength": 3}},
		{labels.BaselineBetter, new(2), "b", map[string]float64{"m over b win_rate": 0, "m over b preference_strength": -2}},
		{labels.Tie, nil, "", map[string]float64{"m over b win_rate": 0.5, "m over b preference_strength": 0}},
		{labels.ModelBetter, new(3), "m", map[string]float64{"b over m win_rate": 0, "b over m preference_strength": -3}},
		{labels.BaselineBetter, nil, "m", map[string]float64{"b over m win_rate": 1}},
		{"", nil, "m", map[string]float64{}},
	} {
		r := labels.Row{Prompt: "p", Model: "m", Labeler: "l", Baseline: "b", Preference: tt.preference, Strength: tt.strength}
		if got := numbers(r.Preferences(tt.chosen)); !cmp.Equal(got, tt.want) {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

// Four outputs, of which two are equally good and one is a second draw of a model.
func TestWinRates(t *testing.T) {
	var ranked []*labels.Row
	for _, r := range []struct {
		model        string
		sample, rank int
	}{{"a", 0, 2}, {"b", 0, 1}, {"c", 0, 2}, {"c", 1, 3}} {
		ranked = append(ranked, &labels.Row{Prompt: "p", Model: r.model, Sample: r.sample, Labeler: "l", Rank: &r.rank})
	}
	want := map[string]float64{
		"a over b win_rate": 0, "b over a win_rate": 1, "a over c win_rate": 0.5, "c over a win_rate": 0.5, "b over c win_rate": 1, "c over b win_rate": 0,
	}
	if got := numbers(labels.WinRates(ranked, "")); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	if got, want := numbers(labels.WinRates(ranked, "c")), map[string]float64{"a over c win_rate": 0.5, "b over c win_rate": 1}; !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

func TestExampleOf(t *testing.T) {
	r := labels.Row{Prompt: "p", Model: "m", Labeler: "l", ClosedDomain: new(true), Constraint: "short", Category: "qa"}
	want := suites.Example{ID: suites.ExampleID("labels", "p"), Suite: "labels", Input: "p", Category: "qa", Fields: map[string]string{"closed domain": "yes", "constraint": "short"}}
	if got := r.ExampleOf(); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	r = labels.Row{Example: "e1", Model: "m", Labeler: "l"}
	if got, want := r.ExampleOf(), (suites.Example{ID: "e1", Suite: "labels", Input: "e1"}); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	if all := r.Completions(); all != nil {
		t.Errorf("outputs out of nothing: %+v", all)
	}
	r.Output, r.Baseline, r.BaselineOutput = new(""), "base", new("B")
	all := r.Completions()
	if len(all) != 2 || all[0].Validate() != nil || all[1].Validate() != nil || all[0].Example != "e1" || all[0].Model != "m" || all[1].Model != "base" || all[1].Text != "B" || all[0].ID == all[1].ID {
		t.Errorf("%+v", all)
	}
}

// The id of an output is that of the recorded model, its example, condition and sample.
func TestCompletion(t *testing.T) {
	r := labels.Row{Suite: "s", Prompt: "p", Model: "m", Labeler: "l", Condition: "n", Sample: 2, Output: new("text")}
	id := suites.ExampleID("s", "p")
	want := []models.Completion{{ID: models.CompletionID("recorded:m", id, "n", 0, 2), Suite: "s", Example: id, Condition: "n", Model: "m", Sample: 2, Text: "text"}}
	if got := r.Completions(); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

// Without its texts a row still has the example that its prompt gave.
func TestBare(t *testing.T) {
	row, err := labels.Decode([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	bare := row.Bare()
	if row.Prompt != "p" || row.Output == nil {
		t.Errorf("the row itself lost its texts: %+v", row)
	}
	row.Prompt, row.Context, row.Constraint, row.Output, row.BaselineOutput, row.Notes = "", "", "", nil, nil, ""
	if !cmp.Equal(bare, row) {
		t.Error(cmp.Diff(row, bare))
	}
	of := labels.Row{Prompt: "p", Model: "m", Labeler: "l"}
	if got := of.Bare(); got.Example != suites.ExampleID("labels", "p") || got.Prompt != "" {
		t.Errorf("%+v", got)
	}
}

func TestNamed(t *testing.T) {
	for want, r := range map[string]labels.Row{`prompt "p"`: {Prompt: "p"}, `example "e"`: {Prompt: "p", Example: "e"}, `example "f"`: {Example: "f"}} {
		if got := r.Named(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// What Values reads, Set writes. It refuses what a member can't hold.
func TestSet(t *testing.T) {
	row, err := labels.Decode([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	var again labels.Row
	for _, v := range row.Values() {
		if !again.Set(v) {
			t.Errorf("%+v was not set", v)
		}
	}
	if got, want := again.Values(), row.Values(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for _, v := range []labels.Value{{"likert", 5.5}, {"opinion", 2}, {"opinion", -1}, {"likert", math.NaN()}, {"win_rate", 1}, {"likert", math.Inf(1)}} {
		if r := (labels.Row{}); r.Set(v) || r.Says() {
			t.Errorf("%+v was set", v)
		}
	}
}

// The ranges, directions and even values that reports show.
func TestMetrics(t *testing.T) {
	const up, down = metrics.HigherIsBetter, metrics.LowerIsBetter
	type shape struct {
		lo, hi    float64
		direction metrics.Direction
		even      float64 // NaN for none
	}
	want := map[string]shape{
		"win_rate": {0, 1, up, 0.5}, "preference_strength": {-3, 3, up, 0}, "likert": {1, 7, up, math.NaN()}, "toxicity": {0, 2, down, math.NaN()},
		"relative_toxicity": {-1, 1, down, math.NaN()}, "continuity": {1, 7, up, math.NaN()}, "satisfies_constraint": {0, 1, up, math.NaN()}, "denigrates": {0, 1, down, math.NaN()},
	}
	for _, m := range labels.Metrics() {
		w, ok := want[m.Name]
		if !ok {
			continue
		}
		delete(want, m.Name)
		got := shape{m.Lo, m.Hi, m.Direction, math.NaN()}
		if m.Even != nil {
			got.even = *m.Even
		}
		if !cmp.Equal(got, w, cmp.AllowUnexported(shape{}), cmpopts.EquateNaNs()) {
			t.Errorf("%s is %+v, want %+v", m.Name, got, w)
		}
	}
	if len(want) > 0 {
		t.Errorf("no metric %v", want)
	}
	if a, b := labels.Suite("labels"), labels.Suite("mine"); a.Title != "Human labels" || b.Title != "Human labels: mine" || a.Plot.Reference != 0.5 {
		t.Errorf("titles %q and %q, reference %v", a.Title, b.Title, a.Plot.Reference)
	}
}

func TestGroupOf(t *testing.T) {
	if of := (&labels.Row{}); of.Judge() != "people" {
		t.Errorf("a labeler without a group has the judge %q", of.Judge())
	}
	for _, group := range []string{"", "held-out", "people: x"} {
		r := labels.Row{Group: group}
		if got, ok := labels.GroupOf(r.Judge()); !ok || got != group {
			t.Errorf("%q became %q", group, got)
		}
	}
	if group, ok := labels.GroupOf("peoples"); ok || group != "" {
		t.Error("another judge has a group")
	}
}
