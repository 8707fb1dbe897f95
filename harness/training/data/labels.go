package data

import (
	"cmp"
	"errors"
	"fmt"

	"assay/suites/labels"
)

// isLabel reports whether a line is a row of human labels, and not a preference of its own.
func (r row) isLabel() bool {
	return r.has("model") && !r.has("chosen") && !r.has("rejected") && !r.has("responses") && !r.has("ranks")
}

// labeled collects rows of human labels, which are rankings and pairs over several rows.
type labeled struct {
	notes   *Notes
	seen    map[rowKey]bool
	prompts map[[2]string]string // by suite and example
	outputs map[outputKey]string
	groups  map[labels.Ranking][]labelAt
	order   []labels.Ranking
	pairs   []labelAt
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
	return &labeled{notes: notes, seen: map[rowKey]bool{}, prompts: map[[2]string]string{}, outputs: map[outputKey]string{}, groups: map[labels.Ranking][]labelAt{}}
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
	if l.seen[key] {
		return fmt.Errorf("a row of labeler %q, model %q, %s came before; keep one of the rows", r.Labeler, r.Model, r.Named())
	}
	l.seen[key] = true
	if r.Item != labels.Ordinary { // whose texts are its own
		l.notes.Count("rows of labels that check labelers, left out", at)
		return nil
	}
	if r.Prompt != "" {
		key := [2]string{r.SuiteName(), r.ExampleID()}
		if before, ok := l.prompts[key]; ok && before != r.Prompt {
			return errors.New("the example has another prompt in an earlier row; make the rows agree")
		}
		l.prompts[key] = r.Prompt
	}
	for _, c := range r.Completions() {
		key := outputOf(r, c.Model)
		if before, ok := l.outputs[key]; ok && before != c.Text {
			return fmt.Errorf("%q has another output for the example in an earlier row; keep one of the two, or number them in sample", c.Model)
		}
		l.outputs[key] = c.Text
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
func (l *labeled) respond(p *Preference, r labelAt, model string, rank int) (err error) {
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
	if output, err = response(output, "an output", l.notes, r.at); err != nil {
		return err
	}
	p.Prompt, p.Responses, p.Ranks = prompt, append(p.Responses, output), append(p.Ranks, rank)
	return nil
}
