package plan

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Form is how requests to a model are made otherwise than others, as the plan says.
// Its JSON has all of it that may change an answer.
type Form struct {
	Omit     []string                  `json:"omit,omitempty"`    // members of the body that are not sent
	Extra    map[string]jsontext.Value `json:"extra,omitempty"`   // members that are sent besides
	Headers  map[string]Value          `json:"headers,omitempty"` // by canonical name
	Query    map[string]Value          `json:"query,omitempty"`
	Thoughts Thoughts                  `json:"thoughts,omitzero"`

	KeyHeader string `json:"-"` // the header that has the key; "" is Authorization
	KeyScheme string `json:"-"` // the word before the key; "" is Bearer in Authorization and none elsewhere
}

// NoScheme is the [Form]'s KeyScheme of a key that stands alone.
const NoScheme = "none"

// Value is a header's or a query's value: the plan's own, or one that the environment
// has, which is in no record.
type Value struct {
	Text   string `json:"text,omitempty"`
	Env    string `json:"-"` // the variable; "" takes Text
	Prefix string `json:"-"` // put before the variable's
}

// Thoughts says what becomes of a model's thoughts; the zero value drops those between
// the marks that are known.
type Thoughts struct {
	Keep  bool   `json:"keep,omitzero"`   // they are part of the answer
	None  bool   `json:"none,omitzero"`   // the model has none
	Start string `json:"start,omitempty"` // the model's own marks
	End   string `json:"end,omitempty"`
}

// String is the form's JSON, "" where requests are made as others.
func (s *Form) String() string {
	text, err := json.Marshal(s, json.Deterministic(true))
	if err != nil { // its values are JSON
		panic("plan: " + err.Error())
	}
	if string(text) == "{}" {
		return ""
	}
	return string(text)
}
