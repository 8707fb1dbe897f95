package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/engine"
	"assay/harness/runstore"
	"assay/harness/session"
	"assay/metrics"
	"assay/models"
	"assay/models/remote"
	"assay/suites"
)

// scripted is a model that answers by a rule and counts its requests.
type scripted struct {
	mu    sync.Mutex
	asked int
	rule  func(asked int, r models.Request) (models.Answer, error)
}

func (s *scripted) Generate(ctx context.Context, r models.Request) (models.Answer, error) {
	if err := ctx.Err(); err != nil {
		return models.Answer{}, err
	}
	s.mu.Lock()
	s.asked++
	n := s.asked
	s.mu.Unlock()
	if s.rule != nil {
		return s.rule(n, r)
	}
	return models.Answer{Text: fmt.Sprintf("%s/%d/%d", r.Prompt, r.Seed, r.Sample), Tokens: &models.Usage{Prompt: 10, Completion: 1}}, nil
}

// lengths judges a text by its length, and gathers the greatest.
type lengths struct{ name string }

func (l lengths) Name() string      { return l.name }
func (l lengths) Metrics() []string { return []string{"length"} }
func (l lengths) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	return []metrics.Judgement{suites.NewJudgement(item.Completion, "length", l.name, float64(len(item.Completion.Text)))}, nil
}

func suite(name string, n, samples int, judge string) engine.Suite {
	s := engine.Suite{
		Suite: suites.Suite{Name: name, Gather: func(js []metrics.Judgement) []metrics.Judgement {
			most := slices.MaxFunc(js, func(a, b metrics.Judgement) int { return int(a.Value[0] - b.Value[0]) })
			most.Metric = "longest"
			return []metrics.Judgement{most}
		}},
		Conditions: []string{"plain", "loud"}, Samples: samples, Sampling: models.Sampling{Temperature: 1},
		Ask: func(ex *suites.Example, condition string) models.Request {
			return models.Request{Prompt: condition + " " + ex.Input}
		},
		Judges: []engine.Judge{{Judge: lengths{judge}}},
	}
	for i := range n {
		s.Examples = append(s.Examples, suites.NewExample(name, fmt.Sprint(i), nil, ""))
	}
	return s
}

func job(plan string, m *scripted, all ...engine.Suite) *engine.Job {
	j := &engine.Job{Seed: 1, Suites: all, Models: []engine.Model{model("m", "f", 4, m)}}
	j.Models[0].Price = engine.Price{Prompt: 1e6}
	j.Plan.Run = jsontext.Value(`"` + plan + `"`)
	return j
}

func model(name, fingerprint string, concurrency int, g models.Generator) engine.Model {
	return engine.Model{Endpoint: engine.Endpoint{
		Info: models.Info{Name: name, Fingerprint: fingerprint}, Ask: engine.Ask(name, g, nil), Concurrency: concurrency,
	}}
}

func content(t *testing.T, s runstore.Store, names ...string) string {
	t.Helper()
	var all strings.Builder
	for _, name := range names {
		f, err := s.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s:\n%s", name, data)
	}
	return all.String()
}

func everything(t *testing.T, s runstore.Store) string {
	return content(t, s, "manifest.json", "examples.jsonl", "completions.jsonl", "verdicts.jsonl", "judgements.jsonl")
}

func run(t *testing.T, s runstore.Store, j *engine.Job, opt engine.Options) *engine.Result {
	t.Helper()
	r, err := engine.Run(t.Context(), s, j, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRunAsksOnceAndOnlyForWhatIsNew(t *testing.T) {
	m, store := &scripted{}, &runstore.Memory{}
	r := run(t, store, job("one", m, suite("a", 5, 2, "ruler")), engine.Options{})
	if r.Sent != 20 || m.asked != 20 || r.Dollars != 200 {
		t.Errorf("asked %d (the model: %d) for $%v, want 20 for $200", r.Sent, m.asked, r.Dollars)
	}
	if c := r.Manifest.Counts[0]; c.Completions != 20 || c.Attempted != 30 { // 20 lengths and 10 gathered
		t.Errorf("counts %+v", c)
	}
	before := everything(t, store)
	if r := run(t, store, job("one", m, suite("a", 5, 2, "ruler")), engine.Options{}); !r.Nothing || m.asked != 20 || everything(t, store) != before {
		t.Errorf("a finished run was not left alone: %+v", r)
	}
	// Another judge: no requests to the model.
	if r := run(t, store, job("judge", m, suite("a", 5, 2, "tape")), engine.Options{}); r.Sent != 0 || !strings.Contains(everything(t, store), "tape") {
		t.Errorf("rescoring: %+v", r)
	}
	// Another suite: only that.
	if r := run(t, store, job("two", m, suite("a", 5, 2, "ruler"), suite("b", 3, 1, "ruler")), engine.Options{}); r.Sent != 6 {
		t.Errorf("a second suite asked %d, want 6", r.Sent)
	}
	fresh := &runstore.Memory{}
	run(t, fresh, job("two", m, suite("a", 5, 2, "ruler"), suite("b", 3, 1, "ruler")), engine.Options{})
	if everything(t, store) != everything(t, fresh) {
		t.Error("a run that was extended differs from one made at once")
	}
	// Fewer answers than are there: refused without --drop.
	if _, err := engine.Run(t.Context(), store, job("less", m, suite("a", 2, 2, "ruler")), engine.Options{}); err == nil || !strings.Contains(err.Error(), "does not need") {
		t.Errorf("a smaller plan: %v", err)
	}
	if r := run(t, store, job("less", m, suite("a", 2, 2, "ruler")), engine.Options{Drop: true}); r.Sent != 0 || r.Known != 8 || r.Dropped != 18 {
		t.Errorf("a smaller plan asked %d, reused %d and dropped %d; want 0, 8 and 18", r.Sent, r.Known, r.Dropped)
	}
	// Another folder with reuse.
	other := &runstore.Memory{}
	if r := run(t, other, job("more", m, suite("a", 3, 2, "ruler")), engine.Options{Reuse: []runstore.Store{fresh}}); r.Sent != 0 {
		t.Errorf("reuse asked %d", r.Sent)
	}
}

func TestGivenUpIsMissingAndAskedAgainOnRequest(t *testing.T) {
	ill := true
	m := &scripted{}
	m.rule = func(_ int, r models.Request) (models.Answer, error) {
		if ill && strings.HasSuffix(r.Prompt, " 1") {
			return models.Answer{}, &remote.Failure{Reason: "status 400: no", Attempts: 3}
		}
		return models.Answer{Text: r.Prompt}, nil
	}
	store := &runstore.Memory{}
	r := run(t, store, job("p", m, suite("a", 3, 1, "ruler")), engine.Options{})
	if c := r.Manifest.Counts[0]; r.Failed != 2 || c.Missing != 2 || c.Scored != 4 || c.Completions != 4 {
		t.Errorf("failed %d, counts %+v", r.Failed, c)
	}
	if !strings.Contains(content(t, store, "judgements.jsonl"), `"missing":"no completion: status 400: no"`) {
		t.Error("the reason is not in the judgements")
	}
	ill = false
	if r := run(t, store, job("p", m, suite("a", 3, 1, "ruler")), engine.Options{}); !r.Nothing {
		t.Error("failed requests were sent again without --retry")
	}
	if r := run(t, store, job("p", m, suite("a", 3, 1, "ruler")), engine.Options{Retry: true}); r.Sent != 2 || r.Manifest.Counts[0].Missing != 0 {
		t.Errorf("retry asked %d, counts %+v", r.Sent, r.Manifest.Counts[0])
	}
}

// What was given up before an interruption stays given up after it: the run ends
// as it would have without.
func TestGivenUpOutlivesAnInterruption(t *testing.T) {
	rule := func(asked int, r models.Request) (models.Answer, error) {
		switch {
		case strings.HasSuffix(r.Prompt, " 1"):
			return models.Answer{}, &remote.Failure{Reason: "status 400: no"}
		case asked == 16:
			return models.Answer{}, fmt.Errorf("%w: gone", remote.ErrDown)
		}
		return models.Answer{Text: r.Prompt}, nil
	}
	m, store := &scripted{rule: rule}, &runstore.Memory{}
	first := job("p", m, suite("a", 10, 1, "ruler"))
	first.Models[0].Concurrency = 1
	if _, err := engine.Run(t.Context(), store, first, engine.Options{}); err == nil {
		t.Fatal("the run was not interrupted")
	}
	m.rule = func(asked int, r models.Request) (models.Answer, error) {
		if r.Prompt == "plain 1" { // given up long before the interruption
			t.Errorf("%q was asked again", r.Prompt)
		}
		return rule(0, r)
	}
	if r := run(t, store, job("p", m, suite("a", 10, 1, "ruler")), engine.Options{}); r.Manifest.Counts[0].Missing != 2 {
		t.Errorf("counts %+v", r.Manifest.Counts[0])
	}
}

// A damaged run gives an error with its line, and never a crash.
func TestDamagedRun(t *testing.T) {
	for _, damage := range []struct{ file, text, want string }{
		{"completions.jsonl", `{"assay":"completions","version":1}` + "\n{\"id\":\n", "completions.jsonl:2"},
		{"completions.jsonl", "garbage\n", "completions.jsonl:1"},
		{"verdicts.jsonl", "garbage\n", "verdicts.jsonl:1"},
		{"answers.jsonl", `{"assay":"answers","version":1}` + "\n{}\n{}\n", "answers.jsonl:2"},
	} {
		m, store := &scripted{}, &runstore.Memory{}
		run(t, store, job("p", m, suite("a", 5, 1, "ruler")), engine.Options{})
		put(t, store, damage.file, damage.text)
		if damage.file == "answers.jsonl" {
			if err := store.Remove(runstore.ManifestFile); err != nil {
				t.Fatal(err)
			}
		}
		_, err := engine.Run(t.Context(), store, job("p", m, suite("a", 5, 1, "ruler")), engine.Options{})
		if err == nil || !strings.Contains(err.Error(), damage.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q in %s: %v, want %s", damage.text, damage.file, err, damage.want)
		}
	}
}

func put(t *testing.T, s runstore.Store, name, text string) {
	t.Helper()
	p, err := s.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(p, text); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(); err != nil {
		t.Fatal(err)
	}
}

// Requests that always fail, many at a time and on every resume, end as missing:
// the rest is answered.
func TestStubbornRequestsEndAsMissing(t *testing.T) {
	rule := func(_ int, r models.Request) (models.Answer, error) {
		if strings.HasSuffix(r.Prompt, "7") {
			return models.Answer{}, &remote.Failure{Reason: "status 500", Status: 500, Attempts: 8}
		}
		return models.Answer{Text: r.Prompt}, nil
	}
	m, store := &scripted{rule: rule}, &runstore.Memory{}
	r := run(t, store, job("p", m, suite("a", 300, 1, "ruler")), engine.Options{})
	if c := r.Manifest.Counts[0]; c.Missing != 60 || r.Missing["no completion: status 500"] != 60 || r.Unanswered["status 500"] != 60 {
		t.Errorf("counts %+v, reasons %v and %v", c, r.Unanswered, r.Missing)
	}
	whole := everything(t, store)
	// A server that fails for good in between stops the run; its requests are sent again.
	m = &scripted{rule: func(asked int, r models.Request) (models.Answer, error) {
		if asked > 100 {
			return models.Answer{}, &remote.Failure{Reason: "status 500", Status: 500, Attempts: 8}
		}
		return rule(asked, r)
	}}
	store = &runstore.Memory{}
	one := job("p", m, suite("a", 300, 1, "ruler"))
	one.Models[0].Concurrency = 1
	_, err := engine.Run(t.Context(), store, one, engine.Options{})
	if _, ok := errors.AsType[*session.Stopped](err); !ok || !strings.Contains(err.Error(), "20 requests in a row were not answered") {
		t.Fatalf("a broken server: %v", err)
	}
	m.rule = rule
	again := run(t, store, job("p", m, suite("a", 300, 1, "ruler")), engine.Options{})
	if everything(t, store) != whole {
		t.Errorf("after it was repaired, it ends differently: %+v", again.Manifest.Counts[0])
	}
}

// A model that answers nothing stops the run, and costs it nothing.
func TestFirstFailuresStop(t *testing.T) {
	m, store := &scripted{}, &runstore.Memory{}
	m.rule = func(int, models.Request) (models.Answer, error) {
		return models.Answer{}, &remote.Failure{Reason: "status 400: unknown field"}
	}
	_, err := engine.Run(t.Context(), store, job("p", m, suite("a", 50, 1, "ruler")), engine.Options{})
	if stopped, ok := errors.AsType[*session.Stopped](err); !ok || stopped.Kept != 0 || !strings.Contains(err.Error(), "model m: its first 20 requests failed, the last with: status 400: unknown field") {
		t.Errorf("error %v", err)
	}
	if m.asked > 30 {
		t.Errorf("asked %d times", m.asked)
	}
	m.rule = nil
	if r := run(t, store, job("p", m, suite("a", 50, 1, "ruler")), engine.Options{}); r.Sent != 100 || r.Manifest.Counts[0].Missing != 0 {
		t.Errorf("repaired: %+v", r)
	}
}

func TestStoppedRunGoesOn(t *testing.T) {
	down := fmt.Errorf("%w: gone", remote.ErrDown)
	m := &scripted{rule: func(asked int, r models.Request) (models.Answer, error) {
		if asked == 8 {
			return models.Answer{}, down
		}
		return models.Answer{Text: r.Prompt}, nil
	}}
	store := &runstore.Memory{}
	_, err := engine.Run(t.Context(), store, job("p", m, suite("a", 10, 1, "ruler")), engine.Options{})
	stopped, ok := errors.AsType[*session.Stopped](err)
	if !ok || !errors.Is(err, remote.ErrDown) || stopped.Kept < 7 {
		t.Fatalf("error %v", err)
	}
	if _, err := runstore.ReadManifest(store); err == nil {
		t.Error("an unfinished run has a manifest")
	}
	if r := run(t, store, job("p", m, suite("a", 10, 1, "ruler")), engine.Options{}); r.Sent != 20-stopped.Kept {
		t.Errorf("asked %d after %d were kept, want %d", r.Sent, stopped.Kept, 20-stopped.Kept)
	}
	if _, err := store.Open("answers.jsonl"); err == nil {
		t.Error("the journal of a finished run is still there")
	}
}

func TestPreviewAsksNothing(t *testing.T) {
	m, store := &scripted{}, &runstore.Memory{}
	j := job("p", m, suite("a", 4, 1, "ruler"))
	all, err := engine.Previews(j, store, engine.Options{})
	if err != nil || len(all) != 2 || all[0].Requests != 4 || all[0].First.Prompt != "plain 0" || m.asked != 0 {
		t.Errorf("previews %+v, %v; asked %d", all, err, m.asked)
	}
	run(t, store, j, engine.Options{})
	if all, err = engine.Previews(j, store, engine.Options{}); err != nil || all[1].Known != 4 || all[1].First != nil {
		t.Errorf("previews of a finished run %+v, %v", all, err)
	}
}

// A model with its own suites runs on no other suite, and is not counted there.
func TestSuitesOfAModel(t *testing.T) {
	j := job("p", &scripted{}, suite("first", 3, 1, "j"), suite("second", 2, 2, "j"))
	j.Models[0].Suites = []string{"second"}
	n := 0
	for task := range j.Tasks(nil) {
		if n++; task.Suite.Name != "second" {
			t.Errorf("asked %s", task.Suite.Name)
		}
	}
	if want := 2 * 2 * len(j.Suites[1].Conditions); n != want || j.Size() != want {
		t.Errorf("%d tasks, size %d, want %d", n, j.Size(), want)
	}
}
