package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"assay/harness/leaf/plural"
	"assay/harness/smallworld"
	"assay/harness/terminal"
	"assay/suites/judge"
)

type rankFlags struct {
	out   string
	group string
	each  int
	most  int
	seed  uint64
}

func newWorldRank(c terminal.Console) *cobra.Command {
	var f rankFlags
	cmd := &cobra.Command{
		Use:   "rank PROMPTS.jsonl RUN|RESPONSES.jsonl... -o PREFERENCES.jsonl",
		Short: "Have simulated labelers rank responses, to train a reward model",
		Long: `Have the small world's simulated labelers rank responses to its prompts. The output has
a line per ranking, for 'assay train reward':

  {"prompt": "...", "responses": ["...", "...", "...", "..."], "ranks": [1, 2, 2, 3], "labeler": "labeler 02"}

A lower rank is better; equal ranks are ties.

PROMPTS.jsonl is a file of prompts in a world's folder. Responses come from runs of the
suite world (several models, or "samples: 4" in the plan), or from JSON lines:

  {"prompt": "...", "responses": ["...", "..."], "ended": [true, false]}

"ended" is optional; false marks a response that was cut off. All responses to a prompt
are ranked together. A prompt needs at least 4 responses. If it has more, the seed decides
which 4 to 9 of them are ranked, as the labelers of the InstructGPT paper ranked 4 to 9.

The training labelers passed a screening as in appendix B of the InstructGPT paper. The
held-out labelers label no training data: use them for test data.`,
		Example: `  assay run sample.yaml -o samples
  assay world rank town/prompts/rm-train.jsonl samples -o preferences.jsonl
  assay world rank town/prompts/rm-validation.jsonl samples -o test.jsonl --labelers held-out --each 4`,
		Args: atLeast(2, "world rank needs a file of prompts, and a run or a file with responses"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return rankResponses(cmd.Context(), c, args[0], args[1:], f)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "file to write (required)")
	flags.StringVar(&f.group, "labelers", judge.TrainingGroup, "who ranks: training or held-out labelers, or gold for the exact rules without noise")
	flags.IntVar(&f.each, "each", 1, "number of labelers per prompt")
	flags.IntVar(&f.most, "most", judge.MostRanked, "maximum number of responses per ranking, 4 to 9")
	upTo(flags, "the number of the group's labelers", "each")
	inRange(flags, fmt.Sprintf("[%d,%d]", judge.LeastRanked, judge.MostRanked), "most")
	flags.Uint64Var(&f.seed, "seed", 0, "seed for choosing labelers and responses; a labeler's ranks don't depend on it")
	return cmd
}

// labelers returns the labelers that the flags name.
func (f *rankFlags) labelers() (l smallworld.Labelers, err error) {
	if f.out == "" {
		return l, errors.New("world rank needs -o PREFERENCES.jsonl, the file to write; see 'assay world rank --help'")
	}
	if err := oneOf("labelers", f.group, judge.TrainingGroup, judge.HeldOutGroup, judge.GoldName); err != nil {
		return l, err
	}
	return smallworld.NewLabelers(f.group, f.each, f.most, f.seed)
}

func rankResponses(ctx context.Context, c terminal.Console, prompts string, sources []string, f rankFlags) error {
	labelers, err := f.labelers()
	if err != nil {
		return err
	}
	responses, err := smallworld.ReadResponses(ctx, prompts, sources)
	if err != nil {
		return err
	}
	if n := responses.Missing; n > 0 {
		c.Notice("skipped %s without an answer in the runs", plural.Of(n, "completion"))
	}
	if n := responses.Foreign; n > 0 {
		c.Notice("skipped %s to prompts that are not in %s", plural.Of(n, "response"), prompts)
	}
	ranked, err := responses.Rank(labelers)
	if err != nil {
		return err
	}
	if err := smallworld.WriteLines(f.out, ranked.Rows); err != nil {
		return err
	}
	if ranked.Few > 0 {
		c.Notice("skipped %s with fewer than %s", plural.Of(ranked.Few, "prompt"), plural.Of(judge.LeastRanked, "response"))
	}
	ranked.Describe(c.Out, labelers.Group)
	return nil
}
