package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"assay/harness"
	"assay/harness/leaf/plural"
	"assay/harness/runstore"
	"assay/harness/session"
)

// Options say how a plan is run. They change none of its results.
type Options struct {
	Watch  Watch
	Reuse  []runstore.Store // runs whose answers count as known
	Fresh  bool             // ignore the answers of earlier sessions
	Retry  bool             // send failed requests again, and those of judges whose answers can't be read
	Judge  bool             // judge a finished run again
	Drop   bool             // discard answers that the plan no longer needs
	Now    func() time.Time // nil is time.Now
	Notice func(string)     // receives notices; nil drops them
}

// Watch receives a run's progress. A step's value is the cost of the session so far, in
// dollars.
type Watch = session.Watch[float64]

// Result describes what a session did.
type Result struct {
	session.Outcome
	Sent     int     // requests of this session
	Failed   int     // of these, given up
	Unfit    int     // of these, requests that their model can never answer
	Known    int     // answers that were known before, without those dropped
	Dropped  int     // answers of the run that the plan doesn't need
	Lacking  int     // requests of a finished run without an answer
	Unvalued int     // judgements of a finished run without a value
	Dollars  float64 // cost of this session's requests
	Total    float64 // cost of all answers of the run, by the plan's prices
	// Unanswered counts the requests without an answer by reason, and Missing the
	// judgements without a value.
	Unanswered, Missing map[string]int
	Unread              []Unread // by judge
}

// Run runs a job into a store that nobody else may write to. A store that holds a finished
// run of the same plan stays as it is. The error is a [*session.Stopped] once the session
// has sent a request.
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
		lacking, unvalued := Lacking(job, m)
		return &Result{Outcome: session.Outcome{Manifest: m, Nothing: true}, Lacking: lacking, Unvalued: unvalued}, store.Remove(runstore.Answers().File())
	}
	s := &runner{job: job, store: store, opt: opt, standings: map[string]*standing{}}
	if s.answers, err = openAnswers(store, &opt); err != nil {
		return nil, err
	}
	defer s.answers.close()
	s.result.Known = len(s.answers.at)
	if err := s.generateAll(ctx); err != nil {
		return nil, s.stopped(err)
	}
	if s.result.Manifest, err = s.publish(ctx); err != nil {
		return nil, s.stopped(err)
	}
	return &s.result, nil
}

// runner is one session of a run.
type runner struct {
	job     *Job
	store   runstore.Store
	opt     Options
	answers *answers
	probed  map[string]error // by fingerprint
	chosen  chosen           // examples about whose answers judges are asked again

	changing sync.Mutex // guards changed and the file of changes
	changed  int        // changes that the file has

	mu        sync.Mutex           // guards what follows, and the watch
	standings map[string]*standing // by fingerprint
	result    Result
	timings   []harness.Timing
	stage     *harness.Timing // of the stage that runs; nil between stages
	start     time.Time       // of the stage
	before    int             // retries before the stage
}

// stopped ends a session before its plan is done. A fault in keeping its timings matters
// less than the error.
func (s *runner) stopped(err error) error {
	if s.stage != nil {
		s.end()
		_ = session.KeepTimings(s.store, s.timings...)
	}
	if s.result.Sent == 0 {
		return err
	}
	return &session.Stopped{Kept: len(s.answers.at), What: "answer", Err: err}
}

// todo counts each model's requests without an answer. It refuses a run with answers that
// the plan doesn't need.
func (s *runner) todo() (map[*Model]int, error) {
	todo, err := s.unanswered()
	if err != nil {
		return nil, err
	}
	if n := len(s.answers.own); n > 0 && !s.opt.Drop {
		return nil, fmt.Errorf("%s holds %s that this plan does not need; write to another -o and add --reuse %[1]s, or discard them with --drop", s.store.Path("."), plural.Of(n, "answer"))
	}
	s.result.Dropped = len(s.answers.own)
	s.result.Known -= s.result.Dropped
	return todo, nil
}

// unanswered counts each model's requests without an answer.
func (s *runner) unanswered() (map[*Model]int, error) {
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
func (s *runner) begin(name string, all int) {
	s.start, s.before = s.opt.Now(), s.retries()
	timing := session.NewTiming(name, s.start)
	s.stage = &timing
	if s.opt.Watch != nil {
		s.opt.Watch.Start(session.Stage{Name: name, All: all, Faults: s.faults})
	}
}

// step ends one step of the stage.
func (s *runner) step() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opt.Watch != nil {
		s.opt.Watch.Step(s.result.Dollars)
	}
}

// end ends the stage.
func (s *runner) end() {
	s.stage.Seconds = s.opt.Now().Sub(s.start).Seconds()
	s.stage.Retries = s.retries() - s.before
	s.timings = append(s.timings, *s.stage)
	s.stage = nil
	if s.opt.Watch != nil {
		s.opt.Watch.End()
	}
}
