package label

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"assay/harness/plan"
	"assay/metrics/stats"
	"assay/suites/labels"
)

// Given is a labeler's answer to an item, in the item's order.
type Given struct {
	By     Labeler
	Item   *Item
	Answer *Answer
}

// Overview is how the work goes, for the lead.
type Overview struct {
	Labelers  []Progress
	Agreement []Agreement
	Disputes  []Dispute // the strongest first
}

// Progress is what one labeler has done.
type Progress struct {
	Labeler
	Done, Total, Skipped int
	Median               time.Duration // of the answers
	TooFast              int           // answers in less time than the plan says
	Checks, Right        int           // items with known answers
}

// Dispute is an item that labelers judge differently.
type Dispute struct {
	Item    *Item
	Why     string
	Settled bool // by the lead
	weight  int
}

// mostDisputes bounds what the lead sees at a time.
const mostDisputes = 100

// Overlook sums the work up. total is the number of items of each labeler.
func Overlook(people []Labeler, total map[string]int, all []Given, tooFast time.Duration) (o Overview, err error) {
	by := map[string][]Given{}
	for _, g := range all {
		by[g.By.Name] = append(by[g.By.Name], g)
	}
	for _, p := range people {
		if p.Name != plan.Lead {
			o.Labelers = append(o.Labelers, progress(p, total[p.Name], by[p.Name], tooFast))
		}
	}
	for _, same := range byItem(all) {
		o.compare(same)
	}
	slices.SortStableFunc(o.Disputes, func(x, y Dispute) int { return cmp.Compare(y.weight, x.weight) })
	o.Disputes = o.Disputes[:min(len(o.Disputes), mostDisputes)]
	o.Agreement, err = Agree(all)
	return o, err
}

func progress(p Labeler, total int, given []Given, tooFast time.Duration) Progress {
	r := Progress{Labeler: p, Total: total, Done: len(given)}
	var seconds []float64
	for _, g := range given {
		seconds = append(seconds, g.Answer.Seconds)
		if g.Answer.Skipped != "" {
			r.Skipped++
		} else if g.Answer.Seconds < tooFast.Seconds() {
			r.TooFast++
		}
		if g.Item.Kind != labels.Ordinary {
			r.Checks++
			if g.Item.Right(g.Answer) {
				r.Right++
			}
		}
	}
	r.Median = time.Duration(stats.Describe(seconds).P50 * float64(time.Second)).Round(100 * time.Millisecond)
	return r
}

// byItem groups answers, which are in the order of items, without those that were skipped.
func byItem(all []Given) (groups [][]Given) {
	for _, g := range all {
		switch last := len(groups) - 1; {
		case g.Answer.Skipped != "":
		case last >= 0 && groups[last][0].Item == g.Item:
			groups[last] = append(groups[last], g)
		default:
			groups = append(groups, []Given{g})
		}
	}
	return groups
}

// compare compares the answers to one item, each two of labelers.
func (o *Overview) compare(given []Given) {
	d := Dispute{Item: given[0].Item}
	for i, a := range given {
		if a.By.Name == plan.Lead {
			d.Settled = true
			continue
		}
		for _, b := range given[i+1:] {
			if b.By.Name == plan.Lead {
				continue
			}
			for _, s := range sayings(a.Answer, b.Answer) {
				d.weigh(s, a, b)
			}
		}
	}
	if d.weight > 0 {
		o.Disputes = append(o.Disputes, d)
	}
}

func (d *Dispute) weigh(s saying, a, b Given) {
	if s.weight > 0 && d.weight == 0 {
		d.Why = fmt.Sprintf("%s and %s differ in %s", a.By.Name, b.By.Name, s.what)
	}
	d.weight += s.weight
}

// saying is one thing on which two answers may differ. The weight of a disagreement that is
// worth settling is above 0.
type saying struct {
	what   string
	weight int
}

// sayings compares two answers: the order of each two outputs, each scale and each flag.
func sayings(a, b *Answer) (all []saying) {
	if a.Better != nil && b.Better != nil {
		return []saying{differ(order, *a.Better == *b.Better, *a.Better != Equal && *b.Better != Equal)}
	}
	for i := range a.Outputs {
		x, y := a.Outputs[i], b.Outputs[i]
		for k := range i {
			if p, q := a.Outputs[k], b.Outputs[k]; x.Rank > 0 && y.Rank > 0 {
				one, two := cmp.Compare(x.Rank, p.Rank), cmp.Compare(y.Rank, q.Rank)
				all = append(all, differ(order, one == two, one*two < 0))
			}
		}
		for _, name := range sorted(x.Scales) {
			gap := max(x.Scales[name]-y.Scales[name], y.Scales[name]-x.Scales[name])
			all = append(all, differ(name, gap == 0, gap >= 3 || !wide(name) && gap >= 2))
		}
		for _, name := range sorted(x.Flags) {
			all = append(all, differ(name, x.Flags[name] == y.Flags[name], true))
		}
	}
	return all
}

func differ(what string, same, serious bool) saying {
	s := saying{what: what}
	if !same && serious {
		s.weight = 1
	}
	return s
}

func sorted[V any](of map[string]V) (names []string) {
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
