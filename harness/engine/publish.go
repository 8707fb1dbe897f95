package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"

	"assay/harness"
	"assay/harness/runstore"
	"assay/harness/session"
	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// aheadPer is how many completions, for each that is judged at a time, may be judged while
// the first of them still waits for its server.
const aheadPer = 128

// publish judges everything and writes the run's records in the plan's order. An earlier
// state of the run stays as it was until the streams take their names, in the last step. The
// journal is removed once the manifest is there, so that a kill loses nothing.
func (s *runner) publish(ctx context.Context) (*harness.Manifest, error) {
	out, err := s.create()
	if err != nil {
		return nil, err
	}
	defer out.abort()
	if s.chosen, err = s.job.choose(); err != nil {
		return nil, err
	}
	s.begin("judge", s.job.Size()+len(s.job.knownTasks()))
	workers := s.judgesAtATime()
	for j, err := range inOrder(ctx, s.job.Tasks(nil), workers, aheadPer*workers, s.judge) {
		if err == nil {
			err = out.add(j)
		}
		if err != nil {
			return nil, err
		}
		s.step()
	}
	if err := out.gather(); err != nil {
		return nil, err
	}
	if err := s.publishKnown(ctx, out); err != nil {
		return nil, err
	}
	for name, e := range s.job.judges() {
		if err := s.settle(name, e.Info.Fingerprint); err != nil {
			return nil, err
		}
	}
	s.end()
	for _, c := range out.letters {
		s.opt.Notice(c.String())
	}
	s.result.Total, s.result.Unanswered, s.result.Missing, s.result.Unread = out.dollars, out.unanswered, out.missing, out.unread
	m := describe(s.job)
	m.Counts, m.Answers = out.counts, out.answers
	return m, s.commit(out, m)
}

// judgesAtATime is how many completions are judged at a time.
func (s *runner) judgesAtATime() int {
	n := runtime.GOMAXPROCS(0)
	for _, e := range s.job.judges() {
		n = max(n, e.Concurrency)
	}
	return n
}

// records are the streams of a run that are being written.
type records struct {
	examples    *runstore.Writer[suites.Example]
	completions *runstore.Writer[models.Completion]
	verdicts    *runstore.Writer[models.Completion]
	judgements  *runstore.Writer[metrics.Judgement]
	repeats     *runstore.Writer[metrics.Repeat]    // nil unless a judge is asked again
	known       *runstore.Writer[metrics.Judgement] // nil unless a judge has known pairs
	counts      []harness.Count
	answers     harness.AnswerCounts
	group       group
	dollars     float64
	unanswered  map[string]int // completions, by reason
	missing     map[string]int // judgements, by reason
	unread      []Unread       // by judge
	letters     []*letterCount // by suite and model, in the plan's order
}

// group is the judgements of all samples of one example, which a suite may gather.
type group struct {
	suite      *Suite
	key        [3]string // example, condition, model
	judgements []metrics.Judgement
}

func (s *runner) create() (*records, error) {
	out := &records{unanswered: map[string]int{}, missing: map[string]int{}}
	create := []func() error{
		func() (err error) { out.examples, err = runstore.Examples().Create(s.store); return err },
		func() (err error) { out.completions, err = runstore.Completions().Create(s.store); return err },
		func() (err error) { out.verdicts, err = runstore.Verdicts().Create(s.store); return err },
		func() (err error) { out.judgements, err = runstore.Judgements().Create(s.store); return err },
	}
	repeats, known := s.job.audits()
	if repeats {
		create = append(create, func() (err error) { out.repeats, err = runstore.Repeats().Create(s.store); return err })
	}
	if known {
		create = append(create, func() (err error) { out.known, err = runstore.Known().Create(s.store); return err })
	}
	for _, f := range create {
		if err := f(); err != nil {
			out.abort()
			return nil, err
		}
	}
	for i := range s.job.Suites {
		suite := &s.job.Suites[i]
		out.counts = append(out.counts, harness.Count{Suite: suite.Name, Examples: len(suite.Examples)})
		for k := range suite.Examples {
			ex := suite.Examples[k]
			ex.Content = ex.ContentOf()
			if err := out.examples.Append(&ex); err != nil {
				out.abort()
				return nil, err
			}
		}
	}
	return out, nil
}

// add takes the results of one task. Tasks come in the plan's order.
func (r *records) add(j judged) error {
	key := [3]string{j.task.Example.ID, j.task.Request.About.Condition, j.task.Model.Info.Name}
	if r.group.suite != j.task.Suite || r.group.key != key {
		if err := r.gather(); err != nil {
			return err
		}
		r.group = group{suite: j.task.Suite, key: key}
	}
	r.group.judgements = append(r.group.judgements, j.judgements...)
	r.answers.Add(j.completion.Suite, j.completion.Model, suites.MarkOf(&j.completion))
	r.letter(&j)
	if reason := j.completion.Missing; reason != "" {
		r.unanswered[reason]++
	} else {
		r.count(j.task.Suite.Name).Completions++
	}
	if err := r.completions.Append(&j.completion); err != nil {
		return err
	}
	r.dollars += j.dollars
	r.countUnread(j.unread)
	for i := range j.verdicts {
		if err := r.verdicts.Append(&j.verdicts[i]); err != nil {
			return err
		}
	}
	for i := range j.repeats {
		if err := r.repeats.Append(&j.repeats[i]); err != nil {
			return err
		}
	}
	return r.judge(j.judgements)
}

func (r *records) judge(js []metrics.Judgement) error {
	for i := range js {
		c := r.count(js[i].Suite)
		c.Attempted++
		if js[i].Scored() {
			c.Scored++
		} else {
			c.Missing++
			r.missing[js[i].Missing]++
		}
		if err := r.judgements.Append(&js[i]); err != nil {
			return err
		}
	}
	return nil
}

// gather adds the judgements that need all samples of an example, judge by judge.
func (r *records) gather() error {
	g := r.group
	r.group = group{}
	if g.suite == nil || g.suite.Gather == nil || g.suite.Samples < 2 {
		return nil
	}
	var judges []string
	by := map[string][]metrics.Judgement{}
	for _, j := range g.judgements {
		if !slices.Contains(judges, j.Judge) {
			judges = append(judges, j.Judge)
		}
		by[j.Judge] = append(by[j.Judge], j)
	}
	for _, judge := range judges {
		gathered := g.suite.Gather(by[judge])
		for i := range gathered {
			gathered[i].Mark = suites.WorstMark(by[judge])
		}
		if err := r.judge(gathered); err != nil {
			return err
		}
	}
	return nil
}

func (r *records) count(suite string) *harness.Count {
	i := slices.IndexFunc(r.counts, func(c harness.Count) bool { return c.Suite == suite })
	return &r.counts[i]
}

func (r *records) abort() {
	if r.examples != nil {
		r.examples.Abort()
	}
	if r.completions != nil {
		r.completions.Abort()
	}
	if r.verdicts != nil {
		r.verdicts.Abort()
	}
	if r.judgements != nil {
		r.judgements.Abort()
	}
	if r.repeats != nil {
		r.repeats.Abort()
	}
	if r.known != nil {
		r.known.Abort()
	}
}

// describe is the manifest of a job before it is run.
func describe(job *Job) *harness.Manifest {
	m := session.NewManifest(job.Plan, job.Seed, harness.CurrentVersions())
	m.Baseline = job.Baseline
	for i := range job.Models {
		m.Models = append(m.Models, sentInfo(&job.Models[i]))
	}
	for i := range job.Suites {
		m.Suites = append(m.Suites, job.Suites[i].Definition())
		for _, s := range job.Suites[i].Settings {
			m.Settings = append(m.Settings, harness.Setting{Suite: job.Suites[i].Name, Name: harness.SuiteFileSetting + s.Name, Value: s.Value})
		}
	}
	return m
}

// commit gives the streams their names. A run without a manifest is unfinished, so the old
// manifest is removed first and the new one is written last. Files that are computed from
// judgements are removed, since they may no longer be true; comparisons.jsonl is one that
// earlier versions wrote.
func (s *runner) commit(out *records, m *harness.Manifest) error {
	if err := s.answers.journal.Sync(); err != nil {
		return err
	}
	for _, name := range append([]string{runstore.ManifestFile, runstore.Estimates().File(), "comparisons.jsonl"}, auditFiles()...) {
		if err := s.store.Remove(name); err != nil {
			return err
		}
	}
	// Before the verdicts: these answers may still be among them, and a kill must lose none.
	if err := s.answers.keepSpare(s.store, s.opt.Drop); err != nil {
		return err
	}
	if err := errors.Join(out.examples.Commit(), out.completions.Commit(), out.verdicts.Commit(), out.judgements.Commit()); err != nil {
		return err
	}
	names := published()
	if out.repeats != nil {
		if err := out.repeats.Commit(); err != nil {
			return err
		}
		names = append(names, runstore.Repeats().File())
	}
	if out.known != nil {
		if err := out.known.Commit(); err != nil {
			return err
		}
		names = append(names, runstore.Known().File())
	}
	for _, name := range names {
		f, err := hashStream(s.store, name)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, f)
	}
	if err := errors.Join(session.KeepTimings(s.store, s.timings...), s.keepChanges()); err != nil {
		return err
	}
	if err := runstore.WriteManifest(s.store, m); err != nil {
		return err
	}
	return s.store.Remove(runstore.Answers().File())
}

func published() []string {
	return []string{runstore.Examples().File(), runstore.Completions().File(), runstore.Verdicts().File(), runstore.Judgements().File()}
}

func hashStream(store runstore.Store, name string) (harness.Source, error) {
	f, err := store.Open(name)
	if err != nil {
		return harness.Source{}, err
	}
	defer f.Close()
	return harness.ReadSource(name, f)
}

// Lacking counts the requests of a finished run without an answer, and the judgements
// without a value.
func Lacking(job *Job, m *harness.Manifest) (unanswered, unscored int) {
	unanswered = job.Size()
	for _, c := range m.Counts {
		unanswered -= c.Completions
		unscored += c.Missing
	}
	return unanswered, unscored
}

// afterChange says what a rerun does about a published file that was changed or lost.
func afterChange(file string) string {
	switch file {
	case runstore.Examples().File():
		return "it is made again from the suites' data"
	case runstore.Judgements().File(), runstore.Repeats().File(), runstore.Known().File():
		return "it is made again from the saved answers, which may query a model that judges"
	}
	return "lost answers are requested again, and changed ones are used as they are; use --no-cache to request all of them again"
}

// finished reports whether the store holds the job's run, finished: with the same plan, the
// same data, and files as they were then.
func finished(store runstore.Store, job *Job, opt Options) (*harness.Manifest, bool, error) {
	if opt.Fresh || opt.Judge {
		return nil, false, nil
	}
	m, err := session.ReadManifest(store)
	if err != nil {
		return nil, false, runstore.WithRemedy(err, func(int) string {
			return "write to another -o and add --reuse " + store.Path(".")
		})
	}
	if m == nil {
		return nil, false, nil
	}
	if m.Plan.Run == nil {
		return nil, false, fmt.Errorf("%s holds an import or a training, not a plan's run; choose another -o", store.Path("."))
	}
	want := describe(job)
	same := m.Plan.Title == want.Plan.Title && m.Plan.About == want.Plan.About && bytes.Equal(m.Plan.Run, want.Plan.Run) && slices.Equal(m.Plan.Sources, want.Plan.Sources) &&
		m.Seed == want.Seed && m.Baseline == want.Baseline && slices.Equal(m.Models, want.Models) &&
		m.Versions.Assay == want.Versions.Assay && len(m.Files) > 0
	if !same {
		return nil, false, nil
	}
	for _, f := range m.Files {
		now, err := hashStream(store, f.Name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, false, err
		}
		if now != f {
			opt.Notice(store.Path(f.Name) + " was changed or lost after the run finished: " + afterChange(f.Name))
			return nil, false, nil
		}
	}
	if opt.Retry {
		unanswered, unscored := Lacking(job, m)
		return m, unanswered+unscored == 0, nil
	}
	return m, true, nil
}

// Check refuses options for a finished run where there is none.
func (o Options) Check(dir runstore.Dir) error {
	_, err := os.Stat(dir.Path(runstore.ManifestFile))
	const remedy = "name the run's folder with -o, or remove"
	switch {
	case o.Fresh && len(o.Reuse) > 0:
		return errors.New("--no-cache sends every request again, but --reuse takes answers from other runs; remove one of them")
	case err == nil:
		return nil
	case o.Judge && Holds(dir):
		return fmt.Errorf("%s is not finished, so it can't be judged again; run it without --rescore to finish it", dir)
	case o.Judge:
		return fmt.Errorf("%s holds no run, so there is nothing to judge again; %s --rescore", dir, remedy)
	case o.Retry && !Holds(dir):
		return fmt.Errorf("%s holds no run, so there are no failed requests; %s --retry", dir, remedy)
	}
	return nil
}

// Holds reports whether a folder holds a run: a finished one, or one with at least one answer.
func Holds(dir runstore.Dir) bool {
	if _, err := os.Stat(dir.Path(runstore.ManifestFile)); err == nil {
		return true
	}
	for _, err := range runstore.Answers().Read(dir) {
		if err == nil {
			return true
		}
	}
	return false
}
