package openai

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/models"
	"assay/models/remote"
)

// maxStops is OpenAI's limit.
const maxStops = 4

// question is the body of a request to either route. Fields left zero are not
// sent.
type question struct {
	Model       string    `json:"model"`
	Prompt      *string   `json:"prompt,omitzero"`   // completions
	Messages    []message `json:"messages,omitzero"` // chat
	MaxTokens   int       `json:"max_tokens,omitzero"`
	MaxNew      int       `json:"max_completion_tokens,omitzero"` // the later name of max_tokens
	Temperature float64   `json:"temperature"`
	TopP        float64   `json:"top_p,omitzero"`
	N           int       `json:"n"`
	Stop        []string  `json:"stop,omitzero"`
	Seed        *uint32   `json:"seed,omitzero"`
	Echo        bool      `json:"echo,omitzero"`
	LogProbs    any       `json:"logprobs,omitzero"` // a number for completions, true for chat
	TopLogProbs int       `json:"top_logprobs,omitzero"`

	hasty bool // 401 and 403 refuse this question and say nothing of the key: see [remote.Client.Attempt]
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// question puts a request into the client's route's form.
func (c *Client) question(r *models.Request) *question {
	seed := r.ShortSeed()
	q := &question{Model: c.config.Model, MaxTokens: r.MaxTokens, Temperature: r.Temperature, N: 1, Seed: &seed}
	if r.Temperature > 0 { // servers' defaults are not all 1
		q.TopP = cmp.Or(r.TopP, 1)
	}
	for _, stop := range r.Stop {
		if stop != "" && len(q.Stop) < maxStops {
			q.Stop = append(q.Stop, stop)
		}
	}
	if !c.config.Chat {
		prompt := r.Text()
		q.Prompt = &prompt
		return q
	}
	if r.System != "" {
		q.Messages = append(q.Messages, message{"system", r.System})
	}
	q.Messages = append(q.Messages, message{"user", r.Prompt})
	return q
}

// lenient lets names occur twice, and halves of surrogate pairs, which some
// servers write for tokens that end within a character. Bodies are UTF-8 already.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// answer is what is used of a response.
type answer struct {
	text     string
	finish   string
	usage    *models.Usage
	logprobs jsontext.Value // as the server gave them; nil where it gave none
}

// response holds the members that are used; others are let be. Pointers tell
// what is absent or null.
type response struct {
	Model   *string  `json:"model"`
	Choices []choice `json:"choices"`
	Usage   *struct {
		Prompt     *float64 `json:"prompt_tokens"` // some servers write 10.0, or null
		Completion *float64 `json:"completion_tokens"`
	} `json:"usage"`
	Error *struct {
		Message string `json:"message"`
	} `json:"error"`
}

type choice struct {
	Index   *int    `json:"index"`
	Text    *string `json:"text"`
	Message *struct {
		Content *string `json:"content"`
		Refusal *string `json:"refusal"`
	} `json:"message"`
	Finish   *string        `json:"finish_reason"`
	LogProbs jsontext.Value `json:"logprobs"`
}

// ask sends a question and reads the answer, of which read may find fault; it may
// be nil.
func (c *Client) ask(ctx context.Context, q *question, tokens int, read func(answer) error) (answer, error) {
	if c.laterLimit.Load() {
		q.useLaterLimit()
	}
	a, err := c.send(ctx, q, tokens, read)
	if failure, ok := errors.AsType[*remote.Failure](err); ok && q.MaxTokens > 0 && failure.Status == http.StatusBadRequest &&
		strings.Contains(failure.Reason, "max_completion_tokens") { // OpenAI's later models refuse max_tokens so
		c.laterLimit.Store(true)
		q.useLaterLimit()
		return c.send(ctx, q, tokens, read)
	}
	return a, err
}

func (q *question) useLaterLimit() { q.MaxNew, q.MaxTokens = q.MaxTokens, 0 }

func (c *Client) send(ctx context.Context, q *question, tokens int, read func(answer) error) (answer, error) {
	body, err := json.Marshal(q, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return answer{}, fmt.Errorf("the request can't be put into JSON: %w", err)
	}
	route := "completions"
	if c.config.Chat {
		route = "chat/completions"
	}
	var a answer
	post := c.remote.Post
	if q.hasty {
		post = c.remote.Attempt
	}
	err = post(ctx, route, body, tokens, func(body []byte) error {
		var err error
		if a, err = c.decode(body); err == nil && read != nil {
			err = read(a)
		}
		return err
	})
	return a, err
}

// decode reads a response strictly in what is used of it. Its errors are the
// same for equal faults.
func (c *Client) decode(body []byte) (answer, error) {
	var r response
	if err := json.Unmarshal(body, &r, lenient); err != nil {
		return answer{}, jsonFault(body)
	}
	if r.Model != nil && !sameModel(*r.Model, c.servedAs()) && !sameModel(*r.Model, c.config.Model) {
		return answer{}, fmt.Errorf("the answer came from the model %q, not %q; if that is right, name it as served_as", printable(*r.Model), c.servedAs())
	}
	if len(r.Choices) == 0 && r.Error != nil {
		return answer{}, fmt.Errorf("the answer is an error: %s", printable(r.Error.Message))
	}
	if len(r.Choices) != 1 {
		return answer{}, fmt.Errorf("the answer has %d choices, not 1", len(r.Choices))
	}
	first := r.Choices[0]
	if first.Index != nil && *first.Index != 0 {
		return answer{}, fmt.Errorf("the answer's only choice has the index %d, not 0", *first.Index)
	}
	a := answer{logprobs: first.LogProbs.Clone()}
	if first.Finish != nil {
		a.finish = *first.Finish
	}
	text := first.Text
	if c.config.Chat {
		if first.Message == nil {
			return answer{}, errors.New("the answer has no message")
		}
		text = first.Message.Content
		if text == nil && first.Message.Refusal != nil {
			text = first.Message.Refusal
		}
	}
	switch {
	case text != nil:
		a.text = *text
	case !c.config.Chat:
		return answer{}, errors.New("the answer has no text")
	case a.finish != "content_filter" && a.finish != "length":
		return answer{}, errors.New("the answer has no content, and doesn't say that it was filtered or cut")
	}
	if u := r.Usage; u != nil {
		if u.Prompt != nil && *u.Prompt < 0 || u.Completion != nil && *u.Completion < 0 {
			return answer{}, errors.New("the answer counts fewer than 0 tokens")
		}
	}
	if u := r.Usage; u != nil && u.Prompt != nil && u.Completion != nil {
		a.usage = &models.Usage{Prompt: int(*u.Prompt), Completion: int(*u.Completion)}
	}
	return a, nil
}

func jsonFault(body []byte) error {
	if !jsontext.Value(body).IsValid(lenient) {
		return errors.New("the answer is no JSON")
	}
	return errors.New("the answer's JSON is not of the form of this route")
}

// sameModel says whether a server that answers as got may be the model that was
// wanted: the same name, none at all, the name with a version (gpt-4o-2024-08-06,
// name:latest), or a file of that name (/models/NAME.gguf).
func sameModel(got, want string) bool {
	if got == "" || got == want {
		return true
	}
	if version, ok := strings.CutPrefix(got, want); ok && versionSuffix.MatchString(version) {
		return true
	}
	if got == want+":latest" {
		return true
	}
	// Windows servers write their paths with backslashes.
	got, want = path.Base(strings.ReplaceAll(got, `\`, "/")), path.Base(strings.ReplaceAll(want, `\`, "/"))
	return got == want || strings.TrimSuffix(got, ".gguf") == strings.TrimSuffix(want, ".gguf")
}

// versionSuffix is a date or a version number: -2024-08-06, -0613, -v2, -1.5.
var versionSuffix = regexp.MustCompile(`^[-@]v?\d[\d.-]*$`)

// modelList reads the answer of the models route.
func modelList(body []byte) ([]string, bool) {
	var list struct {
		Data []struct {
			ID *string `json:"id"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &list, lenient) != nil || len(list.Data) == 0 {
		return nil, false
	}
	names := make([]string, len(list.Data))
	for i, m := range list.Data {
		if m.ID == nil {
			return nil, false
		}
		names[i] = *m.ID
	}
	return names, true
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
