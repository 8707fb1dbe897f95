package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"assay/fixtures"
	"assay/harness/leaf/outfile"
	"assay/harness/pipeline"
	"assay/harness/plan"
	"assay/harness/terminal"
	"assay/metrics/infer"
	"assay/reports"
	"assay/reports/csv"
	"assay/reports/figure"
	"assay/reports/html"
	"assay/reports/text"
	"assay/suites/catalog"
)

type reportFlags struct {
	by        string
	inference inferenceFlags
	out       string
	baseline  string
	gates     string
	adjust    string
	samples   int
	// candidates are the models whose verdicts stand at the top; nil takes all.
	candidates []string
}

func newReport(c terminal.Console) *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:   "report RUN... -o DIR",
		Short: "Write figures, tables and a self-contained HTML page",
		Long: `Write a report on one or more runs:

  DIR/report.html         one page that opens offline: verdicts, figures, tables, samples
  DIR/figures/            each figure as png, svg and pdf
  DIR/tables/             each table as txt, md, tex, and csv for machines

The same runs give the same bytes. An older report in DIR is replaced.`,
		Example: `  assay report run -o report
  assay report run -o report --baseline sft-175b --gates gates.yaml
  assay report run -o report --by category
  assay report run -o report --baseline sft-175b --gates gates.yaml --candidates ppo-175b`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("report needs at least one run; see 'assay report --help'")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runReport(c, args, f) },
	}
	f.inference.add(cmd)
	cmd.Flags().StringVar(&f.by, "by", "", byHelp+", in an extra section")
	cmd.Flags().StringVarP(&f.out, "out", "o", "", "folder of the report (required)")
	cmd.Flags().StringVar(&f.baseline, "baseline", "", "model to compare with (default: the run's)")
	cmd.Flags().StringVar(&f.gates, "gates", "", "YAML file of gates, applied to every model against the baseline")
	cmd.Flags().StringSliceVar(&f.candidates, "candidates", nil, "models to gate and summarise, each adjusted over its own comparisons as in 'assay compare' (default: all but the baseline, adjusted over all comparisons together)")
	cmd.Flags().StringVar(&f.adjust, "adjust", string(infer.Holm), "adjustment of p-values over all comparisons: holm or bh")
	cmd.Flags().IntVar(&f.samples, "samples", 2000, "maximum number of items in the sample browser")
	return cmd
}

func runReport(c terminal.Console, paths []string, f reportFlags) error {
	if f.out == "" {
		return errors.New("report needs -o DIR, the folder to write; see 'assay report --help'")
	}
	if f.samples < 0 {
		return errors.New("--samples must be 0 or more")
	}
	in := pipeline.ReportInput{Samples: f.samples, PublishedBy: "Table 14 of the InstructGPT paper"}
	var err error
	if in.Adjustment, err = infer.ParseAdjustment(f.adjust); err != nil {
		return fmt.Errorf("--adjust: %w", err)
	}
	if in.Options, err = f.inference.options(); err != nil {
		return err
	}
	if in.Sources, err = pipeline.OpenRuns(paths); err != nil {
		return err
	}
	runs, err := pipeline.Open(in.Sources, catalog.All())
	if err != nil {
		return err
	}
	if f.gates != "" {
		if in.Gates, err = plan.ReadGates(f.gates, runs.Suites); err != nil {
			return err
		}
	}
	if in.Published, err = published(); err != nil {
		return err
	}
	judged, err := runs.Collect()
	if err != nil {
		return err
	}
	if f.by != "" {
		divided, err := runs.DivideBy(f.by)
		if err != nil {
			return err
		}
		in.By = f.by
		if in.Divided, err = divided.Collect(); err != nil {
			return err
		}
	}
	if in.Baseline, err = judged.ResolveBaseline(f.baseline); err != nil {
		return err
	}
	for _, name := range f.candidates {
		if !slices.Contains(judged.Models, name) {
			return fmt.Errorf("--candidates: no model %s in the run; it has %s", name, strings.Join(judged.Models, ", "))
		}
		if name == in.Baseline {
			return fmt.Errorf("--candidates: %s is the baseline; leave it out, or name another --baseline", name)
		}
	}
	in.Candidates = f.candidates
	if in.Gates != nil && in.Baseline == "" {
		return errors.New("--gates needs a baseline, but the run has none; add --baseline MODEL")
	}
	r, long, err := pipeline.Report(judged, in)
	if err != nil {
		return err
	}
	if err := writeReport(c, f.out, r, long); err != nil {
		return err
	}
	for _, v := range r.Verdicts {
		fmt.Fprintf(c.Out, "%s\n", text.Clean(v.Text))
	}
	fmt.Fprintf(c.Out, "wrote %s\n", filepath.Join(f.out, reportFile))
	return nil
}

func published() ([]reports.Published, error) {
	cells, err := fixtures.Table14()
	if err != nil {
		return nil, err
	}
	out := make([]reports.Published, len(cells))
	for i, p := range cells {
		out[i] = reports.Published(p)
	}
	return out, nil
}

// writeReport writes the folder, over an older report if there is one.
func writeReport(c terminal.Console, out string, r reports.Report, long []reports.Table) error {
	staged, err := stageReport(out)
	if err != nil {
		return err
	}
	defer staged.Abort()
	figures := 0
	for _, s := range r.Sections {
		figures += len(s.Figures)
	}
	bar := terminal.NewBar(c.Err, "drawing", int64(figures*len(figure.Formats())), false)
	if err := writeFigures(staged.Dir(), r, bar); err != nil {
		return err
	}
	bar.Finish()
	if err := writeTables(staged.Dir(), r, long); err != nil {
		return err
	}
	err = outfile.Write(filepath.Join(staged.Dir(), reportFile), func(w io.Writer) error {
		return html.Write(w, r, html.Options{Draw: figure.SVGInline, FigureDir: "figures"})
	})
	if err != nil {
		return err
	}
	return staged.Commit()
}

// reportFile is the page of a report's folder.
const reportFile = "report.html"

// stageReport begins a report's folder. An older report may be there, complete or with
// what a killed command left of it; then it is replaced.
func stageReport(out string) (*outfile.Folder, error) {
	entries, _ := os.ReadDir(out) // a folder that can't be read holds none
	old := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == reportFile || outfile.IsTemp(e.Name()) })
	if !old {
		return stage(out, reportFile, "it is not a report; choose another -o, or remove it")
	}
	if err := holdsOnly(out, reportFile, "figures", "tables"); err != nil {
		return nil, err
	}
	return createFolder(out, reportFile)
}

func writeFigures(dir string, r reports.Report, bar *terminal.Bar) error {
	if err := os.Mkdir(filepath.Join(dir, "figures"), 0o777); err != nil {
		return err
	}
	for _, s := range r.Sections {
		for _, f := range s.Figures {
			for _, format := range figure.Formats() {
				data, err := figure.Render(f, format)
				if err != nil {
					return err
				}
				path := filepath.Join(dir, "figures", f.ID+"."+string(format))
				if err := os.WriteFile(path, data, 0o666); err != nil {
					return err
				}
				bar.Step()
			}
		}
	}
	return nil
}

// writeTables writes the tables for people in every format, and all tables as csv.
func writeTables(dir string, r reports.Report, long []reports.Table) error {
	if err := os.Mkdir(filepath.Join(dir, "tables"), 0o777); err != nil {
		return err
	}
	var tables []reports.Table
	for _, s := range r.Sections {
		tables = append(tables, s.Tables...)
	}
	write := func(name string, render func(*bytes.Buffer) error) error {
		var b bytes.Buffer
		if err := render(&b); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "tables", name), b.Bytes(), 0o666)
	}
	for _, t := range tables {
		for _, r := range renderers() {
			if err := write(t.ID+r.ext, func(b *bytes.Buffer) error { return r.write(b, t, false) }); err != nil {
				return err
			}
		}
	}
	for _, t := range slices.Concat(tables, long) {
		if err := write(t.ID+".csv", func(b *bytes.Buffer) error { return csv.Write(b, t) }); err != nil {
			return err
		}
	}
	return nil
}
