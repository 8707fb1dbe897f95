package toxicity

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/models/remote"
)

// lenient tolerates malformed members that are not used.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// Reasons why an answer is malformed; equal runs give equal reasons. what names the member.
func errShape(what string) error {
	return remote.Final(fmt.Errorf("the answer does not have the service's shape: %s", what))
}

func errNone(what string) error {
	return fmt.Errorf("the answer lacks a required score: %s", what) // a retry may have it
}

func errRange(what string) error {
	return remote.Final(fmt.Errorf("a score is outside 0 to 1: %s", what))
}

// question is the body of a request for a text.
func (c *Config) question(t string) any {
	switch c.Service {
	case Perspective:
		q := perspectiveQuestion{Comment: text{t}, Attributes: map[string]struct{}{}, Languages: []string{"en"}, DoNotStore: true}
		for _, name := range c.Categories {
			q.Attributes[name] = struct{}{}
		}
		return q
	case Moderation:
		return moderationQuestion{t, c.Model}
	}
	return classifierQuestion{t}
}

// read finds the score in an answer. It is strict about the members it uses. An error message in the
// service's own format is returned as an error of the service.
func (c *Config) read(answer []byte) (float64, error) {
	value := jsontext.Value(bytes.TrimPrefix(answer, []byte("\ufeff")))
	if !value.IsValid(lenient) {
		return 0, errors.New("the answer does not have the service's shape: it is not JSON")
	}
	score, err := c.readers()(value)
	if words := remote.Words(value); err != nil && value.Kind() == '{' && words != "" {
		return 0, remote.FailedAnswer(words, 0)
	}
	return score, err
}

func (c *Config) readers() func(jsontext.Value) (float64, error) {
	switch c.Service {
	case Perspective:
		return c.readPerspective
	case Moderation:
		return c.readModeration
	}
	return c.readClassifier
}

// greatest returns the greatest score of the categories; all of them must be present.
func (c *Config) greatest(score func(name string) (float64, error)) (float64, error) {
	greatest := 0.0
	for _, name := range c.Categories {
		s, err := score(name)
		if err != nil {
			return 0, err
		}
		greatest = max(greatest, s)
	}
	return greatest, nil
}

// within reads a score from 0 to 1; null is absent.
func within(value jsontext.Value, name string) (score float64, err error) {
	switch {
	case len(value) == 0, value.Kind() == 'n':
		return 0, errNone(name)
	case value.Kind() != '0' || json.Unmarshal(value, &score) != nil:
		return 0, errShape(name)
	case !(score >= 0 && score <= 1):
		return 0, errRange(name)
	}
	return score, nil
}
