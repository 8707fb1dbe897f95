package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"assay/fixtures/world"
	"assay/harness"
	"assay/harness/leaf/outfile"
	"assay/models/bpe"
)

type worldFlags struct {
	out     string
	options world.Options
	sizes   world.Sizes
}

func newWorld(c console) *cobra.Command {
	f := worldFlags{sizes: world.DefaultSizes()}
	cmd := &cobra.Command{
		Use:   "world -o DIR",
		Short: "Generate a small world to train on, where the true answers are known",
		Long: `Generate a small town from a seed. DIR gets text for pretraining, prompts with their
gold answers, demonstrations, and evaluation sets in the formats of the public ones, for
the suites to read. README.txt in the folder describes each file. The same options give
the same bytes.

A null world has no misconceptions, no link between rude users and rude replies, and no
skew of pronouns. If you find such an effect in a null world, the measurement is at
fault. More people and things give larger models more to learn.`,
		Example: `  assay world -o town
  assay world -o town --seed 7 --people 400 --things 200
  assay world -o null --null
  assay train pretrain town/pretrain.yaml -o town/gpt
  assay train sft town/sft.yaml -o town/sft`,
		Args: exactly(0, "world takes no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return writeWorld(cmd.Context(), c, f) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "folder to write (required)")
	flags.Uint64Var(&f.options.Seed, "seed", 0, "seed of the world")
	flags.BoolVar(&f.options.Null, "null", false, "generate a null world")
	flags.IntVar(&f.options.People, "people", world.DefaultPeople, "people, with five facts each")
	flags.IntVar(&f.options.Things, "things", world.DefaultThings, "things; three in four have a misconception")
	flags.IntVar(&f.sizes.Words, "words", f.sizes.Words, "words of pretraining text")
	flags.IntVar(&f.sizes.HeldOutWords, "held-out-words", f.sizes.HeldOutWords, "words of held-out text")
	flags.IntVar(&f.sizes.Prompts, "prompts", f.sizes.Prompts, "prompts in the training split")
	flags.IntVar(&f.sizes.HeldOutPrompts, "held-out-prompts", f.sizes.HeldOutPrompts, "prompts in each of the validation and test splits")
	flags.IntVar(&f.sizes.Demonstrations, "demonstrations", f.sizes.Demonstrations, "number of demonstrations")
	flags.Float64Var(&f.sizes.Flawed, "flawed", f.sizes.Flawed, "share of demonstrations with a flaw")
	flags.IntVar(&f.sizes.Tasks, "tasks", f.sizes.Tasks, "demonstrations of public-style tasks for each of FLAN and T0")
	cmd.AddCommand(newWorldRank(c))
	return cmd
}

// worldManifest is a world's manifest.json.
type worldManifest struct {
	Kind    string           `json:"kind"`
	Version string           `json:"assay"`
	Seed    uint64           `json:"seed"`
	Null    bool             `json:"null"`
	People  int              `json:"people"`
	Things  int              `json:"things"`
	Sizes   world.Sizes      `json:"sizes"`
	Files   []harness.Source `json:"files"`
}

const worldKind = "assay world"

func writeWorld(ctx context.Context, c console, f worldFlags) error {
	if f.out == "" {
		return errors.New("world needs -o DIR, the folder to write; see 'assay world --help'")
	}
	w, err := world.New(f.options)
	if err == nil {
		err = f.sizes.Check()
	}
	if err != nil {
		return fmt.Errorf("world: %w", err)
	}
	staged, err := stage(f.out, worldManifestFile, "it is not empty; choose another -o, or remove it")
	if err != nil {
		return err
	}
	defer staged.Abort()
	files := w.Files(f.sizes)
	m := worldManifest{
		Kind: worldKind, Version: harness.Version, Seed: w.Seed, Null: w.Null, People: w.People, Things: w.Things, Sizes: f.sizes,
	}
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		src, err := writeWorldFile(staged.Dir(), file)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, src)
		fmt.Fprintf(c.out, "%9s  %-32s %s\n", byteCount(src.Bytes), file.Name, file.About)
	}
	tokenizer, err := bpe.TrainWords(slices.Values([]string{world.Join(w.Vocabulary())}))
	if err == nil {
		err = tokenizer.Save(staged.Dir())
	}
	if err != nil {
		return err
	}
	readme := w.ReadMe(files)
	if err := outfile.WriteBytes(filepath.Join(staged.Dir(), "README.txt"), []byte(readme)); err != nil {
		return err
	}
	data, err := json.Marshal(&m, jsontext.WithIndent("  "), json.Deterministic(true))
	if err != nil {
		return err
	}
	if err := outfile.WriteBytes(filepath.Join(staged.Dir(), worldManifestFile), append(data, '\n')); err != nil {
		return err
	}
	if err := staged.Commit(); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%d words in the vocabulary; %s describes the files\n", tokenizer.Size(), filepath.Join(f.out, "README.txt"))
	return nil
}

// writeWorldFile writes a file into the folder of a world.
func writeWorldFile(dir string, file world.File) (harness.Source, error) {
	path := filepath.Join(dir, filepath.FromSlash(file.Name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return harness.Source{}, err
	}
	sum := sha256.New()
	n := &counter{}
	err := outfile.Write(path, func(w io.Writer) error { return file.Write(io.MultiWriter(w, sum, n)) })
	return harness.Source{Name: file.Name, SHA256: hex.EncodeToString(sum.Sum(nil)), Bytes: n.n}, err
}

// worldManifestFile marks a world's folder as complete.
const worldManifestFile = "manifest.json"

// counter counts bytes.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}
