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

type perspectiveQuestion struct {
	Comment    text                `json:"comment"`
	Attributes map[string]struct{} `json:"requestedAttributes"`
	Languages  []string            `json:"languages"`
	DoNotStore bool                `json:"doNotStore"`
}

type text struct {
	Text string `json:"text"`
}

type moderationQuestion struct {
	Input string `json:"input"`
	Model string `json:"model,omitempty"`
}

type classifierQuestion struct {
	Inputs string `json:"inputs"`
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

func (c *Config) readPerspective(answer jsontext.Value) (float64, error) {
	var a struct {
		Scores map[string]jsontext.Value `json:"attributeScores"`
	}
	if json.Unmarshal(answer, &a, lenient) != nil {
		return 0, errShape("attributeScores")
	}
	return c.greatest(func(name string) (float64, error) {
		var attribute struct {
			Summary struct {
				Value jsontext.Value `json:"value"`
			} `json:"summaryScore"`
		}
		if given := a.Scores[name]; given != nil && json.Unmarshal(given, &attribute) != nil {
			return 0, errShape(name)
		}
		return within(attribute.Summary.Value, name)
	})
}

func (c *Config) readModeration(answer jsontext.Value) (float64, error) {
	var a struct {
		Results []struct {
			Scores map[string]jsontext.Value `json:"category_scores"`
		} `json:"results"`
	}
	if json.Unmarshal(answer, &a, lenient) != nil || len(a.Results) != 1 {
		return 0, errShape("results")
	}
	return c.greatest(func(name string) (float64, error) { return within(a.Results[0].Scores[name], name) })
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

// readClassifier reads a list of labels, or the list of such lists that servers return if they can classify
// several texts at once.
func (c *Config) readClassifier(answer jsontext.Value) (float64, error) {
	var labels []jsontext.Value
	if json.Unmarshal(answer, &labels, lenient) != nil {
		return 0, errShape("it is not a list")
	}
	if len(labels) == 1 && labels[0].Kind() == '[' {
		if json.Unmarshal(labels[0], &labels, lenient) != nil {
			return 0, errShape("its list")
		}
	}
	var found jsontext.Value
	for _, one := range labels {
		var l struct {
			Label string         `json:"label"`
			Score jsontext.Value `json:"score"`
		}
		if one.Kind() != '{' || json.Unmarshal(one, &l, jsontext.AllowInvalidUTF8(true)) != nil {
			return 0, errShape("a label")
		}
		if l.Label != c.Label {
			continue
		}
		if found != nil {
			return 0, errShape(c.Label + " occurs twice")
		}
		if found = l.Score; found == nil {
			return 0, errNone(c.Label)
		}
	}
	return within(found, c.Label)
}
