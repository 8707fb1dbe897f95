package train

import "math"

// Schedule is a learning rate that rises linearly and then falls along half a cosine, as for
// GPT-3 (Brown et al. 2020, appendix B). With Final at a tenth of Peak it is that of
// InstructGPT (Ouyang et al. 2022, appendix C).
type Schedule struct {
	Peak, Final float64
	Warmup      int // steps until Peak is reached
	Steps       int // until Final is reached; it stays at that
}

// At is the learning rate of a step, counted from 1.
func (s Schedule) At(step int) float64 {
	switch {
	case step <= s.Warmup:
		return s.Peak * float64(step) / float64(s.Warmup+1)
	case step >= s.Steps:
		return s.Final
	}
	done := float64(step-s.Warmup-1) / float64(s.Steps-s.Warmup-1)
	return s.Final + (s.Peak-s.Final)*(1+math.Cos(math.Pi*done))/2
}
