package work

import (
	"time"

	"assay/harness/label"
	"assay/suites/labels"
)

// Current are the answers that count, by item and then by labeler, in the plan's order.
func (w *Work) Current() (all []label.Given) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, it := range w.Items {
		for _, p := range w.People {
			if a := w.desks[p.Name].current(it.ID); a != nil {
				all = append(all, label.Given{By: p, Item: it, Answer: a})
			}
		}
	}
	return all
}

// Overview is how the work goes, for the lead.
func (w *Work) Overview() (label.Overview, error) {
	return label.Overlook(w.People, w.assigned(), w.Current(), time.Duration(w.TooFast*float64(time.Second)))
}

// Item is an item by its id; nil if there is none.
func (w *Work) Item(id string) *label.Item { return w.items[id] }

// assigned is the number of items of each labeler.
func (w *Work) assigned() map[string]int {
	numbers := map[string]int{}
	for name, d := range w.desks {
		numbers[name] = len(d.items)
	}
	return numbers
}

// Rows are the labels of the answers that count.
func (w *Work) Rows() (all []*labels.Row, err error) {
	for _, g := range w.Current() {
		rows, err := w.Form.Rows(g.Item, g.By, g.Answer)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}
