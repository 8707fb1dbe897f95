package export

import (
	"encoding/csv"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"assay/harness/leaf/outfile"
	"assay/metrics"
)

// score is a row of a table of scores. The columns are those that 'assay import scores' reads.
type score struct {
	Example   string   `parquet:"example"`
	Model     string   `parquet:"model,dict"`
	Metric    string   `parquet:"metric,dict"`
	Value     *float64 `parquet:"value,optional"`
	Suite     string   `parquet:"suite,dict"`
	Condition string   `parquet:"condition,dict"`
	Sample    int64    `parquet:"sample"`
	Labeler   string   `parquet:"labeler,dict"`
	Judge     string   `parquet:"judge,dict"`
	Baseline  string   `parquet:"baseline,dict"`
	Category  string   `parquet:"category,dict"`
	Cluster   string   `parquet:"cluster"`
	Prompt    string   `parquet:"prompt"`
	Output    string   `parquet:"output"`
	// Probability is that with which the answer was drawn to be scored; nil if it is not recorded.
	Probability *float64 `parquet:"probability,optional"`
	Missing     string   `parquet:"missing,dict"`
}

// scores passes on the rows of a table. Metrics of several numbers are left out by name.
func (r *run) scores(each func(*score) error) error {
	var left []string
	for _, k := range r.order {
		ex := r.examples[[2]string{k.suite, k.example}]
		for i := range r.judgements[k] {
			j := &r.judgements[k][i]
			d := r.metric(k.suite, j.Metric)
			name := k.suite + "/" + j.Metric
			if d.Kind == metrics.FunctionOfSums {
				if !slices.Contains(left, name) {
					left = append(left, name)
				}
				continue
			}
			row := &score{Example: ex.ID, Model: k.model, Metric: j.Metric, Suite: k.suite, Condition: k.condition, Sample: int64(k.sample), Labeler: j.Labeler,
				Judge: j.Judge, Baseline: j.Baseline, Category: ex.Category, Cluster: ex.Cluster, Prompt: ex.Input, Missing: j.Missing}
			if x, ok := one(d, j); ok {
				row.Value = &x
			}
			if text := r.text(k); text != nil {
				row.Output = *text
			}
			if j.Probability > 0 {
				row.Probability = &j.Probability
			}
			r.wrote(row)
			if err := each(row); err != nil {
				return err
			}
		}
	}
	if len(left) > 0 {
		r.notice("left out, because a table holds one number per answer and these metrics need several: %s", strings.Join(left, ", "))
	}
	return nil
}

// csv writes scores.csv.
func (r *run) csv(dir string) error {
	return outfile.Write(filepath.Join(dir, "scores.csv"), func(w io.Writer) error {
		out := csv.NewWriter(w)
		header := []string{"example", "model", "metric", "value", "suite", "condition", "sample", "labeler", "judge", "baseline", "category", "cluster", "prompt", "output", "probability", "missing"}
		if err := out.Write(header); err != nil {
			return err
		}
		err := r.scores(func(s *score) error {
			number := func(x *float64) string {
				if x == nil {
					return ""
				}
				return strconv.FormatFloat(*x, 'g', -1, 64)
			}
			return out.Write([]string{s.Example, s.Model, s.Metric, number(s.Value), s.Suite, s.Condition, strconv.FormatInt(s.Sample, 10), s.Labeler, s.Judge, s.Baseline, s.Category, s.Cluster, s.Prompt, s.Output, number(s.Probability), s.Missing})
		})
		out.Flush()
		if err == nil {
			err = out.Error()
		}
		return err
	})
}

// parquet writes scores.parquet.
func (r *run) parquet(dir string) error {
	return outfile.Write(filepath.Join(dir, "scores.parquet"), func(w io.Writer) error {
		out := parquet.NewGenericWriter[score](w, parquet.Compression(&parquet.Zstd))
		if err := r.scores(func(s *score) error {
			_, err := out.Write([]score{*s})
			return err
		}); err != nil {
			return err
		}
		return out.Close()
	})
}
