package openai

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// namedChoice finds which of the listed choices an answer names: by its letter in one of the ways in which
// models write it, or by the text of exactly one choice. An answer that names several choices, or a letter
// without a choice, names none.
//
// A letter counts where it can't mean anything else: alone in the answer or in a line, at the start with
// punctuation after it, in a box, and after words like "the answer is". "A good question" and "A or B" name
// nothing.
func namedChoice(answer string, listed []string) (place int, ok bool) {
	byText, said := sameText(answer, listed)
	byLetter, written := writtenLetter(plainAnswer(answer), listed)
	switch {
	case said && written:
		return byText, byText == byLetter
	case said:
		return byText, true
	}
	return byLetter, written
}

// NamedLetter is the index of the one letter, of the first among of the alphabet, that an answer names. See
// [namedChoice] for how it may do so.
func NamedLetter(answer string, among int) (place int, ok bool) {
	return writtenLetter(plainAnswer(answer), make([]string, among))
}

// sameText finds the one choice whose text equals the answer. A single letter is not a text.
func sameText(answer string, listed []string) (at int, ok bool) {
	said, n := plainText(answer), 0
	if utf8.RuneCountInString(said) < 2 {
		return 0, false
	}
	for i, choice := range listed {
		if plainText(choice) == said {
			at = i
			n++
		}
	}
	return at, n == 1
}

// plainText is a text without what a model may change when it repeats it: mark-up, quotes, white space and
// the final full stop.
func plainText(text string) string {
	return strings.TrimRight(strings.Join(strings.Fields(plainAnswer(text)), " "), ". ")
}

var (
	special = regexp.MustCompile(`<\|[^|<>]*\|>|</?(?:s|bos|eos|pad|end_of_turn)>`)
	tags    = regexp.MustCompile(`</?(?:[a-z]|[A-Za-z]{2,20})>`)
	boxed   = regexp.MustCompile(`\\(?:boxed|fbox)\b`)
	command = regexp.MustCompile(`\\(?:text|textbf|textit|mathrm|mathbf|mathsf|rm|bf)\b`)
	markup  = strings.NewReplacer(`\(`, "", `\)`, "", `\[`, "", `\]`, "", "$", "", "*", "", "`", "", "_", " ", "#", "",
		`"`, "", "'", "", "“", "", "”", "", "‘", "", "’", "", "。", ".", "、", ",",
		"【", "[", "】", "]", "「", "[", "」", "]", "『", "[", "』", "]")
)

// plainAnswer removes an answer's mark-up, special tokens and symbols. Full-width characters become plain
// ones, a box becomes "answer:" on a line of its own, and text between tags becomes a line.
func plainAnswer(answer string) string {
	text := special.ReplaceAllString(norm.NFKC.String(answer), "")
	if strings.Contains(text, "</") {
		text = tags.ReplaceAllString(text, "\n")
	}
	text = boxed.ReplaceAllString(text, "\nanswer: ")
	text = command.ReplaceAllString(text, "")
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.So, r) || r == '\ufe0f' {
			return -1
		}
		return r
	}, markup.Replace(text))
	return strings.TrimLeftFunc(strings.TrimSpace(text), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("-–—•·", r)
	})
}

// mention is a letter that stands alone in an answer.
type mention struct {
	letter        byte   // upper case
	before, after string // the rest of the answer
	upper         bool   // as written
}

// unspaced scripts put no space between a letter and the words around it.
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai}

// mentions returns all mentions in an answer, in order.
func mentions(text string) (all []mention) {
	alone := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) || unicode.In(r, unspaced...) }
	for i := range len(text) {
		c := text[i]
		upper := c >= 'A' && c <= 'Z'
		if !upper && (c < 'a' || c > 'z') {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+1:])
		if (i == 0 || alone(before)) && (i+1 == len(text) || alone(after)) {
			all = append(all, mention{c &^ 0x20, text[:i], text[i+1:], upper})
		}
	}
	return all
}

var (
	opening = regexp.MustCompile(`[(\[{<\s]*$`)
	closing = regexp.MustCompile(`^[)\]}>]*`)
	// After these words, a letter is the answer.
	statement = regexp.MustCompile(`(?i)(?:` +
		`\b(?:answer|ans\.|choice|option|selection|letter|antwort|r[eé]ponse|respuesta|risposta|resposta)(?:\s+(?:letter|choice|option))?` +
		`\s*(?:\b(?:is|would be|should be|must be|ist|est|es)\b|[:=èé→⇒]|=>|->|\s[-–—])\s*(?:is\b|:)?` +
		`|\banswer choice|\bans\.` +
		`|(?:答案|选项|選項|选择|選擇|正确|正確|应选|應選|答え|正解|解答|정답|답)\s*(?:[是为為选選はが은는]|应该是|應該是)?\s*:?` +
		`|\b(?:best|correct|right|likeliest|likely)\b[^.\n]{0,60}\bis:?` +
		`|\bI(?:d|ll|m| would| will| am)? (?:choose|pick|select|say|go with|go for|going with|going for)` +
		`|^\pL+\s*:` + // one word of another language
		`)\s*(?:option|choice|letter|answer)?$`)
	// So it is after these, at the end of a line.
	conclusion = regexp.MustCompile(`(?i)\b(?:its|it is|it must be|so|thus|hence|therefore|sure|certainly|definitely|clearly|obviously|probably|wait|actually|correction|no|sorry|rather)[,:!.]?\s*$`)
	denial     = regexp.MustCompile(`(?i)\b(?:not|isnt|dont|doesnt|wouldnt|never|wrong|incorrect|false|worst|least|neither|cant|cannot)\b[^.,;\n]*$`)
	// What may follow a letter after such words.
	stop = regexp.MustCompile(`^(?:\s*[.,:;!]|[ \t]*(?:\n|$)|\s+(?:because|since)\b)`)
	// What makes the letter before it the answer.
	verdict = regexp.MustCompile(`(?i)^\s+is\s+(?:the\s+)?(?:correct|right|best|answer|likeliest|most likely)\b`)
	// What surrounds a letter that is otherwise alone in a line.
	lineBefore = regexp.MustCompile(`(?i)(?:^|\n)[ \t•>–—-]*(?:(?:the|my|final|correct|best)\s+)*(?:answer|option|choice|letter)?[ \t]*$`)
	lineAfter  = regexp.MustCompile(`^[ \t]*[.,:;!?]*[ \t]*(?:\n|$)`)
	leadAfter  = regexp.MustCompile(`^\s*(?:[.,:;]|[-–—]\s|\n|$|(?:because|since)\b)`)
	leadBefore = regexp.MustCompile(`(?i)^\s*(?:(?:option|choice|answer|letter)\s*)?$`)
	between    = regexp.MustCompile(`(?i)^[\s()\[\]{}<>.,:;]*(?:|or|and|nor|and/or|/|&|\|)[\s()\[\]{}<>.,:;]*$`)
	listItem   = regexp.MustCompile(`(?i)(?:(?:^|\n)[ \t•–—-]*|\b(?:option|choice|letter)\s*)$`)
)

// writtenLetter is the index of the one letter that an answer without mark-up names.
func writtenLetter(text string, listed []string) (place int, ok bool) {
	all := mentions(text)
	if len(all) > 0 && leadBefore.MatchString(opening.ReplaceAllString(all[0].before, "")) {
		if at := all[0].place(); at < len(listed) && all[0].repeats(listed[at]) {
			return at, true
		}
		if slices.ContainsFunc(listed, all[0].repeats) { // a letter with another choice's text
			return 0, false
		}
	}
	var named []byte
	for i := range all {
		if !all[i].names(all) {
			continue
		}
		named = append(named, all[i].letter)
		for _, k := range []int{i - 1, i + 1} { // A or B
			if k >= 0 && k < len(all) && joined(&all[min(i, k)], &all[max(i, k)]) {
				named = append(named, all[k].letter)
			}
		}
	}
	slices.Sort(named)
	if named = slices.Compact(named); len(named) != 1 {
		return 0, false
	}
	place = strings.IndexByte(letters, named[0])
	return place, place < len(listed)
}

func (m *mention) place() int { return strings.IndexByte(letters, m.letter) }

// repeats reports whether a choice's text, and nothing else, follows the letter.
func (m *mention) repeats(choice string) bool {
	after := closing.ReplaceAllString(m.after, "")
	if !m.upper && len(after) == len(m.after) && !leadAfter.MatchString(after) { // a word
		return false
	}
	rest := plainText(strings.TrimLeft(after, ".,:;-–— \t\n"))
	if inner, ok := strings.CutPrefix(rest, "("); ok && strings.HasSuffix(inner, ")") {
		rest = plainText(inner[:len(inner)-1])
	}
	return plainText(choice) != "" && rest == plainText(choice)
}

// names reports whether an answer names the letter here.
func (m *mention) names(all []mention) bool {
	before := opening.ReplaceAllString(m.before, "")
	bare := m.before[len(before):] // brackets and white space
	if strings.Contains(bare, "\n") {
		before += bare[:strings.LastIndexByte(bare, '\n')+1]
	}
	after := closing.ReplaceAllString(m.after, "")
	closed := len(after) < len(m.after)
	ownLine := lineBefore.MatchString(before) && lineAfter.MatchString(after)
	if !m.upper { // a lower-case letter counts at the end only: a and i may be words
		before := strings.TrimSpace(before)
		said := statement.MatchString(before) && !denial.MatchString(before) && (strings.HasSuffix(before, ":") || m.letter != 'A' && m.letter != 'I')
		return (before == "" || said) && strings.Trim(after, ".,:;!? \t\n") == ""
	}
	switch {
	case ownLine:
		return true
	case statement.MatchString(before):
		return (stop.MatchString(after) || closed) && !denial.MatchString(before)
	case conclusion.MatchString(before):
		return lineAfter.MatchString(after) && !denial.MatchString(before)
	case verdict.MatchString(after):
		return !denial.MatchString(before)
	case leadBefore.MatchString(before):
		return (closed || leadAfter.MatchString(after)) && !m.others(all)
	}
	return false
}

// others reports whether an answer that starts with the letter also lists others: at the start of a line, or
// in brackets.
func (m *mention) others(all []mention) bool {
	return slices.ContainsFunc(all, func(o mention) bool {
		if o.letter == m.letter || !o.upper {
			return false
		}
		bracketed := closing.FindString(o.after) != "" && opening.FindString(o.before) != "" && strings.ContainsAny(opening.FindString(o.before), "([{<")
		return bracketed || listItem.MatchString(o.before) && leadAfter.MatchString(closing.ReplaceAllString(o.after, ""))
	})
}

// joined reports whether two letters are named together: "A or B", "A, B". A and I before a word are
// themselves words.
func joined(a, b *mention) bool {
	if !a.upper || !b.upper {
		return false
	}
	if b.letter == 'A' || b.letter == 'I' {
		rest := strings.TrimLeft(b.after, " ")
		if r, _ := utf8.DecodeRuneInString(rest); len(rest) < len(b.after) && unicode.IsLetter(r) {
			return false
		}
	}
	gap := b.before[len(a.before)+1:]
	return !strings.Contains(gap, "\n") && between.MatchString(gap)
}
