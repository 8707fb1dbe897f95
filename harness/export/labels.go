package export

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/leaf/outfile"
	"assay/harness/leaf/plural"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/names"
	"assay/suites/labels"
)

// labelsFile is the file of labels in JSON lines.
const labelsFile = "labels.jsonl"

// labels writes what people said. A run of imported labels gives its rows back as they were. From
// other runs come rows of the judgements that have a labeler, such as the small world's.
func (r *run) labels(dir string) error {
	given, err := runstore.Labels().Exists(r.source.Store)
	if err != nil {
		return err
	}
	if !given && !r.labeled() {
		return errors.New("the run has no judgements by labelers, which this format is for; choose another --format")
	}
	return outfile.Write(filepath.Join(dir, labelsFile), func(w io.Writer) error {
		if !given {
			return r.labelsOfJudgements(w)
		}
		for row, err := range runstore.Labels().Read(r.source.Store) {
			if err != nil {
				return err
			}
			if err := line(w, row); err != nil {
				return err
			}
		}
		return nil
	})
}

// labeled reports whether some judgement is a labeler's.
func (r *run) labeled() bool {
	for _, js := range r.judgements {
		if slices.ContainsFunc(js, func(j metrics.Judgement) bool { return j.Labeler != "" }) {
			return true
		}
	}
	return false
}

// labelsOfJudgements writes a row for each labeler and output, and one for each preference.
func (r *run) labelsOfJudgements(w io.Writer) error {
	written, left := 0, 0
	for _, k := range r.order {
		var rows []*labels.Row
		at := map[[3]string]*labels.Row{}
		for i := range r.judgements[k] {
			j := &r.judgements[k][i]
			if j.Labeler == "" {
				left++
				continue
			}
			key := [3]string{j.Judge, j.Labeler, j.Baseline}
			row := at[key]
			if row == nil {
				row = r.labelRow(k, j)
				at[key], rows = row, append(rows, row)
			}
			if !take(row, j) {
				left++
			}
		}
		for _, row := range rows {
			if !row.Says() && row.Skipped == "" {
				continue
			}
			if err := row.Validate(); err != nil {
				return fmt.Errorf("a label of %s by %s: %w", k.model, row.Labeler, err)
			}
			if err := line(w, row); err != nil {
				return err
			}
			written++
		}
	}
	if left > 0 {
		r.notice("left out, because labels have no place for them: %s", plural.Of(left, "judgement"))
	}
	if written == 0 {
		return errors.New("the run has no judgements by labelers, which this format is for; choose another --format")
	}
	return nil
}

// labelRow is a row without a value.
func (r *run) labelRow(k answerKey, j *metrics.Judgement) *labels.Row {
	ex := r.examples[[2]string{k.suite, k.example}]
	row := &labels.Row{
		Suite: k.suite, Example: ex.ID, Prompt: ex.Input, Category: ex.Category, Context: ex.Context, Constraint: ex.Fields[labels.ConstraintField], Cluster: ex.Cluster,
		Model: k.model, Condition: k.condition, Sample: k.sample, Output: r.text(k), Labeler: j.Labeler, Group: j.Judge,
	}
	if group, ok := labels.GroupOf(j.Judge); ok {
		row.Group = group
	}
	if j.Baseline != "" {
		base := k
		base.model = j.Baseline
		row.Baseline, row.BaselineOutput = j.Baseline, r.text(base)
	}
	if j.Probability > 0 {
		row.Probability = new(j.Probability)
	}
	if closed, ok := ex.Fields[labels.ClosedDomainField]; ok {
		row.ClosedDomain = new(closed == "yes")
	}
	return row
}

// take adds a judgement to a row. It reports whether the row can say it. The small world's held-out
// labelers have metrics of their own, but are a group of labelers like others.
func take(row *labels.Row, j *metrics.Judgement) bool {
	metric := strings.TrimPrefix(j.Metric, names.HeldOutPrefix)
	switch {
	case !j.Scored():
		if !row.Says() {
			row.Skipped = strings.TrimPrefix(j.Missing, labels.SkippedPrefix)
		}
		return true
	case metric == names.WinRate && j.Baseline != "":
		preference, ok := map[float64]labels.Preference{1: labels.ModelBetter, 0: labels.BaselineBetter, 0.5: labels.Tie}[j.Value[0]]
		if ok {
			row.Preference, row.Skipped = preference, ""
		}
		return ok
	}
	ok := row.Set(labels.Value{Metric: metric, Number: j.Value[0]})
	if ok {
		row.Skipped = ""
	}
	return ok
}
