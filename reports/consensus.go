package reports

import (
	"strconv"

	"assay/harness/leaf/plural"
)

// Consensus is what Dawid and Skene's model says of the raters and items of one metric.
type Consensus struct {
	Suite  string `json:"suite"`
	Metric string `json:"metric"`
	// Values are those that items can have; Shares are their shares.
	Values     []float64        `json:"values"`
	Shares     []float64        `json:"shares"`
	Raters     []ConsensusRater `json:"raters"`
	Items      []ConsensusItem  `json:"items"`
	Converged  bool             `json:"converged"`
	Iterations int              `json:"iterations"`
	Undefined  string           `json:"undefined,omitempty"` // why there is no fit
}

// Consensuses are those of all metrics of some runs.
type Consensuses struct {
	Metrics []Consensus `json:"metrics"`
	Notes   []string    `json:"notes,omitempty"` // what was left out
}

// ConsensusRater is a person or a judge.
type ConsensusRater struct {
	Name     string  `json:"name"`
	Group    string  `json:"group,omitempty"` // of a person
	Ratings  int     `json:"ratings"`
	Accuracy float64 `json:"accuracy"`
	// Given has the probability of each value for each true value.
	Given [][]float64 `json:"given"`
}

// ConsensusItem is an answer, or a pair of answers, with the probability of each value.
type ConsensusItem struct {
	Example   string    `json:"example"`
	Condition string    `json:"condition,omitempty"`
	Model     string    `json:"model"`
	Baseline  string    `json:"baseline,omitempty"`
	Sample    string    `json:"sample"`
	Ratings   int       `json:"ratings"`
	Posterior []float64 `json:"posterior"`
}

// ConsensusTable shows raters with their accuracy, by the model.
func ConsensusTable(s *Subject, all Consensuses) Table {
	t := Table{ID: "dawid-skene", Title: "Raters by Dawid and Skene's model", Columns: []Column{{Name: "metric", Group: true}, {Name: "rater"},
		{Name: "group"}, {Name: "ratings", Align: Right}, {Name: "accuracy", Align: Right}}}
	var reasons, unfinished, two folded
	for i := range all.Metrics {
		c := &all.Metrics[i]
		title := s.title(c.Suite, c.Metric)
		if c.Undefined != "" {
			reasons.add(Capital(c.Undefined), title)
			continue
		}
		if !c.Converged {
			unfinished.add("Warning: "+plural.Of(c.Iterations, "iteration")+" were too few; the numbers are not final", title)
		}
		if len(c.Raters) < 3 {
			two.add("Warning: with two raters, the data can't say which of them is right", title)
		}
		for _, r := range c.Raters {
			t.Rows = append(t.Rows, append(texts(title, r.Name, r.Group), counted(r.Ratings), Cell{Text: number(r.Accuracy, 3), Raw: raw(r.Accuracy)}))
		}
	}
	t.Notes = []string{"accuracy: the probability that a rater gives an item's true value, estimated together with the true values (Dawid and Skene 1979, Applied Statistics 28:20). The true values are those on which raters agree most, so raters who err alike look accurate. It assumes that raters err independently of each other."}
	for _, f := range []folded{unfinished, two, reasons} {
		t.Notes = append(t.Notes, f.notes("")...)
	}
	if len(all.Metrics) == 0 {
		t.Notes = append(t.Notes, "No metric has values from two labelers or judges for one answer.")
	}
	t.Notes = append(t.Notes, all.Notes...)
	return t
}

// ConsensusLong is the machine table of items: the most probable value of each, and the probability of
// every value.
func ConsensusLong(all Consensuses) Table {
	t := Table{ID: "consensus", Title: "Values by Dawid and Skene's model"}
	for _, name := range []string{"suite", "metric", "example", "condition", "model", "baseline", "sample", "ratings", "value", "probability", "most_probable"} {
		t.Columns = append(t.Columns, Column{Name: name})
	}
	for i := range all.Metrics {
		c := &all.Metrics[i]
		for k := range c.Items {
			it := &c.Items[k]
			best := 0
			for v, p := range it.Posterior {
				if p > it.Posterior[best] {
					best = v
				}
			}
			for v, p := range it.Posterior {
				t.Rows = append(t.Rows, texts(c.Suite, c.Metric, it.Example, it.Condition, it.Model, it.Baseline, it.Sample, strconv.Itoa(it.Ratings), raw(c.Values[v]), raw(p), strconv.FormatBool(v == best)))
			}
		}
	}
	return t
}

// ConsensusReport is a page of its own.
func ConsensusReport(s *Subject, all Consensuses) Report {
	t := ConsensusTable(s, all)
	return Report{Title: t.Title, Subtitle: plural.Of(len(all.Metrics), "metric"), Sections: []Section{{ID: t.ID, Title: t.Title, Tables: []Table{t}}}}
}
