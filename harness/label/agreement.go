package label

import (
	"cmp"
	"fmt"

	"assay/harness/plan"
	"assay/metrics/agreement"
)

// Agreement is how far labelers agree on one question.
type Agreement struct {
	What  string
	Raw   agreement.Result // share of equal answers
	Alpha agreement.Result // Krippendorff's
}

// question collects the ratings of one question.
type question struct {
	what    string
	scale   agreement.Scale
	ratings []agreement.Rating
}

// questions are in the order in which they first occur.
type questions struct {
	all []*question
	at  map[string]*question
}

func (q *questions) add(what string, scale agreement.Scale, g *Given, part string, value int) {
	of := q.at[what]
	if of == nil {
		of = &question{what: what, scale: scale}
		q.all, q.at[what] = append(q.all, of), of
	}
	of.ratings = append(of.ratings, agreement.Rating{Item: g.Item.ID + " " + part, Cluster: g.Item.ID, Rater: g.By.Name, Value: float64(value)})
}

// order is the question of a ranking: which of two outputs is better.
const order = "the order of two outputs"

// Agree computes the agreement on each question that two labelers answered about the same. The
// outputs of an item are one cluster.
func Agree(all []Given) (found []Agreement, err error) {
	q := questions{at: map[string]*question{}}
	for i := range all {
		if g := &all[i]; g.By.Name != plan.Lead && g.Answer.Skipped == "" {
			q.collect(g)
		}
	}
	for _, of := range q.all {
		t, err := agreement.New(of.ratings, nil)
		if err != nil {
			return nil, err
		}
		if raw := t.Raw(); raw.Items > 0 {
			found = append(found, Agreement{of.what, raw, t.Alpha(of.scale)})
		}
	}
	return found, nil
}

func (q *questions) collect(g *Given) {
	if g.Answer.Better != nil {
		q.add(order, agreement.Nominal, g, "", *g.Answer.Better)
	}
	for i, o := range g.Answer.Outputs {
		for k, other := range g.Answer.Outputs[:i] {
			if o.Rank > 0 && other.Rank > 0 {
				q.add(order, agreement.Nominal, g, fmt.Sprint(k, i), cmp.Compare(o.Rank, other.Rank))
			}
		}
	}
	for i, o := range g.Answer.Outputs {
		for _, name := range sorted(o.Scales) {
			q.add(name, agreement.Ordinal, g, fmt.Sprint(i), o.Scales[name])
		}
		for _, name := range sorted(o.Flags) {
			q.add(name, agreement.Nominal, g, fmt.Sprint(i), map[bool]int{true: 1}[o.Flags[name]])
		}
	}
}
