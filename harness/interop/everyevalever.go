package interop

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/suites"
)

// EveryEvalEver reads Every Eval Ever's files: aggregates (UUID.json) with the instances beside
// them (UUID_samples.jsonl). An evaluation is a suite. assay's own export, which is in this
// format, is read back as it was.
func EveryEvalEver() Importer {
	return Importer{
		Name:  "every-eval-ever",
		Short: "Every Eval Ever: .json aggregates with their _samples.jsonl files",
		Own:   true,
		Deep: func(name string) bool {
			return strings.HasSuffix(name, ".json") || strings.HasSuffix(name, "_samples.jsonl")
		},
		Import: importEveryEvalEver,
	}
}

type eeeImport struct {
	*book
	logs  map[string]*EEELog // by path without its ending
	draws map[string]int     // rows so far of a result and sample in this file; another file with the same ones is refused
}

func importEveryEvalEver(ctx context.Context, paths []string, opt Options, out Sink) error {
	files, b, err := begin(EveryEvalEver(), paths, opt, out)
	if err != nil {
		return err
	}
	im := &eeeImport{b, map[string]*EEELog{}, map[string]int{}}
	var logs, samples []string
	for _, p := range files {
		if strings.HasSuffix(p, ".json") {
			logs = append(logs, p)
		} else {
			samples = append(samples, p)
		}
	}
	if len(logs) == 0 || len(samples) == 0 {
		return fmt.Errorf("%s: no aggregate file with its _samples.jsonl; both are needed, since an aggregate alone has no answers to compare", strings.Join(paths, ", "))
	}
	if err := eachFile(ctx, logs, opt, out, im.log); err != nil {
		return err
	}
	alone := 0
	for stem := range im.logs {
		if !slices.Contains(samples, stem+"_samples.jsonl") {
			alone++
		}
	}
	if alone > 0 {
		out.Notice("%d of %s have no _samples.jsonl beside them, and nothing to compare", alone, plural.Of(len(im.logs), "aggregate file"))
	}
	if err := eachFile(ctx, samples, opt, out, func(path string) error { return im.samples(ctx, path) }); err != nil {
		return err
	}
	return im.close()
}

func (im *eeeImport) log(path string) error {
	l := new(EEELog)
	if err := wholeDocument(path, im.out, l); err != nil {
		return err
	}
	if l.EvaluationID == "" || len(l.Results) == 0 || l.Model.ID == "" {
		return placed(path, 1, "no evaluation_id, model_info or evaluation_results; name an aggregate file of Every Eval Ever")
	}
	im.logs[strings.TrimSuffix(path, ".json")] = l
	if own, ok := l.Model.Additional[Own]; ok {
		var defined []suites.Definition
		if err := decodeValue(jsontext.Value(own), &defined); err != nil {
			return placed(path, 0, "assay's own definitions can't be read; export the run again")
		}
		im.definitions(defined)
	}
	return nil
}

// samples reads the instances of an aggregate file.
func (im *eeeImport) samples(ctx context.Context, path string) error {
	l := im.logs[strings.TrimSuffix(path, "_samples.jsonl")]
	if l == nil {
		return placed(path, 0, "no aggregate file %s beside it, which says what its metrics are; copy both files", filepath.Base(strings.TrimSuffix(path, "_samples.jsonl"))+".json")
	}
	clear(im.draws)
	n := 0
	skipped, err := im.eachRow(ctx, path, func(_ int, value []byte) error { n++; return im.sample(l, value) })
	if err != nil {
		return err
	}
	if l.Details != nil && l.Details.Rows != 0 && l.Details.Rows != n {
		im.out.Notice("%s has %s, and its aggregate file counts %d", path, plural.Of(n, "row"), l.Details.Rows)
	}
	if skipped == 0 {
		im.aggregates(l, path)
	}
	return nil
}

// name is the metric's name.
func (r *EEEResult) name() string {
	for _, name := range []string{r.Metric.Name, r.Metric.ID, r.ID} {
		if name != "" {
			return name
		}
	}
	return "score"
}

// form is what the aggregate file says of a metric.
func (r *EEEResult) form() form {
	f := form{direction: new(metrics.HigherIsBetter), lo: bound(r.Metric.Min), hi: bound(r.Metric.Max)}
	if r.Metric.LowerIsBetter {
		f.direction = new(metrics.LowerIsBetter)
	}
	if r.Metric.ScoreType == "binary" {
		f.kind = new(metrics.Proportion)
	}
	return f
}

// bound is an end of a range; nil for none.
func bound(raw jsontext.Value) *float64 {
	if x, missing, err := valueOf(raw); err == nil && missing == "" {
		return &x
	}
	return nil
}

// aggregates notes what the aggregate file prints.
func (im *eeeImport) aggregates(l *EEELog, path string) {
	for i := range l.Results {
		r := &l.Results[i]
		if im.isLeftOut(r.Name, r.name()) {
			continue
		}
		key := cellKey{suite: r.Name, model: l.Model.ID, metric: r.name()}
		if own, ok := r.Score.Details[Own]; ok {
			var c Cell
			if decodeValue(jsontext.Value(own), &c) != nil {
				continue
			}
			key = cellKey{c.Suite, c.Model, c.Condition, c.Metric, c.Baseline}
		}
		if im.named[key.suite] != nil {
			im.print(key, jsontext.Value(strconv.FormatFloat(r.Score.Score, 'g', -1, 64)), path)
		}
	}
}
