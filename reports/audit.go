package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/metrics/audit"
)

// AuditCheck is a question that an audit of a judge asks.
type AuditCheck string

const (
	AuditOrder   AuditCheck = "order of the answers"
	AuditFirst   AuditCheck = "first answer"
	AuditLength  AuditCheck = "longer answers"
	AuditBeyond  AuditCheck = "longer answers, beyond people"
	AuditStyle   AuditCheck = "style"
	AuditOwn     AuditCheck = "own answers"
	AuditPeople  AuditCheck = "agreement with people"
	AuditReplace AuditCheck = "may it replace people?"
	AuditAgain   AuditCheck = "asked again"
	AuditKnown   AuditCheck = "known answers"
)

// AuditRow is one line of a judge's audit. It has a number, or says what is needed for one.
type AuditRow struct {
	Judge string `json:"judge"`
	Suite string `json:"suite"`
	// Metrics are those that the line is about.
	Metrics []string   `json:"metrics"`
	Check   AuditCheck `json:"check"`
	Term    string     `json:"term,omitempty"` // of [AuditStyle]
	*audit.Measure
	// Alone is the number of a line that has no interval.
	Alone *float64 `json:"alone,omitempty"`
	N     int      `json:"items"` // of Alone
	Needs string   `json:"needs,omitempty"`

	Decided   int      `json:"decided,omitempty"`   // pairs left out: see [audit.Taste]
	Same      []string `json:"same,omitempty"`      // elements of style in which hardly any pair differs
	Unit      float64  `json:"unit,omitempty"`      // characters
	Reference string   `json:"reference,omitempty"` // who the judge is compared with
	Kin       []string `json:"kin,omitempty"`       // the models that count as the judge's own
	Relative  bool     `json:"relative,omitempty"`
	Raw       float64  `json:"raw,omitempty"` // share of equal ratings
	Passed    bool     `json:"passed,omitempty"`
	Epsilon   float64  `json:"epsilon,omitempty"`
	People    int      `json:"people,omitempty"`
}

// Audit is that of all judges of some runs.
type Audit struct {
	Rows []AuditRow `json:"audit"`
	// Notes are about judges and data.
	Notes []string `json:"notes,omitempty"`
}

// neutral is the number of a judge without the fault; NaN if there is none.
func (r *AuditRow) neutral() float64 {
	switch r.Check {
	case AuditFirst:
		return 0.5
	case AuditLength, AuditBeyond, AuditStyle, AuditOwn:
		return 0
	}
	return math.NaN()
}

// sign is 1 or -1 if the interval is on one side of the neutral number, else 0.
func (r *AuditRow) sign() int {
	switch {
	case r.Lo > r.neutral():
		return 1
	case r.Hi < r.neutral():
		return -1
	}
	return 0
}

// Says is the line in one sentence.
func (r *AuditRow) Says() string {
	if r.Needs != "" {
		return "Not measured: " + r.Needs + "."
	}
	odds := func() string { return number(math.Exp(math.Abs(r.Point)), 1) }
	switch r.Check {
	case AuditOrder:
		return fmt.Sprintf("The verdict changes with the order of the two answers in %s of the pairs.", percent(r.Point))
	case AuditFirst:
		return []string{"The judge prefers the answer that it sees second.", "No preference for a place is shown.", "The judge prefers the answer that it sees first."}[r.sign()+1] + " 0.5 is no preference."
	case AuditLength:
		return []string{
			"A much shorter answer has " + odds() + " times the odds to be preferred.", "No preference for long or short answers is shown.",
			"A much longer answer has " + odds() + " times the odds to be preferred.",
		}[r.sign()+1] + " Part of this may be quality."
	case AuditBeyond:
		return []string{
			"The judge likes long answers less than people do, by " + odds() + " times the odds.", "No difference from people's preference for length is shown.",
			"The judge likes long answers more than people do, by " + odds() + " times the odds.",
		}[r.sign()+1]
	case AuditStyle:
		return []string{
			"Answers with more " + r.Term + " have lower odds to be preferred, for equal length.", "No preference for " + r.Term + " is shown.",
			"Answers with more " + r.Term + " have higher odds to be preferred, for equal length.",
		}[r.sign()+1]
	case AuditOwn:
		than := "the verdicts of " + r.Reference
		if r.Relative {
			than += " do, in comparison with other models"
		}
		return []string{
			"The judge gives answers of its own family less than " + than + ".", "No preference for answers of its own family is shown.",
			"The judge gives answers of its own family more than " + than + ".",
		}[r.sign()+1] + " Own family: " + listed(r.Kin) + "."
	case AuditPeople:
		return fmt.Sprintf("Kappa: the judge and a labeler agree on %s of the items; kappa corrects this for chance.", percent(r.Raw))
	case AuditReplace:
		verdict := "No: it wins against fewer than half of the labelers"
		if r.Passed {
			verdict = "Yes: it wins against at least half of the labelers"
		}
		return fmt.Sprintf("%s, by the alternative annotator test with epsilon %v.", verdict, r.Epsilon)
	case AuditAgain:
		return fmt.Sprintf("The judge says something else about %s of the answers when it is asked again with the same request.", percent(r.Point))
	case AuditKnown:
		return fmt.Sprintf("The judge prefers the answer that is known to be better in %s of its verdicts. Chance is 50%%.", percent(r.Point))
	}
	return ""
}

func percent(share float64) string { return number(100*share, 0) + "%" }

// name is the check with its term.
func (r *AuditRow) name() string {
	if r.Term != "" {
		return r.Term
	}
	return string(r.Check)
}

// unit says what the number is.
func (r *AuditRow) unit() string {
	switch r.Check {
	case AuditLength, AuditBeyond, AuditStyle:
		return "log-odds"
	case AuditPeople:
		return "kappa"
	case AuditReplace:
		return "winning rate"
	case AuditOwn:
		return "difference"
	case AuditFirst:
		return "mean score"
	}
	return "share"
}

func (r *AuditRow) value() Cell {
	switch {
	case r.Needs != "":
		return Cell{Text: "-"}
	case r.Measure == nil:
		return Cell{Text: number(*r.Alone, 3), Raw: raw(*r.Alone)}
	}
	return Cell{Text: number(r.Point, 3) + " [" + number(r.Lo, 3) + ", " + number(r.Hi, 3) + "]", Raw: rawInterval(r.Point, r.Lo, r.Hi)}
}

func (r *AuditRow) count() Cell {
	switch {
	case r.Needs != "":
		return Cell{}
	case r.Measure == nil:
		return counted(r.N)
	}
	return counted(r.Measure.N)
}

// tone marks faults that the data show.
func (r *AuditRow) tone() Tone {
	switch {
	case r.Needs != "":
		return Plain
	case r.Check == AuditReplace && r.Passed:
		return Good
	case r.Check == AuditReplace:
		return Bad
	case r.Measure != nil && !math.IsNaN(r.neutral()) && r.sign() != 0:
		return Marked
	}
	return Plain
}

// AuditTable has a row for each check of each judge.
func AuditTable(s *Subject, all Audit) Table {
	t := Table{ID: AuditID, Title: "Judge audit", Columns: []Column{{Name: "judge", Group: true}, {Name: "check"},
		{Name: "value [95%]", Align: Right}, {Name: "unit"}, {Name: "n", Align: Right}, {Name: "in words", Wrap: true}}}
	used := map[AuditCheck]bool{}
	for i := range all.Rows {
		r := &all.Rows[i]
		var titles []string
		for _, m := range r.Metrics {
			titles = append(titles, s.title(r.Suite, m))
		}
		value, unit := r.value(), ""
		value.Tone = r.tone()
		if r.Needs == "" {
			unit, used[r.Check] = r.unit(), true
		}
		t.Rows = append(t.Rows, []Cell{{Text: r.Judge + ": " + listed(titles)}, {Text: r.name()}, value, {Text: unit}, r.count(), {Text: r.Says()}})
	}
	for _, note := range []struct {
		of   AuditCheck
		text string
	}{
		{AuditFirst, "first answer: the mean score of the answer that the judge sees first, over both orders."},
		{AuditLength, "longer answers: the log-odds of tanh of the difference in characters over its root mean square, as in AlpacaEval's length control; each model has a strength of its own. Whether longer answers are better ones, only people's labels for the same pairs can say."},
		{AuditStyle, "lists, headings, bold, code: the log-odds of the difference of their counts over their sum, in units of its root mean square, fitted together with length, as in Chatbot Arena's style control."},
		{AuditOwn, "own answers: what the judge gives answers of its own model or family more than the reference does for the same items."},
		{AuditPeople, "agreement with people: kappa of the judge and one labeler, with quadratic weights for grades and preferences."},
		{AuditReplace, "may it replace people?: the share of labelers against whom the judge wins (Calderon et al. 2025, arXiv 2501.10970). Yes from 0.5 on."},
		{AuditKnown, "known answers: the share of verdicts for the better answer, over both orders; a draw counts half."},
	} {
		if used[note.of] {
			t.Notes = append(t.Notes, note.text)
		}
	}
	t.Notes = append(t.Notes, "n: pairs for preferences, items otherwise; labelers for the last test. Intervals are clustered by prompt.")
	if i := slices.IndexFunc(all.Rows, func(r AuditRow) bool { return r.Decided > 0 && r.Needs == "" }); i >= 0 {
		t.Notes = append(t.Notes, fmt.Sprintf("%s of models that won or lost everything say nothing about length and style, and are left out there.", Capital(plural.Of(all.Rows[i].Decided, "pair"))))
	}
	if i := slices.IndexFunc(all.Rows, func(r AuditRow) bool { return len(r.Same) > 0 && r.Needs == "" }); i >= 0 {
		t.Notes = append(t.Notes, fmt.Sprintf("Fewer than %s differ in %s, so nothing is said of it.", plural.Of(audit.ClustersATerm, "pair"), strings.Join(all.Rows[i].Same, " and ")))
	}
	t.Notes = append(t.Notes, all.Notes...)
	return t
}

// AuditLong is the machine table: a row for each check, metric by metric.
func AuditLong(all Audit) Table {
	t := Table{ID: "judge-audit-long", Title: "Judge audit"}
	for _, name := range []string{"judge", "suite", "metric", "check", "term", "unit", "point", "lo", "hi", "n", "clusters", "method", "note"} {
		t.Columns = append(t.Columns, Column{Name: name})
	}
	for i := range all.Rows {
		r := &all.Rows[i]
		point, lo, hi, n, clusters, method := "", "", "", "", "", ""
		switch {
		case r.Needs != "":
		case r.Measure == nil:
			point, n = raw(*r.Alone), fmt.Sprint(r.N)
		default:
			point, lo, hi = raw(r.Point), raw(r.Lo), raw(r.Hi)
			n, clusters, method = fmt.Sprint(r.Measure.N), fmt.Sprint(r.Clusters), r.Method
		}
		for _, metric := range r.Metrics {
			t.Rows = append(t.Rows, texts(r.Judge, r.Suite, metric, string(r.Check), r.Term, r.unit(), point, lo, hi, n, clusters, method, r.Says()))
		}
	}
	return t
}

// AuditID is the id of the section and of its table.
const AuditID = "judge-audit"

// auditTables has a table for each judge, because a page folds long tables.
func auditTables(s *Subject, all Audit) (tables []Table) {
	rest := all.Rows
	for len(rest) > 0 {
		n := 1
		for n < len(rest) && rest[n].Judge == rest[0].Judge {
			n++
		}
		one := Audit{Rows: rest[:n]}
		if rest = rest[n:]; len(rest) == 0 {
			one.Notes = all.Notes
		}
		t := AuditTable(s, one)
		if len(tables) > 0 {
			t.ID = fmt.Sprintf("%s-%d", AuditID, len(tables)+1)
		}
		tables = append(tables, t)
	}
	return tables
}

// AuditSection is the section of a report.
func AuditSection(s *Subject, all Audit) Section {
	return Section{ID: AuditID, Title: "Judge audit", Tables: auditTables(s, all),
		Text: "How far the judges of these runs can be relied on: whether their verdicts depend on order, length, style and whose answer it is, and how they compare with people. A judge's numbers in this report are no better than this."}
}
