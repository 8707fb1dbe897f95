package wire

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/harness/engine"
	"assay/harness/plan"
	"assay/harness/suitefile"
	"assay/metrics"
	"assay/models"
	"assay/suites"
	"assay/suites/judge"
)

func TestConnectionPutsTheKeyIntoAHeader(t *testing.T) {
	t.Setenv("WIRE_TEST_KEY", " secret\n")
	for _, c := range []struct {
		header, scheme  string
		wantIn, wantSet string
	}{
		{"", "", "Authorization", "Bearer secret"},
		{"authorization", "Basic", "Authorization", "Basic secret"},
		{"api-key", "", "Api-Key", "secret"},
		{"", plan.NoScheme, "Authorization", "secret"},
	} {
		s := plan.Server{APIKeyEnv: "WIRE_TEST_KEY", Form: plan.Form{KeyHeader: c.header, KeyScheme: c.scheme}}
		cfg, err := connection("http://127.0.0.1", &s)
		if got := cfg.Header.Get(c.wantIn); err != nil || got != c.wantSet {
			t.Errorf("header %q, scheme %q: %s: %q, error %v; want %q", c.header, c.scheme, c.wantIn, got, err, c.wantSet)
		}
	}
	s := plan.Server{APIKeyEnv: "WIRE_TEST_NO_KEY"}
	if _, err := connection("http://127.0.0.1", &s); err == nil || !strings.Contains(err.Error(), "WIRE_TEST_NO_KEY is not set") {
		t.Errorf("without the variable: %v", err)
	}
}

func TestFind(t *testing.T) {
	beside, data := t.TempDir(), t.TempDir()
	for _, path := range []string{filepath.Join(beside, "own.csv"), filepath.Join(data, "set", "usual.csv"), filepath.Join(data, "set", "other.csv")} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w := wiring{plan: &plan.Run{Path: filepath.Join(beside, "plan.yaml")}, Options: Options{Data: data}}
	for name, want := range map[string]string{
		"":          filepath.Join(data, "set", "usual.csv"),
		"own.csv":   filepath.Join(beside, "own.csv"),
		"other.csv": filepath.Join(data, "set", "other.csv"),
	} {
		if got, err := w.find("data", name, "set/usual.csv", true, false); got != want || err != nil {
			t.Errorf("%q: %q, %v; want %q", name, got, err, want)
		}
	}
	if _, err := w.find("data", "lost.csv", "set/usual.csv", true, false); err == nil || !strings.Contains(err.Error(), "data lost.csv: no such file") {
		t.Errorf("a lost file: %v", err)
	}
	if got, err := w.find("shots", "", "", false, false); got != "" || err != nil {
		t.Errorf("an optional file: %q, %v", got, err)
	}
}

func TestWholeSetsOnlyAnUnsetTopP(t *testing.T) {
	for set, want := range map[float64]float64{0: 1, 0.5: 0.5} {
		over := allTokens(func(s models.Sampling) models.Sampling { s.TopP = set; return s })
		if got := over(models.Sampling{}).TopP; got != want {
			t.Errorf("top_p %v: %v, want %v", set, got, want)
		}
	}
}

// Values of headers and of the query come from the plan or, with their prefix, from the
// environment.
func TestConnectionTakesValuesFromTheEnvironment(t *testing.T) {
	t.Setenv("WIRE_TEST_TEAM", " red\n")
	s := plan.Server{Form: plan.Form{
		Headers: map[string]plan.Value{"X-Team": {Env: "WIRE_TEST_TEAM", Prefix: "team-"}, "X-Plain": {Text: "as it is"}},
		Query:   map[string]plan.Value{"version": {Text: "2"}, "team": {Env: "WIRE_TEST_TEAM"}},
	}}
	cfg, err := connection("http://127.0.0.1", &s)
	if err != nil || cfg.Header.Get("X-Team") != "team-red" || cfg.Header.Get("X-Plain") != "as it is" || cfg.Query.Encode() != "team=red&version=2" {
		t.Errorf("header %v, query %v, error %v", cfg.Header, cfg.Query, err)
	}
	s.Headers["X-Team"] = plan.Value{Env: "WIRE_TEST_NONE"}
	if _, err := connection("http://127.0.0.1", &s); err == nil || !strings.Contains(err.Error(), "WIRE_TEST_NONE is not set") {
		t.Errorf("without the variable: %v", err)
	}
}

// Perspective's key goes into the address, unless the plan names its header; other services
// have it in a header.
func TestServiceKeys(t *testing.T) {
	for _, c := range []struct {
		service judge.ToxicityService
		header  string
		query   string // of the address; "" is without a key
		in      string // the header with the key; "" is none
	}{
		{judge.Perspective, "", "key=secret", ""},
		{judge.Perspective, "X-Goog-Api-Key", "", "X-Goog-Api-Key"},
		{judge.Moderation, "", "", "Authorization"},
	} {
		var asked *http.Request
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = r
			w.WriteHeader(http.StatusBadRequest)
		}))
		t.Setenv("WIRE_TEST_KEY", "secret")
		var p plan.Judge
		p.URL, p.Service, p.APIKeyEnv, p.KeyHeader = server.URL, c.service, "WIRE_TEST_KEY", c.header
		w := wiring{job: &Job{}}
		var e engine.Endpoint
		if err := w.service(&p, &e); err != nil {
			t.Fatal(err)
		}
		_, _ = e.Ask(t.Context(), models.Request{Prompt: "x"}) // which the server refuses
		server.Close()
		if asked == nil {
			t.Fatalf("%v: nothing was asked", c.service)
		}
		got := ""
		for _, name := range []string{"Authorization", "X-Goog-Api-Key"} {
			if strings.Contains(asked.Header.Get(name), "secret") {
				got = name
			}
		}
		if asked.URL.RawQuery != c.query || got != c.in {
			t.Errorf("%v, header %q: query %q and the key in header %q", c.service, c.header, asked.URL.RawQuery, got)
		}
	}
}

// Recorded outputs can't judge.
func TestGraderAnswers(t *testing.T) {
	w := wiring{job: &Job{}}
	if err := w.grader(&plan.Judge{Spec: plan.Spec{Kind: plan.Replay, Target: "verdicts.jsonl"}}, &engine.Endpoint{}); err == nil || !strings.Contains(err.Error(), "openai:URL#NAME") {
		t.Errorf("error %v", err)
	}
}

// Metrics that are gathered from samples need several, and a judge of them.
func TestGatesNeedAJudge(t *testing.T) {
	gate := []metrics.Gate{{Suite: "s", Metric: "most"}}
	gather := func([]metrics.Judgement) []metrics.Judgement { return nil }
	some := []engine.Judge{{Judge: fixedJudge{}}}
	for _, c := range []struct {
		suite engine.Suite
		ok    bool
	}{
		{engine.Suite{Suite: suites.Suite{Name: "s", Gather: gather}, Samples: 2, Judges: some}, true},
		{engine.Suite{Suite: suites.Suite{Name: "s", Gather: gather}, Samples: 1, Judges: some}, false},
		{engine.Suite{Suite: suites.Suite{Name: "s", Gather: gather}, Samples: 2}, false},
		{engine.Suite{Suite: suites.Suite{Name: "s"}, Samples: 2, Judges: some}, false},
		{engine.Suite{Suite: suites.Suite{Name: "other"}, Samples: 1}, true},
	} {
		if err := gatesJudged(gate, &c.suite); (err == nil) != c.ok {
			t.Errorf("%s, %d samples, %d judges: %v", c.suite.Name, c.suite.Samples, len(c.suite.Judges), err)
		}
	}
	if err := gatesJudged([]metrics.Gate{{Suite: "s", Metric: "fixed"}}, &engine.Suite{Suite: suites.Suite{Name: "s"}, Samples: 1, Judges: some}); err != nil {
		t.Error(err)
	}
}

// fixedJudge has one metric, and judges nothing.
type fixedJudge struct{}

func (fixedJudge) Name() string      { return "f" }
func (fixedJudge) Metrics() []string { return []string{"fixed"} }
func (fixedJudge) Judge(context.Context, suites.Item) ([]metrics.Judgement, error) {
	return nil, nil
}

// The order of choices under letters is part of requests to a server that may need letters.
// A judge that should see references is refused if no example has any, and the examples
// without are counted if some have.
func TestJudgesSeeWhatTheyNeed(t *testing.T) {
	w := wiring{}
	var notes []string
	w.Note = func(s string) { notes = append(notes, s) }
	grade := engine.Judge{Judge: judge.Grade{JudgeName: "g", ViewSettings: judge.ViewSettings{View: []judge.View{judge.Reference}}}}
	with := suites.Example{ID: "1", Suite: "s", Input: "q", References: []string{"a"}}
	without := suites.Example{ID: "2", Suite: "s", Input: "q"}
	if err := w.judgeable("s", grade, []suites.Example{with, with}); err != nil || notes != nil {
		t.Errorf("with references: %v, notes %q", err, notes)
	}
	if err := w.judgeable("s", grade, []suites.Example{without, with, without}); err != nil || len(notes) != 1 || !strings.Contains(notes[0], "can't judge 2 of 3 examples") {
		t.Errorf("with some: %v, notes %q", err, notes)
	}
	if err := w.judgeable("s", grade, []suites.Example{without, without}); err == nil || !strings.Contains(err.Error(), "judge g can judge no example (of 2): the judge's view has reference") {
		t.Errorf("with none: %v", err)
	}
	if err := w.judgeable("s", engine.Judge{Judge: judge.Grade{JudgeName: "g"}}, []suites.Example{without}); err != nil {
		t.Errorf("a judge that sees the answer alone: %v", err)
	}
}

// A judge that goes by the plan's own words is noted once if it isn't shown the references that
// some example has.
func TestJudgeOverlooksReferences(t *testing.T) {
	with, without := suites.Example{ID: "1", References: []string{"", "a"}}, suites.Example{ID: "2", References: []string{" "}}
	rubric, criteria := judge.GradeSettings{Rubric: "1 is right."}, judge.PairwiseSettings{Criteria: "The right one."}
	sees, seesMore := judge.ViewSettings{View: []judge.View{judge.Reference}}, judge.ViewSettings{View: []judge.View{judge.Choices}}
	const note = "judge j does not see the references of suite s; add view: [reference] if its rubric or criteria speak of them"
	for name, tt := range map[string]struct {
		judge    suites.Judge
		examples []suites.Example
		noted    bool
	}{
		"rubric":                    {judge.Grade{JudgeName: "j", GradeSettings: rubric}, []suites.Example{without, with, with}, true},
		"rubric, no references":     {judge.Grade{JudgeName: "j", GradeSettings: rubric}, []suites.Example{without, without}, false},
		"rubric and view":           {judge.Grade{JudgeName: "j", GradeSettings: rubric, ViewSettings: sees}, []suites.Example{with, with}, false},
		"no rubric":                 {judge.Grade{JudgeName: "j"}, []suites.Example{with, with}, false},
		"criteria":                  {judge.Pairwise{JudgeName: "j", PairwiseSettings: criteria}, []suites.Example{with, without, with}, true},
		"criteria and view":         {judge.Pairwise{JudgeName: "j", PairwiseSettings: criteria, ViewSettings: sees}, []suites.Example{with}, false},
		"no criteria":               {judge.Pairwise{JudgeName: "j"}, []suites.Example{with, with}, false},
		"sees choices, not answers": {judge.Grade{JudgeName: "j", GradeSettings: rubric, ViewSettings: seesMore}, []suites.Example{{ID: "3", Choices: []string{"a", "b"}, References: []string{"b"}}}, true},
	} {
		var notes []string
		w := wiring{Options: Options{Note: func(s string) { notes = append(notes, s) }}}
		if err := w.judgeable("s", engine.Judge{Judge: tt.judge}, tt.examples); err != nil || tt.noted != slices.Equal(notes, []string{note}) || !tt.noted && notes != nil {
			t.Errorf("%s: %v, notes %q", name, err, notes)
		}
	}
}

func TestLettersUnlessEchoed(t *testing.T) {
	for _, c := range []struct {
		logprobs plan.Logprobs
		letters  bool
	}{{plan.AutoLogprobs, true}, {plan.Letters, true}, {plan.Echo, false}} {
		w := wiring{plan: &plan.Run{}, job: &Job{}}
		p := plan.Model{Name: "m", Spec: plan.Spec{Kind: plan.OpenAI, Target: "http://127.0.0.1/v1", Name: "n"}}
		p.Logprobs = c.logprobs
		var m engine.Model
		if _, _, err := w.source(&p, &m); err != nil || m.Letters != c.letters {
			t.Errorf("logprobs: %v: letters %v, error %v", c.logprobs, m.Letters, err)
		}
	}
}

// A plan without the file of few-shot examples says which file that is, where to get it, and how to
// do without; if the data are missing too, they come first.
func TestNoShots(t *testing.T) {
	folder := t.TempDir()
	w := wiring{Options: Options{Data: folder}, plan: &plan.Run{}, job: &Job{}}
	fault := func(name string, row string) string {
		t.Helper()
		s, ok := suitefile.Find(name)
		if !ok {
			t.Fatal(name)
		}
		if row != "" {
			path := filepath.Join(folder, filepath.FromSlash(s.Live.Data))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(row), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		_, _, err := w.load(&plan.Suite{Suite: name}, s)
		if err == nil {
			t.Fatalf("%s was loaded", name)
		}
		return err.Error()
	}
	for _, tt := range []struct{ suite, row, want string }{
		{"hellaswag", "", `suite hellaswag: no file hellaswag/hellaswag_val.jsonl in the folder of data sets; name the file with "data" in the plan, or the folder with --data; 'assay data pull hellaswag' downloads it`},
		{"hellaswag", `{"ctx": "a", "activity_label": "b", "endings": ["c", "d"], "label": 1}` + "\n" + `{"ctx": "e", "activity_label": "b", "endings": ["c", "d"], "label": 0}`,
			`condition "fewshot" of hellaswag needs few-shot examples, and there is no hellaswag/hellaswag_train.jsonl in the folder of data sets; name their file with "shots" in the plan, or write conditions: [zeroshot]; 'assay data pull hellaswag' downloads it`},
		{"rte", `{"premise": "a", "hypothesis": "b", "label": "entailment"}` + "\n" + `{"premise": "c", "hypothesis": "b", "label": "not_entailment"}`,
			`condition "fewshot" of rte needs few-shot examples, and there is no rte/train.jsonl in the folder of data sets; name their file with "shots" in the plan, or write conditions: [zeroshot]; get it from https://super.gluebenchmark.com/tasks (val.jsonl and, for few-shot examples, train.jsonl from SuperGLUE's RTE.zip; its test.jsonl has no labels)`},
	} {
		if got := fault(tt.suite, tt.row); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.suite, got, tt.want)
		}
	}
}
