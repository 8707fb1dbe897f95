package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"assay/fixtures"
)

func newDemo(c console) *cobra.Command {
	out := "assay-demo"
	cmd := &cobra.Command{
		Use:   "demo [-o DIR]",
		Short: "Run a complete evaluation on six small checkpoints that come with assay",
		Long: `Run a complete evaluation in under a minute, without a network. Six checkpoints of a small
world are run on every suite. One candidate is as good as the model in use and passes its
gates. Another, whose training had lost its KL penalty, fails them. A report shows
everything. Each step is printed as the command it runs; the plan and the gates are files
in DIR. An older demo in DIR is replaced.`,
		Example: "  assay demo\n  assay demo -o demo",
		Args:    exactly(0, "demo takes no arguments"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), c, out) },
	}
	cmd.Flags().StringVarP(&out, "out", "o", out, "folder of the demo")
	return cmd
}

// demoStep is a command of the demo, with the expected exit code.
type demoStep struct {
	say  string
	args []string
	into string // file for its output; "" prints it
	want int
}

// demoSteps lists the demo's commands. out contains its plan and its gates.
func demoSteps(out string) []demoStep {
	in := func(names ...string) string { return filepath.Join(append([]string{out}, names...)...) }
	gates, run := in("gates.yaml"), in("run")
	return []demoStep{
		{"Generate the small world's prompts and evaluation sets from seed 0. (Its training text is cut short.)",
			strings.Fields("world -o " + in("world") + " --seed 0 --words 1000 --held-out-words 20000 --prompts 10 --demonstrations 10 --tasks 10"), in("world.txt"), ExitOK},
		{"Run the plan: six checkpoints on each suite, with their answers judged. The plan is " + in("plan.yaml") + ".",
			[]string{"run", in("plan.yaml"), "-o", run}, in("run.txt"), ExitOK},
		{"Print some of the estimates, each with its 95% interval.",
			[]string{"estimate", run, "--suite", "world", "--metric", "win_rate,gold_utility,gold_hallucinated"}, "", ExitOK},
		{"May ptx-twin replace ptx? The gates say how much worse it may be. It passes them: exit code 0.",
			[]string{"compare", run + ":ptx", run + ":ptx-twin", "--gates", gates, "--brief"}, "", ExitOK},
		{"May ptx-damaged replace ptx? Its training had lost the KL penalty, and the gates catch it: exit code 1.",
			[]string{"compare", run + ":ptx", run + ":ptx-damaged", "--gates", gates, "--brief"}, "", ExitRegression},
		{"Write the report: verdicts, figures, tables and samples in one page.",
			[]string{"report", run, "-o", in("report"), "--baseline", "ptx", "--candidates", "ptx-twin,ptx-damaged", "--gates", gates, "--resamples", "50000"}, "", ExitOK},
	}
}

func runDemo(ctx context.Context, c console, out string) error {
	if err := prepareDemo(out); err != nil {
		return err
	}
	for _, s := range demoSteps(out) {
		code, err := s.run(ctx, c)
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "[exit code %d]\n", code)
		if code != s.want {
			return fmt.Errorf("demo: the step above should end with exit code %d; please report this", s.want)
		}
	}
	fmt.Fprintf(c.out, "\nOpen %s in a browser.\n", filepath.Join(out, "report", "report.html"))
	return nil
}

// run prints the step as a shell command and runs it.
func (s *demoStep) run(ctx context.Context, c console) (code int, err error) {
	fmt.Fprintf(c.out, "\n# %s\n$ assay %s", s.say, quoteArgs(s.args))
	to := c.out
	if s.into != "" {
		fmt.Fprintf(c.out, " > %s", quoteArgs([]string{s.into}))
		file, err := os.Create(s.into)
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		to = io.Writer(file)
	}
	fmt.Fprintln(c.out)
	return Main(ctx, s.args, to, c.err), nil
}

// demoMark is the file that identifies an older demo.
const demoMark = "gates.yaml"

// prepareDemo copies the demo's own files to out. It replaces an older demo.
func prepareDemo(out string) error {
	if _, err := os.Stat(filepath.Join(out, demoMark)); err == nil {
		parts := []string{"plan.yaml", "world", "world.txt", "run", "run.txt", "report", demoMark}
		if err := holdsOnly(out, parts...); err != nil {
			return err
		}
		for _, name := range parts {
			if err := os.RemoveAll(filepath.Join(out, name)); err != nil {
				return err
			}
		}
	}
	switch entries, err := os.ReadDir(out); {
	case err == nil && len(entries) > 0:
		return fmt.Errorf("%s exists and is not a demo; choose another -o, or remove it", out)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	return os.CopyFS(out, fixtures.Demo())
}

// quoteArgs quotes arguments for a shell.
func quoteArgs(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = a
		if strings.ContainsAny(a, " '\"$\\") {
			quoted[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
