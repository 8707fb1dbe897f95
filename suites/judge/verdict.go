package judge

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode"

	"assay/models"
)

// Reasons for which an answer of the judge is no verdict.
const (
	emptyAnswer = "the judge's answer is empty"
	noVerdict   = "the judge's last line is no verdict"
	filtered    = "the judge's answer was filtered"
)

// form is what a verdict looks like once its line is [plain].
type form struct {
	// whole is a verdict at a line's end with what may introduce it. Group 1 is the
	// text before that; of the others one is the value.
	whole *regexp.Regexp
	// each finds every verdict of a line, also one that whole doesn't take.
	each *regexp.Regexp
}

// introduction are words that may stand before a verdict.
const introduction = `(?:(?:so|thus|hence|therefore|overall|final|finally|my|the|better|best|preferred|verdict|answer|decision|` +
	`judge?ment|choice|winner|preference|conclusion|response|output|result|is)\b[ ,:=–—-]*)*`

// marked is a verdict in brackets: [[A]].
func marked(value string) form {
	return form{
		whole: regexp.MustCompile(`^(.*?)` + introduction + `\[(` + value + `)\]$`),
		each:  regexp.MustCompile(`\[(?:` + value + `)\]`),
	}
}

// labeled is a verdict behind a label, with what may follow the value (Grade: 5/7), or
// one in brackets.
func labeled(label, value, after string) form {
	label = `\b` + label + `(?: is)?[ :=–—]*`
	return form{
		whole: regexp.MustCompile(`^(.*?)` + introduction + `(?:\[?` + label + `\[?(` + value + `)\]?` + after + `\]?|\[(` + value + `)\])$`),
		each:  regexp.MustCompile(label + `\[?(?:` + value + `)|\[(?:` + value + `)\]`),
	}
}

// The forms that the judges here ask for.
var (
	pairwiseVerdict = marked(`[abc]`)
	gradeVerdict    = labeled(`grade`, `[1-7]`, `(?:\.0+)?(?: ?/ ?7| out of 7)?`)
	truthVerdict    = labeled(`verdict`, `yes|no`, ``)
)

// parse reads the value of a verdict, in lower case, from the last line that says
// something; nothing above it counts, so that what a judge quotes of an answer on its
// way is no verdict. Mark-up, quotes, end tokens, case, blanks and punctuation around a
// verdict don't matter. The line must hold exactly one verdict, at its end; what stands
// before it must be a label or sentences of the judge's own. Otherwise there is no
// verdict, with a reason.
func parse(answer string, f form) (value, reason string) {
	if strings.TrimSpace(answer) == "" {
		return "", emptyAnswer
	}
	lines := strings.Split(answer, "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if line := plain(lines[i]); strings.ContainsFunc(line, speaks) {
			if value = verdictOf(lines[i], line, f); value == "" {
				return "", noVerdict
			}
			return value, ""
		}
	}
	return "", noVerdict
}

// speaks reports whether a character says something: a line of mark-up alone doesn't.
func speaks(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// verdictOf is the one verdict of a line; "" where there is none or more than one.
func verdictOf(line, plain string, f form) string {
	m := f.whole.FindStringSubmatch(plain)
	if m == nil || len(f.each.FindAllString(plain, -1)) != 1 || !before(line, m[1]) {
		return ""
	}
	return strings.Join(m[2:], "")
}

// before reports whether a verdict may stand behind what is before it in its line: nothing, or
// sentences that came to their end. A quotation may be the answer's own words.
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
	// tag is an element of HTML, or a token that ends a turn: </s>, <|im_end|>,
	// <end_of_turn>. One with brackets in it stays, since it may hide a verdict.
	tag = regexp.MustCompile(`<[/!|]?[A-Za-z|][^<>\[\]]*>`)
	// endMark is an end token of llama.cpp and of Mistral's template.
	endMark = regexp.MustCompile(`(?i)\[ ?(?:/?inst|eos|end of text|end_of_text)\]\s*$`)
	command = regexp.MustCompile(`\\[A-Za-z]+`)
	boxed   = regexp.MustCompile(`\\boxed\s*\{[\s{]*([^{}]*)[\s}]*\}`)
	// bracketed is a text in brackets, however many.
	bracketed = regexp.MustCompile(`\[[\s\[]*([^\[\]]*?)[\s\]]*\]`)
	// decoration is mark-up and quotes, wherever they stand.
	decoration = strings.NewReplacer(
		"*", "", "_", "", "`", "", "\\", "", "$", "", "{", "", "}", "", "(", "", ")", "",
		"\"", "", "'", "", "“", "", "”", "", "„", "", "‘", "", "’", "", "«", "", "»", "", "‹", "", "›", "",
		"「", "", "」", "", "『", "", "』", "")
)

// plain takes what doesn't matter out of a line: entities, tags and end tokens, LaTeX,
// mark-up, quotes, case, and blanks and punctuation at the ends. Brackets become one
// pair: [[ A ]] and \boxed{A} are [a].
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

// trim takes punctuation, bullets and arrows off both ends. A question mark stays, since it
// asks; so does what makes another value of a number.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsPunct(r) && !strings.ContainsRune("[]?؟/%&@", r) || strings.ContainsRune(" >|=→⇒➡✅✔☑", r)
	})
}

// fold writes full-width characters as ASCII has them and every space as one, and drops
// what can't be seen. Letters of other alphabets stay what they are.
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

// cut is the reason where a judge's answer has no end of its own, "" where it has: what
// stands in its last line then need not be the verdict.
func cut(a models.Answer, limit int) string {
	switch {
	case a.Finish == models.FinishLength && limit > 0:
		return fmt.Sprintf("the judge was cut off at %d tokens: raise max_tokens", limit)
	case a.Finish == models.FinishLength:
		return "the judge was cut off at its server's limit: raise max_tokens"
	case a.Finish == models.FinishFiltered:
		return filtered
	}
	return ""
}
