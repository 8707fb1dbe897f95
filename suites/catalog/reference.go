package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"assay/metrics"
	"assay/metrics/text"
	"assay/suites"
)

// scope is the set of texts that a text metric can score. Other texts would score 0
// however good they are, so they are not scored.
type scope struct {
	applies func(string) bool // see [text.ROUGEApplies]
	why     string            // the scope, for readers
	// all says that every script can be scored. Then an answer that normalises to nothing
	// (an article, punctuation) is a wrong answer, as in the official scripts. But where
	// no answer is the right one, the two can't be distinguished.
	all bool
	// silent reports whether a reference means that there is no answer; nil if none
	// does.
	silent func(reference string) bool
}

// The scopes of the text metrics.
var (
	rougeScope = scope{applies: text.ROUGEApplies, why: "ROUGE's tokens contain only a-z and 0-9"}
	bleuScope  = scope{applies: text.BLEUApplies, why: "BLEU's 13a tokens are separated by spaces and ASCII punctuation"}
	squadScope = scope{applies: text.SQuADApplies, why: "SQuAD's rules drop punctuation and articles", all: true,
		silent: func(reference string) bool { return blankNoAnswer(reference) == "" }}
	dropScope = scope{applies: text.DROPApplies, why: "DROP's rules drop punctuation and articles", all: true}
)

// scorable returns the texts that can be scored.
func (s scope) scorable(texts []string) []string {
	if !slices.ContainsFunc(texts, func(t string) bool { return !s.applies(t) }) {
		return texts
	}
	var out []string
	for _, t := range texts {
		if s.applies(t) {
			out = append(out, t)
		}
	}
	return out
}

// unscorable returns the reason if the answer or all references can't be scored,
// otherwise "". An empty answer is scored.
func (s scope) unscorable(answer string, references []string) string {
	switch {
	case hasText(references) && !slices.ContainsFunc(references, s.applies):
		return "the metric can't score the reference: " + s.why
	case strings.TrimSpace(answer) != "" && !s.applies(answer) && !(s.all && s.wanted(references)):
		return "the metric can't score the answer: " + s.why
	}
	return ""
}

// wanted reports whether some reference is an answer.
func (s scope) wanted(references []string) bool {
	return slices.ContainsFunc(references, func(r string) bool {
		return strings.TrimSpace(r) != "" && (s.silent == nil || !s.silent(r))
	})
}

// notice says how many examples won't be scored, before any is run. There is none if all
// will be.
func (s scope) notice(path, what string, all []suites.Example) []string {
	n, first := 0, ""
	for i := range all {
		if refs := all[i].References; hasText(refs) && !slices.ContainsFunc(refs, s.applies) {
			if n++; n == 1 {
				first = refs[0]
			}
		}
	}
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s: %d of %d %s have references that the metric can't score, the first %.60q: %s. They will not be scored", path, n, len(all), what, first, s.why)}
}

// textJudge scores an answer against the example's references.
type textJudge struct {
	name    string
	metrics []string
	score   func(answer string, references []string) [][]float64 // a value for each metric
	scope   scope
	bare    bool // scores examples without a reference too
}

func (j textJudge) Name() string      { return j.name }
func (j textJudge) Metrics() []string { return j.metrics }

func (j textJudge) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	references := item.Example.References
	if !j.bare && !hasText(references) {
		return missingAll(item.Completion, j.metrics, j.name, "the example has no reference"), nil
	}
	if reason := j.scope.unscorable(item.Completion.Text, references); reason != "" {
		return missingAll(item.Completion, j.metrics, j.name, reason), nil
	}
	values := j.score(item.Completion.Text, j.scope.scorable(references))
	out := make([]metrics.Judgement, len(j.metrics))
	for i, m := range j.metrics {
		out[i] = suites.NewJudgement(item.Completion, m, j.name, values[i]...)
	}
	return out, nil
}

// hasText reports whether some reference has text. Without one a text metric would
// score every answer 0.
func hasText(references []string) bool {
	return slices.ContainsFunc(references, func(r string) bool { return strings.TrimSpace(r) != "" })
}
