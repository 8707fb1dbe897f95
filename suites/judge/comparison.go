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

// Comparison is one labeler's ranking of responses to one prompt: a row of the data
// that a reward model is trained on. The lower a rank the better; equal ones are ties.
type Comparison struct {
	Prompt    string   `json:"prompt"`
	Responses []string `json:"responses"`
	Ranks     []int    `json:"ranks"`
	Labeler   string   `json:"labeler"`
}

// Compare has some of a group's labelers rank the responses to a prompt, by what they
// think while labelling training data. Who does is drawn by the seed and the prompt;
// where there are more than most responses, so is which of them are shown, the same to
// all. shown is what they saw.
func (t *Town) Compare(p *world.Prompt, responses []world.Response, g Group, labelers, most int, seed uint64) (rows []Comparison, shown []Shown) {
	d := drawOf("comparison", strconv.FormatUint(seed, 10), p.Text)
	for _, i := range some(d, len(responses), most) {
		r := responses[i]
		shown = append(shown, Shown{p, r, t.World.Judge(p, r)})
	}
	for _, i := range some(d, len(g.Labelers), labelers) {
		l := &g.Labelers[i]
		row := Comparison{Prompt: p.Text, Labeler: l.Name}
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
