package serve

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/printable"
	"assay/models"
	"assay/models/chat"
)

// conversation parses a request of the chat route.
func (s *Server) conversation(m *members) (*parsedRequest, *fault) {
	a := &parsedRequest{chat: true, logProbs: m.flag("logprobs")}
	q := m.common()
	if top := m.count("top_logprobs"); top != nil {
		a.top = *top
		if a.top < 0 || a.top > mostTop || a.top > 0 && !a.logProbs {
			return nil, bad("top_logprobs", "top_logprobs must be from 0 to %d, and needs logprobs: true", mostTop)
		}
	}
	if most := m.count("max_completion_tokens"); most != nil {
		q.maxTokens = most
	}
	if m.fault != nil {
		return nil, m.fault
	}
	conversation, f := messages(m.take("messages"))
	if f != nil {
		return nil, f
	}
	if f := s.passOver(m); f != nil {
		return nil, f
	}
	text, f := s.prompt(conversation)
	if f != nil {
		return nil, f
	}
	return a, s.jobs(a, &q, [][]int32{s.tokens(text)}, []string{text})
}

// tokens encodes a conversation. A template writes all special tokens itself, so the tokenizer adds none
// around its text.
func (s *Server) tokens(text string) []int32 {
	if s.config.Chat != nil {
		if tokens := s.config.Model.Tokenizer().Encode(text); len(tokens) > 0 {
			return tokens
		}
	}
	return s.config.Model.Tokens(text)
}

// messages reads a conversation.
func messages(v jsontext.Value) ([]chat.Message, *fault) {
	var list []map[string]jsontext.Value
	if v != nil && json.Unmarshal(v, &list, jsontext.AllowDuplicateNames(true)) != nil {
		return nil, bad("messages", "messages must be a list of objects with role and content")
	}
	if len(list) == 0 {
		return nil, bad("messages", "no messages")
	}
	out := make([]chat.Message, len(list))
	for i, m := range list {
		var role string
		if json.Unmarshal(m["role"], &role) != nil {
			return nil, bad("messages", "message %d has no role", i+1)
		}
		switch role {
		case "system", "user", "assistant":
		case "developer": // OpenAI's newer word for system
			role = "system"
		default:
			return nil, bad("messages", "message %d has the role %.40q; use system, user or assistant", i+1, role)
		}
		text, ok := contentText(m["content"])
		if !ok && (role != "assistant" || given(m["content"])) {
			return nil, bad("messages", "message %d has no text", i+1)
		}
		for _, name := range slices.Sorted(maps.Keys(m)) {
			if name != "role" && name != "content" && given(m[name]) && !asksNothing(m[name]) {
				return nil, bad("messages", "message %d has %.40q, which is not supported; remove it", i+1, printable.Text(name))
			}
		}
		out[i] = chat.Message{Role: role, Content: text}
	}
	return out, nil
}

// prompt turns a conversation into a prompt, with the checkpoint's template or as plain text.
func (s *Server) prompt(conversation []chat.Message) (string, *fault) {
	if s.config.Chat == nil {
		return plainText(conversation), nil
	}
	text, err := s.config.Chat(conversation)
	var refusal *chat.Refusal
	switch {
	case errors.As(err, &refusal):
		return "", bad("messages", "%s", printable.Text(refusal.Error()))
	case err != nil:
		return "", &fault{status: http.StatusBadRequest, code: "chat_template", message: fmt.Sprintf("this model's chat template can't be used: %s; send the prompt to /v1/completions", printable.Text(err.Error()))}
	}
	return text, nil
}

// plainText joins messages for a checkpoint without a template: see the package comment.
func plainText(conversation []chat.Message) string {
	last := len(conversation) - 1
	switch {
	case last == 0 && conversation[0].Role == "user":
		return conversation[0].Content
	case last == 1 && conversation[0].Role == "system" && conversation[1].Role == "user":
		r := models.Request{System: conversation[0].Content, Prompt: conversation[1].Content}
		return r.Text()
	}
	var b strings.Builder
	for _, m := range conversation {
		if m.Role != "system" {
			b.WriteString(m.Role + ": ")
		}
		b.WriteString(m.Content + "\n\n")
	}
	return b.String() + "assistant:"
}

// contentText reads a string, or a list of parts that are strings.
func contentText(v jsontext.Value) (string, bool) {
	if !given(v) {
		return "", false
	}
	var text string
	if json.Unmarshal(v, &text) == nil {
		return text, utf8.ValidString(text)
	}
	var parts []struct {
		Type string  `json:"type"`
		Text *string `json:"text"`
	}
	if json.Unmarshal(v, &parts) != nil {
		return "", false
	}
	for _, p := range parts {
		if p.Type != "text" || p.Text == nil {
			return "", false
		}
		text += *p.Text
	}
	return text, true
}
