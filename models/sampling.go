package models

import (
	"strconv"
	"strings"
)

// Sampling holds the parameters of decoding.
type Sampling struct {
	Temperature float64  // 0 is greedy
	TopP        float64  // 1 keeps the whole distribution; 0 is the model's default
	MaxTokens   int      // 0 is the model's default
	Stop        []string // the text ends before the first of these
}

// String formats the parameters; equal parameters give equal strings.
func (s Sampling) String() string {
	f := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	topP := f(s.TopP)
	switch {
	case s.TopP == 0 && s.Temperature > 0: // the model's default, whatever that is
		topP = "unset"
	case s.TopP == 0:
		topP = "1"
	}
	fields := []string{f(s.Temperature), topP, strconv.Itoa(s.MaxTokens)}
	for _, stop := range s.Stop {
		fields = append(fields, strconv.Quote(stop))
	}
	return strings.Join(fields, " ")
}

// Cut ends a text before the first stop sequence, for models that don't do so themselves.
func (s Sampling) Cut(text string) string {
	for _, stop := range s.Stop {
		if stop == "" {
			continue
		}
		if i := strings.Index(text, stop); i >= 0 {
			text = text[:i]
		}
	}
	return text
}
