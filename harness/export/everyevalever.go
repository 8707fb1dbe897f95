package export

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/interop"
	"assay/harness/leaf/outfile"
	"assay/metrics"
	"assay/suites"
)

const eeeSchema = "0.3.0"

// everyEvalEver writes data/SUITE/DEVELOPER/MODEL/ID.json and ID_samples.jsonl for each suite and
// model. The id is derived from suite and model, so that the same run gives the same files.
func (r *run) everyEvalEver(dir string) error {
	for _, d := range r.definitions {
		for _, model := range r.models() {
			if keys := r.of(model, d.Name); len(keys) > 0 {
				if err := r.everyEvalEverOf(dir, d.Name, model, keys); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (r *run) everyEvalEverOf(dir, suite, model string, keys []answerKey) error {
	sum := sha256.Sum256([]byte(suite + "\x00" + model))
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80 // the form of a UUID of version 4, which the format requires
	id := fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	developer, name, ok := strings.Cut(model, "/")
	if !ok {
		developer, name = "unknown", model
	}
	folder := filepath.Join("data", fileName(suite), fileName(developer), fileName(name))
	if err := os.MkdirAll(filepath.Join(dir, folder), 0o777); err != nil {
		return err
	}
	log := &interop.EEELog{
		SchemaVersion: eeeSchema, EvaluationID: suite + "/" + model + "/" + strconv.FormatInt(r.time, 10), Retrieved: strconv.FormatInt(r.time, 10),
		Source:  interop.EEESource{Name: "assay", Type: "evaluation_run", Organization: "unknown", Relationship: "other"},
		Library: interop.EEELibrary{Name: "assay", Version: r.version},
		Model:   interop.EEEModel{Name: model, ID: model, Developer: developer},
	}
	own, err := json.Marshal([]suites.Definition{*r.definition(suite)}, json.Deterministic(true))
	if err != nil {
		return err
	}
	log.Model.Additional = map[string]string{interop.Own: string(own), "deployment_type": "unknown", "model_availability": "unknown"}
	results := r.eeeResults(log, suite, model)
	samples := filepath.Join(folder, id+"_samples.jsonl")
	hash, rows := sha256.New(), 0
	err = outfile.Write(filepath.Join(dir, samples), func(w io.Writer) error {
		out := bufio.NewWriter(io.MultiWriter(w, hash))
		for _, k := range keys {
			for i := range r.judgements[k] {
				s, err := r.eeeSample(log, k, &r.judgements[k][i], results)
				if err != nil {
					return err
				}
				if err := line(out, s); err != nil {
					return err
				}
				rows++
			}
		}
		return out.Flush()
	})
	if err != nil {
		return err
	}
	log.Details = &interop.EEEDetailed{Format: "jsonl", Path: filepath.ToSlash(samples), Algorithm: "sha256", Checksum: hex.EncodeToString(hash.Sum(nil)), Rows: rows}
	return document(filepath.Join(dir, folder, id+".json"), log)
}

// resultKey names a result within a suite and model.
type resultKey struct{ metric, condition, baseline string }

func (k resultKey) id() string {
	parts := []string{k.metric}
	if k.condition != "" {
		parts = append(parts, "condition "+k.condition)
	}
	if k.baseline != "" {
		parts = append(parts, "against "+k.baseline)
	}
	return strings.Join(parts, ", ")
}

// eeeResults adds the estimates of a suite and model to the log. It returns the evaluation's name
// of each result.
func (r *run) eeeResults(log *interop.EEELog, suite, model string) map[resultKey]string {
	names := map[resultKey]string{}
	add := func(k resultKey, e *metrics.Estimate) {
		d := r.metric(suite, k.metric)
		m := interop.EEEMetric{ID: d.Name, Name: d.Name, LowerIsBetter: d.Direction == metrics.LowerIsBetter, ScoreType: "continuous"}
		metric := d.Metric()
		lo, hi := metric.Lo, metric.Hi
		m.Min, m.Max = number(lo), number(hi)
		result := interop.EEEResult{
			ID: k.id(), Name: title(suite, k.condition), Data: interop.EEEData{Name: suite, Type: "other"}, Metric: m,
			Score: interop.EEEScore{Details: map[string]string{}},
		}
		if point, ok := pointOf(e); ok {
			result.Score.Score = point
			if e.Interval != nil {
				result.Score.Uncertainty = &interop.EEEUncertainty{SE: &interop.EEEError{Value: e.SE, Method: "analytic"}, N: e.N,
					Interval: &interop.EEEInterval{Lower: e.Lo, Upper: e.Hi, Level: e.Confidence, Method: e.Method}}
			}
			cell, err := json.Marshal(interop.Cell{Suite: suite, Model: model, Condition: k.condition, Metric: k.metric, Baseline: k.baseline})
			if err == nil {
				result.Score.Details[interop.Own] = string(cell)
			}
		} else {
			result.Score.Details["missing"] = "no answer has a score; the 0 stands for nothing"
		}
		log.Results = append(log.Results, result)
		names[k] = result.Name
	}
	for _, k := range r.order {
		if k.suite != suite || k.model != model {
			continue
		}
		for _, j := range r.judgements[k] {
			key := resultKey{j.Metric, j.Condition, j.Baseline}
			if _, ok := names[key]; !ok {
				add(key, r.estimate(suite, model, key))
			}
		}
	}
	return names
}

// estimate finds the estimate of a result; nil if there is none. With several baselines an estimate's
// condition ends with the one it is against.
func (r *run) estimate(suite, model string, k resultKey) *metrics.Estimate {
	against := "against " + k.baseline
	if k.condition != "" {
		against = k.condition + ", " + against
	}
	i := slices.IndexFunc(r.estimates, func(e metrics.Estimate) bool {
		return e.Suite == suite && e.Model == model && e.Metric == k.metric && e.Baseline == k.baseline && (e.Condition == k.condition || k.baseline != "" && e.Condition == against)
	})
	if i < 0 {
		return nil
	}
	return &r.estimates[i]
}

// pointOf is an estimate's point, with or without an interval; not ok if there is none.
func pointOf(e *metrics.Estimate) (point float64, ok bool) {
	switch {
	case e == nil:
		return 0, false
	case e.Alone != nil:
		return *e.Alone, true
	case e.Interval != nil:
		return e.Point, true
	}
	return 0, false
}

// number is a bound in JSON. None is the text that the format has for it.
func number(x float64) jsontext.Value {
	switch {
	case math.IsInf(x, 1):
		return jsontext.Value(`"Infinity"`)
	case math.IsInf(x, -1):
		return jsontext.Value(`"-Infinity"`)
	}
	return jsontext.Value(strconv.FormatFloat(x, 'g', -1, 64))
}

func (r *run) eeeSample(log *interop.EEELog, k answerKey, j *metrics.Judgement, names map[resultKey]string) (*interop.EEESample, error) {
	ex := r.examples[[2]string{k.suite, k.example}]
	key := resultKey{j.Metric, j.Condition, j.Baseline}
	record, err := json.Marshal(interop.Record{Example: *ex, Answer: r.answer(k), Judgements: []metrics.Judgement{*j}}, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	references := ex.References
	if references == nil {
		references = []string{}
	}
	hash := sha256.Sum256([]byte(ex.Input + strings.Join(references, "")))
	s := &interop.EEESample{
		SchemaVersion: eeeSchema, EvaluationID: log.EvaluationID, ModelID: log.Model.ID, Name: names[key], ResultID: key.id(),
		SampleID: ex.ID, SampleHash: hex.EncodeToString(hash[:]), InteractionType: "single_turn",
		Input:  interop.EEEInput{Raw: ex.Input, Reference: references},
		Output: &interop.EEEOutput{Raw: []string{}}, Attribution: []interop.EEEAttribution{},
		Error: j.Missing, Metadata: map[string]string{interop.Own: string(record)},
	}
	if text := r.text(k); text != nil {
		s.Output.Raw = []string{*text}
		s.Attribution = append(s.Attribution, interop.EEEAttribution{Source: "output.raw", Value: *text, Method: "none", Terminal: true})
	}
	x, _ := one(r.metric(k.suite, j.Metric), j)
	if !math.IsNaN(x) && !math.IsInf(x, 0) {
		s.Evaluation.Score = x
		s.Evaluation.Correct = j.Scored() && x == 1
	}
	return s, nil
}

// line writes a row of JSON lines.
func line(w io.Writer, v any) error {
	var b bytes.Buffer
	if err := json.MarshalWrite(&b, v, json.Deterministic(true)); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

// document writes a file that is one JSON value.
func document(path string, v any) error {
	return outfile.Write(path, func(w io.Writer) error {
		return json.MarshalWrite(w, v, json.Deterministic(true), jsontext.WithIndent("  "))
	})
}
