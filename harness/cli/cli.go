// Package cli is assay's command line: commands, flags and printing. Results go to stdout
// and to files; progress and notices go to stderr.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assay/harness"
	"assay/harness/leaf/place"
	"assay/harness/terminal"
	"assay/reports/text"
)

// Main runs the command line and returns the exit code.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot(terminal.Console{Out: stdout, Err: stderr})
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	message, code := conclude(err)
	if message != "" {
		fmt.Fprintf(stderr, "assay: %s\n", text.Clean(message))
	}
	return code
}

func newRoot(c terminal.Console) *cobra.Command {
	root := &cobra.Command{
		Use:   "assay",
		Short: "Evaluate language-model checkpoints and compare them with paired statistics",
		Long: `assay runs evaluation suites against language-model checkpoints, or reads recorded
outputs. It reports estimates with confidence intervals, compares two models on the
same examples, and draws the figures and tables of the InstructGPT paper.

  examples -> completions -> judgements -> estimates -> report

Exit codes:
` + exitCodes,
		Example: `  assay demo
  assay run plan.yaml -o run
  assay import instructgpt-samples samples/ -o run
  assay estimate run
  assay compare run:sft-175b run:ppo-ptx-175b
  assay report run -o report`,
		Version:           harness.CurrentVersions().String(),
		Args:              group,
		RunE:              help,
		SilenceUsage:      true,
		PersistentPreRunE: refuseSilent,
		SilenceErrors:     true,
	}
	root.SetOut(c.Out)
	root.SetErr(c.Err)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if err := group(cmd, cmd.Flags().Args()); cmd.HasSubCommands() && err != nil {
			return err
		}
		return fmt.Errorf("%w; %ssee '%s --help'", plainFlag(err), nearFlag(cmd, err), cmd.CommandPath())
	})
	root.SetHelpCommand(helpCommand(root))
	root.AddCommand(newRun(c), newSuite(c), newImport(c), newExport(c), newEstimate(c), newCompare(c), newAgreement(c), newPower(c), newReport(c), newTrain(c), newGenerate(c), newServe(c), newLabel(c), newData(c), newSchema(c), newWorld(c), newReproduce(c), newDemo(c))
	root.InitDefaultCompletionCmd("")
	root.Flags().BoolP("version", "v", false, "print the version")
	completion, _, _ := root.Find([]string{"completion"}) // it is there
	completion.Args, completion.RunE = group, help
	return root
}

// nearFlag is the flag that a misspelt one may mean, as a question; "" if there is none.
func nearFlag(cmd *cobra.Command, err error) string {
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return ""
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := place.Nearest(unknown.GetSpecifiedName(), names); near != "" {
		return "did you mean --" + near + "? "
	}
	return ""
}

// plainFlag rewrites the parser's error about a flag's value in plain words.
func plainFlag(err error) error {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return err
	}
	takes := map[string]string{"int": "a whole number", "int64": "a whole number", "uint64": "a whole number, 0 or more",
		"float64": "a number", "duration": "a time with its unit, such as 30s or 5m", "bool": "true or false"}
	f := invalid.GetFlag()
	if what, known := takes[f.Value.Type()]; known {
		return fmt.Errorf("--%s takes %s, not %q", f.Name, what, invalid.GetValue())
	}
	return err
}
