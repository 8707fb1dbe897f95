package openai

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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

// response and choice hold the members that are used, each as the server gave it: a
// member is read where it is needed, so that an odd one beside the text costs nothing.
type response struct {
	Model   jsontext.Value `json:"model"`
	Choices jsontext.Value `json:"choices"`
	Usage   jsontext.Value `json:"usage"`
	Error   jsontext.Value `json:"error"`
}

type choice struct {
	Text     jsontext.Value `json:"text"`
	Message  jsontext.Value `json:"message"`
	Finish   jsontext.Value `json:"finish_reason"`
	Error    jsontext.Value `json:"error"`
	LogProbs jsontext.Value `json:"logprobs"`
}

type reply struct {
	Content   jsontext.Value `json:"content"`
	Refusal   jsontext.Value `json:"refusal"`
	Calls     jsontext.Value `json:"tool_calls"`
	Reasoning jsontext.Value `json:"reasoning"`         // OpenRouter, vLLM from 0.12, Ollama
	Thoughts  jsontext.Value `json:"reasoning_content"` // DeepSeek, vLLM, SGLang, llama.cpp
}

// decode reads a response strictly in what is used of it. Its errors are the same for
// equal faults and name the member. Torn bodies, errors of the server in a 200 and
// other models' answers are worth another try; an answer of another form is not.
func (c *Client) decode(body []byte) (answer, error) {
	var r response
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if !jsontext.Value(body).IsValid(lenient) {
		if body = quoteNumbers(body); !jsontext.Value(body).IsValid(lenient) {
			return answer{}, noJSON(body)
		}
	}
	if jsontext.Value(body).Kind() != '{' {
		return answer{}, misshapen("the answer", jsontext.Value(body), "an object")
	}
	if err := json.Unmarshal(body, &r, lenient); err != nil {
		return answer{}, remote.Final(errors.New("the answer's JSON is not of the form of this route"))
	}
	if r.Choices.Kind() == jsontext.KindInvalid && hollow(r.Error, 0) {
		if words := printable(remote.Words(body)); words != "" {
			return answer{}, remote.FailedAnswer(words, 0)
		}
		return answer{}, remote.Final(errors.New("the answer has no member choices; is this the address of another route?"))
	}
	first, err := r.choice(c.config.Chat)
	if err != nil {
		return answer{}, err
	}
	if name, ok := text(r.Model); ok {
		if err := c.checkModel(name); err != nil {
			return answer{}, err
		}
	}
	a := answer{logprobs: first.LogProbs.Clone(), usage: usage(r.Usage)}
	word := finishWord(first.Finish)
	a.finish = models.FinishOf(word)
	if words, status, ok := fault(first.Error); ok {
		return answer{}, remote.FailedAnswer(words, status)
	}
	if a.finish == models.FinishError {
		return answer{}, fmt.Errorf("the server says that the answer failed (finish_reason: %s)", printable(word))
	}
	if c.config.Chat {
		err = a.message(first.Message)
	} else {
		err = a.completion(first.Text)
	}
	if err != nil {
		return answer{}, err
	}
	c.takeThoughts(&a)
	c.checkFinish(word)
	return a, nil
}

// finishWord is why an answer ended, in the server's word: a text, or the type of an
// object (SGLang's own route).
func finishWord(value jsontext.Value) string {
	if word, ok := text(value); ok {
		return word
	}
	var object struct {
		Type jsontext.Value `json:"type"`
	}
	if value.Kind() != '{' || json.Unmarshal(value, &object, lenient) != nil {
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
	var choices []choice
	switch kind := r.Choices.Kind(); {
	case kind == '[':
		if err := json.Unmarshal(r.Choices, &choices, lenient); err != nil {
			return choice{}, remote.Final(errors.New("the answer's choices are not a list of objects"))
		}
	case kind == jsontext.KindInvalid || kind == 'n':
	default:
		return choice{}, misshapen("the answer's member choices", r.Choices, "a list")
	}
	if words, status, ok := fault(r.Error); ok {
		return choice{}, remote.FailedAnswer(words, status)
	}
	if len(choices) == 1 {
		return choices[0], nil
	}
	var full []choice
	for _, one := range choices {
		a := answer{}
		if chat && a.message(one.Message) == nil && a.raw != "" || !chat && a.completion(one.Text) == nil && a.raw != "" {
			full = append(full, one)
		}
	}
	if len(full) == 1 {
		return full[0], nil
	}
	return choice{}, fmt.Errorf("the answer has %d choices, not 1", len(choices))
}

// completion reads the text of the completions route.
func (a *answer) completion(value jsontext.Value) error {
	got, ok := text(value)
	switch {
	case ok:
		a.raw = got
		return nil
	case absent(value):
		return remote.Final(errors.New("the answer has no text (choices[0].text)"))
	}
	return misshapen("the answer's text (choices[0].text)", value, "a text")
}

// message reads the message of the chat route.
func (a *answer) message(value jsontext.Value) error {
	if absent(value) {
		return remote.Final(errors.New("the answer has no message (choices[0].message)"))
	}
	var m reply
	if value.Kind() != '{' || json.Unmarshal(value, &m, lenient) != nil {
		return misshapen("the answer's message (choices[0].message)", value, "an object")
	}
	for _, thoughts := range []jsontext.Value{m.Thoughts, m.Reasoning} {
		if got, ok := text(thoughts); ok && a.reasons == "" {
			a.reasons = got
		}
	}
	content, thoughts, err := parts(m.Content)
	if err != nil {
		return err
	}
	if a.reasons == "" {
		a.reasons = thoughts
	}
	if refusal, ok := text(m.Refusal); ok && content == "" {
		content = refusal
	}
	a.raw = content
	switch {
	case content != "" || a.finish == models.FinishFiltered || a.finish == models.FinishLength:
	case calls(m.Calls):
		return remote.Final(errors.New("the answer calls a tool and has no text (choices[0].message.content)"))
	case strings.TrimSpace(a.reasons) != "":
		return remote.Final(errors.New("the answer has thoughts (reasoning_content) and no content"))
	case absent(m.Content):
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
		return "", "", misshapen(place, value, "a text")
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
			return "", "", misshapen("a part of "+place, one, "an object")
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
func usage(value jsontext.Value) *models.Usage {
	var u struct {
		Prompt     *float64 `json:"prompt_tokens"` // some servers write 10.0, or null
		Completion *float64 `json:"completion_tokens"`
	}
	if value.Kind() != '{' || json.Unmarshal(value, &u, lenient) != nil || u.Prompt == nil || u.Completion == nil {
		return nil
	}
	const most = 1e12
	if !(*u.Prompt >= 0 && *u.Prompt < most && *u.Completion >= 0 && *u.Completion < most) {
		return nil
	}
	return &models.Usage{Prompt: int(*u.Prompt), Completion: int(*u.Completion)}
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
func misshapen(what string, value jsontext.Value, want string) error {
	kinds := map[jsontext.Kind]string{'n': "null", 'f': "false", 't': "true", '"': "a text", '0': "a number", '{': "an object", '[': "a list"}
	return remote.Final(fmt.Errorf("%s is %s, not %s", what, kinds[value.Kind()], want))
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
