package cli

import (
	"context"

	"github.com/spf13/cobra"

	"assay/harness/plan"
	"assay/harness/terminal"
	"assay/harness/training"
	"assay/harness/training/reward"
)

func newTrainReward(c terminal.Console) *cobra.Command {
	var f trainFlags
	cmd := &cobra.Command{
		Use:   "reward CONFIG.yaml -o DIR",
		Short: "Train a reward model to predict labeler preferences",
		Long: `Train a reward model on ranked, or chosen and rejected, responses. A configuration:

  init: sft/model
  data: {preferences: [preferences.jsonl], validation_split: 0.1, demonstrations: [train.jsonl]}
  batch_size: 64     # prompts
  folds: 5           # cross-validation over groups of labelers; leave it out for none
  optimizer: {learning_rate: 1e-3}
  evaluate: {eval_steps: 20}

Lines of preference data (a lower rank is better):

  {"prompt": "...", "responses": ["...", "...", "..."], "ranks": [1, 2, 2], "labeler": "ann"}
  {"prompt": "...", "chosen": "...", "rejected": "..."}

or, as in hh-rlhf: {"chosen": "\n\nHuman: ...", "rejected": "\n\nHuman: ..."}

DIR/preferences.json has the accuracy on held-out pairs, the accuracy of a rule that
looks only at lengths, and the calibration.`,
		Example: "  assay train reward rm.yaml -o rm",
		Args:    exactly(1, "train reward needs one configuration"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTrainReward(cmd.Context(), c, args[0], f)
		},
	}
	f.add(cmd, dryMeasures)
	listFields(cmd, plan.RewardFile)
	return cmd
}

func runTrainReward(ctx context.Context, c terminal.Console, path string, f trainFlags) error {
	p, err := plan.ReadReward(path)
	if err != nil {
		return err
	}
	files, err := reward.Open(p, f.finder(path))
	if err != nil {
		return err
	}
	open := func(folder *training.Folder, watch *terminal.Training) (evaluated[*reward.Evaluation], error) {
		t, err := reward.New(p, files, folder)
		if err != nil {
			return nil, err
		}
		watch.Notes = t.Notes()
		return t, nil
	}
	return trainEvaluated(ctx, c, &f, plan.RewardModel, path, open, "token")
}
