package loopback

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"assay/harness/leaf/seed"
)

// hashOf hashes texts, each followed by a byte that is never valid in UTF-8: 64-bit FNV-1a (Fowler, Noll and
// Vo), mixed. It is written out because hash/fnv copies every text.
func hashOf[T string | []byte](texts ...T) uint64 {
	const prime = 0x100000001b3
	h := uint64(0xcbf29ce484222325)
	for _, text := range texts {
		for i := range len(text) {
			h = (h ^ uint64(text[i])) * prime
		}
		h = (h ^ 0xff) * prime
	}
	return seed.Next(h)
}

// words are what the model says.
var words = [...]string{
	"a", "the", "one", "this", "her", "old", "small", "quiet", "green", "early",
	"river", "lamp", "harbour", "garden", "letter", "stone", "market", "window", "bridge", "clock",
	"keeps", "finds", "carries", "opens", "leaves", "holds", "paints", "hears", "follows", "counts",
	"near", "under", "beyond", "with", "and", "slowly", "often", "today", "again", "home",
}

// draw is one answer; its parts are read off the state in turn.
type draw struct{ state uint64 }

func (d *draw) next(n int) int {
	d.state = seed.Next(d.state)
	return int(d.state % uint64(n))
}

// sentence is 5 to 20 words.
func (d *draw) sentence() string {
	var b strings.Builder
	for i := range 5 + d.next(16) {
		if i > 0 {
			b.WriteByte(' ')
		}
		word := words[d.next(len(words))]
		if i == 0 {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		b.WriteString(word)
	}
	b.WriteByte('.')
	return b.String()
}

// reply is a sentence. If the last line of the prompt requests a verdict in a known form ("[[A]]", "Grade: ",
// "Verdict: "), the verdict follows; so do the values of lines such as "Likert: 1 to 7" and "Sexual: yes or
// no" at the prompt's end. If choices are listed under letters and one letter is requested, the
// reply is a letter.
func (d *draw) reply(prompt string) string {
	prompt = strings.TrimRightFunc(prompt, unicode.IsSpace)
	last := prompt[strings.LastIndexByte(prompt, '\n')+1:]
	if listed, _, ok := strings.Cut(prompt, "\nAnswer with one letter"); ok {
		n := 1
		for n < len(letters) && strings.Contains(listed, "\n"+letters[n:n+1]+". ") {
			n++
		}
		return string(letters[d.next(n)])
	}
	text := d.sentence()
	if lines := d.values(prompt); lines != "" {
		return text + lines
	}
	switch {
	case strings.Contains(last, "[[A]]"):
		return text + "\n[[" + string("AAAABBBBC"[d.next(9)]) + "]]"
	case strings.Contains(last, "Grade: "):
		return text + "\nGrade: " + strconv.Itoa(1+d.next(7))
	case strings.Contains(last, "Verdict: "):
		return text + "\nVerdict: " + [...]string{"yes", "no"}[d.next(2)]
	}
	return text
}

// values are the lines at a prompt's end that request a value, with one.
func (d *draw) values(prompt string) string {
	lines, out := strings.Split(prompt, "\n"), ""
	for i := len(lines) - 1; i >= 0; i-- {
		label, values, _ := strings.Cut(lines[i], ": ")
		of := map[string]string{"1 to 7": "1234567", "yes or no": "yn", "yes, no or n/a": "yn"}[values]
		if of == "" {
			break
		}
		value := string(of[d.next(len(of))])
		out = "\n" + label + ": " + cmp.Or(map[string]string{"y": "yes", "n": "no"}[value], value) + out
	}
	return out
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// tokenLength is the largest number of characters in a token, not counting a leading space.
const tokenLength = 6

// tokenize cuts a text into tokens that join to the text: up to six characters with at most one space before
// them, or one other white-space character.
func tokenize(text string) []string {
	var tokens []string
	for len(text) > 0 {
		end := tokenEnd(text)
		tokens = append(tokens, text[:end])
		text = text[end:]
	}
	return tokens
}

// countTokens is the number of tokens in a text.
func countTokens(text string) int {
	n := 0
	for ; len(text) > 0; n++ {
		text = text[tokenEnd(text):]
	}
	return n
}

// tokenEnd is where the first token of a text ends; the text must not be empty.
func tokenEnd(text string) int {
	end, length := 0, 0
	if text[0] == ' ' {
		end = 1
	}
	for end < len(text) && length < tokenLength {
		r, size := utf8.DecodeRuneInString(text[end:])
		if unicode.IsSpace(r) {
			break
		}
		end += size
		length++
	}
	if end == 0 { // white space other than a plain space
		_, end = utf8.DecodeRuneInString(text)
	}
	return end
}

// logprobs returns the log-probability, in nats, of each token given those before it: equal beginnings have
// equal values.
func (s *Server) logprobs(tokens []string) []float64 {
	h := hashOf(s.config.Model)
	values := make([]float64, len(tokens))
	for i, token := range tokens {
		h = seed.Next(h ^ hashOf(token))
		values[i] = -0.05 - 6*seed.Unit(h)
	}
	return values
}

// alternatives returns n other tokens with their log-probabilities: each takes half of the probability that
// the token and the alternatives before it left. The alternatives to a letter are the other letters from A
// on; otherwise they are words.
func alternatives(token string, logprob float64, n int) ([]string, []float64) {
	d := draw{hashOf(token)}
	rest := math.Log1p(-math.Exp(logprob))
	tokens, values := make([]string, 0, n), make([]float64, 0, n)
	space, isLetter := strings.CutSuffix(token, strings.Trim(token, " "))
	isLetter = isLetter && len(token) == len(space)+1 && strings.Contains(letters, token[len(space):])
	start := d.next(len(words))
	for i := range len(words) {
		if len(tokens) == n || isLetter && i == len(letters) {
			break
		}
		other := " " + words[(start+i)%len(words)]
		if isLetter {
			other = space + letters[i:i+1]
		}
		if other == token {
			continue
		}
		rest -= math.Ln2
		tokens, values = append(tokens, other), append(values, rest)
	}
	return tokens, values
}
