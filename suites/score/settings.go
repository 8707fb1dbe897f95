package score

import "embed"

// Settings are the fields of a metric in a suite file. Each metric takes some of them: see
// [Kinds].
type Settings struct {
	// Name in records and tables; by default, the metric's own. Two metrics of one kind need different names.
	Name string `json:"name,omitempty"`
	// Title on axes.
	Title string `json:"title,omitempty"`
	// Changes made to answer and references before they are compared, in this order.
	Normalise []string `json:"normalise,omitempty" oneof:"@normalisers"`
	// Patterns (RE2) whose matches are removed from answer and references, before normalising.
	Ignore []string `json:"ignore,omitempty"`
	// Unit that is compared; words end at white space.
	Unit Unit `json:"unit,omitempty" oneof:"words|characters"`

	// Blank says that a blank reference is compared as it is. Otherwise it counts as none.
	Blank bool `json:"-"`
}

// always are the keys that every metric takes.
var always = []string{"name", "title"}

// Unit is what texts are compared by.
type Unit string

const (
	ByWord      Unit = "words"      // separated by white space; the default
	ByCharacter Unit = "characters" // without white space
)

// Source is this package's code: the comments of settings describe the fields of files.
//
//go:embed *.go
var Source embed.FS
