package chat

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/nikolalohinski/gonja/v2/config"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/loaders"
)

// Message is one turn of a conversation.
type Message struct {
	Role    string // "system", "user", "assistant"
	Content string
}

// Template is a compiled chat template. It is safe for concurrent use.
type Template struct {
	compiled *exec.Template
	tokens   map[string]string // special tokens by name, such as bos_token
	now      func() time.Time
}

// maxOutput is the longest prompt that a template may produce, in bytes.
const maxOutput = 16 << 20

// New compiles a template. tokens are the special tokens that it may use: bos_token, eos_token and so on.
func New(source string, tokens map[string]string) (t *Template, err error) {
	defer func() { // the library panics on some syntax errors
		if r := recover(); r != nil {
			t, err = nil, fmt.Errorf("the chat template can't be parsed: %v", r)
		}
	}()
	c := config.New()
	c.TrimBlocks = true // as transformers sets it
	const name = "/chat_template"
	source = withoutIndents(strings.ReplaceAll(source, "\r\n", "\n"))
	loader, err := loaders.NewMemoryLoader(map[string]string{name: source})
	if err != nil {
		return nil, err
	}
	compiled, err := exec.NewTemplate(name, c, loader, environment())
	if err != nil {
		return nil, fmt.Errorf("the chat template can't be parsed: %s", cause(err))
	}
	return &Template{compiled: compiled, tokens: tokens, now: time.Now}, nil
}

// Render returns the prompt for a conversation, ending with the start of the assistant's next turn. If the
// template raises an error, the conversation is at fault: see [Refusal].
func (t *Template) Render(messages []Message) (text string, err error) {
	defer func() {
		if r := recover(); r != nil {
			text, err = "", fmt.Errorf("the chat template failed: %v", r)
		}
	}()
	turns := make(list, len(messages))
	for i, m := range messages {
		turns[i] = dict("role", m.Role, "content", m.Content)
	}
	guard := &guard{}
	data := map[string]any{
		"messages": turns, "add_generation_prompt": true, "tools": nil, "documents": nil,
		"strftime_now": func(format string) string { return strftime(t.now(), format) },
		guardName:      guard,
	}
	for name, token := range t.tokens {
		data[name] = token
	}
	var out bytes.Buffer
	err = t.compiled.Execute(&bounded{w: &out, left: maxOutput}, exec.NewContext(data))
	switch {
	case guard.refusal != nil:
		return "", guard.refusal
	case err != nil:
		return "", fmt.Errorf("the chat template failed: %s", cause(err))
	}
	return out.String(), nil
}

// Refusal is the message of a template that rejects a conversation with raise_exception, for example because
// roles don't alternate or a system role is not supported.
type Refusal struct{ Reason string }

func (r *Refusal) Error() string { return "the chat template refuses the conversation: " + r.Reason }

// bounded fails when more is written than its limit allows.
type bounded struct {
	w    io.Writer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, fmt.Errorf("it writes more than %d bytes", maxOutput)
	}
	return b.w.Write(p)
}

// cause is the innermost error, in one line: the library's outer errors quote the syntax tree.
func cause(err error) string {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// dict is a dictionary that keeps its members' order, as Python's does.
func dict(members ...string) *exec.Dict {
	d := exec.NewDict()
	for i := 0; i < len(members); i += 2 {
		d.Pairs = append(d.Pairs, &exec.Pair{Key: exec.AsValue(members[i]), Value: exec.AsValue(members[i+1])})
	}
	return d
}
