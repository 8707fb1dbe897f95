package interop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
	"assay/metrics"
	"assay/suites/labels"
)

// Labels reads what people said about outputs: tables with a row for each output and labeler; see
// [labels.Row]. Rows of one suite, example, condition and labeler that have ranks are a ranking.
func Labels() Importer {
	return Importer{
		Name:   "labels",
		Short:  "what people said about outputs (grades, flags, ranks): CSV, TSV or JSON lines",
		Own:    true,
		Import: importLabels,
	}
}

// labelTable takes the rows of all files.
type labelTable struct {
	opt      Options
	out      Sink
	examples repeats // of all rows
	groups   map[string]labelerGroup
	suites   []string
	asked    map[string][]string // suite -> metrics that some row has a value of
	rankings map[labels.Ranking][]placedRow
	order    []labels.Ranking
	skipped  []placedRow
	open     int                 // rows with a hallucination flag on a prompt that is not closed-domain
	items    map[labels.Item]int // rows that check labelers
}

// labelerGroup is a labeler's group, and the row that said so first.
type labelerGroup struct {
	name string
	at   place.Seen
}

// placedRow is a row without its texts, and its place.
type placedRow struct {
	row  *labels.Row
	path string
	line int
}

func importLabels(ctx context.Context, paths []string, opt Options, out Sink) error {
	if opt.Judge != "" {
		return errors.New("--judge is not for labels, whose rows name their labelers; remove it, or write a group into the rows")
	}
	found, err := tableFiles(paths, []string{".csv", ".tsv", ".jsonl"}, "labels", out)
	if err != nil {
		return err
	}
	l := &labelTable{opt: opt, out: out, examples: newRepeats(), groups: map[string]labelerGroup{}, asked: map[string][]string{}, rankings: map[labels.Ranking][]placedRow{}, items: map[labels.Item]int{}}
	form := tableForm[*labels.Row]{needed: labels.Needed(), header: checkLabelHeader, cells: func(t *rows.CSV) (*labels.Row, error) { return labels.FromCells(t.Get) }, object: labels.Decode, take: l.take}
	if err := eachFile(ctx, found, opt, out, func(path string) error { return form.read(ctx, path, opt, out) }); err != nil {
		return err
	}
	if err := l.finish(); err != nil {
		return err
	}
	for _, name := range l.suites {
		s := labels.Suite(name)
		if err := out.Define(s.Definition()); err != nil {
			return err
		}
	}
	return nil
}

func checkLabelHeader(t *rows.CSV) error {
	for _, column := range t.Header() {
		t.Use(column)
	}
	return labels.CheckHeader(t.Header())
}

// take gives a row to the sink: its example, output and judgements. Ranks are compared when all
// rows are there. Rows that check labelers have prompts and outputs of their own, whatever those of
// other rows with the same id or prompt are.
func (l *labelTable) take(path string, line int, r *labels.Row) error {
	at := place.Seen{File: path, Line: line}
	group, known := l.groups[r.Labeler]
	if known && group.name != r.Group {
		return fmt.Errorf("labeler %q is in the group %q here, and in %q in %s; make the rows agree", r.Labeler, r.Group, group.name, group.at.From(path))
	}
	if !known {
		group = labelerGroup{r.Group, at}
	}
	first, err := l.examples.check(at, r.SuiteName()+"\x00"+string(r.Item)+"\x00"+r.ExampleID(), r.ExampleID(), shared{"prompt", r.Prompt}, shared{"category", r.Category}, shared{"context", r.Context},
		shared{"constraint", r.Constraint}, shared{"cluster", r.Cluster}, shared{"closed_domain", r.ExampleOf().Fields[labels.ClosedDomainField]})
	if err != nil {
		return err
	}
	if r.Item != labels.Ordinary {
		l.groups[r.Labeler] = group
		l.items[r.Item]++
		return repeated(l.out.Label(r), path, r, "row")
	}
	if first {
		if err := l.out.Example(r.ExampleOf()); err != nil {
			return err
		}
	}
	for _, c := range r.Completions() {
		switch err := l.out.Completion(c); {
		case errors.Is(err, ErrConflict):
			return fmt.Errorf("%w: %q has another output for example %q in an earlier row%s; keep one of the two, or number them in sample", err, c.Model, r.ExampleID(), before(err, path))
		case err != nil && !errors.Is(err, ErrDuplicate):
			return err
		}
	}
	if err := repeated(l.out.Label(r), path, r, "row"); err != nil {
		return err
	}
	l.groups[r.Labeler] = group
	if !slices.Contains(l.suites, r.SuiteName()) {
		l.suites = append(l.suites, r.SuiteName())
	}
	return l.judge(path, line, r)
}

// judge gives the sink what a row says on its own, and keeps what needs other rows.
func (l *labelTable) judge(path string, line int, r *labels.Row) error {
	for _, v := range r.Values() {
		if !r.Applies(v.Metric) {
			l.open++
		} else if asked := l.asked[r.SuiteName()]; !slices.Contains(asked, v.Metric) {
			l.asked[r.SuiteName()] = append(asked, v.Metric)
		}
	}
	kept := placedRow{r.Bare(), path, line}
	if r.Skipped != "" {
		l.skipped = append(l.skipped, kept)
	}
	if r.Rank != nil {
		key := r.Ranking()
		if ranked := l.rankings[key]; ranked == nil {
			l.order = append(l.order, key)
		} else if first := ranked[0].row.Probability; first != nil && r.Probability != nil && *first != *r.Probability {
			return fmt.Errorf("probability is %v here, and %v in line %d, a row of the same ranking; make the rows agree", *r.Probability, *first, ranked[0].line)
		}
		l.rankings[key] = append(l.rankings[key], kept)
	}
	return l.say(path, r, slices.Concat(r.Judgements(), r.Preferences(l.opt.Baseline)))
}

func (l *labelTable) say(path string, r *labels.Row, js []metrics.Judgement) error {
	for _, j := range js {
		if err := repeated(l.out.Judgement(j), path, r, j.Metric); err != nil {
			return err
		}
	}
	return nil
}

// repeated says which row or judgement came before, and where.
func repeated(err error, path string, r *labels.Row, what string) error {
	if !errors.Is(err, ErrDuplicate) && !errors.Is(err, ErrConflict) {
		return err
	}
	of := fmt.Sprintf("labeler %q, model %q, %s", r.Labeler, r.Model, r.Named())
	if r.Sample > 0 {
		of += fmt.Sprintf(", sample %d", r.Sample)
	}
	if r.Condition != "" {
		of += fmt.Sprintf(", condition %q", r.Condition)
	}
	return fmt.Errorf("%w: a %s of %s came before%s; keep one of the rows", err, what, of, before(err, path))
}

// finish compares ranks, and says what skipped rows would have had. It reports what was left out.
func (l *labelTable) finish() error {
	alone, draws := 0, 0
	for _, key := range l.order {
		placed := l.rankings[key]
		var ranked []*labels.Row
		for _, p := range placed {
			ranked = append(ranked, p.row)
		}
		js := labels.WinRates(ranked, l.opt.Baseline)
		switch {
		case len(js) == 0:
			alone++
		case slices.ContainsFunc(ranked, func(r *labels.Row) bool { return r.Sample != ranked[0].Sample }):
			draws++
		}
		if err := l.late(placed[0], js); err != nil {
			return err
		}
	}
	for _, p := range l.skipped {
		if err := l.late(p, p.row.Missing(l.asked[p.row.SuiteName()], l.opt.Baseline)); err != nil {
			return err
		}
	}
	l.report(alone, draws)
	return nil
}

// late gives the sink judgements of a row that was read before. Their errors are at the row.
func (l *labelTable) late(p placedRow, js []metrics.Judgement) error {
	l.out.At(p.path, p.line)
	err := l.say(p.path, p.row, js)
	if err == nil {
		return nil
	}
	err = place.Within(p.path, p.line, err)
	if !l.opt.KeepGoing || !skippable(err) {
		return err
	}
	l.out.Notice("skipped a ranking or a row: %v", err)
	return nil
}

// report says what is not in the estimates.
func (l *labelTable) report(alone, draws int) {
	if l.open > 0 {
		l.out.Notice("hallucination is left out in %s, where closed_domain is false", plural.Of(l.open, "row"))
	}
	if alone > 0 {
		with := "two models"
		if l.opt.Baseline != "" {
			with = "a model and " + l.opt.Baseline
		}
		l.out.Notice("no win rate from %s: each needs outputs of %s with the same sample", plural.Of(alone, "ranking"), with)
	}
	if draws > 0 {
		l.out.Notice("%s with several draws of a model: win rates compare draws of one number only", plural.Of(draws, "ranking"))
	}
	var items []string
	for _, item := range []labels.Item{labels.Gold, labels.Attention, labels.Screening} {
		if n := l.items[item]; n > 0 {
			items = append(items, fmt.Sprintf("%d %s", n, item))
		}
	}
	if len(items) > 0 {
		l.out.Notice("rows that check labelers are kept, and are no part of estimates: %s", strings.Join(items, ", "))
	}
	if len(l.suites) == 0 {
		l.out.Notice("no row says anything about a model")
	}
}
