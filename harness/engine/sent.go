package engine

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"assay/harness"
	"assay/harness/runstore"
	"assay/models"
)

// idOf is what an answer is found by: all that determines it, and how its request is
// sent where that is otherwise than it is asked.
func idOf(fingerprint, sent string, r *models.Request) string {
	if sent != "" {
		fingerprint += " (" + sent + ")"
	}
	return r.ID(fingerprint)
}

// sentAs is how a request would be sent now; "" where there is no server.
func sentAs(s models.Sender, r *models.Request) string {
	if s == nil {
		return ""
	}
	return s.Sent(r)
}

// senders are the models and judges behind servers, with their fingerprints.
func (j *Job) senders(each func(fingerprint string, s models.Sender)) {
	for i := range j.Models {
		if m := &j.Models[i]; m.Sender != nil {
			each(m.Info.Fingerprint, m.Sender)
		}
	}
	for i := range j.Suites {
		for k := range j.Suites[i].Judges {
			if judge := &j.Suites[i].Judges[k]; judge.Sender != nil {
				each(judge.Info.Fingerprint, judge.Sender)
			}
		}
	}
}

// changes are those that servers have made necessary so far, each once.
func (j *Job) changes() []harness.Change {
	var all []harness.Change
	j.senders(func(fingerprint string, s models.Sender) {
		for _, change := range s.Changes() {
			if one := (harness.Change{Model: fingerprint, Change: change}); !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	})
	return all
}

// adoptChanges has models send requests as the run did before, or as runs did whose
// answers are taken.
func (j *Job) adoptChanges(store runstore.Store, opt *Options) error {
	stores := slices.Clone(opt.Reuse)
	if !opt.Fresh {
		stores = append(stores, store)
	}
	for _, s := range stores {
		for c, err := range runstore.Changes().Read(s) {
			if errors.Is(err, fs.ErrNotExist) {
				break
			}
			if err != nil {
				return err
			}
			j.senders(func(fingerprint string, s models.Sender) {
				if fingerprint == c.Model {
					s.Adopt([]string{c.Change})
				}
			})
		}
	}
	return nil
}

// keepChanges writes down what servers made necessary since the last time: before an
// answer that came of it is kept, so that a run that is killed goes on alike.
func (s *runner) keepChanges() error {
	s.changing.Lock()
	defer s.changing.Unlock()
	now := s.job.changes()
	if len(now) == s.changed {
		return nil
	}
	s.changed = len(now)
	return runstore.Changes().WriteAll(s.store, now)
}

// sentInfo is a model with what its server made necessary.
func sentInfo(m *Model) models.Info {
	info := m.Info
	if m.Sender != nil {
		info.Sent = strings.Join(m.Sender.Changes(), "; ")
	}
	return info
}
