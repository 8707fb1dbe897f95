package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/metrics/agreement"
	"assay/metrics/audit"
	"assay/metrics/names"
	"assay/reports"
	"assay/suites/judge"
)

// Audit audits the judges of runs: those of their plans, and those who gave preferences in imported
// files. See [reports.AuditCheck] for what is measured.
func (r Runs) Audit(alt agreement.AltOptions) (out reports.Audit, err error) {
	u := newAuditing()
	all, learned, err := r.asked(AgreementOptions{audit: u})
	if err != nil {
		return out, err
	}
	out.Notes = learnedNotes(learned)
	for _, a := range all {
		for _, key := range slices.Sorted(maps.Keys(a.audited)) {
			o := audits{u: u, a: a, key: key, of: a.audited[key], out: &out, all: all}
			o.info = u.judges[o.of.judge]
			if o.info.kind == judge.PairwiseKind && strings.HasSuffix(a.metric.Name, names.OrderFlips) {
				continue
			}
			if err := o.add(alt); err != nil {
				return out, fmt.Errorf("%s %s: %w", a.suite, a.metric.Name, err)
			}
		}
	}
	u.notes(&out)
	out.Rows = foldNeeds(out.Rows)
	return out, nil
}

// audits makes the rows of one judge and metric.
type audits struct {
	u    *auditing
	a    *asked
	key  string // of the judge, in ratings
	of   *audited
	info *judgeInfo
	all  []*asked
	out  *reports.Audit
}

func (o *audits) row(check reports.AuditCheck) reports.AuditRow {
	return reports.AuditRow{Judge: o.of.judge, Suite: o.a.suite, Metrics: []string{o.a.metric.Name}, Check: check}
}

// measured adds a row with a number, or with what is needed.
func (o *audits) measured(row reports.AuditRow, m audit.Measure, err error) {
	if row.Measure = &m; err != nil {
		row.Measure, row.Needs = nil, err.Error()
	}
	o.out.Rows = append(o.out.Rows, row)
}

func (o *audits) needs(check reports.AuditCheck, what string) {
	row := o.row(check)
	row.Needs = what
	o.out.Rows = append(o.out.Rows, row)
}

// graded are kinds of judges whose numbers put the answers to one prompt in order.
func (o *audits) graded() bool {
	return (o.info.kind == "" || o.info.kind == judge.GradeKind || o.info.kind == judge.RewardKind) &&
		o.a.metric.Even == nil && o.a.metric.Direction != metrics.NeitherIsBetter && o.a.metric.Kind == metrics.Mean
}

func (o *audits) add(alt agreement.AltOptions) error {
	preference := o.a.metric.Even != nil
	if preference {
		o.position()
	}
	if preference || o.graded() {
		o.taste()
		o.own()
	}
	if err := o.people(alt); err != nil {
		return err
	}
	o.again()
	o.known()
	return nil
}

// clustersOf numbers prompts.
type clustersOf map[string]uint32

func (c clustersOf) of(name string) uint32 { return intern(c, name) }

// position measures what the order of two answers does.
func (o *audits) position() {
	var orders [][]float64
	var clusters []uint32
	ids := clustersOf{}
	for i := range o.of.said {
		if s := &o.of.said[i]; s.orders != nil {
			orders, clusters = append(orders, s.orders), append(clusters, ids.of(s.cluster))
		}
	}
	if len(orders) > 0 {
		flips, first, err := audit.Position(orders, clusters)
		o.measured(o.row(reports.AuditOrder), flips, err)
		o.measured(o.row(reports.AuditFirst), first, err)
		return
	}
	if flips := o.flips(); flips != nil {
		var values []float64
		for _, s := range flips.said {
			values, clusters = append(values, s.value), append(clusters, ids.of(s.cluster))
		}
		m, err := audit.Share(values, clusters)
		o.measured(o.row(reports.AuditOrder), m, err)
		o.needs(reports.AuditFirst, "this run has no verdict of each order, because an earlier version of assay made it; 'assay run --rescore' judges it again from its saved answers")
		return
	}
	o.needs(reports.AuditOrder, "the records have no verdicts in both orders of the two answers; a judge of kind: pairwise asks in both")
}

// flips are a pairwise judge's judgements of whether its two verdicts differ; nil if there are none.
func (o *audits) flips() *audited {
	for _, b := range o.all {
		if b.suite == o.a.suite && (b.metric.Name == o.a.metric.Name+"_"+names.OrderFlips || b.metric.Name == names.OrderFlips && o.a.metric.Name == names.WinRate) {
			return b.audited[o.key]
		}
	}
	return nil
}

// pairs are the judge's preferences between two answers whose texts are known. Grades become
// preferences: of two answers to one prompt, that with the better grade is preferred. from has the
// items of each pair.
func (o *audits) pairs() (pairs []audit.Pair, from []string, textless int) {
	ids, players := clustersOf{}, map[string]int{}
	player := func(s *heard, model string) int {
		key := s.condition + "\x00" + model
		if _, ok := players[key]; !ok {
			players[key] = len(players)
		}
		return players[key]
	}
	if o.a.metric.Even != nil {
		for i := range o.of.said {
			s := &o.of.said[i]
			if s.looks[0] == nil || s.looks[1] == nil {
				textless++
				continue
			}
			p := audit.Pair{A: player(s, s.model), B: player(s, s.baseline), Score: s.value, Cluster: ids.of(s.cluster)}
			p.Style[0], p.Style[1] = *s.looks[0], *s.looks[1]
			pairs, from = append(pairs, p), append(from, s.item)
		}
		return pairs, from, textless
	}
	of := map[string][]*heard{}
	var order []string
	for i := range o.of.said {
		s := &o.of.said[i]
		if s.looks[0] == nil {
			textless++
			continue
		}
		key := strings.Join([]string{s.example, s.condition, s.sample}, "\x00")
		if of[key] == nil {
			order = append(order, key)
		}
		of[key] = append(of[key], s)
	}
	for _, key := range order {
		for i, s := range of[key] {
			for _, t := range of[key][:i] {
				p := audit.Pair{A: player(s, s.model), B: player(t, t.model), Score: 0.5, Cluster: ids.of(s.cluster)}
				if better := o.a.metric.Turn(s.value - t.value); better > 0 {
					p.Score = 1
				} else if better < 0 {
					p.Score = 0
				}
				p.Style[0], p.Style[1] = *s.looks[0], *t.looks[0]
				pairs, from = append(pairs, p), append(from, "")
			}
		}
	}
	return pairs, from, textless
}

// taste measures preferences for long and for decorated answers.
func (o *audits) taste() {
	pairs, from, textless := o.pairs()
	if len(pairs) == 0 {
		what := "it needs the grades of two models for the same prompts"
		if textless > 0 {
			what = "it needs the texts of the answers, which the run doesn't have"
		}
		o.needs(reports.AuditLength, what)
		o.needs(reports.AuditStyle, what)
		return
	}
	if textless > 0 {
		o.note("%s without a text of the answer are left out of length and style", plural.Of(textless, "judgement"))
	}
	o.tasteRows(reports.AuditLength, "")(audit.Length(pairs))
	if people := o.reference(o.persons(), "people"); people != nil && o.a.metric.Even != nil {
		var both, reference []audit.Pair
		for i, p := range pairs {
			if mean, ok := people.values[from[i]]; ok {
				both = append(both, p)
				p.Score = mean
				reference = append(reference, p)
			}
		}
		if len(both) > 0 {
			o.tasteRows(reports.AuditBeyond, "people")(audit.LengthBeyond(both, reference))
		}
	}
	o.tasteRows(reports.AuditStyle, "")(audit.Markup(pairs))
}

// tasteRows adds the rows of a regression.
func (o *audits) tasteRows(check reports.AuditCheck, reference string) func(audit.Taste, error) {
	return func(t audit.Taste, err error) {
		row := o.row(check)
		row.Decided, row.Same, row.Unit, row.Reference = t.Decided, t.Same, t.Unit, reference
		if err != nil {
			o.measured(row, audit.Measure{}, err)
			return
		}
		for _, term := range t.Terms {
			if check == reports.AuditStyle {
				row.Term = term.Name
			}
			o.measured(row, term.Measure, nil)
		}
	}
}

// again measures how often the judge says something else when it is asked again.
func (o *audits) again() {
	if !o.info.asksModel() {
		return
	}
	var repeats []metrics.Judgement
	for _, metric := range []string{o.a.metric.Name, names.JudgedPrefix + o.a.metric.Name} {
		repeats = append(repeats, o.u.again[[3]string{o.a.suite, metric, o.of.judge}]...)
	}
	if len(repeats) == 0 {
		what := "the judge was asked once; 'audit: {repeats: 1}' under the judge in the plan asks again"
		if o.info.kind == "" {
			what = "the imported files don't say that the judge was asked again"
		}
		o.needs(reports.AuditAgain, what)
		return
	}
	first := map[string]*heard{}
	for i := range o.of.said {
		first[o.of.said[i].item] = &o.of.said[i]
	}
	changed, order, lost := map[string]float64{}, []string(nil), 0
	for i := range repeats {
		j := &repeats[i]
		item, mirrored := o.a.itemOf(j)
		if !j.Scored() || first[item] == nil {
			lost++
			continue
		}
		value, ok := single(o.a.metric, j.Value)
		if !ok {
			continue
		}
		if mirrored {
			value = 2**o.a.metric.Even - value
		}
		if _, seen := changed[item]; !seen {
			changed[item] = 0
			order = append(order, item)
		}
		if value != first[item].value {
			changed[item] = 1
		}
	}
	if lost > 0 {
		o.note("%s %s left out", plural.Of(lost, "repeated judgement"), lacking(lost, "value"))
	}
	var values []float64
	var clusters []uint32
	ids := clustersOf{}
	for _, item := range order {
		values, clusters = append(values, changed[item]), append(clusters, ids.of(first[item].cluster))
	}
	m, err := audit.Share(values, clusters)
	o.measured(o.row(reports.AuditAgain), m, err)
}

// known measures the judge on pairs whose better answer is known: those that its plan names, or a
// run that consists of them.
func (o *audits) known() {
	if o.a.metric.Even == nil {
		return
	}
	var values []float64
	var clusters []uint32
	ids := clustersOf{}
	missing := 0
	if o.a.suite == names.KnownPairs {
		for i := range o.of.said {
			s := &o.of.said[i]
			value := s.value
			if s.orders != nil {
				value = (s.orders[0] + s.orders[1]) / 2
			}
			if s.model == names.WorseAnswer {
				value = 1 - value
			}
			values, clusters = append(values, value), append(clusters, ids.of(s.cluster))
		}
	} else {
		for _, j := range o.u.known[o.of.judge] {
			switch {
			case j.Metric != o.a.metric.Name:
			case !j.Scored():
				missing++
			case j.Orders != nil:
				values, clusters = append(values, (j.Orders[0]+j.Orders[1])/2), append(clusters, ids.of(j.Example))
			default:
				values, clusters = append(values, j.Value[0]), append(clusters, ids.of(j.Example))
			}
		}
	}
	if missing > 0 {
		o.note("%s with known answers %s left out", plural.Of(missing, "pair"), lacking(missing, "verdict"))
	}
	if len(values) == 0 {
		what := "the judge was shown no pairs whose better answer is known; 'audit: {known: FILE}' under the judge in the plan names a file of them, such as LLMBar's"
		if o.info.kind == "" {
			what = "the imported files have no pairs whose better answer is known"
		}
		o.needs(reports.AuditKnown, what)
		return
	}
	m, err := audit.Share(values, clusters)
	o.measured(o.row(reports.AuditKnown), m, err)
}

func (o *audits) note(format string, args ...any) {
	o.out.Notes = append(o.out.Notes, fmt.Sprintf("%s, %s %s: %s.", o.of.judge, o.a.suite, o.a.metric.Name, fmt.Sprintf(format, args...)))
}

// lacking says that things have none of something, and "is" or "are", for a note.
func lacking(n int, what string) string {
	if n == 1 {
		return "has no " + what + " and is"
	}
	return "have no " + what + " and are"
}

// notes say what concerns judges as a whole.
func (u *auditing) notes(out *reports.Audit) {
	for _, key := range slices.SortedFunc(maps.Keys(u.missed), func(a, b [3]string) int { return slices.Compare(a[:], b[:]) }) {
		n := u.missed[key]
		out.Notes = append(out.Notes, fmt.Sprintf("%s, %s %s: %s %s left out.", key[2], key[0], key[1], plural.Of(n, "judgement"), lacking(n, "value")))
	}
	for _, name := range slices.Sorted(maps.Keys(u.judges)) {
		if u.judges[name].apart {
			out.Notes = append(out.Notes, fmt.Sprintf("Warning: two runs define the judge %s differently; its numbers here mix the two.", name))
		}
	}
}

// foldNeeds joins the lines of one judge's metrics that lack the same.
func foldNeeds(rows []reports.AuditRow) (out []reports.AuditRow) {
	for _, row := range rows {
		i := slices.IndexFunc(out, func(o reports.AuditRow) bool {
			return row.Needs != "" && o.Judge == row.Judge && o.Suite == row.Suite && o.Check == row.Check && o.Needs == row.Needs
		})
		if i >= 0 {
			out[i].Metrics = append(slices.Clip(out[i].Metrics), row.Metrics...)
			continue
		}
		out = append(out, row)
	}
	// Lines about the same metrics stand together.
	var order []string
	group := func(r *reports.AuditRow) string {
		return r.Judge + "\x00" + r.Suite + "\x00" + strings.Join(r.Metrics, "\x00")
	}
	for i := range out {
		if g := group(&out[i]); !slices.Contains(order, g) {
			order = append(order, g)
		}
	}
	slices.SortStableFunc(out, func(a, b reports.AuditRow) int {
		return slices.Index(order, group(&a)) - slices.Index(order, group(&b))
	})
	return out
}

// auditSection is the section of a report on runs with judges.
func (j *Judged) auditSection(subject *reports.Subject, in ReportInput) (reports.Section, []reports.Table, bool, error) {
	all, err := Runs{Sources: in.Sources, Suites: j.suites}.Audit(agreement.AltOptions{})
	if err != nil || len(all.Rows) == 0 {
		return reports.Section{}, nil, false, err
	}
	return reports.AuditSection(subject, all), []reports.Table{reports.AuditLong(all)}, true, nil
}
