package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"assay/harness/interop"
	"assay/harness/leaf/outfile"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/harness/suitefile"
	"assay/harness/terminal"
)

type importFlags struct {
	out       string
	baseline  string
	judge     string
	keepGoing bool
	seed      uint64
	table     interop.Table
}

func newImport(c terminal.Console) *cobra.Command {
	var f importFlags
	var list []string
	for _, im := range interop.Importers() {
		list = append(list, fmt.Sprintf("  %-20s %s", im.Name, im.Short))
	}
	cmd := &cobra.Command{
		Use:   "import FORMAT PATH... -o RUN",
		Short: "Import recorded outputs into a run",
		Long: `Read recorded outputs and judgements into a new run, and compute the metrics that need
no judge (F1, BLEU, ROUGE). Formats:

` + strings.Join(list, "\n") + `

The run is written completely or not at all. A bad file or row stops the import. With
--keep-going, bad files and rows are skipped, counted and named; the exit code is 0 if at
least one row was good.`,
		Example: `  assay import instructgpt-samples automatic-eval-samples/ -o run
  assay import alpaca-eval annotations.json -o run
  assay import lm-eval out/ -o run
  assay import labels labels.csv -o run --baseline sft
  assay import scores results.csv -o run --column example=id --range grade=1:7 --direction loss=lower`,
		Args: atLeast(2, "import needs a format and at least one path"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runImport(cmd.Context(), c, args[0], args[1:], f)
		},
	}
	cmd.Flags().StringVarP(&f.out, "out", "o", "", "folder of the run, new or empty (required)")
	cmd.Flags().StringVar(&f.baseline, "baseline", "", "model that reports compare with (default: depends on the format)")
	cmd.Flags().StringVar(&f.judge, "judge", "", "name of the judge of the recorded judgements (default: depends on the format)")
	cmd.Flags().BoolVar(&f.keepGoing, "keep-going", false, "skip bad files and rows, and report how many")
	cmd.Flags().StringArrayVar(&f.table.Columns, "column", nil, "FIELD=NAME: read FIELD from the table's column NAME, as in example=id (scores)")
	cmd.Flags().StringArrayVar(&f.table.Ranges, "range", nil, "METRIC=LO:HI, or SUITE/METRIC=LO:HI: lowest and highest possible value (not for instructgpt-samples, alpaca-eval, labels)")
	cmd.Flags().StringArrayVar(&f.table.Directions, "direction", nil, "METRIC=higher, lower or none, or SUITE/METRIC=...: which way is better (for the formats of --range; default: higher)")
	cmd.Flags().StringArrayVar(&f.table.Kinds, "kind", nil, "METRIC=proportion or mean, or SUITE/METRIC=... (for the formats of --range; default: by the values)")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "seed for all resampling in this run")
	return cmd
}

func runImport(ctx context.Context, c terminal.Console, format string, paths []string, f importFlags) (err error) {
	im, err := interop.Find(format)
	if err != nil {
		return err
	}
	if f.out == "" {
		return errors.New("import needs -o RUN, the folder to write; see 'assay import --help'")
	}
	size, err := interop.Size(im, paths)
	if err != nil {
		return err
	}
	staged, err := outfile.CreateFresh(f.out, runstore.ManifestFile, "is not empty; choose another -o, or remove the folder")
	if err != nil {
		return err
	}
	defer staged.End(&err)
	bar := terminal.NewBar(c.Err, "reading", size, true)
	result, err := pipeline.Import(ctx, runstore.Dir(staged.Dir()), im, paths, pipeline.ImportOptions{
		Options: interop.Options{Judge: f.judge, KeepGoing: f.keepGoing, Table: f.table}, Catalog: suitefile.Catalog(), Baseline: f.baseline, Seed: f.seed,
		Reading: bar,
		Judging: func(all int) io.Writer {
			bar.Finish()
			bar = terminal.NewBar(c.Err, "judging", int64(all), false)
			return bar
		},
	})
	bar.Finish()
	if err != nil {
		return err
	}
	for _, n := range result.Notices {
		c.Notice("%s", n)
	}
	if err := staged.Commit(); err != nil {
		return err
	}
	c.Counts(f.out, result.Manifest)
	c.Missing("missing:", "judgement", result.Missing)
	return nil
}
