package models

import (
	"regexp"
	"strconv"
	"strings"
)

// Info describes a model as figures need it. Family and Parameters are zero
// where they are not known.
type Info struct {
	Name        string  `json:"name"`
	Family      string  `json:"family,omitempty"`     // the training recipe: "sft", "ppo-ptx"
	Size        string  `json:"size,omitempty"`       // as people write it: "1.3B"
	Parameters  float64 `json:"parameters,omitempty"` // count
	About       string  `json:"about,omitempty"`      // what it is, in a line, for readers of a report
	Fingerprint string  `json:"fingerprint"`          // what the model's results are addressed by
	Sent        string  `json:"sent,omitempty"`       // what its server made necessary, see [Sender]
}

var sizeSuffix = regexp.MustCompile(`^(.+)-(\d+(?:\.\d+)?)([kmb])$`)

// releaseFamily are the training recipes of the InstructGPT release.
var releaseFamily = regexp.MustCompile(`^(gpt|sft|ppo-noptx|ppo-ptx)$`)

// ParseName reads family and size from names of the form family-size, as in
// "sft-175b". The InstructGPT release calls its smallest models "xl", which are
// 1.3B parameters; elsewhere "xl" means other sizes (gpt2-xl has 1.5B), so it is
// read for that release's families alone. Any other name is returned with the
// name alone.
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
