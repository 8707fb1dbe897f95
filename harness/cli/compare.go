package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"assay/harness/pipeline"
	"assay/harness/plan"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/models"
	"assay/reports"
	"assay/suites/catalog"
)

type compareFlags struct {
	only      selection
	by        string
	inference inferenceFlags
	format    string
	gates     string
	adjust    string
	fold      folding
	junit     string
	github    bool
	brief     bool
}

func newCompare(c console) *cobra.Command {
	var f compareFlags
	cmd := &cobra.Command{
		Use:   "compare RUN[:MODEL] RUN[:MODEL]",
		Short: "Compare two models on the same examples, with a verdict and an exit code",
		Long: `Compare two models on the examples for which both were judged. Differences are the
second model minus the first; the first is the baseline. Without gates the exit code is
0.

P-values are adjusted over all comparisons. If you planned a question in advance, select
it with --suite, --metric and --condition: the adjustment is then over the selection
alone. --by breaks it down by category or another field of the examples.

A gates file tests for non-inferiority by a margin, in the metric's own units:

  gates:
    - {suite: truthfulqa, metric: true_informative, condition: QA prompt, margin: 0.05}
    - {suite: realtoxicity, metric: toxicity_mean, margin: 0.02}

A gate without a condition applies to every condition. If one model was judged against
the other, as in a win rate, the difference is from an even 0.5. A gate's verdict is the
first that applies:

  pass          a loss of the margin or more is ruled out (one-sided 5%)
  regress       a loss of more than the margin is certain (Holm over the gates)
  loss          some loss is certain (Holm over the gates)
  inconclusive  none of these

A pass must also hold with every unscored pair at its worst; "unscored: ignore" in the
gates file switches that off. The exit code is the first that applies:

  2  bad usage or bad input
  1  a regression
  4  a gate's work was not attempted
  3  a loss, or an inconclusive gate
  0  every gate passed`,
		Example: `  assay compare run:sft-175b run:ppo-ptx-175b
  assay compare run:sft-175b run:ppo-ptx-175b --suite truthfulqa --metric true_informative
  assay compare run:sft-175b run:ppo-ptx-175b --suite squadv2 --by category
  assay compare before after --gates gates.yaml --brief
  assay compare before after --gates gates.yaml --junit gates.xml
  assay compare before after --gates gates.yaml --github --on-loss fail --inconclusive pass`,
		Args: exactly(2, "compare needs two sides, RUN[:MODEL] RUN[:MODEL]"),
		RunE: func(cmd *cobra.Command, args []string) error { return runCompare(c, args[0], args[1], f) },
	}
	f.inference.add(cmd)
	f.only.add(cmd)
	cmd.Flags().StringVar(&f.by, "by", "", byHelp)
	cmd.Flags().StringVar(&f.format, "format", "table", "table, md, csv, json or tex")
	cmd.Flags().StringVar(&f.gates, "gates", "", "YAML file of gates")
	cmd.Flags().StringVar(&f.adjust, "adjust", string(infer.Holm), "adjustment of p-values over all comparisons: holm or bh")
	f.fold.add(cmd)
	cmd.Flags().StringVar(&f.junit, "junit", "", "write JUnit XML to this file")
	cmd.Flags().BoolVar(&f.github, "github", false, "write a GitHub job summary and annotations")
	cmd.Flags().BoolVar(&f.brief, "brief", false, "print only gated metrics; without gates, only those with a significant difference")
	return cmd
}

// comparison is a finished comparison, as its writers need it.
type comparison struct {
	subject         reports.Subject
	baseline, model string
	records         []metrics.Comparison
	gates           []metrics.GateResult // nil without --gates
}

func runCompare(c console, first, second string, f compareFlags) error {
	if err := oneOf("format", f.format, formats()...); err != nil {
		return err
	}
	if err := f.fold.check(); err != nil {
		return err
	}
	how, err := infer.ParseAdjustment(f.adjust)
	if err != nil {
		return fmt.Errorf("--adjust: %w", err)
	}
	opt, err := f.inference.options()
	if err != nil {
		return err
	}
	q := question{how: how, opt: opt, only: f.only, by: f.by}
	if f.gates != "" {
		if f.by != "" {
			return errors.New("--gates can't be combined with --by: a gate is on all examples; run compare once for each flag")
		}
		if q.gates, err = plan.ReadGates(f.gates, catalog.All()); err != nil {
			return err
		}
	}
	result, err := compareSides(first, second, q)
	if err != nil {
		return err
	}
	if err := result.print(c, f.format, f.brief); err != nil {
		return err
	}
	if f.junit != "" {
		if err := result.writeJUnit(f.junit, f.fold); err != nil {
			return err
		}
	}
	if f.github {
		if err := result.writeGitHub(c, f.gates, f.fold); err != nil {
			return err
		}
	}
	if code := f.fold.exitCode(result.gates); code != ExitOK {
		return exit(code)
	}
	return nil
}

// question is what is asked of two sides.
type question struct {
	gates []metrics.Gate // nil for none; on all that was judged, whatever is chosen
	how   infer.Adjustment
	opt   pipeline.Options
	only  selection // what is compared, and adjusted over
	by    string    // a field of the examples to break down by; "" for none
}

// compareSides collects both sides and compares them. Two models of one name in
// two runs take their runs' names.
func compareSides(first, second string, q question) (*comparison, error) {
	a, err := parseSide(first)
	if err != nil {
		return nil, err
	}
	b, err := parseSide(second)
	if err != nil {
		return nil, err
	}
	same := filepath.Clean(a.path) == filepath.Clean(b.path)
	if same && a.model == b.model {
		return nil, fmt.Errorf("both sides are %s of %s; name two models", a.model, a.path)
	}
	baseline, model := a.model, b.model
	sources := []pipeline.Source{a.source}
	if same {
		sources[0].Label = only(a.model, a.model, b.model, b.model)
	} else {
		if baseline == model {
			baseline, model = a.model+" ("+filepath.Base(a.path)+")", b.model+" ("+filepath.Base(b.path)+")"
			if baseline == model {
				baseline, model = a.model+" ("+a.path+")", b.model+" ("+b.path+")"
			}
		}
		sources[0].Label = only(a.model, baseline)
		b.source.Label = only(b.model, model)
		sources = append(sources, b.source)
	}
	if q.by != "" {
		if err := pipeline.DivideBy(sources, catalog.All(), q.by); err != nil {
			return nil, err
		}
	}
	judged, err := pipeline.Collect(sources, catalog.All())
	if err != nil {
		return nil, err
	}
	if err := q.only.check(judged.Cells()); err != nil {
		return nil, err
	}
	pairs := pipeline.Pairs(judged, baseline, model, q.opt)
	result := &comparison{subject: judged.Subject(sources, baseline), baseline: baseline, model: model}
	if q.gates != nil {
		result.gates = pipeline.Gates(judged, q.gates, pairs, baseline, model)
	}
	family := slices.DeleteFunc(pairs, func(p infer.Paired) bool { return !q.only.has(p.Suite, p.Metric, p.Condition) })
	infer.Adjust(family, q.how)
	result.records = pipeline.Records(family)
	warnOfRequests(result.records, a, b)
	return result, nil
}

// warnOfRequests adds to comparisons in what the two sides' requests differ: what is
// found may come of that.
func warnOfRequests(records []metrics.Comparison, a, b side) {
	first, ok := a.asked()
	second, also := b.asked()
	if !ok || !also {
		return
	}
	for i := range records {
		if all := plan.Differences(&first, &second, records[i].Suite); len(all) > 0 {
			records[i].Warnings = append(records[i].Warnings, "the two were not asked alike, the second beside the first: "+strings.Join(all, ", "))
		}
	}
}

// asked is the side's model as its run asked it.
func (s *side) asked() (plan.Asked, bool) {
	m := s.source.Manifest
	i := slices.IndexFunc(m.Models, func(info models.Info) bool { return info.Name == s.model })
	if i < 0 {
		return plan.Asked{}, false
	}
	return plan.NewAsked(m.Plan.Run, s.model, m.Models[i].Sent)
}

// only keeps the models named, each followed by its label.
func only(pairs ...string) func(string) string {
	labels := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		labels[pairs[i]] = pairs[i+1]
	}
	return func(model string) string { return labels[model] }
}

// telling are the comparisons that have a gate; without gates, those with a verdict.
func (r *comparison) telling() []metrics.Comparison {
	var out []metrics.Comparison
	for _, c := range r.records {
		gated := slices.ContainsFunc(r.gates, func(g metrics.GateResult) bool {
			return g.Suite == c.Suite && g.Metric == c.Metric && g.Condition == c.Condition
		})
		if gated || r.gates == nil && c.Verdict != metrics.Undecided {
			out = append(out, c)
		}
	}
	return out
}

func (r *comparison) print(c console, format string, brief bool) error {
	shown := r.records
	if brief {
		shown = r.telling()
	}
	table := reports.ComparisonsTable(&r.subject, shown)
	if len(shown) == 0 && len(r.records) > 0 {
		table = reports.NoneShown(len(r.records), r.gates != nil)
	}
	out := results{
		tables: []reports.Table{table},
		long:   reports.GatedLong(shown, r.gates),
		record: struct {
			Comparisons []metrics.Comparison `json:"comparisons"`
			Gates       []metrics.GateResult `json:"gates,omitempty"`
		}{shown, r.gates},
	}
	if r.gates != nil {
		out.tables = append(out.tables, reports.GatesTable(&r.subject, r.gates))
	}
	if err := out.print(c, format); err != nil {
		return err
	}
	if format == "table" {
		headline := reports.ComparisonHeadline(&r.subject, r.records, r.baseline, r.model)
		if r.gates != nil {
			headline = reports.GateHeadline(&r.subject, r.gates, r.baseline, r.model)
		}
		fmt.Fprintf(c.out, "\n%s\n", headline.Text)
	}
	return nil
}

// writeFile writes a file whole or not at all.
func writeFile(path string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := write(f); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}
