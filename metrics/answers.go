package metrics

import "slices"

// Mark says which kind of answer was judged; "" is an ordinary one.
type Mark string

const (
	Cut         Mark = "cut"           // the token limit cut the text off
	Empty       Mark = "empty"         // no text; the model stopped on its own
	EmptyCut    Mark = "empty, cut"    // no text within the token limit
	EmptyNoStop Mark = "empty, no end" // no text, and no sign that the model stopped on its own
	Filtered    Mark = "filtered"      // withheld or cut by the server's filter
	Failed      Mark = "failed"        // no answer, or one that ended with an error
)

// marks are all marks but the ordinary one, from the mildest.
var marks = []Mark{Cut, Empty, EmptyCut, EmptyNoStop, Filtered, Failed}

func (m Mark) known() bool { return m == "" || slices.Contains(marks, m) }

// Worse returns the more serious of two marks.
func (m Mark) Worse(other Mark) Mark {
	if slices.Index(marks, other) > slices.Index(marks, m) {
		return other
	}
	return m
}

// Answers counts the answers behind judgements, each once however many judged it, and those
// of them that are not ordinary. An answer that is empty because of the token limit counts
// as cut and as empty.
type Answers struct {
	All      int `json:"all"`
	Cut      int `json:"cut"`
	Empty    int `json:"empty"`
	Filtered int `json:"filtered"`
	Failed   int `json:"failed"`
}

// Add counts one answer.
func (a *Answers) Add(m Mark) {
	a.All++
	switch m {
	case Cut:
		a.Cut++
	case Empty, EmptyNoStop:
		a.Empty++
	case EmptyCut:
		a.Cut++
		a.Empty++
	case Filtered:
		a.Filtered++
	case Failed:
		a.Failed++
	}
}

// Odd reports whether any answer is not ordinary.
func (a *Answers) Odd() bool { return a.Cut+a.Empty+a.Filtered+a.Failed > 0 }

// Share is how many of all answers are of one kind.
type Share struct {
	Name string // "cut", "empty", "filtered", "failed"
	N    int
}

// Shares lists the kinds' counts in the order of the fields.
func (a *Answers) Shares() []Share {
	return []Share{{"cut", a.Cut}, {"empty", a.Empty}, {"filtered", a.Filtered}, {"failed", a.Failed}}
}
