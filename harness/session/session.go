// Package session has what runs and trainings share. Both work in a folder that one process
// locks, may be interrupted or killed, and resume with the same command. A session is one
// such process. When the work is done, the folder has a manifest.
package session

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"assay/harness"
	"assay/harness/runstore"
)

// Watch receives a session's progress. Its methods are called one at a time.
type Watch[Step any] interface {
	Start(Stage)
	Step(Step) // one step of the stage is done
	End()      // the stage has ended
}

// Stage is a part of a session.
type Stage struct {
	Name string
	Done int // steps that earlier sessions did
	All  int // steps in all, those included
	// Faults counts the failed attempts by reason. It may be called at any time. Nil if
	// nothing is attempted twice.
	Faults func() map[string]int
}

// Outcome says how the work ended.
type Outcome struct {
	Manifest *harness.Manifest
	Nothing  bool // an earlier session finished the work, and this one did nothing
}

// Stopped is the error of a session that ended before its work was done. Its results are
// kept.
type Stopped struct {
	Kept int    // results kept, over all sessions
	What string // what a result is: "answer", "step"
	Err  error
}

func (s *Stopped) Error() string {
	switch s.Kept {
	case 0:
		return fmt.Sprintf("%v; no %s is kept", s.Err, s.What)
	case 1:
		return fmt.Sprintf("%v; 1 %s is kept; rerun the same command to resume", s.Err, s.What)
	}
	return fmt.Sprintf("%v; %d %ss are kept; rerun the same command to resume", s.Err, s.Kept, s.What)
}

// Unwrap gives the cause.
func (s *Stopped) Unwrap() error { return s.Err }

// BadInput is the cause of a [Stopped] that is not over by rerunning the command: what the user
// wrote must change first.
type BadInput struct{ Err error }

func (b *BadInput) Error() string { return b.Err.Error() }

// Unwrap gives the cause.
func (b *BadInput) Unwrap() error { return b.Err }

// NewManifest returns a manifest without its counts. Versions are those of this program, and
// the CPU path if results depend on it.
func NewManifest(p harness.Plan, seed uint64, v harness.Versions) *harness.Manifest {
	return &harness.Manifest{Schema: harness.ManifestSchema, Plan: p, Seed: seed, Versions: v, Counts: []harness.Count{}}
}

// ReadManifest reads the manifest of finished work, its plan in canonical form. It is nil
// if the work has not finished.
func ReadManifest(store runstore.Store) (*harness.Manifest, error) {
	m, err := runstore.ReadManifest(store)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if m.Plan.Run != nil {
		err = m.Plan.Run.Compact() // the manifest is indented
	}
	if m.Plan.Train != nil {
		err = errors.Join(err, m.Plan.Train.Compact())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: the plan in it: %w", store.Path(runstore.ManifestFile), err)
	}
	return m, nil
}

// NewTiming begins the timing of a stage on this machine.
func NewTiming(stage string, start time.Time) harness.Timing {
	return harness.Timing{Stage: stage, Host: Host(), Start: start.UTC().Format(time.RFC3339)}
}

// withoutLine is the remedy for a damaged file of timings. Without its header, the file has to go.
func withoutLine(line int) string {
	if line == 1 {
		return "remove the file and rerun the command"
	}
	return "remove this line and rerun the command"
}

// KeepTimings adds a session's timings to those of earlier ones.
func KeepTimings(store runstore.Store, timings ...harness.Timing) error {
	var all []harness.Timing
	for t, err := range runstore.Timings().Read(store) {
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return runstore.WithRemedy(err, withoutLine)
		}
		all = append(all, *t)
	}
	return runstore.Timings().WriteAll(store, append(all, timings...))
}
