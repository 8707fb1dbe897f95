package export

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/outfile"
	"assay/harness/leaf/place"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/statistic"
	"assay/models"
	"assay/suites"
)

// Format writes a run into a folder.
type Format struct {
	Name  string
	Short string // one line of help
	Last  string // the entry of the folder that is there when all are

	reader string // the import format that reads it, "" for one of the same name
	file   string // what it reads: below the folder, "" for the folder
	write  func(*run, string) error
}

// Formats lists all formats.
func Formats() []Format {
	return []Format{
		{"every-eval-ever", "Every Eval Ever: an aggregate file and its instances for each suite and model", "data", "", "", (*run).everyEvalEver},
		{"lm-eval", "lm-evaluation-harness: results_*.json and samples_*.jsonl for each model", "lm-eval", "", "", (*run).lmEval},
		{"alpaca-eval", "AlpacaEval: annotations.json of preferences, and model_outputs.json", "annotations.json", "", "", (*run).alpacaEval},
		{"labels", "human labels: labels.jsonl with a row for each labeler and output, as 'assay import labels' reads it", labelsFile, "", labelsFile, (*run).labels},
		{"csv", "a table with a row per score, as 'assay import scores' reads it", "scores.csv", "scores", "scores.csv", (*run).csv},
		{"parquet", "the same table, as a Parquet file", "scores.parquet", "scores", "scores.parquet", (*run).parquet},
	}
}

// Find looks up a format by name.
func Find(name string) (Format, error) {
	var names []string
	for _, f := range Formats() {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Format{}, fmt.Errorf("unknown format %q; %s", name, place.Choose(name, names))
}

// run is what a format writes.
type run struct {
	source      pipeline.Source
	definitions []suites.Definition
	examples    map[[2]string]*suites.Example // by suite and id
	answers     map[answerKey]*models.Completion
	order       []answerKey // of judged answers, as first seen
	judgements  map[answerKey][]metrics.Judgement
	estimates   []metrics.Estimate
	tabled      []written // of a table of scores
	version     string
	time        int64
	notice      func(format string, args ...any)
}

// answerKey names an answer.
type answerKey struct {
	suite, example, condition, model string
	sample                           int
}

// Options are what a format doesn't take from the run.
type Options struct {
	Catalog []suites.Suite
	Version string // of assay
	Time    int64  // of the export, in seconds since 1970
	Notice  func(format string, args ...any)
	// Reads is called with the arguments of the assay command that reads the folder into a new run,
	// after it was written; nil calls nothing.
	Reads func(args []string)
}

// Folder opens the run in a folder and writes it into a new folder, completely or not at all.
func Folder(out, path string, format Format, o Options) (err error) {
	src, err := pipeline.OpenRun(path)
	if err != nil {
		return err
	}
	if err := src.RefuseTraining(); err != nil {
		return err
	}
	staged, err := outfile.CreateFresh(out, format.Last, "is not empty; choose another -o, or remove the folder")
	if err != nil {
		return err
	}
	defer staged.End(&err)
	r, err := write(staged.Dir(), src, format, o)
	if err != nil {
		return err
	}
	if err := staged.Commit(); err != nil {
		return err
	}
	if o.Reads != nil {
		o.Reads(r.readBack(out, format))
	}
	return nil
}

// Write writes a run into an existing folder.
func Write(dir string, src pipeline.Source, format Format, o Options) error {
	_, err := write(dir, src, format, o)
	return err
}

func write(dir string, src pipeline.Source, format Format, o Options) (*run, error) {
	r := &run{source: src, examples: map[[2]string]*suites.Example{}, answers: map[answerKey]*models.Completion{}, judgements: map[answerKey][]metrics.Judgement{}, version: o.Version, time: o.Time, notice: o.Notice}
	runs, err := pipeline.Open([]pipeline.Source{src}, o.Catalog)
	if err != nil {
		return nil, err
	}
	judged, err := runs.Collect()
	if err != nil {
		return nil, err
	}
	r.estimates = pipeline.Estimate(judged, pipeline.Options{})
	for e, err := range runstore.Examples().Read(src.Store) {
		if err != nil {
			return nil, err
		}
		r.examples[[2]string{e.Suite, e.ID}] = e
	}
	for c, err := range runstore.Completions().Read(src.Store) {
		if err != nil {
			return nil, err
		}
		r.answers[answerKey{c.Suite, c.Example, c.Condition, c.Model, c.Sample}] = c
	}
	for j, err := range runstore.Judgements().Read(src.Store) {
		if err != nil {
			return nil, err
		}
		key := answerKey{j.Suite, j.Example, j.Condition, j.Model, j.Sample}
		if r.examples[[2]string{j.Suite, j.Example}] == nil {
			return nil, fmt.Errorf("%s: a judgement's example %s is not in the run; import or run it again", src.Path, j.Example)
		}
		if r.judgements[key] == nil {
			r.order = append(r.order, key)
		}
		r.judgements[key] = append(r.judgements[key], *j)
	}
	if len(r.order) == 0 {
		return nil, errors.New("the run has no judgements: there is nothing to export")
	}
	for i := range runs.Suites {
		if s := &runs.Suites[i]; slices.ContainsFunc(r.order, func(k answerKey) bool { return k.suite == s.Name }) {
			r.definitions = append(r.definitions, s.Definition())
		}
	}
	return r, format.write(r, dir)
}

// definition finds a suite's definition.
func (r *run) definition(suite string) *suites.Definition {
	i := slices.IndexFunc(r.definitions, func(d suites.Definition) bool { return d.Name == suite })
	return &r.definitions[i]
}

// metric finds a metric's definition.
func (r *run) metric(suite, name string) *suites.MetricDefinition {
	d := r.definition(suite)
	for i := range d.Metrics {
		if d.Metrics[i].Name == name {
			return &d.Metrics[i]
		}
	}
	return &suites.MetricDefinition{Name: name, Title: name, Statistic: statistic.Mean}
}

// models lists the models that were judged, in order.
func (r *run) models() (names []string) {
	for _, k := range r.order {
		if !slices.Contains(names, k.model) {
			names = append(names, k.model)
		}
	}
	return names
}

// of lists the answers of a model to a suite, in order.
func (r *run) of(model, suite string) (keys []answerKey) {
	for _, k := range r.order {
		if k.model == model && k.suite == suite {
			keys = append(keys, k)
		}
	}
	return keys
}

// one is a judgement's value as one number: what its metric gives for it alone. ok is false if
// the metric is no mean of such numbers.
func one(d *suites.MetricDefinition, j *metrics.Judgement) (x float64, mean bool) {
	m := d.Metric()
	sums, err := statistic.Of(&m)
	if err != nil || !j.Scored() {
		return 0, false
	}
	return sums.One(j.Value), m.Kind != metrics.FunctionOfSums
}

// text is an answer's text; nil if the run has none.
func (r *run) text(k answerKey) *string {
	c := r.answers[k]
	if c == nil || c.Missing != "" || c.Text == "" && c.Scores != nil {
		return nil
	}
	return &c.Text
}

// answer is an answer's record without its text; nil if the run has none.
func (r *run) answer(k answerKey) *models.Completion {
	c := r.answers[k]
	if c == nil {
		return nil
	}
	short := *c
	short.Text = ""
	return &short
}

// title names a suite under a condition.
func title(suite, condition string) string {
	if condition == "" {
		return suite
	}
	return suite + " (" + condition + ")"
}

// fileName keeps letters, digits, dots and dashes.
func fileName(name string) string {
	return cmp.Or(strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' && name != "." && name != ".." {
			return c
		}
		return '_'
	}, name), "_")
}
