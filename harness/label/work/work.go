package work

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"assay/harness/label"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/suites/labels"
)

// Work is labelling in progress. Several goroutines may use it.
type Work struct {
	Settings
	Form   label.Form
	Items  []*label.Item
	People []label.Labeler // in the plan's order; the lead last
	Secret string          // of this work, to sign with

	mu       sync.Mutex
	lock     *runstore.Lock
	db       *sql.DB
	items    map[string]*label.Item
	desks    map[string]*desk // by labeler
	tokens   map[string]string
	sessions map[string]string // who, by hash
	seen     map[string]event  // by the client's id
}

// desk is what one labeler has to do and has done.
type desk struct {
	label.Labeler
	items   []*label.Item
	entries map[string]*entry // by item
	history []string          // items with an answer, the last answered last
}

// entry is the state of an item on a desk.
type entry struct {
	revision int
	answer   *label.Answer // in the item's order; nil before the first
	open     bool          // to be answered again
	at       time.Time
}

// event is a row of the table of events.
type event struct {
	id, labeler, item, kind, content string
	revision                         int
	at                               time.Time
}

// Kinds of events.
const (
	answered = "answer"
	undone   = "undo"
)

// Open continues labelling.
func Open(dir string) (*Work, error) {
	if !Exists(dir) {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: no such folder; name the folder that 'assay label serve' was given with -o", dir)
		}
		return nil, fmt.Errorf("%s holds no labels: it has no %s; name the folder that 'assay label serve' was given with -o", dir, File)
	}
	lock, db, err := hold(dir)
	if err != nil {
		return nil, err
	}
	return load(dir, lock, db)
}

// hold locks the folder and opens its database.
func hold(dir string) (*runstore.Lock, *sql.DB, error) {
	lock, err := runstore.Dir(dir).Lock("assay label")
	if err != nil {
		return nil, nil, err
	}
	db, err := connect(dir)
	if err != nil {
		return nil, nil, errors.Join(err, lock.Unlock())
	}
	return lock, db, nil
}

func load(dir string, lock *runstore.Lock, db *sql.DB) (*Work, error) {
	w := &Work{lock: lock, db: db, items: map[string]*label.Item{}, desks: map[string]*desk{}, tokens: map[string]string{}, sessions: map[string]string{}, seen: map[string]event{}}
	if !made(db) {
		return nil, errors.Join(fmt.Errorf("%s was begun, but not finished; remove it, and begin again with 'assay label serve RUN -o %s'", dir, dir), w.Close())
	}
	for _, read := range []func() error{w.readMeta, w.readItems, w.readPeople, w.readAssigned, w.readSessions, w.readEvents} {
		if err := read(); err != nil {
			return nil, errors.Join(fmt.Errorf("%s can't be read: %w", dir, err), w.Close())
		}
	}
	w.Form = label.FormOf(w.Settings.Form)
	return w, nil
}

// Close ends the work; what is saved stays.
func (w *Work) Close() error { return errors.Join(w.db.Close(), w.lock.Unlock()) }

func (w *Work) readMeta() error {
	return each(w.db, "SELECT name, value FROM meta", func(row *sql.Rows) error {
		var name, value string
		if err := row.Scan(&name, &value); err != nil {
			return err
		}
		if name == secretName {
			w.Secret = value
			return nil
		}
		return json.Unmarshal([]byte(value), &w.Settings)
	})
}

func (w *Work) readItems() error {
	return each(w.db, "SELECT content FROM items ORDER BY place", func(row *sql.Rows) error {
		var content []byte
		if err := row.Scan(&content); err != nil {
			return err
		}
		it := new(label.Item)
		if err := json.Unmarshal(content, it); err != nil {
			return err
		}
		w.Items, w.items[it.ID] = append(w.Items, it), it
		return nil
	})
}

func (w *Work) readPeople() error {
	return each(w.db, "SELECT name, team, share, token FROM people ORDER BY place", func(row *sql.Rows) error {
		var l label.Labeler
		var token string
		if err := row.Scan(&l.Name, &l.Group, &l.Share, &token); err != nil {
			return err
		}
		w.People = append(w.People, l)
		w.tokens[token] = l.Name
		w.desks[l.Name] = &desk{Labeler: l, entries: map[string]*entry{}}
		return nil
	})
}

func (w *Work) readAssigned() error {
	return each(w.db, "SELECT labeler, item FROM assigned ORDER BY labeler, place", func(row *sql.Rows) error {
		var name, item string
		if err := row.Scan(&name, &item); err != nil {
			return err
		}
		d := w.desks[name]
		d.items = append(d.items, w.items[item])
		return nil
	})
}

func (w *Work) readSessions() error {
	return each(w.db, "SELECT hash, name FROM sessions", func(row *sql.Rows) error {
		var hash, name string
		err := row.Scan(&hash, &name)
		w.sessions[hash] = name
		return err
	})
}

func (w *Work) readEvents() error {
	return each(w.db, "SELECT id, labeler, item, revision, kind, content, at FROM events ORDER BY seq", func(row *sql.Rows) error {
		var e event
		var at string
		if err := row.Scan(&e.id, &e.labeler, &e.item, &e.revision, &e.kind, &e.content, &at); err != nil {
			return err
		}
		var err error
		if e.at, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return err
		}
		return w.apply(e)
	})
}

// apply puts an event, which is on disk, into the state.
func (w *Work) apply(e event) error {
	d := w.desks[e.labeler]
	at := d.entries[e.item]
	if at == nil {
		at = &entry{}
		d.entries[e.item] = at
	}
	at.revision, at.at, at.open = e.revision, e.at, e.kind == undone
	d.forget(e.item)
	if e.kind == answered {
		at.answer = new(label.Answer)
		if err := json.Unmarshal([]byte(e.content), at.answer); err != nil {
			return err
		}
		d.history = append(d.history, e.item)
	}
	w.seen[e.id] = e
	return nil
}

// forget removes an item from the history.
func (d *desk) forget(item string) {
	for i := len(d.history) - 1; i >= 0; i-- {
		if d.history[i] == item {
			d.history = append(d.history[:i], d.history[i+1:]...)
			return
		}
	}
}

// current is the answer that counts; nil if there is none.
func (d *desk) current(item string) *label.Answer {
	if at := d.entries[item]; at != nil && !at.open {
		return at.answer
	}
	return nil
}

// screened counts the labeler's screening items: all, answered, and answered rightly.
func (d *desk) screened() (all, done, right int) {
	for _, it := range d.items {
		if it.Kind != labels.Screening {
			continue
		}
		all++
		if a := d.current(it.ID); a != nil {
			done++
			if it.Right(a) {
				right++
			}
		}
	}
	return all, done, right
}

// isLead reports whether a name is the lead's.
func isLead(name string) bool { return name == plan.Lead }
