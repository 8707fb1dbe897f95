package models

import (
	"strings"
	"unicode"
)

// Reasons why an answer ended, in the words of OpenAI's finish_reason. [FinishOf] translates other servers'
// words into these.
const (
	FinishStop     = "stop"           // the model stopped on its own, or a stop sequence ended the text
	FinishLength   = "length"         // the token limit, or the context, cut the text
	FinishFiltered = "content_filter" // the server's filter withheld the text or cut it
	FinishError    = "error"          // the server failed while it answered
	FinishTool     = "tool_calls"     // the model called a tool, and no tools run here
)

// finishWords maps other servers' words, as [plainWord] writes them. The comment on each group names the
// servers that use it.
var finishWords = map[string]string{
	"stop": FinishStop, "length": FinishLength, "contentfilter": FinishFiltered, "error": FinishError, "toolcalls": FinishTool,

	// Anthropic, Bedrock, Cohere, TGI, AI21, older llama.cpp, LM Studio, watsonx, xAI.
	"endturn": FinishStop, "stopsequence": FinishStop, "complete": FinishStop, "completed": FinishStop, "finished": FinishStop,
	"eos": FinishStop, "eostoken": FinishStop, "eosfound": FinishStop, "endoftext": FinishStop, "word": FinishStop,
	"stoptoken": FinishStop, "stopstringfound": FinishStop, "reasonstop": FinishStop,

	"maxtokens": FinishLength, "maxtoken": FinishLength, "maxlength": FinishLength, "maxnewtokens": FinishLength,
	"maxoutputtokens": FinishLength, "maxcompletiontokens": FinishLength, "maxtokensreached": FinishLength,
	"maxpredictedtokensreached": FinishLength, "tokenlimit": FinishLength, "limit": FinishLength,
	"modellength": FinishLength, "modelcontextwindowexceeded": FinishLength, "contextlength": FinishLength,
	"contextlengthexceeded": FinishLength, "contextlengthreached": FinishLength, "errorlimit": FinishLength,
	"incomplete": FinishLength, "notfinished": FinishLength, "timelimit": FinishLength, "reasonmaxlen": FinishLength,
	"reasonmaxcontext": FinishLength, "reasontimelimit": FinishLength, "pauseturn": FinishLength,
	"repetition": FinishLength, // vLLM, for a text that repeats itself

	// Gemini's SAFETY and similar, Bedrock's guardrails, Anthropic's refusal by a classifier, Cohere's ERROR_TOXIC.
	"safety": FinishFiltered, "imagesafety": FinishFiltered, "recitation": FinishFiltered, "blocklist": FinishFiltered,
	"prohibitedcontent": FinishFiltered, "spii": FinishFiltered, "language": FinishFiltered, "contentfiltered": FinishFiltered,
	"guardrailintervened": FinishFiltered, "refusal": FinishFiltered, "errortoxic": FinishFiltered, "sensitive": FinishFiltered,
	"blocked": FinishFiltered, "filtered": FinishFiltered, "contentpolicyviolation": FinishFiltered,

	// vLLM's abort, DeepSeek, Cohere, Gemini, Bedrock; Ollama's load and unload, which have no text.
	"abort": FinishError, "aborted": FinishError, "cancelled": FinishError, "canceled": FinishError, "usercancel": FinishError,
	"failed": FinishError, "networkerror": FinishError, "insufficientsystemresource": FinishError, "other": FinishError,
	"malformedfunctioncall": FinishError, "malformedmodeloutput": FinishError, "timeout": FinishError,
	"load": FinishError, "unload": FinishError,

	"toolcall": FinishTool, "functioncall": FinishTool, "tooluse": FinishTool,

	"": "", "null": "", "none": "", "unspecified": "",
}

// plainWord folds the spellings that different languages use for one word: MAX_TOKENS, maxTokens,
// FINISH_REASON_MAX_TOKENS and FinishReason.MAX_TOKENS all become maxtokens.
func plainWord(word string) string {
	var b strings.Builder
	for _, r := range word {
		if r = unicode.ToLower(r); unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return strings.TrimPrefix(b.String(), "finishreason")
}

// FinishOf translates a server's word for why an answer ended into one of the constants. An unknown word
// stays as it is; "" means that the server gave no reason.
func FinishOf(word string) string {
	switch word {
	case "", FinishStop, FinishLength:
		return word
	}
	if known, ok := finishWords[plainWord(word)]; ok {
		return known
	}
	return strings.TrimSpace(word)
}

// KnowsFinish reports whether [FinishOf] knows a word.
func KnowsFinish(word string) bool {
	_, ok := finishWords[plainWord(word)]
	return ok
}

// Kind classifies completions.
type Kind int

const (
	Ordinary    Kind = iota
	Cut              // a text cut at the token limit
	Empty            // no text, and the model stopped on its own
	EmptyCut         // no text within the token limit, for example because the model thought for too long
	EmptyNoStop      // no text, and the server doesn't say that the model stopped on its own
	Filtered         // withheld or cut by the server's filter
	Failed           // no answer, or one that ended with an error
)

// Empty reports whether there is no text, whatever the cause.
func (k Kind) Empty() bool { return k == Empty || k == EmptyCut || k == EmptyNoStop }

// Kind classifies the completion. Log-probabilities, scores and chosen continuations are Ordinary unless they
// are missing: the model doesn't decide how they end.
func (c *Completion) Kind() Kind {
	finish := FinishOf(c.Finish)
	switch {
	case finish == FinishFiltered:
		return Filtered
	case finish == FinishError, c.Missing != "":
		return Failed
	case c.Scores != nil, c.Letter != "": // a choice: text after the letter can't change it
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

// NoAnswer says why a filtered or failed completion is not an answer; "" for one that is.
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

// blank reports whether a text shows nothing: only white space and invisible marks.
func blank(text string) bool {
	return strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\u200b' || r == '\u2060' || r == '\ufeff'
	}) == ""
}
