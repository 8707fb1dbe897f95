package label

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/harness/leaf/plural"
)

// Answer is what a labeler says about an item. Its outputs are in the item's order, or as shown:
// see [Answer.Arrange].
type Answer struct {
	Outputs []Judged `json:"outputs,omitzero"`
	// Better is the place of the better of two outputs, from 0, or [Equal]. Nil says nothing.
	Better   *int    `json:"better,omitzero"`
	Strength *int    `json:"strength,omitzero"` // 1 to 3
	Notes    string  `json:"notes,omitzero"`
	Skipped  string  `json:"skipped,omitzero"` // the reason; the answer then has no judgement
	Seconds  float64 `json:"seconds"`          // that it took
}

// Equal is the better one of two outputs that are equally good.
const Equal = -1

// Judged is what an answer says about one output.
type Judged struct {
	Scales map[string]int  `json:"scales,omitzero"` // by the names of the form's scales
	Flags  map[string]bool `json:"flags,omitzero"`
	Rank   int             `json:"rank,omitzero"` // 1 is best; equal ranks are ties; 0 is none
}

// mostNotes bounds the letters of notes and of a reason to skip.
const mostNotes = 10_000

// Check says what an answer lacks, in words for the labeler: outputs are numbered as shown.
func (f Form) Check(it *Item, a *Answer) error {
	form := f.For(it)
	if utf8.RuneCountInString(a.Notes) > mostNotes || utf8.RuneCountInString(a.Skipped) > mostNotes {
		return fmt.Errorf("notes may have %d letters; shorten them", mostNotes)
	}
	if !(a.Seconds >= 0 && a.Seconds < 1e6) {
		return fmt.Errorf("the time that the answer took is %v seconds; load the page again", a.Seconds)
	}
	if a.Skipped != "" {
		if len(a.Outputs) > 0 || a.Better != nil || a.Strength != nil {
			return fmt.Errorf("a skipped item has no judgements; load the page again")
		}
		return nil
	}
	if form.Preference {
		return a.checkPreference()
	}
	if a.Better != nil || a.Strength != nil {
		return fmt.Errorf("this form asks for no preference; load the page again")
	}
	if len(a.Outputs) != len(it.Outputs) {
		return fmt.Errorf("the answer is about %s, but the item has %d; load the page again", plural.Of(len(a.Outputs), "output"), len(it.Outputs))
	}
	for i, o := range a.Outputs {
		if err := form.checkOutput(&o); err != nil {
			return fmt.Errorf("output %d: %w", i+1, err)
		}
	}
	return form.checkRanks(a.Outputs)
}

func (a *Answer) checkPreference() error {
	switch {
	case a.Better == nil:
		return fmt.Errorf("choose the better output, or that they are equally good")
	case *a.Better < Equal || *a.Better > 1 || len(a.Outputs) > 0:
		return fmt.Errorf("the answer has another form than the item; load the page again")
	case *a.Better == Equal && a.Strength != nil:
		return fmt.Errorf("equally good outputs have no strength; load the page again")
	case *a.Better != Equal && (a.Strength == nil || *a.Strength < 1 || *a.Strength > 3):
		return fmt.Errorf("say how much better it is: slightly, clearly or much")
	}
	return nil
}

func (f Form) checkOutput(o *Judged) error {
	for _, s := range f.Scales {
		if v, there := o.Scales[s.Name]; !there {
			return fmt.Errorf("choose a value for %q", s.Title)
		} else if v < s.Lowest || v >= s.Lowest+len(s.Choices) {
			return fmt.Errorf("%q is %d; load the page again", s.Title, v)
		}
	}
	for _, flag := range f.Flags {
		if _, there := o.Flags[flag.Name]; !there {
			return fmt.Errorf("say yes or no to %q", flag.Title)
		}
	}
	if len(o.Scales) > len(f.Scales) || len(o.Flags) > len(f.Flags) {
		return fmt.Errorf("the answer has another form than the item; load the page again")
	}
	return nil
}

// checkRanks wants a rank for each output, without gaps.
func (f Form) checkRanks(outputs []Judged) error {
	var ranks []int
	for i, o := range outputs {
		switch {
		case o.Rank != 0 && !f.Ranking:
			return fmt.Errorf("this item has no ranking; load the page again")
		case o.Rank == 0 && f.Ranking:
			return fmt.Errorf("output %d has no place in the ranking; put each output into it", i+1)
		}
		ranks = append(ranks, o.Rank)
	}
	slices.Sort(ranks)
	for i, rank := range slices.Compact(ranks) {
		if f.Ranking && rank != i+1 {
			return fmt.Errorf("the ranks have a gap; load the page again")
		}
	}
	return nil
}

// Arrange is the answer with its outputs put in another order: place i of the result is
// place from[i] of the answer.
func (a *Answer) Arrange(from []int) *Answer {
	arranged := *a
	if len(a.Outputs) > 0 {
		arranged.Outputs = make([]Judged, len(from))
		for i, k := range from {
			arranged.Outputs[i] = a.Outputs[k]
		}
	}
	if a.Better != nil && *a.Better != Equal {
		arranged.Better = new(slices.Index(from, *a.Better))
	}
	return &arranged
}

// Inverse is the order that undoes one.
func Inverse(order []int) []int {
	back := make([]int, len(order))
	for i, k := range order {
		back[k] = i
	}
	return back
}

// Clean removes white space at the ends of what labelers wrote.
func (a *Answer) Clean() {
	a.Notes, a.Skipped = strings.TrimSpace(a.Notes), strings.TrimSpace(a.Skipped)
}
