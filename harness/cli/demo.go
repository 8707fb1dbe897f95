package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"assay/harness/demo"
	"assay/harness/terminal"
)

func newDemo(c terminal.Console) *cobra.Command {
	out := "assay-demo"
	cmd := &cobra.Command{
		Use:   "demo [-o DIR]",
		Short: "Run a complete evaluation on six small checkpoints that come with assay",
		Long: `Run a complete evaluation in under a minute, without a network. Six checkpoints that were
trained in a small, generated world are evaluated on twelve suites. One candidate is as good
as the model in use and passes its gates. Another was trained without its KL penalty and
fails them. A report shows everything. Each step is printed as the command it runs; the
plan and the gates are files in DIR. An older demo in DIR is replaced.`,
		Example: "  assay demo\n  assay demo -o demo",
		Args:    exactly(0, "demo takes no arguments"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), c, out) },
	}
	cmd.Flags().StringVarP(&out, "out", "o", out, "folder of the demo")
	return cmd
}

func runDemo(ctx context.Context, c terminal.Console, out string) error {
	return demo.Run(ctx, c.Out, out, ExitRegression, func(args []string, to io.Writer) int { return Main(ctx, args, to, c.Err) })
}
