package bpe

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normalizer rewrites a text before it is cut, like a normalizer of Hugging Face's tokenizers.
type normalizer func(span) span

// newNormalizers makes the normalizers of a file's step. An unsupported one is an error with its name.
func newNormalizers(s *step) ([]normalizer, error) {
	if s == nil {
		return nil, nil
	}
	switch s.Type {
	case "Sequence":
		var all []normalizer
		for i := range s.Normalizers {
			more, err := newNormalizers(&s.Normalizers[i])
			if err != nil {
				return nil, err
			}
			all = append(all, more...)
		}
		return all, nil
	case "NFC":
		return []normalizer{unicodeForm(norm.NFC)}, nil
	case "NFD":
		return []normalizer{unicodeForm(norm.NFD)}, nil
	case "NFKC":
		return []normalizer{unicodeForm(norm.NFKC)}, nil
	case "NFKD":
		return []normalizer{unicodeForm(norm.NFKD)}, nil
	case "Lowercase":
		return []normalizer{eachRune(lower)}, nil
	case "StripAccents":
		return []normalizer{eachRune(withoutAccent)}, nil
	case "Strip":
		return []normalizer{strip(s.StripLeft == nil || *s.StripLeft, s.StripRight == nil || *s.StripRight)}, nil
	case "Prepend":
		return []normalizer{prepend(s.Prepend)}, nil
	case "Replace":
		find, err := s.Pattern.finder()
		if err != nil {
			return nil, fmt.Errorf("normalizer Replace: %w", err)
		}
		return []normalizer{replaceAll(find, s.Content)}, nil
	}
	return nil, fmt.Errorf("normalizer %q is not supported; use NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Prepend, Replace or Sequence", s.Type)
}

func unicodeForm(form norm.Form) normalizer {
	return func(s span) span {
		if s.ends == nil {
			s.text = form.String(s.text)
			return s
		}
		r := rewriter{from: s}
		var it norm.Iter
		for it.InitString(form, s.text); !it.Done(); {
			out := it.Next()
			r.put(string(out), it.Pos())
		}
		return r.span()
	}
}

// eachRune replaces each character by a text.
func eachRune(of func(rune) string) normalizer {
	return func(s span) span {
		r := rewriter{from: s}
		for at, c := range s.text {
			next := at + len(string(c))
			if c == unicode.ReplacementChar && !strings.HasPrefix(s.text[at:], "\ufffd") {
				next = at + 1 // a byte of invalid UTF-8 stays
				r.put(s.text[at:next], next)
				continue
			}
			r.put(of(c), next)
		}
		return r.span()
	}
}

// lower is a character in lower case; exactly one character becomes two.
func lower(c rune) string {
	if c == 'İ' {
		return "i\u0307"
	}
	return string(unicode.ToLower(c))
}

func withoutAccent(c rune) string {
	if unicode.Is(unicode.Mn, c) {
		return ""
	}
	return string(c)
}

func strip(left, right bool) normalizer {
	return func(s span) span {
		from, to := 0, len(s.text)
		if left {
			from = to - len(strings.TrimLeftFunc(s.text, unicode.IsSpace))
		}
		if right {
			to = max(len(strings.TrimRightFunc(s.text, unicode.IsSpace)), from)
		}
		return s.sub(from, to)
	}
}

func prepend(text string) normalizer {
	return func(s span) span {
		if s.text == "" {
			return s
		}
		r := rewriter{from: s}
		r.put(text, 0)
		r.text = append(r.text, s.text...)
		r.ends = append(r.ends, s.ends...)
		return r.span()
	}
}

func replaceAll(find matches, with string) normalizer {
	return func(s span) span {
		r := rewriter{from: s}
		at := 0
		keep := func(to int) {
			r.text = append(r.text, s.text[at:to]...)
			if s.ends != nil {
				r.ends = append(r.ends, s.ends[at:to]...)
			}
		}
		for from, to := range find(s.text) {
			keep(from)
			r.put(with, to)
			at = to
		}
		keep(len(s.text))
		return r.span()
	}
}
