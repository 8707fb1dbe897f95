package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/harness/yamlstruct"
)

func TestReadReward(t *testing.T) {
	got, err := parseReward("c.yaml", []byte(`init: sft/model
data: {preferences: [c.jsonl], validation_split: 0.1, demonstrations: [d.jsonl]}
folds: 5
optimizer: {learning_rate: 1e-3}
evaluate: {eval_steps: 20, metric_for_best_model: validation accuracy}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := &Reward{
		Path: "c.yaml", Seed: 1, Init: "sft/model", Data: RewardData{Preferences: []string{"c.jsonl"}, Demonstrations: []string{"d.jsonl"}, ValidationSplit: 0.1},
		BatchSize: 64, GradientAccumulationSteps: 1, NumTrainEpochs: 1, Folds: 5, Evaluate: Evaluate{EvalSteps: 20, MetricForBestModel: ValidationAccuracy},
		Optimizer: Optimizer{LearningRate: 1e-3, MinLR: 1e-4, AdamBeta1: 0.9, AdamBeta2: 0.95, AdamEpsilon: 1e-8, MaxGradNorm: 1},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(yamlstruct.Place{})); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	for _, tt := range []struct{ text, want string }{
		{"data: {preferences: [c]}\noptimizer: {learning_rate: 1}\n", "no init; name the folder"},
		{"init: x\noptimizer: {learning_rate: 1}\n", "no data; write data: {preferences:"},
		{"init: x\ndata: {demonstrations: [d]}\noptimizer: {learning_rate: 1}\n", "c.yaml:2: no preferences"},
		{"init: x\ndata: {preferences: [c]}\n", "no optimizer"},
		{"init: x\ndata: {preferences: [c], validation: [v], validation_split: 0.1}\noptimizer: {learning_rate: 1}\n", "c.yaml:2: both validation_split and validation"},
		{"init: x\ndata: {preferences: [c]}\noptimizer: {learning_rate: 1}\nfolds: 1\n", "c.yaml:4: folds is 1; it must be a whole number from 2"},
		{"init: x\ndata: {preferences: [c]}\noptimizer: {learning_rate: 1}\nevaluate: {metric_for_best_model: validation loss}\n", "c.yaml:4: metric_for_best_model needs held-out data, but there is none"},
		{"init: x\ndata: {preferences: [c]}\noptimizer: {learning_rate: 1}\nmax_steps: 3\n", `c.yaml:4: unknown field "max_steps"`},
	} {
		if _, err := parseReward("c.yaml", []byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.text, err, tt.want)
		}
	}
}

// A setting that is not used is not in the plan, so that trainings from before it was there go on.
func TestRewardCanonicalLeavesOutWhatIsNotUsed(t *testing.T) {
	for more, want := range map[string]bool{"": false, ", limit: 30": true} {
		p, err := parseReward("c.yaml", []byte("init: a\ndata: {preferences: [p]"+more+"}\noptimizer: {learning_rate: 1e-3}\n"))
		if err != nil {
			t.Fatal(err)
		}
		content, err := p.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(content), "limit"); got != want {
			t.Errorf("%q: the plan is %s", more, content)
		}
	}
}
