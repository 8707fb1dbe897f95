package ifeval

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// kinds are those of the public data set. Patterns of words are regular expressions, as in the
// data set's program.
var kinds = sync.OnceValue(func() map[string]kind {
	count := func(n func(a *Arguments, answer string) int, relation func(a *Arguments) (string, float64)) kind {
		return kind{
			follows: func(a *Arguments, answer string) bool {
				r, limit := relation(a)
				return compare(n(a, answer), r, limit)
			},
			check: func(a *Arguments) error {
				r, _ := relation(a)
				if r != atLeast && r != lessThan {
					return fmt.Errorf("relation %q; it must be %q or %q", r, atLeast, lessThan)
				}
				return nil
			},
		}
	}
	frequency := count(func(a *Arguments, answer string) int {
		return len(insensitive(a.Keyword).FindAllStringIndex(answer, -1))
	},
		func(a *Arguments) (string, float64) { return a.Relation, a.Frequency })
	counted := frequency.check
	frequency.check = func(a *Arguments) error { return errors.Join(counted(a), patterns(a.Keyword)) }
	return map[string]kind{
		"keywords:existence": {
			follows: func(a *Arguments, answer string) bool {
				return every(a.Keywords, func(w string) bool { return insensitive(w).MatchString(answer) })
			},
			check: func(a *Arguments) error { return patterns(a.Keywords...) },
		},
		"keywords:frequency": frequency,
		"keywords:forbidden_words": {
			follows: func(a *Arguments, answer string) bool {
				return every(a.ForbiddenWords, func(w string) bool { return !hasWord(answer, w) })
			},
			check: func(a *Arguments) error { return patterns(a.ForbiddenWords...) },
		},
		"keywords:letter_frequency": count(func(a *Arguments, answer string) int {
			return strings.Count(strings.ToLower(answer), strings.ToLower(a.Letter))
		},
			func(a *Arguments) (string, float64) { return a.LetRelation, a.LetFrequency }),
		"language:response_language": {
			follows: func(a *Arguments, answer string) bool { return isLanguage(answer, a.Language) },
			check: func(a *Arguments) error {
				if a.Language == "" {
					return errors.New("no language")
				}
				return nil
			},
		},
		"length_constraints:number_sentences": count(func(_ *Arguments, answer string) int { return sentenceCount(answer) },
			func(a *Arguments) (string, float64) { return a.Relation, a.NumSentences }),
		"length_constraints:number_words": count(func(_ *Arguments, answer string) int { return len(wordRuns.FindAllStringIndex(answer, -1)) },
			func(a *Arguments) (string, float64) { return a.Relation, a.NumWords }),
		"length_constraints:number_paragraphs":        {follows: func(a *Arguments, answer string) bool { return paragraphs(answer) == int(a.NumParagraphs) }},
		"length_constraints:nth_paragraph_first_word": {follows: firstWord},
		"detectable_content:number_placeholders": {follows: func(a *Arguments, answer string) bool {
			return len(placeholder.FindAllStringIndex(answer, -1)) >= int(a.NumPlaceholders)
		}},
		"detectable_content:postscript": {follows: postscript, check: func(a *Arguments) error { return patterns(a.PostscriptMarker) }},
		"detectable_format:number_bullet_lists": {follows: func(a *Arguments, answer string) bool {
			return len(starBullet.FindAllStringIndex(answer, -1))+len(dashBullet.FindAllStringIndex(answer, -1)) == int(a.NumBullets)
		}},
		"detectable_format:constrained_response": {follows: func(_ *Arguments, answer string) bool {
			return strings.Contains(answer, "My answer is yes.") || strings.Contains(answer, "My answer is no.") || strings.Contains(answer, "My answer is maybe.")
		}},
		"detectable_format:number_highlighted_sections": {follows: func(a *Arguments, answer string) bool { return highlights(answer) >= int(a.NumHighlights) }},
		"detectable_format:multiple_sections": {
			follows: func(a *Arguments, answer string) bool {
				re := regexp.MustCompile(white + `?` + strings.TrimSpace(a.SectionSpliter) + white + `?\p{Nd}+` + white + `?`)
				return len(re.FindAllStringIndex(answer, -1)) >= int(a.NumSections)
			},
			check: func(a *Arguments) error { return patterns(strings.TrimSpace(a.SectionSpliter)) },
		},
		"detectable_format:json_format": {follows: isJSON},
		"detectable_format:title": {follows: func(_ *Arguments, answer string) bool {
			for _, t := range title.FindAllString(answer, -1) {
				if strings.TrimSpace(strings.TrimRight(strings.TrimLeft(t, "<"), ">")) != "" {
					return true
				}
			}
			return false
		}},
		"combination:two_responses": {follows: func(_ *Arguments, answer string) bool { return twoResponses(answer) }},
		"combination:repeat_prompt": {follows: func(a *Arguments, answer string) bool {
			return strings.HasPrefix(strings.ToLower(strings.TrimSpace(answer)), strings.ToLower(strings.TrimSpace(a.PromptToRepeat)))
		}, check: func(a *Arguments) error {
			if strings.TrimSpace(a.PromptToRepeat) == "" {
				return errors.New("no prompt_to_repeat")
			}
			return nil
		}},
		"startend:end_checker": {follows: func(a *Arguments, answer string) bool {
			return strings.HasSuffix(strings.ToLower(strings.Trim(strings.TrimSpace(answer), `"`)), strings.ToLower(strings.TrimSpace(a.EndPhrase)))
		}},
		"startend:quotation": {follows: func(_ *Arguments, answer string) bool {
			answer = strings.TrimSpace(answer)
			return len(answer) > 1 && answer[0] == '"' && answer[len(answer)-1] == '"'
		}},
		"change_case:capital_word_frequency": count(func(_ *Arguments, answer string) int { return capitalWords(answer) },
			func(a *Arguments) (string, float64) { return a.CapitalRelation, a.CapitalFrequency }),
		"change_case:english_capital":   {follows: func(_ *Arguments, answer string) bool { return isUpper(answer) && isLanguage(answer, "en") }},
		"change_case:english_lowercase": {follows: func(_ *Arguments, answer string) bool { return isLower(answer) && isLanguage(answer, "en") }},
		"punctuation:no_comma":          {follows: func(_ *Arguments, answer string) bool { return !strings.Contains(answer, ",") }},
	}
})

const (
	atLeast  = "at least"
	lessThan = "less than"
	white    = `[\s\v\x1c-\x1f\x{85}\p{Z}]` // Python's \s
)

var (
	wordRuns    = regexp.MustCompile(`[\pL\pN_]+`) // Python's \w
	placeholder = regexp.MustCompile(`\[.*?\]`)
	starBullet  = regexp.MustCompile(`(?m)^` + white + `*\*[^*].*$`)
	dashBullet  = regexp.MustCompile(`(?m)^` + white + `*-.*$`)
	single      = regexp.MustCompile(`\*[^\n*]*\*`)
	double      = regexp.MustCompile(`\*\*[^\n*]*\*\*`)
	title       = regexp.MustCompile(`<<[^\n]+>>`)
	divider     = regexp.MustCompile(white + `?\*\*\*` + white + `?`)
)

func compare(n int, relation string, limit float64) bool {
	if relation == lessThan {
		return float64(n) < limit
	}
	return float64(n) >= limit
}

func every(words []string, holds func(string) bool) bool {
	for _, w := range words {
		if !holds(w) {
			return false
		}
	}
	return true
}

// insensitive is a word as a pattern without case.
func insensitive(word string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)` + strings.TrimSpace(word))
}

// patterns refuses words that can't be read as patterns, and none.
func patterns(words ...string) error {
	if len(words) == 0 {
		return errors.New("no words")
	}
	for _, w := range words {
		if w == "" {
			return errors.New("an empty word")
		}
		if _, err := regexp.Compile(w); err != nil {
			return fmt.Errorf("%q is no pattern that can be read (RE2)", w)
		}
	}
	return nil
}

// paragraphs counts paragraphs between dividers; -1 if one within the text is empty.
func paragraphs(answer string) int {
	parts := divider.Split(answer, -1)
	n := len(parts)
	for i, p := range parts {
		if strings.TrimSpace(p) == "" {
			if i != 0 && i != len(parts)-1 {
				return -1
			}
			n--
		}
	}
	return n
}

func firstWord(a *Arguments, answer string) bool {
	parts := strings.Split(answer, "\n\n")
	n := 0
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			n++
		}
	}
	at := int(a.NthParagraph)
	if at < 1 || at > n {
		return false
	}
	words := strings.Fields(parts[at-1])
	if len(words) == 0 {
		return false
	}
	word := strings.TrimLeft(strings.TrimLeft(words[0], "'"), `"`)
	if i := strings.IndexAny(word, `.,?!'"`); i >= 0 {
		word = word[:i]
	}
	return n == int(a.NumParagraphs) && strings.ToLower(word) == a.FirstWord
}

func postscript(a *Arguments, answer string) bool {
	marker := strings.TrimSpace(a.PostscriptMarker)
	pattern := strings.ToLower(marker)
	switch marker {
	case "P.P.S":
		pattern = `p\.` + white + `?p\.` + white + `?s`
	case "P.S.":
		pattern = `p\.` + white + `?s\.`
	}
	return regexp.MustCompile(pattern).MatchString(strings.ToLower(answer))
}

func highlights(answer string) (n int) {
	for _, h := range single.FindAllString(answer, -1) {
		if strings.TrimSpace(strings.Trim(h, "*")) != "" {
			n++
		}
	}
	for _, h := range double.FindAllString(answer, -1) {
		if strings.TrimSpace(h[2:len(h)-2]) != "" {
			n++
		}
	}
	return n
}

// isJSON reads an answer as Python's json does, which also takes NaN and infinities and repeated names.
func isJSON(_ *Arguments, answer string) bool {
	answer = strings.TrimSpace(answer)
	for _, mark := range []string{"```json", "```Json", "```JSON", "```"} {
		answer = strings.TrimPrefix(answer, mark)
	}
	answer = strings.TrimSpace(strings.TrimSuffix(answer, "```"))
	switch answer {
	case "NaN", "Infinity", "-Infinity":
		return true
	}
	return jsontext.Value(answer).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

func twoResponses(answer string) bool {
	parts := strings.Split(answer, "******")
	var valid []string
	for i, p := range parts {
		switch p = strings.TrimSpace(p); {
		case p != "":
			valid = append(valid, p)
		case i != 0 && i != len(parts)-1:
			return false
		}
	}
	return len(valid) == 2 && valid[0] != valid[1]
}
