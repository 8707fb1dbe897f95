package reproduce

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"assay/metrics"
	"assay/metrics/infer"
)

// term is a model's number times a weight.
type term struct {
	weight  float64
	family  string
	largest bool   // of the largest size; otherwise of the smallest
	place   string // "" is the test's own place
}

// sum is a sum of models' numbers: see [parseNumber].
type sum []term

// UnmarshalText reads the sum as findings have it.
func (s *sum) UnmarshalText(text []byte) (err error) {
	*s, err = parseNumber(string(text))
	return err
}

var termForm = regexp.MustCompile(`^\s*([+-]?)\s*(?:(\d+(?:\.\d+)?)\s+)?([a-z][a-z0-9.-]*)(@largest)?(?:\[([^\]]+)\])?`)

// parseNumber reads a sum of models' numbers: "sft - prompted", "ppo-ptx - 0.5 ppo - 0.5
// gpt@largest", "ppo[sampled/world/heldout_win_rate/plain] - ppo". A model is a family, of
// the smallest size unless @largest follows. Brackets give another place than the test's.
// Signs need spaces around them, since names contain hyphens.
func parseNumber(text string) ([]term, error) {
	var terms []term
	for rest := text; strings.TrimSpace(rest) != ""; {
		m := termForm.FindStringSubmatch(rest)
		if m == nil || len(terms) > 0 && m[1] == "" {
			return nil, fmt.Errorf("%q: write a sum of models, such as sft - 0.5 gpt; the fault is at %q", text, strings.TrimSpace(rest))
		}
		t := term{1, m[3], m[4] != "", m[5]}
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
		return nil, fmt.Errorf("no number; write a sum of models, such as sft - gpt")
	}
	return terms, nil
}

// checkPlace checks a place: run/suite/metric/condition.
func checkPlace(place string) error {
	if parts := strings.SplitN(place, "/", 4); len(parts) < 4 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return fmt.Errorf("place %q; write run/suite/metric/condition, such as sampled/world/gold_utility/plain", place)
	}
	return nil
}

// key is the place of a term's number.
func (o *Options) key(t term, place string) Key {
	if t.place != "" {
		place = t.place
	}
	parts := strings.SplitN(place, "/", 4)
	size := o.smallest()
	if t.largest {
		size = o.largest()
	}
	model := named(t.family, size)
	if t.family == labelers { // labelers have no size
		model = t.family
	}
	return Key{parts[0], parts[1], parts[2], parts[3], model}
}

// evaluate computes the sum in one seed. If a number is missing, it returns what
// is missing.
func (o *Options) evaluate(cells Cells, terms []term, place string) (metrics.Interval, string) {
	var sum []infer.Term
	for _, t := range terms {
		k := o.key(t, place)
		e, ok := cells[k]
		if t.largest && len(o.Budget.Sizes) == 1 {
			return metrics.Interval{}, "needs a second size"
		}
		if !ok || e.Interval == nil {
			return metrics.Interval{}, "no " + k.String()
		}
		sum = append(sum, infer.Term{Weight: t.weight, Of: *e.Interval})
	}
	return infer.Contrast(sum), ""
}
