package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/reports"
	"assay/suites/catalog"
)

type inferenceFlags struct {
	bootstrap bool
	resamples int
}

// defaultResamples of a bootstrap or a permutation test.
const defaultResamples = 10_000

func (f *inferenceFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.bootstrap, "bootstrap", false, "use the BCa bootstrap for every interval, where a formula would serve too")
	cmd.Flags().IntVar(&f.resamples, "resamples", defaultResamples, "bootstrap and permutation resamples")
}

func (f *inferenceFlags) options() (pipeline.Options, error) {
	if f.resamples < 100 || f.resamples > 10_000_000 {
		return pipeline.Options{}, errors.New("--resamples is from 100 to 10000000")
	}
	return pipeline.Options{Bootstrap: f.bootstrap, Resamples: f.resamples}, nil
}

func newEstimate(c console) *cobra.Command {
	var inference inferenceFlags
	var format string
	var only selection
	cmd := &cobra.Command{
		Use:   "estimate RUN",
		Short: "Estimates with 95% intervals, one for each metric, model and condition",
		Long: `Compute every estimate of a run and print it. The estimates are also written to
RUN/estimates.jsonl. Tables are for people; csv and json are unrounded.`,
		Example: `  assay estimate run
  assay estimate run --format csv > estimates.csv
  assay estimate run --suite truthfulqa,drop --metric true_informative,f1
  assay estimate run --bootstrap`,
		Args: exactly(1, "estimate needs one run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, formats()...); err != nil {
				return err
			}
			opt, err := inference.options()
			if err != nil {
				return err
			}
			src, err := openRun(args[0])
			if err != nil {
				return err
			}
			judged, err := pipeline.Collect([]pipeline.Source{src}, catalog.All())
			if err != nil {
				return err
			}
			estimates := pipeline.Estimate(judged, opt)
			if err := keep(c, runstore.Estimates().WriteAll(src.Store, estimates)); err != nil {
				return err
			}
			subject := judged.Subject([]pipeline.Source{src}, "")
			if estimates, err = only.of(estimates); err != nil {
				return err
			}
			return results{
				tables: reports.EstimatesTables(&subject, estimates),
				long:   reports.EstimatesLong(estimates),
				record: estimates,
			}.print(c, format)
		},
	}
	inference.add(cmd)
	cmd.Flags().StringVar(&format, "format", "table", "table, md, csv, json or tex")
	cmd.Flags().StringSliceVar(&only.suites, "suite", nil, "print these suites alone")
	cmd.Flags().StringSliceVar(&only.metrics, "metric", nil, "print these metrics alone")
	return cmd
}

// selection is what is printed of the estimates; without a name of a kind, all of it.
type selection struct{ suites, metrics []string }

// of keeps what is named. A name that is nowhere is an error.
func (s *selection) of(estimates []metrics.Estimate) ([]metrics.Estimate, error) {
	var out []metrics.Estimate
	var suites, names []string
	for _, e := range estimates {
		suites, names = append(suites, e.Suite), append(names, e.Metric)
		if (s.suites == nil || slices.Contains(s.suites, e.Suite)) && (s.metrics == nil || slices.Contains(s.metrics, e.Metric)) {
			out = append(out, e)
		}
	}
	for _, asked := range []struct {
		flag        string
		names, have []string
	}{{"suite", s.suites, suites}, {"metric", s.metrics, names}} {
		for _, name := range asked.names {
			if !slices.Contains(asked.have, name) {
				slices.Sort(asked.have)
				return nil, fmt.Errorf("--%s %s: the run has %s", asked.flag, name, strings.Join(slices.Compact(asked.have), ", "))
			}
		}
	}
	return out, nil
}

// keep lets results be shown from a run that can't be written to.
func keep(c console, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		c.notice("the run is read-only: results are printed, not kept (%v)", err)
		return nil
	}
	return err
}

func exactly(n int, problem string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return errors.New(problem + "; see '" + cmd.CommandPath() + " --help'")
		}
		return nil
	}
}
