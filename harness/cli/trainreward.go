package cli

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"assay/harness/leaf/plural"
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
	return f.within(plan.RewardModel, func(folder *training.Folder) error {
		t, err := reward.New(p, files, folder)
		if err != nil {
			return err
		}
		if f.dry {
			job, err := t.Job()
			if err != nil {
				return err
			}
			return training.Preview(ctx, c.Out, path, folder, job)
		}
		result, evaluation, err := t.Run(ctx, &terminal.Training{Console: c, Notes: t.Notes()})
		if err != nil {
			return err
		}
		concludeTrainReward(c, f.out, result, evaluation)
		return nil
	})
}

// concludeTrainReward prints the result of a reward model's training.
func concludeTrainReward(c terminal.Console, out string, r *training.Result, e *reward.Evaluation) {
	if r.Nothing {
		fmt.Fprintf(c.Out, "%s: the training is finished\n", out)
	} else {
		fmt.Fprintf(c.Out, "%s: %s over %s, loss %.4f\n", out, plural.Of(r.Last.Step, "step"), plural.Of(int(r.Last.Tokens), "token"), r.Last.Loss)
	}
	for _, e := range e.Estimates {
		if e.Interval != nil {
			fmt.Fprintf(c.Out, "  pair accuracy, %s: %.3f [%.3f, %.3f] (%s, %s)\n", e.Condition, e.Point, e.Lo, e.Hi, plural.Of(e.N, "pair"), plural.Of(e.Clusters, "prompt"))
		}
	}
	if e.Gain != nil && e.Gain.Interval != nil {
		fmt.Fprintf(c.Out, "  better than lengths alone by %+.3f [%+.3f, %+.3f]; calibration error %.3f\n", e.Gain.Point, e.Gain.Lo, e.Gain.Hi, e.Calibration.Error)
	}
	fmt.Fprintf(c.Out, "  the model is in %s\n", filepath.Join(out, training.ModelFolder))
}
