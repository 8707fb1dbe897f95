package interop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/ordered"
	"assay/suites/table"
)

// LightEval reads what lighteval writes with --save-details: the results_TIME.json files below
// results/ and the Parquet files below details/ of one output folder.
func LightEval() Importer {
	return Importer{
		Name:  "lighteval",
		Short: "lighteval with --save-details: the output folder, with results/ and details/",
		Own:   true,
		Deep: func(name string) bool {
			return isLightDetails(name) || isLMResults(name)
		},
		Import: importLightEval,
	}
}

func isLightDetails(name string) bool {
	return strings.HasPrefix(name, "details_") && isParquet(name)
}

func isParquet(name string) bool { return strings.EqualFold(filepath.Ext(name), ".parquet") }

// lightResults is a results file.
type lightResults struct {
	Config struct {
		Model     string                    `json:"model_name"`
		ModelSpec map[string]jsontext.Value `json:"model_config"`
	} `json:"config_general"`
	Results map[string]map[string]jsontext.Value `json:"results"`
	Tasks   map[string]struct {
		Metrics []map[string]jsontext.Value `json:"metrics"`
		Length  jsontext.Value              `json:"generation_size"`
		Stop    jsontext.Value              `json:"stop_sequence"`
	} `json:"config_tasks"`
	path string
}

// model is the model's name.
func (r *lightResults) model() string {
	if r.Config.Model != "" {
		return r.Config.Model
	}
	return strings.Join(texts(r.Config.ModelSpec["model_name"]), "")
}

type lightImport struct {
	*book
	runs []*lightResults
}

func importLightEval(ctx context.Context, paths []string, opt Options, out Sink) error {
	files, b, err := begin(LightEval(), paths, opt, out)
	if err != nil {
		return err
	}
	im := &lightImport{book: b}
	var details, results []string
	for _, p := range files {
		if isParquet(p) {
			details = append(details, p)
		} else {
			results = append(results, p)
		}
	}
	if len(details) == 0 || len(results) == 0 {
		return fmt.Errorf("%s: no results_*.json with details_*.parquet; both are needed: run lighteval with --save-details, and name its output folder", strings.Join(paths, ", "))
	}
	if err := eachFile(ctx, results, opt, out, im.results); err != nil {
		return err
	}
	if err := eachFile(ctx, details, opt, out, func(path string) error { return im.details(ctx, path) }); err != nil {
		return err
	}
	return im.close()
}

func (im *lightImport) results(path string) error {
	r := &lightResults{path: path}
	if err := wholeDocument(path, im.out, r); err != nil {
		return err
	}
	if r.Results == nil || r.model() == "" {
		return placed(path, 1, "no results, or no model_name in config_general; name a results file of lighteval")
	}
	im.runs = append(im.runs, r)
	return nil
}

// of finds the run and the task of a details file: details_TASK_TIME.parquet, in a folder TIME.
func (im *lightImport) of(path string) (*lightResults, string, error) {
	name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "details_"), filepath.Ext(path))
	for _, r := range im.runs {
		time := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(r.path), "results_"), ".json")
		if task, ok := strings.CutSuffix(name, "_"+time); ok {
			for full := range r.Results {
				if full == task || sanitized(full) == sanitized(task) {
					task = full
				}
			}
			return r, task, nil
		}
	}
	return nil, "", placed(path, 0, "no results_TIME.json of the same time, which names the model; copy the complete output folder")
}

// suiteOf is a task without its number of examples in the prompt, and that number.
func suiteOf(task string) (suite, shots string) {
	i := strings.LastIndexByte(task, '|')
	if i < 0 {
		return task, ""
	}
	if _, err := strconv.Atoi(task[i+1:]); err != nil {
		return task, ""
	}
	return task[:i], task[i+1:]
}

func (im *lightImport) details(ctx context.Context, path string) error {
	r, task, err := im.of(path)
	if err != nil {
		return err
	}
	if err := im.once(path, task, r.model(), ""); err != nil {
		return err
	}
	im.settings(r, task)
	skipped, err := parquetRows(ctx, path, im.opt, im.out, func(row table.Row) error { return im.row(r, task, row) })
	if err == nil && skipped == 0 {
		im.aggregates(r, task)
	}
	return err
}

// settings records how a task's requests were made. A length among the model's parameters comes
// before the task's.
func (im *lightImport) settings(r *lightResults, task string) {
	_, shots := suiteOf(task)
	im.setting(task, r.model(), "shots", shots)
	all := map[string]jsontext.Value{"max_tokens": r.Tasks[task].Length, "stop": r.Tasks[task].Stop, "system": r.Config.ModelSpec["system_prompt"]}
	var generation map[string]jsontext.Value
	if decodeValue(r.Config.ModelSpec["generation_parameters"], &generation) == nil {
		for name, raw := range generation {
			if raw.Kind() != 'n' {
				all[settingNames(name)] = raw
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		im.setting(task, r.model(), name, strings.Join(texts(all[name]), ", "))
	}
}

// logProbabilities are those of n choices, if a column has them all.
func logProbabilities(column any, n int) []float64 {
	list, _ := column.([]any)
	if len(list) != n || n < 2 {
		return nil
	}
	var all []float64
	for _, v := range list {
		x, ok := v.(float64)
		if !ok || math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		all = append(all, x)
	}
	return all
}

// member is a member of a column that is an object.
func member(d *ordered.Dict, names ...string) any {
	var v any = d
	for _, name := range names {
		in, ok := v.(*ordered.Dict)
		if !ok || in == nil {
			return nil
		}
		v, _ = in.Get(name)
	}
	return v
}

// listOf is a list of texts.
func listOf(v any) (all []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, x := range v {
			if text, ok := x.(string); ok {
				all = append(all, text)
			}
		}
	}
	return all
}

func (im *lightImport) row(r *lightResults, task string, row table.Row) error {
	mark := "" // versions before 0.13 write __metric__
	if _, ok := row.Get("metric"); !ok {
		mark = "__"
	}
	scores, ok := member(row.Dict, mark+"metric"+mark).(*ordered.Dict)
	if !ok {
		return errors.New("no column metric with the scores; name a details file of lighteval")
	}
	doc := func(name string) any { return member(row.Dict, mark+"doc"+mark, name) }
	id := fmt.Sprint(doc("id"))
	query, _ := doc("query").(string)
	if doc("id") == nil || id == "" {
		id = query
	}
	if id == "" {
		return errors.New("the document has neither id nor query; get the complete file")
	}
	a := &answer{suite: task, example: id, model: r.model(), input: query}
	choices := listOf(doc("choices"))
	gold := doc("gold_index")
	var right []int
	switch g := gold.(type) {
	case int64:
		right = []int{int(g)}
	case int:
		right = []int{g}
	case []any:
		for _, x := range g {
			switch i := x.(type) {
			case int64:
				right = append(right, int(i))
			case int:
				right = append(right, i)
			}
		}
	}
	for i, choice := range choices {
		if slices.Contains(right, i) {
			a.references = append(a.references, strings.TrimSpace(choice))
		} else {
			a.incorrect = append(a.incorrect, strings.TrimSpace(choice))
		}
	}
	if said := listOf(member(row.Dict, mark+"model_response"+mark, "text")); len(said) > 0 {
		a.text = &said[0]
	} else {
		a.choices = logProbabilities(member(row.Dict, mark+"model_response"+mark, "logprobs"), len(choices))
	}
	for name, v := range scores.All() {
		s := score{metric: im.metric(task, name, im.form(r, task, name))}
		switch x := v.(type) {
		case nil:
			s.missing = "the tool gave no score"
		case float64:
			s.value = []float64{x}
		case int:
			s.value = []float64{float64(x)}
		case int64:
			s.value = []float64{float64(x)}
		case bool:
			s.value = []float64{0}
			if x {
				s.value[0] = 1
			}
		default:
			im.leaveOut(task, name, "its values are no numbers")
			continue
		}
		a.scores = append(a.scores, s)
	}
	return im.add(a)
}

// form is what the task's configuration says of a metric.
func (im *lightImport) form(r *lightResults, task, name string) form {
	f := form{}
	for _, m := range r.Tasks[task].Metrics {
		if strings.Join(texts(m["metric_name"]), "") != name {
			continue
		}
		switch m["higher_is_better"].Kind() {
		case 't':
			f.direction = new(higher)
		case 'f':
			f.direction = new(lower)
		}
	}
	return f
}

// aggregates notes the task's results.
func (im *lightImport) aggregates(r *lightResults, task string) {
	for _, name := range slices.Sorted(maps.Keys(r.Results[task])) {
		if !strings.HasSuffix(name, "_stderr") && !im.isLeftOut(task, name) {
			im.print(cellKey{suite: task, model: r.model(), metric: name}, r.Results[task][name], r.path)
		}
	}
}
