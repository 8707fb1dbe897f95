package export

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"assay/harness/interop"
	"assay/harness/leaf/outfile"
	"assay/metrics"
	"assay/suites"
)

// lmEval writes lm-eval/MODEL/results_TIME.json and samples_TASK_TIME.jsonl. A suite under a
// condition is a task. A metric METRIC,FILTER is under that filter in the results, and others are
// under "none"; samples have one row for all.
func (r *run) lmEval(dir string) error {
	for _, model := range r.models() {
		if err := r.lmModel(dir, model); err != nil {
			return err
		}
	}
	return nil
}

// lmTask is a suite under a condition.
type lmTask struct{ suite, condition string }

func (t lmTask) name() string {
	return strings.ReplaceAll(title(t.suite, t.condition), "/", "_")
}

func (r *run) lmModel(dir, model string) error {
	folder := filepath.Join(dir, "lm-eval", fileName(strings.ReplaceAll(model, "/", "__")))
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	stamp := strings.ReplaceAll(time.Unix(r.time, 0).UTC().Format("2006-01-02T15:04:05.000000"), ":", "-")
	results := map[string]any{}
	values, configs, higher, versions, shots, counts := map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}
	var tasks []lmTask
	byTask := map[lmTask][]answerKey{}
	for _, k := range r.order {
		if k.model != model {
			continue
		}
		t := lmTask{k.suite, k.condition}
		if byTask[t] == nil {
			tasks = append(tasks, t)
		}
		byTask[t] = append(byTask[t], k)
	}
	for _, t := range tasks {
		task := t.name()
		value := map[string]any{"alias": task, "name": task}
		better := map[string]any{}
		var list []any
		examples, seen := map[string]bool{}, map[string]bool{}
		for _, k := range byTask[t] {
			examples[k.example] = true
			for _, j := range r.judgements[k] {
				if j.Baseline != "" {
					continue
				}
				if seen[j.Metric] {
					continue
				}
				seen[j.Metric] = true
				metric, filter, ok := strings.Cut(j.Metric, ",") // as lm-evaluation-harness names one under a filter
				if !ok {
					filter = "none"
				}
				if _, twice := better[metric]; !twice {
					better[metric] = r.metric(t.suite, j.Metric).Direction != metrics.LowerIsBetter
					list = append(list, map[string]any{"metric": metric, "aggregation": "mean", "higher_is_better": better[metric]})
				}
				e := r.estimate(t.suite, model, resultKey{j.Metric, t.condition, ""})
				if point, ok := pointOf(e); ok {
					value[metric+","+filter], value[metric+"_stderr,"+filter] = point, "N/A"
					if e.Interval != nil {
						value[metric+"_stderr,"+filter] = e.SE
					}
				}
			}
		}
		value["sample_len"] = len(examples)
		values[task], higher[task] = value, better
		configs[task] = map[string]any{"task": task, "output_type": "generate_until", "metric_list": list,
			"metadata": map[string]any{"version": 1, interop.Own: []suites.Definition{*r.definition(t.suite)}}}
		versions[task], shots[task] = 1, 0
		counts[task] = map[string]int{"original": len(examples), "effective": len(examples)}
		path := filepath.Join(folder, "samples_"+fileName(task)+"_"+stamp+".jsonl")
		if err := outfile.Write(path, func(w io.Writer) error {
			out := bufio.NewWriter(w)
			ids := map[string]int{}
			for _, k := range byTask[t] {
				if _, ok := ids[k.example]; !ok {
					ids[k.example] = len(ids)
				}
				row, err := r.lmSample(k, ids[k.example])
				if err != nil {
					return err
				}
				if err := line(out, row); err != nil {
					return err
				}
			}
			return out.Flush()
		}); err != nil {
			return err
		}
	}
	for name, v := range map[string]any{
		"results": values, "configs": configs, "higher_is_better": higher, "versions": versions, "n-shot": shots, "n-samples": counts, "group_subtasks": map[string]any{},
		"model_name": model, "model_name_sanitized": strings.ReplaceAll(model, "/", "__"), "model_source": "assay", "lm_eval_version": "",
		"date": r.time, "config": map[string]any{"model": "assay", "model_args": "pretrained=" + model, "assay_version": r.version},
	} {
		results[name] = v
	}
	return document(filepath.Join(folder, "results_"+stamp+".json"), results)
}

func (r *run) lmSample(k answerKey, id int) (map[string]any, error) {
	ex := r.examples[[2]string{k.suite, k.example}]
	doc := map[string]any{"question": ex.Input, "references": ex.References}
	text, err := json.Marshal(doc, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	hash := func(text string) string { sum := sha256.Sum256([]byte(text)); return hex.EncodeToString(sum[:]) }
	target := strings.Join(ex.References[:min(1, len(ex.References))], "")
	resps := []string{}
	if t := r.text(k); t != nil {
		resps = append(resps, *t)
	}
	row := map[string]any{
		"doc_id": id, "doc": doc, "target": target, "arguments": map[string]any{"gen_args_0": map[string]any{"arg_0": ex.Input, "arg_1": map[string]any{}}},
		"resps": [][]string{resps}, "filtered_resps": resps, "filter": "none", "doc_hash": hash(string(text)), "prompt_hash": hash(ex.Input), "target_hash": hash(target),
	}
	names := []string{}
	for i := range r.judgements[k] {
		j := &r.judgements[k][i]
		if j.Baseline != "" || slices.Contains(names, j.Metric) {
			continue // in assay's own part alone
		}
		names = append(names, j.Metric)
		row[j.Metric] = nil
		if x, _ := one(r.metric(k.suite, j.Metric), j); j.Scored() {
			row[j.Metric] = x
		}
	}
	for _, name := range names {
		if slices.Contains([]string{"doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "doc_hash", "prompt_hash", "target_hash", "metrics", interop.Own}, name) {
			return nil, fmt.Errorf("the metric %s has the name of a member of lm-evaluation-harness's samples, row %s", name, strconv.Itoa(id))
		}
	}
	row["metrics"] = names
	row[interop.Own] = interop.Record{Example: *ex, Answer: r.answer(k), Judgements: r.judgements[k]}
	return row, nil
}
