package models_test

import (
	"testing"

	"assay/models"
)

// Words as their servers document them: OpenAI, Anthropic's stop_reason, Gemini's
// FinishReason, Cohere's finish_reason, TGI, Bedrock's stopReason, Mistral, DeepSeek.
func TestFinishOf(t *testing.T) {
	for word, want := range map[string]string{
		"stop": "stop", "STOP": "stop", "end_turn": "stop", "stop_sequence": "stop", "eos_token": "stop", "eos": "stop", "COMPLETE": "stop", " stop ": "stop",
		"length": "length", "max_tokens": "length", "MAX_TOKENS": "length", "model_length": "length", "max-tokens": "length",
		"content_filter": "content_filter", "safety": "content_filter", "SAFETY": "content_filter", "guardrail_intervened": "content_filter",
		"RECITATION": "content_filter", "refusal": "content_filter", "ERROR_TOXIC": "content_filter",
		"error": "error", "abort": "error", "insufficient_system_resource": "error", "OTHER": "error",
		"tool_calls": "tool_calls", "function_call": "tool_calls", "tool_use": "tool_calls",
		"": "", "null": "", "parsed": "parsed", "Finished!": "stop",
		// The names of enumeration constants, as programs print them.
		"FINISH_REASON_STOP": "stop", "FINISH_REASON_MAX_TOKENS": "length", "FinishReason.SAFETY": "content_filter", "finish_reason: length": "length",
		"FINISH_REASON_UNSPECIFIED": "", "maxTokens": "length", "endTurn": "stop", "contentFilter": "content_filter", "maxTokensReached": "length",
		"repetition": "length", "load": "error",
	} {
		if got := models.FinishOf(word); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func TestKind(t *testing.T) {
	scores := []float64{-1}
	for _, tt := range []struct {
		name   string
		c      models.Completion
		want   models.Kind
		reason string
	}{
		{"a text", models.Completion{Text: "a", Finish: "stop"}, models.Ordinary, ""},
		{"a text of an old run", models.Completion{Text: "a"}, models.Ordinary, ""},
		{"a text with an unknown word", models.Completion{Text: "a", Finish: "parsed"}, models.Ordinary, ""},
		{"a cut text", models.Completion{Text: "a", Finish: "MAX_TOKENS"}, models.Cut, ""},
		{"silence", models.Completion{Finish: "stop"}, models.Empty, ""},
		{"white space", models.Completion{Text: " \n\t\u00a0\u200b\ufeff", Finish: "end_turn"}, models.Empty, ""},
		{"thought to the limit", models.Completion{Text: "\n", Finish: "length"}, models.EmptyCut, ""},
		{"nothing without a word", models.Completion{}, models.EmptyNoStop, ""},
		{"nothing with an unknown word", models.Completion{Finish: "parsed"}, models.EmptyNoStop, ""},
		{"nothing but a tool", models.Completion{Finish: "tool_calls"}, models.EmptyNoStop, ""},
		{"filtered", models.Completion{Finish: "SAFETY"}, models.Filtered, "the server filtered the answer"},
		{"filtered in the middle", models.Completion{Text: "half", Finish: "content_filter"}, models.Filtered, "the server filtered the answer"},
		{"a prompt that was filtered", models.Completion{Missing: "status 400: no", Finish: "content_filter"}, models.Filtered, "status 400: no"},
		{"failed in the middle", models.Completion{Text: "half", Finish: "error"}, models.Failed, "the server ended the answer with an error"},
		{"missing", models.Completion{Missing: "status 500"}, models.Failed, "status 500"},
		{"scores", models.Completion{Scores: scores}, models.Ordinary, ""},
		{"scores of a short answer", models.Completion{Scores: scores, Finish: "length"}, models.Ordinary, ""},
	} {
		if got := tt.c.Kind(); got != tt.want {
			t.Errorf("%s: kind %d, want %d", tt.name, got, tt.want)
		}
		if got := tt.c.NoAnswer(); got != tt.reason {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.reason)
		}
	}
}

// A letter requested with one token is not a cut text; a failure stays a failure.
func TestChoicesHaveNoFinish(t *testing.T) {
	choices := models.Request{Choices: []string{" yes", " no"}}
	for finish, want := range map[string]string{"length": "", "max_tokens": "", "stop": "", "content_filter": "content_filter", "error": "error"} {
		if c := models.NewCompletion("id", "m", &choices, models.Answer{Text: " yes", Finish: finish}); c.Finish != want {
			t.Errorf("%s: finish %q, want %q", finish, c.Finish, want)
		}
	}
	if c := models.NewCompletion("id", "m", &models.Request{}, models.Answer{Text: "a", Finish: "MAX_TOKENS"}); c.Finish != models.FinishLength {
		t.Errorf("a text's finish is %q", c.Finish)
	}
}

func TestKnowsFinish(t *testing.T) {
	for word, want := range map[string]bool{"": true, "stop": true, "FINISH_REASON_STOP": true, "Tool-Calls": true, "parsed": false, "stopped early": false} {
		if got := models.KnowsFinish(word); got != want {
			t.Errorf("%q: %v, want %v", word, got, want)
		}
	}
}
