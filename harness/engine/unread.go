package engine

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/harness/leaf/printable"
	"assay/models"
)

// Unread counts the answers of a judge that could not be read.
type Unread struct {
	Judge  string
	Count  int
	Answer string // the first of them, in the plan's order
}

// String says how many there were, and how the first one ended, where a verdict should be.
func (u Unread) String() string {
	end := strings.TrimSpace(u.Answer)
	end = printable.Text(strings.TrimSpace(end[strings.LastIndexByte(end, '\n')+1:]))
	const most = 80
	switch letters := []rune(end); {
	case end == "":
		return fmt.Sprintf("judge %s: %s could not be read, the first is empty", u.Judge, plural.Of(u.Count, "answer"))
	case len(letters) > most:
		end = "..." + string(letters[len(letters)-most:])
	}
	return fmt.Sprintf("judge %s: %s could not be read, the first ends with %q", u.Judge, plural.Of(u.Count, "answer"), end)
}

// Remedy says what --retry would do for a finished run, "" for nothing.
func (r *Result) Remedy() string {
	switch {
	case r.Lacking > 0:
		return fmt.Sprintf("; --retry sends %s again", plural.Of(r.Lacking, "failed request"))
	case r.Unvalued > 0:
		return fmt.Sprintf("; %s without a value; if the judge failed, --retry asks it again", plural.Of(r.Unvalued, "judgement"))
	}
	return ""
}

// unread takes note that a judge's answer could not be read, and reports whether the request is
// to be sent again: if the session retries failures, and the answer is from an earlier one.
func (s *runner) unread(j *Judge, out *judged, r models.Request) (again bool, err error) {
	_, _, id := s.addressed(j, out, r)
	i := slices.IndexFunc(out.verdicts, func(v models.Completion) bool { return v.ID == id })
	if i < 0 { // a judge that has sent no such request
		return false, nil
	}
	verdict := &out.verdicts[i]
	if s.opt.Retry {
		again, err = s.answers.forget(id, verdict.Text)
	}
	if !again {
		out.unread = append(out.unread, Unread{j.Name(), 1, verdict.Text})
		return false, err
	}
	out.dollars -= j.Price.ofAnswer(verdict)
	out.verdicts = slices.Delete(out.verdicts, i, i+1)
	return true, nil
}

// countUnread adds up the answers that could not be read, judge by judge.
func (r *records) countUnread(all []Unread) {
	for _, u := range all {
		i := slices.IndexFunc(r.unread, func(o Unread) bool { return o.Judge == u.Judge })
		if i < 0 {
			r.unread = append(r.unread, u)
			continue
		}
		r.unread[i].Count += u.Count
	}
}
