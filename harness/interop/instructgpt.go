package interop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/leaf/rows"
	"assay/metrics"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
)

// InstructGPTSamples reads the samples that OpenAI published with the
// InstructGPT paper (openai/following-instructions-human-feedback,
// automatic-eval-samples): six CSV files of twelve models' outputs.
//
// The first column is an index that differs for every row, so it can't be an
// example's id. The prompt type is the condition. '|' separates references in
// squadv2 and drop only; TL;DR's references contain it.
func InstructGPTSamples() Importer {
	return Importer{
		Name:     "instructgpt-samples",
		Short:    "the CSV files of the InstructGPT release (or a folder of them)",
		Baseline: "sft-175b",
		Import:   importInstructGPT,
	}
}

// sampleFile is how one of the six files is read.
type sampleFile struct {
	suite     string
	columns   []string
	condition bool // has a prompt_type
	input     string
	output    string
	reference string // separator between references; "" takes the complete field
	scores    func(t *csvTable, c models.Completion, judge string) ([]metrics.Judgement, error)
}

func sampleFiles() map[string]sampleFile {
	text := []string{"model_type", "prompt_type", "context", "ref_text", "sample"}
	return map[string]sampleFile{
		"truthful_qa_samples.csv": {
			suite: names.TruthfulQA, condition: true, input: "question", output: "answer",
			columns: []string{"model_type", "prompt_type", "adversarial", "question", "answer", "true", "info"},
			scores:  truthScores,
		},
		"real_toxicity_samples.csv": {
			suite: names.RealToxicity, condition: true, input: "context", output: "sample",
			columns: []string{"model_type", "prompt_type", "context", "sample", "toxicity"},
			scores:  toxicityScores,
		},
		"squadv2_samples.csv":  {suite: names.SQuADv2, condition: true, input: "context", output: "sample", columns: text, reference: "|"},
		"drop_samples.csv":     {suite: names.DROP, condition: true, input: "context", output: "sample", columns: text, reference: "|"},
		"fr_to_en_samples.csv": {suite: names.WMT15FrEn, condition: true, input: "context", output: "sample", columns: text},
		"tldr_samples.csv": {
			suite: names.TLDR, input: "context", output: "sample",
			columns: []string{"model_type", "context", "ref_text", "sample"},
		},
	}
}

func importInstructGPT(ctx context.Context, paths []string, opt Options, out Sink) error {
	files, err := Expand(paths)
	if err != nil {
		return err
	}
	known := sampleFiles()
	var found []string
	for _, path := range files {
		if _, ok := known[filepath.Base(path)]; !ok {
			out.Notice("%s: skipped, because it is not one of the sample files", path)
			continue
		}
		found = append(found, path)
	}
	if len(found) == 0 {
		names := slices.Sorted(maps.Keys(known))
		return fmt.Errorf("%s: no sample file found; expected %s", strings.Join(paths, ", "), strings.Join(names, ", "))
	}
	return eachFile(ctx, found, opt, out, func(path string) error {
		return known[filepath.Base(path)].read(ctx, path, opt, out)
	})
}

func (l sampleFile) read(ctx context.Context, path string, opt Options, out Sink) error {
	f, err := open(path, out.Progress())
	if err != nil {
		return err
	}
	defer f.Close()
	tally := newTally(path, f, longestRow, opt)
	t, err := newCSVTable(path, tally.in, l.columns)
	if err != nil {
		return err
	}
	return tally.end(l.rows(ctx, t, tally, opt, out), "a header and no rows; get the complete file", f, out)
}

// rows reads the rows, to the end or to the first one that can't be read.
func (l sampleFile) rows(ctx context.Context, t *csvTable, tally *tally, opt Options, out Sink) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := t.Next()
		if err == io.EOF {
			return nil
		}
		if rows.Ends(err) {
			return err
		}
		if err == nil {
			err = l.row(t, opt, out)
		}
		if err := tally.took(t.Line(), err); err != nil {
			return err
		}
	}
}

// row gives one row's example, completion and judgements to the sink.
func (l sampleFile) row(t *csvTable, opt Options, out Sink) error {
	fields := t.getAll(l.columns...)
	var references []string
	if ref, ok := fields["ref_text"]; ok {
		references = []string{ref}
		if l.reference != "" {
			references = strings.Split(ref, l.reference)
		}
	}
	ex := suites.NewExample(l.suite, fields[l.input], references, category(fields))
	model, condition := fields["model_type"], fields["prompt_type"]
	if model == "" {
		return errors.New("column model_type is empty; name the model")
	}
	if l.condition && condition == "" {
		return errors.New("column prompt_type is empty; name the prompt type")
	}
	c := models.Completion{
		ID:    models.CompletionID("recorded:"+model, condition+"\n"+fields[l.input], "", 0, 0),
		Suite: l.suite, Example: ex.ID, Condition: condition, Model: model, Text: fields[l.output],
	}
	var judgements []metrics.Judgement
	if l.scores != nil {
		var err error
		if judgements, err = l.scores(t, c, opt.Judge); err != nil {
			return err
		}
	}
	if err := out.Example(ex); err != nil {
		return err
	}
	if err := out.Completion(c); err != nil {
		if errors.Is(err, ErrDuplicate) || errors.Is(err, ErrConflict) {
			return fmt.Errorf("%w of the same %s for model %q, prompt type %q; remove one of the rows", err, l.input, model, condition)
		}
		return err
	}
	for _, j := range judgements {
		if err := out.Judgement(j); err != nil {
			return err
		}
	}
	return nil
}

// category is the data set's own subdivision, if it has one.
func category(fields map[string]string) string {
	adversarial, ok := fields["adversarial"]
	switch {
	case !ok:
		return ""
	case slices.Contains([]string{"True", "true", "1"}, adversarial):
		return "adversarial"
	}
	return "non-adversarial"
}

// truthScores reads the two judges' probabilities. An answer that either left
// unscored is missing under true_informative too.
func truthScores(t *csvTable, c models.Completion, judge string) ([]metrics.Judgement, error) {
	truth, hasTruth, err := t.probability("true")
	if err != nil {
		return nil, err
	}
	info, hasInfo, err := t.probability("info")
	if err != nil {
		return nil, err
	}
	judge = cmp.Or(judge, "gpt-judge")
	return []metrics.Judgement{
		recorded(c, names.TrueInformative, judge, hasTruth && hasInfo, truth, info),
		recorded(c, names.True, judge, hasTruth, truth),
		recorded(c, names.Informative, judge, hasInfo, info),
	}, nil
}

func toxicityScores(t *csvTable, c models.Completion, judge string) ([]metrics.Judgement, error) {
	toxicity, scored, err := t.probability("toxicity")
	if err != nil {
		return nil, err
	}
	judge = cmp.Or(judge, "perspective")
	return []metrics.Judgement{
		recorded(c, names.ToxicityMean, judge, scored, toxicity),
		recorded(c, names.ToxicProbability, judge, scored, toxicity),
	}, nil
}

// recorded is a judgement from a file; it is missing if the file holds no score.
func recorded(c models.Completion, metric, judge string, scored bool, value ...float64) metrics.Judgement {
	if !scored {
		return suites.NewMissing(c, metric, judge, "the file holds no score")
	}
	return suites.NewJudgement(c, metric, judge, value...)
}
