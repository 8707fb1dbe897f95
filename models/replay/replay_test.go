package replay_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/models"
	"assay/models/replay"
)

var (
	_ models.Generator = (*replay.Model)(nil)
	_ models.Scorer    = (*replay.Model)(nil)
)

// stream yields records, and then an error if there is one.
func stream(end error, records ...models.Completion) iter.Seq2[models.Completion, error] {
	return func(yield func(models.Completion, error) bool) {
		for _, c := range records {
			if !yield(c, nil) {
				return
			}
		}
		if end != nil {
			yield(models.Completion{}, end)
		}
	}
}

func request(suite, example, condition string, sample int, choices ...string) models.Request {
	return models.Request{About: models.About{Suite: suite, Example: example, Condition: condition}, Sample: sample, Choices: choices}
}

func TestGenerate(t *testing.T) {
	full := models.Completion{
		Suite: "s", Example: "e", Condition: "c", Model: "m", Sample: 1, Text: "one", Finish: "stop",
		Tokens: &models.Usage{Prompt: 3, Completion: 1},
	}
	m, err := replay.New("m", stream(nil,
		full,
		models.Completion{Suite: "s", Example: "e", Model: "m", Text: ""},
		models.Completion{Suite: "s", Example: "f", Model: "m", Missing: "the server was down"},
		models.Completion{Suite: "s", Example: "g", Model: "other", Text: "no"},
		models.Completion{Suite: "s", Example: "g", Model: "m", Of: "e", Text: "a judge's word"},
		models.Completion{Suite: "s", Example: "e", Condition: "c", Model: "m", Sample: 1, Text: "one", Finish: "stop"},
	))
	if err != nil {
		t.Fatal(err)
	}
	if m.Name() != "m" || m.Len() != 3 {
		t.Errorf("%s with %d answers, want m with 3", m.Name(), m.Len())
	}
	tests := []struct {
		name    string
		request models.Request
		want    string
		says    string
	}{
		{"found", request("s", "e", "c", 1), "one", ""},
		{"an empty text is an answer", request("s", "e", "", 0), "", ""},
		{"other sample", request("s", "e", "c", 0), "", "not in the recording"},
		{"other condition", request("s", "e", "d", 1), "", "not in the recording"},
		{"other suite", request("t", "e", "c", 1), "", "not in the recording"},
		{"another model's, and a judge's", request("s", "g", "", 0), "", "not in the recording"},
		{"recorded as missing", request("s", "f", "", 0), "", "the server was down"},
	}
	for _, tt := range tests {
		got, err := m.Generate(context.Background(), tt.request)
		if fault := message(err); got.Text != tt.want || fault != tt.says {
			t.Errorf("%s: %q, error %q, want %q, %q", tt.name, got.Text, fault, tt.want, tt.says)
		}
		if strings.HasPrefix(tt.says, "not") != errors.Is(err, replay.ErrNotRecorded) {
			t.Errorf("%s: error %v", tt.name, err)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestScore(t *testing.T) {
	m, err := replay.New("m", stream(nil,
		models.Completion{Suite: "s", Example: "scores", Model: "m", Scores: []float64{-1, -2}, Lengths: []int{1, 3}},
		models.Completion{Suite: "s", Example: "choice", Model: "m", Text: "B"},
		models.Completion{Suite: "s", Example: "nothing", Model: "m"},
	))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		example string
		choices []string
		want    models.Answer
		says    string
	}{
		{"scores", []string{"A", "B"}, models.Answer{Scores: []float64{-1, -2}, Lengths: []int{1, 3}}, ""},
		{"scores", []string{"A", "B", "C"}, models.Answer{}, "the recording holds 2 log-probabilities for 3 choices"},
		{"choice", []string{"A", "B"}, models.Answer{Text: "B"}, ""},
		{"nothing", []string{"A", "B"}, models.Answer{}, "the recording holds no log-probabilities"},
		{"none", []string{"A", "B"}, models.Answer{}, "not in the recording"},
	}
	for _, tt := range tests {
		got, err := m.Score(context.Background(), request("s", tt.example, "", 0, tt.choices...))
		if diff := cmp.Diff(tt.want, got); diff != "" || message(err) != tt.says {
			t.Errorf("%s: error %q, want %q (-want +got):\n%s", tt.example, message(err), tt.says, diff)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	one := models.Completion{Suite: "s", Example: "e", Condition: "c", Model: "m", Text: "one"}
	two := one
	two.Text = "two"
	ends := errors.New("completions.jsonl:3: cut off")
	tests := []struct {
		name    string
		records iter.Seq2[models.Completion, error]
		says    string
	}{
		{"two answers", stream(nil, one, two), `model "m" has two answers for suite "s", example e, condition "c", sample 0; keep one`},
		{"nothing", stream(nil), `no completion of model "m" is recorded; the recording is empty`},
		{"others", stream(nil, models.Completion{Model: "b"}, models.Completion{Model: "a"}), `no completion of model "m" is recorded; name one with #NAME: a, b`},
		{"a bad file", stream(ends, one), ends.Error()},
	}
	for _, tt := range tests {
		if _, err := replay.New("m", tt.records); message(err) != tt.says {
			t.Errorf("%s: error %q, want %q", tt.name, message(err), tt.says)
		}
	}
}

func TestOutputs(t *testing.T) {
	m, err := replay.NewOutputs("m", map[string]string{"Say\r\nhi\n": "hi", "Be silent": ""})
	if err != nil {
		t.Fatal(err)
	}
	for input, want := range map[string]string{" Say\nhi": "hi", "Be silent\n": ""} {
		r := request("winrate", "anything", "any", 2)
		r.About.Input = input
		if got, err := m.Generate(context.Background(), r); err != nil || got.Text != want {
			t.Errorf("%q: %q, error %v, want %q", input, got.Text, err, want)
		}
	}
	if _, err := m.Generate(context.Background(), request("winrate", "e", "", 0)); !errors.Is(err, replay.ErrNotRecorded) {
		t.Errorf("no input: error %v", err)
	}
	for says, outputs := range map[string]map[string]string{
		`model "m" has two outputs for the instruction "Say hi"; keep one`:                             {"Say hi": "hi", "Say hi ": "ho"},
		`no output of model "m" is recorded; the recording is empty`:                                   {},
		`model "m" has two outputs for the instruction "` + strings.Repeat("a", 60) + `..."; keep one`: {strings.Repeat("a", 70): "1", strings.Repeat("a", 70) + "\n": "2"},
	} {
		if _, err := replay.NewOutputs("m", outputs); message(err) != says {
			t.Errorf("error %q, want %q", message(err), says)
		}
	}
	if _, err := replay.NewOutputs("m", map[string]string{"Say hi": "hi", "Say hi ": "hi"}); err != nil {
		t.Errorf("the same output twice: %v", err)
	}
}

func TestEndedContext(t *testing.T) {
	m, err := replay.NewOutputs("m", map[string]string{"a": "b"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := m.Generate(ctx, models.Request{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

func ExampleNew() {
	records := []models.Completion{{Suite: "truthfulqa", Example: "e1", Condition: "QA prompt", Model: "sft-175b", Text: "I have no comment."}}
	m, err := replay.New("sft-175b", func(yield func(models.Completion, error) bool) {
		for _, c := range records {
			if !yield(c, nil) {
				return
			}
		}
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	answer, err := m.Generate(context.Background(), models.Request{
		About: models.About{Suite: "truthfulqa", Example: "e1", Condition: "QA prompt"},
	})
	fmt.Println(answer.Text, err)
	// Output: I have no comment. <nil>
}
