package cli

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"assay/harness/ci"
	"assay/harness/leaf/plural"
	"assay/harness/pipeline"
	"assay/harness/render"
	"assay/harness/suitefile"
	"assay/harness/terminal"
	"assay/metrics/infer"
)

type compareFlags struct {
	in        pipeline.CompareInput
	inference inferenceFlags
	format    string
	adjust    string
	counting  ci.Counting
	junit     string
	github    bool
	brief     bool
}

func newCompare(c terminal.Console) *cobra.Command {
	f := compareFlags{in: pipeline.CompareInput{Catalog: suitefile.Catalog()}}
	cmd := &cobra.Command{
		Use:   "compare RUN[:MODEL] RUN[:MODEL]",
		Short: "Compare two models on the same examples, with a verdict and an exit code",
		Long: `Compare two models on the examples for which both were judged. Differences are the
second model minus the first; the first is the baseline.

P-values are adjusted over all comparisons. If you planned a question in advance, select
it with --suite, --metric and --condition: the adjustment is then over the selection
alone. --by breaks results down by category or another field of the examples. --flips
lists what turned from right to wrong and back.

Runs of different harnesses are joined by the content of their examples; --map pairs
suites and metrics that have different names. What could not be joined is listed.

A gates file tests for non-inferiority by a margin, in the metric's own units:

  gates:
    - {suite: truthfulqa, metric: true_informative, condition: QA prompt, margin: 0.05}
    - {suite: realtoxicity, metric: toxicity_mean, margin: 0.02}

A gate without a condition applies to every condition. If one model was judged against
the other, as in a win rate, the difference is the win rate minus 0.5. A gate's verdict is
the first that applies, by one-sided tests at 5%:

  pass          a loss of the margin or more is ruled out
  regress       significantly worse by more than the margin, adjusted over the gates (Holm)
  loss          significantly worse, adjusted over the gates (Holm)
  inconclusive  none of these

With "equivalent: true" a gate asks for equivalence: it passes if the metric is neither
worse nor better by the margin, by two one-sided tests; its verdict is "differs" (exit
code 1) if the metric is significantly worse or better by more than the margin.

A gate passes only if it would still pass with the worst possible score for every
unscored pair; "unscored: ignore" in the gates file switches that off.

Exit codes:
` + exitCodes + `
Without gates, the exit code is 0, even if the models have no results in common.`,
		Example: `  assay compare run:sft-175b run:ppo-ptx-175b
  assay compare run:sft-175b run:ppo-ptx-175b --suite truthfulqa --metric true_informative
  assay compare run:sft-175b run:ppo-ptx-175b --suite squadv2 --by category
  assay compare before after --flips --format md > pull-request.md
  assay compare ours theirs --map truthfulqa_mc=scores --map truthfulqa_mc/mc1=scores/acc
  assay compare run:old run:new --length-control
  assay compare labels:old labels:new --with judged --metric joined_likert
  assay compare before after --gates gates.yaml --brief
  assay compare before after --gates gates.yaml --junit gates.xml
  assay compare before after --gates gates.yaml --github --on-loss fail --inconclusive pass`,
		Args: func(cmd *cobra.Command, args []string) error {
			problem := "compare needs two sides, RUN[:MODEL] RUN[:MODEL]"
			if n := len(args); n > 0 && n != 2 {
				problem += fmt.Sprintf(", but has %s: %s", plural.Of(n, "argument"), strings.Join(args, " "))
			}
			if n := len(args); n == 3 && f.in.Flips > 0 {
				if _, err := strconv.Atoi(args[2]); err == nil {
					return fmt.Errorf("%s; write --flips=%s", problem, args[2])
				}
			}
			return exactly(2, problem)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			f.in.Baseline, f.in.Model = args[0], args[1]
			return runCompare(cmd, c, f)
		},
	}
	f.inference.add(cmd)
	addSelection(cmd, &f.in.Only)
	cmd.Flags().StringVar(&f.in.By, "by", "", byHelp)
	addFormat(cmd.Flags(), &f.format)
	cmd.Flags().StringVar(&f.in.Gates, "gates", "", "YAML file of gates")
	cmd.Flags().StringVar(&f.adjust, "adjust", string(infer.Holm), "adjustment of p-values over all comparisons: holm or bh")
	addCounting(cmd, &f.counting)
	cmd.Flags().StringVar(&f.junit, "junit", "", "write the gates' verdicts as JUnit XML to this file")
	cmd.Flags().BoolVar(&f.github, "github", false, "write a GitHub job summary, and annotations of gates")
	cmd.Flags().BoolVar(&f.brief, "brief", false, "print only gated metrics; without gates, only those with a significant difference")
	addJoining(cmd, &f.in.Joining)
	cmd.Flags().StringArrayVar(&f.in.With, "with", nil, "a further run that judged the same answers of both models by other metrics, such as a judge's values beside people's labels (repeatable)")
	addLengthControl(cmd, &f.in.Control)
	cmd.Flags().IntVar(&f.in.Flips, "flips", 0, "list what turned from right to wrong and back, at most N examples in each direction; write --flips=N (--flips alone: 10)")
	inRange(cmd.Flags(), "[0,]", "flips")
	cmd.Flags().Lookup("flips").NoOptDefVal = "10"
	return cmd
}

func runCompare(cmd *cobra.Command, c terminal.Console, f compareFlags) error {
	in := f.in
	if err := oneOf("format", f.format, render.Formats()...); err != nil {
		return err
	}
	if err := f.counting.Check(in.Gates != "", "add --gates FILE"); err != nil {
		return err
	}
	if f.junit != "" && in.Gates == "" {
		return errors.New("--junit reports gates, but there are none; add --gates FILE")
	}
	var err error
	if in.Adjustment, err = infer.ParseAdjustment(f.adjust); err != nil {
		return fmt.Errorf("--adjust %w", err)
	}
	in.Options = f.inference.options(cmd, c)
	if in.Gates != "" && in.By != "" {
		return errors.New("--gates can't be combined with --by: a gate applies to all examples; run compare twice, once with each flag")
	}
	outcome, err := pipeline.CompareSides(in)
	if err != nil {
		return err
	}
	if err := render.Outcome(c.Out, outcome, f.format, f.brief, c.Color()); err != nil {
		return err
	}
	if f.junit != "" {
		if err := ci.WriteJUnit(f.junit, outcome, f.counting); err != nil {
			return err
		}
	}
	if f.github {
		if err := ci.Annotate(c.Out, outcome, in.Gates, f.counting); err != nil {
			return err
		}
		if summary := os.Getenv("GITHUB_STEP_SUMMARY"); summary == "" {
			c.Notice("GITHUB_STEP_SUMMARY is not set, so no job summary was written")
		} else if err := ci.Summarize(summary, outcome); err != nil {
			return err
		}
	}
	return gatesExit(outcome.Gates, f.counting)
}
