package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"assay/harness/leaf/shell"
	"assay/harness/reproduce"
	"assay/harness/terminal"
	"assay/reports/text"
)

type reproduceFlags struct {
	out                                  string
	budget                               string
	seeds                                int
	first                                uint64
	findings                             string
	part                                 int
	join                                 []string
	pilot                                string
	null, sweeps, elements, dryRun, list bool
}

func newReproduce(c terminal.Console) *cobra.Command {
	var f reproduceFlags
	cmd := &cobra.Command{
		Use:   "reproduce [-o DIR]",
		Short: "Reproduce the InstructGPT paper from scratch and report which findings hold",
		Long: `Train every model that the InstructGPT paper compares, from scratch and in a small
world: pretraining, fine-tuning, rounds of preference data with reward models, PPO and
PPO-ptx, and the baselines GPT (prompted), FLAN and T0. Then evaluate them on every
suite, and report for each of the paper's findings whether it holds in this world, and
the measured number.

  DIR/seed-N/             the world, trainings and runs of one seed; commands.txt lists
                          the commands that made them, so that you can repeat them
  DIR/results/            each finished seed's numbers, and digests of its files
  DIR/report/report.html  findings, figures and tables
  DIR/findings.json       the findings; cells.csv has every number behind them

Budgets:
` + reproduce.BudgetLines() + `
To resume an interrupted reproduction, rerun the same command. --list cuts a long one into
parts of at most two hours, each with its command; finished parts are not run again. A null
world (--null) has no misconceptions, no rude replies to rude users and no skew of pronouns:
findings about these must vanish there.`,
		Example: `  assay reproduce --budget xs --dry-run
  assay reproduce --budget xs -o xs
  assay reproduce --budget xs --seeds 5 --first-seed 100 -o reported
  assay reproduce --budget xs --null -o null
  assay reproduce --budget m --elements
  assay reproduce --budget m --list -o m
  assay reproduce --budget m --part 1 -o m
  assay reproduce --join reported,null,m -o page
  assay reproduce --budget xs --seeds 10 --pilot xs/cells.csv`,
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
	flags.IntVar(&f.seeds, "seeds", 0, "number of worlds, each with its own trainings (default: set by --budget)")
	flags.Uint64Var(&f.first, "first-seed", 100, "seed of the first world; later worlds use the next seeds")
	flags.BoolVar(&f.null, "null", false, "use null worlds")
	flags.BoolVar(&f.sweeps, "sweeps", false, "also train with other values of ptx_coef and kl_coef (default: set by --budget)")
	flags.StringVar(&f.findings, "findings", "", "file of findings to test (default: those that come with assay)")
	flags.BoolVar(&f.elements, "elements", false, "compare the paper's setup with this budget's, element by element; run nothing")
	flags.BoolVar(&f.dryRun, "dry-run", false, "show the commands and estimate their time; run nothing")
	flags.BoolVar(&f.list, "list", false, "list the parts with their commands and times; run nothing")
	flags.IntVar(&f.part, "part", 0, "run only this part of --list")
	inRange(flags, "[1,1000]", "seeds")
	upTo(flags, "the number of parts, which --list shows", "part")
	flags.StringSliceVar(&f.join, "join", nil, "write a page from the results of these folders; run nothing")
	flags.StringVar(&f.pilot, "pilot", "", "cells.csv of a pilot: show which findings this many --seeds would probably decide; run nothing")
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
				return fmt.Errorf("'assay %s': %w", shell.Quote(args...), exit(code))
			}
			return nil
		},
		Begin: func(seed uint64, s reproduce.Step, n, all int, left time.Duration) {
			fmt.Fprintf(c.Err, "[%d/%d] seed %d: %s; about %s left\n", n, all, seed, s.Stage, left.Round(5*time.Second))
		},
	}, nil
}

func (f *reproduceFlags) run(ctx context.Context, c terminal.Console, r *reproduce.Runner) (err error) {
	findings, err := reproduce.LoadFindings(f.findings)
	if err != nil {
		return err
	}
	if err := r.Check(findings); err != nil {
		return fmt.Errorf("%s: %w", cmp.Or(f.findings, "findings.yaml"), err)
	}
	if err := r.CheckPart(f.part); err != nil {
		return err
	}
	switch {
	case len(f.join) > 0:
		return reproduce.Join(f.join, findings, f.out)
	case f.pilot != "":
		return r.ShowPlan(c.Out, findings, f.pilot)
	case f.elements:
		return r.ShowElements(c.Out)
	case f.list:
		return r.ShowParts(c.Out)
	case f.dryRun:
		return r.ShowSteps(c.Out)
	}
	return r.Hold(func() error { return f.do(ctx, c, r, findings) })
}

// do runs what is left, and writes the report once every seed is finished.
func (f *reproduceFlags) do(ctx context.Context, c terminal.Console, r *reproduce.Runner, findings []reproduce.Finding) error {
	if err := r.RunPart(ctx, f.part); err != nil {
		if ctx.Err() != nil {
			c.Notice("interrupted; rerun the same command to resume")
			return exit(ExitNotAttempted)
		}
		return err
	}
	result, err := r.Conclude(findings)
	if result == nil || err != nil {
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
