package openai

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/plural"
	"assay/harness/leaf/printable"
	"assay/models"
	"assay/models/remote"
)

// lenient accepts duplicate names, and unpaired surrogates, which some servers write for tokens that end
// within a character. Bodies were already checked to be UTF-8.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// answer holds what is used of a response.
type answer struct {
	text     string // without thoughts, unless the model has none
	raw      string // the text as the server sent it
	reasons  string // thoughts that the server sent separately
	thought  bool   // there were thoughts
	open     bool   // the text is a thought that never ended
	half     bool   // there was the end of a thought without its start
	changes  changes
	finish   string // see [models.FinishOf]
	usage    *models.Usage
	logprobs jsontext.Value // as the server sent them; nil if absent
}

// member is a list or an object on the path to the text, or what the server sent instead.
type member[T any] struct {
	value T
	kind  jsontext.Kind // of the server's value; [jsontext.KindInvalid] if absent
	fits  bool          // value was read
}

// UnmarshalJSONFrom ignores a value of another kind than T's.
func (m *member[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	m.kind = dec.PeekKind()
	want := jsontext.KindBeginObject
	if reflect.TypeFor[T]().Kind() == reflect.Slice {
		want = jsontext.KindBeginArray
	}
	if m.kind != want {
		return dec.SkipValue()
	}
	m.fits = true
	return json.UnmarshalDecode(dec, &m.value)
}

// absent reports whether a member is missing or null.
func (m *member[T]) absent() bool {
	return m.kind == jsontext.KindInvalid || m.kind == jsontext.KindNull
}

// leaf is a member that is usually a string. A value of another kind is kept as it is.
type leaf struct {
	text   string
	isText bool
	other  jsontext.Value
}

// UnmarshalJSONFrom reads any value.
func (l *leaf) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if l.isText = dec.PeekKind() == jsontext.KindString; l.isText {
		token, err := dec.ReadToken()
		if err == nil {
			l.text = token.String()
		}
		return err
	}
	value, err := dec.ReadValue()
	l.other = value.Clone()
	return err
}

func (l *leaf) absent() bool { return !l.isText && absent(l.other) }

// counts are the tokens of an answer; some servers write 10.0, or null.
type counts struct {
	Prompt     jsontext.Value `json:"prompt_tokens"`
	Completion jsontext.Value `json:"completion_tokens"`
}

// response and choice hold the used members, each as the server sent it. A member is only read where it is
// needed, so that a malformed one next to the text does no harm.
type response struct {
	Model   leaf                     `json:"model"`
	Choices member[[]member[choice]] `json:"choices"`
	Usage   member[counts]           `json:"usage"`
	Error   jsontext.Value           `json:"error"`
}

type choice struct {
	Text     leaf           `json:"text"`
	Message  member[reply]  `json:"message"`
	Finish   leaf           `json:"finish_reason"`
	Error    jsontext.Value `json:"error"`
	LogProbs jsontext.Value `json:"logprobs"`
}

type reply struct {
	Content   leaf           `json:"content"`
	Refusal   leaf           `json:"refusal"`
	Calls     jsontext.Value `json:"tool_calls"`
	Reasoning leaf           `json:"reasoning"`         // OpenRouter, vLLM from 0.12, Ollama
	Thoughts  leaf           `json:"reasoning_content"` // DeepSeek, vLLM, SGLang, llama.cpp
}

// decode reads a response, strictly for the members that it uses. Equal faults have equal errors, which name
// the member. Truncated bodies, server errors with status 200 and other models' answers are worth another
// attempt; an answer of another form is not.
func (c *Client) decode(body []byte) (answer, error) {
	var r response
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	err := json.Unmarshal(body, &r, lenient)
	if err != nil && !jsontext.Value(body).IsValid(lenient) {
		if body = quoteNumbers(body); !jsontext.Value(body).IsValid(lenient) {
			return answer{}, noJSON(body)
		}
		r = response{}
		err = json.Unmarshal(body, &r, lenient)
	}
	if jsontext.Value(body).Kind() != '{' {
		return answer{}, misshapen("the answer", jsontext.Value(body).Kind(), "an object")
	}
	if err != nil {
		return answer{}, remote.Final(errors.New("the answer's JSON doesn't have the form of this route"))
	}
	if r.Choices.kind == jsontext.KindInvalid && hollow(r.Error, 0) {
		if words := printable.Text(remote.Words(body)); words != "" {
			return answer{}, remote.FailedAnswer(words, 0)
		}
		return answer{}, remote.Final(errors.New("the reply has no \"choices\"; check that the model's address is the base URL of an OpenAI-compatible server"))
	}
	first, err := r.choice(c.config.Chat)
	if err != nil {
		return answer{}, err
	}
	if r.Model.isText {
		if err := c.checkModel(r.Model.text); err != nil {
			return answer{}, err
		}
	}
	a := answer{logprobs: first.LogProbs.Clone(), usage: r.Usage.value.usage()}
	word := first.Finish.word()
	a.finish = models.FinishOf(word)
	if words, status, ok := fault(first.Error); ok {
		return answer{}, remote.FailedAnswer(words, status)
	}
	if a.finish == models.FinishError {
		return answer{}, fmt.Errorf("the server says that the answer failed (finish_reason: %s)", printable.Text(word))
	}
	if c.config.Chat {
		err = a.message(&first.Message)
	} else {
		err = a.completion(&first.Text)
	}
	if err != nil {
		return answer{}, err
	}
	c.takeThoughts(&a)
	c.checkFinish(word)
	return a, nil
}

// word is the server's word for why an answer ended: a string, or the type of an object (SGLang's own route).
func (l *leaf) word() string {
	if l.isText {
		return l.text
	}
	var object struct {
		Type jsontext.Value `json:"type"`
	}
	if l.other.Kind() != '{' || json.Unmarshal(l.other, &object, lenient) != nil {
		return ""
	}
	word, _ := text(object.Type)
	return word
}

// checkFinish reports once that a word is unknown, since the answers it marks are not counted separately.
func (c *Client) checkFinish(word string) {
	if models.KnowsFinish(word) {
		return
	}
	c.finishOnce.Do(func() {
		c.notice(fmt.Sprintf("the server sends the unknown finish_reason %q: such answers count as ended by the model unless they are empty", printable.Text(word)))
	})
}

// choice finds the choice to read: the only one, or of several the only one with a text.
func (r *response) choice(chat bool) (choice, error) {
	choices := r.Choices.value
	switch {
	case !r.Choices.fits && !r.Choices.absent():
		return choice{}, misshapen("the answer's member choices", r.Choices.kind, "a list")
	case slices.ContainsFunc(choices, func(one member[choice]) bool { return !one.fits && !one.absent() }):
		return choice{}, remote.Final(errors.New("the answer's choices are not a list of objects"))
	}
	if words, status, ok := fault(r.Error); ok {
		return choice{}, remote.FailedAnswer(words, status)
	}
	if len(choices) == 1 {
		return choices[0].value, nil
	}
	var full []choice
	for _, m := range choices {
		a, one := answer{}, m.value
		if chat && a.message(&one.Message) == nil && a.raw != "" || !chat && a.completion(&one.Text) == nil && a.raw != "" {
			full = append(full, one)
		}
	}
	if len(full) == 1 {
		return full[0], nil
	}
	return choice{}, fmt.Errorf("the answer has %s, not 1", plural.Of(len(choices), "choice"))
}

// completion reads the text of the completions route.
func (a *answer) completion(l *leaf) error {
	switch {
	case l.isText:
		a.raw = l.text
		return nil
	case l.absent():
		return remote.Final(errors.New("the answer has no text (choices[0].text)"))
	}
	return misshapen("the answer's text (choices[0].text)", l.other.Kind(), "a text")
}

// message reads the message of the chat route.
func (a *answer) message(member *member[reply]) error {
	switch {
	case member.absent():
		return remote.Final(errors.New("the answer has no message (choices[0].message)"))
	case !member.fits:
		return misshapen("the answer's message (choices[0].message)", member.kind, "an object")
	}
	m := &member.value
	a.reasons = cmp.Or(a.reasons, m.Thoughts.text, m.Reasoning.text)
	content, thoughts := m.Content.text, ""
	if !m.Content.isText {
		var err error
		if content, thoughts, err = parts(m.Content.other); err != nil {
			return err
		}
	}
	if a.reasons == "" {
		a.reasons = thoughts
	}
	content = cmp.Or(content, m.Refusal.text)
	a.raw = content
	switch {
	case content != "" || a.finish == models.FinishFiltered || a.finish == models.FinishLength:
	case calls(m.Calls):
		return remote.Final(errors.New("the answer calls a tool and has no text (choices[0].message.content)"))
	case strings.TrimSpace(a.reasons) != "":
		return remote.Final(errors.New("the answer has thoughts (reasoning_content) and no content"))
	case m.Content.absent():
		return remote.Final(errors.New("the answer has no content (choices[0].message.content), and isn't marked as filtered or cut"))
	}
	return nil
}

// parts reads a content: a string, or a list of parts, of which some are texts and some thoughts.
func parts(value jsontext.Value) (content, thoughts string, err error) {
	if got, ok := text(value); ok {
		return got, "", nil
	}
	const place = "the answer's content (choices[0].message.content)"
	var list []jsontext.Value
	switch {
	case absent(value):
		return "", "", nil
	case value.Kind() == '{':
		list = []jsontext.Value{value}
	case value.Kind() != '[' || json.Unmarshal(value, &list, lenient) != nil:
		return "", "", misshapen(place, value.Kind(), "a text")
	}
	for _, one := range list {
		if absent(one) {
			continue
		}
		if got, ok := text(one); ok {
			content += got
			continue
		}
		var part struct {
			Type, Text, Refusal, Thinking jsontext.Value
		}
		if one.Kind() != '{' || json.Unmarshal(one, &part, lenient, json.MatchCaseInsensitiveNames(true)) != nil {
			return "", "", misshapen("a part of "+place, one.Kind(), "an object")
		}
		kind, _ := text(part.Type)
		said, isText := text(part.Text)
		refusal, _ := text(part.Refusal)
		switch {
		case strings.Contains(kind, "think") || strings.Contains(kind, "reason"):
			thought, _, _ := parts(part.Thinking)
			thoughts += thought + said
		case isText:
			content += said
		default:
			content += refusal
		}
	}
	return content, thoughts, nil
}

// takeThoughts reduces a text to the answer proper.
func (c *Client) takeThoughts(a *answer) {
	s := c.config.Shape.Thoughts.split(a.raw, a.finish == models.FinishLength)
	a.text, a.thought, a.open, a.half = s.text, s.thought || a.reasons != "", s.open, s.half
	if a.open {
		a.text = ""
	}
	if a.half {
		c.halfOnce.Do(func() {
			c.notice(`answers contain the end of a thought without its start, which is in the server's template: set thoughts: {end: "MARK"}, so that a thought that never ends doesn't count as an answer`)
		})
	}
}
