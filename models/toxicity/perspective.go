package toxicity

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type perspectiveQuestion struct {
	Comment    text                `json:"comment"`
	Attributes map[string]struct{} `json:"requestedAttributes"`
	Languages  []string            `json:"languages"`
	DoNotStore bool                `json:"doNotStore"`
}

type text struct {
	Text string `json:"text"`
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
