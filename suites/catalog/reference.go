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

// sight is what a text metric sees of texts. What it can't see would score 0 however good
// it is, so that it isn't scored.
type sight struct {
	sees func(string) bool // see [text.ROUGEApplies]
	why  string            // what is seen, for people
	// all says that every script is seen. Then an answer of which nothing is left (an
	// article, punctuation) is a wrong one, as the official scripts have it; but where no
	// answer is the right one, it can't be told from none.
	all bool
	// silent says of a reference that it stands for no answer; nil is none.
	silent func(reference string) bool
}

// The sights of the text metrics.
var (
	rougeSight = sight{sees: text.ROUGEApplies, why: "ROUGE's tokens are of a-z and 0-9"}
	bleuSight  = sight{sees: text.BLEUApplies, why: "BLEU's 13a tokens are separated by spaces and ASCII punctuation"}
	squadSight = sight{sees: text.SQuADApplies, why: "SQuAD's rules drop punctuation and articles", all: true,
		silent: func(reference string) bool { return blankNoAnswer(reference) == "" }}
	dropSight = sight{sees: text.DROPApplies, why: "DROP's rules drop punctuation and articles", all: true}
)

// seen are the texts that can be seen.
func (s sight) seen(texts []string) []string {
	if !slices.ContainsFunc(texts, func(t string) bool { return !s.sees(t) }) {
		return texts
	}
	var out []string
	for _, t := range texts {
		if s.sees(t) {
			out = append(out, t)
		}
	}
	return out
}

// unseen is the reason where an answer or all references can't be seen, else "". An empty
// answer is no text that could be seen, and is scored.
func (s sight) unseen(answer string, references []string) string {
	switch {
	case hasText(references) && !slices.ContainsFunc(references, s.sees):
		return "the metric can't see the reference: " + s.why
	case strings.TrimSpace(answer) != "" && !s.sees(answer) && !(s.all && s.wanted(references)):
		return "the metric can't see the answer: " + s.why
	}
	return ""
}

// wanted reports whether a reference is an answer, not silence.
func (s sight) wanted(references []string) bool {
	return slices.ContainsFunc(references, func(r string) bool {
		return strings.TrimSpace(r) != "" && (s.silent == nil || !s.silent(r))
	})
}

// notice tells how many examples won't be scored, before any is asked; none where all will.
func (s sight) notice(path, what string, all []suites.Example) []string {
	n, first := 0, ""
	for i := range all {
		if refs := all[i].References; hasText(refs) && !slices.ContainsFunc(refs, s.sees) {
			if n++; n == 1 {
				first = refs[0]
			}
		}
	}
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s: %d of %d %s have references that the metric can't see, the first %.60q: %s. They will not be scored", path, n, len(all), what, first, s.why)}
}

// textJudge scores an answer against the example's references.
type textJudge struct {
	name    string
	metrics []string
	score   func(answer string, references []string) [][]float64 // a value for each metric
	sight   sight
	bare    bool // scores examples without a reference too
}

func (j textJudge) Name() string      { return j.name }
func (j textJudge) Metrics() []string { return j.metrics }

func (j textJudge) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	references := item.Example.References
	if !j.bare && !hasText(references) {
		return missingAll(item.Completion, j.metrics, j.name, "the example has no reference"), nil
	}
	if reason := j.sight.unseen(item.Completion.Text, references); reason != "" {
		return missingAll(item.Completion, j.metrics, j.name, reason), nil
	}
	values := j.score(item.Completion.Text, j.sight.seen(references))
	out := make([]metrics.Judgement, len(j.metrics))
	for i, m := range j.metrics {
		out[i] = suites.NewJudgement(item.Completion, m, j.name, values[i]...)
	}
	return out, nil
}

// hasText reports whether one of some references says anything. Without one a text
// metric would score every answer 0.
func hasText(references []string) bool {
	return slices.ContainsFunc(references, func(r string) bool { return strings.TrimSpace(r) != "" })
}
