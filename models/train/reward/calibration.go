package reward

import "assay/harness/leaf/logistic"

// Pair is two responses to a prompt, one of which a labeler preferred.
type Pair struct {
	Cluster uint32 // number of the prompt
	Labeler string
	Rewards float64 // of the preferred response minus of the other
	Tokens  int     // likewise of lengths
}

// Right is 1 if the model prefers what the labeler preferred, 0.5 if the rewards are equal,
// and 0 otherwise.
func (p *Pair) Right() float64 { return half(p.Rewards) }

// Longer is 1 if the labeler preferred the longer response, 0.5 if they are equally long,
// and 0 otherwise.
func (p *Pair) Longer() float64 { return half(float64(p.Tokens)) }

func half(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return 0
	}
	return 0.5
}

// Judge returns the pairs of a set with their rewards, which a function gives to the rows of
// a batch. Without a function the rewards are 0, and the pairs have only lengths.
func Judge(s *Set, of func(*Batch) ([]float32, error)) ([]Pair, error) {
	var pairs []Pair
	err := s.Cover(func(b *Batch) error {
		rewards := make([]float32, b.Rows)
		if of != nil {
			var err error
			if rewards, err = of(b); err != nil {
				return err
			}
		}
		for _, c := range b.Preferences {
			pairs = append(pairs, c.pairs(rewards[:len(c.Responses)])...)
			rewards = rewards[len(c.Responses):]
		}
		return nil
	})
	return pairs, err
}

func (c *Preference) pairs(rewards []float32) []Pair {
	var pairs []Pair
	for i := range c.Ranks {
		for j := range c.Ranks {
			if c.Ranks[i] < c.Ranks[j] {
				pairs = append(pairs, Pair{c.Cluster, c.Labeler, float64(rewards[i]) - float64(rewards[j]), len(c.Responses[i]) - len(c.Responses[j])})
			}
		}
	}
	return pairs
}

// Calibration compares the probabilities that a model gives to its own preferences with how
// often labelers share these.
type Calibration struct {
	// Error is the expected calibration error (Naeini et al. 2015): the mean over pairs of
	// the distance between predicted and observed in the pair's bin.
	Error float64 `json:"error"`
	Bins  []Bin   `json:"bins"` // without empty ones
}

// Bin is the pairs whose probabilities are from Lo to Hi.
type Bin struct {
	Lo        float64 `json:"lo"`
	Hi        float64 `json:"hi"`
	Predicted float64 `json:"predicted"` // mean probability of the model's own preference
	Observed  float64 `json:"observed"`  // share of pairs in which the labeler's was the same
	N         int     `json:"n"`
}

// Calibrate sorts pairs into equal bins by the probability, from 0.5 to 1, of the response
// that the model prefers.
func Calibrate(pairs []Pair, bins int) Calibration {
	sums := make([]Bin, bins)
	width := 0.5 / float64(bins)
	for _, p := range pairs {
		sure := max(logistic.Of(p.Rewards), logistic.Of(-p.Rewards))
		b := &sums[min(int((sure-0.5)/width), bins-1)]
		b.Predicted += sure
		b.Observed += p.Right()
		b.N++
	}
	var c Calibration
	for i, b := range sums {
		if b.N == 0 {
			continue
		}
		n := float64(b.N)
		c.Error += max(b.Predicted-b.Observed, b.Observed-b.Predicted) / float64(len(pairs))
		c.Bins = append(c.Bins, Bin{0.5 + float64(i)*width, 0.5 + float64(i+1)*width, b.Predicted / n, b.Observed / n, b.N})
	}
	return c
}
