package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"assay/harness/ci"
	"assay/harness/pipeline"
	"assay/harness/plan"
	"assay/harness/render"
	"assay/harness/terminal"
	"assay/metrics/infer"
	"assay/reports/text"
	"assay/suites/catalog"
)

type compareFlags struct {
	only      pipeline.Selection
	by        string
	inference inferenceFlags
	format    string
	gates     string
	adjust    string
	counting  ci.Counting
	junit     string
	github    bool
	brief     bool
	flips     int
	joining   pipeline.Joining
}

func newCompare(c terminal.Console) *cobra.Command {
	var f compareFlags
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
worse nor better by the margin, by two one-sided tests, and differs (exit code 1) if it
is significantly worse or better by more than the margin.

A gate passes only if it would still pass with the worst possible score for every
unscored pair; "unscored: ignore" in the gates file switches that off.

Exit codes:
` + exitCodes + `
Without gates, a comparison that can be made ends with 0.`,
		Example: `  assay compare run:sft-175b run:ppo-ptx-175b
  assay compare run:sft-175b run:ppo-ptx-175b --suite truthfulqa --metric true_informative
  assay compare run:sft-175b run:ppo-ptx-175b --suite squadv2 --by category
  assay compare before after --flips --format md > pull-request.md
  assay compare ours theirs --map truthfulqa_mc=scores --map truthfulqa_mc/mc1=scores/acc
  assay compare before after --gates gates.yaml --brief
  assay compare before after --gates gates.yaml --junit gates.xml
  assay compare before after --gates gates.yaml --github --on-loss fail --inconclusive pass`,
		Args: exactly(2, "compare needs two sides, RUN[:MODEL] RUN[:MODEL]"),
		RunE: func(cmd *cobra.Command, args []string) error { return runCompare(c, args[0], args[1], f) },
	}
	f.inference.add(cmd)
	addSelection(cmd, &f.only)
	cmd.Flags().StringVar(&f.by, "by", "", byHelp)
	addFormat(cmd.Flags(), &f.format)
	cmd.Flags().StringVar(&f.gates, "gates", "", "YAML file of gates")
	cmd.Flags().StringVar(&f.adjust, "adjust", string(infer.Holm), "adjustment of p-values over all comparisons: holm or bh")
	addCounting(cmd, &f.counting)
	cmd.Flags().StringVar(&f.junit, "junit", "", "write the gates' verdicts as JUnit XML to this file")
	cmd.Flags().BoolVar(&f.github, "github", false, "write a GitHub job summary, and annotations of gates")
	cmd.Flags().BoolVar(&f.brief, "brief", false, "print only gated metrics; without gates, only those with a significant difference")
	addJoining(cmd, &f.joining)
	cmd.Flags().IntVar(&f.flips, "flips", 0, "list what turned from right to wrong and back, at most this many examples in each direction")
	cmd.Flags().Lookup("flips").NoOptDefVal = "10"
	return cmd
}

func runCompare(c terminal.Console, first, second string, f compareFlags) error {
	if err := oneOf("format", f.format, render.Formats()...); err != nil {
		return err
	}
	if err := f.counting.Check(f.gates != "", "add --gates FILE"); err != nil {
		return err
	}
	if f.junit != "" && f.gates == "" {
		return errors.New("--junit reports gates, but there are none; add --gates FILE")
	}
	how, err := infer.ParseAdjustment(f.adjust)
	if err != nil {
		return fmt.Errorf("--adjust %w", err)
	}
	opt, err := f.inference.options()
	if err != nil {
		return err
	}
	if f.gates != "" && f.by != "" {
		return errors.New("--gates can't be combined with --by: a gate applies to all examples; run compare twice, once with each flag")
	}
	q := pipeline.Question{Adjustment: how, Options: opt, Only: f.only.Has}
	judged, err := judgedSides(first, second, f, &q)
	if err != nil {
		return err
	}
	outcome := judged.Answer(q)
	if f.flips > 0 {
		if outcome.Flips, err = judged.Flips(q.Baseline, q.Model, f.only.Flips(f.flips)); err != nil {
			return err
		}
	}
	if err := printOutcome(c, outcome, f.format, f.brief); err != nil {
		return err
	}
	if f.junit != "" {
		if err := ci.WriteJUnit(f.junit, outcome, f.counting); err != nil {
			return err
		}
	}
	if f.github {
		if err := ci.Annotate(c.Out, outcome, f.gates, f.counting); err != nil {
			return err
		}
		if summary := os.Getenv("GITHUB_STEP_SUMMARY"); summary == "" {
			c.Notice("GITHUB_STEP_SUMMARY is not set, so no job summary was written")
		} else if err := ci.Summarize(summary, outcome); err != nil {
			return err
		}
	}
	if code := gatesCode(outcome.Gates, f.counting); code != ExitOK {
		return exit(code)
	}
	return nil
}

// judgedSides collects what both sides were judged on, and completes the question with
// their names and the gates on their suites.
func judgedSides(first, second string, f compareFlags, q *pipeline.Question) (*pipeline.Judged, error) {
	a, err := pipeline.OpenSide(first)
	if err != nil {
		return nil, err
	}
	b, err := pipeline.OpenSide(second)
	if err != nil {
		return nil, err
	}
	runs, baseline, model, err := pipeline.OpenSides(a, b, catalog.All(), f.joining)
	if err != nil {
		return nil, err
	}
	q.Baseline, q.Model = baseline, model
	if f.gates != "" {
		if q.Gates, err = plan.ReadGates(f.gates, runs.Suites); err != nil {
			return nil, err
		}
	}
	if f.by != "" {
		if runs, err = runs.DivideBy(f.by); err != nil {
			return nil, err
		}
	}
	judged, err := runs.Collect()
	if err != nil {
		return nil, err
	}
	return judged, cmp.Or(f.only.Check(judged.Cells()), judged.CheckGates(q.Gates))
}

// printOutcome prints a comparison's tables and, for people, its flips and its headline.
func printOutcome(c terminal.Console, r *pipeline.Outcome, format string, short bool) error {
	out := results{tables: r.Tables(short), long: r.Long(short), record: r.Record(short)}
	if format != "table" {
		out.tables = append(out.tables, r.FlipsTables()...)
	}
	if err := out.print(c, format); err != nil || format != "table" {
		return err
	}
	for _, f := range r.Flips {
		if len(f.Items) == 0 {
			continue
		}
		fmt.Fprintln(c.Out)
		if err := text.Flips(c.Out, &r.Subject, f, r.Baseline, r.Model, c.Color()); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.Out, "\n%s\n", r.Headline().Text)
	return nil
}
