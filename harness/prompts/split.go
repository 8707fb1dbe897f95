package prompts

import (
	"encoding/binary"

	"assay/harness/leaf/seed"
)

// Split is a part of the prompts.
type Split string

const (
	Train      Split = "train"
	Validation Split = "validation"
	Test       Split = "test"
)

// Splits are the splits in their order.
func Splits() []Split { return []Split{Train, Validation, Test} }

// SplitOf is the split of a user.
func (o Options) SplitOf(user string) Split {
	text := binary.LittleEndian.AppendUint64(nil, o.Seed)
	x := seed.Unit(seed.Text(append(text, user...)))
	switch {
	case x < o.Validation:
		return Validation
	case x < o.Validation+o.Test:
		return Test
	}
	return Train
}
