package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/engine"
	"assay/harness/runstore"
	"assay/models"
)

// learning is a model behind a server that takes loud prompts as they are until it has
// seen some of them, and from then on in another form alone.
type learning struct {
	scripted
	after int // loud requests that are taken as they are

	mu      sync.Mutex
	loud    int
	changes []string
	adopted []string
	forms   []string
}

func (l *learning) Sent(r *models.Request) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if strings.HasPrefix(r.Prompt, "loud") {
		return strings.Join(l.changes, "; ")
	}
	return ""
}

func (l *learning) Changes() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.changes)
}

func (l *learning) Adopt(changes []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.adopted = append(l.adopted, changes...)
	l.changes = append(l.changes, changes...)
}

func learningJob(after int) (*engine.Job, *learning) {
	m := &learning{after: after}
	m.rule = func(_ int, r models.Request) (models.Answer, error) {
		if strings.HasPrefix(r.Prompt, "loud") {
			m.mu.Lock()
			if m.loud++; m.loud > m.after && m.changes == nil {
				m.changes = []string{"softly"}
			}
			m.mu.Unlock()
		}
		sent := m.Sent(&r)
		m.mu.Lock()
		m.forms = append(m.forms, sent)
		m.mu.Unlock()
		return models.Answer{Text: fmt.Sprint(r.Prompt, sent), Sent: sent}, nil
	}
	j := job("p", &m.scripted, suite("s", 4, 2, "j"))
	j.Models[0].Sender = m
	j.Models[0].Concurrency = 1
	return j, m
}

// What a server makes necessary is recorded with the answers that came of it, in the
// run and in its manifest, and a later session sends requests in the same way.
func TestChangesAreKept(t *testing.T) {
	store := runstore.Dir(t.TempDir())
	j, m := learningJob(0)
	run(t, store, j, engine.Options{})
	if m.asked != 16 {
		t.Errorf("asked %d times, want 16", m.asked)
	}
	for c, err := range runstore.Completions().Read(store) {
		want := map[string]string{"plain": "", "loud": "softly"}[c.Condition]
		if err != nil || c.Sent != want || !strings.HasSuffix(c.Text, want) {
			t.Fatalf("%+v, %v: want it sent as %q", c, err, want)
		}
	}
	if got := content(t, store, "changes.jsonl"); !strings.HasSuffix(got, `{"model":"f","change":"softly"}`+"\n") {
		t.Errorf("changes %s", got)
	}
	if got := content(t, store, "manifest.json"); !strings.Contains(got, `"sent": "softly"`) {
		t.Errorf("manifest %s", got)
	}

	again, m := learningJob(0)
	if r := run(t, store, again, engine.Options{}); !r.Nothing || m.asked != 0 || !slices.Equal(m.adopted, []string{"softly"}) {
		t.Errorf("again: %+v after %d requests, adopted %q", r, m.asked, m.adopted)
	}
	more, m := learningJob(99) // the server would now take all requests, but the run sends them as before
	more.Plan.Run = jsontext.Value(`"q"`)
	more.Suites = append(more.Suites, suite("t", 3, 1, "j"))
	if r := run(t, store, more, engine.Options{}); r.Sent != 6 || !slices.Contains(m.forms, "softly") || len(m.Changes()) != 1 {
		t.Errorf("more: asked %d in the forms %q", r.Sent, m.forms)
	}
	other, _ := learningJob(0)
	if r := run(t, runstore.Dir(t.TempDir()), other, engine.Options{Reuse: []runstore.Store{store}}); r.Sent != 0 {
		t.Errorf("reused: asked %d", r.Sent)
	}
	fresh, m := learningJob(99)
	if r := run(t, store, fresh, engine.Options{Fresh: true, Drop: true}); r.Sent != 16 || m.adopted != nil {
		t.Errorf("fresh: asked %d, adopted %q", r.Sent, m.adopted)
	}
	if ok, err := runstore.Changes().Exists(store); ok || err != nil {
		t.Errorf("changes of before are there: %v, %v", ok, err)
	}
}

// A change in the middle of a run: requests answered in the old form are sent again,
// so that all requests of the run are sent in the same way.
func TestChangesInTheMiddle(t *testing.T) {
	store := runstore.Dir(t.TempDir())
	j, m := learningJob(3)
	r := run(t, store, j, engine.Options{})
	if r.Sent != 16+3 || m.asked != 19 {
		t.Errorf("asked %d, want 16 and 3 again", r.Sent)
	}
	for c, err := range runstore.Completions().Read(store) {
		if err != nil || c.Condition == "loud" && c.Sent != "softly" || c.Missing != "" {
			t.Errorf("%+v, %v", c, err)
		}
	}
}

// Answers are found by the model's fingerprint and not by its name.
func TestAnswersAreFoundByFingerprint(t *testing.T) {
	store := runstore.Dir(t.TempDir())
	first := &scripted{}
	run(t, store, job("p", first, suite("s", 3, 1, "j")), engine.Options{})

	renamed := &scripted{}
	j := job("p", renamed, suite("s", 3, 1, "j"))
	j.Models[0].Info.Name = "other"
	if r := run(t, runstore.Dir(t.TempDir()), j, engine.Options{Reuse: []runstore.Store{store}}); r.Sent != 0 || renamed.asked != 0 {
		t.Errorf("the same model under another name was asked %d times", r.Sent)
	}
	replaced := &scripted{}
	j = job("p", replaced, suite("s", 3, 1, "j"))
	j.Models[0].Info.Fingerprint = "g"
	if r := run(t, runstore.Dir(t.TempDir()), j, engine.Options{Reuse: []runstore.Store{store}}); r.Sent != 6 || replaced.asked != 6 {
		t.Errorf("another model under the same name was asked %d times, want 6", r.Sent)
	}
}

// Draws have seeds of their own, and what is greedy has none.
func TestSeeds(t *testing.T) {
	for temperature, want := range map[float64]int{0: 1, 0.5: 6} {
		seeds := map[uint64]bool{}
		var mu sync.Mutex
		m := &scripted{rule: func(_ int, r models.Request) (models.Answer, error) {
			mu.Lock()
			defer mu.Unlock()
			seeds[r.Seed] = true
			return models.Answer{Text: "x"}, nil
		}}
		s := suite("s", 3, 1, "j")
		s.Sampling.Temperature = temperature
		run(t, runstore.Dir(t.TempDir()), job("p", m, s), engine.Options{})
		if len(seeds) != want || temperature == 0 && !seeds[0] {
			t.Errorf("temperature %v: %d seeds, want %d", temperature, len(seeds), want)
		}
	}
}

// What a plan puts above a judge's instruction is part of what is asked: another one is
// another request.
func TestInstructionsOfJudgesAreAsked(t *testing.T) {
	store := &runstore.Memory{}
	m := &scripted{}
	for i, system := range []string{"", "Be strict.", "Be strict.", "Be kind."} {
		var seen []string
		var mu sync.Mutex
		asked := &scripted{rule: func(_ int, r models.Request) (models.Answer, error) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, r.System)
			return models.Answer{Text: "x"}, nil
		}}
		j := judgedBy("judge", m, asked, 2)
		j.Plan.Run = jsontext.Value(fmt.Sprintf("%q", "plan "+system))
		j.Suites[0].Judges[0].System = system
		run(t, store, j, engine.Options{})
		if want := []int{4, 4, 0, 4}[i]; asked.asked != want || want > 0 && seen[0] != system {
			t.Errorf("%q: asked %d times under %q, want %d", system, asked.asked, seen, want)
		}
	}
}
