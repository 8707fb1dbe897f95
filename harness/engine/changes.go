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

// changes are those that servers have made necessary so far, each once.
func (j *Job) changes() []harness.Change {
	var all []harness.Change
	for _, e := range j.endpoints() {
		if e.Sender == nil {
			continue
		}
		for _, change := range e.Sender.Changes() {
			if one := (harness.Change{Model: e.Info.Fingerprint, Change: change}); !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all
}

// adoptChanges makes models send requests in the form that the run used before, and that
// reused runs used.
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
			for _, e := range j.endpoints() {
				if e.Sender != nil && e.Info.Fingerprint == c.Model {
					e.Sender.Adopt([]string{c.Change})
				}
			}
		}
	}
	return nil
}

// keepChanges writes down the changes that servers made necessary since the last time. It
// comes before the answer that needed them is kept, so that a killed run resumes with them.
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
