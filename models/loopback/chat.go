package loopback

import (
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
)

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type chatAnswer struct {
	ID      string       `json:"id"`
	Object  string       `json:"object"`
	Model   string       `json:"model"`
	Choices []chatChoice `json:"choices"`
	Usage   usage        `json:"usage"`
}

type chatChoice struct {
	Index    int           `json:"index"`
	Message  message       `json:"message"`
	Logprobs *chatLogprobs `json:"logprobs"`
	Finish   string        `json:"finish_reason"`
}

type chatLogprobs struct {
	Content []chatToken `json:"content"`
}

type chatToken struct {
	likelyToken
	Top []likelyToken `json:"top_logprobs"`
}

type likelyToken struct {
	Token   string  `json:"token"`
	Logprob float64 `json:"logprob"`
	Bytes   []int   `json:"bytes"`
}

func (s *Server) chat(body []byte, other bool) (any, *refusal) {
	var q struct {
		question    `json:",inline"`
		Messages    []message `json:"messages"`
		Logprobs    bool      `json:"logprobs"`
		TopLogprobs int       `json:"top_logprobs"`
	}
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, &refusal{http.StatusBadRequest, "the request is not a JSON chat whose messages are texts"}
	}
	if no := s.check(&q.question); no != nil {
		return nil, no
	}
	if len(q.Messages) == 0 {
		return nil, &refusal{http.StatusBadRequest, "the chat has no messages"}
	}
	var system, prompt []string
	for _, m := range q.Messages {
		if m.Role == "system" {
			system = append(system, m.Content)
		} else {
			prompt = append(prompt, m.Content)
		}
	}
	asked := strings.Join(prompt, "\n")
	said, finish := s.say(&q.question, strings.Join(system, "\n"), asked, "")
	choice := chatChoice{Message: message{"assistant", strings.Join(said, "")}, Finish: finish}
	if q.Logprobs {
		choice.Logprobs = s.chatList(said, min(max(q.TopLogprobs, 0), 20))
	}
	read := countTokens(strings.Join(system, "\n")) + countTokens(asked)
	return chatAnswer{
		ID: s.id("chatcmpl-", body), Object: "chat.completion", Model: s.served(other),
		Choices: []chatChoice{choice}, Usage: count(read, len(said)),
	}, nil
}

func (s *Server) chatList(tokens []string, top int) *chatLogprobs {
	values := s.logprobs(tokens)
	list := &chatLogprobs{Content: []chatToken{}}
	for i, token := range tokens {
		entry := chatToken{likelyToken: likely(token, values[i]), Top: []likelyToken{}}
		if top > 0 {
			entry.Top = append(entry.Top, entry.likelyToken)
		}
		others, logprobs := alternatives(token, values[i], max(top-1, 0))
		for k, o := range others {
			entry.Top = append(entry.Top, likely(o, logprobs[k]))
		}
		list.Content = append(list.Content, entry)
	}
	return list
}

func likely(token string, logprob float64) likelyToken {
	t := likelyToken{Token: token, Logprob: logprob, Bytes: make([]int, len(token))}
	for i := range len(token) {
		t.Bytes[i] = int(token[i])
	}
	return t
}
