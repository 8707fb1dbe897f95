package catalog

import (
	"fmt"
	"strings"

	"assay/harness/leaf/plural"
	"assay/suites"
)

// examples collects a suite's examples. If several have the same input, the first
// counts, because models give them one answer.
type examples struct {
	list []suites.Example
	seen map[string]bool
	same int
}

func (e *examples) add(ex suites.Example) {
	if e.seen == nil {
		e.seen = make(map[string]bool)
	}
	if e.seen[ex.ID] {
		e.same++
		return
	}
	e.seen[ex.ID] = true
	e.list = append(e.list, ex)
}

// notices says how many examples were skipped. what is the name of one.
func (e *examples) notices(path, what string) []string {
	if e.same == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s: %d of %s skipped, each the same as an earlier one", path, e.same, plural.Of(e.same+len(e.list), what))}
}

// distinctTexts keeps the first of equal texts, trims them, and drops blank ones.
func distinctTexts(texts []string) []string {
	var out []string
	seen := make(map[string]bool, len(texts))
	for _, s := range texts {
		if s = strings.TrimSpace(s); s != "" && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
