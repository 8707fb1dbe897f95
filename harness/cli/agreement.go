package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"assay/harness/pipeline"
	"assay/harness/render"
	"assay/harness/suitefile"
	"assay/harness/terminal"
	"assay/metrics/agreement"
	"assay/reports"
)

func newAgreement(c terminal.Console) *cobra.Command {
	var o pipeline.AgreementOptions
	var format, by, scale, out string
	var dawidSkene bool
	scales := []string{"auto", "nominal", "ordinal", "interval", "ratio"}
	cmd := &cobra.Command{
		Use:   "agreement RUN...",
		Short: "Measure how far labelers agree, and whether a judge may replace them",
		Long: `Measure how far labelers agree, for each metric that several of them gave: raw
agreement, kappa, Krippendorff's alpha and Gwet's AC, with 95% intervals clustered by
prompt; within and between groups of labelers; and judges against labelers. For a
judge, the alternative annotator test says whether it may replace a labeler. People's
judgements are those that name a labeler. Of a metric M, judged_M has a judge's values.`,
		Example: `  assay agreement run
  assay agreement run --by pair --metric likert
  assay agreement run --format csv > agreement.csv
  assay agreement people-run judge-run --epsilon 0.1 -o agreement
  assay agreement run --dawid-skene --metric hallucination -o consensus`,
		Args: atLeast(1, "agreement needs at least one run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, flag := range []struct {
				name, value string
				from        []string
			}{{"format", format, render.Formats()}, {"by", by, []string{"group", "pair"}}, {"scale", scale, scales}} {
				if err := oneOf(flag.name, flag.value, flag.from...); err != nil {
					return err
				}
			}
			o.Pairs = by == "pair"
			if i := slices.Index(scales, scale); i > 0 {
				o.Scale = new(agreement.Scale(i - 1))
			}
			runs, subject, err := pipeline.OpenAgreement(args, suitefile.Catalog())
			if err != nil {
				return err
			}
			if dawidSkene {
				all, err := runs.Consensus(o)
				if err != nil {
					return err
				}
				return showPage(c, render.Consensus(&subject, all), format, out, func() reports.Report { return reports.ConsensusReport(&subject, all) })
			}
			all, err := runs.Agreements(o)
			if err != nil {
				return err
			}
			if len(all.Rows) == 0 {
				c.Notice("no metric has values from two labelers or judges for one answer")
			}
			shown := render.Results{Tables: reports.AgreementTables(&subject, all), Long: reports.AgreementLong(all), Record: all}
			return showPage(c, shown, format, out, func() reports.Report { return reports.AgreementReport(&subject, all) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&by, "by", "group", "compare by group of labelers, or by pair of labelers too: group or pair")
	f.StringVar(&scale, "scale", "auto", "scale of all metrics: auto, nominal, ordinal, interval or ratio")
	f.Float64Var(&o.Alt.Epsilon, "epsilon", 0.2, "how much worse than a labeler a judge may be; the test's authors suggest 0.2 for experts, 0.15 for skilled people, 0.1 for crowd workers")
	f.BoolVar(&dawidSkene, "dawid-skene", false, "fit Dawid and Skene's model instead: each rater's accuracy; with -o, tables/consensus.csv has each item's values with their probabilities")
	f.StringVarP(&out, "out", "o", "", "folder for a page with the tables and a figure")
	inRange(f, "(0,1)", "epsilon")
	addSelection(cmd, &o.Only)
	addFormat(f, &format)
	return cmd
}
