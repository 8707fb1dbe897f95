package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"assay/fixtures/world"
	"assay/harness/runstore"
	"assay/harness/training/data"
	"assay/metrics/names"
	"assay/suites"
	"assay/suites/catalog"
	"assay/suites/judge"
)

type rankFlags struct {
	out      string
	group    string
	labelers int
	most     int
	seed     uint64
}

func newWorldRank(c console) *cobra.Command {
	var f rankFlags
	cmd := &cobra.Command{
		Use:   "rank PROMPTS.jsonl RUN|RESPONSES.jsonl... -o COMPARISONS.jsonl",
		Short: "Have simulated labelers rank responses, to train a reward model",
		Long: `Have the small world's simulated labelers rank responses to its prompts. The output has
a line per ranking, for 'assay train reward':

  {"prompt": "...", "responses": ["...", "..."], "ranks": [1, 2, 2, 3], "labeler": "labeler 02"}

A lower rank is better; equal ranks are ties.

PROMPTS.jsonl is a file of prompts in a world's folder. Responses come from runs of the
suite world (several models, or "samples: 4" in the plan), or from JSON lines:

  {"prompt": "...", "responses": ["...", "..."], "ended": [true, false]}

"ended" is optional; false marks a response that was cut off. All responses to a prompt
are ranked together. A prompt needs at least 4; from more than 9, the seed draws 9.

The training labelers passed a screening as in appendix B of the InstructGPT paper. The
held-out labelers label no training data: use them for test data.`,
		Example: `  assay run sample.yaml -o samples
  assay world rank town/prompts/train.jsonl samples -o comparisons.jsonl
  assay world rank town/prompts/validation.jsonl samples -o test.jsonl --labelers held-out --each 4`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return errors.New("world rank needs a file of prompts, and a run or a file with responses; see 'assay world rank --help'")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return rankResponses(cmd.Context(), c, args[0], args[1:], f)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "file to write (required)")
	flags.StringVar(&f.group, "labelers", judge.TrainingGroup, "who ranks: training or held-out labelers, or gold for the exact rules without noise")
	flags.IntVar(&f.labelers, "each", 1, "number of labelers per prompt")
	flags.IntVar(&f.most, "most", judge.MostRanked, "responses per ranking, 4 to 9")
	flags.Uint64Var(&f.seed, "seed", 0, "seed for choosing labelers and responses; a labeler's ranks don't depend on it")
	return cmd
}

// check returns the labelers that the flags name.
func (f *rankFlags) check() (judge.Group, error) {
	if f.out == "" {
		return judge.Group{}, errors.New("world rank needs -o COMPARISONS.jsonl, the file to write; see 'assay world rank --help'")
	}
	if err := oneOf("labelers", f.group, judge.TrainingGroup, judge.HeldOutGroup, judge.GoldName); err != nil {
		return judge.Group{}, err
	}
	if f.most < judge.LeastRanked || f.most > judge.MostRanked {
		return judge.Group{}, fmt.Errorf("--most %d: must be from %d to %d", f.most, judge.LeastRanked, judge.MostRanked)
	}
	g, err := judge.HeldOut(), error(nil)
	switch f.group {
	case judge.TrainingGroup:
		g, err = judge.Training()
	case judge.GoldName:
		g = judge.GoldGroup()
	}
	if err == nil && (f.labelers < 1 || f.labelers > len(g.Labelers)) {
		err = fmt.Errorf("--each %d: must be from 1 to %d, the number of %s labelers", f.labelers, len(g.Labelers), g.Name)
	}
	return g, err
}

func rankResponses(ctx context.Context, c console, prompts string, sources []string, f rankFlags) error {
	group, err := f.check()
	if err != nil {
		return err
	}
	read, err := catalog.ReadWorldPrompts(prompts)
	if err != nil {
		return err
	}
	town := judge.NewTown(read.World, read.Prompts)
	collected := responses{town: town, byText: map[string][]world.Response{}, texts: map[string]string{}}
	for i := range read.Prompts {
		text := read.Prompts[i].Text
		collected.texts[suites.ExampleID(names.World, text)] = text
	}
	for _, path := range sources {
		if err := collected.read(ctx, path); err != nil {
			return err
		}
	}
	if n := collected.missing; n > 0 {
		c.notice("%d completions are missing in the runs and are not ranked", n)
	}
	if n := collected.foreign; n > 0 {
		c.notice("%d responses are to prompts that are not in %s; they are skipped", n, prompts)
	}
	ranked, err := collected.rank(read.Prompts, group, &f)
	if err != nil {
		return err
	}
	if err := writeLines(f.out, ranked.rows); err != nil {
		return err
	}
	if ranked.few > 0 {
		c.notice("%d prompts have fewer than %d responses; they are skipped", ranked.few, judge.LeastRanked)
	}
	fmt.Fprintf(c.out, "%d rankings of %d prompts, %d pairs, %.1f%% of them ties, by %s labelers\n",
		len(ranked.rows), len(ranked.shown), ranked.pairs, 100*float64(ranked.ties)/float64(ranked.pairs), group.Name)
	if agreement, n := judge.Agreement(group.Labelers, ranked.shown, judge.ForTraining); n > 0 {
		fmt.Fprintf(c.out, "two %s labelers agree on %.1f%% of the pairs that both of them order\n", group.Name, 100*agreement)
	}
	return nil
}

// responses collects the responses to rank, by prompt.
type responses struct {
	town             *judge.Town
	texts            map[string]string // the prompts' texts by example id
	byText           map[string][]world.Response
	missing, foreign int
}

// read adds the responses of a run or of a file of lines.
func (r *responses) read(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s: no such file or folder; name a run, or a file of prompts with responses", path)
	}
	if info.IsDir() {
		return r.readRun(ctx, path)
	}
	if filepath.Base(path) == runstore.Completions().File() {
		return r.readRun(ctx, filepath.Dir(path))
	}
	return data.EachLine(path, r.line)
}

func (r *responses) readRun(ctx context.Context, dir string) error {
	of := 0
	for c, err := range runstore.Completions().Read(runstore.Dir(dir)) {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.Suite != names.World {
			continue
		}
		of++
		switch text, ok := r.texts[c.Example]; {
		case !ok:
			r.foreign++
		case c.Missing != "":
			r.missing++
		default:
			r.byText[text] = append(r.byText[text], world.Response{Text: c.Text, Ended: c.Finish != "length"})
		}
	}
	if of == 0 {
		return fmt.Errorf("%s: no completions of the suite world; run a plan with this suite", dir)
	}
	return nil
}

func (r *responses) line(text []byte) error {
	var row struct {
		Prompt    string   `json:"prompt"`
		Responses []string `json:"responses"`
		Ended     []bool   `json:"ended"`
	}
	if err := json.Unmarshal(text, &row); err != nil || row.Prompt == "" || len(row.Responses) == 0 {
		return errors.New(`a line needs a prompt and responses; write {"prompt": "...", "responses": ["...", "..."]}`)
	}
	if row.Ended != nil && len(row.Ended) != len(row.Responses) {
		return fmt.Errorf("%d responses but %d values in ended; write one for each response", len(row.Responses), len(row.Ended))
	}
	p, ok := r.town.Prompt(row.Prompt)
	if !ok {
		r.foreign += len(row.Responses)
		return nil
	}
	for i, response := range row.Responses {
		r.byText[p.Text] = append(r.byText[p.Text], world.Response{Text: response, Ended: row.Ended == nil || row.Ended[i]})
	}
	return nil
}

// rankings are the labelers' rankings and their counts.
type rankings struct {
	rows             []judge.Ranking
	shown            [][]judge.Shown
	few, pairs, ties int
}

func (r *responses) rank(prompts []world.Prompt, g judge.Group, f *rankFlags) (*rankings, error) {
	out := &rankings{}
	for i := range prompts {
		p := &prompts[i]
		all := r.byText[p.Text]
		if len(all) < judge.LeastRanked {
			if len(all) > 0 {
				out.few++
			}
			continue
		}
		rows, shown := r.town.Rank(p, all, g, f.labelers, f.most, f.seed)
		out.rows = append(out.rows, rows...)
		out.shown = append(out.shown, shown)
		for _, row := range rows {
			for a := range row.Ranks {
				for b := range a {
					out.pairs++
					if row.Ranks[a] == row.Ranks[b] {
						out.ties++
					}
				}
			}
		}
	}
	if len(out.rows) == 0 {
		return nil, fmt.Errorf("no prompt has at least %d responses; generate more samples of each", judge.LeastRanked)
	}
	return out, nil
}
