package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"assay/harness"
	"assay/harness/leaf/place"
	"assay/harness/local"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/harness/session"
	"assay/harness/training"
	"assay/models"
	"assay/models/bpe"
	"assay/models/compute/kernels"
	"assay/models/train"
	"assay/models/train/corpus"
)

type trainFlags struct {
	out  string
	data string
	dry  bool
}

func newTrain(c console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train a model: pretraining, fine-tuning, reward models and PPO",
		Long: `Train a GPT on this machine's CPU. The model is written to DIR/model in Hugging Face's
layout; 'assay report DIR' draws the curves. To resume an interrupted training, rerun
the same command: the final weights are the same, bit for bit.

Data, lengths, memory and disk space are checked before the first step. --dry-run stops
after these checks and estimates steps, tokens, memory and hours.`,
		Example: `  assay train pretrain shakespeare.yaml -o gpt
  assay train sft demonstrations.yaml -o sft
  assay train reward comparisons.yaml -o rm
  assay train ppo ppo.yaml -o ppo
  assay train sft demonstrations.yaml --dry-run`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		newTrainKind(c, plan.Pretrain, "Pretrain a GPT on text", `  seed: 1
  model: {layers: 4, heads: 4, width: 128, context: 64}
  tokenizer: {kind: bpe, size: 4096}   # or bytes, characters, words; or folder: DIR
  data: {text: [input.txt], validation_share: 0.1}
  batch: 12
  steps: 2000
  optimizer: {learning_rate: 1e-3, warmup: 100, decay: 0.1}
  evaluate: {every: 250}`),
		newTrainKind(c, plan.SFT, "Fine-tune a model on demonstrations (SFT)", `  init: gpt/model
  data: {demonstrations: [train.jsonl], validation: [valid.jsonl]}   # {"prompt": "...", "completion": "..."}
  batch: 32          # long: drop under data leaves out rows beyond the context
  epochs: 16
  dropout: 0.2
  optimizer: {learning_rate: 1e-4, warmup: 10}
  evaluate: {every: 100}`),
		newTrainReward(c), newTrainPPO(c))
	return cmd
}

func newTrainKind(c console, kind plan.TrainKind, short, example string) *cobra.Command {
	var f trainFlags
	cmd := &cobra.Command{
		Use:     string(kind) + " CONFIG.yaml -o DIR",
		Short:   short,
		Long:    short + ". A configuration:\n\n" + example + "\n\nEvery field: go doc ./harness/plan Train.",
		Example: fmt.Sprintf("  assay train %s config.yaml -o model\n  ASSAY_CPU=avx2 assay train %s config.yaml -o model", kind, kind),
		Args:    exactly(1, "train "+string(kind)+" needs one configuration"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTrain(cmd.Context(), c, kind, args[0], f)
		},
	}
	f.add(cmd)
	return cmd
}

func (f *trainFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.out, "out", "o", "", "folder of the training (required)")
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "check everything and estimate steps, tokens, memory and hours; train nothing")
	cmd.Flags().StringVar(&f.data, "data", os.Getenv("ASSAY_DATA"), "folder of data sets (default: $ASSAY_DATA)")
}

func runTrain(ctx context.Context, c console, kind plan.TrainKind, path string, f trainFlags) error {
	w := &trainWiring{kind: kind, trainFolder: f.folder(path)}
	var err error
	if w.plan, err = plan.ReadTrain(path, kind); err != nil {
		return err
	}
	if err := w.resolve(); err != nil {
		return err
	}
	return w.train(ctx, c, kind, w.job)
}

// trainFolder is a training's plan, the files that it reads, and the folder that it
// writes.
type trainFolder struct {
	path    string // the plan's
	out     string
	data    string // folder of data sets
	sources []harness.Source
	closers []func() error
	notes   training.Notes // of what was done to the data
	sizes   trainSizes
	cost    trainCost
	dry     bool // nothing is trained: see preview
}

func (f *trainFlags) folder(path string) trainFolder {
	return trainFolder{path: path, out: f.out, data: f.data, dry: f.dry}
}

// train runs a training, whose parts job puts together, in its folder.
func (w *trainFolder) train(ctx context.Context, c console, kind plan.TrainKind, job func(*kernels.CPU) (*training.Job, error)) error {
	return w.within(kind, func(cpu *kernels.CPU) error {
		j, err := job(cpu)
		if err != nil {
			return err
		}
		if w.dry {
			return w.preview(ctx, c, j)
		}
		if err := w.begin(c, runstore.Dir(w.out), j); err != nil {
			return err
		}
		result, err := training.Run(ctx, runstore.Dir(w.out), j, &trainWatch{console: c, kind: string(kind)})
		if err != nil {
			return err
		}
		return concludeTrain(c, w.out, result)
	})
}

// begin wants room for a training in a folder, unless it is finished, and says what was
// done to its data.
func (w *trainFolder) begin(c console, dir runstore.Dir, j *training.Job) error {
	if done, err := training.Finished(dir, j); err != nil || done {
		return err
	}
	memory, err := w.cost.fits(string(dir))
	if err != nil {
		return err
	}
	training.LimitGarbage(memory)
	w.tell(c)
	return nil
}

// tell says what was done to the data, and to the plan.
func (w *trainFolder) tell(c console) {
	for _, line := range w.notes.Lines() {
		c.notice("%s", line)
	}
	w.notes = training.Notes{} // the trainings of a cross-validation have the same
}

// within works in the folder, which it makes if need be.
func (w *trainFolder) within(kind plan.TrainKind, work func(*kernels.CPU) error) error {
	if w.dry {
		if entries, err := os.ReadDir(w.out); err == nil && len(entries) > 0 {
			if err := w.session().Check(); err != nil {
				return err
			}
		}
		dir, err := os.MkdirTemp("", "assay-dry-run-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		w.out = dir
	}
	if w.out == "" {
		return fmt.Errorf("train %s needs -o DIR, the folder to write; see 'assay train %s --help'", kind, kind)
	}
	path, err := kernels.Choose(os.Getenv("ASSAY_CPU"))
	if err != nil {
		return err
	}
	cpu := kernels.New(path, 0)
	defer cpu.Close()
	return w.session().Work(func(runstore.Dir) (err error) {
		defer func() {
			for _, end := range w.closers {
				err = errors.Join(err, end())
			}
		}()
		return work(cpu)
	})
}

// session is the folder of a training. One without steps is worth nothing.
func (w *trainFolder) session() session.Folder {
	return session.Folder{Path: w.out, Scratch: []string{trainTokens, validationTokens, textTokens}, Holds: training.Holds}
}

// Names of token files in a training's folder.
const trainTokens, validationTokens, textTokens = "train.tokens", "validation.tokens", "text.tokens"

// files finds files of the plan, in their place, and notes what they hold.
func (w *trainFolder) files(line int, names []string) error {
	for i, name := range names {
		found, err := w.find(line, name)
		if err != nil {
			return err
		}
		names[i] = found
		src, err := harness.FileSource(found)
		if err != nil {
			return err
		}
		w.sources = append(w.sources, src)
	}
	return nil
}

// tellTokenizer notes what about a tokenizer may surprise.
func (w *trainFolder) tellTokenizer(dir string, t *bpe.Tokenizer) {
	for _, line := range t.Notices() {
		w.notes.Say(dir + ": " + line)
	}
}

// checkpoint finds a model's folder, in its place, and notes what its files hold.
func (w *trainFolder) checkpoint(line int, folder *string) error {
	if *folder == "" {
		return nil
	}
	found, err := w.find(line, *folder)
	if err != nil {
		return err
	}
	*folder = found
	sources, err := local.Files(found)
	w.sources = append(w.sources, sources...)
	return err
}

// find looks for a file or a folder, which a line of the plan names (0 is not known),
// beside the plan and below the data folder.
func (w *trainFolder) find(line int, name string) (string, error) {
	places := []string{name}
	if !filepath.IsAbs(name) {
		places = []string{filepath.Join(filepath.Dir(w.path), name)}
		if w.data != "" {
			places = append(places, filepath.Join(w.data, name))
		}
	}
	for _, place := range places {
		if _, err := os.Stat(place); err == nil {
			return place, nil
		}
	}
	if line > 0 {
		return "", place.Errorf(w.path, line, "no %s; looked for %q", name, places)
	}
	return "", fmt.Errorf("%s: no %s; looked for %q", w.path, name, places)
}

// tokens writes a token file of texts into the folder.
func (w *trainFolder) tokens(name string, t *bpe.Tokenizer, texts []string) (*corpus.Tokens, error) {
	tokens, err := training.WriteTokens(filepath.Join(w.out, name), t, texts)
	if err == nil {
		w.closers = append(w.closers, tokens.Close)
	}
	return tokens, err
}

// text is windows of pretraining text, of whatever is trained besides.
func (w *trainFolder) text(t *bpe.Tokenizer, texts []string, p plan.Pretraining, context int, seed uint64) (train.Batches, error) {
	tokens, err := w.tokens(textTokens, t, texts)
	if err != nil {
		return nil, err
	}
	if p.Context > 0 {
		context = min(context, p.Context)
	}
	w.sizes.data += fmt.Sprintf(", %d tokens of text", tokens.Len())
	windows := &corpus.Windows{Tokens: tokens, Rows: p.Rows, Time: context, Seed: seed}
	return windows.Batch, windows.Check()
}

// versionsOn describes the running program and the CPU path of a training.
func versionsOn(cpu *kernels.CPU) harness.Versions {
	v := harness.CurrentVersions()
	v.CPU += " " + cpu.Path().String()
	return v
}

// trainedInfo describes the model of a training's folder; its fingerprint is all that
// makes its weights.
func trainedInfo(out string, canonical []byte, sources []harness.Source, parameters int) models.Info {
	h := sha256.New()
	h.Write(canonical)
	for _, s := range sources {
		h.Write([]byte(s.SHA256))
	}
	return models.Info{
		Name: filepath.Base(filepath.Clean(out)), Parameters: float64(parameters),
		Fingerprint: "trained:" + hex.EncodeToString(h.Sum(nil)[:16]),
	}
}
