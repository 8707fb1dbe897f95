package engine

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"assay/harness"
	"assay/harness/runstore"
)

// Options say how a plan is run, and change none of its results.
type Options struct {
	Watch  Watch
	Reuse  []runstore.Store // runs whose answers count as known
	Fresh  bool             // answers of earlier sessions don't count
	Retry  bool             // ask again for what a finished run gave up
	Judge  bool             // judge a finished run again
	Drop   bool             // answers that the plan no longer asks for may go
	Now    func() time.Time // nil is time.Now
	Notice func(string)     // nil is silence
}

// Watch is told how far a run has come. Its methods are not called at the same
// time.
type Watch interface {
	// Stage starts a stage of all steps. Faults, which may be called at any time,
	// counts the attempts that have failed, by reason.
	Stage(name string, all int, faults func() map[string]int)
	// Step ends one step; dollars is what the session has cost so far.
	Step(dollars float64)
	// End ends the stage.
	End()
}

// Result says what a session did.
type Result struct {
	Manifest *harness.Manifest
	Nothing  bool    // the run was finished before
	Asked    int     // requests sent in this session
	Failed   int     // of these, given up
	Kept     int     // answers known before
	Lacking  int     // requests of a finished run without an answer
	Dollars  float64 // that these requests cost
	Total    float64 // that all answers of the run cost, by the plan's prices
	// Unanswered counts the requests that the run has no answer to, by reason, and
	// Missing the judgements.
	Unanswered, Missing map[string]int
}

// Stopped is the error of a session that ended before the plan was done. What it
// got is kept.
type Stopped struct {
	Answers int // kept in all
	Err     error
}

func (s *Stopped) Error() string {
	if s.Answers == 0 {
		return fmt.Sprintf("%v; nothing was answered so far", s.Err)
	}
	return fmt.Sprintf("%v; %d answers are kept, and the same command goes on from there", s.Err, s.Answers)
}

// Unwrap gives the cause.
func (s *Stopped) Unwrap() error { return s.Err }

// Run runs a job into a store, which nobody else may write to. A store that
// holds a finished run of the same plan is left as it is. The error is a
// [*Stopped] once anything was asked.
func Run(ctx context.Context, store runstore.Store, job *Job, opt Options) (*Result, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Notice == nil {
		opt.Notice = func(string) {}
	}
	if opt.Fresh {
		if err := store.Remove(runstore.Changes().File()); err != nil {
			return nil, err
		}
	}
	if err := job.adoptChanges(store, &opt); err != nil {
		return nil, err
	}
	m, whole, err := finished(store, job, opt)
	if err != nil {
		return nil, err
	}
	if whole {
		lacking, _ := Lacking(job, m)
		return &Result{Manifest: m, Nothing: true, Lacking: lacking}, store.Remove(runstore.Answers().File())
	}
	s := &session{job: job, store: store, opt: opt, standings: map[string]*standing{}}
	if s.answers, err = openAnswers(store, &opt); err != nil {
		return nil, err
	}
	defer s.answers.close()
	s.result.Kept = len(s.answers.at)
	if err := s.generateAll(ctx); err != nil {
		return nil, s.stopped(err)
	}
	if s.result.Manifest, err = s.publish(ctx); err != nil {
		return nil, s.stopped(err)
	}
	return &s.result, nil
}

// session is one try at finishing a run.
type session struct {
	job     *Job
	store   runstore.Store
	opt     Options
	answers *answers
	probed  map[string]error // by fingerprint

	changing sync.Mutex // guards changed and the file of changes
	changed  int        // changes that are written down

	mu        sync.Mutex           // guards what follows, and the watch
	standings map[string]*standing // by fingerprint
	result    Result
	timings   []harness.Timing
	stage     *harness.Timing // of the stage that runs; nil between stages
	start     time.Time       // of the stage
	before    int             // retries when it began
}

// stopped ends a session before its plan is done. Its timings are kept if they
// can be: they are worth less than the error.
func (s *session) stopped(err error) error {
	if s.stage != nil {
		s.end()
		s.keepTimings()
	}
	if s.result.Asked == 0 {
		return err
	}
	return &Stopped{len(s.answers.at), err}
}

// todo counts, for each model, the requests that have no answer yet, and checks
// that the run holds nothing that the plan doesn't ask for.
func (s *session) todo() (map[*Model]int, error) {
	todo, err := s.unanswered()
	if err != nil {
		return nil, err
	}
	if n := len(s.answers.own); n > 0 && !s.opt.Drop {
		return nil, fmt.Errorf("%s holds %d answers that this plan does not ask for; choose another -o with --reuse of this run, or pass --drop to lose them", s.store.Path("."), n)
	}
	return todo, nil
}

// unanswered counts, for each model, the requests that have no answer yet.
func (s *session) unanswered() (map[*Model]int, error) {
	todo := map[*Model]int{}
	for t := range s.job.Tasks(nil) {
		known, err := s.answers.known(t.ID)
		if err != nil {
			return nil, err
		}
		if known {
			s.standing(t.Model.Info.Fingerprint).answered = true
		} else {
			todo[t.Model]++
		}
	}
	return todo, nil
}

// begin starts a stage.
func (s *session) begin(name string, all int) {
	s.start, s.before = s.opt.Now(), s.retries()
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	s.stage = &harness.Timing{Stage: name, Host: host, Start: s.start.UTC().Format(time.RFC3339)}
	if s.opt.Watch != nil {
		s.opt.Watch.Stage(name, all, s.faults)
	}
}

// step ends one step of the stage.
func (s *session) step() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opt.Watch != nil {
		s.opt.Watch.Step(s.result.Dollars)
	}
}

// end ends the stage.
func (s *session) end() {
	s.stage.Seconds = s.opt.Now().Sub(s.start).Seconds()
	s.stage.Retries = s.retries() - s.before
	s.timings = append(s.timings, *s.stage)
	s.stage = nil
	if s.opt.Watch != nil {
		s.opt.Watch.End()
	}
}
