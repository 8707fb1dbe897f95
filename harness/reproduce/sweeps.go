package reproduce

import (
	"fmt"
	"slices"
)

// sweep is one setting at several values, with all other settings unchanged.
type sweep struct {
	setting string
	values  []float64
	// known are values that another family has.
	known map[float64]string
	plan  func(v float64) ppoSettings
	paper string // the paper's figure
}

// sweeps are those of appendix E, arXiv figures 33 to 38. All are of the smallest size, as
// the paper's are of 1.3B. Where longer or faster training is the question, the last policy is
// kept, since early stopping would hide the answer.
func sweeps() []sweep {
	return []sweep{
		{"gamma", []float64{0, 0.0125, 0.025, 0.05, gamma, 0.2, 0.4}, map[float64]string{0: ppo, gamma: ptx},
			func(v float64) ppoSettings { return ppoSettings{beta: beta, gamma: v} }, "arXiv figure 33"},
		{"beta", []float64{0.0375, 0.075, beta, 0.3, stiffBeta, 1.2}, nil, penaltyAlone, "arXiv figure 34"},
		{"ptx-beta", []float64{0, beta / 4, beta, stiffBeta, 100 * beta}, map[float64]string{beta: ptx},
			func(v float64) ppoSettings { return ppoSettings{beta: v, gamma: gamma} }, "arXiv figure 36"},
		{"episodes", []float64{0.5, 1, 2, 4}, nil,
			func(v float64) ppoSettings { return ppoSettings{beta: beta, gamma: gamma, longer: v, last: true} }, "arXiv figure 35"},
		{"rate", []float64{0.5, 1, 2, 4, 8}, nil,
			func(v float64) ppoSettings { return ppoSettings{beta: beta, faster: v, last: true} }, "arXiv figure 38"},
		{"ptx-rate", []float64{0.5, 1, 2, 4, 8}, nil,
			func(v float64) ppoSettings { return ppoSettings{beta: beta, gamma: gamma, faster: v, last: true} }, "arXiv figure 38"},
		{"mix", []float64{0, beginMix, 0.5}, map[float64]string{beginMix: ppo},
			func(v float64) ppoSettings { return ppoSettings{beta: beta, start: setFamily("begin-mix", v)} }, "arXiv figure 37"},
	}
}

// penaltyAlone is PPO without pretraining mixed in whose penalty keeps it close to the pretrained
// model, as in the paper's attempt to fix the tax by the penalty alone (appendix E.6).
func penaltyAlone(beta float64) ppoSettings { return ppoSettings{beta: beta, reference: gpt} }

// trained are the values that need a training of their own.
func (s *sweep) trained() []float64 {
	return slices.DeleteFunc(slices.Clone(s.values), func(v float64) bool { return s.known[v] != "" })
}

// family is the family of a value's model.
func (s *sweep) family(v float64) string {
	if known := s.known[v]; known != "" {
		return known
	}
	return setFamily(s.setting, v)
}

// setFamily is the family of models with one setting changed: "beta-0.6".
func setFamily(setting string, value float64) string { return fmt.Sprintf("%s-%g", setting, value) }
