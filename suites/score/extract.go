package score

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"assay/models/openai"
)

// Step takes a part of an answer. Exactly one of Regex, Between, Before, Thought, JSON, Number,
// Letter and Line is set.
type Step struct {
	// Pattern (RE2) of the part.
	Regex string `json:"regex,omitempty" text:"lines"`
	// Group of the pattern that is taken, by number or name; by default the first, or the whole match if the pattern has no groups.
	Group string `json:"group,omitempty" with:"regex"`
	// Opening and closing mark of the part; without a closing one, the part ends with the answer.
	Between []string `json:"between,omitempty" text:"lines" like:"[\"<answer>\", \"</answer>\"]"`
	// Mark up to which the answer is taken; an answer without it is taken completely.
	Before string `json:"before,omitempty" text:"lines"`
	// Opening and closing mark of a thought; what follows the last thought is taken.
	Thought []string `json:"thought,omitempty" text:"lines" like:"[\"<think>\", \"</think>\"]"`
	// Path of a value in JSON, such as $.city.name or items[0]; the JSON may be anywhere in the answer.
	JSON string `json:"json,omitempty"`
	// Whether a number is taken, without separators of thousands.
	Number bool `json:"number,omitempty"`
	// Letters of which the answer names one, such as ABCD.
	Letter string `json:"letter,omitempty"`
	// Whether a line with text is taken.
	Line bool `json:"line,omitempty"`
	// Which of several is taken; by default the first, and of numbers the last.
	Take Take `json:"take,omitempty" oneof:"first|last"`
}

// Take says which of several parts is taken.
type Take string

const (
	First Take = "first"
	Last  Take = "last"
)

// Extractor takes from an answer what is scored.
type Extractor struct {
	steps []func(string) (string, bool)
}

// NewExtractor makes an extractor whose steps work one after the other. The error names the step
// and what is wrong.
func NewExtractor(steps []Step) (*Extractor, error) {
	var e Extractor
	for i := range steps {
		f, err := steps[i].compile()
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", i+1, err)
		}
		e.steps = append(e.steps, f)
	}
	return &e, nil
}

// From takes the part of an answer, without white space at its ends; false if a step finds
// nothing.
func (e *Extractor) From(answer string) (string, bool) {
	for _, f := range e.steps {
		var ok bool
		if answer, ok = f(answer); !ok {
			return "", false
		}
		answer = strings.TrimSpace(answer)
	}
	return answer, true
}

// stepKeys are the fields of which a step has exactly one.
var stepKeys = []string{"regex", "between", "before", "thought", "json", "number", "letter", "line"}

// kinds are the kinds that the step sets.
func (s *Step) kinds() (set []string) {
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if slices.Contains(stepKeys, key) && !v.Field(i).IsZero() {
			set = append(set, key)
		}
	}
	return set
}

func (s *Step) compile() (func(string) (string, bool), error) {
	set := s.kinds()
	if len(set) != 1 {
		if set == nil {
			return nil, fmt.Errorf("it says nothing; write one of %s", strings.Join(stepKeys, ", "))
		}
		return nil, fmt.Errorf("it has %s; write one of them, and another step for the other", strings.Join(set, " and "))
	}
	if s.Group != "" && s.Regex == "" {
		return nil, errors.New("group: is for regex")
	}
	if s.Take != "" && (s.Thought != nil || s.Letter != "") {
		return nil, fmt.Errorf("take: isn't for %s; remove it", set[0])
	}
	last := s.Take == Last
	switch set[0] {
	case "regex":
		return s.regex(last)
	case "between":
		if len(s.Between) > 2 || slices.Contains(s.Between, "") {
			return nil, errors.New("between: needs an opening mark and, unless the part ends with the answer, a closing one")
		}
		open, close := s.Between[0], strings.Join(s.Between[1:], "")
		return func(text string) (string, bool) { return between(text, open, close, last) }, nil
	case "before":
		return func(text string) (string, bool) { return before(text, s.Before, last), true }, nil
	case "thought":
		if len(s.Thought) != 2 || s.Thought[0] == "" || s.Thought[1] == "" {
			return nil, errors.New("thought: needs two marks, an opening and a closing one")
		}
		return func(text string) (string, bool) { return afterThought(text, s.Thought[0], s.Thought[1]) }, nil
	case "json":
		path, err := parsePath(s.JSON)
		return func(text string) (string, bool) { return findJSON(text, path, last) }, err
	case "letter":
		return s.letter()
	case "line":
		return func(text string) (string, bool) { return line(text, last) }, nil
	}
	return func(text string) (string, bool) { return number(text, s.Take != First) }, nil
}

func (s *Step) regex(last bool) (func(string) (string, bool), error) {
	re, err := compile(s.Regex)
	if err != nil {
		return nil, fmt.Errorf("regex: %w", err)
	}
	group := min(1, re.NumSubexp())
	if s.Group != "" {
		if group = re.SubexpIndex(s.Group); group < 0 {
			if group, err = strconv.Atoi(s.Group); err != nil || group < 0 || group > re.NumSubexp() {
				return nil, fmt.Errorf("group: the pattern has no group %q; it has %d", s.Group, re.NumSubexp())
			}
		}
	}
	return func(text string) (string, bool) {
		m := match(re, text, last)
		if m == nil || m[2*group] < 0 { // the group is in a branch that didn't match
			return "", false
		}
		return text[m[2*group]:m[2*group+1]], true
	}, nil
}

// match is where the first or the last match of a pattern and its groups are; nil if there is none.
func match(re *regexp.Regexp, text string, last bool) []int {
	if !last {
		return re.FindStringSubmatchIndex(text)
	}
	all := re.FindAllStringSubmatchIndex(text, -1)
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// between is the text between two marks: after the first opening one up to the next closing one,
// or after the last opening one that has a closing one behind it.
func between(text, open, close string, last bool) (string, bool) {
	if last && close != "" {
		end := strings.LastIndex(text, close)
		if end < 0 {
			return "", false
		}
		text, close = text[:end], ""
	}
	at := strings.Index(text, open)
	if last {
		at = strings.LastIndex(text, open)
	}
	if at < 0 {
		return "", false
	}
	text = text[at+len(open):]
	if close == "" {
		return text, true
	}
	text, _, ok := strings.Cut(text, close)
	return text, ok
}

// before is the text up to the first or last mark.
func before(text, mark string, last bool) string {
	at := strings.Index(text, mark)
	if last {
		at = strings.LastIndex(text, mark)
	}
	if at < 0 {
		return text
	}
	return text[:at]
}

// afterThought is what follows the last thought. A thought without an end leaves nothing, an
// answer without a thought stays as it is. A thought's opening mark may be missing, since some
// chat templates put it into the prompt.
func afterThought(text, open, close string) (string, bool) {
	if at := strings.LastIndex(text, close); at >= 0 {
		text = text[at+len(close):]
	}
	return text, !strings.Contains(text, open)
}

// line is the first or last line with a character that isn't white space.
func line(text string, last bool) (found string, ok bool) {
	for l := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(l) == "" {
			continue
		}
		if found, ok = l, true; !last {
			break
		}
	}
	return found, ok
}

// letter takes the letter that an answer names, in one of the ways in which models write it.
func (s *Step) letter() (func(string) (string, bool), error) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	n := len(s.Letter)
	if n < 2 || !strings.HasPrefix(alphabet, s.Letter) {
		return nil, fmt.Errorf("letter: %q; write the letters from A on, such as ABCD", s.Letter)
	}
	return func(text string) (string, bool) {
		at, ok := openai.NamedLetter(text, n)
		if !ok {
			return "", false
		}
		return s.Letter[at : at+1], true
	}, nil
}

var numbers = regexp.MustCompile(`[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?|[-+−]?\.\d+`)

// number is the first or last number of a text. A minus sign after a letter, a digit or a
// bracket is a hyphen.
func number(text string, last bool) (string, bool) {
	at := match(numbers, text, last)
	if at == nil {
		return "", false
	}
	found := strings.ReplaceAll(strings.ReplaceAll(text[at[0]:at[1]], ",", ""), "−", "-")
	if found[0] == '+' || found[0] == '-' && at[0] > 0 && joins(text[at[0]-1]) {
		found = found[1:]
	}
	return found, true
}

// joins reports whether a hyphen after the character belongs to a word or a range.
func joins(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= 0x80 || b == ')' || b == ']'
}
