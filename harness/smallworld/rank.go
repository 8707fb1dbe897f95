package smallworld

import (
	"fmt"
	"io"

	"assay/harness/leaf/plural"
	"assay/suites/judge"
)

// Labelers is who ranks, and how.
type Labelers struct {
	Group judge.Group
	Each  int    // labelers per prompt
	Most  int    // responses per ranking; at least [judge.LeastRanked] and at most this many are drawn
	Seed  uint64 // of choosing labelers and responses
}

// NewLabelers finds a group of labelers by its name, and checks the numbers: each must be
// from 1 to the group's size, most from [judge.LeastRanked] to [judge.MostRanked].
func NewLabelers(group string, each, most int, seed uint64) (l Labelers, err error) {
	if most < judge.LeastRanked || most > judge.MostRanked {
		return l, fmt.Errorf("--most %d: must be from %d to %d", most, judge.LeastRanked, judge.MostRanked)
	}
	l = Labelers{Each: each, Most: most, Seed: seed}
	switch group {
	case judge.TrainingGroup:
		l.Group, err = judge.Training()
	case judge.HeldOutGroup:
		l.Group = judge.HeldOut()
	case judge.GoldName:
		l.Group = judge.GoldGroup()
	default:
		err = fmt.Errorf("there are no labelers %q", group)
	}
	if err == nil && (each < 1 || each > len(l.Group.Labelers)) {
		err = fmt.Errorf("--each %d: must be from 1 to %d, the number of %s labelers", each, len(l.Group.Labelers), l.Group.Name)
	}
	return l, err
}

// Rankings is what labelers said.
type Rankings struct {
	Rows    []judge.Ranking
	Prompts int // ranked prompts
	Few     int // prompts with too few responses
	Pairs   int // pairs of responses, counted once per ranking
	Ties    int // pairs of equal rank

	shown [][]judge.Shown
}

// Rank has labelers rank the responses to each prompt that has enough of them.
func (r *Responses) Rank(l Labelers) (*Rankings, error) {
	out := &Rankings{}
	for i := range r.prompts {
		p := &r.prompts[i]
		all := r.byText[p.Text]
		if len(all) < judge.LeastRanked {
			if len(all) > 0 {
				out.Few++
			}
			continue
		}
		rows, shown := r.town.Rank(p, all, l.Group, l.Each, l.Most, l.Seed)
		out.Rows = append(out.Rows, rows...)
		out.shown = append(out.shown, shown)
		for _, row := range rows {
			pairs, ties := pairsOf(row.Ranks)
			out.Pairs += pairs
			out.Ties += ties
		}
	}
	if len(out.Rows) == 0 {
		return nil, fmt.Errorf("no prompt has at least %s; generate more samples of each", plural.Of(judge.LeastRanked, "response"))
	}
	out.Prompts = len(out.shown)
	return out, nil
}

// pairsOf counts the pairs of ranks, and those that are equal.
func pairsOf(ranks []int) (pairs, ties int) {
	for a := range ranks {
		for b := range a {
			pairs++
			if ranks[a] == ranks[b] {
				ties++
			}
		}
	}
	return pairs, ties
}

// Agreement is the share of pairs on which two labelers of the group agree, among the pairs
// that both of them order, and the number of those pairs.
func (r *Rankings) Agreement(g judge.Group) (share float64, n int) {
	return judge.Agreement(g.Labelers, r.shown, judge.ForTraining)
}

// Describe writes how many rankings there are, and how far their labelers agree.
func (r *Rankings) Describe(w io.Writer, g judge.Group) {
	fmt.Fprintf(w, "%s of %s, %s, %.1f%% of them ties, by %s labelers\n",
		plural.Of(len(r.Rows), "ranking"), plural.Of(r.Prompts, "prompt"), plural.Of(r.Pairs, "pair"), 100*float64(r.Ties)/float64(r.Pairs), g.Name)
	if agreement, n := r.Agreement(g); n > 0 {
		fmt.Fprintf(w, "two %s labelers agree on %.1f%% of the pairs that both of them order\n", g.Name, 100*agreement)
	}
}
