package lmeval

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/models"
	"assay/models/jinja"
	"assay/suites"
)

// Prefix marks a reference to a task file in a plan.
const Prefix = "lm-eval:"

// judgeName is the judge's name in records.
const judgeName = "lm-eval"

// mostLabels bounds the choices that a Matthews correlation tells apart, where the task doesn't list them.
const mostLabels = 26

// suiteOf makes a suite of one task, or of several whose results a group pools.
func suiteOf(name string, tasks []*task, pooled bool) (suites.Suite, error) {
	s := suites.Suite{Name: name, Title: name, Text: about(name, tasks, pooled)}
	first := &builder{task: tasks[0]}
	for _, t := range tasks {
		if err := sameRequests(tasks[0], t); err != nil {
			return s, err
		}
		names, of := (&builder{task: t}).metricNames()
		for i, n := range names {
			m := of[i].define(n, labels(t))
			if known, ok := s.Metric(n); !ok {
				s.Metrics = append(s.Metrics, m)
			} else if d := definition(known).Differs(definition(&m)); d != "" {
				return s, t.fail("metric_list", "the metric %s differs between tasks %s and %s (%s), so that they can't be pooled; run them one by one", n, tasks[0].name, t.name, d)
			}
		}
	}
	var names []string
	for i := range s.Metrics {
		names = append(names, s.Metrics[i].Name)
	}
	s.Plot = suites.Plot{Group: name, Metric: names[0], Mark: suites.Bars}
	g := first.generation
	s.Live = &suites.Live{
		BuiltIn: true, Scored: first.output != generateUntil, Brings: names,
		Sampling: models.Sampling{Temperature: g.temperature, TopP: g.topP, MaxTokens: g.maxTokens},
		Load: func(files suites.Files) (*suites.Set, error) {
			if files.Data != "" {
				return nil, tasks[0].fail("dataset_path", "the task names its own data, and the plan has data: %s; remove data: from the plan", files.Data)
			}
			return load(name, tasks, pooled, files.Folder)
		},
	}
	s.Show = show
	return s, nil
}

func definition(m *metrics.Metric) *suites.MetricDefinition {
	one := suites.Suite{Name: m.Name, Metrics: []metrics.Metric{*m}}
	return &one.Definition().Metrics[0]
}

func labels(t *task) int {
	if list, ok := t.choice.value.([]any); ok {
		return len(list)
	}
	return mostLabels
}

func about(name string, tasks []*task, pooled bool) string {
	if pooled {
		return fmt.Sprintf("The group %s of lm-evaluation-harness: %s, which are the categories. Metrics are over all documents, so a task counts by its size.", name, plural.Of(len(tasks), "task"))
	}
	return fmt.Sprintf("The task %s of lm-evaluation-harness, with %s: prompts, filters and scores are as in its version 0.4.13.", name, plural.Of(tasks[0].shots, "few-shot example"))
}

// sameRequests checks that two tasks of a group are asked in the same way.
func sameRequests(a, b *task) error {
	ga, gb := a.generation, b.generation
	scored := func(t *task) bool { return t.output != generateUntil }
	if scored(a) != scored(b) || ga.temperature != gb.temperature || ga.topP != gb.topP || ga.maxTokens != gb.maxTokens {
		return b.fail("output_type", "the tasks %s and %s of a group differ in output_type or generation_kwargs, so that they can't be pooled; run them one by one", a.name, b.name)
	}
	return nil
}

// loaded is a task with its questions.
type loaded struct {
	*builder
	questions []question
	files     []string
}

// load reads the tasks' data and makes their requests.
func load(name string, tasks []*task, pooled bool, folder string) (*suites.Set, error) {
	set := &suites.Set{}
	j := &judge{at: map[string]origin{}}
	requests := map[string]models.Request{}
	seen := map[string]int{}
	for _, t := range tasks {
		l, err := t.load(folder)
		if err != nil {
			return nil, err
		}
		set.Files = append(set.Files, l.files...)
		names, _ := l.metricNames()
		for _, n := range names {
			if !slices.Contains(j.names, n) {
				j.names = append(j.names, n)
			}
		}
		wrong := 0
		for i := range l.questions {
			q := &l.questions[i]
			ex, err := l.example(name, q, seen)
			if err != nil {
				return nil, err
			}
			if pooled {
				ex.Category = t.name
			}
			if l.output == multipleChoice && slices.Contains(l.goldOf(q).at, outside) {
				wrong++
			}
			set.Examples = append(set.Examples, ex)
			requests[ex.ID] = l.request(q)
			j.at[ex.ID] = origin{l.builder, q}
		}
		if wrong > 0 {
			set.Notices = append(set.Notices, fmt.Sprintf("task %s: the right answer of %d of %s is none of the choices; they count as wrong, as in lm-evaluation-harness", t.name, wrong, plural.Of(len(l.questions), "document")))
		}
	}
	set.Judges = []suites.Judge{j}
	set.Ask = func(ex *suites.Example, _ string) models.Request { return requests[ex.ID] }
	return set, nil
}

// load reads a task's data and makes its questions.
func (t *task) load(folder string) (*loaded, error) {
	d := &dataset{task: t, folder: folder, read: map[string]*split{}}
	evaluated, err := d.split(cmp.Or(t.splits["test"], t.splits["validation"]))
	if err != nil {
		return nil, err
	}
	b := &builder{task: t, columns: evaluated.columns, random: newPythonRandom(fewshotSeed), shown: map[document]string{}, excludes: t.fewshot.split == t.splits["test"]}
	if err := b.findPool(d); err != nil {
		return nil, err
	}
	at := func(i int, err error) error {
		return t.fail("doc_to_text", "document %d of %s: %w", i+1, evaluated.files[0], err)
	}
	if err := b.look(evaluated.docs[0]); err != nil {
		return nil, at(0, err)
	}
	l := &loaded{builder: b}
	bytes := 0
	for i, doc := range evaluated.docs {
		q, err := b.question(doc)
		if err == nil {
			err = b.checkQuestion(&q)
		}
		for _, c := range q.contexts {
			bytes += len(c)
		}
		if err == nil && bytes > maxPrompts {
			err = fmt.Errorf("the prompts up to here have more than %d bytes, which is the most that a task may have", maxPrompts)
		}
		if err != nil {
			return nil, at(i, err)
		}
		l.questions = append(l.questions, q)
	}
	for _, m := range t.members {
		if !slices.Contains(l.files, m.file) {
			l.files = append(l.files, m.file)
		}
	}
	slices.Sort(l.files)
	for _, s := range d.read {
		l.files = append(l.files, s.files...)
	}
	slices.Sort(l.files)
	l.files = slices.Compact(l.files)
	return l, nil
}

// findPool finds the documents from which few-shot examples are taken.
func (b *builder) findPool(d *dataset) error {
	if b.shots == 0 {
		return nil
	}
	if b.fewshot.split == "" && b.fewshot.samples != nil {
		for i, item := range b.fewshot.samples {
			doc, ok := item.(*jinja.Dict)
			if !ok {
				return b.fail("fewshot_config", "sample %d is no mapping", i+1)
			}
			b.pool = append(b.pool, doc)
		}
		return nil
	}
	s, err := d.split(cmp.Or(b.fewshot.split, b.splits["training"], b.splits["validation"], b.splits["test"]))
	if err != nil {
		return err
	}
	b.pool = s.docs
	return nil
}

// look finds out from the first document, as lm-evaluation-harness does, whether choices are prompts and whether
// there are several right answers.
func (b *builder) look(d document) error {
	text, err := b.toText(d, b.text)
	if err != nil {
		return err
	}
	target, err := b.toTarget(d, b.target)
	if err != nil {
		return err
	}
	if b.choice.value != nil {
		choices, err := b.toChoices(d, b.choice)
		if err != nil {
			return err
		}
		if _, ok := asInt(text); ok {
			b.multipleInput = len(choices) > 0
		}
	}
	if list, ok := target.([]any); ok {
		b.multipleTarget = len(list) > 0
	}
	return nil
}

// checkQuestion refuses what no request can be made of.
func (b *builder) checkQuestion(q *question) error {
	_, isText := q.target.(string)
	switch {
	case (b.output == loglikelihood || b.output == rolling) && !isText:
		return fmt.Errorf("doc_to_target gives %v, and output_type: %s needs a text", q.target, b.output)
	case b.output == multipleChoice && len(q.choices) == 0:
		return fmt.Errorf("there are no choices")
	case b.multipleInput && b.output != multipleChoice:
		return fmt.Errorf("doc_to_text gives a number, and output_type is %s", b.output)
	case b.output == multipleChoice && slices.Contains(q.choices, ""):
		return fmt.Errorf("a choice is empty")
	}
	if b.multipleTarget && b.output == generateUntil {
		for _, m := range b.metrics {
			if m.name != "exact_match" {
				return fmt.Errorf("there are several answers, with which lm-evaluation-harness has no %s", m.name)
			}
		}
	}
	return nil
}

// request makes a question's request.
func (b *builder) request(q *question) models.Request {
	r := models.Request{Prompt: q.contexts[0]}
	switch b.output {
	case generateUntil:
		r.Stop = b.generation.until
		return r
	case rolling:
		return models.Request{Choices: []string{q.target.(string)}, Scoring: models.Whole}
	case loglikelihood:
		r.Choices, r.Scoring = []string{q.target.(string)}, models.ByCount
		return r
	}
	r.Scoring = models.ByCount
	if b.multipleInput {
		answer, err := jinja.Text(q.target)
		if err != nil { // checked with the document
			answer = fmt.Sprint(q.target)
		}
		for range q.choices {
			r.Choices = append(r.Choices, b.delimiter+answer)
		}
		r.Prompts, r.Prompt = slices.Clone(q.contexts), ""
	} else {
		for _, c := range q.choices {
			r.Choices = append(r.Choices, b.delimiter+c)
		}
	}
	if b.has("acc_mutual_info") {
		if r.Prompts == nil {
			r.Prompts, r.Prompt = slices.Repeat([]string{r.Prompt}, len(q.choices)), ""
		}
		for _, c := range q.choices {
			r.Choices, r.Prompts = append(r.Choices, b.delimiter+c), append(r.Prompts, "")
		}
	}
	return r
}

// example makes a question's example. Its id is the hash of the document; a repeated document gets a number.
func (b *builder) example(suite string, q *question, seen map[string]int) (suites.Example, error) {
	doc, err := jinja.JSON(q.doc, jinja.JSONOptions{})
	if err != nil {
		return suites.Example{}, b.fail("dataset_path", "a document: %w", err)
	}
	input, ok := q.text.(string)
	switch {
	case b.output == rolling:
		input, _ = q.target.(string)
	case !ok:
		input = strings.Join(q.choices, "\n")
	}
	key := b.name + "\x00" + doc
	if seen[key]++; seen[key] > 1 {
		key += fmt.Sprintf("\x00%d", seen[key])
	}
	ex := suites.Example{ID: suites.ExampleID(suite, key), Suite: suite, Input: input}
	if b.output != rolling {
		ex.References = b.referenceTexts(q)
	}
	if b.output == multipleChoice {
		for _, c := range q.choices {
			if !slices.Contains(ex.References, c) {
				ex.Incorrect = append(ex.Incorrect, c)
			}
		}
	}
	for _, name := range questionColumns {
		if bare, ok := q.doc.Get(name); ok {
			if s, ok := bare.(string); ok && strings.TrimSpace(s) != "" {
				ex.Content = suites.Content(s, ex.References)
				break
			}
		}
	}
	return ex, nil
}

// questionColumns are columns that hold the bare question, the likeliest first. Imports of lm-evaluation-harness's
// samples look for the same ones, so that runs can be joined.
var questionColumns = []string{"question", "query", "problem", "goal", "instruction", "input", "prompt", "sentence", "q", "text"}

// show is a completion as readers should see it.
func show(_ *suites.Example, c *models.Completion) string {
	if c.Missing != "" || len(c.Scores) == 0 {
		return c.Text
	}
	var parts []string
	for _, s := range c.Scores {
		parts = append(parts, fmt.Sprintf("%.3f", s))
	}
	return strings.Join(parts, "  ") + " nats"
}

// origin is where an example comes from.
type origin struct {
	*builder
	question *question
}

// judge scores answers to the documents that it was made with.
type judge struct {
	names []string
	at    map[string]origin // by example
}

func (j *judge) Name() string      { return judgeName }
func (j *judge) Metrics() []string { return j.names }

// Absent implements the metrics of an example alone: tasks of a group may have different ones.
func (j *judge) Absent(item suites.Item, reason string) []metrics.Judgement {
	var out []metrics.Judgement
	names := j.names
	if p, ok := j.at[item.Example.ID]; ok {
		names, _ = p.metricNames()
	}
	for _, n := range names {
		out = append(out, suites.NewMissing(item.Completion, n, judgeName, reason))
	}
	return out
}

func (j *judge) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	p, ok := j.at[item.Example.ID]
	if !ok {
		return j.Absent(item, "the example is none of the task's documents"), nil
	}
	v := p.score(p.question, &item.Completion)
	var out []metrics.Judgement
	for _, n := range v.names {
		if reason, missing := v.missing[n]; missing {
			out = append(out, suites.NewMissing(item.Completion, n, judgeName, reason))
		} else {
			out = append(out, suites.NewJudgement(item.Completion, n, judgeName, v.value[n]...))
		}
	}
	return out, nil
}
