package label

import (
	"errors"
	"fmt"
	"slices"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
	"assay/suites/labels"
)

// ReadChecks reads items with known answers: rows of labels, each the right judgement of one
// output. Rows of one suite, example and kind are one item, with an output of each model.
func ReadChecks(file string, form Form) ([]*Item, error) {
	in, err := rows.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var items []*Item
	at := map[[3]string]*Item{}
	lines := map[*Item]int{}
	_, err = in.Each(func(line int, value []byte) error {
		row, err := labels.Decode(value)
		switch {
		case err != nil:
		case row.Item == labels.Ordinary:
			err = errors.New("the row has no item; write gold, attention or screening")
		case row.Output == nil || row.Prompt == "":
			err = errors.New("the row lacks the prompt or the output that labelers are to see; add it")
		case row.Skipped != "":
			err = errors.New("the row is skipped; write the right judgement")
		}
		if err != nil {
			return place.Within(file, line, err)
		}
		key := [3]string{string(row.Item), row.SuiteName(), row.ExampleID()}
		it := at[key]
		if it == nil {
			it = checkItem(row)
			items, at[key], lines[it] = append(items, it), it, line
		}
		if err := it.admit(row); err != nil {
			return place.Within(file, line, err)
		}
		it.Outputs = append(it.Outputs, Output{row.Model, *row.Output, row})
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		if form.Preference && len(it.Outputs) != 2 {
			return nil, place.Errorf(file, lines[it], "the item has %s; the pairwise form shows two, so write two rows for its prompt", plural.Of(len(it.Outputs), "output"))
		}
		if err := form.checkKnown(it); err != nil {
			return nil, place.Within(file, lines[it], err)
		}
		it.identify()
	}
	return items, nil
}

// checkKnown refuses an item whose rows contradict each other, or say nothing that the form asks: every
// answer to it would be right.
func (f Form) checkKnown(it *Item) error {
	if f.Preference {
		_, known, err := it.knownPair()
		if err == nil && !known {
			err = errors.New("the rows say nothing of which output is better; write a preference, or ranks for both outputs")
		}
		return err
	}
	asked := f.For(it)
	ranks := 0
	for i := range it.Outputs {
		k := it.Outputs[i].Known
		for _, v := range k.Values() {
			if asked.asks(v.Metric) {
				return nil
			}
		}
		if k.Rank != nil {
			ranks++
		}
	}
	if asked.Ranking && ranks > 1 {
		return nil
	}
	return fmt.Errorf("the rows say nothing that the form %s asks, so every answer would be right; write what it asks, or remove the item", f.Name)
}

// asks reports whether a form has a scale or flag of a metric.
func (f Form) asks(metric string) bool {
	return slices.ContainsFunc(f.Scales, func(s Scale) bool { return s.Name == metric }) || slices.ContainsFunc(f.Flags, func(g Flag) bool { return g.Name == metric })
}

// admit refuses a row that can't be one of the item's outputs.
func (it *Item) admit(row *labels.Row) error {
	switch {
	case row.Prompt != it.Prompt:
		return fmt.Errorf("example %.80q has another prompt in an earlier row of its item; make the rows agree, or name two examples", row.ExampleID())
	case slices.ContainsFunc(it.Outputs, func(o Output) bool { return o.Model == row.Model }):
		return fmt.Errorf("a second %s row of model %q, %s; keep one of the rows, or name two examples", row.Item, row.Model, row.Named())
	}
	return nil
}

func checkItem(row *labels.Row) *Item {
	return &Item{
		Kind: row.Item, Suite: row.SuiteName(), Example: row.ExampleID(), Condition: row.Condition, Prompt: row.Prompt, Context: row.Context,
		Category: row.Category, Cluster: row.Cluster, Constraint: row.Constraint, ClosedDomain: row.ClosedDomain,
	}
}

// near is how far a value may be from the right one on a scale of seven.
const near = 1

// Right reports whether an answer, in the item's order, agrees with the known one: each scale is
// near it, each known flag is equal, and outputs are ordered where the known ranks order them.
func (it *Item) Right(a *Answer) bool {
	if a.Skipped != "" {
		return false
	}
	if a.Better != nil {
		return it.rightPair(a)
	}
	for i, o := range it.Outputs {
		for _, v := range o.Known.Values() {
			given, scaled := a.Outputs[i].Scales[v.Metric]
			flag, flagged := a.Outputs[i].Flags[v.Metric]
			switch {
			case scaled && wide(v.Metric) && (given < int(v.Number)-near || given > int(v.Number)+near),
				scaled && !wide(v.Metric) && given != int(v.Number),
				flagged && flag != (v.Number == 1):
				return false
			}
		}
	}
	return it.rightOrder(a)
}

// wide tells a scale of seven from those of three.
func wide(metric string) bool { return metric != labels.Toxicity && metric != labels.RelativeToxicity }

// rightOrder compares each two outputs whose known ranks differ.
func (it *Item) rightOrder(a *Answer) bool {
	for i := range it.Outputs {
		for k := range it.Outputs {
			x, y := it.Outputs[i].Known.Rank, it.Outputs[k].Known.Rank
			if x != nil && y != nil && *x < *y && a.Outputs[i].Rank >= a.Outputs[k].Rank && a.Outputs[i].Rank > 0 {
				return false
			}
		}
	}
	return true
}

// rightPair compares with the known preference, or the known ranks, of two outputs.
func (it *Item) rightPair(a *Answer) bool {
	want, known, err := it.knownPair()
	return err == nil && (!known || *a.Better == want)
}

// knownPair is the place of the output that is known to be better, or [Equal]. The error says which
// rows don't fit.
func (it *Item) knownPair() (want int, known bool, err error) {
	for i, o := range it.Outputs {
		says, other := Equal, it.Outputs[1-i].Model
		switch o.Known.Preference {
		case "":
			continue
		case labels.ModelBetter:
			says = i
		case labels.BaselineBetter:
			says = 1 - i
		}
		if o.Known.Baseline != other {
			return 0, false, fmt.Errorf("a preference is over the baseline %.80q, but the item's other output is of %.80q; write that as the baseline", o.Known.Baseline, other)
		}
		if known && says != want {
			return 0, false, errors.New("the preferences of the item's two rows contradict each other; correct one")
		}
		want, known = says, true
	}
	if x, y := it.Outputs[0].Known.Rank, it.Outputs[1].Known.Rank; !known && x != nil && y != nil {
		switch want, known = Equal, true; {
		case *x < *y:
			want = 0
		case *x > *y:
			want = 1
		}
	}
	return want, known, nil
}
