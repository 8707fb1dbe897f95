package openai

import (
	"regexp"
	"strings"
	"unicode"
)

// Thoughts says what to do with what a model writes before its answer. The zero value removes thoughts
// between known marks.
type Thoughts struct {
	Keep bool // they are part of the answer
	None bool // the model has none: its text stays as it is, and all stop sequences are sent
	// Start and End are the model's own marks, in place of the known ones. End without Start is for templates
	// that contain the opening mark: every text starts with a thought.
	Start, End string
}

// mark is the pair of marks around a thought.
type mark struct{ start, end string }

// marks are those of commonly served models: DeepSeek R1, Qwen and their relatives, Claude-like prompts,
// Kimi, Magistral, Cohere, OpenThinker, Seed-OSS.
var marks = []mark{
	{"<think>", "</think>"}, {"<thinking>", "</thinking>"}, {"<thought>", "</thought>"}, {"<thoughts>", "</thoughts>"},
	{"<reasoning>", "</reasoning>"}, {"◁think▷", "◁/think▷"}, {"[think]", "[/think]"},
	{"<|start_thinking|>", "<|end_thinking|>"}, {"<|begin_of_thought|>", "<|end_of_thought|>"}, {"<seed:think>", "</seed:think>"},
	{"<|channel>thought", "<channel|>"}, {"<unused94>thought", "<unused95>"}, {`<details type="reasoning"`, "</details>"},
}

// beginsMark reports whether a known mark can start with a character: a text without any such character has
// no thoughts.
func beginsMark(r rune) bool { return r == '<' || r == '[' || r == '◁' }

// family matches a similar opening tag at the start of a text: <mm:think>, <think_fast>, <think budget="20">.
var family = regexp.MustCompile(`^\s*(<((?:[a-z]+[_:-])?(?:think|thinking|thought|thoughts|reasoning)(?:[_:-][a-z]+)?)(?:\s[^<>]*)?>)`)

// marksOf returns the known marks and the one that starts the text.
func marksOf(text string) []mark {
	m := family.FindStringSubmatch(lower(text[:min(len(text), 200)]))
	if m == nil {
		return marks
	}
	return append([]mark{{m[1], "</" + m[2] + ">"}}, marks...)
}

// wrappers are marks around the answer proper, of models that have them.
var wrappers = []mark{
	{"<answer>", "</answer>"}, {"<response>", "</response>"}, {"<|start_response|>", "<|end_response|>"},
	{"<|begin_of_solution|>", "<|end_of_solution|>"},
}

// unwrap removes the wrappers of an answer after a thought.
func (s said) unwrap() said {
	if !s.thought {
		return s
	}
	for _, w := range wrappers {
		text := trimLeft(s.text)
		if !strings.HasPrefix(lower(text), w.start) {
			continue
		}
		s.text = trimLeft(text[len(w.start):])
		if inside := strings.TrimRightFunc(s.text, unicode.IsSpace); strings.HasSuffix(lower(inside), w.end) {
			s.text = strings.TrimRightFunc(inside[:len(inside)-len(w.end)], unicode.IsSpace)
		}
		break
	}
	return s
}

// said is a text without its thoughts.
type said struct {
	text    string
	thought bool // there were some, and the white space after them is removed
	open    bool // the text is a thought that never ended: there is no answer
	half    bool // there was the end of a thought without its start
}

// split removes the thoughts from a text, and the wrappers of the answer after them; cut means that the text
// ended at its limit.
func (t *Thoughts) split(text string, cut bool) said {
	s := t.parts(text, cut)
	if t.Keep {
		return s
	}
	return s.unwrap()
}

func (t *Thoughts) parts(text string, cut bool) said {
	switch {
	case t.None:
		return said{text: text}
	case t.End != "" && t.Start == "":
		_, after, ok := strings.Cut(text, t.End)
		if !ok {
			return said{thought: true, open: true}
		}
		return said{text: trimLeft(after), thought: true}
	case t.End != "":
		return splitMarks(text, []mark{{lower(t.Start), lower(t.End)}}, cut)
	}
	if s, ok := splitHarmony(text); ok {
		return s
	}
	if !strings.ContainsFunc(text, beginsMark) {
		return said{text: text}
	}
	return splitMarks(text, marksOf(text), cut)
}

// splitMarks removes what is between marks, one thought after the other: at the start of the text, up to an
// end without a start (which the template contains), and within the text.
func splitMarks(text string, marks []mark, cut bool) said {
	s := said{text: text}
	for {
		folded := lower(s.text)
		opening, at := first(folded, marks, func(m mark) string { return m.start })
		closing, end := first(folded, marks, func(m mark) string { return m.end })
		switch {
		case end >= 0 && (at < 0 || end < at):
			s.text, s.half = trimLeft(s.text[end+len(closing.end):]), s.half || !s.thought
		case at < 0:
			return s
		default:
			before := s.text[:at]
			inside := at + len(opening.start)
			length := strings.Index(folded[inside:], opening.end)
			begins := strings.TrimSpace(before) == ""
			switch {
			case length < 0 && begins:
				return said{thought: true, open: true}
			case length < 0 && cut: // the text before it stays
				s.text, s.thought = before, true
				return s
			case length < 0: // text about marks
				return s
			}
			after := trimLeft(s.text[inside+length+len(opening.end):])
			if s.text = before + after; begins {
				s.text = after
			}
		}
		s.thought = true
	}
}

// first finds the first mark in a text; a mark after a backtick is quoted and doesn't count.
func first(text string, marks []mark, part func(mark) string) (found mark, at int) {
	at = -1
	for _, m := range marks {
		for from := 0; ; {
			i := strings.Index(text[from:], part(m))
			if i < 0 {
				break
			}
			i += from
			if i == 0 || text[i-1] != '`' {
				if at < 0 || i < at {
					found, at = m, i
				}
				break
			}
			from = i + 1
		}
	}
	return found, at
}

// splitHarmony reads the channels of gpt-oss: the answer is in the final one. Servers that drop special
// tokens leave the channels' names in the text.
func splitHarmony(text string) (said, bool) {
	const channel, message = "<|channel|>", "<|message|>"
	if !strings.Contains(text, channel) {
		_, final, ok := strings.Cut(text, "assistantfinal")
		if !ok || !strings.HasPrefix(text, "analysis") {
			return said{}, false
		}
		return said{text: trimLeft(final), thought: true}, true
	}
	if !strings.HasPrefix(trimLeft(text), channel) && !strings.HasPrefix(trimLeft(text), "<|start|>") {
		return said{}, false
	}
	s := said{thought: true, open: true}
	for _, part := range strings.Split(text, channel)[1:] {
		name, body, ok := strings.Cut(part, message)
		if fields := strings.Fields(name); !ok || len(fields) == 0 || fields[0] != "final" {
			continue
		}
		for _, end := range []string{"<|end|>", "<|return|>", "<|call|>", "<|start|>"} {
			body, _, _ = strings.Cut(body, end)
		}
		s.text, s.open = trimLeft(body), false
	}
	return s, true
}

func trimLeft(text string) string { return strings.TrimLeftFunc(text, unicode.IsSpace) }

// lower folds only ASCII letters, so that offsets don't change.
func lower(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= 'A' && r <= 'Z' }) {
		return text
	}
	b := []byte(text)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
