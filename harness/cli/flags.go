package cli

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assay/harness/ci"
	"assay/harness/leaf/place"
	"assay/harness/pipeline"
	"assay/harness/render"
	"assay/harness/terminal"
)

func addSelection(cmd *cobra.Command, s *pipeline.Selection) {
	cmd.Flags().StringSliceVar(&s.Suites, "suite", nil, "only these suites")
	cmd.Flags().StringSliceVar(&s.Metrics, "metric", nil, "only these metrics")
	cmd.Flags().StringArrayVar(&s.Conditions, "condition", nil, "only this condition (repeatable)")
}

// addFormat adds the flag --format.
func addFormat(flags *pflag.FlagSet, format *string) {
	all := render.Formats()
	last := len(all) - 1
	flags.StringVar(format, "format", all[0], strings.Join(all[:last], ", ")+" or "+all[last])
}

// addData adds the flag --data. Help doesn't show what the environment holds.
func addData(flags *pflag.FlagSet, dir *string) {
	flags.StringVar(dir, "data", os.Getenv("ASSAY_DATA"), "folder of data sets (default: $ASSAY_DATA)")
	flags.Lookup("data").DefValue = ""
}

// addJoining adds the flags that join runs of different origin.
func addJoining(cmd *cobra.Command, how *pipeline.Joining) {
	cmd.Flags().StringVar(&how.By, "join-by", "", "join the examples of two runs by content, question, or a FIELD (FIRST=SECOND if the runs name it differently); default: by id, or by content if no ids are shared")
	cmd.Flags().StringArrayVar(&how.Suites, "map", nil, "pair a suite, or SUITE/METRIC, of the first run with one of the second: FIRST=SECOND (repeatable)")
	cmd.Flags().StringArrayVar(&how.Conditions, "map-condition", nil, "pair two conditions, FIRST=SECOND (repeatable)")
}

type inferenceFlags struct {
	bootstrap bool
	resamples int
}

// defaultResamples is the number of resamples of a bootstrap or a permutation test.
const defaultResamples = 10_000

func (f *inferenceFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.bootstrap, "bootstrap", false, "use the BCa bootstrap for every interval, even where a formula applies")
	cmd.Flags().IntVar(&f.resamples, "resamples", defaultResamples, "number of bootstrap and permutation resamples")
	inRange(cmd.Flags(), "[100,1e7]", "resamples")
}

func (f *inferenceFlags) options(cmd *cobra.Command, c terminal.Console) pipeline.Options {
	return pipeline.Options{Bootstrap: f.bootstrap, Resamples: f.resamples, Context: cmd.Context(), Step: c.Steps("estimating")}
}

// addLengthControl adds the flags of length-controlled win rates.
func addLengthControl(cmd *cobra.Command, how *pipeline.LengthControl) {
	cmd.Flags().BoolVar(&how.On, "length-control", false, "add win_rate for outputs of equal length")
	cmd.Flags().StringVar(&how.Difficulties, "difficulties", "", "CSV file of instruction,difficulty for length control, which it turns on")
}

// emptyNames are the flags for which an empty text is a name.
var emptyNames = []string{"condition"}

// refuseSilent refuses values that a command would take for "not given" and ignore, or refuse later and less
// completely: a number outside the range that [inRange] gives the flag, and an empty text.
func refuseSilent(cmd *cobra.Command, _ []string) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if err == nil {
			err = silent(f)
		}
	})
	return err
}

// silent is the error of a flag whose value would be ignored; nil if it would not.
func silent(f *pflag.Flag) error {
	value := f.Value.String()
	texts := []string{value}
	if list, ok := f.Value.(pflag.SliceValue); ok {
		if texts = list.GetSlice(); len(texts) == 0 {
			texts = []string{""}
		}
	}
	number, bounded := f.Value.(*ranged)
	switch {
	case bounded && !number.within.Holds(number.number()):
		return fmt.Errorf("--%s %s: must be %s", f.Name, value, number.allowed())
	case isText(f) && slices.Contains(texts, "") && !slices.Contains(emptyNames, f.Name):
		return fmt.Errorf("--%s \"\": the value is empty; write one, or leave the flag out", f.Name)
	}
	return nil
}

func isText(f *pflag.Flag) bool {
	return slices.Contains([]string{"string", "stringSlice", "stringArray"}, f.Value.Type())
}

// byHelp is the help of --by in every command that has it.
const byHelp = "break down by category or another field of the examples, or by \"labeler group\""

func exactly(n int, problem string) cobra.PositionalArgs { return between(n, n, problem) }

func atLeast(n int, problem string) cobra.PositionalArgs { return between(n, math.MaxInt, problem) }

func between(least, most int, problem string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return errors.New(problem + "; see '" + cmd.CommandPath() + " --help'")
		}
		return nil
	}
}

// group is for a command of other commands: what follows it must be one of them.
func group(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = min(2, len(args[0])/2) // at most half of the letters differ
	hint := "did you mean " + strings.Join(cmd.SuggestionsFor(args[0]), " or ") + "?"
	switch {
	case !cmd.HasSubCommands():
		hint = cmd.CommandPath() + " has no commands of its own;"
	case len(cmd.SuggestionsFor(args[0])) == 0:
		var names []string
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				names = append(names, sub.Name())
			}
		}
		hint = "use " + place.OneOf(names) + ";"
	}
	return fmt.Errorf("unknown command %q; %s see '%s --help'", args[0], hint, cmd.CommandPath())
}

// helpCommand shows a command's help, as --help does.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]...",
		Short:   "Show the help of a command",
		Example: "  assay help run\n  assay help train ppo",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return group(cmd, rest)
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	}
}

// help shows the help of a command of other commands.
func help(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// oneOf checks that a flag has one of the allowed values.
func oneOf(flag, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("--%s %s: must be one of %s", flag, value, strings.Join(allowed, ", "))
}

// addCounting adds the flags that say what a loss and an inconclusive gate count as.
func addCounting(cmd *cobra.Command, c *ci.Counting) {
	cmd.Flags().StringVar(&c.Loss, "on-loss", "", "count a gate's loss as pass, or as fail with exit code 1 (default: exit code 3)")
	cmd.Flags().StringVar(&c.Inconclusive, "inconclusive", "", "count an inconclusive gate as pass, or as fail with exit code 1 (default: exit code 3)")
}
