package rl

import "math"

// ClippedStats are sums over tokens of a clipped loss.
type ClippedStats struct {
	Loss    float64 // not scaled
	Clipped int     // tokens without a gradient because of clipping
	Tokens  int
}

// Add adds the sums of other tokens.
func (s *ClippedStats) Add(o ClippedStats) {
	s.Loss += o.Loss
	s.Clipped += o.Clipped
	s.Tokens += o.Tokens
}

// PolicyStats are sums over the tokens of calls of [PolicyLoss].
type PolicyStats struct {
	ClippedStats
	KL    float64 // of the old policy from the new: estimate K3, on the old policy's tokens
	Ratio float64 // of probabilities, new over old
}

// Add adds the sums of other tokens.
func (s *PolicyStats) Add(o PolicyStats) {
	s.ClippedStats.Add(o.ClippedStats)
	s.KL += o.KL
	s.Ratio += o.Ratio
}

// PolicyLoss is PPO's clipped loss (Schulman et al., arXiv:1707.06347, equation 7, negated),
// summed over a response's tokens. A token's loss is the greater of two: -advantage times the
// ratio of new to old probability, and the same with the ratio clipped to 1 +- clip. now and
// old are log-probabilities of the tokens, [T]. The derivative by now, times scale, is added
// to gradient, [T]. If now equals old, the ratio is exactly 1 and the derivative is that of
// the policy-gradient loss, -advantage.
func PolicyLoss(now, old, advantages []float32, clip, scale float64, gradient []float32) PolicyStats {
	mustMatch("PolicyLoss", "advantages", now, old, advantages, gradient)
	s := PolicyStats{ClippedStats: ClippedStats{Tokens: len(now)}}
	for t := range now {
		x, a := float64(now[t])-float64(old[t]), float64(advantages[t])
		ratio := math.Exp(x)
		s.KL += math.Expm1(x) - x
		s.Ratio += ratio
		if bound := min(max(ratio, 1-clip), 1+clip); -a*bound > -a*ratio {
			s.Loss -= a * bound
			s.Clipped++
			continue
		}
		s.Loss -= a * ratio
		gradient[t] += float32(-scale * a * ratio)
	}
	return s
}

// ValueLoss is the clipped loss of PPO's value function, summed over a response's tokens. A
// token's loss is the greater of two: half the square of value - return, and the same with
// the value clipped to its old one +- clip. All slices are [T]. The derivative by now, times
// scale, is added to gradient.
func ValueLoss(now, old, returns []float32, clip, scale float64, gradient []float32) ClippedStats {
	mustMatch("ValueLoss", "returns", now, old, returns, gradient)
	s := ClippedStats{Tokens: len(now)}
	for t := range now {
		v, was, want := float64(now[t]), float64(old[t]), float64(returns[t])
		off := v - want
		bounded := was + min(max(v-was, -clip), clip) - want
		if bounded*bounded > off*off {
			s.Loss += bounded * bounded / 2
			if math.Abs(v-was) > clip {
				s.Clipped++
				continue
			}
		} else {
			s.Loss += off * off / 2
		}
		gradient[t] += float32(scale * off)
	}
	return s
}

// mustMatch panics if the inputs of a clipped loss are not of the same length. targets names
// what the loss takes beside the old numbers.
func mustMatch(function, targets string, now, old, of, gradient []float32) {
	mustLen(function, "old", len(old), len(now))
	mustLen(function, targets, len(of), len(now))
	mustLen(function, "gradient", len(gradient), len(now))
}
