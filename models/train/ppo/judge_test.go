package ppo

import (
	"slices"
	"testing"

	"assay/harness/leaf/approx"
	"assay/models/train/rl"
)

// With numpy: rewards of -beta*(old-reference) and the score, less 2 where there is no end,
// at the last token; delta = r + gamma*next - v; advantages as sums by gamma*lambda, then
// (a-a.mean())/sqrt(a.var()+1e-8) over both episodes; returns are advantages plus values.
func TestJudge(t *testing.T) {
	episodes := []*Episode{
		{Response: []int32{1, 2, 3}, Score: 1.5, old: []float32{-1, -2, -0.5}, reference: []float32{-1.5, -1, -0.5}, values: []float32{0.2, -0.1, 0.4}},
		{Response: []int32{1, 7}, Ended: true, Score: -0.5, old: []float32{-0.3, -0.7}, reference: []float32{-0.1, -1.2}, values: []float32{0.5, 0}},
	}
	tr := Trainer{Options: Options{KL: rl.KLControl{Beta: 0.5}, Gamma: 0.9, Lambda: 0.8, Unended: rl.Unended{How: rl.Penalise, Value: 2}}}
	tr.judge(episodes)
	near := func(what string, got []float32, want ...float64) {
		t.Helper()
		if len(got) != len(want) {
			t.Fatalf("%s: %v, want %v", what, got, want)
		}
		for i := range want {
			if !approx.Equal(float64(got[i]), want[i], 1e-5) {
				t.Errorf("%s: %v, want %v", what, got, want)
				return
			}
		}
	}
	near("rewards 1", episodes[0].rewards, -0.25, 0.5, -0.5)
	near("rewards 2", episodes[1].rewards, 0.1, -0.75)
	near("advantages", slices.Concat(episodes[0].advantages, episodes[1].advantages), 0.4319354, 1.7647586, -0.8101295, -0.8951093, -0.4914552)
	near("returns", slices.Concat(episodes[0].returns, episodes[1].returns), -0.11536, 0.212, -0.5, -0.44, -0.75)
}
