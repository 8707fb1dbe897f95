package score

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/metrics/text"
	"assay/suites"
)

// Scope is the set of texts that a text metric can score. Other texts would score 0
// however good they are, so they are not scored.
type Scope struct {
	Applies func(string) bool // see [text.ROUGEApplies]
	Why     string            // the scope, for readers
	// All says that every script can be scored. Then an answer that normalises to nothing
	// (an article, punctuation) is a wrong answer, as in the official scripts. But where
	// no answer is the right one, the two can't be distinguished.
	All bool
	// Silent reports whether a reference means that there is no answer; nil if none
	// does.
	Silent func(reference string) bool
}

// Scorable returns the texts that can be scored.
func (s Scope) Scorable(texts []string) []string {
	if !slices.ContainsFunc(texts, func(t string) bool { return !s.Applies(t) }) {
		return texts
	}
	var out []string
	for _, t := range texts {
		if s.Applies(t) {
			out = append(out, t)
		}
	}
	return out
}

// Unscorable returns the reason if the answer or all references can't be scored,
// otherwise "". An empty answer is scored.
func (s Scope) Unscorable(answer string, references []string) string {
	switch {
	case HasText(references) && !slices.ContainsFunc(references, s.Applies):
		return "the metric can't score the reference: " + s.Why
	case strings.TrimSpace(answer) != "" && !s.Applies(answer) && !(s.All && s.wanted(references)):
		return "the metric can't score the answer: " + s.Why
	}
	return ""
}

// wanted reports whether some reference is an answer.
func (s Scope) wanted(references []string) bool {
	return slices.ContainsFunc(references, func(r string) bool {
		return strings.TrimSpace(r) != "" && (s.Silent == nil || !s.Silent(r))
	})
}

// Notice says how many examples won't be scored, before any is run; what is the name of one. There is none if all
// will be.
func (s Scope) Notice(path, what string, all []suites.Example) []string {
	n, first := 0, ""
	for i := range all {
		if refs := all[i].References; HasText(refs) && !slices.ContainsFunc(refs, s.Applies) {
			if n++; n == 1 {
				first = refs[0]
			}
		}
	}
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s: %d of %s will not be scored (the metric can't score the references), the first %.60q: %s", path, n, plural.Of(len(all), what), first, s.Why)}
}

// ROUGEScope is the texts that ROUGE can score. BLEUScope is those of metrics whose tokens are separated by spaces:
// BLEU with 13a or international tokens, and TER.
var (
	ROUGEScope = Scope{Applies: text.ROUGEApplies, Why: "ROUGE's tokens contain only a-z and 0-9"}
	BLEUScope  = Scope{Applies: text.BLEUApplies, Why: "the metric's tokens are separated by spaces and punctuation"}
)

// HasText reports whether some reference has text. Without one a text metric would score every
// answer 0.
func HasText(references []string) bool {
	return slices.ContainsFunc(references, func(r string) bool { return strings.TrimSpace(r) != "" })
}
