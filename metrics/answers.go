package metrics

import "slices"

// Mark says what kind of answer a judgement is of; "" is an ordinary one.
type Mark string

const (
	Cut         Mark = "cut"           // a text that the token limit cut
	Empty       Mark = "empty"         // no text; the model stopped on its own
	EmptyCut    Mark = "empty, cut"    // no text within the token limit
	EmptyNoStop Mark = "empty, no end" // no text, and no word that the model stopped on its own
	Filtered    Mark = "filtered"      // withheld or cut by the server's filter
	Failed      Mark = "failed"        // no answer, or one that ended with an error
)

// marks are all but the ordinary one, from the slightest.
var marks = []Mark{Cut, Empty, EmptyCut, EmptyNoStop, Filtered, Failed}

func (m Mark) known() bool { return m == "" || slices.Contains(marks, m) }

// Worse is the graver of two marks.
func (m Mark) Worse(other Mark) Mark {
	if slices.Index(marks, other) > slices.Index(marks, m) {
		return other
	}
	return m
}

// Answers counts the answers behind judgements, each once however many judged it, and
// those among them that are no ordinary ones. An answer that is empty because the limit
// cut it counts under both.
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

// Odd reports whether any answer is no ordinary one.
func (a *Answers) Odd() bool { return a.Cut+a.Empty+a.Filtered+a.Failed > 0 }

// Share is one kind's part of all answers.
type Share struct {
	Name string // "cut", "empty", "filtered", "failed"
	N    int
}

// Shares lists the kinds' counts in the order of the fields.
func (a *Answers) Shares() []Share {
	return []Share{{"cut", a.Cut}, {"empty", a.Empty}, {"filtered", a.Filtered}, {"failed", a.Failed}}
}
