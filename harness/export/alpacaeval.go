package export

import (
	"errors"
	"path/filepath"
	"slices"

	"assay/harness/leaf/plural"
)

// alpacaEval writes annotations.json, a preference a row, and model_outputs.json, an output a row.
// A preference of x in the metric's range is one of 1 + x in AlpacaEval's; what has no value is
// null.
func (r *run) alpacaEval(dir string) error {
	var annotations, outputs []any
	left, several := 0, false
	for _, k := range r.order {
		ex := r.examples[[2]string{k.suite, k.example}]
		if text := r.text(k); text != nil && k.sample == 0 {
			outputs = append(outputs, map[string]any{"instruction": ex.Input, "output": *text, "generator": k.model, "dataset": ex.Category})
		}
		for i := range r.judgements[k] {
			j := &r.judgements[k][i]
			d := r.metric(k.suite, j.Metric)
			if j.Baseline == "" || d.Even == nil || d.Range.Lo == nil || d.Range.Hi == nil {
				left++
				continue
			}
			base := k
			base.model = j.Baseline
			mine, theirs := r.text(k), r.text(base)
			if mine == nil || theirs == nil {
				return errors.New("a preference has no outputs in the run; AlpacaEval's annotations need both")
			}
			row := map[string]any{"instruction": ex.Input, "output_1": *theirs, "generator_1": j.Baseline, "output_2": *mine, "generator_2": k.model, "dataset": ex.Category, "annotator": j.Judge, "preference": nil}
			if j.Labeler != "" {
				row["annotator"] = j.Labeler
			}
			if j.Scored() {
				row["preference"] = 1 + (j.Value[0]-*d.Range.Lo)/(*d.Range.Hi-*d.Range.Lo)
			}
			annotations = append(annotations, row)
			several = several || k.condition != "" || k.sample > 0
		}
	}
	if len(annotations) == 0 {
		return errors.New("the run has no preferences over a baseline, which AlpacaEval's format is for; choose another --format")
	}
	if left > 0 {
		r.notice("left out, because AlpacaEval's format has preferences only: %s", plural.Of(left, "other judgement"))
	}
	if several {
		r.notice("conditions and samples are left out: AlpacaEval's format has no place for them")
	}
	outputs = slices.Clip(outputs)
	if err := document(filepath.Join(dir, "model_outputs.json"), outputs); err != nil {
		return err
	}
	return document(filepath.Join(dir, "annotations.json"), annotations)
}
