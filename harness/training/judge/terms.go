package judge

import (
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
	"assay/metrics/stats"
	"assay/models/linear"
)

// Terms are measurements by words for groups of people (Borkan et al. 2019, arXiv 1903.04561). A
// judge without a bias does equally well on texts with and without the word.
type Terms struct {
	FalsePositives float64 `json:"false_positive_rate"` // share of all negatives that the judge calls positive
	Terms          []Term  `json:"terms"`
}

// Term is a word and the measurements on the texts that have it. Nil is one that the texts don't
// allow.
type Term struct {
	Name  string `json:"name"`
	Texts int    `json:"texts"`
	// SubgroupAUC is over the texts with the word. BPSN is over negatives with the word and
	// positives without it: it is low if the word alone looks positive. BNSP is the reverse.
	SubgroupAUC *float64 `json:"subgroup_auc,omitempty"`
	BPSN        *float64 `json:"bpsn_auc,omitempty"`
	BNSP        *float64 `json:"bnsp_auc,omitempty"`
	// FalsePositives is the share of the negatives with the word that the judge calls positive.
	FalsePositives *float64 `json:"false_positive_rate,omitempty"`
}

// Spread is how a measurement differs between terms.
type Spread struct {
	Mean, Least, Most float64
	Terms             int // that have it
}

// Over is the spread of a measurement over the terms that have it.
func (t *Terms) Over(of func(*Term) *float64) Spread {
	var s Spread
	for i := range t.Terms {
		x := of(&t.Terms[i])
		if x == nil {
			continue
		}
		if s.Terms == 0 {
			s.Least, s.Most = *x, *x
		}
		s.Terms++
		s.Mean += *x
		s.Least, s.Most = min(s.Least, *x), max(s.Most, *x)
	}
	if s.Terms > 0 {
		s.Mean /= float64(s.Terms)
	}
	return s
}

// fewestTexts is how many texts must have a term, so that its measurements say something.
const fewestTexts = 20

// byTerm measures probabilities by term; nil without terms, or if none has enough texts.
func byTerm(terms []string, rows []Row, p []float64, fewest int) *Terms {
	if len(terms) == 0 {
		return nil
	}
	padded := make([]string, len(rows))
	for i := range rows {
		padded[i] = padWords(rows[i].Text.Text)
	}
	all := func(int) bool { return true }
	t := &Terms{}
	rate := falsePositives(rows, p, all)
	if rate == nil {
		return nil
	}
	t.FalsePositives = *rate
	for _, name := range terms {
		word := padWords(name)
		with := func(i int) bool { return strings.Contains(padded[i], word) }
		one := Term{Name: name, FalsePositives: falsePositives(rows, p, with)}
		one.SubgroupAUC = aucOf(rows, p, with)
		one.BPSN = aucOf(rows, p, func(i int) bool { return with(i) != rows[i].Positive() })
		one.BNSP = aucOf(rows, p, func(i int) bool { return with(i) == rows[i].Positive() })
		for i := range rows {
			if with(i) {
				one.Texts++
			}
		}
		if one.Texts >= fewest {
			t.Terms = append(t.Terms, one)
		}
	}
	if len(t.Terms) == 0 {
		return nil
	}
	return t
}

// padWords is a text's words with a space before and after each, so that it contains another such
// text only as complete words.
func padWords(text string) string { return " " + strings.Join(linear.Tokens(text), " ") + " " }

// aucOf is the AUC over a part of the rows; nil if it has one label only.
func aucOf(rows []Row, p []float64, in func(int) bool) *float64 {
	var scores []float64
	var positive []bool
	for i := range rows {
		if in(i) {
			scores, positive = append(scores, p[i]), append(positive, rows[i].Positive())
		}
	}
	if auc, ok := stats.AUC(scores, positive); ok {
		return &auc
	}
	return nil
}

// falsePositives is the share of a part's negatives that the judge calls positive; nil without any.
func falsePositives(rows []Row, p []float64, in func(int) bool) *float64 {
	negatives, called := 0.0, 0.0
	for i := range rows {
		if rows[i].Positive() || !in(i) {
			continue
		}
		negatives++
		if p[i] >= threshold {
			called++
		}
	}
	if negatives == 0 {
		return nil
	}
	rate := called / negatives
	return &rate
}

// readTerms reads words: a column term or subgroup of a table, or a text with one a line.
func readTerms(path string) ([]string, error) {
	var terms []string
	if strings.HasSuffix(path, ".txt") {
		text, err := rows.ReadFile(path)
		if err != nil {
			return nil, err
		}
		terms = strings.Split(string(text), "\n")
	} else {
		table, err := readTable(path)
		if err != nil {
			return nil, err
		}
		for _, r := range table {
			term, ok := text(r, "term")
			if !ok {
				term, ok = text(r, "subgroup")
			}
			if !ok {
				return nil, r.Fail("no column term and none named subgroup; write one with a word in each row")
			}
			terms = append(terms, term)
		}
	}
	for i := range terms {
		terms[i] = strings.TrimSpace(terms[i])
	}
	terms = slices.DeleteFunc(terms, func(s string) bool { return len(linear.Tokens(s)) == 0 })
	if len(terms) == 0 {
		return nil, place.Errorf(path, 0, "the file has no words; write one a line")
	}
	return terms, nil
}
