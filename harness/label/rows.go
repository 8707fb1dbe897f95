package label

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"assay/suites/labels"
)

// Labeler is a person who labels.
type Labeler struct {
	Name  string
	Group string
	Share float64 // of the items, that their group labels
}

// Rows are the labels that an answer gives, in the order of the item's outputs.
func (f Form) Rows(it *Item, by Labeler, a *Answer) ([]*labels.Row, error) {
	if f.Preference {
		row, err := it.pair(by, a)
		return []*labels.Row{row}, err
	}
	var all []*labels.Row
	for i := range it.Outputs {
		row, err := it.row(by, a, i)
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, nil
}

// blank is the row of an output without a judgement.
func (it *Item) blank(by Labeler, a *Answer, output int) labels.Row {
	o := it.Outputs[output]
	row := labels.Row{
		Suite: it.Suite, Example: it.Example, Prompt: it.Prompt, Category: it.Category, ClosedDomain: it.ClosedDomain, Context: it.Context,
		Constraint: it.Constraint, Cluster: it.Cluster, Model: o.Model, Condition: it.Condition, Sample: it.Sample, Output: &o.Text,
		Labeler: by.Name, Group: by.Group, Skipped: a.Skipped, Notes: a.Notes, Seconds: &a.Seconds, Item: it.Kind,
	}
	if it.Kind == labels.Ordinary && by.Share > 0 {
		row.Probability = new(it.Probability * by.Share)
	}
	return row
}

func (it *Item) row(by Labeler, a *Answer, output int) (*labels.Row, error) {
	members := map[string]any{}
	if len(a.Outputs) > 0 {
		judged := a.Outputs[output]
		for name, v := range judged.Scales {
			members[name] = v
		}
		for name, v := range judged.Flags {
			members[name] = v
		}
		if judged.Rank > 0 {
			members["rank"] = judged.Rank
		}
	}
	row := it.blank(by, a, output)
	said, err := json.Marshal(members)
	if err == nil {
		err = json.Unmarshal(said, &row, json.RejectUnknownMembers(true))
	}
	if err == nil {
		err = row.Validate()
	}
	if err != nil {
		return nil, fmt.Errorf("item %s, labeler %s: %w", it.ID, by.Name, err)
	}
	return &row, nil
}

// pair is the row of a preference: the first output's, with the second as its baseline.
func (it *Item) pair(by Labeler, a *Answer) (*labels.Row, error) {
	row := it.blank(by, a, 0)
	row.Baseline, row.BaselineOutput, row.Strength = it.Outputs[1].Model, &it.Outputs[1].Text, a.Strength
	switch {
	case a.Better == nil: // skipped
	case *a.Better == 0:
		row.Preference = labels.ModelBetter
	case *a.Better == 1:
		row.Preference = labels.BaselineBetter
	default:
		row.Preference = labels.Tie
	}
	if err := row.Validate(); err != nil {
		return nil, fmt.Errorf("item %s, labeler %s: %w", it.ID, by.Name, err)
	}
	return &row, nil
}
