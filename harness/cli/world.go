package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"assay/fixtures/world"
	"assay/harness/datasets"
	"assay/harness/leaf/outfile"
	"assay/harness/leaf/plural"
	"assay/harness/smallworld"
	"assay/harness/terminal"
)

type worldFlags struct {
	out     string
	options world.Options
	sizes   world.Sizes
}

func newWorld(c terminal.Console) *cobra.Command {
	f := worldFlags{sizes: world.DefaultSizes()}
	cmd := &cobra.Command{
		Use:   "world -o DIR",
		Short: "Generate a small world to train on, where the true answers are known",
		Long: `Generate a small town from a seed. The files in DIR are text for pretraining, prompts with
their gold answers, demonstrations, and evaluation sets in the formats of the public data
sets, so that assay's suites can read them. README.txt in the folder describes each file.
The same options give the same bytes.

A null world has no misconceptions, no link between rude users and rude replies, and no
skew of pronouns. If you find such an effect in a null world, the measurement is at
fault. More people and things give larger models more to learn.`,
		Example: `  assay world -o town
  assay world -o town --seed 7 --people 400 --things 200
  assay world -o null --null
  assay train pretrain town/pretrain.yaml -o town/gpt
  assay train sft town/sft.yaml -o town/sft`,
		Args: group,
		RunE: func(cmd *cobra.Command, _ []string) error { return writeWorld(cmd.Context(), c, f) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "folder to write (required)")
	flags.Uint64Var(&f.options.Seed, "seed", 0, "seed of the world")
	flags.BoolVar(&f.options.Null, "null", false, "generate a null world")
	flags.IntVar(&f.options.People, "people", world.DefaultPeople, "number of people, with five facts each")
	flags.IntVar(&f.options.Things, "things", world.DefaultThings, "number of things; three in four have a misconception")
	flags.IntVar(&f.sizes.Words, "words", f.sizes.Words, "number of words of pretraining text")
	flags.IntVar(&f.sizes.HeldOutWords, "held-out-words", f.sizes.HeldOutWords, "number of words of held-out text")
	for _, set := range world.Sets() {
		n := f.sizes.Of(set)
		flags.IntVar(n, string(set), *n, "number of "+set.About())
		inRange(flags, fmt.Sprintf("[1,%d]", world.MostRows), string(set))
	}
	flags.Float64Var(&f.sizes.Flawed, "flawed", f.sizes.Flawed, "share of demonstrations with a flaw")
	flags.IntVar(&f.sizes.Tasks, "tasks", f.sizes.Tasks, "number of demonstrations in the style of public tasks, for each of the baselines FLAN and T0")
	inRange(flags, fmt.Sprintf("[%d,%d]", world.Least, world.MostPeople), "people")
	inRange(flags, fmt.Sprintf("[%d,%d]", world.Least, world.MostThings), "things")
	inRange(flags, fmt.Sprintf("[%d,%d]", world.LeastWords, world.MostRows), "words", "held-out-words")
	inRange(flags, fmt.Sprintf("[1,%d]", world.MostRows), "tasks")
	inRange(flags, "[0,1]", "flawed")
	cmd.AddCommand(newWorldRank(c))
	return cmd
}

func writeWorld(ctx context.Context, c terminal.Console, f worldFlags) (err error) {
	if f.out == "" {
		return errors.New("world needs -o DIR, the folder to write; see 'assay world --help'")
	}
	w, err := world.New(f.options)
	if err == nil {
		err = f.sizes.Check()
	}
	if err != nil {
		return fmt.Errorf("--%w", err)
	}
	staged, err := outfile.CreateFresh(f.out, smallworld.Manifest, "is not empty; choose another -o, or remove the folder")
	if err != nil {
		return err
	}
	defer staged.End(&err)
	words, err := smallworld.Write(ctx, staged.Dir(), w, f.sizes, func(file world.File, bytes int64) {
		fmt.Fprintf(c.Out, "%9s  %-32s %s\n", datasets.Size(bytes), file.Name, file.About)
	})
	if err == nil {
		err = staged.Commit()
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Out, "%s in the vocabulary; %s describes the files\n", plural.Of(words, "word"), filepath.Join(f.out, smallworld.ReadMe))
	return nil
}
