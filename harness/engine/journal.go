package engine

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"

	"assay/harness/leaf/plural"
	"assay/harness/runstore"
	"assay/models"
)

// answers is the cache: the place of each known answer. Texts stay on disk. It is safe for
// concurrent use.
type answers struct {
	mu      sync.Mutex
	at      map[address]place
	failed  map[address]failure // requests that were given up
	retry   bool                // ignore what earlier sessions gave up
	sources []*runstore.ReaderAt[models.Completion]
	journal *runstore.Journal[models.Completion]
	// journalled is the index of the source that reads the journal; -1 if it isn't open.
	journalled int
	began      int64            // where its records of this session begin
	own        map[address]bool // answers of this run that its present plan has not needed yet
	spare      map[address]bool // the same for verdicts, which are kept when judges change
}

// address is a completion's id as bytes.
type address [16]byte

func addressOf(id string) (a address, err error) {
	if len(id) != 2*len(a) {
		return a, fmt.Errorf("id %q is not %s", id, plural.Of(2*len(a), "hexadecimal digit"))
	}
	_, err = hex.Decode(a[:], []byte(id))
	return a, err
}

// failure is a request that was given up. Where the server sent something all the same, as
// part of a filtered text, at is the place of its record.
type failure struct {
	missing, finish string
	at              *place
}

type place struct {
	source int
	span   runstore.Span
}

// openAnswers reads the answers of a run and of runs to be reused, and opens the journal. Of
// two answers to one request, the run's own counts. A request that the run gave up stays
// given up, even if the run was interrupted since.
func openAnswers(store runstore.Store, opt *Options) (_ *answers, err error) {
	if opt.Fresh {
		if err := store.Remove(runstore.Answers().File()); err != nil {
			return nil, err
		}
	}
	a := newAnswers(opt)
	defer func() {
		if err != nil {
			a.close()
		}
	}()
	if !opt.Fresh {
		if err := a.load(store, true); err != nil {
			return nil, err
		}
	}
	if err := a.openJournal(store); err != nil {
		return nil, err
	}
	return a, a.loadAll(opt.Reuse, false)
}

// readAnswers does the same as openAnswers, and writes nothing.
func readAnswers(store runstore.Store, opt *Options) (*answers, error) {
	a := newAnswers(opt)
	var err error
	if !opt.Fresh {
		err = a.loadAll([]runstore.Store{store}, true)
	}
	if err == nil {
		err = a.loadAll(opt.Reuse, false)
	}
	if err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

func newAnswers(opt *Options) *answers {
	return &answers{journalled: -1, at: map[address]place{}, failed: map[address]failure{}, retry: opt.Retry, own: map[address]bool{}, spare: map[address]bool{}}
}

// loadAll reads the published and the journalled answers of runs.
func (a *answers) loadAll(stores []runstore.Store, own bool) error {
	for _, s := range stores {
		if err := a.load(s, own); err != nil {
			return err
		}
		if err := a.loadKind(s, runstore.Answers(), own); err != nil {
			return err
		}
	}
	return nil
}

// load reads a run's published answers.
func (a *answers) load(store runstore.Store, own bool) error {
	for _, kind := range []runstore.Kind[models.Completion]{runstore.Completions(), runstore.Verdicts(), runstore.Earlier()} {
		if err := a.loadKind(store, kind, own); err != nil {
			return err
		}
	}
	return nil
}

// withoutLine is the remedy for a damaged file of answers. Without its header, a file has to go.
func withoutLine(line int) string {
	if line == 1 {
		return "remove the file and rerun the command, which requests its answers again"
	}
	return "remove this line and rerun the command, which requests the lost answer again"
}

func (a *answers) loadKind(store runstore.Store, kind runstore.Kind[models.Completion], own bool) error {
	source := len(a.sources)
	for r, err := range kind.Locate(store) {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if errors.Is(err, runstore.ErrTorn) && kind.Name == runstore.Answers().Name {
			break // a journal of a run that was killed, or is being written
		}
		if err != nil {
			return runstore.WithRemedy(err, withoutLine)
		}
		if err := a.add(r, source, own); err != nil {
			return err
		}
	}
	reader, err := kind.OpenAt(store)
	if err != nil {
		return err
	}
	a.sources = append(a.sources, reader)
	return nil
}

func (a *answers) openJournal(store runstore.Store) (err error) {
	source := len(a.sources)
	a.journalled = source
	a.journal, err = runstore.Answers().Journal(store, func(r runstore.Located[models.Completion]) error {
		a.began = r.Offset + int64(r.Length) + 1
		return a.add(r, source, true)
	})
	if err != nil {
		return err
	}
	reader, err := runstore.Answers().OpenAt(store)
	if err != nil {
		return err
	}
	a.sources = append(a.sources, reader)
	return nil
}

// add notes where an answer is, or that there is none. The first answer under an address
// counts, but of a judge's the journal's: it was asked for again, since the first could not be
// read. What another run gave up does not count.
func (a *answers) add(r runstore.Located[models.Completion], source int, own bool) error {
	id, err := addressOf(r.Record.ID)
	if err != nil {
		return err
	}
	_, ok := a.at[id]
	again := ok && own && a.journal == nil && source == a.journalled && r.Record.Of != ""
	switch {
	case ok && !again:
	case r.Record.Missing == "":
		a.at[id] = place{source, r.Span}
		delete(a.failed, id)
		switch {
		case own && r.Record.Of == "":
			a.own[id] = true
		case own:
			a.spare[id] = true
		}
	case own && !a.retry:
		a.failed[id] = failureOf(r.Record, place{source, r.Span})
	}
	return nil
}

// known reports whether a request has a result, and notes that the plan needs it.
func (a *answers) known(id string) (bool, error) {
	key, err := addressOf(id)
	if err != nil {
		return false, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.own, key)
	delete(a.spare, key)
	_, answered := a.at[key]
	_, failed := a.failed[key]
	return answered || failed, nil
}

// failureOf is the failure that a record without an answer describes.
func failureOf(c *models.Completion, at place) failure {
	f := failure{missing: c.Missing, finish: c.Finish}
	if c.Text != "" || c.Tokens != nil {
		f.at = &at
	}
	return f
}

// get reads an answer. Of a request that was given up, it gives the reason and what the
// server sent.
func (a *answers) get(id string) (answer models.Answer, missing string, err error) {
	key, err := addressOf(id)
	if err != nil {
		return answer, "", err
	}
	a.mu.Lock()
	at, ok := a.at[key]
	failed, gaveUp := a.failed[key]
	a.mu.Unlock()
	switch {
	case ok:
	case !gaveUp:
		return answer, "never asked", nil
	case failed.at == nil:
		return models.Answer{Finish: failed.finish}, failed.missing, nil
	default:
		at = *failed.at
	}
	c, err := a.sources[at.source].Read(at.span)
	if err != nil {
		return answer, "", err
	}
	if c.ID != id {
		return answer, "", fmt.Errorf("answer %s: the record there is %s; was the run changed while it was written?", id, c.ID)
	}
	return c.Answer(), c.Missing, nil
}

// put journals an answer, unless there is one by now, and returns the one that counts.
func (a *answers) put(c *models.Completion) (models.Answer, error) {
	key, err := addressOf(c.ID)
	if err != nil {
		return models.Answer{}, err
	}
	a.mu.Lock()
	if _, ok := a.at[key]; ok {
		a.mu.Unlock()
		answer, _, err := a.get(c.ID)
		return answer, err
	}
	defer a.mu.Unlock()
	span, err := a.journal.Append(c)
	if err != nil {
		return models.Answer{}, err
	}
	a.at[key] = place{a.journalled, span}
	return c.Answer(), nil
}

// forget drops an answer of an earlier session, so that its request is sent again. It reports whether
// asking again can give another answer than the text that was read: not if this session has sent the
// request. The file keeps the answer until the run is published.
func (a *answers) forget(id, read string) (bool, error) {
	key, err := addressOf(id)
	if err != nil {
		return false, err
	}
	a.mu.Lock()
	at, ok := a.at[key]
	earlier := at.source != a.journalled || at.span.Offset < a.began
	if ok && earlier {
		delete(a.at, key)
	}
	a.mu.Unlock()
	if !ok || earlier { // it may be on its way already, for another example with this request
		return true, nil
	}
	now, _, err := a.get(id)
	return now.Text != read, err
}

// fail notes that a request was given up.
func (a *answers) fail(c *models.Completion) error {
	key, err := addressOf(c.ID)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.failed[key] = failure{missing: c.Missing, finish: c.Finish}
	return nil
}

// withhold journals what a server sent that is no answer.
func (a *answers) withhold(c *models.Completion) error {
	key, err := addressOf(c.ID)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	span, err := a.journal.Append(c)
	if err != nil {
		return err
	}
	a.failed[key] = failureOf(c, place{a.journalled, span})
	return nil
}

// keep journals a request that was given up.
func (a *answers) keep(c *models.Completion) error {
	_, err := a.journal.Append(c)
	return err
}

// keepSpare writes the verdicts that the plan doesn't need into a stream of their own,
// sorted by id. There is no such stream without such verdicts, or with drop.
func (a *answers) keepSpare(store runstore.Store, drop bool) error {
	if drop || len(a.spare) == 0 {
		return store.Remove(runstore.Earlier().File())
	}
	w, err := runstore.Earlier().Create(store)
	if err != nil {
		return err
	}
	defer w.Abort()
	byID := func(a, b address) int { return bytes.Compare(a[:], b[:]) }
	for _, id := range slices.SortedFunc(maps.Keys(a.spare), byID) {
		at := a.at[id]
		c, err := a.sources[at.source].Read(at.span)
		if err != nil {
			return err
		}
		if err := w.Append(c); err != nil {
			return err
		}
	}
	return w.Commit()
}

func (a *answers) close() error {
	var errs []error
	for _, s := range a.sources {
		errs = append(errs, s.Close())
	}
	if a.journal != nil {
		errs = append(errs, a.journal.Close())
	}
	return errors.Join(errs...)
}
