// Package replay is a model that answers from a recording: completions of an earlier run, or
// outputs that have only their instruction. A request that the recording lacks is an error,
// never an empty text.
package replay

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/models"
	"assay/models/remote"
)

// ErrNotRecorded is the error of a request that the recording lacks.
var ErrNotRecorded = errors.New("not in the recording")

// key is the place of an answer in a run.
type key struct {
	suite, example, condition string
	sample                    int
}

// recorded is one answer, or the reason why there was none.
type recorded struct {
	answer  models.Answer
	missing string
}

// Model answers from a recording. It is a [models.Generator] and a
// [models.Scorer], safe for concurrent use.
type Model struct {
	name   string
	places map[key]recorded
	inputs map[string]string // by canonical input; nil where places are recorded
}

// New reads the completions of the model called name, and skips those of other models and
// judges' answers. An answer is found by suite, example, condition and sample
// ([models.Request.About]). A place that is recorded twice must have the same answer both
// times. An error of records is returned as it is.
func New(name string, records iter.Seq2[models.Completion, error]) (*Model, error) {
	m := &Model{name: name, places: map[key]recorded{}}
	others := map[string]bool{}
	for c, err := range records {
		if err != nil {
			return nil, err
		}
		if c.Of != "" {
			continue
		}
		if c.Model != name {
			others[c.Model] = true
			continue
		}
		k := key{c.Suite, c.Example, c.Condition, c.Sample}
		entry := recorded{c.Answer(), c.Missing}
		if old, ok := m.places[k]; ok && !old.equals(entry) {
			return nil, fmt.Errorf("model %q has two answers for suite %q, example %s, condition %q, sample %d; keep one", name, k.suite, k.example, k.condition, k.sample)
		}
		m.places[k] = entry
	}
	if len(m.places) == 0 {
		return nil, fmt.Errorf("no completion of model %q is recorded; %s", name, present(others))
	}
	return m, nil
}

// equals compares two answers without their tokens, which two servers may count
// differently.
func (r recorded) equals(other recorded) bool {
	return r.missing == other.missing && r.answer.Text == other.answer.Text && r.answer.Finish == other.answer.Finish &&
		slices.Equal(r.answer.Scores, other.answer.Scores)
}

// present lists the models in the recording.
func present(others map[string]bool) string {
	if len(others) == 0 {
		return "the recording is empty"
	}
	names := slices.Sorted(maps.Keys(others))
	if len(names) > 10 {
		return fmt.Sprintf("name one with #NAME: %s and %d more", strings.Join(names[:10], ", "), len(names)-10)
	}
	return "name one with #NAME: " + strings.Join(names, ", ")
}

// NewOutputs is a model with one output for each instruction, as in AlpacaEval's
// model_outputs.json. An output is found by [models.About.Input], whatever its line ends and
// the white space around it. The condition and the sample don't count.
func NewOutputs(name string, outputs map[string]string) (*Model, error) {
	m := &Model{name: name, inputs: make(map[string]string, len(outputs))}
	for _, instruction := range slices.Sorted(maps.Keys(outputs)) {
		k := canonical(instruction)
		if old, ok := m.inputs[k]; ok && old != outputs[instruction] {
			return nil, fmt.Errorf("model %q has two outputs for the instruction %s; keep one", name, excerpt(k))
		}
		m.inputs[k] = outputs[instruction]
	}
	if len(m.inputs) == 0 {
		return nil, fmt.Errorf("no output of model %q is recorded; the recording is empty", name)
	}
	return m, nil
}

// canonical is the form by which examples are distinguished (suites.ExampleID).
func canonical(input string) string {
	return strings.TrimSpace(strings.ReplaceAll(input, "\r\n", "\n"))
}

// excerpt quotes the beginning of a text.
func excerpt(text string) string {
	if runes := []rune(text); len(runes) > 60 {
		text = string(runes[:60]) + "..."
	}
	return fmt.Sprintf("%q", text)
}

// Name is the recorded model's name.
func (m *Model) Name() string { return m.name }

// Len is the number of answers in the recording.
func (m *Model) Len() int { return len(m.places) + len(m.inputs) }

// Generate returns the recorded text. The error is [ErrNotRecorded], or the reason why the
// recorded model gave no answer.
func (m *Model) Generate(ctx context.Context, r models.Request) (models.Answer, error) {
	if err := ctx.Err(); err != nil {
		return models.Answer{}, err
	}
	if m.inputs != nil {
		text, ok := m.inputs[canonical(r.About.Input)]
		if !ok {
			return models.Answer{}, ErrNotRecorded
		}
		return models.Answer{Text: text}, nil
	}
	entry, ok := m.places[key{r.About.Suite, r.About.Example, r.About.Condition, r.Sample}]
	switch {
	case !ok:
		return models.Answer{}, ErrNotRecorded
	case entry.missing != "" && models.FinishOf(entry.answer.Finish) == models.FinishFiltered:
		return models.Answer{}, &remote.Failure{Reason: entry.missing, Filtered: true}
	case entry.missing != "":
		return models.Answer{}, errors.New(entry.missing)
	}
	return entry.answer, nil
}

// Score returns the recorded log-probabilities of the choices, or the recorded choice of a
// model without log-probabilities.
func (m *Model) Score(ctx context.Context, r models.Request) (models.Answer, error) {
	answer, err := m.Generate(ctx, r)
	switch {
	case err != nil:
		return models.Answer{}, err
	case len(answer.Scores) == 0 && answer.Text == "":
		return models.Answer{}, errors.New("the recording holds no log-probabilities")
	case len(answer.Scores) != 0 && len(answer.Scores) != len(r.Choices):
		return models.Answer{}, fmt.Errorf("the recording holds %d log-probabilities for %s", len(answer.Scores), plural.Of(len(r.Choices), "choice"))
	}
	return answer, nil
}
