package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assay/fixtures"
	"assay/harness/leaf/outfile"
	"assay/harness/reproduce"
	"assay/harness/runstore"
	"assay/harness/session"
	"assay/harness/terminal"
	"assay/reports/text"
)

type reproduceFlags struct {
	out      string
	budget   string
	seeds    int
	first    uint64
	null     bool
	sweeps   bool
	findings string
	dryRun   bool
}

func newReproduce(c terminal.Console) *cobra.Command {
	var f reproduceFlags
	var budgets strings.Builder
	for _, b := range reproduce.Budgets() {
		fmt.Fprintf(&budgets, "  %-4s %s\n", b.Name, b.About)
	}
	cmd := &cobra.Command{
		Use:   "reproduce [-o DIR]",
		Short: "Reproduce the InstructGPT paper from scratch and report which findings hold",
		Long: `Train every model that the InstructGPT paper compares, from scratch and in a small
world: pretraining, fine-tuning, rounds of preference data with reward models, PPO and
PPO-ptx, and the baselines GPT (prompted), FLAN and T0. Then evaluate them on every
suite, and report for each of the paper's findings whether it holds in this world, with
its number.

  DIR/seed-N/             the world, trainings and runs of one seed; commands.txt lists
                          the commands that made them, so that you can repeat them
  DIR/report/report.html  findings, figures and tables
  DIR/findings.json       the findings; cells.csv has every number behind them

Budgets:
` + budgets.String() + `
To resume an interrupted reproduction, rerun the same command. Findings are read from
assay's own findings.yaml unless --findings names another file. A null world (--null) has
no misconceptions, no rude replies to rude users and no skew of pronouns: findings about
these must vanish there.`,
		Example: `  assay reproduce --budget xs --dry-run
  assay reproduce --budget xs -o xs
  assay reproduce --budget xs --seeds 5 --first-seed 100 -o reported
  assay reproduce --budget xs --null -o null`,
		Args: exactly(0, "reproduce takes no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := f.runner(cmd, c)
			if err != nil {
				return err
			}
			return f.run(cmd.Context(), c, r)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "out", "o", "reproduction", "folder to write")
	flags.StringVar(&f.budget, "budget", "xs", "how much to train: try, xs, s or m")
	flags.IntVar(&f.seeds, "seeds", 0, "number of worlds, each with its own trainings (default: the budget's)")
	flags.Uint64Var(&f.first, "first-seed", 100, "seed of the first world; later worlds use the next seeds")
	flags.BoolVar(&f.null, "null", false, "use null worlds")
	flags.BoolVar(&f.sweeps, "sweeps", false, "also train with other values of ptx_coef and kl_coef (default: the budget's)")
	flags.StringVar(&f.findings, "findings", "", "file of findings to test (default: assay's own)")
	flags.BoolVar(&f.dryRun, "dry-run", false, "show the commands and estimate their time; run nothing")
	return cmd
}

func (f *reproduceFlags) runner(cmd *cobra.Command, c terminal.Console) (*reproduce.Runner, error) {
	b, err := reproduce.FindBudget(f.budget)
	if err != nil {
		return nil, err
	}
	if !cmd.Flags().Changed("seeds") {
		f.seeds = b.Seeds
	}
	if f.seeds < 1 || f.seeds > 1000 {
		return nil, fmt.Errorf("--seeds %d: must be from 1 to 1000", f.seeds)
	}
	if !cmd.Flags().Changed("sweeps") {
		f.sweeps = b.Sweeps
	}
	return &reproduce.Runner{
		Options: reproduce.Options{Budget: b, First: f.first, Seeds: f.seeds, Null: f.null, Sweeps: f.sweeps},
		Folder:  f.out,
		Do: func(ctx context.Context, args []string) error {
			if code := Main(ctx, args, io.Discard, c.Err); code != ExitOK {
				if err := ctx.Err(); err != nil {
					return err
				}
				return fmt.Errorf("'assay %s': %w", quoteArgs(args), exit(code))
			}
			return nil
		},
		Begin: func(seed uint64, s reproduce.Step, n, all int, left time.Duration) {
			fmt.Fprintf(c.Err, "[%d/%d] seed %d: %s; about %s left\n", n, all, seed, s.Stage, left.Round(5*time.Second))
		},
	}, nil
}

func (f *reproduceFlags) run(ctx context.Context, c terminal.Console, r *reproduce.Runner) (err error) {
	findings, err := f.readFindings()
	if err != nil {
		return err
	}
	if err := r.Check(findings); err != nil {
		return fmt.Errorf("%s: %w", cmp.Or(f.findings, "findings.yaml"), err)
	}
	if f.dryRun {
		return showSteps(c, r)
	}
	if _, err := outfile.MkdirAll(f.out); err != nil {
		return fmt.Errorf("can't write to %s; choose another -o: %w", f.out, err)
	}
	lock, err := session.Lock(runstore.Dir(f.out))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	if err := runstore.Dir(f.out).Sweep(); err != nil {
		return err
	}
	if err := r.Run(ctx); err != nil {
		if ctx.Err() != nil {
			c.Notice("interrupted; rerun the same command to resume")
			return exit(ExitNotAttempted)
		}
		return err
	}
	result, err := r.Conclude(findings)
	if err != nil {
		return err
	}
	if err := writeReport(c, filepath.Join(f.out, "report"), result.Study.Report(), nil); err != nil {
		return err
	}
	if err := result.Write(f.out); err != nil {
		return err
	}
	for _, finding := range result.Study.Findings {
		fmt.Fprintf(c.Out, "%-11s %s\n", finding.Verdict, text.Clean(finding.Claim))
	}
	fmt.Fprintf(c.Out, "wrote %s\n", filepath.Join(f.out, "report", "report.html"))
	return nil
}

func (f *reproduceFlags) readFindings() ([]reproduce.Finding, error) {
	if f.findings != "" {
		return reproduce.LoadFindings(f.findings)
	}
	return reproduce.ReadFindings("findings.yaml", fixtures.Findings())
}

// showSteps prints the commands of a reproduction.
func showSteps(c terminal.Console, r *reproduce.Runner) error {
	total := 0.0
	for i := range r.Seeds {
		seed := r.First + uint64(i)
		fmt.Fprintf(c.Out, "in %s:\n", r.SeedFolder(seed))
		for _, s := range r.Steps(seed) {
			total += s.Seconds
			fmt.Fprintf(c.Out, "  %5.0f s  assay %s\n", s.Seconds, quoteArgs(s.Args))
		}
	}
	fmt.Fprintf(c.Out, "about %s on two cores\n", time.Duration(total*float64(time.Second)).Round(time.Second))
	return nil
}
