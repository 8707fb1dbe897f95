package serve

import (
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/plural"
)

// completion parses a request of the completions route.
func (s *Server) completion(m *members) (*parsedRequest, *fault) {
	a := &parsedRequest{echo: m.flag("echo")}
	q := m.common()
	if m.text("suffix") != "" {
		return nil, bad("suffix", "suffix is not supported; remove it")
	}
	if top := m.take("logprobs"); top != nil && top.Kind() != 'f' {
		n, ok := wholeNumber(top)
		if !ok || n < 0 || n > mostTop {
			return nil, bad("logprobs", "logprobs must be from 0 to %d", mostTop)
		}
		a.logProbs, a.top = true, int(n)
	}
	if m.fault != nil {
		return nil, m.fault
	}
	prompts, texts, f := s.prompts(m.take("prompt"))
	if f != nil {
		return nil, f
	}
	if f := s.passOver(m); f != nil {
		return nil, f
	}
	return a, s.jobs(a, &q, prompts, texts)
}

// pieces cuts a prompt's text where its tokens end.
func (s *Server) pieces(text string, prompt []int32) []string {
	t := s.config.Model.Tokenizer()
	pieces := make([]string, len(prompt))
	from := 0
	for i, end := range t.EndsIn(text, prompt) {
		if end > len(text) { // the end-of-text token, which stands for an empty prompt
			return []string{t.Token(prompt[0])}
		}
		pieces[i], from = text[from:end], end
	}
	return pieces
}

// prompts reads a string, a list of strings, a list of tokens, or a list of lists of tokens.
func (s *Server) prompts(v jsontext.Value) (tokens [][]int32, texts []string, f *fault) {
	if !given(v) {
		return nil, nil, bad("prompt", "no prompt; send a string, a list of strings, or tokens")
	}
	var lists [][]int32
	idsOf := func(v jsontext.Value) ([]int32, bool) { return listOf(v, idOf) }
	if one, ok := textOf(v); ok {
		texts = []string{one}
	} else if list, ok := listOf(v, textOf); ok && len(list) > 0 {
		texts = list
	} else if ids, ok := idsOf(v); ok && len(ids) > 0 {
		lists = [][]int32{ids}
	} else if lists, ok = listOf(v, idsOf); !ok || len(lists) == 0 {
		return nil, nil, bad("prompt", "prompt must be a string, a list of strings, a list of tokens, or a list of lists of tokens")
	}
	if len(texts)+len(lists) > s.config.Answers {
		return nil, nil, bad("prompt", "a request may have at most %s", plural.Of(s.config.Answers, "prompt"))
	}
	for _, text := range texts {
		tokens = append(tokens, s.config.Model.Tokens(text))
	}
	for _, ids := range lists {
		text, err := s.config.Model.Tokenizer().Decode(ids)
		if err != nil || len(ids) == 0 {
			return nil, nil, bad("prompt", "a list of tokens is empty or contains a token outside the vocabulary of %d", s.config.Model.Tokenizer().Size())
		}
		tokens, texts = append(tokens, ids), append(texts, text)
	}
	return tokens, texts, nil
}
