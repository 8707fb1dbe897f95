package page

import (
	"net/http"

	"assay/harness/label"
	"assay/harness/plan"
)

// withLead shows a page to the lead only.
func (s *server) withLead(do func(http.ResponseWriter, *http.Request, session)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, ok := s.session(r)
		if !ok || who.name != plan.Lead {
			s.message(w, http.StatusForbidden, "For the lead", "This page is for the lead. Open the lead's link to see it.")
			return
		}
		do(w, r, who)
	}
}

// lead shows how the work goes.
func (s *server) lead(w http.ResponseWriter, _ *http.Request, _ session) {
	overview, err := s.work.Overview()
	if err != nil {
		s.message(w, http.StatusInternalServerError, "No overview", "The overview can't be made: "+err.Error()+".")
		return
	}
	s.show(w, http.StatusOK, "lead.html.tmpl", struct {
		label.Overview
		Items, From, Left int
	}{overview, len(s.work.Items), s.work.From, s.work.Left})
}

// settle shows an item with all answers, for the lead's own.
func (s *server) settle(w http.ResponseWriter, r *http.Request, who session) {
	if s.work.Item(r.PathValue("item")) == nil {
		s.message(w, http.StatusNotFound, "No such item", "There is no such item. Go back to the overview.")
		return
	}
	s.labelPage(w, who, r.PathValue("item"))
}

func (s *server) nextForLead(w http.ResponseWriter, who session, item string) {
	t, err := s.work.Settle(who.name, item)
	if err != nil {
		fail(w, http.StatusNotFound, err.Error())
		return
	}
	v := view{State: "item", Revision: t.Revision}
	v.Item, v.Previous = s.seen(t, who.name)
	order := t.Item.Order(s.work.Seed, who.name)
	for _, g := range s.work.Current() {
		if g.Item == t.Item && g.By.Name != who.name {
			v.Item.Others = append(v.Item.Others, other{g.By.Name, g.Answer.Arrange(order)})
		}
	}
	send(w, http.StatusOK, v)
}
