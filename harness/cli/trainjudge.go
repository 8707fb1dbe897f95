package cli

import (
	"context"

	"github.com/spf13/cobra"

	"assay/harness/plan"
	"assay/harness/terminal"
	"assay/harness/training"
	"assay/harness/training/judge"
)

func newTrainJudge(c terminal.Console) *cobra.Command {
	var f trainFlags
	cmd := &cobra.Command{
		Use:   "judge CONFIG.yaml -o DIR",
		Short: "Train a judge of toxicity, truth or support on labelled texts",
		Long: `Train a judge on labelled texts: a linear model over parts of words, which judges tens of
thousands of texts a second, or a language model with a scalar head. A configuration:

  kind: toxicity                 # or truth, informative, support
  data: {files: [comments.jsonl]}

A language model, given as base, gets a head and is trained end to end:

  kind: toxicity
  data: {files: [comments.jsonl]}
  base: small/model
  num_train_epochs: 3
  optimizer: {learning_rate: 1e-3}

Lines of labelled texts; a label is 0, 1, or a share of labelers:

  {"text": "...", "label": 1, "group": "thread 7"}
  {"text": "an answer", "context": "its question", "label": 0, "group": "question 12"}

Known data sets are read as they were published: RealToxicityPrompts, Davidson's tweets,
HateCheck, unintended-bias, TruthfulQA's labelled answers, XSum's hallucination annotations.

Texts of one group are never divided between training and test. DIR/judge.json has accuracy,
AUC and calibration on held-out texts, and on the files under evaluate. Plans name a judge
as model: judge:DIR/model: one of toxicity under kind: toxicity, one of truth together with
one of informative under kind: truth, and one of support under kind: grounded. A judge of
support must have learned from texts with a context.`,
		Example: "  assay train judge toxicity.yaml -o toxicity\n  assay train judge toxicity.yaml --dry-run",
		Args:    exactly(1, "train judge needs one configuration"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTrainJudge(cmd.Context(), c, args[0], f)
		},
	}
	f.add(cmd, dryCounts)
	listFields(cmd, plan.JudgeFile)
	return cmd
}

func runTrainJudge(ctx context.Context, c terminal.Console, path string, f trainFlags) error {
	p, err := plan.ReadTrainedJudge(path)
	if err != nil {
		return err
	}
	files, err := judge.Open(p, f.finder(path))
	if err != nil {
		return err
	}
	open := func(folder *training.Folder, _ *terminal.Training) (evaluated[*judge.Evaluation], error) {
		t, err := judge.New(p, files, folder)
		if err != nil {
			return nil, err
		}
		for _, note := range t.Notes() {
			c.Notice("%s", note)
		}
		return t, nil
	}
	unit := "text"
	if p.Base != "" {
		unit = "token"
	}
	return trainEvaluated(ctx, c, &f, plan.JudgeKind, path, open, unit)
}
