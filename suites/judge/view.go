package judge

import (
	"fmt"
	"slices"
	"strings"

	"assay/suites"
)

// ViewSettings are the fields of judges that are models and may see more than the instruction.
type ViewSettings struct {
	// What the judge sees besides instruction and answer.
	View []View `json:"view,omitempty" oneof:"reference|incorrect|choices|context"`
}

// View is a part of an example that a judge may see.
type View string

const (
	Reference View = "reference" // the correct answers
	Incorrect View = "incorrect" // the wrong answers that the data list
	Choices   View = "choices"   // what could be chosen from
	Context   View = "context"   // what the answer should be based on
)

// MetricSettings are the fields of judges that may name their metric.
type MetricSettings struct {
	// Name of the metric; by default, the kind's own. Two judges of a suite need different names.
	Metric string `json:"metric,omitempty"`
}

// Unjudgeable implements [suites.Unjudgeable]: the example lacks what the judge should see.
func (s ViewSettings) Unjudgeable(ex *suites.Example) string {
	_, missing := s.shown(ex)
	return missing
}

// shown are the texts of an example that a judge sees above the answers; or the reason why
// there is nothing to see where there should be.
func (s ViewSettings) shown(ex *suites.Example) (texts []text, missing string) {
	for _, part := range []struct {
		view  View // "" is always shown
		title string
		body  string
	}{
		{Context, "context", ex.Context},
		{"", "instruction", ex.Input},
		{Choices, "choices", strings.Join(ex.Choices, "\n")},
		{Reference, "correct answers", strings.Join(ex.References, "\n")},
		{Incorrect, "incorrect answers", strings.Join(ex.Incorrect, "\n")},
	} {
		if part.view != "" && !slices.Contains(s.View, part.view) {
			continue
		}
		if part.view != "" && strings.TrimSpace(part.body) == "" {
			return nil, fmt.Sprintf("the judge's view has %s, but the example has none", part.view)
		}
		texts = append(texts, text{part.title, part.body})
	}
	return texts, ""
}

// Overlooks reports whether a judge goes by words of the plan's own, which may speak of the correct
// answers of an example, and is not shown them.
func Overlooks(j suites.Judge, ex *suites.Example) bool {
	unseen := func(words string, s ViewSettings) bool {
		return words != "" && !slices.Contains(s.View, Reference) && strings.TrimSpace(strings.Join(ex.References, "")) != ""
	}
	switch j := j.(type) {
	case Grade:
		return unseen(j.Rubric, j.ViewSettings)
	case Pairwise:
		return unseen(j.Criteria, j.ViewSettings)
	}
	return false
}

// oneText refuses a text that a plan gives both itself and in a file.
func oneText(key, text, file string) error {
	if text != "" && file != "" {
		return fmt.Errorf("%s and %s_file both give the text; remove one", key, key)
	}
	return nil
}

// Filled returns the settings with the texts of files in place of the files' paths. read reads a
// file.
func (s Settings) Filled(read func(path string) (string, error)) (Settings, error) {
	for _, t := range []struct{ text, file *string }{{&s.Rubric, &s.RubricFile}, {&s.Criteria, &s.CriteriaFile}} {
		if *t.file == "" {
			continue
		}
		content, err := read(*t.file)
		if err != nil {
			return s, err
		}
		if content = strings.TrimSpace(content); content == "" {
			return s, fmt.Errorf("%s is empty; write what the judge should go by", *t.file)
		}
		*t.text, *t.file = content, ""
	}
	return s, nil
}
