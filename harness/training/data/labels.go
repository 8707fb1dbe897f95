package data

import (
	"cmp"
	"fmt"

	"assay/harness/leaf/place"
	"assay/suites/labels"
)

// isLabel reports whether a line is a row of human labels, and not a preference of its own.
func (r row) isLabel() bool {
	return r.has("model") && !r.has("chosen") && !r.has("rejected") && !r.has("responses") && !r.has("ranks")
}

// labeled collects rows of human labels, which are rankings and pairs over several rows.
type labeled struct {
	notes   *Notes
	seen    map[rowKey]place.Seen
	prompts map[[2]string]said // by suite and example
	outputs map[outputKey]said
	groups  map[labels.Ranking][]labelAt
	order   []labels.Ranking
	pairs   []labelAt
}

// said is a text with the row that had it first.
type said struct {
	text string
	at   place.Seen
}

// outputKey names an output.
type outputKey struct {
	suite, example, condition, model string
	sample                           int
}

// rowKey names a row.
type rowKey struct {
	outputKey
	labeler, baseline string
	item              labels.Item
}

// labelAt is a row with its place.
type labelAt struct {
	row *labels.Row
	at  Place
}

func newLabeled(notes *Notes) *labeled {
	return &labeled{notes: notes, seen: map[rowKey]place.Seen{}, prompts: map[[2]string]said{}, outputs: map[outputKey]said{}, groups: map[labels.Ranking][]labelAt{}}
}

func outputOf(r *labels.Row, model string) outputKey {
	return outputKey{r.SuiteName(), r.ExampleID(), r.Condition, model, r.Sample}
}

// add takes a line.
func (l *labeled) add(line []byte, at Place) error {
	r, err := labels.Decode(line)
	if err != nil {
		return err
	}
	key := rowKey{outputOf(r, r.Model), r.Labeler, r.Baseline, r.Item}
	if first, twice := l.seen[key]; twice {
		return fmt.Errorf("a row of labeler %q, model %q, %s came before, in %s; keep one of the rows", r.Labeler, r.Model, r.Named(), first.From(at.File))
	}
	here := place.Seen(at)
	l.seen[key] = here
	if r.Item != labels.Ordinary { // whose texts are its own
		l.notes.Count("rows of labels that check labelers, left out", at)
		return nil
	}
	if r.Prompt != "" {
		key := [2]string{r.SuiteName(), r.ExampleID()}
		before, known := l.prompts[key]
		if known && before.text != r.Prompt {
			return fmt.Errorf("the example has another prompt in %s; make the rows agree", before.at.From(at.File))
		}
		if !known {
			l.prompts[key] = said{r.Prompt, here}
		}
	}
	for _, c := range r.Completions() {
		key := outputOf(r, c.Model)
		before, known := l.outputs[key]
		if known && before.text != c.Text {
			return fmt.Errorf("%q has another output for the example in %s; keep one of the two, or number them in sample", c.Model, before.at.From(at.File))
		}
		if !known {
			l.outputs[key] = said{c.Text, here}
		}
	}
	kept := labelAt{r.Bare(), at}
	switch {
	case r.Skipped != "":
		l.notes.Count("rows of labels that were skipped, left out", at)
	case r.Rank == nil && r.Preference == "":
		l.notes.Count("rows of labels without a rank or a preference, left out", at)
	}
	if r.Rank != nil {
		key := r.Ranking()
		if l.groups[key] == nil {
			l.order = append(l.order, key)
		}
		l.groups[key] = append(l.groups[key], kept)
	}
	if r.Preference != "" {
		l.pairs = append(l.pairs, kept)
	}
	return nil
}

// preferences are the rankings, then the pairs.
func (l *labeled) preferences() (all []Preference, err error) {
	for _, key := range l.order {
		ranked := l.groups[key]
		if len(ranked) < 2 {
			l.notes.Count("rankings of one output, which teach nothing, left out", ranked[0].at)
			continue
		}
		p := Preference{Labeler: key.Labeler, Place: ranked[0].at}
		for _, r := range ranked {
			if err := l.respond(&p, r, r.row.Model, *r.row.Rank); err != nil {
				return nil, err
			}
		}
		all = append(all, p)
	}
	for _, r := range l.pairs {
		ranks := map[labels.Preference][2]int{labels.ModelBetter: {1, 2}, labels.BaselineBetter: {2, 1}, labels.Tie: {1, 1}}[r.row.Preference]
		p := Preference{Labeler: r.row.Labeler, Place: r.at}
		err := cmp.Or(l.respond(&p, r, r.row.Model, ranks[0]), l.respond(&p, r, r.row.Baseline, ranks[1]))
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// respond adds a model's output, with the prompt.
func (l *labeled) respond(p *Preference, r labelAt, model string, rank int) error {
	prompt, ok := l.prompts[[2]string{r.row.SuiteName(), r.row.ExampleID()}]
	if !ok {
		return r.at.Errorf("no row has the prompt of example %.80q; write it into one", r.row.ExampleID())
	}
	output, ok := l.outputs[outputOf(r.row, model)]
	if !ok {
		remedy := "write it into one"
		if model == r.row.Baseline {
			remedy = "write it into baseline_output"
		}
		return r.at.Errorf("no row has the output of %q for example %.80q; %s", model, r.row.ExampleID(), remedy)
	}
	text, err := response(output.text, "an output", l.notes, r.at)
	if err != nil {
		return err
	}
	p.Prompt, p.Responses, p.Ranks = prompt.text, append(p.Responses, text), append(p.Ranks, rank)
	return nil
}
