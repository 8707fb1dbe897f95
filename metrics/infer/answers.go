package infer

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"assay/metrics"
	"assay/metrics/stats"
)

// answers counts the answers behind a column's judgements, each once, even if several
// judges or labelers judged it.
type answers struct {
	metrics.Answers
	opponent metrics.Answers // the baseline's, where the judgements compare the two
	seen     map[int]*bits   // by draw, the examples whose answer was counted
	unknown  bool            // marks were not recorded
	silent   bool            // an empty answer can score well
}

// bits is a set of small numbers.
type bits []uint64

// add adds a number and reports whether it is new.
func (b *bits) add(n uint32) bool {
	word, bit := int(n/64), uint64(1)<<(n%64)
	for len(*b) <= word {
		*b = append(*b, 0)
	}
	if (*b)[word]&bit != 0 {
		return false
	}
	(*b)[word] |= bit
	return true
}

// Answer counts the answer that a judgement is about: the draw for an example, with its
// mark, and the baseline's answer where the judgement compares the two. It is counted
// once, however many judgements it has.
func (col *Column) Answer(cluster uint32, draw int, mark, baseline metrics.Mark, compares bool) {
	a := &col.answers
	seen := a.seen[draw]
	if seen == nil {
		if a.seen == nil {
			a.seen = map[int]*bits{}
		}
		seen = &bits{}
		a.seen[draw] = seen
	}
	if !seen.add(cluster) {
		return
	}
	a.Add(mark)
	if compares {
		a.opponent.Add(baseline)
	}
}

// Silent says that an empty answer can score well under the metric, so a column of only
// empty answers may have no estimate.
func (col *Column) Silent() { col.answers.silent = true }

// onlySilence reports whether every answer is empty and some score differently from others.
// The mean is then the share of examples for which an empty answer is right (in SQuAD,
// those without an answer) and says nothing about the model.
func (col *Column) onlySilence() bool {
	a := col.Answers()
	if a == nil || !col.answers.silent || a.Empty < a.All {
		return false
	}
	for i, x := range col.stats {
		if x != col.stats[i%col.dim] {
			return true
		}
	}
	return false
}

const silenceWarning = "every answer is empty, and an empty answer is right for some examples only: the mean would be the share of those examples, so there is no estimate"

// Unmarked says that the judgements come from a run that recorded no marks, so the shares
// of odd answers are unknown.
func (col *Column) Unmarked() { col.answers.unknown = true }

// Answers returns the counts, or nil where they are unknown.
func (col *Column) Answers() *metrics.Answers {
	if col.answers.unknown || col.answers.All == 0 {
		return nil
	}
	counts := col.answers.Answers
	return &counts
}

// Opponent returns the counts of the baseline's answers, or nil where they are unknown or
// there is no baseline.
func (col *Column) Opponent() *metrics.Answers {
	if col.answers.unknown || col.answers.opponent.All == 0 {
		return nil
	}
	counts := col.answers.opponent
	return &counts
}

// Two shares of odd answers count as different if they are more than farApart apart, or
// more than apart and Fisher's exact test rejects equal shares at 1%.
const (
	farApart    = 0.10
	apart       = 0.02
	sharesAlpha = 0.01
)

// differentAnswers warns where the shares of a kind of odd answer differ: the models'
// difference then includes the effect of cut or missing texts. of and and name the two
// sides.
func differentAnswers(first, second *metrics.Answers) []string {
	if first == nil || second == nil || first.All == 0 || second.All == 0 {
		return nil
	}
	var here, there []string
	a, b := first.Shares(), second.Shares()
	for i := range a {
		p, q := float64(a[i].N)/float64(first.All), float64(b[i].N)/float64(second.All)
		gap := math.Abs(p - q)
		if gap > farApart || gap > apart && stats.FisherExact(a[i].N, first.All-a[i].N, b[i].N, second.All-b[i].N) < sharesAlpha {
			here, there = append(here, percent(p)+" "+a[i].Name), append(there, percent(q)+" "+b[i].Name)
		}
	}
	if here == nil {
		return nil
	}
	return []string{fmt.Sprintf("answers of %s are %s, those of %s %s: the difference may come from this", FirstKey, strings.Join(here, ", "), SecondKey, strings.Join(there, ", "))}
}

// answerWarnings returns the warnings that concern one column.
func (col *Column) answerWarnings() (warnings []string) {
	a := col.Answers()
	if a == nil {
		return nil
	}
	if a.Empty == a.All {
		warnings = append(warnings, "every answer is empty: this shows nothing about what the model knows")
	}
	return append(warnings, differentAnswers(col.Opponent(), a)...)
}

func percent(share float64) string {
	text := strconv.FormatFloat(100*share, 'f', 1, 64)
	return strings.TrimSuffix(text, ".0") + "%"
}
