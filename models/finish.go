package models

import (
	"strings"
	"unicode"
)

// Why an answer ended, in the words of OpenAI's finish_reason. [FinishOf] turns other
// servers' words into these.
const (
	FinishStop     = "stop"           // the model stopped on its own, or a stop sequence ended the text
	FinishLength   = "length"         // the token limit, or the context, cut the text
	FinishFiltered = "content_filter" // the server's filter withheld the text or cut it
	FinishError    = "error"          // the server failed while it answered
	FinishTool     = "tool_calls"     // the model called a tool, which nobody here answers
)

// finishWords are other servers' words, in lower case with single underscores. The text
// behind each names who says so.
var finishWords = map[string]string{
	// Anthropic, Bedrock, Cohere, TGI, AI21, older llama.cpp, watsonx, xAI.
	"end_turn": FinishStop, "stop_sequence": FinishStop, "complete": FinishStop, "completed": FinishStop, "finished": FinishStop,
	"eos": FinishStop, "eos_token": FinishStop, "endoftext": FinishStop, "end_of_text": FinishStop, "word": FinishStop,
	"stop_token": FinishStop, "reason_stop": FinishStop,

	"max_tokens": FinishLength, "max_token": FinishLength, "max_length": FinishLength, "max_new_tokens": FinishLength,
	"max_output_tokens": FinishLength, "max_completion_tokens": FinishLength, "token_limit": FinishLength, "limit": FinishLength,
	"model_length": FinishLength, "model_context_window_exceeded": FinishLength, "context_length": FinishLength,
	"context_length_exceeded": FinishLength, "error_limit": FinishLength, "incomplete": FinishLength, "not_finished": FinishLength,
	"time_limit": FinishLength, "reason_max_len": FinishLength, "reason_max_context": FinishLength, "reason_time_limit": FinishLength,
	"pause_turn": FinishLength,

	// Gemini's SAFETY and its kin, Bedrock's guardrails, Anthropic's refusal by a classifier, Cohere's ERROR_TOXIC.
	"safety": FinishFiltered, "image_safety": FinishFiltered, "recitation": FinishFiltered, "blocklist": FinishFiltered,
	"prohibited_content": FinishFiltered, "spii": FinishFiltered, "language": FinishFiltered, "content_filtered": FinishFiltered,
	"guardrail_intervened": FinishFiltered, "refusal": FinishFiltered, "error_toxic": FinishFiltered, "sensitive": FinishFiltered,
	"blocked": FinishFiltered, "filtered": FinishFiltered, "content_policy_violation": FinishFiltered,

	// vLLM's abort, DeepSeek, Cohere, Gemini.
	"abort": FinishError, "aborted": FinishError, "cancelled": FinishError, "canceled": FinishError, "user_cancel": FinishError,
	"failed": FinishError, "network_error": FinishError, "insufficient_system_resource": FinishError, "other": FinishError,
	"malformed_function_call": FinishError,

	"tool_call": FinishTool, "function_call": FinishTool, "tool_use": FinishTool,

	"null": "", "none": "", "unspecified": "", "finish_reason_unspecified": "",
}

// FinishOf is a server's word for why an answer ended as one of the constants. A word that
// nobody here knows stays as it is; "" means that the server didn't say.
func FinishOf(word string) string {
	switch word {
	case "", FinishStop, FinishLength:
		return word
	}
	word = strings.TrimSpace(word)
	lower := strings.ToLower(strings.ReplaceAll(word, "-", "_"))
	switch lower {
	case FinishStop, FinishLength, FinishFiltered, FinishError, FinishTool:
		return lower
	}
	if known, ok := finishWords[lower]; ok {
		return known
	}
	return word
}

// Kind says what kind of answer a completion is.
type Kind int

const (
	Ordinary    Kind = iota
	Cut              // a text that the token limit cut
	Empty            // no text, and the model stopped on its own
	EmptyCut         // no text within the token limit, as of a model that thinks for too long
	EmptyNoStop      // no text, and no word that the model stopped on its own
	Filtered         // withheld or cut by the server's filter
	Failed           // no answer, or one that ended with an error
)

// Empty reports whether there is no text, for whatever cause.
func (k Kind) Empty() bool { return k == Empty || k == EmptyCut || k == EmptyNoStop }

// Kind sorts the completion. Log-probabilities, scores and chosen continuations are ordinary
// unless they are missing: what they have for a text is not the model's to end.
func (c *Completion) Kind() Kind {
	finish := FinishOf(c.Finish)
	switch {
	case finish == FinishFiltered:
		return Filtered
	case finish == FinishError, c.Missing != "":
		return Failed
	case c.Scores != nil, c.Letter != "": // a choice, which what follows a letter can't change
		return Ordinary
	case !blank(c.Text) && finish == FinishLength:
		return Cut
	case !blank(c.Text):
		return Ordinary
	case finish == FinishStop:
		return Empty
	case finish == FinishLength:
		return EmptyCut
	}
	return EmptyNoStop
}

// NoAnswer says why a filtered or failed completion is no answer; "" where it is one.
func (c *Completion) NoAnswer() string {
	switch {
	case c.Missing != "":
		return c.Missing
	case c.Kind() == Filtered:
		return "the server filtered the answer"
	case c.Kind() == Failed:
		return "the server ended the answer with an error"
	}
	return ""
}

// blank reports whether a text shows nothing: white space and invisible marks alone.
func blank(text string) bool {
	return strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\u200b' || r == '\u2060' || r == '\ufeff'
	}) == ""
}
