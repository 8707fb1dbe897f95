package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"assay/metrics"
	"assay/metrics/stats"
	"assay/reports"
	"assay/suites"
)

const bradleyTerryText = "Bradley-Terry strengths, in log-odds with mean 0: a difference of 0.69 is odds of 2 to 1. A draw counts as half a win for each. Errors are clustered by prompt."

// preferenceOf is the metric whose judgements are a suite's matches of two models: the first
// that has an Even; "" if there is none.
func preferenceOf(s *suites.Suite) string {
	for i := range s.Metrics {
		if s.Metrics[i].Even != nil {
			return s.Metrics[i].Name
		}
	}
	return ""
}

// preferences collects preference judgements as matches. A comparison that is stored from both
// sides, A over B and B over A, is one match.
type preferences struct {
	names   map[string]int
	order   []string
	matches []stats.Match
	at      map[comparison]int // index in matches
}

// comparison is what one judge or labeler compared. The players' order doesn't matter: first < second.
type comparison struct {
	suite, condition, judge, labeler, order string
	cluster                                 uint32
	sample, first, second                   int
}

func (p *preferences) player(name string) int {
	i, ok := p.names[name]
	if !ok {
		i = len(p.order)
		p.names[name] = i
		p.order = append(p.order, name)
	}
	return i
}

// add adds a judgement of a model over a baseline. If the judge's own judgement from the other side
// is there, the match has the mean of the two: for a ranking, whose two sides agree, either one.
func (p *preferences) add(j *metrics.Judgement, model, baseline string, cluster uint32) {
	if p.names == nil {
		p.names, p.at = map[string]int{}, map[comparison]int{}
	}
	m := stats.Match{First: p.player(model), Second: p.player(baseline), Score: j.Value[0], Cluster: cluster}
	key := comparison{j.Suite, j.Condition, j.Judge, j.Labeler, j.Order, cluster, j.Sample, min(m.First, m.Second), max(m.First, m.Second)}
	if i, ok := p.at[key]; ok && p.matches[i].First == m.Second {
		p.matches[i].Score = (p.matches[i].Score + 1 - m.Score) / 2
		return
	}
	p.at[key] = len(p.matches)
	p.matches = append(p.matches, m)
}

// bradleyTerry ranks the models of all preferences. It is false if fewer than three
// models were compared, since the win rate is then enough. Models that no chain of
// preferences connects have no common scale; the table says so.
func (j *Judged) bradleyTerry() (reports.Table, bool, error) {
	p := &j.preferences
	if len(p.order) < 3 {
		return reports.Table{}, false, nil
	}
	t := reports.Table{ID: "bradley-terry", Title: "Bradley-Terry strengths", Columns: []reports.Column{
		{Name: "model"}, {Name: "strength [95%]", Align: reports.Right}, {Name: "se", Align: reports.Right}, {Name: "comparisons", Align: reports.Right},
	}}
	fit, err := stats.BradleyTerry(len(p.order), p.matches)
	if err != nil {
		t.Notes = []string{"No strengths: " + err.Error() + "."}
		return t, true, nil
	}
	played := make([]int, len(p.order))
	for _, m := range p.matches {
		played[m.First]++
		played[m.Second]++
	}
	ranking := make([]int, len(p.order))
	for i := range ranking {
		ranking[i] = i
	}
	slices.SortStableFunc(ranking, func(a, b int) int { return cmp.Compare(fit.Strength[b], fit.Strength[a]) })
	for _, i := range ranking {
		t.Rows = append(t.Rows, []reports.Cell{
			{Text: p.order[i]},
			{Text: fmt.Sprintf("%.3f [%.3f, %.3f]", fit.Strength[i], fit.Lo[i], fit.Hi[i])},
			{Text: fmt.Sprintf("%.3f", fit.SE[i])},
			{Text: strconv.Itoa(played[i])},
		})
	}
	return t, true, nil
}
