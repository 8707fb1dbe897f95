package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"assay/harness/plan"
	"assay/harness/terminal"
	"assay/harness/training"
	"assay/harness/training/lm"
)

type trainFlags struct {
	out  string
	data string
	dry  bool
}

func newTrain(c terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train a model: pretraining, fine-tuning, reward models, PPO and judges",
		Long: `Train a GPT on this machine's CPU, or a small judge of texts. A GPT is written to DIR/model
in Hugging Face's layout; 'assay report DIR -o curves' draws the curves. To resume an
interrupted training, rerun the same command: the final weights are the same, bit for bit.

Data, lengths, memory and disk space are checked before the first step. --dry-run stops
after these checks and estimates steps, tokens, memory and hours; for a judge, it counts
the texts.`,
		Example: `  assay train pretrain shakespeare.yaml -o gpt
  assay train sft demonstrations.yaml -o sft
  assay train reward preferences.yaml -o rm
  assay train ppo ppo.yaml -o ppo
  assay train sft demonstrations.yaml --dry-run`,
		Args: group,
		RunE: help,
	}
	cmd.AddCommand(
		newTrainKind(c, plan.Pretrain, "Pretrain a GPT on text", `  seed: 1
  model: {num_hidden_layers: 4, num_attention_heads: 4, hidden_size: 128, max_position_embeddings: 64}
  tokenizer: {type: bpe, vocab_size: 4096}   # or bytes, characters, words; or path: DIR
  data: {text: [input.txt], validation_split: 0.1}
  batch_size: 12
  max_steps: 2000
  optimizer: {learning_rate: 1e-3, warmup_steps: 100, weight_decay: 0.1}
  evaluate: {eval_steps: 250}`),
		newTrainKind(c, plan.SFT, "Fine-tune a model on demonstrations (SFT)", `  init: gpt/model
  data: {demonstrations: [train.jsonl], validation: [valid.jsonl]}   # {"prompt": "...", "completion": "..."}
  # add "overlong: drop" to data to skip rows that are longer than the model's context
  batch_size: 32
  num_train_epochs: 16
  resid_pdrop: 0.2
  optimizer: {learning_rate: 1e-4}
  evaluate: {eval_steps: 100}`),
		newTrainReward(c), newTrainPPO(c), newTrainJudge(c))
	return cmd
}

func newTrainKind(c terminal.Console, kind plan.TrainKind, short, example string) *cobra.Command {
	var f trainFlags
	cmd := &cobra.Command{
		Use:     string(kind) + " CONFIG.yaml -o DIR",
		Short:   short,
		Long:    short + ". A configuration:\n\n" + example,
		Example: fmt.Sprintf("  assay train %s config.yaml --dry-run\n  assay train %s config.yaml -o model", kind, kind),
		Args:    exactly(1, "train "+string(kind)+" needs one configuration"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := plan.ReadTrain(args[0], kind)
			if err != nil {
				return err
			}
			files, err := lm.Open(p, f.finder(args[0]))
			if err != nil {
				return err
			}
			return f.train(cmd.Context(), c, kind, args[0], func(folder *training.Folder) (*training.Job, error) {
				return lm.New(kind, p, files, folder)
			})
		},
	}
	f.add(cmd, dryMeasures)
	listFields(cmd, plan.FileKind(kind))
	return cmd
}

// What a dry run does: a training takes a few steps, and a judge's texts are only counted.
const (
	dryMeasures = "check everything and estimate steps, tokens, memory and hours; train nothing"
	dryCounts   = "check everything and count the texts; train nothing"
)

func (f *trainFlags) add(cmd *cobra.Command, dryRun string) {
	cmd.Flags().StringVarP(&f.out, "out", "o", "", "folder of the training (required)")
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, dryRun)
	addData(cmd.Flags(), &f.data)
}

// finder looks for the files of a plan.
func (f *trainFlags) finder(path string) *training.Finder {
	return &training.Finder{Plan: path, Data: f.data}
}

// within works in the training's folder, or for a dry run in a temporary one.
func (f *trainFlags) within(kind plan.TrainKind, work func(*training.Folder) error) error {
	switch {
	case f.dry:
		return training.WithinTemporary(f.out, work)
	case f.out == "":
		return fmt.Errorf("train %s needs -o DIR, the folder to write; see 'assay train %s --help'", kind, kind)
	}
	return training.Within(f.out, work)
}

// train runs the job of a plan in the training's folder, or previews it, and prints what
// came of it.
func (f *trainFlags) train(ctx context.Context, c terminal.Console, kind plan.TrainKind, path string, job func(*training.Folder) (*training.Job, error)) error {
	return f.within(kind, func(folder *training.Folder) error {
		j, err := job(folder)
		if err != nil {
			return err
		}
		if f.dry {
			return training.Preview(ctx, c.Out, path, folder, j)
		}
		result, err := training.Run(ctx, folder.Dir, j, &terminal.Training{Console: c, Notes: j.Notes})
		if err != nil {
			return err
		}
		return concludeTrain(c, f.out, result)
	})
}
