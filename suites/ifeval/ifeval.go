// Package ifeval checks whether an answer follows the instructions of IFEval (Zhou et al. 2023,
// arXiv 2311.07911): the 25 kinds of its public data set, strictly and loosely, as the data set's
// program does and lm-evaluation-harness after it.
package ifeval

import (
	"fmt"
	"slices"
	"strings"
)

// Instruction is one of a prompt's instructions, with its arguments. Those that its kind doesn't
// have are zero.
type Instruction struct {
	ID string // such as "keywords:existence"
	Arguments
}

// Arguments are the members of the data set's kwargs.
type Arguments struct {
	Keywords         []string `json:"keywords"`
	Keyword          string   `json:"keyword"`
	Frequency        float64  `json:"frequency"`
	Relation         string   `json:"relation"` // "at least" or "less than"
	ForbiddenWords   []string `json:"forbidden_words"`
	Letter           string   `json:"letter"`
	LetFrequency     float64  `json:"let_frequency"`
	LetRelation      string   `json:"let_relation"`
	Language         string   `json:"language"` // ISO 639-1
	NumSentences     float64  `json:"num_sentences"`
	NumParagraphs    float64  `json:"num_paragraphs"`
	NumWords         float64  `json:"num_words"`
	NthParagraph     float64  `json:"nth_paragraph"`
	FirstWord        string   `json:"first_word"`
	NumPlaceholders  float64  `json:"num_placeholders"`
	PostscriptMarker string   `json:"postscript_marker"`
	NumBullets       float64  `json:"num_bullets"`
	NumHighlights    float64  `json:"num_highlights"`
	SectionSpliter   string   `json:"section_spliter"` // the data set's spelling
	NumSections      float64  `json:"num_sections"`
	PromptToRepeat   string   `json:"prompt_to_repeat"`
	EndPhrase        string   `json:"end_phrase"`
	CapitalFrequency float64  `json:"capital_frequency"`
	CapitalRelation  string   `json:"capital_relation"`
}

// kind is a kind of instructions.
type kind struct {
	// follows reports whether an answer, which has text, follows.
	follows func(a *Arguments, answer string) bool
	// check returns an error if an argument is missing or can't be used; nil needs none.
	check func(a *Arguments) error
}

// Kinds lists the ids of the kinds, sorted.
func Kinds() []string {
	var ids []string
	for id := range kinds() {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Check returns an error if the instruction's kind is unknown, or an argument is missing or can't
// be used.
func (i *Instruction) Check() error {
	k, ok := kinds()[i.ID]
	if !ok {
		return fmt.Errorf("unknown instruction %q; assay has %s", i.ID, strings.Join(Kinds(), ", "))
	}
	if k.check == nil {
		return nil
	}
	if err := k.check(&i.Arguments); err != nil {
		return fmt.Errorf("instruction %s: %w", i.ID, err)
	}
	return nil
}

// Unseen is the reason why no answer can be checked against the instruction; "" if it can.
func (i *Instruction) Unseen() string {
	if i.ID == "language:response_language" && !knowsLanguage(i.Language) {
		return fmt.Sprintf("the language %q can't be detected here", i.Language)
	}
	return ""
}

// Strict reports whether an answer follows the instruction, which [Instruction.Check] accepts.
// An answer without text doesn't.
func (i *Instruction) Strict(answer string) bool {
	return strings.TrimSpace(answer) != "" && kinds()[i.ID].follows(&i.Arguments, answer)
}

// Loose is Strict of the answer or of one of its seven variants: without asterisks, and without its
// first line, its last line or both.
func (i *Instruction) Loose(answer string) bool {
	lines := strings.Split(answer, "\n")
	without := func(first, last int) string {
		if first > len(lines)-last {
			return ""
		}
		return strings.TrimSpace(strings.Join(lines[first:len(lines)-last], "\n"))
	}
	for _, variant := range []string{answer, without(1, 0), without(0, 1), without(1, 1)} {
		if i.Strict(variant) || i.Strict(strings.ReplaceAll(variant, "*", "")) {
			return true
		}
	}
	return false
}
