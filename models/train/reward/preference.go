package reward

import (
	"errors"
	"fmt"
	"slices"

	"assay/harness/leaf/plural"
	"assay/models/readout"
	"assay/models/train"
)

// Preference is responses to a prompt with the ranks that one labeler gave them.
type Preference struct {
	Prompt    []int32
	Responses [][]int32 // without the token that ends them
	Ranks     []int     // of the responses; a lower rank is better, and equal ranks are ties
	Cluster   uint32    // number of the prompt
	Labeler   string
}

// Pairs is how many pairs of responses are not ties.
func (c *Preference) Pairs() int {
	n := 0
	for i := range c.Ranks {
		for _, other := range c.Ranks[:i] {
			if other != c.Ranks[i] {
				n++
			}
		}
	}
	return n
}

// teaches reports whether two different responses have different ranks.
func (c *Preference) teaches() bool {
	for i, r := range c.Responses {
		for j, other := range c.Responses[:i] {
			if c.Ranks[i] != c.Ranks[j] && !slices.Equal(r, other) {
				return true
			}
		}
	}
	return false
}

// Batch is the responses of some preferences, each a row that begins with the prompt.
type Batch struct {
	Tokens      []int32 // [Rows, Time], padded with 0
	Rows, Time  int
	Ends        []int // [Rows], the index in Tokens of each row's last token
	Preferences []*Preference
}

// Length is how many tokens its rows have without padding.
func (b *Batch) Length() int64 {
	var n int64
	for r, end := range b.Ends {
		n += int64(end - r*b.Time + 1)
	}
	return n
}

// Set is what a training learns from or is tested on. Each of its preferences has at least
// one pair.
type Set struct {
	train.Pool[*Preference]
	// Time is the length of the longest row with its end. Longer ones are cut: prompts at
	// their beginning, equally for all responses, and responses that are longer without a
	// prompt at their end.
	Time int
	End  int32 // the token that ends a text
}

// NewSet makes a set of the preferences that have a pair. At least one must have two
// different responses with different ranks.
func NewSet(all []*Preference, rows, parts, time int, end int32, seed uint64) (*Set, error) {
	s := &Set{Pool: train.Pool[*Preference]{Rows: rows, Parts: parts, Seed: seed}, Time: time, End: end}
	for _, c := range all {
		if c.Pairs() > 0 {
			s.All = append(s.All, c)
		}
	}
	if !slices.ContainsFunc(s.All, (*Preference).teaches) {
		return nil, fmt.Errorf("nothing to learn from %s: none has two responses with different texts and different ranks", plural.Of(len(all), "preference"))
	}
	if time < 2 {
		return nil, errors.New("rows of fewer than two tokens hold no response")
	}
	return s, nil
}

// Batch is the batch of a step (from 1) and part (from 0).
func (s *Set) Batch(step, part int) *Batch { return s.fill(s.At(step, part)) }

// Largest is the size of the largest batch in so many steps.
func (s *Set) Largest(steps int) train.Size { return train.Largest(s.Drawn(steps), s.size) }

// LargestCovered is [Set.Largest] for the batches of [Set.Cover].
func (s *Set) LargestCovered() train.Size { return train.Largest(s.InOrder(), s.size) }

// size is that of the batch of some preferences. A row's last token is the one that counts.
func (s *Set) size(preferences []*Preference) (of train.Size) {
	longest := 0
	for _, c := range preferences {
		of.Rows += len(c.Responses)
		most := 0
		for _, r := range c.Responses {
			most = max(most, len(r)+1)
		}
		kept := max(min(len(c.Prompt), s.Time-most), 0)
		for _, r := range c.Responses {
			of.Laid += min(kept+len(r)+1, s.Time)
		}
		longest = max(longest, min(kept+most, s.Time))
	}
	of.Time, of.Counted = min(s.Time, (longest+multiple-1)/multiple*multiple), of.Rows
	return of
}

// Cover goes through all preferences in order.
func (s *Set) Cover(yield func(*Batch) error) error {
	for part := range s.InOrder() {
		if err := yield(s.fill(part)); err != nil {
			return err
		}
	}
	return nil
}

// multiple is what a batch's time is rounded up to, because a model builds a graph for each
// shape of batch.
const multiple = 32

func (s *Set) fill(preferences []*Preference) *Batch {
	b := &Batch{Preferences: preferences}
	var rows [][]int32
	for _, c := range preferences {
		rows = append(rows, readout.Rows(c.Prompt, c.Responses, s.End, s.Time)...)
	}
	of := s.size(preferences)
	b.Rows, b.Time = of.Rows, of.Time
	b.Tokens = make([]int32, b.Rows*b.Time)
	for r, row := range rows {
		copy(b.Tokens[r*b.Time:], row)
		b.Ends = append(b.Ends, r*b.Time+len(row)-1)
	}
	return b
}
