package infer

import (
	"math"
	"slices"

	"assay/metrics/stats"
)

// A plan for a comparison needs the variances of a pilot: between prompts, of one draw
// about its prompt, and of one judgement about its draw (Miller 2024, arXiv 2411.00640,
// section 5; the nested analysis of variance in Searle, Casella and McCulloch 1992,
// section 3.6). With K draws of each prompt and J judgements of each draw, the difference at
// one prompt has variance
//
//	between + sum over both sides of (within + judge/J)/K

// Draw is one judgement in a pilot: its prompt, which draw it judges, and its value.
type Draw struct {
	Example uint32
	Sample  int
	Value   float64
}

// Components are the variances of a pilot, on the metric's scale. A component that the
// pilot can't separate is part of the one above it.
type Components struct {
	// Between is the variance between prompts of the models' true difference.
	Between float64
	// Within is the variance of one draw about its prompt, by side, if a prompt has several
	// draws; else WithinKnown is false.
	Within      [2]float64
	WithinKnown bool
	// Judge is the variance of one judgement about its draw, by side, if a draw has several
	// judgements; else JudgeKnown is false.
	Judge      [2]float64
	JudgeKnown bool
	N          int     // prompts of both sides
	Draws      float64 // of a prompt, on average over both sides
	Judgements float64 // of a draw, on average
	// Design multiplies the variance for prompts that share their errors; 1 if none do.
	Design float64
	// Binary says that each draw is 0 or 1, so that with one draw the test is that of paired
	// proportions.
	Binary bool
}

// Variance is that of one prompt's difference with so many draws and judgements of each.
func (c *Components) Variance(draws, judgements int) float64 {
	sum := c.Between
	for side := range 2 {
		sum += (c.Within[side] + c.Judge[side]/float64(judgements)) / float64(draws)
	}
	return c.Design * sum
}

// NewComponents estimates the variances from the draws of both sides, over the prompts that
// both have; first is nil if the second side is compared with a constant. ok is false for
// fewer than two prompts. An estimate below 0 counts as 0.
func NewComponents(first, second []Draw) (c Components, ok bool) {
	sides := []map[uint32]*prompt{promptsOf(second)}
	if first != nil {
		sides = []map[uint32]*prompt{promptsOf(first), sides[0]}
	}
	var ids []uint32
	for id := range sides[0] {
		if sides[len(sides)-1][id] != nil {
			ids = append(ids, id)
		}
	}
	if len(ids) < 2 {
		return c, false
	}
	slices.Sort(ids)
	c = Components{N: len(ids), Design: 1, Binary: true}
	differences := make([]float64, len(ids))
	noise := 0.0 // of a prompt's difference, on average, from its draws and judgements
	for k, side := range sides {
		at := k + 2 - len(sides) // a lone side is the second
		var squares, free, judgeSquares, judgeFree, share, once, all, judgements float64
		for i, id := range ids {
			p := side[id]
			mean := p.mean()
			sign := 1.0
			if at == 0 {
				sign = -1
			}
			differences[i] += sign * mean
			draws := float64(len(p.draws))
			all += draws
			once += 1 / draws
			for _, d := range p.draws {
				n := float64(len(d))
				m := meanOf(d)
				judgements += n
				squares += (m - mean) * (m - mean)
				share += 1 / n / (draws * draws)
				for _, x := range d {
					judgeSquares += (x - m) * (x - m)
					c.Binary = c.Binary && (x == 0 || x == 1)
				}
				judgeFree += n - 1
			}
			free += draws - 1
		}
		n := float64(len(ids))
		c.Draws += all / n / float64(len(sides))
		c.Judgements += judgements / all / float64(len(sides))
		if judgeFree > 0 {
			c.Judge[at], c.JudgeKnown = judgeSquares/judgeFree, true
		}
		if free > 0 {
			c.WithinKnown = true
			perDraw := judgements / all // judgements of a draw
			c.Within[at] = max(0, squares/free-c.Judge[at]/perDraw)
		}
		noise += c.Within[at]*once/n + c.Judge[at]*share/n
	}
	_, se := stats.MeanSE(differences)
	c.Between = max(0, se*se*float64(len(ids))-noise)
	return c, true
}

// prompt has a prompt's judgements by draw.
type prompt struct {
	samples []int
	draws   [][]float64
}

func promptsOf(draws []Draw) map[uint32]*prompt {
	of := map[uint32]*prompt{}
	for _, d := range draws {
		p := of[d.Example]
		if p == nil {
			p = &prompt{}
			of[d.Example] = p
		}
		k := slices.Index(p.samples, d.Sample)
		if k < 0 {
			k = len(p.samples)
			p.samples, p.draws = append(p.samples, d.Sample), append(p.draws, nil)
		}
		p.draws[k] = append(p.draws[k], d.Value)
	}
	return of
}

// mean is the mean over draws of their means.
func (p *prompt) mean() float64 {
	sum := 0.0
	for _, d := range p.draws {
		sum += meanOf(d)
	}
	return sum / float64(len(p.draws))
}

func meanOf(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// Study is a comparison that is planned.
type Study struct {
	Components
	Margin     float64 // of the gate, above 0
	True       float64 // the true difference that is assumed, up is better
	Equivalent bool    // the gate asks for equivalence
	Power      float64
	Judgements int // of a draw
}

// PowerAt is the probability that the gate passes with n prompts and so many draws of each.
// The gate's test is Student's or, for one draw of 0 or 1, that of paired proportions.
func (s *Study) PowerAt(n, draws int) float64 {
	sd := math.Sqrt(s.Variance(draws, s.Judgements))
	se := sd / math.Sqrt(float64(n))
	if n < 2 {
		return 0
	}
	if s.Binary && draws == 1 && s.Design == 1 {
		lowest := s.leastPassing(n)
		if !s.Equivalent {
			return below(s.True-lowest, se)
		}
		return max(0, below(s.True-lowest, se)-below(s.True+lowest, se))
	}
	if sd == 0 {
		if math.Abs(s.True) < s.Margin || s.True > 0 && !s.Equivalent {
			return 1
		}
		return 0
	}
	one := func(effect float64) float64 { return stats.PowerT(float64(n-1), 2*Alpha, effect/se) }
	if !s.Equivalent {
		return one(s.Margin + s.True)
	}
	return max(0, one(s.Margin+s.True)+one(s.Margin-s.True)-1)
}

// leastPassing is the smallest observed difference of paired proportions whose lower bound
// is above minus the margin.
func (s *Study) leastPassing(n int) float64 {
	bounds := sizedPairs(s.Variance(1, s.Judgements) + s.True*s.True)
	low, high := -s.Margin, 1.0
	for range 50 {
		middle := (low + high) / 2
		if lower, _ := bounds(n, middle, Alpha); lower > -s.Margin {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// Prompts is the smallest number of prompts at which the gate passes with the wanted power;
// ok is false if more than [stats.MostN] would be needed, or no number is enough.
func (s *Study) Prompts(draws int) (n int, ok bool) {
	if !s.Equivalent && !(s.Binary && draws == 1 && s.Design == 1) {
		return stats.NeededN(math.Sqrt(s.Variance(draws, s.Judgements)), s.Margin+s.True, Alpha, s.Power)
	}
	if s.True <= -s.Margin || s.Equivalent && s.True >= s.Margin {
		return 0, false
	}
	few, many := 1, 2
	for s.PowerAt(many, draws) < s.Power {
		if few, many = many, 2*many; many > stats.MostN {
			return 0, false
		}
	}
	for many-few > 1 {
		if middle := few + (many-few)/2; s.PowerAt(middle, draws) >= s.Power {
			many = middle
		} else {
			few = middle
		}
	}
	return many, true
}

// Spreads are the components as standard deviations. Of two sides it is the root of their
// mean variance.
func (s *Study) Spreads() (between, within, judge float64, withinKnown, judgeKnown bool) {
	mean := func(of [2]float64) float64 { return math.Sqrt((of[0] + of[1]) / 2) }
	return math.Sqrt(s.Between), mean(s.Within), mean(s.Judge), s.WithinKnown, s.JudgeKnown
}

// Pilot is the number of prompts of the pilot, 0 without one, and of draws of each.
func (s *Study) Pilot() (n int, draws float64) { return s.N, s.Draws }
