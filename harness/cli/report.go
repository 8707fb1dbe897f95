package cli

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"assay/harness/pipeline"
	"assay/harness/render"
	"assay/harness/suitefile"
	"assay/harness/terminal"
	"assay/metrics/infer"
	"assay/reports"
)

type reportFlags struct {
	by        string
	inference inferenceFlags
	out       string
	baseline  string
	gates     string
	adjust    string
	samples   int
	joining   pipeline.Joining
	control   pipeline.LengthControl
	// candidates are the models whose verdicts are at the top; nil shows all.
	candidates []string
}

func newReport(c terminal.Console) *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:   "report RUN... -o DIR",
		Short: "Write figures, tables and a self-contained HTML page",
		Long: `Write a report on one or more runs, or on a training:

  DIR/report.html         one page that opens offline: verdicts, figures, tables and samples
  DIR/figures/            each figure as png, svg and pdf
  DIR/tables/             each table as ` + render.Extensions() + `

The same runs give the same bytes. An older report in DIR is replaced.`,
		Example: `  assay report run -o report
  assay report run -o report --baseline sft-175b --gates gates.yaml
  assay report run -o report --by category
  assay report run -o report --baseline sft-175b --gates gates.yaml --candidates ppo-175b`,
		Args: atLeast(1, "report needs at least one run"),
		RunE: func(cmd *cobra.Command, args []string) error { return runReport(cmd, c, args, f) },
	}
	f.inference.add(cmd)
	cmd.Flags().StringVar(&f.by, "by", "", byHelp+", in an extra section")
	cmd.Flags().StringVarP(&f.out, "out", "o", "", "folder of the report (required)")
	cmd.Flags().StringVar(&f.baseline, "baseline", "", "model to compare with (default: the run's baseline)")
	cmd.Flags().StringVar(&f.gates, "gates", "", "YAML file of gates, applied to every model against the baseline")
	cmd.Flags().StringSliceVar(&f.candidates, "candidates", nil, "models to gate and summarise; p-values are adjusted for each model separately, as in 'assay compare' (default: all models but the baseline, adjusted together)")
	cmd.Flags().StringVar(&f.adjust, "adjust", string(infer.Holm), "adjustment of p-values over all comparisons: holm or bh")
	addJoining(cmd, &f.joining)
	addLengthControl(cmd, &f.control)
	cmd.Flags().IntVar(&f.samples, "samples", 2000, "maximum number of items in the sample browser")
	inRange(cmd.Flags(), "[0,]", "samples")
	return cmd
}

func runReport(cmd *cobra.Command, c terminal.Console, paths []string, f reportFlags) error {
	if f.out == "" {
		return errors.New("report needs -o DIR, the folder to write; see 'assay report --help'")
	}
	in := pipeline.ReportInput{Samples: f.samples, Baseline: f.baseline, Candidates: f.candidates, By: f.by, Control: f.control}
	var err error
	if in.Adjustment, err = infer.ParseAdjustment(f.adjust); err != nil {
		return fmt.Errorf("--adjust %w", err)
	}
	in.Options = f.inference.options(cmd, c)
	judged, err := in.Open(paths, suitefile.Catalog(), f.joining, f.gates)
	if err != nil {
		return err
	}
	r, long, err := pipeline.Report(judged, in)
	if err != nil {
		return err
	}
	if err := writeReport(c, f.out, r, long); err != nil {
		return err
	}
	if err := render.Summary(c.Out, r, c.Color()); err != nil {
		return err
	}
	fmt.Fprintf(c.Out, "wrote %s\n", filepath.Join(f.out, render.Page))
	return nil
}

// writeReport writes a report's folder, and shows the progress of its figures.
func writeReport(c terminal.Console, out string, r reports.Report, long []reports.Table) error {
	bar := terminal.NewBar(c.Err, "drawing", int64(render.Figures(r)), false)
	defer bar.Finish()
	return render.Report(out, r, long, bar.Step)
}

// showPage prints results, and writes their page if there is a folder for it.
func showPage(c terminal.Console, shown render.Results, format, out string, page func() reports.Report) error {
	if err := shown.Print(c.Out, format, c.Color()); err != nil || out == "" {
		return err
	}
	if err := writeReport(c, out, page(), []reports.Table{shown.Long}); err != nil {
		return err
	}
	c.Notice("wrote %s", filepath.Join(out, render.Page))
	return nil
}
