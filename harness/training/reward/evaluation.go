package reward

import (
	"fmt"
	"io"
	"slices"

	"assay/harness/leaf/plural"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/models/train/reward"
)

// EvaluationFile holds the evaluation of a reward model, in its training's folder.
const EvaluationFile = "preferences.json"

// Evaluation says how well a reward model predicts labeler preferences. Accuracies are
// shares of pairs, their intervals clustered by prompt; chance is 0.5.
type Evaluation struct {
	// Estimates have the metric "pair accuracy". Their conditions are "held out"; "held out,
	// new prompts", if some held-out pairs share prompts with training, for the rest; each
	// file's name, if there are several; "length alone", for a rule that prefers the longer
	// or the shorter response, whichever was right more often in training; and over a
	// cross-validation "labelers held out" and "labelers trained on".
	Estimates []metrics.Estimate `json:"estimates"`
	// LongerIsBetter is the rule of lengths.
	LongerIsBetter bool `json:"longer_is_better"`
	// Gain is the model's accuracy minus that of the rule of lengths, paired by prompt.
	Gain        *metrics.Comparison `json:"gain,omitempty"`
	Calibration reward.Calibration  `json:"calibration"`
}

// Conditions of a [Preferences]'s estimates.
const (
	HeldOut          = "held out"
	NewPrompts       = "held out, new prompts"
	LengthAlone      = "length alone"
	LabelersHeldOut  = "labelers held out"
	LabelersTrained  = "labelers trained on"
	calibrationBins  = 10
	preferencesSuite = "preferences"
)

// pairAccuracy is the share of pairs in the labeler's order. A tie of the model counts as
// half right.
var pairAccuracy = metrics.Metric{Name: "pair accuracy", Title: "Pair accuracy", Kind: metrics.Proportion, Direction: metrics.HigherIsBetter, Lo: 0, Hi: 1}

// Judged holds the pairs by which a reward model is judged.
type Judged struct {
	Model         string
	Seed          uint64
	Training      []reward.Pair // by lengths only
	HeldOut       []reward.Pair
	FoldsHeldOut  []reward.Pair // of labelers that the fold's model hasn't learnt from
	FoldsLearning []reward.Pair // of the others
	Files         []JudgedFile  // those of HeldOut, file by file
}

// JudgedFile holds a file's pairs.
type JudgedFile struct {
	Name  string
	Pairs []reward.Pair
}

// Preferences evaluates the reward model.
func (j *Judged) Evaluate() *Evaluation {
	p := &Evaluation{LongerIsBetter: true, Calibration: reward.Calibrate(j.HeldOut, calibrationBins)}
	balance := 0.0
	for _, pair := range j.Training {
		balance += pair.Longer() - 0.5
	}
	p.LongerIsBetter = balance > 0
	add := func(condition string, pairs []reward.Pair, right func(*reward.Pair) float64) *infer.Column {
		s := infer.NewColumn(&pairAccuracy)
		for i := range pairs {
			s.Add(pairs[i].Cluster, 0, []float64{right(&pairs[i])})
		}
		if len(pairs) > 0 {
			e := infer.Estimate(s, infer.Defaults(j.Seed))
			e.Suite, e.Model, e.Condition = preferencesSuite, j.Model, condition
			p.Estimates = append(p.Estimates, e)
		}
		return s
	}
	model := add(HeldOut, j.HeldOut, (*reward.Pair).Right)
	if unseen := j.unseen(); 0 < len(unseen) && len(unseen) < len(j.HeldOut) {
		add(NewPrompts, unseen, (*reward.Pair).Right)
	}
	if len(j.Files) > 1 {
		for _, file := range j.Files {
			add(file.Name, file.Pairs, (*reward.Pair).Right)
		}
	}
	length := add(LengthAlone, j.HeldOut, func(pair *reward.Pair) float64 {
		if p.LongerIsBetter {
			return pair.Longer()
		}
		return 1 - pair.Longer()
	})
	if len(j.HeldOut) > 0 {
		family := []infer.Paired{infer.Compare(length, model, infer.Defaults(j.Seed))}
		infer.Adjust(family, infer.Holm)
		p.Gain = &family[0].Comparison
		p.Gain.Suite, p.Gain.Condition, p.Gain.Baseline, p.Gain.Model = preferencesSuite, HeldOut, LengthAlone, j.Model
	}
	add(LabelersHeldOut, j.FoldsHeldOut, (*reward.Pair).Right)
	add(LabelersTrained, j.FoldsLearning, (*reward.Pair).Right)
	return p
}

// unseen returns the held-out pairs whose prompts are not in training.
func (j *Judged) unseen() []reward.Pair {
	seen := map[uint32]bool{}
	for i := range j.Training {
		seen[j.Training[i].Cluster] = true
	}
	return slices.DeleteFunc(slices.Clone(j.HeldOut), func(p reward.Pair) bool { return seen[p.Cluster] })
}

// WriteEvaluation writes the file, complete or not at all.
func WriteEvaluation(s runstore.Store, p *Evaluation) error {
	return runstore.WriteJSON(s, EvaluationFile, p)
}

// ReadEvaluation reads the file; nil if there is none.
func ReadEvaluation(s runstore.Store) (*Evaluation, error) {
	return runstore.ReadJSON[Evaluation](s, EvaluationFile)
}

// Describe writes a line for each accuracy, and one for the gain over lengths.
func (e *Evaluation) Describe(w io.Writer) {
	for _, a := range e.Estimates {
		if a.Interval != nil {
			fmt.Fprintf(w, "  pair accuracy, %s: %.3f [%.3f, %.3f] (%s, %s)\n", a.Condition, a.Point, a.Lo, a.Hi, plural.Of(a.N, "pair"), plural.Of(a.Clusters, "prompt"))
		}
	}
	if e.Gain != nil && e.Gain.Interval != nil {
		fmt.Fprintf(w, "  better than lengths alone by %+.3f [%+.3f, %+.3f]; calibration error %.3f\n", e.Gain.Point, e.Gain.Lo, e.Gain.Hi, e.Calibration.Error)
	}
}
