package training

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"assay/harness"
	"assay/harness/leaf/outfile"
	"assay/harness/runstore"
	"assay/harness/session"
	"assay/models"
	"assay/models/learned"
	"assay/models/train"
)

// Names in the folder of a training.
const (
	ModelFolder = "model"
	StateFile   = "state.safetensors"
)

// Model is what a training improves and saves.
type Model interface {
	// Save writes the model into a folder, over what is there, completely or not at all.
	Save(dir string) error
	// SaveState writes to a file, with notes, all that the training resumes from; the file
	// appears complete or not at all. LoadState reads it.
	SaveState(path string, notes map[string]string) error
	LoadState(path string) (notes map[string]string, err error)
}

// Job is a training with its plan's names resolved: data and model are ready to use.
type Job struct {
	Plan      harness.Plan
	Seed      uint64
	Versions  harness.Versions
	Info      models.Info
	Model     Model
	Stage     string
	Steps     int
	Best      string         // the score that chooses which model is kept; "" keeps the last one
	SaveEvery int            // steps
	Cost      *Cost          // what it takes; nil checks nothing before the first step
	Learned   *learned.Texts // what a judge learns from, kept beside its model; nil keeps nothing
	Notes     []string       // what was done to the data, for people
	Counted   []harness.Note // the same, for the manifest
	// Fit trains the model from a point of progress and reports each step, as [train.Fit]
	// does.
	Fit func(ctx context.Context, from train.Progress, report func(models.TrainStep) error) (train.Progress, error)
}

// Watch receives each step of a training.
type Watch = session.Watch[models.TrainStep]

// Result describes what a session did.
type Result struct {
	session.Outcome
	From int // the step that it resumed from; 0 for a new training
	Last models.TrainStep
}

// Run trains in a folder that nobody else may write to.
func Run(ctx context.Context, dir runstore.Dir, job *Job, watch Watch) (*Result, error) {
	if err := errors.Join(dir.Sweep(), runstore.Dir(dir.Path(ModelFolder)).Sweep()); err != nil {
		return nil, err
	}
	m, err := finished(dir, job)
	if err != nil {
		return nil, err
	}
	if m != nil {
		return &Result{Outcome: session.Outcome{Manifest: m, Nothing: true}}, dir.Remove(StateFile)
	}
	if job.Cost != nil {
		memory, err := job.Cost.Check(string(dir))
		if err != nil {
			return nil, err
		}
		LimitGarbage(memory)
	}
	s := &trainer{dir: dir, job: job, watch: watch, start: time.Now()}
	if err := s.resume(); err != nil {
		return nil, err
	}
	s.result.From = s.at.Step
	defer func() { s.journal.Close() }()
	watch.Start(session.Stage{Name: job.Stage, Done: s.at.Step, All: job.Steps})
	err = s.fit(ctx)
	watch.End()
	if err != nil {
		return nil, err
	}
	return &s.result, s.finish()
}

// Holds reports whether a folder holds a training that has started.
func Holds(dir runstore.Dir) bool {
	_, err := os.Stat(dir.Path(runstore.TrainSteps().File()))
	return err == nil
}

// trainer is one session of a training.
type trainer struct {
	dir     runstore.Dir
	job     *Job
	watch   Watch
	journal *runstore.Journal[models.TrainStep]
	at      train.Progress
	saved   int // the step of the state on disk
	start   time.Time
	result  Result
}

func (s *trainer) fit(ctx context.Context) error {
	at, err := s.job.Fit(ctx, s.at, s.report)
	if err == nil {
		return nil
	}
	if ctx.Err() == nil {
		return err
	}
	s.at = at
	if at.Step > s.saved {
		if err := s.save(); err != nil {
			return err
		}
	}
	return &session.Stopped{Kept: at.Step, What: "step", Err: err}
}

// report journals a step, then saves the best model, and the state last: a saved state never
// refers to a record or a model that is not on disk.
func (s *trainer) report(r models.TrainStep) error {
	if _, err := s.journal.Append(&r); err != nil {
		return err
	}
	s.at.Step, s.at.Tokens = r.Step, r.Tokens
	if r.Best {
		for _, score := range r.Scores {
			if score.Name == s.job.Best {
				s.at.Best = &score.Value
			}
		}
	}
	if r.Best || s.job.Best == "" && r.Step == s.job.Steps {
		if err := s.saveModel(); err != nil {
			return err
		}
	}
	s.result.Last = r
	s.watch.Step(r)
	if r.Step < s.job.Steps && s.job.SaveEvery > 0 && r.Step%s.job.SaveEvery == 0 {
		return s.save()
	}
	return nil
}

// saveModel writes what the model learned from, and then the model, so that no model is without it.
func (s *trainer) saveModel() error {
	dir := s.dir.Path(ModelFolder)
	if s.job.Learned != nil {
		if _, err := outfile.MkdirAll(dir); err != nil {
			return err
		}
		if err := s.job.Learned.Write(dir); err != nil {
			return err
		}
	}
	return s.job.Model.Save(dir)
}

func (s *trainer) save() error {
	if err := s.journal.Sync(); err != nil {
		return err
	}
	s.saved = s.at.Step
	return s.job.Model.SaveState(s.dir.Path(StateFile), writeNotes(s.at, s.job))
}

// finish writes the manifest and removes the state.
func (s *trainer) finish() error {
	if err := s.journal.Sync(); err != nil {
		return err
	}
	timing := session.NewTiming(s.job.Stage, s.start)
	timing.Seconds = time.Since(s.start).Seconds()
	if err := session.KeepTimings(s.dir, timing); err != nil {
		return err
	}
	s.result.Manifest = describe(s.job)
	if err := runstore.WriteManifest(s.dir, s.result.Manifest); err != nil {
		return err
	}
	return s.dir.Remove(StateFile)
}

func describe(job *Job) *harness.Manifest {
	m := session.NewManifest(job.Plan, job.Seed, job.Versions)
	m.Models, m.Notes = []models.Info{job.Info}, job.Counted
	return m
}

// finished is the manifest of a training that is done; nil if it isn't. A folder of
// another training is an error.
func finished(dir runstore.Dir, job *Job) (*harness.Manifest, error) {
	m, err := session.ReadManifest(dir)
	if m == nil || err != nil {
		return nil, err
	}
	if m.Plan.Train == nil {
		return nil, fmt.Errorf("%s holds a run, not a training; choose another -o", dir)
	}
	if !bytes.Equal(m.Plan.Train, job.Plan.Train) || !slices.Equal(m.Plan.Sources, job.Plan.Sources) {
		return nil, fmt.Errorf("%s holds a training with another configuration, other data or another version of assay; choose another -o", dir)
	}
	return m, nil
}
