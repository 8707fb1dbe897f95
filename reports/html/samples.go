package html

import (
	"encoding/json"
	"fmt"
	"math"

	"assay/harness/leaf/printable"
	"assay/reports"
)

// browserData is the sample browser's content as browser.js reads it. Each text is
// stored once, in Strings, and referred to by its index, because an input occurs
// under several conditions and models often give equal answers. Strings[0] is "".
type browserData struct {
	Strings []string      `json:"strings"`
	Models  []int         `json:"models"`
	Items   []browserItem `json:"items"`
	// Metrics are suite, metric, 1 if binary, and 1 or -1 for the better direction.
	Metrics [][4]int `json:"metrics,omitempty"`
	Left    int      `json:"left"`
}

type browserItem struct {
	ID         int             `json:"id"`
	OwnID      int             `json:"n,omitempty"`
	Suite      int             `json:"s"`
	Condition  int             `json:"c,omitempty"`
	Input      int             `json:"i"`
	References []int           `json:"r,omitempty"`
	Outputs    []browserOutput `json:"o"`
}

type browserOutput struct {
	Model   int            `json:"m"`
	Text    int            `json:"t,omitempty"`
	Missing int            `json:"x,omitempty"`
	Mark    int            `json:"k,omitempty"`
	Scores  []browserScore `json:"s,omitempty"`
}

// browserScore has a value, or a reason why there is none.
type browserScore struct {
	Metric  int      `json:"m"`
	Value   *float64 `json:"v,omitempty"`
	Missing int      `json:"x,omitempty"`
}

// interner numbers distinct strings in the order of their first use.
type interner struct {
	index map[string]int
	all   []string
}

func (t *interner) of(s string) int {
	if i, ok := t.index[s]; ok {
		return i
	}
	i := len(t.all)
	t.index[s] = i
	t.all = append(t.all, printable.Visible(s))
	return i
}

// encodeSamples returns JSON that is safe in a script element: encoding/json
// escapes <, >, & and U+2028 and U+2029.
func encodeSamples(s reports.Samples) ([]byte, error) {
	table := &interner{index: map[string]int{}}
	table.of("")
	data := browserData{Left: s.Left, Models: []int{}, Items: make([]browserItem, 0, len(s.Items))}
	listed := map[string]bool{}
	list := func(model string) {
		if !listed[model] {
			listed[model] = true
			data.Models = append(data.Models, table.of(model))
		}
	}
	for _, m := range s.Models {
		list(m)
	}
	for _, sample := range s.Items {
		item, err := table.item(sample)
		if err != nil {
			return nil, err
		}
		for _, o := range sample.Outputs {
			list(o.Model)
		}
		data.Items = append(data.Items, item)
	}
	for _, m := range s.Metrics {
		row := [4]int{table.of(m.Suite), table.of(m.Metric), 0, 1}
		if m.Binary {
			row[2] = 1
		}
		if m.LowerIsBetter {
			row[3] = -1
		}
		data.Metrics = append(data.Metrics, row)
	}
	data.Strings = table.all
	return json.Marshal(data)
}

func (t *interner) item(s reports.Sample) (browserItem, error) {
	item := browserItem{
		ID: t.of(s.ID), OwnID: t.of(s.OwnID), Suite: t.of(s.Suite), Condition: t.of(s.Condition), Input: t.of(s.Input),
		Outputs: make([]browserOutput, 0, len(s.Outputs)),
	}
	for _, r := range s.References {
		item.References = append(item.References, t.of(r))
	}
	for _, o := range s.Outputs {
		out := browserOutput{Model: t.of(o.Model), Text: t.of(o.Text), Missing: t.of(o.Missing), Mark: t.of(o.Mark)}
		for _, score := range o.Scores {
			bs := browserScore{Metric: t.of(score.Metric)}
			switch {
			case score.Missing != "":
				bs.Missing = t.of(score.Missing)
			case math.IsNaN(score.Value) || math.IsInf(score.Value, 0):
				return item, fmt.Errorf("sample %q of %s, model %s: %s is %g, which is not a score",
					s.ID, s.Suite, o.Model, score.Metric, score.Value)
			default:
				bs.Value = &score.Value
			}
			out.Scores = append(out.Scores, bs)
		}
		item.Outputs = append(item.Outputs, out)
	}
	return item, nil
}
