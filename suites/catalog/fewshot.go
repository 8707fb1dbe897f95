package catalog

import (
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
)

// fewShot is the condition that puts solved examples before the question, and
// shotConditions lists the conditions that do.
const fewShot = "fewshot"

func shotConditions() []string { return []string{fewShot} }

// prefix is what precedes a question under each condition: the instruction, if there is
// one, and the solved examples.
type prefix struct {
	instruction string
	shots       []string
}

// before is the text above the question, each part with the blank line that ends it.
func (p prefix) before(condition string) string {
	var b strings.Builder
	if p.instruction != "" {
		b.WriteString(p.instruction + "\n\n")
	}
	if condition == fewShot {
		for _, shot := range p.shots {
			b.WriteString(shot + "\n\n")
		}
	}
	return b.String()
}

// takeShots takes k of the solved examples in groups: the first of each group in
// their order, then the second of each, until there are enough. Too few are an
// error about the file.
func takeShots(path string, groups [][]string, k int) ([]string, error) {
	var shots []string
	for round, more := 0, true; more; round++ {
		more = false
		for _, group := range groups {
			if round >= len(group) {
				continue
			}
			more = true
			if shots = append(shots, group[round]); len(shots) == k {
				return shots, nil
			}
		}
	}
	return nil, place.Errorf(path, 0, "only %d of %s, without those that are in the data; name a larger file, such as the training set", len(shots), plural.Of(k, "few-shot example"))
}
