package openai

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/printable"
	"assay/models"
	"assay/models/remote"
)

// usage returns the counts of tokens, if the server sent numbers.
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

// fault returns the message of an error member, and the status that it gives as its code, 0 for none. A
// member in which everything is empty is not an error.
func fault(value jsontext.Value) (words string, status int, ok bool) {
	if says := remote.Words(value); hollow(value, 0) || says == "null" {
		return "", 0, false
	} else if words = printable.Text(says); words == "" {
		words = "without a message"
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

// hollow reports whether a value is empty: null, false, 0, "", or a list or an object of such values.
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

// text reads a JSON string.
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

// misshapen is the error for a member of the wrong type.
func misshapen(what string, kind jsontext.Kind, want string) error {
	kinds := map[jsontext.Kind]string{'n': "null", 'f': "false", 't': "true", '"': "a text", '0': "a number", '{': "an object", '[': "a list"}
	return remote.Final(fmt.Errorf("%s is %s, not %s", what, kinds[kind], want))
}

// noJSON is the error for a body that isn't JSON. Truncated JSON, or a proxy's page, may be complete the next
// time.
func noJSON(body []byte) error {
	start := bytes.TrimSpace(body)
	switch {
	case bytes.HasPrefix(start, []byte("data:")), bytes.HasPrefix(start, []byte("event:")):
		return remote.Final(errors.New("the answer is a stream of events, which was not requested; add extra: {stream: false} to the model"))
	case bytes.HasPrefix(start, []byte("<")):
		if words := printable.Text(remote.Words(body)); words != "" {
			return fmt.Errorf("the answer is not JSON but a web page: %s", words)
		}
		return errors.New("the answer is not JSON but a web page")
	case !bytes.HasPrefix(start, []byte("{")):
		return errors.New("the answer is not JSON")
	}
	dec := jsontext.NewDecoder(bytes.NewReader(start), lenient)
	if _, err := dec.ReadValue(); err == nil {
		return remote.Final(errors.New("the answer is not JSON: it has data after its end"))
	} else if fault, ok := errors.AsType[*jsontext.SyntacticError](err); ok && !errors.Is(err, io.ErrUnexpectedEOF) {
		if name := fault.JSONPointer.LastToken(); name != "" {
			return remote.Final(fmt.Errorf("the answer is not JSON: member %s: %s", printable.Text(name), printable.Text(fault.Err.Error())))
		}
		return remote.Final(fmt.Errorf("the answer is not JSON: %s", printable.Text(fault.Err.Error())))
	}
	return errors.New("the answer is not JSON: it ends too soon")
}

// quoteNumbers quotes the numbers that JSON doesn't have (NaN, Infinity, -Infinity, as Python writes them),
// so that they only matter where a number is needed.
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
