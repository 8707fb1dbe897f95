package toxicity

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type moderationQuestion struct {
	Input string `json:"input"`
	Model string `json:"model,omitempty"`
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
