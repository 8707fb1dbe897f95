package rl

import (
	"fmt"
	"math"
	"slices"
)

// Through is how many tokens of a sampled response count: those up to and including the first
// token that ends a text, which gets the score. Without an end all count, and ended is false.
func Through(response []int32, ends ...int32) (n int, ended bool) {
	if i := slices.IndexFunc(response, func(id int32) bool { return slices.Contains(ends, id) }); i >= 0 {
		return i + 1, true
	}
	return len(response), false
}

// Unended says how a response without an end is scored.
type Unended struct {
	How   UnendedHow
	Value float64
}

// UnendedHow is a way to treat the score of a response without an end.
type UnendedHow string

const (
	Keep     UnendedHow = ""         // the score as it is
	Replace  UnendedHow = "replace"  // Value in its place, as in Stiennon et al., arXiv:2009.01325
	Penalise UnendedHow = "penalise" // Value subtracted from it
)

// Score is the score of a response, given the reward model's.
func (u Unended) Score(score float64, ended bool) float64 {
	switch {
	case ended || u.How == Keep:
		return score
	case u.How == Replace:
		return u.Value
	case u.How == Penalise:
		return score - u.Value
	}
	panic(fmt.Sprintf("rl: unknown treatment %q of a response without an end", u.How))
}

// Penalised sets rewards, [T], of a response's tokens: -beta times the log of the ratio of
// policy to reference at each token, plus the score at the last (the first half of equation
// (2) of Ouyang et al. 2022; per token as in Ziegler et al., arXiv:1909.08593). policy and
// reference are log-probabilities of the tokens, [T].
func Penalised(rewards, policy, reference []float32, beta, score float64) {
	mustLen("Penalised", "policy", len(policy), len(rewards))
	mustLen("Penalised", "reference", len(reference), len(rewards))
	last := len(rewards) - 1
	for t := range rewards {
		r := 0 - beta*(float64(policy[t])-float64(reference[t])) // never -0
		if t == last {
			r += score
		}
		rewards[t] = float32(r)
	}
}

// KL has estimates of a policy's divergence from a reference, summed over tokens that the
// policy drew (Schulman 2020, "Approximating KL Divergence"). With x the log of the ratio of
// policy to reference, K1 sums x, which is unbiased and may be negative; K2 sums x^2/2; and
// K3 sums e^-x - 1 + x, which is unbiased and never negative. Rewards use K1 ([Penalised]);
// the others are for records.
type KL struct {
	K1, K2, K3 float64 // sums over tokens
	Tokens     int
}

// Add adds the tokens of a response. policy and reference are their log-probabilities.
func (k *KL) Add(policy, reference []float32) {
	mustLen("KL", "reference", len(reference), len(policy))
	for t := range policy {
		x := float64(policy[t]) - float64(reference[t])
		k.K1 += x
		k.K2 += x * x / 2
		k.K3 += math.Expm1(-x) + x
	}
	k.Tokens += len(policy)
}
