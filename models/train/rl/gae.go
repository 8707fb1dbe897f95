package rl

// Advantages is generalised advantage estimation (Schulman et al., arXiv:1506.02438,
// equation 16) over one response. rewards and values are of its tokens, [T]; the value
// after the last token is 0. It sets advantages, [T], to the sums over k of
// (gamma lambda)^k times the temporal-difference error k tokens later, and returns, [T],
// the targets of the value function, to advantages plus values.
func Advantages(advantages, returns, rewards, values []float32, gamma, lambda float64) {
	n := len(rewards)
	mustLen("Advantages", "values", len(values), n)
	mustLen("Advantages", "advantages", len(advantages), n)
	mustLen("Advantages", "returns", len(returns), n)
	var ahead, next float64
	for t := n - 1; t >= 0; t-- {
		v := float64(values[t])
		ahead = float64(rewards[t]) + gamma*next - v + gamma*lambda*ahead
		advantages[t], returns[t] = float32(ahead), float32(ahead+v)
		next = v
	}
}
