package audit

import (
	"errors"
	"fmt"
	"math"

	"assay/harness/leaf/plural"
	"assay/metrics/stats"
	"assay/metrics/text"
)

// Pair is a preference between the answers of two models to one prompt.
type Pair struct {
	A, B    int     // models, from 0
	Score   float64 // of A: from 0 to 1, 0.5 for a draw
	Cluster uint32  // the prompt
	Style   [2]text.Style
}

// Term is how much a difference between two answers adds to the log-odds that one is preferred.
type Term struct {
	Name string
	Measure
}

// Taste is what two answers' looks add to the log-odds of a preference.
type Taste struct {
	Terms []Term
	// Decided are pairs that are left out: one of the two models won all, so that their pairs say
	// nothing about looks.
	Decided int
	// Same are the names of elements in which fewer than ClustersATerm pairs differ.
	Same []string
	// Unit is the root mean square of the difference in length, in characters.
	Unit float64
}

// The least that a regression needs: this many prompts, and this many for each term. See
// TestTasteCoverage.
const (
	LeastClusters = 30
	ClustersATerm = 10
)

// MethodLogit is how intervals of regressions are made.
const MethodLogit = "logistic regression, clustered by prompt"

// LengthTerm is the name of the term for length in [Length].
const LengthTerm = "length"

// Length is the preference for longer answers. The term is tanh of the difference in characters
// over its root mean square, as in AlpacaEval's length control (Dubois et al. 2024,
// arXiv 2404.04475): its coefficient is the log-odds of a much longer answer. Each model has a
// strength of its own, so that a model's quality is not taken for its length. The quality of single
// answers may be: longer answers may be better ones.
func Length(pairs []Pair) (Taste, error) {
	t, _, err := lengths(pairs)
	return t, err
}

// LengthBeyond is the judge's preference for longer answers minus that of the reference, such as
// people, for the same pairs. pairs and reference correspond one to one.
func LengthBeyond(pairs, reference []Pair) (Taste, error) {
	t, f, err := lengths(pairs, reference)
	if err != nil {
		return t, err
	}
	a, b := f.terms[0], f.terms[1]
	point := f.fit.Coef[a] - f.fit.Coef[b]
	se := math.Sqrt(max(0, f.fit.Cov[a][a]+f.fit.Cov[b][b]-2*f.fit.Cov[a][b]))
	lo, hi := stats.StudentBounds(point, se, float64(f.fit.Clusters-1), 0.025)
	t.Terms[0].Measure = Measure{point, lo, hi, len(f.kept), f.fit.Clusters, MethodLogit}
	return t, nil
}

// lengths fits the length term of one or two sets of preferences for the same pairs.
func lengths(sets ...[]Pair) (t Taste, f fitted, err error) {
	difference := make([]float64, len(sets[0]))
	for i, p := range sets[0] {
		difference[i] = float64(p.Style[0].Characters - p.Style[1].Characters)
	}
	if t.Unit = rootMeanSquare(difference); t.Unit == 0 {
		return t, f, errors.New("it needs pairs of answers of different length")
	}
	for i := range difference {
		difference[i] = math.Tanh(difference[i] / t.Unit)
	}
	f, err = fit(sets, [][]float64{difference})
	if err != nil {
		return t, f, err
	}
	t.Decided = len(sets[0]) - len(f.kept)
	t.Terms = []Term{f.term(LengthTerm, 0)}
	return t, f, nil
}

// elements are the looks of Chatbot Arena's style control.
var elements = []struct {
	name string
	of   func(*text.Style) int
}{
	{"lists", func(s *text.Style) int { return s.Lists }},
	{"headings", func(s *text.Style) int { return s.Headings }},
	{"bold", func(s *text.Style) int { return s.Bold }},
	{"code", func(s *text.Style) int { return s.Code }},
	{LengthTerm, func(s *text.Style) int { return s.Characters }},
}

// Markup is the preference for lists, headings, bold passages and blocks of code, for equal length,
// as in Chatbot Arena's style control (Li, Angelopoulos and Chiang 2024): each term is the
// difference of the counts over their sum. Here it is in units of its root mean square, where the
// arena's code has the standard deviation, so that it doesn't matter which answer comes first.
func Markup(pairs []Pair) (t Taste, err error) {
	var columns [][]float64
	var names []string
	for _, e := range elements {
		column, differing := make([]float64, len(pairs)), 0
		for i := range pairs {
			a, b := e.of(&pairs[i].Style[0]), e.of(&pairs[i].Style[1])
			column[i] = float64(a-b) / float64(max(1, a+b))
			if a != b {
				differing++
			}
		}
		unit := rootMeanSquare(column)
		if differing < ClustersATerm {
			t.Same = append(t.Same, e.name)
			continue
		}
		for i := range column {
			column[i] /= unit
		}
		columns, names = append(columns, column), append(names, e.name)
	}
	if len(names) == 0 || len(names) == 1 && names[0] == LengthTerm {
		return t, errors.New("it needs answers with lists, headings, bold or code, and others with fewer of them")
	}
	f, err := fit([][]Pair{pairs}, columns)
	if err != nil {
		return t, err
	}
	t.Decided = len(pairs) - len(f.kept)
	for k, name := range names {
		if name != LengthTerm { // its form is that of Length, so there would be two numbers
			t.Terms = append(t.Terms, f.term(name, k))
		}
	}
	return t, nil
}

func rootMeanSquare(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x * x
	}
	return math.Sqrt(sum / float64(max(1, len(xs))))
}

// fitted is a regression of preferences on strengths of models and on further terms.
type fitted struct {
	fit   stats.LogitFit
	kept  []int // pairs
	terms []int // columns of the terms, set by set
}

func (f *fitted) term(name string, k int) Term {
	c := f.terms[k]
	return Term{name, Measure{f.fit.Coef[c], f.fit.Lo[c], f.fit.Hi[c], len(f.kept), f.fit.Clusters, MethodLogit}}
}

// fit regresses the preferences of one or several sets for the same pairs. Each set has strengths
// and terms of its own; errors are clustered over all of them.
func fit(sets [][]Pair, columns [][]float64) (f fitted, err error) {
	f.kept = undecided(sets)
	clusters := map[uint32]bool{}
	players := 0
	for _, i := range f.kept {
		clusters[sets[0][i].Cluster] = true
		players = max(players, sets[0][i].A+1, sets[0][i].B+1)
	}
	strengths := columnsOf(sets[0], f.kept, players)
	size := len(columns)
	for _, c := range strengths {
		if c >= 0 {
			size = max(size, len(columns)+c+1)
		}
	}
	if need := max(LeastClusters, ClustersATerm*size*len(sets)); len(clusters) < need {
		return f, fmt.Errorf("it needs %s with pairs of models that both won sometimes, for %s; there are %d", plural.Of(need, "prompt"), plural.Of(size*len(sets), "term"), len(clusters))
	}
	dim := size * len(sets)
	var x, y []float64
	var groups []uint32
	for s, pairs := range sets {
		for k := range columns {
			f.terms = append(f.terms, s*size+k)
		}
		for _, i := range f.kept {
			row := make([]float64, dim)
			for k := range columns {
				row[s*size+k] = columns[k][i]
			}
			if c := strengths[pairs[i].A]; c >= 0 {
				row[s*size+len(columns)+c]++
			}
			if c := strengths[pairs[i].B]; c >= 0 {
				row[s*size+len(columns)+c]--
			}
			x, y, groups = append(x, row...), append(y, pairs[i].Score), append(groups, pairs[i].Cluster)
		}
	}
	f.fit, err = stats.Logit(x, y, groups)
	return f, err
}

// undecided are the pairs of models that both scored against each other, directly or by way of
// others, in every set. The strengths of other models have no bounds, and the limit of the
// likelihood without their pairs is the same (Ford 1957, American Mathematical Monthly 64:28).
func undecided(sets [][]Pair) (kept []int) {
	for i := range sets[0] {
		kept = append(kept, i)
	}
	for {
		var still []int
		var reach [][][]bool
		for _, pairs := range sets {
			reach = append(reach, reached(pairs, kept))
		}
		for _, i := range kept {
			both := true
			for s := range sets {
				a, b := sets[s][i].A, sets[s][i].B
				both = both && reach[s][a][b] && reach[s][b][a]
			}
			if both {
				still = append(still, i)
			}
		}
		if len(still) == len(kept) {
			return kept
		}
		kept = still
	}
}

// reached says which models took points from which, directly or by way of others.
func reached(pairs []Pair, kept []int) [][]bool {
	players := 0
	for _, i := range kept {
		players = max(players, pairs[i].A+1, pairs[i].B+1)
	}
	r := make([][]bool, players)
	for i := range r {
		r[i] = make([]bool, players)
	}
	for _, i := range kept {
		p := &pairs[i]
		r[p.A][p.B] = r[p.A][p.B] || p.Score > 0
		r[p.B][p.A] = r[p.B][p.A] || p.Score < 1
	}
	for via := range r {
		for from := range r {
			if !r[from][via] {
				continue
			}
			for to := range r {
				r[from][to] = r[from][to] || r[via][to]
			}
		}
	}
	return r
}

// columnsOf numbers the models whose strength is a term. The first model of those that pairs
// connect has strength 0 and the column -1.
func columnsOf(pairs []Pair, kept []int, players int) []int {
	group := make([]int, players)
	for i := range group {
		group[i] = i
	}
	for _, i := range kept {
		from, to := group[pairs[i].A], group[pairs[i].B]
		for k := range group {
			if group[k] == max(from, to) {
				group[k] = min(from, to)
			}
		}
	}
	columns := make([]int, players)
	n := 0
	for i := range columns {
		columns[i] = -1
		if group[i] != i {
			columns[i] = n
			n++
		}
	}
	return columns
}
