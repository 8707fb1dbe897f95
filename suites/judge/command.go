package judge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/metrics"
	"assay/metrics/statistic"
	"assay/models"
	"assay/suites"
)

// Command has a program measure answers. The program gets a JSON object a line and writes one a
// line, with the same id and a member for each of its metrics:
//
//	{"id": "7c…", "input": "2 + 2 = ?", "references": ["4"], "answer": "It is 4.", …}
//	{"id": "7c…", "right": 1, "words": 3}
//
// A metric that is null or left out is missing; a member error says why all are.
type Command struct {
	JudgeName string
	CommandSettings
}

// CommandSettings are the fields of a command judge in a plan.
type CommandSettings struct {
	// Program and its arguments; it runs in the plan's folder, reads JSON lines and writes JSON lines.
	Command []string `json:"command,omitempty" repeats:"true" like:"[python3, score.py]"`
	// What the program measures.
	Measures []Measure `json:"metrics,omitempty" what:"a metric"`
	// Further files that the program reads; if one changes, answers are measured again.
	Files []string `json:"files,omitempty" text:"path"`
	// Version of anything else that the program's results depend on; if it changes, answers are measured again.
	Version string `json:"version,omitempty"`
	// Whether the program is started anew for each answer, with one line of input.
	Once bool `json:"once,omitempty"`
}

// Measure is a metric of a program.
type Measure struct {
	// Name of the metric and of the member with its value.
	Name string `json:"name" need:"write the name of the member that has its value"`
	// Title on axes; by default, from the name.
	Title string `json:"title,omitempty"`
	// What a value is: 0 or 1 (share), a number (mean), or [number, number] whose sums are divided (ratio).
	Values Values `json:"values" default:"mean" oneof:"share|mean|ratio"`
	// Smallest value; by default 0, or no bound if only max is set.
	Min *float64 `json:"min,omitempty"`
	// Largest value; by default 1, or no bound if only min is set.
	Max *float64 `json:"max,omitempty"`
	// Which direction is better.
	Direction metrics.Direction `json:"direction,omitzero" oneof:"higher|lower|neither"`
}

// Values is the form of a program's values.
type Values string

const (
	Share Values = "share"
	Mean  Values = "mean"
	Ratio Values = "ratio"
)

// metric is the definition.
func (m *Measure) metric() metrics.Metric {
	lo, hi := math.Inf(-1), math.Inf(1)
	switch {
	case m.Min == nil && m.Max == nil:
		lo, hi = 0, 1
	case m.Max == nil:
		lo = *m.Min
	case m.Min == nil:
		hi = *m.Max
	default:
		lo, hi = *m.Min, *m.Max
	}
	out := metrics.Metric{Name: m.Name, Title: cmp.Or(m.Title, titled(m.Name)), Kind: metrics.Mean, Direction: m.Direction, Lo: lo, Hi: hi}
	switch m.Values {
	case Share:
		out.Kind, out.Lo, out.Hi = metrics.Proportion, 0, 1
	case Ratio:
		out.Kind, out.Width, out.Statistic.Name = metrics.FunctionOfSums, 2, statistic.ShareOfSums
	}
	return out
}

// CommandKind is the kind of [Command]: what a program measures.
const CommandKind suites.JudgeKind = "command"

func commandKind() Kind {
	return Kind{
		Name: CommandKind, Asks: Program, Settings: []any{CommandSettings{}},
		New: newCommand,
		Metrics: func(s Settings) []metrics.Metric {
			var all []metrics.Metric
			for i := range s.Measures {
				all = append(all, s.Measures[i].metric())
			}
			return all
		},
	}
}

// reserved are members of a program's line that are no metrics.
var reserved = []string{"id", "error"}

func newCommand(name string, s Settings) (suites.Judge, error) {
	if len(s.Command) == 0 {
		return nil, errors.New("has no command; write command: [PROGRAM, ARGUMENT, ...]")
	}
	if len(s.Measures) == 0 {
		return nil, errors.New("has no metrics; write metrics: and below it a line '- {name: NAME}' for each")
	}
	for i := range s.Measures {
		m := &s.Measures[i]
		defined := suites.Definition{Name: name, Metrics: []suites.MetricDefinition{suites.DefinitionOf(m.metric())}}
		switch {
		case slices.Contains(reserved, m.Name):
			return nil, fmt.Errorf("metrics: a metric can't be named %s, which is another member of the program's lines", m.Name)
		case slices.ContainsFunc(s.Measures[:i], func(o Measure) bool { return o.Name == m.Name }):
			return nil, fmt.Errorf("metrics: two are named %s; give each its own name", m.Name)
		case m.Values == Share && (m.Min != nil || m.Max != nil):
			return nil, fmt.Errorf("metrics: %s has values of 0 and 1; remove min and max", m.Name)
		}
		if err := defined.Validate(); err != nil {
			return nil, err
		}
	}
	return Command{name, s.CommandSettings}, nil
}

// Name implements [suites.Judge].
func (j Command) Name() string { return j.JudgeName }

// Metrics implements [suites.Judge].
func (j Command) Metrics() []string {
	var names []string
	for i := range j.Measures {
		names = append(names, j.Measures[i].Name)
	}
	return names
}

// Needs implements [suites.NeedsOf].
func (Command) Needs() suites.Needs { return suites.Needs{Requests: 1} }

// Line is what a program gets about an answer. It doesn't say which model gave it.
type Line struct {
	ID         string            `json:"id"` // of the answer
	Suite      string            `json:"suite"`
	Example    string            `json:"example"` // the example's id
	Condition  string            `json:"condition,omitempty"`
	Sample     int               `json:"sample,omitzero"`
	Input      string            `json:"input"`
	References []string          `json:"references,omitempty"`
	Incorrect  []string          `json:"incorrect,omitempty"`
	Choices    []string          `json:"choices,omitempty"`
	Context    string            `json:"context,omitempty"`
	Category   string            `json:"category,omitempty"`
	Fields     map[string]string `json:"fields,omitempty"`
	Answer     string            `json:"answer"`
	Finish     string            `json:"finish,omitempty"` // why the answer ended
}

// Judge implements [suites.Judge]: one request, whose prompt is a [Line] and whose answer is the
// program's line.
func (j Command) Judge(ctx context.Context, item suites.Item) ([]metrics.Judgement, error) {
	ex, c := &item.Example, &item.Completion
	line, err := json.Marshal(&Line{
		ID: c.ID, Suite: c.Suite, Example: c.Example, Condition: c.Condition, Sample: c.Sample, Input: ex.Input, References: ex.References,
		Incorrect: ex.Incorrect, Choices: ex.Choices, Context: ex.Context, Category: ex.Category, Fields: ex.Fields, Answer: c.Text, Finish: c.Finish,
	}, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, err
	}
	var out []metrics.Judgement
	reason, err := read(ctx, &item, models.Request{Prompt: string(line)}, func(a models.Answer) (reason string) {
		out, reason = j.judgements(c, a.Text)
		return reason
	})
	if err == nil && out == nil { // no answer
		out = suites.Absent(j, item, reason)
	}
	return out, err
}

// judgements reads a program's line. The reason is that of the first metric without a value.
func (j Command) judgements(c *models.Completion, line string) (out []metrics.Judgement, reason string) {
	said := map[string]jsontext.Value{}
	fault, text := "", ""
	switch {
	case json.Unmarshal([]byte(line), &said) != nil:
		fault = "the program's line is no JSON object"
	case json.Unmarshal(said["error"], &text) == nil && text != "":
		fault = fmt.Sprintf("the program says: %.200s", text)
	}
	for i := range j.Measures {
		m := j.Measures[i].metric()
		value, missing := []float64(nil), fault
		if missing == "" {
			value, missing = measured(&m, said[m.Name])
		}
		if missing == "" {
			out = append(out, suites.NewJudgement(*c, m.Name, j.JudgeName, value...))
			continue
		}
		out = append(out, suites.NewMissing(*c, m.Name, j.JudgeName, missing))
		reason = cmp.Or(reason, missing)
	}
	return out, reason
}

// measured reads the value of a metric: a number, true or false, or two numbers.
func measured(m *metrics.Metric, said jsontext.Value) (value []float64, missing string) {
	var one float64
	switch said.Kind() {
	case 't':
		value = []float64{1}
	case 'f':
		value = []float64{0}
	case '0':
		if json.Unmarshal(said, &one) != nil {
			return nil, fmt.Sprintf("the program's %s is no finite number", m.Name)
		}
		value = []float64{one}
	case '[':
		if json.Unmarshal(said, &value) != nil || value == nil {
			return nil, fmt.Sprintf("the program's %s is no list of numbers", m.Name)
		}
	case 'n', 0:
		return nil, fmt.Sprintf("the program gave no %s", m.Name)
	default:
		return nil, fmt.Sprintf("the program's %s is no number", m.Name)
	}
	if err := statistic.Check(m, value); err != nil {
		return nil, fmt.Sprintf("the program's %s: %s", m.Name, strings.TrimSpace(err.Error()))
	}
	if m.Kind == metrics.Proportion && value[0] != 0 && value[0] != 1 {
		return nil, fmt.Sprintf("the program's %s is %v; it must be 0 or 1", m.Name, value[0])
	}
	return value, ""
}
