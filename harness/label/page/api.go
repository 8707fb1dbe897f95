package page

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"

	"github.com/go-json-experiment/json"

	"assay/harness/label"
	"assay/harness/label/work"
	"assay/harness/leaf/printable"
	"assay/harness/plan"
)

// mostBytes bounds a request's body.
const mostBytes = 256 << 10

// view is an item as the page gets it: nothing in it tells models or known answers.
type view struct {
	State    string        `json:"state"` // item, done or stopped
	Item     *itemView     `json:"item,omitzero"`
	Revision int           `json:"revision"`
	Previous *label.Answer `json:"previous,omitzero"`
	Done     int           `json:"done"`
	Total    int           `json:"total"`
	Undoable bool          `json:"undoable"`
}

type itemView struct {
	ID         string      `json:"id"`
	Prompt     string      `json:"prompt"`
	Context    string      `json:"context,omitzero"`
	Constraint string      `json:"constraint,omitzero"`
	Outputs    []string    `json:"outputs"`
	Form       *label.Form `json:"form"`
	Others     []other     `json:"others,omitzero"` // for the lead: what labelers said
}

// other is a labeler's answer, for the lead.
type other struct {
	Labeler string        `json:"labeler"`
	Answer  *label.Answer `json:"answer"`
}

// posted is an answer as the page sends it.
type posted struct {
	ID       string       `json:"id"`
	Item     string       `json:"item"`
	Revision int          `json:"revision"`
	Answer   label.Answer `json:"answer"`
}

// labelling is a labeler's page, or the lead's way to theirs.
func (s *server) labelling(w http.ResponseWriter, r *http.Request) {
	who, ok := s.session(r)
	switch {
	case !ok:
		s.message(w, http.StatusUnauthorized, "Not signed in", "Open the link that you got from the lead.")
	case who.name == plan.Lead:
		http.Redirect(w, r, home(who.name), http.StatusSeeOther)
	default:
		s.labelPage(w, who, "")
	}
}

func (s *server) labelPage(w http.ResponseWriter, who session, item string) {
	s.show(w, http.StatusOK, "label.html.tmpl", struct {
		Name, CSRF, Item string
		Instructions     template.HTML
	}{who.name, who.csrf, item, s.instructions})
}

// home is the first page of a person.
func home(name string) string {
	if name == plan.Lead {
		return "/lead"
	}
	return "/"
}

// next sends the next item; the lead names theirs.
func (s *server) next(w http.ResponseWriter, r *http.Request, who session) {
	if item := r.URL.Query().Get("item"); item != "" && who.name == plan.Lead {
		s.nextForLead(w, who, item)
		return
	}
	t := s.work.Next(who.name)
	v := view{State: "item", Revision: t.Revision, Done: t.Done, Total: t.Total, Undoable: t.Undoable}
	switch {
	case t.Stopped:
		v.State = "stopped"
	case t.Item == nil:
		v.State = "done"
	default:
		v.Item, v.Previous = s.seen(t, who.name)
	}
	send(w, http.StatusOK, v)
}

// seen is a task as its labeler sees it: outputs in their own order.
func (s *server) seen(t work.Task, name string) (*itemView, *label.Answer) {
	it, order := t.Item, t.Item.Order(s.work.Seed, name)
	form := s.work.Form.For(it)
	v := &itemView{ID: it.ID, Prompt: printable.Visible(it.Prompt), Context: printable.Visible(it.Context), Constraint: printable.Visible(it.Constraint), Form: &form}
	for _, k := range order {
		v.Outputs = append(v.Outputs, printable.Visible(it.Outputs[k].Text))
	}
	if t.Previous == nil {
		return v, nil
	}
	return v, t.Previous.Arrange(order)
}

// answer saves an answer. Only when it is on disk does the page hear that it is saved.
func (s *server) answer(w http.ResponseWriter, r *http.Request, who session) {
	var p posted
	if !decode(w, r, &p) {
		return
	}
	it := s.work.Item(p.Item)
	if it == nil {
		fail(w, http.StatusNotFound, "there is no such item; load the page again")
		return
	}
	p.Answer.Clean()
	if err := s.work.Form.Check(it, &p.Answer); err != nil {
		fail(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	if len(p.ID) < 16 || len(p.ID) > 64 {
		fail(w, http.StatusUnprocessableEntity, "the answer has no number of its own; load the page again")
		return
	}
	order := it.Order(s.work.Seed, who.name)
	done(w, s.work.Save(who.name, work.Submission{ID: p.ID, Item: p.Item, Revision: p.Revision, Answer: p.Answer.Arrange(label.Inverse(order))}))
}

func (s *server) undo(w http.ResponseWriter, r *http.Request, who session) {
	var p struct {
		ID string `json:"id"`
	}
	if decode(w, r, &p) {
		done(w, s.work.Undo(who.name, p.ID))
	}
}

// done answers a change.
func done(w http.ResponseWriter, err error) {
	refusal, refused := errors.AsType[work.Refusal](err)
	switch {
	case err == nil:
		send(w, http.StatusOK, map[string]bool{"saved": true})
	case refused:
		fail(w, http.StatusConflict, string(refusal))
	default:
		fail(w, http.StatusInsufficientStorage, "not saved: "+reason(err)+"; keep this page open, tell the lead, and save again later")
	}
}

// reason says in words why something could not be written.
func reason(err error) string {
	if work.Full(err) {
		return "the server's disk is full"
	}
	return err.Error()
}

func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBytes))
	if err == nil {
		err = json.Unmarshal(body, into, json.RejectUnknownMembers(true))
	}
	if err == nil {
		return true
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		fail(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("not saved: the answer has more than %d bytes; shorten the notes", mostBytes))
		return false
	}
	fail(w, http.StatusBadRequest, "not saved: the request can't be read; load the page again")
	return false
}

func send(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		status, data = http.StatusInternalServerError, []byte(`{"error":"the item can't be sent"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data) // a reader who is gone
}

func fail(w http.ResponseWriter, status int, message string) {
	send(w, status, map[string]string{"error": message})
}
