package sample

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"assay/models/compute/kernels"
)

// SamplingParams say how the next token is chosen.
type SamplingParams struct {
	Temperature float64 // 0 chooses the likeliest token
	TopK        int     // only this many of the likeliest; 0 is all
	TopP        float64 // only the likeliest that make up this share; 0 and 1 are all
	Seed        uint64  // of the random stream, which gives one draw a token
}

// chooser draws tokens for one sequence.
type chooser struct {
	params SamplingParams
	random *rand.Rand
}

func newChooser(p SamplingParams) *chooser {
	return &chooser{p, rand.New(rand.NewPCG(p.Seed, 0x736d706c))}
}

// candidate is a token with its unnormalised probability.
type candidate struct {
	id    int32
	share float32
}

// next chooses a token by its logits. Of equal logits the lower id counts as likelier. scratch is as long as
// the logits; at temperature 0 it isn't used.
func (c *chooser) next(cpu *kernels.CPU, logits, scratch []float32) int32 {
	best := cpu.ArgMax(logits)
	if c.params.Temperature == 0 {
		return int32(best)
	}
	by := float32(1 / c.params.Temperature)
	for i, v := range logits {
		scratch[i] = (v - logits[best]) * by
	}
	cpu.Exp(scratch, scratch)
	u := c.random.Float64()
	if k, p := c.params.TopK, c.params.TopP; k > 0 && k < len(logits) || p > 0 && p < 1 {
		return draw(nucleus(scratch, k, p), u)
	}
	return drawAll(scratch, u)
}

// drawAll returns the first token at which the cumulative sum of shares exceeds the fraction u, in [0, 1), of
// their total.
func drawAll(shares []float32, u float64) int32 {
	var sum float64
	for _, s := range shares {
		sum += float64(s)
	}
	left := u * sum
	last := 0
	for i, s := range shares {
		if s == 0 {
			continue
		}
		if left -= float64(s); left < 0 {
			return int32(i)
		}
		last = i
	}
	return int32(last) // after rounding
}

// draw does the same over candidates.
func draw(from []candidate, u float64) int32 {
	if len(from) == 0 { // all logits are NaN; the caller reports it
		return 0
	}
	var sum float64
	for _, c := range from {
		sum += float64(c.share)
	}
	left := u * sum
	for _, c := range from {
		if left -= float64(c.share); left < 0 {
			return c.id
		}
	}
	return from[len(from)-1].id
}

// nucleus returns the likeliest of the k likeliest tokens (of all for k = 0) whose shares reach p of the k's
// total, including the one that reaches it (Holtzman et al., arXiv:1904.09751, section 3.1), the likeliest
// first.
func nucleus(shares []float32, k int, p float64) []candidate {
	var from []candidate
	sum := 0.0
	if k > 0 && k < len(shares) {
		from = few(shares, k)
		for _, c := range from {
			sum += float64(c.share)
		}
	} else {
		for _, s := range shares {
			sum += float64(s)
		}
		from = above(shares, float32((1-p)*sum/float64(len(shares))*0.999))
	}
	if p <= 0 || p >= 1 {
		return from
	}
	reached := 0.0
	for i, c := range from {
		if reached += float64(c.share); reached >= p*sum {
			return from[:i+1]
		}
	}
	return from
}

// above returns the tokens with more than a share, the likeliest first. Tokens below the mean share of what a
// nucleus leaves out are never part of it.
func above(shares []float32, least float32) []candidate {
	var all []candidate
	for i, s := range shares {
		if s > least {
			all = append(all, candidate{int32(i), s})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(a.id, b.id)) })
	return all
}

// few returns the n tokens with the largest numbers, the largest first.
func few(x []float32, n int) []candidate {
	top := make([]candidate, 0, n+1)
	for i, v := range x {
		if len(top) == n && v <= top[n-1].share {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, v, func(c candidate, v float32) int {
			if c.share >= v { // an equal one that came earlier stays first
				return -1
			}
			return 1
		})
		top = slices.Insert(top, at, candidate{int32(i), v})
		top = top[:min(len(top), n)]
	}
	return top
}

// Alternative is a candidate for a token's place.
type Alternative struct {
	ID      int32
	LogProb float64 // nats
}

// alternatives returns the n likeliest tokens of a row with its log-sum-exp, the likeliest first.
func alternatives(logits []float32, lse float32, n int) []Alternative {
	if n == 0 {
		return nil
	}
	all := make([]Alternative, 0, n)
	for _, c := range few(logits, n) {
		all = append(all, Alternative{c.id, float64(c.share) - float64(lse)})
	}
	return all
}
