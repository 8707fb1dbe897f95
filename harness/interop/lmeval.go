package interop

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/suites"
)

// LMEval reads what lm-evaluation-harness writes with --log_samples: samples_TASK_TIME.jsonl
// files beside their results_TIME.json. A task is a suite, and a group is another one, whose
// categories are its tasks. A metric under a filter other than "none" is METRIC,FILTER, as in
// the results.
func LMEval() Importer {
	return Importer{
		Name:   "lm-eval",
		Short:  "lm-evaluation-harness: samples_*.jsonl files with their results_*.json",
		Own:    true,
		Deep:   func(name string) bool { return isLMSamples(name) || isLMResults(name) },
		Import: importLMEval,
	}
}

func isLMSamples(name string) bool {
	return strings.HasPrefix(name, "samples_") && strings.HasSuffix(name, ".jsonl")
}

func isLMResults(name string) bool {
	return strings.HasPrefix(name, "results_") && strings.HasSuffix(name, ".json")
}

// lmResults is a results file.
type lmResults struct {
	Results      map[string]map[string]jsontext.Value `json:"results"`
	Groups       map[string]map[string]jsontext.Value `json:"groups"`
	Subtasks     map[string][]string                  `json:"group_subtasks"`
	Configs      map[string]lmConfig                  `json:"configs"`
	Shots        map[string]jsontext.Value            `json:"n-shot"`
	Higher       map[string]map[string]*bool          `json:"higher_is_better"`
	ModelName    string                               `json:"model_name"`
	System       jsontext.Value                       `json:"system_instruction"`
	ChatTemplate jsontext.Value                       `json:"chat_template"`
	path         string
	samples      map[string]string // path by task
}

type lmConfig struct {
	OutputType string `json:"output_type"`
	Metrics    []struct {
		Metric      string         `json:"metric"`
		Aggregation jsontext.Value `json:"aggregation"`
	} `json:"metric_list"`
	Metadata    map[string]jsontext.Value `json:"metadata"`
	Text        jsontext.Value            `json:"doc_to_text"`
	Description jsontext.Value            `json:"description"`
	Generation  map[string]jsontext.Value `json:"generation_kwargs"`
}

type lmImport struct {
	*book
	runs []*lmResults
	// several says that a task was run with several numbers of examples in the prompt, which
	// are then its conditions.
	several map[string]bool
}

func importLMEval(ctx context.Context, paths []string, opt Options, out Sink) error {
	files, b, err := begin(LMEval(), paths, opt, out)
	if err != nil {
		return err
	}
	im := &lmImport{book: b, several: map[string]bool{}}
	var samples []string
	results := slices.DeleteFunc(slices.Clone(files), func(p string) bool { return !isLMResults(filepath.Base(p)) })
	for _, p := range files {
		if isLMSamples(filepath.Base(p)) {
			samples = append(samples, p)
		} else if !isLMResults(filepath.Base(p)) {
			return placed(p, 0, "the name is neither results_TIME.json nor samples_TASK_TIME.jsonl; name a folder that lm_eval wrote with --log_samples")
		}
	}
	if len(samples) == 0 {
		return fmt.Errorf("%s: no samples_*.jsonl file found; run lm_eval with --log_samples and --output_path, and name that folder", strings.Join(paths, ", "))
	}
	if len(results) > 0 {
		if err := eachFile(ctx, results, opt, out, im.results); err != nil {
			return err
		}
	}
	im.shots()
	if err := im.complete(samples); err != nil {
		return err
	}
	if err := eachFile(ctx, samples, opt, out, func(path string) error { return im.samples(ctx, path) }); err != nil {
		return err
	}
	im.aggregates()
	return im.close()
}

// results reads a results file.
func (im *lmImport) results(path string) error {
	r := &lmResults{path: path, samples: map[string]string{}}
	if err := wholeDocument(path, im.out, r); err != nil {
		return err
	}
	if len(r.Results) == 0 {
		return placed(path, 1, "no member \"results\"; name a results file of lm_eval")
	}
	if r.ModelName == "" {
		r.ModelName = filepath.Base(filepath.Dir(path))
	}
	im.runs = append(im.runs, r)
	for _, task := range slices.Sorted(maps.Keys(r.Configs)) {
		if own, ok := r.Configs[task].Metadata[Own]; ok {
			var defined []suites.Definition
			if err := decodeValue(own, &defined); err != nil {
				return placed(path, 0, "assay's own definitions can't be read; export the run again")
			}
			im.definitions(defined)
		}
	}
	return nil
}

// time is the run's, which is part of its files' names.
func (r *lmResults) time() string {
	return strings.TrimSuffix(strings.TrimPrefix(filepath.Base(r.path), "results_"), ".json")
}

// of finds the run and the task of a samples file: they have the same folder and time.
func (im *lmImport) of(path string) (*lmResults, string, error) {
	for _, r := range im.runs {
		if filepath.Dir(r.path) != filepath.Dir(path) {
			continue
		}
		if task, ok := strings.CutSuffix(strings.TrimPrefix(filepath.Base(path), "samples_"), "_"+r.time()+".jsonl"); ok {
			for name := range r.Configs { // the file's name has another letter for what can't be in one
				if name == task || sanitized(name) == sanitized(task) {
					task = name
				}
			}
			return r, task, nil
		}
	}
	return nil, "", placed(path, 0, "no results_TIME.json of the same time beside it, which says what its metrics are; copy both files")
}

// sanitized keeps letters and digits.
func sanitized(name string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c > 127 {
			return c
		}
		return '_'
	}, name)
}
