package cli

import (
	"cmp"
	"path/filepath"

	"github.com/spf13/cobra"

	"assay/harness/lmeval"
	"assay/harness/pipeline"
	"assay/harness/plan"
	"assay/harness/render"
	"assay/harness/suitefile"
	"assay/harness/terminal"
	"assay/reports"
)

func newPower(c terminal.Console) *cobra.Command {
	in := pipeline.PowerInput{Catalog: suitefile.Catalog()}
	var pilot, gates, format, out string
	cmd := &cobra.Command{
		Use:   "power PLAN|RUN",
		Short: "Plan how many prompts and draws a gate needs",
		Long: `Plan how many prompts, and how many draws of each, a gate's margin needs. The variances
(between prompts, of draws, of judges) are those of a pilot: a run, of
which one model or two are used (--baseline, --model). For a plan without a pilot they
are assumed, and the output names them.

Margins are those of the plan's gates, of --gates, or --margin.`,
		Example: `  assay power run --margin 0.05
  assay power run --gates gates.yaml --baseline sft --model ppo -o power
  assay power plan.yaml
  assay power plan.yaml --margin 0.05
  assay power plan.yaml --pilot run --true -0.01`,
		Args: exactly(1, "power needs a plan or a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := cmp.Or(oneOf("format", format, render.Formats()...), in.Check()); err != nil {
				return err
			}
			subject, err := in.Open(args[0], pilot, gates, plan.AnyOf(lmeval.Open, suitefile.Reference))
			if err != nil {
				return err
			}
			plans, err := pipeline.Power(in)
			if err != nil {
				return err
			}
			shown := render.Results{Tables: []reports.Table{reports.PowerTable(&subject, plans)}, Long: reports.PowerLong(plans), Record: plans}
			if err := shown.Print(c.Out, format, c.Color()); err != nil || out == "" {
				return err
			}
			if err := writeReport(c, out, reports.PowerReport(&subject, plans), []reports.Table{reports.PowerLong(plans)}); err != nil {
				return err
			}
			c.Notice("wrote %s", filepath.Join(out, render.Page))
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&pilot, "pilot", "", "run whose variances a plan uses")
	f.StringVar(&gates, "gates", "", "YAML file of gates, in place of the plan's")
	f.Float64Var(&in.Margin, "margin", 0, "margin for each selected metric, in its own units, in place of gates; without gates and pilot, for each suite's main metric")
	f.Float64Var(&in.True, "true", 0, "true difference that is assumed; up is better")
	f.Float64Var(&in.Power, "power", 0.8, "share of studies in which a gate should pass")
	f.IntVar(&in.Judgements, "judgements", 1, "judgements of each draw")
	f.Float64Var(&in.SDBetween, "sd-between", 0, "without a pilot: standard deviation of the difference between prompts")
	f.Float64Var(&in.SDWithin, "sd-within", 0, "without a pilot: standard deviation of a draw about its prompt")
	aboveZero(f, "margin", "sd-between", "sd-within")
	f.StringVar(&in.Baseline, "baseline", "", "baseline in the pilot (default: the run's)")
	f.StringVar(&in.Model, "model", "", "model that is compared with the baseline (default: the only other one)")
	f.StringVarP(&out, "out", "o", "", "folder for a page with the curves of power over the number of prompts")
	addSelection(cmd, &in.Only)
	addFormat(f, &format)
	return cmd
}
