package work

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"assay/harness/label"
)

// Task is what a labeler does next.
type Task struct {
	Item     *label.Item   // nil if there is nothing to do
	Revision int           // of the labeler's answer to it; 0 before the first
	Previous *label.Answer // that the labeler takes back; in the item's order
	Done     int
	Total    int
	Stopped  bool // the screening was not passed
	Undoable bool // there is an answer to go back to
}

// Refusal is why an answer was not saved, in words for the labeler: it is old, or not theirs.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// Next is the labeler's next item.
func (w *Work) Next(labeler string) Task {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.desks[labeler]
	t := Task{Total: len(d.items), Done: len(d.history), Undoable: len(d.history) > 0}
	if all, done, right := d.screened(); w.ScreeningPass > 0 && all > 0 && done == all && float64(right)/float64(all) < w.ScreeningPass {
		t.Stopped = true
		return t
	}
	for _, it := range d.items {
		if d.current(it.ID) == nil {
			t.Item = it
			break
		}
	}
	if t.Item != nil {
		if at := d.entries[t.Item.ID]; at != nil {
			t.Revision, t.Previous = at.revision, at.answer
		}
	}
	return t
}

// Settle is the lead's task for an item.
func (w *Work) Settle(labeler, item string) (Task, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	it := w.items[item]
	if it == nil {
		return Task{}, Refusal("there is no such item")
	}
	t := Task{Item: it}
	if at := w.desks[labeler].entries[item]; at != nil {
		t.Revision, t.Previous = at.revision, at.answer
	}
	return t, nil
}

// Submission is an answer as it came.
type Submission struct {
	ID       string // the client's own: sent twice, it counts once
	Item     string
	Revision int           // that the labeler saw
	Answer   *label.Answer // in the item's order
}

// Save puts an answer on disk. When it returns no error, the answer stays. A [Refusal] says why
// the answer is not taken; every other error means that it could not be written.
func (w *Work) Save(labeler string, s Submission) error {
	content, err := json.Marshal(s.Answer, json.Deterministic(true))
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.desks[labeler]
	if !isLead(labeler) && !d.has(s.Item) || w.items[s.Item] == nil {
		return Refusal("this item is not yours; load the page again")
	}
	return w.append(event{id: s.ID, labeler: labeler, item: s.Item, kind: answered, content: string(content), revision: s.Revision + 1})
}

func (d *desk) has(item string) bool {
	for _, it := range d.items {
		if it.ID == item {
			return true
		}
	}
	return false
}

// Undo opens the labeler's last answer again, so that it is their next item.
func (w *Work) Undo(labeler, id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.desks[labeler]
	if _, twice := w.seen[id]; twice {
		return nil
	}
	if len(d.history) == 0 {
		return Refusal("there is no answer to go back to")
	}
	item := d.history[len(d.history)-1]
	return w.append(event{id: id, labeler: labeler, item: item, kind: undone, revision: d.entries[item].revision + 1})
}

// append puts an event on disk, then into the state. It needs the lock.
func (w *Work) append(e event) error {
	if before, twice := w.seen[e.id]; twice {
		if before.labeler == e.labeler && before.item == e.item && before.kind == e.kind && before.content == e.content {
			return nil
		}
		return Refusal("another answer was sent under the same number; load the page again")
	}
	revision := 0
	if at := w.desks[e.labeler].entries[e.item]; at != nil {
		revision = at.revision
	}
	if e.revision != revision+1 {
		return Refusal("this page is old: you have answered or reopened this item elsewhere, perhaps in another tab; load the page again to go on")
	}
	e.at = time.Now().UTC()
	err := within(w.db, func(tx *sql.Tx) error {
		_, err := tx.Exec("INSERT INTO events (id, labeler, item, revision, kind, content, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			e.id, e.labeler, e.item, e.revision, e.kind, e.content, e.at.Format(time.RFC3339Nano))
		return err
	})
	if err != nil {
		return err
	}
	return w.apply(e)
}

// Admit begins a session for the owner of a link's secret; ok is false if nobody owns it. token
// identifies the session.
func (w *Work) Admit(link string) (token, name string, ok bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if name, ok = w.tokens[hash(link)]; !ok {
		return "", "", false, nil
	}
	token = secret()
	if _, err = w.db.Exec("INSERT INTO sessions VALUES (?, ?, ?)", hash(token), name, time.Now().UTC().Format(time.RFC3339)); err != nil {
		return "", "", true, err
	}
	w.sessions[hash(token)] = name
	return token, name, true, nil
}

// Who is the owner of a session.
func (w *Work) Who(token string) (name string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	name, ok = w.sessions[hash(token)]
	return name, ok
}

// NewLinks replaces all links, and ends all sessions.
func (w *Work) NewLinks() (links map[string]string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	links, tokens := map[string]string{}, map[string]string{}
	err = within(w.db, func(tx *sql.Tx) error {
		for _, p := range w.People {
			links[p.Name] = secret()
			tokens[hash(links[p.Name])] = p.Name
			if _, err := tx.Exec("UPDATE people SET token = ? WHERE name = ?", hash(links[p.Name]), p.Name); err != nil {
				return err
			}
		}
		_, err := tx.Exec("DELETE FROM sessions")
		return err
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("new links can't be saved"), err)
	}
	w.tokens, w.sessions = tokens, map[string]string{}
	return links, nil
}
