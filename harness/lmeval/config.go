package lmeval

import (
	"fmt"
	"slices"

	"assay/models/jinja"
)

// The kinds of requests, as task files name them under output_type.
const (
	generateUntil  = "generate_until"
	multipleChoice = "multiple_choice"
	loglikelihood  = "loglikelihood"
	rolling        = "loglikelihood_rolling"
)

// task is a task file, checked.
type task struct {
	*config
	name       string
	output     string
	text       source // doc_to_text
	target     source // doc_to_target
	choice     source // doc_to_choice
	prefix     source // gen_prefix
	about      source // description
	delimiter  string // target_delimiter
	separator  string // fewshot_delimiter
	shots      int    // num_fewshot
	fewshot    fewshot
	splits     map[string]string // of training, validation, test
	generation generation
	filters    []pipeline
	metrics    []metricConfig
}

// fewshot is the task's fewshot_config, with the task's own values where it has none.
type fewshot struct {
	first     bool // the sampler first_n; otherwise default
	split     string
	samples   []any
	text      source
	target    source
	choice    source
	prefix    source
	delimiter string
	separator string
}

// source is the value of a doc_to_ field: a column or a template, a number, a list, a mapping, or nil.
type source struct {
	value    any
	template *jinja.Template // of a text that is no column's name
}

// generation is the task's generation_kwargs.
type generation struct {
	until       []string
	maxTokens   int
	temperature float64
	topP        float64
}

// defaultTokens is max_gen_toks where a task has none.
const defaultTokens = 256

// ignored are keys of task files without an effect on requests or scores.
var ignored = []string{"task", "task_alias", "tag", "group", "metadata", "should_decontaminate", "doc_to_decontamination_query", "dataset_path", "dataset_name", "dataset_kwargs", "training_split", "validation_split", "test_split", "fewshot_split"}

// refused are keys that need what isn't here, with what that is.
var refused = map[string]string{
	"class": "a class of Python", "custom_dataset": "Python", "process_docs": "Python", "process_results": "Python",
	"doc_to_image": "images", "doc_to_audio": "audio", "use_prompt": "promptsource",
}

// newTask checks a task's keys. overrides replace keys of the file.
func newTask(c *config) (*task, error) {
	t := &task{config: c}
	for _, key := range c.order {
		if err := c.noPython(key, c.get(key)); err != nil {
			return nil, err
		}
		if what, ok := refused[key]; ok && c.get(key) != nil {
			return nil, c.fail(key, "%s needs %s, which assay doesn't run; run this task with lm-evaluation-harness and import its results", key, what)
		}
	}
	reads := []struct {
		key  string
		read func(key string) error
	}{
		{"task", t.text1(&t.name, "")}, {"output_type", t.text1(&t.output, generateUntil)},
		{"target_delimiter", t.text1(&t.delimiter, " ")}, {"fewshot_delimiter", t.text1(&t.separator, "\n\n")},
		{"doc_to_text", t.source(&t.text)}, {"doc_to_target", t.source(&t.target)}, {"doc_to_choice", t.source(&t.choice)},
		{"gen_prefix", t.source(&t.prefix)}, {"description", t.source(&t.about)},
		{"num_fewshot", t.number(&t.shots, 0)}, {"repeats", t.repeats}, {"unsafe_code", t.unsafe},
		{"fewshot_config", t.readFewshot}, {"generation_kwargs", t.readGeneration}, {"filter_list", t.readFilters}, {"metric_list", t.readMetrics},
	}
	for _, key := range c.order {
		known := slices.ContainsFunc(reads, func(r struct {
			key  string
			read func(key string) error
		}) bool {
			return r.key == key
		})
		if !known && !slices.Contains(ignored, key) && refused[key] == "" {
			return nil, c.fail(key, "unknown key %q; lm-evaluation-harness has no such key in a task", key)
		}
	}
	for _, r := range reads {
		if err := r.read(r.key); err != nil {
			return nil, err
		}
	}
	if t.name == "" {
		return nil, c.fail("task", "the file has no task: and so is not a task; name a task or a group")
	}
	if !slices.Contains([]string{generateUntil, multipleChoice, loglikelihood, rolling}, t.output) {
		return nil, c.fail("output_type", "output_type is %q; it must be %s, %s, %s or %s", t.output, generateUntil, multipleChoice, loglikelihood, rolling)
	}
	if t.output == multipleChoice && t.choice.value == nil {
		return nil, c.fail("output_type", "a task with output_type: %s needs doc_to_choice", multipleChoice)
	}
	t.splits = map[string]string{}
	for _, kind := range []string{"training", "validation", "test"} {
		name, err := c.optionalText(kind + "_split")
		if err != nil {
			return nil, err
		}
		t.splits[kind] = name
	}
	if t.splits["test"] == "" && t.splits["validation"] == "" {
		return nil, c.fail("task", "the task has neither test_split nor validation_split")
	}
	return t, t.checkFilters()
}

// noPython refuses functions anywhere in a value.
func (c *config) noPython(key string, v any) error {
	switch x := v.(type) {
	case function:
		return c.fail(key, "%s is !function %s: Python, which assay doesn't run; run this task with lm-evaluation-harness and import its results", key, x.name)
	case []any:
		for _, item := range x {
			if err := c.noPython(key, item); err != nil {
				return err
			}
		}
	case *jinja.Dict:
		for k, item := range x.All() {
			if err := c.noPython(key, item); err != nil {
				return fmt.Errorf("%w (under %v)", err, k)
			}
		}
	}
	return nil
}

func (c *config) optionalText(key string) (string, error) {
	switch v := c.get(key).(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	default:
		return "", c.fail(key, "%s must be a text", key)
	}
}

// text1 reads a text with a default.
func (t *task) text1(into *string, otherwise string) func(string) error {
	return func(key string) error {
		if _, ok := t.members[key]; !ok {
			*into = otherwise
			return nil
		}
		v, ok := t.get(key).(string)
		if !ok {
			return t.fail(key, "%s must be a text", key)
		}
		*into = v
		return nil
	}
}

func (t *task) number(into *int, otherwise int) func(string) error {
	return func(key string) error {
		switch v := t.get(key).(type) {
		case nil:
			*into = otherwise
		case int:
			if v < 0 || v > 1000 {
				return t.fail(key, "%s is %d; it must be from 0 to 1000", key, v)
			}
			*into = v
		default:
			return t.fail(key, "%s must be a whole number", key)
		}
		return nil
	}
}

func (t *task) unsafe(key string) error {
	if v := t.get(key); v != nil && v != false {
		return t.fail(key, "the task runs code that the model writes, which assay doesn't; run it with lm-evaluation-harness and import its results")
	}
	return nil
}

// repeats accepts several answers only if the filters use the first alone.
func (t *task) repeats(key string) error {
	n := 1
	if err := t.number(&n, 1)(key); err != nil || n <= 1 {
		return err
	}
	if t.get("filter_list") != nil {
		return t.fail(key, "repeats: %d with filters over several answers is not supported; set samples: %d in the plan, with a task that has repeats: 1", n, n)
	}
	return nil // the default filter takes the first
}

// source reads a doc_to_ field.
func (t *task) source(into *source) func(string) error {
	return func(key string) (err error) {
		*into, err = t.newSource(key, t.get(key))
		return err
	}
}

// templateOptions are those of lm-evaluation-harness's environment.
func templateOptions() jinja.Options {
	return jinja.Options{Strict: true, KeepTrailingNewline: true, Filters: map[string]jinja.Func{"regex_replace": regexReplace}}
}

func (t *task) newSource(key string, v any) (source, error) {
	s := source{value: v}
	text, ok := v.(string)
	if !ok {
		switch v.(type) {
		case nil, int, []any, *jinja.Dict:
			return s, nil
		case bool: // a bool is an int in Python
			return s, nil
		}
		return s, t.fail(key, "%s must be a text, a number or a list", key)
	}
	template, err := jinja.New(text, templateOptions())
	if err != nil {
		return s, t.fail(key, "%s: %w", key, err)
	}
	s.template = template
	return s, nil
}

// readFewshot reads fewshot_config over the task's own values.
func (t *task) readFewshot(key string) error {
	f := &t.fewshot
	*f = fewshot{text: t.text, target: t.target, choice: t.choice, prefix: t.prefix, delimiter: t.delimiter, separator: t.separator}
	var err error
	if f.split, err = t.optionalText("fewshot_split"); err != nil {
		return err
	}
	if t.get(key) == nil {
		return nil
	}
	d, ok := t.get(key).(*jinja.Dict)
	if !ok {
		return t.fail(key, "fewshot_config must be a mapping")
	}
	for k, v := range d.All() {
		name := fmt.Sprint(k)
		text, isText := v.(string)
		sources := map[string]*source{"doc_to_text": &f.text, "doc_to_target": &f.target, "doc_to_choice": &f.choice, "gen_prefix": &f.prefix}
		texts := map[string]*string{"split": &f.split, "fewshot_delimiter": &f.separator, "target_delimiter": &f.delimiter}
		switch {
		case name == "sampler":
			if text != "default" && text != "first_n" {
				return t.fail(key, "the sampler %v is not supported; default and first_n are", v)
			}
			f.first = text == "first_n"
		case name == "samples":
			if f.samples, ok = v.([]any); !ok {
				return t.fail(key, "samples must be a list of mappings")
			}
		case name == "process_docs" && v == nil, name == "fewshot_indices": // lm-evaluation-harness 0.4.13 reads no indices
		case sources[name] != nil:
			if v == nil { // the task's own
				continue
			}
			if *sources[name], err = t.newSource(key, v); err != nil {
				return err
			}
		case texts[name] != nil:
			if !isText && !(name == "split" && v == nil) {
				return t.fail(key, "%s of fewshot_config must be a text", name)
			}
			*texts[name] = text
		default:
			return t.fail(key, "fewshot_config has the unknown key %q", name)
		}
	}
	return nil
}

// readGeneration reads generation_kwargs.
func (t *task) readGeneration(key string) error {
	g := &t.generation
	*g = generation{maxTokens: defaultTokens, until: []string{t.separator}}
	v := t.get(key)
	if v == nil || t.output != generateUntil {
		return nil
	}
	d, ok := v.(*jinja.Dict)
	if !ok {
		return t.fail(key, "%s must be a mapping", key)
	}
	sampled := true
	for k, v := range d.All() {
		name := fmt.Sprint(k)
		number := func(into *float64) error {
			switch x := v.(type) {
			case int:
				*into = float64(x)
			case float64:
				*into = x
			case string: // PyYAML reads 1e-3 as a text, and the harness turns it into a number
				if _, err := fmt.Sscanf(x, "%g", into); err != nil {
					return t.fail(key, "%s is %q; it must be a number", name, x)
				}
			default:
				return t.fail(key, "%s must be a number", name)
			}
			return nil
		}
		var err error
		switch name {
		case "until":
			err = g.stops(t, key, v)
		case "do_sample":
			if sampled, ok = v.(bool); !ok {
				err = t.fail(key, "do_sample must be true or false")
			}
		case "temperature":
			err = number(&g.temperature)
		case "top_p":
			err = number(&g.topP)
		case "max_gen_toks", "max_tokens", "max_new_tokens":
			n, ok := v.(int)
			if !ok || n < 1 {
				err = t.fail(key, "%s must be a whole number above 0", name)
			}
			g.maxTokens = n
		case "num_beams":
			if v != 1 {
				err = t.fail(key, "num_beams is %v; only one beam is supported", v)
			}
		default:
			err = t.fail(key, "generation_kwargs has %q, which is not supported; until, do_sample, temperature, top_p and max_gen_toks are", name)
		}
		if err != nil {
			return err
		}
	}
	if !sampled {
		g.temperature, g.topP = 0, 0
	}
	if g.temperature == 0 {
		g.topP = 0
	}
	return nil
}

func (g *generation) stops(t *task, key string, v any) error {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	g.until = []string{}
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			if item == nil && len(list) == 1 {
				return nil
			}
			return t.fail(key, "until must be texts")
		}
		if s != "" && !slices.Contains(g.until, s) {
			g.until = append(g.until, s)
		}
	}
	return nil
}
