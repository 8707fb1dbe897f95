package judge

import (
	"errors"
	"fmt"
	"strings"

	"assay/metrics/names"
	"assay/suites"
	"assay/suites/table"
)

// KnownPair is an instruction with two answers of which one is known to be better.
type KnownPair struct{ Input, Better, Worse string }

// NewKnownPair makes a pair from LLMBar's members: label says whether output_1 or output_2 is better.
func NewKnownPair(input, output1, output2, label string) (KnownPair, error) {
	switch {
	case strings.TrimSpace(input) == "":
		return KnownPair{}, errors.New("input is empty; write the instruction")
	case output1 == output2:
		return KnownPair{}, errors.New("output_1 and output_2 are equal, so neither is better; remove the row")
	case label == "1":
		return KnownPair{input, output1, output2}, nil
	case label == "2":
		return KnownPair{input, output2, output1}, nil
	}
	return KnownPair{}, fmt.Errorf("label %.40q; write 1 if output_1 is better, or 2 if output_2 is", label)
}

// Example is the pair's example.
func (p *KnownPair) Example() suites.Example {
	return suites.Example{ID: suites.ExampleID(names.KnownPairs, p.Input+"\x00"+p.Better+"\x00"+p.Worse), Suite: names.KnownPairs, Input: p.Input}
}

// ReadKnown reads pairs in LLMBar's form (Zeng et al. 2024, arXiv 2310.07641): rows of JSON, JSON lines,
// CSV, TSV or Parquet with input, output_1, output_2 and label. A repeated pair is an error.
func ReadKnown(path string) (pairs []KnownPair, err error) {
	seen := map[string]int{}
	err = table.Each(path, table.Options{}, func(row table.Row) error {
		var fields [4]string
		for i, name := range []string{"input", "output_1", "output_2", "label"} {
			value, ok := row.Get(name)
			if !ok || value == nil {
				return row.Fail("no %s; a pair has input, output_1, output_2 and label (1 or 2)", name)
			}
			fields[i] = fmt.Sprint(value)
		}
		p, err := NewKnownPair(fields[0], fields[1], fields[2], fields[3])
		if err != nil {
			return row.Fail("%w", err)
		}
		id := p.Example().ID
		if line, ok := seen[id]; ok {
			return row.Fail("this pair is on line %d already; remove one of them", line)
		}
		seen[id] = row.Line
		pairs = append(pairs, p)
		return nil
	})
	if err == nil && len(pairs) == 0 {
		err = fmt.Errorf("%s has no pairs; write rows with input, output_1, output_2 and label", path)
	}
	return pairs, err
}
