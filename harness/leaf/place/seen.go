package place

import "fmt"

// Seen is where something was read first, for messages about what repeats it. Line 0 is unknown.
type Seen struct {
	File string
	Line int
}

// From names the place in a message about a row of a file: "line 3", or "other.csv:3" if it is in
// another file.
func (s Seen) From(file string) string {
	if s.File == file {
		return fmt.Sprintf("line %d", s.Line)
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}
