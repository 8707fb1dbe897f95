package bpe

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pipeline is what happens to a text before its pieces are merged.
type pipeline struct {
	normalizers []normalizer
	splitters   []splitter
	// The last step is Hugging Face's ByteLevel: it may put a space before each part that doesn't start with
	// one, and cut the parts by GPT-2's pattern.
	space, pattern bool
	plain          bool // only GPT-2's pattern
}

// splitter cuts a part of a text into parts, of which it may drop some.
type splitter func(s span, yield func(span))

// gpt2Pieces is GPT-2's pipeline.
func gpt2Pieces() pipeline { return pipeline{pattern: true, plain: true} }

// pieces calls yield with a text's pieces. first means that a space may be put before the text.
func (p *pipeline) pieces(whole span, first bool, c *classes, yield func(span)) {
	parts := []span{whole}
	for _, split := range p.splitters {
		var next []span
		for _, part := range parts {
			split(part, func(s span) {
				if s.text != "" {
					next = append(next, s)
				}
			})
		}
		parts = next
	}
	for i, part := range parts {
		if p.space && (first || i > 0) && !strings.HasPrefix(part.text, " ") {
			part = prepend(" ")(part)
		}
		for at := 0; at < len(part.text); {
			n := len(part.text)
			if p.pattern {
				n = c.piece(part.text[at:])
				yield(part.sub(at, at+n))
			} else {
				yield(part)
			}
			at += n
		}
	}
}

// newPieces makes the pipeline of a file's pre-tokenizer, which must end in ByteLevel: BPE on anything but
// bytes isn't supported.
func newPieces(s *step) (pipeline, error) {
	steps := flattened(s)
	if len(steps) == 0 || !slices.ContainsFunc(steps, func(s step) bool { return s.Type == "ByteLevel" }) {
		return pipeline{}, errors.New("the BPE model's pre_tokenizer has no ByteLevel; only byte-level BPE is supported")
	}
	if last := steps[len(steps)-1]; last.Type != "ByteLevel" {
		return pipeline{}, fmt.Errorf("the pre_tokenizer has the step %s after ByteLevel, which is not supported: ByteLevel must be last", last.Type)
	}
	last := steps[len(steps)-1]
	p := pipeline{space: last.AddPrefixSpace == nil || *last.AddPrefixSpace, pattern: last.UseRegex == nil || *last.UseRegex}
	for _, s := range steps[:len(steps)-1] {
		split, err := s.splitter()
		if err != nil {
			return p, err
		}
		p.splitters = append(p.splitters, split)
	}
	p.plain = len(p.splitters) == 0 && !p.space && p.pattern
	return p, nil
}

// flattened lists the steps of a pre-tokenizer, with sequences expanded.
func flattened(s *step) []step {
	if s == nil {
		return nil
	}
	if s.Type != "Sequence" {
		return []step{*s}
	}
	var all []step
	for i := range s.PreTokenizers {
		all = append(all, flattened(&s.PreTokenizers[i])...)
	}
	return all
}

// splitter makes one step of a pre-tokenizer.
func (s *step) splitter() (splitter, error) {
	switch s.Type {
	case "Split":
		find, err := s.Pattern.finder()
		if err != nil {
			return nil, fmt.Errorf("pre_tokenizer Split: %w", err)
		}
		return newSplitter(find, s.Behavior, s.Invert != nil && *s.Invert)
	case "Digits":
		behavior := "Contiguous"
		if s.IndividualDigits != nil && *s.IndividualDigits {
			behavior = "Isolated"
		}
		return newSplitter(eachOf(func(r rune) bool { return unicode.Is(unicode.N, r) }), behavior, false)
	case "Punctuation":
		behavior := s.Behavior
		if behavior == "" {
			behavior = "Isolated"
		}
		return newSplitter(eachOf(isPunctuation), behavior, false)
	case "WhitespaceSplit":
		return newSplitter(eachOf(unicode.IsSpace), "Removed", false)
	case "Whitespace":
		find, err := (&pattern{Regex: `\w+|[^\w\s]+`}).finder()
		if err != nil {
			return nil, err
		}
		return newSplitter(find, "Removed", true)
	case "CharDelimiterSplit":
		return newSplitter(eachOf(func(r rune) bool { return string(r) == s.Delimiter }), "Removed", false)
	}
	return nil, fmt.Errorf("pre_tokenizer %q is not supported; use Split, Digits, Punctuation, Whitespace, WhitespaceSplit, CharDelimiterSplit or Sequence before ByteLevel", s.Type)
}

func isPunctuation(r rune) bool {
	return r < utf8.RuneSelf && unicode.In(r, unicode.P, unicode.S) || unicode.Is(unicode.P, r)
}

// matches finds all parts of a text that match a pattern.
type matches func(text string) iter.Seq2[int, int]

// eachOf matches each character of a class.
func eachOf(is func(rune) bool) matches {
	return func(text string) iter.Seq2[int, int] {
		return func(yield func(int, int) bool) {
			for at, r := range text {
				if is(r) && !yield(at, at+max(utf8.RuneLen(r), 1)) {
					return
				}
			}
		}
	}
}

// finder finds a file's pattern.
func (p *pattern) finder() (matches, error) {
	switch {
	case p == nil || p.String == "" && p.Regex == "":
		return nil, errors.New("no pattern")
	case p.Regex != "":
		re, err := compile(p.Regex)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", p.Regex, err)
		}
		return re.all, nil
	}
	return func(text string) iter.Seq2[int, int] {
		return func(yield func(int, int) bool) {
			for at := 0; ; at += len(p.String) {
				i := strings.Index(text[at:], p.String)
				if i < 0 {
					return
				}
				if at += i; !yield(at, at+len(p.String)) {
					return
				}
			}
		}
	}, nil
}

// newSplitter cuts where a pattern is found. The behavior, named as in Hugging Face's SplitDelimiterBehavior,
// says what happens to the matches, or, inverted, to what is between them.
func newSplitter(find matches, behavior string, invert bool) (splitter, error) {
	switch behavior {
	case "Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous":
	default:
		return nil, fmt.Errorf("pre_tokenizer behavior %q is unknown; use Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous", behavior)
	}
	return func(s span, yield func(span)) {
		for _, part := range split(s.text, find, behavior, invert) {
			yield(s.sub(part.from, part.to))
		}
	}, nil
}

// stretch is a part of a text that is a match, or is between two matches.
type stretch struct {
	from, to int
	match    bool
}

func split(text string, find matches, behavior string, invert bool) []stretch {
	var all []stretch
	at := 0
	add := func(from, to int, match bool) {
		if from < to {
			all = append(all, stretch{from, to, match != invert})
		}
	}
	for from, to := range find(text) {
		add(at, from, false)
		add(from, to, true)
		at = to
	}
	add(at, len(text), false)
	if behavior == "Isolated" {
		return all
	}
	kept := all[:0:0]
	for i, s := range all {
		last := len(kept) - 1
		switch {
		case behavior == "Removed" && s.match:
			continue
		case behavior == "MergedWithPrevious" && i > 0 && s.match && !all[i-1].match,
			behavior == "MergedWithNext" && i > 0 && !s.match && all[i-1].match,
			behavior == "Contiguous" && i > 0 && s.match == all[i-1].match:
			kept[last].to = s.to
			continue
		}
		kept = append(kept, s)
	}
	return kept
}
