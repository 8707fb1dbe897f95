package models

import (
	"regexp"
	"strconv"
	"strings"
)

// Info describes a model as figures need it. Family and Parameters are zero if unknown.
type Info struct {
	Name        string  `json:"name"`
	Family      string  `json:"family,omitempty"`     // the training recipe: "sft", "ppo-ptx"
	Size        string  `json:"size,omitempty"`       // as commonly written: "1.3B"
	Parameters  float64 `json:"parameters,omitempty"` // count
	About       string  `json:"about,omitempty"`      // one line about the model, for readers of a report
	Fingerprint string  `json:"fingerprint"`          // part of the address of the model's results
	Sent        string  `json:"sent,omitempty"`       // changes that its server required, see [Sender]
}

var sizeSuffix = regexp.MustCompile(`^(.+)-(\d+(?:\.\d+)?)([kmb])$`)

// releaseFamily are the training recipes of the InstructGPT release.
var releaseFamily = regexp.MustCompile(`^(gpt|sft|ppo-noptx|ppo-ptx)$`)

// ParseName reads family and size from names of the form family-size, such as "sft-175b". The InstructGPT
// release calls its smallest models, of 1.3B parameters, "xl"; elsewhere "xl" means other sizes (gpt2-xl has
// 1.5B), so only that release's families read it so. For any other name only the name is set.
func ParseName(name string) Info {
	info := Info{Name: name}
	lower := strings.ToLower(name)
	if family, ok := strings.CutSuffix(lower, "-xl"); ok && releaseFamily.MatchString(family) {
		info.Family, info.Size, info.Parameters = family, "1.3B", 1.3e9
		return info
	}
	m := sizeSuffix.FindStringSubmatch(lower)
	if m == nil {
		return info
	}
	count, err := strconv.ParseFloat(m[2], 64)
	if err != nil {
		return info
	}
	unit := map[string]float64{"k": 1e3, "m": 1e6, "b": 1e9}[m[3]]
	info.Family, info.Size, info.Parameters = m[1], m[2]+strings.ToUpper(m[3]), count*unit
	return info
}
