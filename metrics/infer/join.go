package infer

import (
	"errors"
	"fmt"
	"slices"

	"assay/metrics"
	"assay/metrics/stats"
)

// Joined is the labels that people gave to some answers of a cell, with a judge's values of
// all of them. Of two cells it is the difference, second minus first.
type Joined struct {
	metric *metrics.Metric // of the labels
	groups []uint32        // cluster of each example; nil: each its own
	units  []stats.Unit
	paired bool
	labels int // of these units
	// unjudged counts labelled answers, or examples, without a judge's value; skipped counts
	// labels without a value. Both are left out.
	unjudged, skipped int
	// learned counts labelled units whose answers the judge was trained on.
	learned int
	yesNo   bool // labels and judge say 0 or 1
}

// Errors of a join whose draw is not recorded.
var (
	errNoLabels = errors.New("no answer has both a label and a judge's value")
	errNoDraw   = errors.New("the labels don't record how their answers were drawn; give each label the probability of the draw")
	errAllDrawn = errors.New("the labels record that every answer was to be labelled (probability 1), but some have no label; record the probability of the draw")
	errTwoDraws = errors.New("the labels of one answer, or of one example's two answers, record different probabilities of the draw; correct them")
)

// Join joins the labels of a cell with a judge's values of the same cell. The unit is an
// answer. The answers to be labelled must have been drawn at random, and each label must
// record with what probability, unless every answer has a label. The judge must not have
// learnt from these labels, since it would agree better with them than with others. A join
// with judgements that say so ([Column.Learned]) is refused. If a judge is trained in folds, its
// value of each labelled answer must come from a fit without that label (cross-fitting).
func Join(people, judge *Column) (*Joined, error) {
	if err := canJoin(people, judge); err != nil {
		return nil, err
	}
	j := &Joined{metric: people.metric, groups: people.groups, skipped: people.Missing(), yesNo: people.yesNo() && judge.yesNo()}
	labels, values := people.tally(true), judge.tally(true)
	j.units = make([]stats.Unit, 0, len(values.answers))
	for i := range values.answers {
		v := &values.answers[i]
		u := stats.Unit{Judge: v.mean()}
		if l := labels.find(v.at); l != nil {
			u.Labels, u.Weight = l.labels(nil, 1, 1), l.weight()
			j.learned += count(v.learned)
		}
		j.add(v.at.example, u)
	}
	for i := range labels.answers {
		if values.find(labels.answers[i].at) == nil {
			j.unjudged++
		}
	}
	return j, j.check(labels.conflict)
}

// JoinPair joins the differences of two cells, on the examples that a judge scored for both.
// The unit is an example; it is labelled if both sides have labels. These must record one
// probability, with which the example was drawn.
func JoinPair(people, judge [2]*Column) (*Joined, error) {
	if err := canJoin(people[0], people[1], judge[0], judge[1]); err != nil {
		return nil, err
	}
	j := &Joined{metric: people[0].metric, groups: people[0].groups, paired: true, skipped: people[0].Missing() + people[1].Missing()}
	if j.groups == nil {
		j.groups = people[1].groups
	}
	labels := [2]tally{people[0].tally(false), people[1].tally(false)}
	values := [2]tally{judge[0].tally(false), judge[1].tally(false)}
	conflict := labels[0].conflict || labels[1].conflict
	for i := range values[1].answers {
		second := &values[1].answers[i]
		first := values[0].find(second.at)
		if first == nil {
			continue
		}
		u := stats.Unit{Judge: second.mean() - first.mean()}
		if x, y := labels[0].find(second.at), labels[1].find(second.at); x != nil && y != nil {
			u.Labels, u.Weight = y.labels(x.labels(nil, -1, .5), 1, .5), y.weight()
			conflict = conflict || x.drawn != y.drawn
			j.learned += count(first.learned || second.learned)
		}
		j.add(second.at.example, u)
	}
	for i := range labels[1].answers {
		at := labels[1].answers[i].at
		if labels[0].find(at) != nil && (values[0].find(at) == nil || values[1].find(at) == nil) {
			j.unjudged++
		}
	}
	return j, j.check(conflict)
}

// canJoin refuses metrics that are not means.
func canJoin(columns ...*Column) error {
	for _, col := range columns {
		if col.metric.Kind == metrics.FunctionOfSums {
			return fmt.Errorf("%s is a function of sums; only means can be joined", col.metric.Name)
		}
	}
	return nil
}

func count(of bool) int {
	if of {
		return 1
	}
	return 0
}

func (j *Joined) add(example uint32, u stats.Unit) {
	u.Cluster = example
	if j.groups != nil {
		u.Cluster = j.groups[example]
	}
	j.units = append(j.units, u)
	j.labels += len(u.Labels)
}

// severalLabelers reports whether errors may be shared within a labeler.
func (j *Joined) severalLabelers() bool {
	seen := map[uint32]bool{}
	for i := range j.units {
		for _, l := range j.units[i].Labels {
			seen[l.Labeler] = true
		}
	}
	return len(seen) > 1
}

// check refuses a join whose draw is not known. If all units are labelled, nothing was drawn.
func (j *Joined) check(conflict bool) error {
	if j.labels == 0 {
		return errNoLabels
	}
	all, certain := true, true
	for i := range j.units {
		u := &j.units[i]
		all = all && len(u.Labels) > 0
		certain = certain && (len(u.Labels) == 0 || u.Weight == 1)
	}
	for i := range j.units {
		u := &j.units[i]
		switch {
		case all:
			u.Weight = 1
		case len(u.Labels) > 0 && u.Weight == 0 && j.learned == 0:
			return errNoDraw
		}
	}
	switch {
	case all:
		return nil
	case j.learned > 0:
		return fmt.Errorf("the judge was trained on %d of the labelled answers, so it agrees with their labels more than with others; judge them by a judge that was trained without them: train one for each fold of the labels, on the other folds", j.learned)
	case conflict:
		return errTwoDraws
	case certain:
		return errAllDrawn
	}
	return nil
}

// tally sorts a column's judgements by answer or by example.
type tally struct {
	byNumber []int            // 1 + the place in answers of each example, if nothing has a sample
	of       map[answerOf]int // 1 + the place in answers, otherwise
	answers  []answerSum      // in the order of their first judgements
	conflict bool             // some answer has judgements that record different probabilities
}

// answerOf is an answer, or with sample 0 for all of them an example.
type answerOf struct{ example, sample uint32 }

// answerSum is the judgements of one answer or example.
type answerSum struct {
	at       answerOf
	values   []float64
	labelers []uint32
	drawn    float64 // probability; 0 if not recorded
	learned  bool    // the judge of some value was trained on it
}

// place is 1 + the place of an answer, 0 for one without a judgement.
func (t *tally) place(at answerOf) int {
	switch {
	case t.of != nil:
		return t.of[at]
	case at.sample == 0 && int(at.example) < len(t.byNumber):
		return t.byNumber[at.example]
	}
	return 0
}

// find is nil for an answer without a judgement.
func (t *tally) find(at answerOf) *answerSum {
	if k := t.place(at); k > 0 {
		return &t.answers[k-1]
	}
	return nil
}

func (col *Column) tally(bySample bool) tally {
	t := tally{answers: make([]answerSum, 0, len(col.clusters))}
	if bySample && col.samples != nil {
		t.of = make(map[answerOf]int, len(col.clusters))
	} else if len(col.clusters) > 0 {
		t.byNumber = make([]int, slices.Max(col.clusters)+1)
	}
	to, sizes := make([]int, len(col.clusters)), []int(nil)
	for i, example := range col.clusters {
		at, drawn := answerOf{example: example}, 0.0
		if bySample && i < len(col.samples) {
			at.sample = col.samples[i]
		}
		if i < len(col.drawn) {
			drawn = col.drawn[i]
		}
		k := t.place(at) - 1
		if k < 0 {
			k = len(t.answers)
			if t.answers, sizes = append(t.answers, answerSum{at: at, drawn: drawn}), append(sizes, 0); t.of != nil {
				t.of[at] = k + 1
			} else {
				t.byNumber[example] = k + 1
			}
		}
		t.conflict = t.conflict || t.answers[k].drawn != drawn
		t.answers[k].learned = t.answers[k].learned || i < len(col.learned) && col.learned[i]
		to[i] = k
		sizes[k]++
	}
	values, labelers := make([]float64, len(to)), make([]uint32, len(to))
	for k, n := range sizes { // each answer has its part of both
		a := &t.answers[k]
		a.values, a.labelers = values[:0:n], labelers[:0:n]
		values, labelers = values[n:], labelers[n:]
	}
	for i, k := range to {
		a, labeler := &t.answers[k], uint32(0)
		if col.labelers != nil {
			labeler = col.labelers[i]
		}
		a.values, a.labelers = append(a.values, col.stats[i]), append(a.labelers, labeler)
	}
	return t
}

func (a *answerSum) mean() (x float64) {
	for _, v := range a.values {
		x += v
	}
	return x / float64(len(a.values))
}

// weight is the inverse of the probability; 0 if it is not recorded.
func (a *answerSum) weight() float64 {
	if a.drawn == 0 {
		return 0
	}
	return 1 / a.drawn
}

// labels adds the parts of the mean of the values, with a sign and their share of a unit.
func (a *answerSum) labels(to []stats.Label, sign, share float64) []stats.Label {
	to = slices.Grow(to, len(a.values))
	k := float64(len(a.values))
	for i, x := range a.values {
		to = append(to, stats.Label{Labeler: a.labelers[i], Value: sign * x / k, Share: share / k})
	}
	return to
}
