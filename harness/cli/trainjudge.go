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
	return f.within(plan.JudgeKind, func(folder *training.Folder) error {
		t, err := judge.New(p, files, folder)
		if err != nil {
			return err
		}
		for _, note := range t.Notes() {
			c.Notice("%s", note)
		}
		if f.dry && p.Base != "" {
			job, err := t.Job()
			if err != nil {
				return err
			}
			return training.Preview(ctx, c.Out, path, folder, job)
		}
		if f.dry {
			learn, calibrate, test := t.Rows()
			fmt.Fprintf(c.Out, "%s: checked; nothing was trained\n  %s to learn from, %d to calibrate on, %d held out\n", path, plural.Of(learn, "text"), calibrate, test)
			return nil
		}
		result, e, err := t.Run(ctx, &terminal.Training{Console: c})
		if err != nil {
			return err
		}
		unit := "text"
		if p.Base != "" {
			unit = "token"
		}
		concludeTrainJudge(c, f.out, unit, result, e)
		return nil
	})
}

// concludeTrainJudge prints the result of a judge's training, whose length is counted in a unit.
func concludeTrainJudge(c terminal.Console, out, unit string, r *training.Result, e *judge.Evaluation) {
	if r.Nothing {
		fmt.Fprintf(c.Out, "%s: the training is finished\n", out)
	} else {
		fmt.Fprintf(c.Out, "%s: %s over %s, loss %.4f\n", out, plural.Of(r.Last.Step, "step"), plural.Of(int(r.Last.Tokens), unit), r.Last.Loss)
	}
	for i := range e.Test {
		printMeasured(c, "held out of "+e.Test[i].Name, &e.Test[i])
	}
	for i := range e.Files {
		printMeasured(c, e.Files[i].Name, &e.Files[i])
	}
	if e.Speed > 0 {
		fmt.Fprintf(c.Out, "  speed: %.0f texts a second on %s\n", e.Speed, plural.Of(e.Threads, "thread"))
	}
	fmt.Fprintf(c.Out, "  the model is in %s\n", filepath.Join(out, training.ModelFolder))
}

// printMeasured prints the measurements on a file.
func printMeasured(c terminal.Console, name string, m *judge.Measured) {
	fmt.Fprintf(c.Out, "  %s: %s, %d positive\n", name, plural.Of(m.Texts, "text"), m.Positive)
	if m.AUC != nil {
		fmt.Fprintf(c.Out, "    AUC %.4f\n", *m.AUC)
	}
	for _, e := range m.Estimates {
		if e.Interval == nil {
			continue
		}
		fmt.Fprintf(c.Out, "    %s %.4f [%.4f, %.4f]", e.Metric, e.Point, e.Lo, e.Hi)
		if e.Metric == judge.Accuracy {
			fmt.Fprintf(c.Out, "; the more frequent label alone %.4f", m.Majority)
		}
		fmt.Fprintln(c.Out)
	}
	fmt.Fprintf(c.Out, "    %s %.4f\n", judge.CalibrationError, m.CalibrationError)
	for _, k := range m.Categories {
		fmt.Fprintf(c.Out, "    %s: accuracy %.3f (%s)\n", k.Name, k.Accuracy, plural.Of(k.Texts, "text"))
	}
	if m.Terms == nil {
		return
	}
	for _, one := range []struct {
		name string
		of   func(*judge.Term) *float64
	}{
		{"subgroup AUC", func(t *judge.Term) *float64 { return t.SubgroupAUC }},
		{"BPSN AUC", func(t *judge.Term) *float64 { return t.BPSN }},
		{"BNSP AUC", func(t *judge.Term) *float64 { return t.BNSP }},
		{"false positive rate", func(t *judge.Term) *float64 { return t.FalsePositives }},
	} {
		if s := m.Terms.Over(one.of); s.Terms > 0 {
			fmt.Fprintf(c.Out, "    %s by term: mean %.4f, from %.4f to %.4f (%s)\n", one.name, s.Mean, s.Least, s.Most, plural.Of(s.Terms, "term"))
		}
	}
	fmt.Fprintf(c.Out, "    false positive rate over all texts: %.4f\n", m.Terms.FalsePositives)
}
