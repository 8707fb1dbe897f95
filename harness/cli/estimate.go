package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"assay/harness/pipeline"
	"assay/harness/render"
	"assay/harness/suitefile"
	"assay/harness/terminal"
	"assay/metrics"
	"assay/reports"
	"assay/reports/text"
)

func newEstimate(c terminal.Console) *cobra.Command {
	var inference inferenceFlags
	var format string
	in := pipeline.EstimateInput{Catalog: suitefile.Catalog()}
	cmd := &cobra.Command{
		Use:   "estimate RUN...",
		Short: "Print estimates with 95% intervals for each metric, model and condition",
		Long: `Compute and print every estimate of a run. Estimates are also written to
RUN/estimates.jsonl, except with --by or with length control. Tables are rounded;
csv and json are not.

Several runs are read together, as in a report, and nothing is written: labels of some
answers and a judge's values of all then give joined metrics.`,
		Example: `  assay estimate run
  assay estimate run --format csv > estimates.csv
  assay estimate run --suite truthfulqa,drop --metric true_informative,f1
  assay estimate run --suite crows_pairs --by category
  assay estimate run labels
  assay estimate run --bootstrap
  assay estimate run --length-control`,
		Args: atLeast(1, "estimate needs a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, render.Formats()...); err != nil {
				return err
			}
			in.Options = inference.options(cmd, c)
			in.Paths = args
			e, err := pipeline.EstimateRuns(in)
			if err != nil {
				return err
			}
			if e.Empty {
				return nothingJudged(c, strings.Join(args, " and "), format)
			}
			if err := keep(c, e.Keep()); err != nil {
				return err
			}
			return render.Results{
				Tables: reports.EstimatesTables(&e.Subject, e.Selected),
				Long:   reports.EstimatesLong(e.Selected),
				Record: e.Selected,
			}.Print(c.Out, format, c.Color())
		},
	}
	inference.add(cmd)
	addFormat(cmd.Flags(), &format)
	addSelection(cmd, &in.Only)
	addLengthControl(cmd, &in.Control)
	cmd.Flags().StringVar(&in.By, "by", "", byHelp)
	return cmd
}

// nothingJudged says that a run has no judgements: there is no table then.
func nothingJudged(c terminal.Console, run, format string) error {
	said := run + " has no judgements: there is nothing to estimate"
	if format == "csv" || format == "json" {
		c.Notice("%s", said)
		return render.Results{Long: reports.EstimatesLong(nil), Record: []metrics.Estimate{}}.Print(c.Out, format, false)
	}
	fmt.Fprintln(c.Out, text.Clean(said))
	return nil
}

// keep lets results be shown from a run that can't be written to.
func keep(c terminal.Console, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		c.Notice("the run is read-only: results are printed but not saved (%v)", err)
		return nil
	}
	return err
}
