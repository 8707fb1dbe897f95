package chat

import (
	"errors"
	"fmt"
	"time"

	"assay/models/jinja"
)

// Message is one turn of a conversation.
type Message struct {
	Role    string // "system", "user", "assistant"
	Content string
}

// Template is a compiled chat template. It is safe for concurrent use.
type Template struct {
	compiled *jinja.Template
	tokens   map[string]string // special tokens by name, such as bos_token
	now      func() time.Time
}

// New compiles a template. tokens are the special tokens that it may use: bos_token, eos_token and so on.
func New(source string, tokens map[string]string) (*Template, error) {
	t := &Template{tokens: tokens, now: time.Now}
	compiled, err := jinja.New(source, jinja.Options{
		TrimBlocks: true, LstripBlocks: true, // as transformers sets them
		Filters: map[string]jinja.Func{"tojson": toJSON},
		Globals: map[string]jinja.Func{"raise_exception": raise, "strftime_now": t.strftimeNow},
	})
	if err != nil {
		return nil, fmt.Errorf("the chat template can't be parsed: %w", err)
	}
	t.compiled = compiled
	return t, nil
}

// Render returns the prompt for a conversation, ending with the start of the assistant's next turn. If the
// template raises an error, the conversation is at fault: see [Refusal].
func (t *Template) Render(messages []Message) (string, error) {
	turns := make([]any, len(messages))
	for i, m := range messages {
		turn := jinja.NewDict()
		turn.Set("role", m.Role)
		turn.Set("content", m.Content)
		turns[i] = turn
	}
	data := map[string]any{"messages": turns, "add_generation_prompt": true, "tools": nil, "documents": nil}
	for name, token := range t.tokens {
		data[name] = token
	}
	text, err := t.compiled.Render(data)
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		return "", refusal
	case err != nil:
		return "", fmt.Errorf("the chat template failed: %w", err)
	}
	return text, nil
}

// Refusal is the message of a template that rejects a conversation with raise_exception, for example because
// roles don't alternate or a system role is not supported.
type Refusal struct{ Reason string }

func (r *Refusal) Error() string { return "the chat template refuses the conversation: " + r.Reason }

// raise is transformers' raise_exception.
func raise(args []any, _ map[string]any) (any, error) {
	if len(args) == 0 {
		return nil, &Refusal{"no reason given"}
	}
	reason, err := jinja.Text(args[0])
	if err != nil {
		return nil, err
	}
	return nil, &Refusal{reason}
}

func (t *Template) strftimeNow(args []any, _ map[string]any) (any, error) {
	if len(args) == 1 {
		if format, ok := args[0].(string); ok {
			return strftime(t.now(), format), nil
		}
	}
	return nil, errors.New("strftime_now takes a format")
}

// toJSON is transformers' tojson: json.dumps with ensure_ascii=False, without Jinja's HTML escapes and in the
// members' order.
func toJSON(args []any, named map[string]any) (any, error) {
	if len(args) > 1 {
		return nil, errors.New("tojson takes only the argument indent")
	}
	indent, _ := named["indent"].(int)
	return jinja.JSON(args[0], jinja.JSONOptions{Indent: indent})
}
