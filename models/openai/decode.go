package openai

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/models"
	"assay/models/remote"
)

// lenient lets names occur twice, and halves of surrogate pairs, which some
// servers write for tokens that end within a character. Bodies are UTF-8 already.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// answer is what is used of a response.
type answer struct {
	text     string // without thoughts, unless the model has none
	raw      string // the text as the server gave it
	reasons  string // thoughts that the server gave apart
	thought  bool   // there were thoughts
	open     bool   // the text is a thought that never ended
	half     bool   // a thought's end stood there without its beginning
	changes  changes
	finish   string // see [models.FinishOf]
	usage    *models.Usage
	logprobs jsontext.Value // as the server gave them; nil where it gave none
}

// member is a list or an object that is read on the way, or what stands in its place.
type member[T any] struct {
	value T
	kind  jsontext.Kind // of what the server gave; [jsontext.KindInvalid] where it is absent
	fits  bool          // value was read
}

// UnmarshalJSONFrom reads a value of another kind than T's as nothing.
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

// absent reports a member that isn't there, or is null.
func (m *member[T]) absent() bool {
	return m.kind == jsontext.KindInvalid || m.kind == jsontext.KindNull
}

// leaf is a member that is a text as a rule. One of another kind is kept as it is.
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

// response and choice hold the members that are used, each as the server gave it: a
// member is read where it is needed, so that an odd one beside the text costs nothing.
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

// decode reads a response strictly in what is used of it. Its errors are the same for
// equal faults and name the member. Torn bodies, errors of the server in a 200 and
// other models' answers are worth another try; an answer of another form is not.
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
		return answer{}, remote.Final(errors.New("the answer's JSON is not of the form of this route"))
	}
	if r.Choices.kind == jsontext.KindInvalid && hollow(r.Error, 0) {
		if words := printable(remote.Words(body)); words != "" {
			return answer{}, remote.FailedAnswer(words, 0)
		}
		return answer{}, remote.Final(errors.New("the answer has no member choices; is this the address of another route?"))
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
		return answer{}, fmt.Errorf("the server says that the answer failed (finish_reason: %s)", printable(word))
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

// word is why an answer ended, in the server's word: a text, or the type of an
// object (SGLang's own route).
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

// checkFinish says once that a word is not known, since what it names is not counted.
func (c *Client) checkFinish(word string) {
	if models.KnowsFinish(word) {
		return
	}
	c.finishOnce.Do(func() {
		c.notice(fmt.Sprintf("the server ends answers with finish_reason %q, which is not known here: they count as ended by the model unless they are empty", printable(word)))
	})
}

// choice finds the one choice that is read: the only one, or of several the only one
// that holds a text.
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
	return choice{}, fmt.Errorf("the answer has %d choices, not 1", len(choices))
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
		return remote.Final(errors.New("the answer has no content (choices[0].message.content), and doesn't say that it was filtered or cut"))
	}
	return nil
}

// parts reads a content: a text, or a list of parts of which some are texts and some
// thoughts.
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

// takeThoughts leaves the answer proper of a text.
func (c *Client) takeThoughts(a *answer) {
	s := c.config.Shape.Thoughts.split(a.raw, a.finish == models.FinishLength)
	a.text, a.thought, a.open, a.half = s.text, s.thought || a.reasons != "", s.open, s.half
	if a.open {
		a.text = ""
	}
	if a.half {
		c.halfOnce.Do(func() {
			c.notice(`answers hold the end of a thought without its beginning, which the server's template wrote: write thoughts: {end: "MARK"}, so that a thought that never ends is not taken for an answer`)
		})
	}
}

// usage counts tokens, where the server counted them in numbers.
func (c *counts) usage() *models.Usage {
	prompt, err := strconv.ParseFloat(string(c.Prompt), 64)
	completion, err2 := strconv.ParseFloat(string(c.Completion), 64)
	if err != nil || err2 != nil {
		return nil
	}
	const most = 1e12
	if !(prompt >= 0 && prompt < most && completion >= 0 && completion < most) {
		return nil
	}
	return &models.Usage{Prompt: int(prompt), Completion: int(completion)}
}

// fault is what an error member says, and the status that it gives as its code; 0 is none.
// A member in which everything is empty says nothing.
func fault(value jsontext.Value) (words string, status int, ok bool) {
	if says := remote.Words(value); hollow(value, 0) || says == "null" {
		return "", 0, false
	} else if words = printable(says); words == "" {
		words = "it doesn't say which"
	}
	var e struct{ Code, Status jsontext.Value }
	if value.Kind() == '{' && json.Unmarshal(value, &e, lenient, json.MatchCaseInsensitiveNames(true)) == nil {
		for _, one := range []jsontext.Value{e.Code, e.Status} {
			said, isText := text(one)
			if !isText {
				said = string(one)
			}
			if n, err := strconv.Atoi(said); err == nil && n >= 400 && n < 600 && status == 0 {
				status = n
			}
		}
	}
	return words, status, true
}

// hollow reports whether a value says nothing: null, false, 0, an empty text, or a list or
// an object of such.
func hollow(value jsontext.Value, depth int) bool {
	const deepest = 5
	switch value.Kind() {
	case jsontext.KindInvalid, 'n', 'f':
		return true
	case '"':
		said, _ := text(value)
		return strings.TrimSpace(said) == ""
	case '0':
		return string(value) == "0"
	case '[':
		var list []jsontext.Value
		return depth < deepest && json.Unmarshal(value, &list, lenient) == nil &&
			!slices.ContainsFunc(list, func(one jsontext.Value) bool { return !hollow(one, depth+1) })
	case '{':
		var members map[string]jsontext.Value
		if depth == deepest || json.Unmarshal(value, &members, lenient) != nil {
			return false
		}
		for _, one := range members {
			if !hollow(one, depth+1) {
				return false
			}
		}
		return true
	}
	return false
}

// text is a JSON text.
func text(value jsontext.Value) (string, bool) {
	var got string
	if value.Kind() != '"' || json.Unmarshal(value, &got, lenient) != nil {
		return "", false
	}
	return got, true
}

func absent(value jsontext.Value) bool {
	return len(value) == 0 || value.Kind() == 'n'
}

func calls(value jsontext.Value) bool { return value.Kind() == '[' && string(value) != "[]" }

// misshapen is the error of a member of another type.
func misshapen(what string, kind jsontext.Kind, want string) error {
	kinds := map[jsontext.Kind]string{'n': "null", 'f': "false", 't': "true", '"': "a text", '0': "a number", '{': "an object", '[': "a list"}
	return remote.Final(fmt.Errorf("%s is %s, not %s", what, kinds[kind], want))
}

// noJSON is the error of a body that is none. One that ends too soon, and a page of a
// proxy, may be whole the next time.
func noJSON(body []byte) error {
	start := bytes.TrimSpace(body)
	switch {
	case bytes.HasPrefix(start, []byte("data:")), bytes.HasPrefix(start, []byte("event:")):
		return remote.Final(errors.New("the answer is a stream of events, which was not asked for; write extra: {stream: false} to the model"))
	case bytes.HasPrefix(start, []byte("<")):
		if words := printable(remote.Words(body)); words != "" {
			return fmt.Errorf("the answer is no JSON but a page: %s", words)
		}
		return errors.New("the answer is no JSON but a page")
	case !bytes.HasPrefix(start, []byte("{")):
		return errors.New("the answer is no JSON")
	}
	dec := jsontext.NewDecoder(bytes.NewReader(start), lenient)
	if _, err := dec.ReadValue(); err == nil {
		return remote.Final(errors.New("the answer is no JSON: something follows its end"))
	} else if fault, ok := errors.AsType[*jsontext.SyntacticError](err); ok && !errors.Is(err, io.ErrUnexpectedEOF) {
		if name := fault.JSONPointer.LastToken(); name != "" {
			return remote.Final(fmt.Errorf("the answer is no JSON: member %s: %s", printable(name), printable(fault.Err.Error())))
		}
		return remote.Final(fmt.Errorf("the answer is no JSON: %s", printable(fault.Err.Error())))
	}
	return errors.New("the answer is no JSON: it ends too soon")
}

// quoteNumbers puts the numbers that JSON doesn't have (NaN, Infinity, -Infinity, as
// Python writes them) into quotes, so that they hurt only where a number is needed.
func quoteNumbers(body []byte) []byte {
	var out []byte
	quoted := false
	for i := 0; i < len(body); i++ {
		b := body[i]
		switch {
		case quoted && b == '\\' && i+1 < len(body):
			out = append(out, b)
			i++
			b = body[i]
		case b == '"':
			quoted = !quoted
		case !quoted && (b == 'N' || b == 'I' || b == '-'):
			for _, word := range []string{"NaN", "-Infinity", "Infinity"} {
				if bytes.HasPrefix(body[i:], []byte(word)) {
					out = append(append(append(out, '"'), word...), '"')
					i += len(word)
					break
				}
			}
			if i == len(body) {
				return out
			}
			if b = body[i]; b == '"' {
				quoted = true
			}
		}
		out = append(out, b)
	}
	return out
}

// printable keeps a server's text from doing anything in a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
}
