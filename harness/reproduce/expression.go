package reproduce

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"assay/metrics"
	"assay/metrics/infer"
)

// term is a model's number times a weight.
type term struct {
	weight float64
	family string
	size   string // smallest or largest; "" is the mean over the family's sizes
	place  string // "" is the test's own place
}

// sum is a sum of models' numbers: see [parseNumber].
type sum []term

// UnmarshalText reads the sum as findings have it.
func (s *sum) UnmarshalText(text []byte) (err error) {
	*s, err = parseNumber(string(text))
	return err
}

var termForm = regexp.MustCompile(`^\s*([+-]?)\s*(?:(\d+(?:\.\d+)?)\s+)?([a-z][a-z0-9.-]*)(?:@(smallest|largest))?(?:\[([^\]]+)\])?`)

// Sizes that a term may name.
const (
	smallest = "smallest"
	largest  = "largest"
)

// parseNumber reads a sum of models' numbers: "sft - prompted", "ppo-ptx - 0.5 ppo - 0.5
// gpt@largest", "ppo[sampled/world/heldout_win_rate/plain] - ppo". A model is a family. Its
// number is the mean over the sizes in which the family was trained, unless @smallest or
// @largest follows. Brackets give another place than the test's. Signs need spaces around
// them, since names contain hyphens.
func parseNumber(text string) ([]term, error) {
	var terms []term
	for rest := text; strings.TrimSpace(rest) != ""; {
		m := termForm.FindStringSubmatch(rest)
		if m == nil || len(terms) > 0 && m[1] == "" {
			return nil, fmt.Errorf("%q: write a sum of models, such as sft - 0.5 gpt; the fault is at %q", text, strings.TrimSpace(rest))
		}
		t := term{1, m[3], m[4], m[5]}
		if m[2] != "" {
			weight, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				return nil, err
			}
			t.weight = weight
		}
		if m[1] == "-" {
			t.weight = -t.weight
		}
		if t.place != "" {
			if err := checkPlace(t.place); err != nil {
				return nil, err
			}
		}
		terms = append(terms, t)
		rest = rest[len(m[0]):]
	}
	if len(terms) == 0 {
		return nil, fmt.Errorf("the number is empty; write a sum of models, such as sft - gpt")
	}
	return terms, nil
}

// checkPlace checks a place: run/suite/metric/condition.
func checkPlace(place string) error {
	if place == "" {
		return errors.New("no place where the number is measured; write of: run/suite/metric/condition, such as sampled/world/gold_utility/plain")
	}
	if parts := strings.SplitN(place, "/", 4); len(parts) < 4 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return fmt.Errorf("%q is not a place where a number is measured; write run/suite/metric/condition, such as sampled/world/gold_utility/plain", place)
	}
	return nil
}

// keys are the places whose mean is a term's number: one for each size.
func (o *Options) keys(t term, place string) []Key {
	if t.place != "" {
		place = t.place
	}
	parts := strings.SplitN(place, "/", 4)
	key := func(model string) Key { return Key{parts[0], parts[1], parts[2], parts[3], model} }
	if t.family == labelers { // labelers have no size
		return []Key{key(labelers)}
	}
	sizes := o.sizesOf(t.family)
	switch t.size {
	case smallest:
		sizes = sizes[:1]
	case largest:
		sizes = sizes[len(sizes)-1:]
	}
	var all []Key
	for _, z := range sizes {
		all = append(all, key(named(t.family, z)))
	}
	return all
}

// severalSizes reports whether a sum compares the smallest size with the largest.
func (s sum) severalSizes() bool {
	has := func(size string) bool { return slices.ContainsFunc(s, func(t term) bool { return t.size == size }) }
	return has(smallest) && has(largest)
}

// evaluate computes the sum in one seed. If a number is missing, it returns what
// is missing.
func (o *Options) evaluate(cells Cells, s sum, place string) (metrics.Interval, string) {
	if s.severalSizes() && len(o.Budget.Sizes) == 1 {
		return metrics.Interval{}, "needs a second size"
	}
	var terms []infer.Term
	for _, t := range s {
		keys := o.keys(t, place)
		for _, k := range keys {
			e, ok := cells[k]
			if !ok || e.Interval == nil {
				return metrics.Interval{}, "no " + k.String()
			}
			terms = append(terms, infer.Term{Weight: t.weight / float64(len(keys)), Of: *e.Interval})
		}
	}
	return infer.Contrast(terms), ""
}
