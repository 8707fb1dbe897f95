package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assay/harness"
	"assay/harness/interop"
	"assay/harness/leaf/outfile"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/harness/session"
	"assay/harness/terminal"
	"assay/reports"
	"assay/suites"
	"assay/suites/catalog"
)

type importFlags struct {
	out      string
	baseline string
	judge    string
	skipBad  bool
	seed     uint64
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

The run appears complete or not at all. A bad file or row stops the import. With
--skip-bad, bad files and rows are skipped, counted and named; the exit code is 0 if at
least one row was good.`,
		Example: `  assay import instructgpt-samples automatic-eval-samples/ -o run
  assay import alpaca-eval annotations.json -o run`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return errors.New("import needs a format and at least one path; see 'assay import --help'")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runImport(cmd.Context(), c, args[0], args[1:], f)
		},
	}
	cmd.Flags().StringVarP(&f.out, "out", "o", "", "folder of the run, which must not exist yet (required)")
	cmd.Flags().StringVar(&f.baseline, "baseline", "", "model that reports compare with (default: the format's usual one)")
	cmd.Flags().StringVar(&f.judge, "judge", "", "name of the judge of the recorded judgements (default: the format's)")
	cmd.Flags().BoolVar(&f.skipBad, "skip-bad", false, "skip bad files and rows, and report how many")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "seed for all resampling in this run")
	return cmd
}

func runImport(ctx context.Context, c terminal.Console, format string, paths []string, f importFlags) (err error) {
	im, ok := interop.Find(format)
	if !ok {
		var names []string
		for _, im := range interop.Importers() {
			names = append(names, im.Name)
		}
		return fmt.Errorf("there is no import format %q; use one of %s", format, strings.Join(names, ", "))
	}
	if f.out == "" {
		return errors.New("import needs -o RUN, the folder to write; see 'assay import --help'")
	}
	size, err := sizeOf(paths)
	if err != nil {
		return err
	}
	staged, err := stage(f.out, runstore.ManifestFile, "a run is never overwritten; choose another -o, or remove it")
	if err != nil {
		return err
	}
	defer staged.Abort()
	start := time.Now()
	m, missing, err := ingest(ctx, c, im, paths, size, runstore.Dir(staged.Dir()), f)
	if err != nil {
		return err
	}
	if err := harnessTiming(runstore.Dir(staged.Dir()), "import", time.Since(start)); err != nil {
		return err
	}
	if err := staged.Commit(); err != nil {
		return err
	}
	summarize(c, f.out, m)
	sayMissing(c, "missing:", "judgements", missing)
	return nil
}

// ingest fills a store: the importer's records, then the judgements made here,
// then the manifest. missing counts the judgements without a value by their reason.
func ingest(ctx context.Context, c terminal.Console, im interop.Importer, paths []string, size int64, store runstore.Store, f importFlags) (m *harness.Manifest, missing map[string]int, err error) {
	bar := terminal.NewBar(c.Err, "reading", size, true)
	// An error is to stand alone: notices are kept until all is well.
	var notices []string
	in, err := pipeline.NewIngest(store, func(s string) { notices = append(notices, s) }, bar)
	if err != nil {
		return nil, nil, err
	}
	defer in.Abort()
	in.Catalog = catalog.All()
	if err := im.Import(ctx, paths, interop.Options{Judge: f.judge, SkipBad: f.skipBad}, in); err != nil {
		return nil, nil, err
	}
	bar.Finish()
	if err := in.CommitCompletions(); err != nil {
		return nil, nil, err
	}
	var present []suites.Suite
	all := 0
	for _, count := range in.Counts() {
		if s, ok := catalog.Find(count.Suite); ok && s.Judge != nil {
			present = append(present, s)
			all += count.Completions
		}
	}
	bar = terminal.NewBar(c.Err, "judging", int64(all), false)
	if err := pipeline.Judge(ctx, store, present, in.Judgement, bar); err != nil {
		return nil, nil, err
	}
	bar.Finish()
	m, err = in.Commit()
	if err != nil {
		return nil, nil, err
	}
	m.Plan.Import, m.Seed = im.Name, f.seed
	if m.Baseline, err = baselineOf(m, f.baseline, im.Baseline); err != nil {
		return nil, nil, err
	}
	for _, n := range notices {
		c.Notice("%s", n)
	}
	return m, in.Missing(), runstore.WriteManifest(store, m)
}

// baselineOf is the requested model, which must exist, or the format's usual
// one, if it is.
func baselineOf(m *harness.Manifest, requested, usual string) (string, error) {
	var names []string
	for _, info := range m.Models {
		names = append(names, info.Name)
		if requested == "" && info.Name == usual || requested != "" && info.Name == requested {
			return info.Name, nil
		}
	}
	if requested != "" {
		return "", fmt.Errorf("--baseline %s: no such model in the files; they have %s", requested, strings.Join(names, ", "))
	}
	return "", nil
}

func summarize(c terminal.Console, out string, m *harness.Manifest) {
	fmt.Fprintf(c.Out, "%s: %d models\n", out, len(m.Models))
	for _, n := range m.Counts {
		fmt.Fprintf(c.Out, "  %-14s %6d examples %8d completions %8d judgements", n.Suite, n.Examples, n.Completions, n.Scored)
		if n.Missing > 0 {
			fmt.Fprintf(c.Out, " (%d more without a score)", n.Missing)
		}
		fmt.Fprintln(c.Out)
	}
	for i := range m.Answers {
		if odd := reports.OddAnswers(&m.Answers[i].Answers); odd != "" {
			fmt.Fprintf(c.Out, "  %s, answers of %s: %s\n", m.Answers[i].Suite, m.Answers[i].Model, odd)
		}
	}
}

// sizeOf adds up the bytes to read, and refuses paths that don't exist.
func sizeOf(paths []string) (int64, error) {
	files, err := interop.Expand(paths)
	if err != nil {
		return 0, err
	}
	var size int64
	for _, p := range files {
		if info, err := os.Stat(p); err == nil { // the importer reports a file that can't be read
			size += info.Size()
		}
	}
	return size, nil
}

// harnessTiming records what may differ between two equal runs.
func harnessTiming(store runstore.Store, stage string, d time.Duration) error {
	return runstore.Timings().WriteAll(store, []harness.Timing{{Stage: stage, Seconds: d.Seconds(), Host: session.Host()}})
}

// stage begins a folder that is to appear at out, where nothing may be yet; last is its
// entry that is written last, and remedy says what to do when something is there.
func stage(out, last, remedy string) (*outfile.Folder, error) {
	entries, err := os.ReadDir(out)
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return outfile.IsTemp(e.Name()) })
	switch {
	case err == nil && len(entries) > 0:
		return nil, fmt.Errorf("%s exists: %s", out, remedy)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s exists and is not a folder: %s", out, remedy)
	}
	return createFolder(out, last)
}

func createFolder(out, last string) (*outfile.Folder, error) {
	d, err := outfile.CreateFolder(out, last)
	if err != nil {
		return nil, fmt.Errorf("%w; choose another -o", err)
	}
	return d, nil
}

// holdsOnly refuses a folder that contains anything else than assay's own files, so that
// replacing these loses nothing of the user's.
func holdsOnly(dir string, own ...string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !slices.Contains(own, e.Name()) && !outfile.IsTemp(e.Name()) {
			return fmt.Errorf("%s contains %s, which assay did not write: move it, or choose another -o", dir, e.Name())
		}
	}
	return nil
}
