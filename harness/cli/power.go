package cli

import (
	"cmp"

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
		Long: `Plan how many prompts, and how many draws of each, a gate's margin needs. This depends on
how much scores vary between prompts, between draws and between judgements. A pilot
measures it: a run that you have, with two models that resemble those you plan for (name
them with --baseline and --model) or with one. 'assay power RUN' uses RUN as the pilot. A
plan without --pilot uses assumed variances, which the output names.

The margins come from the plan's gates, from --gates or from --margin (not both flags).
Without --true, the number of prompts is enough if the two models are equally good. If you
expect the new model to be a little worse (--true -0.01) or better (--true 0.01), a gate
needs more prompts or fewer.

For a metric that joins people's labels with a judge (joined_likert), it plans labels: how
many prompts need them, without the judge and with a judge of more prompts. With
--label-cost and --judge-cost it names the cheapest mix.`,
		Example: `  assay power run --margin 0.05
  assay power run --gates gates.yaml --baseline sft --model ppo -o power
  assay power run --metric joined_likert --margin 0.2 --label-cost 2 --judge-cost 0.02
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
			shown := render.Results{Tables: reports.PowerTables(&subject, plans), Long: reports.PowerLong(plans), Record: plans}
			return showPage(c, shown, format, out, func() reports.Report { return reports.PowerReport(&subject, plans) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&pilot, "pilot", "", "run that measures the variances, for a plan")
	f.StringVar(&gates, "gates", "", "YAML file of gates, in place of the plan's")
	f.Float64Var(&in.Margin, "margin", 0, "margin for each selected metric, in its own units, not with --gates; for a plan without --pilot: the margin of its gates, or without gates of each suite's main metric")
	f.Float64Var(&in.True, "true", 0, "assumed true difference, in the metric's own units: above 0 if the model is better than the baseline, below 0 if it is worse (default 0)")
	f.Float64Var(&in.Power, "power", 0.8, "probability with which a gate should pass")
	f.IntVar(&in.Judgements, "judgements", 1, "number of judgements of each draw")
	f.Float64Var(&in.SDBetween, "sd-between", 0, "without a pilot: standard deviation of the difference between prompts")
	f.Float64Var(&in.SDWithin, "sd-within", 0, "without a pilot: standard deviation of a draw about its prompt")
	f.Float64Var(&in.Prices.Label, "label-cost", 0, "price of labelling one prompt's answers, of both models; for metrics that join labels and a judge")
	f.Float64Var(&in.Prices.Judge, "judge-cost", 0, "price of judging one prompt's answers, of both models")
	inRange(f, "(0,]", "margin", "sd-between", "sd-within", "label-cost", "judge-cost")
	inRange(f, "", "true")
	inRange(f, "(0.05,1)", "power")
	inRange(f, "[1,]", "judgements")
	f.StringVar(&in.Baseline, "baseline", "", "baseline in the pilot (default: the run's)")
	f.StringVar(&in.Model, "model", "", "model that is compared with the baseline (default: the only other one)")
	f.StringVarP(&out, "out", "o", "", "folder for a page with the curves of power over the number of prompts")
	addSelection(cmd, &in.Only)
	addFormat(f, &format)
	return cmd
}
