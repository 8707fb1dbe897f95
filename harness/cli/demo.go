package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

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
	if err := demo.Prepare(out); err != nil {
		return err
	}
	for _, s := range demo.Steps(out, ExitRegression) {
		code, err := runStep(ctx, c, s)
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		fmt.Fprintf(c.Out, "[exit code %d]\n", code)
		if code != s.Want {
			return fmt.Errorf("demo: the step above should end with exit code %d; please report this", s.Want)
		}
	}
	fmt.Fprintf(c.Out, "\nOpen %s in a browser.\n", demo.Page(out))
	return nil
}

// runStep prints a step as a shell command and runs it.
func runStep(ctx context.Context, c terminal.Console, s demo.Step) (code int, err error) {
	fmt.Fprintf(c.Out, "\n# %s\n$ assay %s", s.Say, quoteArgs(s.Args))
	to := c.Out
	if s.Into != "" {
		fmt.Fprintf(c.Out, " > %s", quoteArgs([]string{s.Into}))
		file, err := os.Create(s.Into)
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		to = io.Writer(file)
	}
	fmt.Fprintln(c.Out)
	return Main(ctx, s.Args, to, c.Err), nil
}

// special reports whether a shell might read a character as more than itself.
func special(r rune) bool {
	return r < utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./:,=+@%", r)
}

// quoteArgs quotes arguments for a shell.
func quoteArgs(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = a
		if a == "" || strings.ContainsFunc(a, special) {
			quoted[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
