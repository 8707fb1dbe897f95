package openai_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"assay/models"
	"assay/models/openai"
)

// answering is a chat server that returns a message and a finish reason, and applies stop sequences to the
// text like a server without a parser of thoughts.
func answering(t *testing.T, message map[string]any, finish string) string {
	return server(t, func(_ string, body map[string]any) (int, any) {
		sent := map[string]any{"role": "assistant"}
		for name, value := range message {
			sent[name] = value
		}
		if text, ok := sent["content"].(string); ok {
			stops, _ := body["stop"].([]any)
			for _, stop := range stops {
				text, _, _ = strings.Cut(text, stop.(string))
			}
			sent["content"] = text
		}
		return 200, map[string]any{"choices": []any{map[string]any{"message": sent, "text": sent["content"], "finish_reason": finish}}}
	})
}

// Thoughts are removed before stop sequences apply, whatever their marks.
func TestThoughts(t *testing.T) {
	const open, shut = "<think>", "</think>"
	for _, tt := range []struct {
		name, content, finish string
		how                   openai.Thoughts
		text, want            string // of the answer: text and finish
	}{
		{"think", "<think>\nOne?\nTwo?\n</think>\n\nTwo.\nMore", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"white space before", "\n\n <thinking>x\ny</thinking> Two.", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"upper case", "<THINK>x\n</Think>\nTwo.", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"reasoning", "<reasoning>x\n</reasoning>Two.", "length", openai.Thoughts{}, "Two.", "length"},
		{"Kimi", "◁think▷x\n◁/think▷Two.", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"Magistral", "[THINK]x\n[/THINK]Two.", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"opened by the template", "x\ny\n</think>\n\nTwo.", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"two", "<think>x\n</think>\n<think>y\n</think>\nTwo.", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"one within the other", "<think>x <think>y\n</think> z\n</think>\nTwo.", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"within the text", "Two, <think>or three?\n</think> no more.", "stop", openai.Thoughts{}, "Two, no more.", "stop"},
		{"a relative's name", "<mm:think>x\ny</mm:think>Two.", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"another relative's", "\n<Think_Fast>x\ny</think_fast>Two.", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"attributes", `<think budget="20">x` + "\ny</think>Two.", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"attributes and no end", `<think budget="20">x` + "\ny", "length", openai.Thoughts{}, "", "length"},
		{"another tag", "<em>Two</em> <think>\n", "stop", openai.Thoughts{}, "<em>Two</em> <think>", "stop"},
		{"Gemma's channel", "<|channel>thought\nx\ny<channel|>Two.", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"details of a page", "<details type=\"reasoning\" done=\"true\">\nx</details>\nTwo.", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"an answer in marks", "<think>x\n</think>\n<answer>\nTwo.\n</answer>", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"an answer in marks that is cut", "<think>x\n</think><answer>Two", "length", openai.Thoughts{}, "Two", "length"},
		{"Command A", "<|START_THINKING|>x\n<|END_THINKING|><|START_RESPONSE|>Two.<|END_RESPONSE|>", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"OpenThinker", "<|begin_of_thought|>x\n<|end_of_thought|>\n\n<|begin_of_solution|>\nTwo.\n<|end_of_solution|>", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"marks of an answer without a thought", "<answer>Two.</answer>", "stop", openai.Thoughts{}, "<answer>Two.</answer>", "stop"},
		{"marks of an answer that is kept", "<think>x</think><answer>Two.</answer>", "stop", openai.Thoughts{Keep: true}, "<think>x</think><answer>Two.</answer>", "stop"},
		{"empty", "<think>\n\n</think>\n\nTwo.", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"harmony", "<|channel|>analysis<|message|>x\ny<|end|><|start|>assistant<|channel|>final<|message|>Two.\nMore<|return|>", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"harmony without special tokens", "analysisx\nyassistantfinalTwo.", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"harmony without an answer", "<|channel|>analysis<|message|>x\ny", "length", openai.Thoughts{}, "", "length"},
		{"no end", "<think>\nTwo?\nThree?", "length", openai.Thoughts{}, "", "length"},
		{"no end, and stopped", "<think>\nTwo?\nThree?", "stop", openai.Thoughts{}, "", "length"},
		{"cut within the text", "Two, <think>or three?", "length", openai.Thoughts{}, "Two, ", "length"},
		{"nothing after", "<think>x\n</think>", "stop", openai.Thoughts{}, "", "stop"},
		{"marks that are spoken of", "Write `<think>` and `</think>`.", "stop", openai.Thoughts{}, "Write `<think>` and `</think>`.", "stop"},
		{"no thoughts", "\n\nTwo.\nMore", "stop", openai.Thoughts{}, "Two.", "stop"},
		{"named marks", "[[x\n]]Two. <think>", "stop", openai.Thoughts{Start: "[[", End: "]]"}, "Two. <think>", "stop"},
		{"an end alone is named", "x\ny\nDone: Two.", "stop", openai.Thoughts{End: "Done:"}, "Two.", "stop"},
		{"an end alone that never comes", "x\ny", "length", openai.Thoughts{End: "Done:"}, "", "length"},
		{"kept", "<think>x\ny" + shut + "\n\nTwo.\nMore", "stop", openai.Thoughts{Keep: true}, open + "x\ny" + shut + "\n\nTwo.", "stop"},
		{"none", "<think>x\ny" + shut + "Two.", "stop", openai.Thoughts{None: true}, "<think>x", "stop"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url := answering(t, map[string]any{"content": tt.content}, tt.finish)
			c := client(t, url, openai.Config{Chat: true, Shape: openai.Shape{Thoughts: tt.how}})
			got, err := c.Generate(t.Context(), models.Request{Prompt: "x", Sampling: models.Sampling{Stop: []string{"\n"}}})
			if err != nil || got.Text != tt.text || got.Finish != tt.want {
				t.Errorf("%+v, %v, want %q (%s)", got, err, tt.text, tt.want)
			}
		})
	}
}

// Thoughts that the server sends separately are dropped, or put before the answer.
func TestThoughtsApart(t *testing.T) {
	for _, member := range []string{"reasoning_content", "reasoning"} {
		url := answering(t, map[string]any{"content": "\nTwo.", member: "One?\nTwo?"}, "stop")
		for keep, want := range map[bool]string{false: "Two.", true: "<think>\nOne?\nTwo?\n</think>\n\nTwo."} {
			c := client(t, url, openai.Config{Chat: true, Shape: openai.Shape{Thoughts: openai.Thoughts{Keep: keep}}})
			if got, err := c.Generate(t.Context(), models.Request{Prompt: "x", Sampling: models.Sampling{Stop: []string{"\n"}}}); err != nil || got.Text != want {
				t.Errorf("%s, keep %v: %+v, %v, want %q", member, keep, got, err, want)
			}
		}
		url = answering(t, map[string]any{"content": nil, member: "One?"}, "length")
		got, err := client(t, url, openai.Config{Chat: true}).Generate(t.Context(), models.Request{Prompt: "x"})
		if err != nil || got.Text != "" || got.Finish != "length" {
			t.Errorf("%s to the limit: %+v, %v", member, got, err)
		}
	}
}

// With a bare prompt stop sequences are sent, until one ends a thought.
func TestStopEndsAThought(t *testing.T) {
	var sent atomic.Int64
	url := server(t, func(_ string, body map[string]any) (int, any) {
		text := "<think>One?\nTwo?</think>Two.\nMore"
		if body["stop"] != nil {
			sent.Add(1)
			text = "<think>One?"
		}
		return 200, map[string]any{"choices": []any{map[string]any{"text": text, "finish_reason": "stop"}}}
	})
	var said []string
	c := client(t, url, openai.Config{Notice: func(text string) { said = append(said, text) }})
	for range 3 {
		got, err := c.Generate(t.Context(), models.Request{Prompt: "x", Sampling: models.Sampling{Stop: []string{"\n"}}})
		if err != nil || got.Text != "Two." || got.Finish != "stop" || got.Sent != "stop is not sent" {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if sent.Load() != 1 || len(said) != 1 || said[0] != "stop is not sent to the server: texts are cut here (a stop ended a thought)" {
		t.Errorf("%d stops were sent, said %q", sent.Load(), said)
	}
}

// A thought whose start is in the template is reported once, since one that never ended would look like an
// answer.
func TestHalfAThoughtIsSaid(t *testing.T) {
	url := answering(t, map[string]any{"content": "x</think>Two."}, "stop")
	var said []string
	c := client(t, url, openai.Config{Chat: true, Notice: func(text string) { said = append(said, text) }})
	for range 2 {
		if got, err := c.Generate(t.Context(), models.Request{Prompt: "x"}); err != nil || got.Text != "Two." {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if len(said) != 1 || !strings.Contains(said[0], "thoughts: {end:") {
		t.Errorf("said %q", said)
	}
}

// An unknown finish reason is reported once; another spelling of a known one is not.
func TestFinishWords(t *testing.T) {
	for _, tt := range []struct {
		sent any
		want string
		said int
	}{
		{"FINISH_REASON_MAX_TOKENS", "length", 0},
		{map[string]any{"type": "length", "length": 9}, "length", 0},
		{"stop", "stop", 0},
		{nil, "", 0},
		{7, "", 0},
		{"parsed", "parsed", 1},
	} {
		url := server(t, func(string, map[string]any) (int, any) {
			return 200, map[string]any{"choices": []any{map[string]any{"text": "Two.", "finish_reason": tt.sent}}}
		})
		var said []string
		c := client(t, url, openai.Config{Notice: func(text string) { said = append(said, text) }})
		for range 2 {
			if got, err := c.Generate(t.Context(), models.Request{Prompt: "x"}); err != nil || got.Text != "Two." || got.Finish != tt.want {
				t.Errorf("%v: %+v, %v, want the finish %q", tt.sent, got, err, tt.want)
			}
		}
		if len(said) != tt.said {
			t.Errorf("%v: said %q", tt.sent, said)
		}
	}
}
