package judge

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode"

	"assay/harness/leaf/plural"
	"assay/models"
)

// Reasons why an answer of the judge is no verdict.
const (
	emptyAnswer = "the judge's answer is empty"
	filtered    = "the judge's answer was filtered"
)

// form is what a verdict looks like once its line is [plain].
type form struct {
	// whole matches a verdict at a line's end with what may introduce it. Group 1 is the text
	// before that; one of the other groups is the value.
	whole *regexp.Regexp
	// each matches every verdict of a line, also one that whole doesn't match.
	each *regexp.Regexp
	like string // how a verdict is written, for people
}

// unread is the reason if the last line is no verdict.
func (f form) unread() string {
	return "the judge's answer could not be read: expected a last line " + f.like
}

// introduction are words that may stand before a verdict.
const introduction = `(?:(?:so|thus|hence|therefore|overall|final|finally|my|the|better|best|preferred|verdict|answer|decision|` +
	`judge?ment|choice|winner|preference|conclusion|response|output|result|is)\b[ ,:=–—-]*)*`

// marked is a verdict in brackets: [[A]].
func marked(value, like string) form {
	return form{
		whole: regexp.MustCompile(`^(.*?)` + introduction + `\[(` + value + `)\]$`),
		each:  regexp.MustCompile(`\[(?:` + value + `)\]`),
		like:  like,
	}
}

// labeled is a verdict after a label, with what may follow the value (Grade: 5/7), or one in
// brackets.
func labeled(label, value, after, like string) form {
	label = `\b` + label + `(?: is)?[ :=–—]*`
	return form{
		whole: regexp.MustCompile(`^(.*?)` + introduction + `(?:\[?` + label + `\[?(` + value + `)\]?` + after + `\]?|\[(` + value + `)\])$`),
		each:  regexp.MustCompile(label + `\[?(?:` + value + `)|\[(?:` + value + `)\]`),
		like:  like,
	}
}

// parse reads the value of a verdict, in lower case, from the last line with a letter or a
// number. Nothing above it counts, since a judge may quote the answer there. Mark-up,
// quotes, end tokens, case, blanks and punctuation around a verdict don't matter. The line
// must hold exactly one verdict, at its end. What precedes it must be a label or sentences
// of the judge's own. Otherwise there is no verdict, for the reason returned.
func parse(answer string, f form) (value, reason string) {
	values, reason := parseLines(answer, []form{f})
	return strings.Join(values, ""), reason
}

// parseLines reads a verdict of each form from the last lines of an answer, in order, by the rules of
// [parse]. One line that holds no verdict leaves none at all.
func parseLines(answer string, forms []form) (values []string, reason string) {
	if strings.TrimSpace(answer) == "" {
		return nil, emptyAnswer
	}
	lines, values := strings.Split(answer, "\n"), make([]string, len(forms))
	left := len(forms)
	for i := len(lines) - 1; i >= 0 && left > 0; i-- {
		line := plain(lines[i])
		if !strings.ContainsFunc(line, speaks) {
			continue
		}
		left--
		if values[left] = verdictOf(lines[i], line, forms[left]); values[left] == "" {
			return nil, noVerdicts(forms)
		}
	}
	if left > 0 {
		return nil, noVerdicts(forms)
	}
	return values, ""
}

// noVerdicts is the reason if the last lines are not those that were asked for.
func noVerdicts(forms []form) string {
	if len(forms) == 1 {
		return forms[0].unread()
	}
	return "the judge's last " + plural.Of(len(forms), "line") + " are not the verdicts that it was asked for"
}

// speaks reports whether a character is a letter or a number: a line of mark-up has none.
func speaks(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// verdictOf is the one verdict of a line; "" where there is none or more than one.
func verdictOf(line, plain string, f form) string {
	m := f.whole.FindStringSubmatch(plain)
	if m == nil || len(f.each.FindAllString(plain, -1)) != 1 || !before(line, m[1]) {
		return ""
	}
	return strings.Join(m[2:], "")
}

// before reports whether a verdict may follow the text before it in its line: nothing, or
// complete sentences. A quotation is refused, since it may be the answer's own words.
func before(line, text string) bool {
	text = strings.TrimSpace(text)
	if text == "" {
		return true
	}
	line = strings.TrimSpace(line)
	quoted := strings.HasPrefix(line, ">") || strings.ContainsAny(line, "\"“”„«»‹›「」『』`‘") ||
		strings.HasSuffix(strings.TrimRight(line, ".!"), "'") || strings.HasSuffix(strings.TrimRight(line, ".!"), "’")
	return !quoted && strings.ContainsAny(text[len(text)-1:], ".!?")
}

var (
	// tag matches an element of HTML, or a token that ends a turn: </s>, <|im_end|>,
	// <end_of_turn>. One that contains brackets is kept, since it may hide a verdict.
	tag = regexp.MustCompile(`<[/!|]?[A-Za-z|][^<>\[\]]*>`)
	// endMark matches an end token of llama.cpp and of Mistral's template.
	endMark = regexp.MustCompile(`(?i)\[ ?(?:/?inst|eos|end of text|end_of_text)\]\s*$`)
	command = regexp.MustCompile(`\\[A-Za-z]+`)
	boxed   = regexp.MustCompile(`\\boxed\s*\{[\s{]*([^{}]*)[\s}]*\}`)
	// bracketed matches a text in any number of brackets.
	bracketed = regexp.MustCompile(`\[[\s\[]*([^\[\]]*?)[\s\]]*\]`)
	// decoration removes mark-up and quotes everywhere.
	decoration = strings.NewReplacer(
		"*", "", "_", "", "`", "", "\\", "", "$", "", "{", "", "}", "", "(", "", ")", "",
		"\"", "", "'", "", "“", "", "”", "", "„", "", "‘", "", "’", "", "«", "", "»", "", "‹", "", "›", "",
		"「", "", "」", "", "『", "", "』", "")
)

// plain removes what doesn't matter from a line: entities, tags and end tokens, LaTeX,
// mark-up, quotes, case, and blanks and punctuation at the ends. Brackets become one pair:
// [[ A ]] and \boxed{A} become [a].
func plain(line string) string {
	s := strings.Map(fold, html.UnescapeString(line))
	s = tag.ReplaceAllString(s, " ")
	s = endMark.ReplaceAllString(s, "")
	s = command.ReplaceAllStringFunc(s, func(c string) string {
		if c == `\boxed` || c == `\fbox` {
			return `\boxed`
		}
		return " "
	})
	s = boxed.ReplaceAllString(s, "[$1]")
	s = decoration.Replace(s)
	s = bracketed.ReplaceAllString(s, "[$1]")
	return trim(strings.TrimPrefix(spaces(strings.ToLower(s)), "+ ")) // + is a bullet, or part of 5+
}

func spaces(s string) string { return strings.Join(strings.Fields(s), " ") }

// trim removes punctuation, bullets and arrows at both ends. It keeps a question mark, since
// a question is no verdict, and signs that change a number's value.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsPunct(r) && !strings.ContainsRune("[]?؟/%&@", r) || strings.ContainsRune(" >|=→⇒➡✅✔☑", r)
	})
}

// fold turns full-width characters into ASCII and every kind of space into a blank, and drops
// invisible characters. It keeps letters of other alphabets.
func fold(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '【', r == '〔', r == '〖':
		return '['
	case r == '】', r == '〕', r == '〗':
		return ']'
	case r == '。':
		return '.'
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		return -1
	}
	return r
}

// cut is the reason why a judge's answer has no end of its own, or "". Without one, its last
// line need not be the verdict.
func cut(a models.Answer, limit int) string {
	switch {
	case a.Finish == models.FinishLength && limit > 0:
		return fmt.Sprintf("the judge was cut off at %s: raise max_tokens", plural.Of(limit, "token"))
	case a.Finish == models.FinishLength:
		return "the judge was cut off at its server's limit: raise max_tokens"
	case a.Finish == models.FinishFiltered:
		return filtered
	}
	return ""
}
