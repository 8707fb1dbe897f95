package cli

import (
	"github.com/spf13/cobra"

	"assay/metrics"
)

// folding is what the verdicts loss and inconclusive count as: "pass", "fail", or ""
// for themselves. Each folds its own verdict alone.
type folding struct {
	loss, inconclusive string
}

func (f *folding) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.loss, "on-loss", "", "count a gate's loss as: pass or fail (default: exit code 3)")
	cmd.Flags().StringVar(&f.inconclusive, "inconclusive", "", "count an inconclusive gate as: pass or fail (default: exit code 3)")
}

func (f *folding) check() error {
	for _, flag := range [][2]string{{"on-loss", f.loss}, {"inconclusive", f.inconclusive}} {
		if flag[1] == "" {
			continue
		}
		if err := oneOf(flag[0], flag[1], "pass", "fail"); err != nil {
			return err
		}
	}
	return nil
}

// of is the verdict that a gate counts as.
func (f *folding) of(v metrics.Verdict) metrics.Verdict {
	how := map[metrics.Verdict]string{metrics.Loss: f.loss, metrics.Inconclusive: f.inconclusive}[v]
	switch how {
	case "pass":
		return metrics.Pass
	case "fail":
		return metrics.Regress
	}
	return v
}

// exitCode is the first that applies of regression, not attempted, and loss or
// inconclusive.
func (f *folding) exitCode(gates []metrics.GateResult) int {
	code := ExitOK
	for _, g := range gates {
		switch f.of(g.Verdict) {
		case metrics.Regress:
			code = worse(code, ExitRegression)
		case metrics.NotAttempted:
			code = worse(code, ExitNotAttempted)
		case metrics.Loss, metrics.Inconclusive:
			code = worse(code, ExitInconclusive)
		}
	}
	return code
}
