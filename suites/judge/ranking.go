package judge

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"assay/fixtures/world"
)

// How many responses a labeler ranks at once (Ouyang et al. 2022, section 3.5).
const (
	LeastRanked = 4
	MostRanked  = 9
)

// Ranking is one labeler's ranking of responses to one prompt: a row of a reward model's
// training data. Lower ranks are better; equal ranks are ties.
type Ranking struct {
	Prompt    string   `json:"prompt"`
	Responses []string `json:"responses"`
	Ranks     []int    `json:"ranks"`
	Labeler   string   `json:"labeler"`
}

// Rank makes some of a group's labelers rank the responses to a prompt, as they do for
// training data. The seed and the prompt draw these labelers and the responses that all of
// them see: shown. How many they are is drawn too, from [LeastRanked] to most or to all that
// there are.
func (t *Town) Rank(p *world.Prompt, responses []world.Response, g Group, labelers, most int, seed uint64) (rows []Ranking, shown []Shown) {
	d := drawOf("comparison", strconv.FormatUint(seed, 10), p.Text)
	k := LeastRanked + d.IntN(max(min(most, len(responses))-LeastRanked, 0)+1)
	for _, i := range some(d, len(responses), k) {
		r := responses[i]
		shown = append(shown, Shown{p, r, t.World.Judge(p, r)})
	}
	for _, i := range some(d, len(g.Labelers), labelers) {
		l := &g.Labelers[i]
		row := Ranking{Prompt: p.Text, Labeler: l.Name}
		var utilities []float64
		for k := range shown {
			row.Responses = append(row.Responses, shown[k].Response.Text)
			utilities = append(utilities, l.Utility(&shown[k], ForTraining))
		}
		row.Ranks = Rank(utilities)
		rows = append(rows, row)
	}
	return rows, shown
}

// some draws k of n numbers from 0, in ascending order.
func some(d *rand.Rand, n, k int) []int {
	all := d.Perm(n)
	all = all[:min(k, n)]
	slices.Sort(all)
	return all
}
