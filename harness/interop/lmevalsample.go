package interop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/suites/datafile"
)

// lmQuestions are the members of documents that hold the bare question, the likeliest first.
var lmQuestions = []string{"question", "query", "problem", "goal", "instruction", "input", "prompt", "sentence", "q", "text"}

// lmSample is a row of a samples file, apart from its metrics.
type lmSample struct {
	DocID     jsontext.Value                       `json:"doc_id"`
	DocHash   string                               `json:"doc_hash"`
	Doc       map[string]jsontext.Value            `json:"doc"`
	Target    jsontext.Value                       `json:"target"`
	Arguments map[string]map[string]jsontext.Value `json:"arguments"`
	Resps     jsontext.Value                       `json:"resps"`
	Filter    string                               `json:"filter"`
	Metrics   []string                             `json:"metrics"`
}

// samples reads a task's samples.
func (im *lmImport) samples(ctx context.Context, path string) error {
	r, task, err := im.of(path)
	if err != nil {
		return err
	}
	if err := im.once(path, task, r.ModelName, im.condition(r, task)); err != nil {
		return err
	}
	r.samples[task] = path
	im.settings(r, task)
	groups := r.groupsOf(task)
	_, err = im.eachRow(ctx, path, func(_ int, value []byte) error { return im.sample(r, task, groups, value) })
	return err
}

// settings records how a task's requests were made.
func (im *lmImport) settings(r *lmResults, task string) {
	say := func(name string, raw jsontext.Value) {
		im.setting(task, r.ModelName, settingNames(name), strings.Join(texts(raw), ", "))
	}
	c := r.Configs[task]
	say("shots", r.Shots[task])
	say("template", c.Text)
	say("description", c.Description)
	for _, name := range slices.Sorted(maps.Keys(c.Generation)) {
		say(name, c.Generation[name])
	}
	say("system", r.System)
	say("chat template", r.ChatTemplate)
}

// sample takes a row of a samples file.
func (im *lmImport) sample(r *lmResults, task string, groups []string, value []byte) error {
	var s lmSample
	if err := datafile.Decode(value, &s); err != nil {
		return memberError(err)
	}
	if len(s.DocID) == 0 || s.Metrics == nil {
		return errors.New("a sample without doc_id or metrics; name a samples file of lm_eval")
	}
	members, err := datafile.Members(value)
	if err != nil {
		return err
	}
	if own, ok := members[Own]; ok && own.Kind() == '{' {
		a := &answer{}
		a.text, _ = s.answer()
		return im.recorded(a, own)
	}
	a := &answer{
		suite: task, example: string(s.DocID), model: r.ModelName, condition: im.condition(r, task),
		input: s.prompt(), references: texts(s.Target),
	}
	if r.Configs[task].OutputType == "loglikelihood_rolling" { // the target is the text itself
		a.references = nil
	}
	for _, name := range lmQuestions {
		if v := s.Doc[name]; v.Kind() == '"' {
			a.question = texts(v)[0]
			break
		}
	}
	if s.DocHash != "" {
		a.example += " " + s.DocHash
	}
	a.text, a.choices = s.answer()
	a.references, a.incorrect = s.right(a.references, len(a.choices))
	for _, name := range s.Metrics {
		m, value, missing, err := im.score(r, task, lmName(name, s.Filter), name, members[name], a.choices)
		if err != nil {
			return fmt.Errorf("metric %s: %w", name, err)
		}
		if m != nil {
			a.scores = append(a.scores, score{metric: m, value: value, missing: missing})
		}
	}
	if err := im.add(a); err != nil {
		return err
	}
	for _, group := range groups {
		if err := im.grouped(r, *a, group); err != nil {
			return err
		}
	}
	return nil
}

// lmName is a metric's name under a filter.
func lmName(metric, filter string) string {
	if filter == "" || filter == "none" {
		return metric
	}
	return metric + "," + filter
}

// prompt is the text that the model was given, with its examples.
func (s *lmSample) prompt() string {
	first, ok := s.Arguments["gen_args_0"]
	if !ok {
		return ""
	}
	var text string
	if json.Unmarshal(first["arg_0"], &text, jsontext.AllowInvalidUTF8(true)) != nil {
		return ""
	}
	return text
}

// right names the choices that are right and those that are wrong, if the target is the number of
// one. Otherwise the target is the reference.
func (s *lmSample) right(target []string, choices int) (right, wrong []string) {
	if choices < 2 || len(target) != 1 {
		return target, nil
	}
	gold, err := strconv.Atoi(target[0])
	if err != nil || gold < 0 || gold >= choices {
		return target, nil
	}
	for i := range choices {
		choice := texts(s.Arguments["gen_args_"+strconv.Itoa(i)]["arg_1"])
		switch {
		case len(choice) != 1:
			return target, nil
		case i == gold:
			right = append(right, strings.TrimSpace(choice[0]))
		default:
			wrong = append(wrong, strings.TrimSpace(choice[0]))
		}
	}
	return right, wrong
}

// answer is a text, or the log-probabilities of several choices.
func (s *lmSample) answer() (*string, []float64) {
	var resps [][]jsontext.Value
	if json.Unmarshal(s.Resps, &resps, jsontext.AllowInvalidUTF8(true)) != nil || len(resps) == 0 {
		return nil, nil
	}
	var choices []float64
	for _, r := range resps {
		if len(r) == 0 {
			return nil, nil
		}
		if r[0].Kind() == '"' {
			t := texts(r[0])
			return &t[0], nil
		}
		var pair []jsontext.Value
		if json.Unmarshal(r[0], &pair) != nil || len(pair) == 0 {
			return nil, nil
		}
		number := string(pair[0])
		if pair[0].Kind() == '"' { // newer versions write all answers as texts
			number = texts(pair[0])[0]
		}
		x, err := strconv.ParseFloat(number, 64)
		if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
			return nil, nil
		}
		choices = append(choices, x)
	}
	return nil, choices
}
