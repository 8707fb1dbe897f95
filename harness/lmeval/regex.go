package lmeval

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// regex is a pattern of Python's re. Go's own patterns have neither lookahead nor back references, which task files
// use.
type regex struct {
	pattern string
	*regexp2.Regexp
}

// maxMatch bounds the time of all searches of a pattern in a text: it may be exponential.
const maxMatch = 2 * time.Second

// maxPattern bounds the bytes of a pattern.
const maxPattern = 100_000

// compileRegex compiles a pattern, with the forms that Python writes in another way.
func compileRegex(pattern string) (*regex, error) {
	if len(pattern) > maxPattern {
		return nil, fmt.Errorf("a pattern has more than %d bytes", maxPattern)
	}
	re, err := regexp2.Compile(translate(pattern), regexp2.None)
	if err != nil {
		return nil, fmt.Errorf("the pattern %q is not supported: %w", pattern, err)
	}
	re.MatchTimeout = maxMatch
	return &regex{pattern, re}, nil
}

// translate writes a pattern of Python in the form of regexp2, which is that of .NET.
func translate(pattern string) string {
	var b strings.Builder
	class := false
	for i := 0; i < len(pattern); i++ {
		rest := pattern[i:]
		switch {
		case rest[0] == '\\' && len(rest) > 1:
			if rest[1] == 'Z' && !class {
				b.WriteString(`\z`)
			} else {
				b.WriteString(rest[:2])
			}
			i++
		case class:
			if rest[0] == '[' {
				b.WriteByte('\\') // .NET subtracts classes
			}
			b.WriteByte(rest[0])
			class = rest[0] != ']'
		case rest[0] == '[':
			class = true
			b.WriteByte('[')
			if strings.HasPrefix(rest[1:], "^") {
				b.WriteByte('^')
				i++
			}
			if strings.HasPrefix(pattern[i+1:], "]") {
				b.WriteString(`\]`)
				i++
			}
		case strings.HasPrefix(rest, "(?P<"):
			b.WriteString("(?<")
			i += len("(?P<") - 1
		case strings.HasPrefix(rest, "(?P="):
			end := strings.IndexByte(rest, ')')
			if end < 0 {
				b.WriteString(rest)
				return b.String()
			}
			b.WriteString(`\k<` + rest[len("(?P="):end] + ">")
			i += end
		case strings.HasPrefix(rest, "{,"):
			b.WriteString("{0,")
			i++
		default:
			b.WriteByte(rest[0])
		}
	}
	return b.String()
}

// findAll is re.findall: for each match its groups, or the match itself if there are none.
func (r *regex) findAll(text string) (all [][]string, err error) {
	groups := len(r.GetGroupNumbers())
	err = r.each(text, -1, func(m *regexp2.Match) {
		if groups == 1 {
			all = append(all, []string{m.String()})
			return
		}
		var one []string
		for _, g := range m.Groups()[1:] {
			one = append(one, g.String())
		}
		all = append(all, one)
	})
	return all, err
}

// each calls f with the matches in a text, of which there may be at most count (-1: any number).
func (r *regex) each(text string, count int, f func(m *regexp2.Match)) error {
	start := time.Now()
	m, err := r.FindStringMatch(text)
	for ; m != nil && err == nil && count != 0; m, err = r.FindNextMatch(m) {
		if time.Since(start) > r.MatchTimeout {
			return r.slow()
		}
		f(m)
		count--
	}
	if err != nil {
		return r.slow()
	}
	return nil
}

func (r *regex) slow() error {
	return fmt.Errorf("the pattern %.100q took more than %v", r.pattern, r.MatchTimeout)
}

// replace is re.sub, of at most count matches (-1: all).
func (r *regex) replace(text, with string, count int) (string, error) {
	var out strings.Builder
	runes, done := []rune(text), 0
	err := r.each(text, count, func(m *regexp2.Match) {
		out.WriteString(string(runes[done:m.Index]))
		out.WriteString(with)
		done = m.Index + m.Length
	})
	out.WriteString(string(runes[done:]))
	return out.String(), err
}

// maxReplaced bounds the bytes that regex_replace writes.
const maxReplaced = 16 << 20

// regexReplace is the filter that lm-evaluation-harness adds to Jinja: re.sub(pattern, repl, text, count).
func regexReplace(args []any, named map[string]any) (any, error) {
	values := map[string]any{"count": 0}
	for i, n := range []string{"string", "pattern", "repl", "count"} {
		if i < len(args) {
			values[n] = args[i]
		} else if v, ok := named[n]; ok {
			values[n] = v
		}
	}
	text, ok1 := values["string"].(string)
	pattern, ok2 := values["pattern"].(string)
	repl, ok3 := values["repl"].(string)
	count, ok4 := values["count"].(int)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return nil, fmt.Errorf("regex_replace takes a text, a pattern, a replacement and a count")
	}
	if strings.Contains(repl, `\`) {
		return nil, fmt.Errorf("regex_replace with a back reference or an escape in the replacement %q is not supported", repl)
	}
	re, err := compileRegex(pattern)
	if err != nil {
		return nil, err
	}
	if count <= 0 {
		count = -1
	}
	if n := utf8.RuneCountInString(text) + 1; len(repl) > maxReplaced/n {
		return nil, fmt.Errorf("regex_replace may make more than %d bytes", maxReplaced)
	}
	return re.replace(text, repl, count)
}
