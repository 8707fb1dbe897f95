package pipeline

import (
	"fmt"
	"slices"

	"assay/harness/runstore"
	"assay/metrics"
	"assay/reports"
)

// mostConfused bounds the labels of a table for readers.
const mostConfused = 20

// confusionKey is what a confusion matrix is of.
type confusionKey struct{ condition, model string }

// confusions are the confusion matrices of a suite, in one table for each list of labels: from
// the judgements of the first metric that has them. All samples count.
func confusions(suite string, all []metrics.Metric, sources []Source) ([]reports.Table, error) {
	var tables []reports.Table
	var seen [][]string
	for i := range all {
		m := &all[i]
		labels := m.Statistic.Labels
		if labels == nil || slices.ContainsFunc(seen, func(s []string) bool { return slices.Equal(s, labels) }) {
			continue
		}
		seen = append(seen, labels)
		if len(labels) > mostConfused {
			continue
		}
		counts, order := map[confusionKey][][]int{}, []confusionKey(nil)
		for _, src := range sources {
			if src.isTraining() {
				continue
			}
			for one, err := range runstore.Judgements().Read(src.Store) {
				if err != nil {
					return nil, err
				}
				name := src.label(one.Model)
				if one.Suite != suite || one.Metric != m.Name || !one.Scored() || name == "" || len(one.Value) != 2 {
					continue
				}
				key := confusionKey{one.Condition, name}
				if counts[key] == nil {
					order = append(order, key)
					counts[key] = make([][]int, len(labels))
					for k := range labels {
						counts[key][k] = make([]int, len(labels)+1)
					}
				}
				right, given := int(one.Value[0]), int(one.Value[1])
				if given < 0 {
					given = len(labels) // none of them
				}
				counts[key][right][given]++
			}
		}
		if order != nil {
			tables = append(tables, confusionTable(fmt.Sprintf("confusion-%s-%s", suite, m.Name), labels, order, counts))
		}
	}
	return tables, nil
}

// confusionTable has a row for each correct label and a column for each label that was given.
func confusionTable(id string, labels []string, order []confusionKey, counts map[confusionKey][][]int) reports.Table {
	t := reports.Table{ID: id, Title: "Labels given, by correct label", Columns: []reports.Column{{Name: "condition", Group: true}, {Name: "model"}, {Name: "correct label"}}}
	for _, l := range append(slices.Clone(labels), "none of them") {
		t.Columns = append(t.Columns, reports.Column{Name: l, Align: reports.Right})
	}
	for _, key := range order {
		for right, row := range counts[key] {
			cells := []reports.Cell{{Text: key.condition}, {Text: key.model}, {Text: labels[right]}}
			for given, n := range row {
				cell := reports.Cell{Text: fmt.Sprint(n)}
				if given == right && n > 0 {
					cell.Tone = reports.Good
				}
				cells = append(cells, cell)
			}
			t.Rows = append(t.Rows, cells)
		}
	}
	return t
}
