package toxicity

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type classifierQuestion struct {
	Inputs string `json:"inputs"`
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
