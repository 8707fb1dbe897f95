package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/place"
	"assay/metrics"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
	"assay/suites/datafile"
)

// AlpacaEval reads AlpacaEval's annotations.json (two outputs and a preference)
// and its model_outputs.json (outputs only). generator_1 is the baseline. An
// output may be repeated in another file, or in every annotation of it, if its
// text is the same.
func AlpacaEval() Importer {
	return Importer{
		Name:   "alpaca-eval",
		Short:  "AlpacaEval's annotations.json and model_outputs.json files",
		Import: importAlpacaEval,
	}
}

// alpacaRow is one element of either file. Pointers distinguish an absent member from
// an empty one.
type alpacaRow struct {
	Instruction *string        `json:"instruction"`
	Input       *string        `json:"input"` // AlpacaFarm's
	Dataset     *string        `json:"dataset"`
	Output1     *string        `json:"output_1"`
	Generator1  *string        `json:"generator_1"`
	Output2     *string        `json:"output_2"`
	Generator2  *string        `json:"generator_2"`
	Annotator   *string        `json:"annotator"`
	Preference  jsontext.Value `json:"preference"`
	Output      *string        `json:"output"`
	Generator   *string        `json:"generator"`
}

// decodeAlpaca reads an element. Its errors have their line.
func decodeAlpaca(path string, line int, value []byte) (*alpacaRow, error) {
	row := new(alpacaRow)
	if err := datafile.Decode(value, row); err != nil {
		if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
			line += bytes.Count(value[:min(int(syntactic.ByteOffset), len(value))], []byte("\n"))
		}
		return nil, place.At(path, line, memberError(err))
	}
	return row, nil
}

// text is the instruction with its input. An element without an instruction is an error.
func (r *alpacaRow) text() (string, error) {
	if r.Instruction == nil {
		return "", absent{"instruction", "an annotation has instruction, output_1, output_2, generator_1, generator_2 and preference; a model output has instruction, output and generator"}
	}
	return suites.Instruction(*r.Instruction, deref(r.Input)), nil
}

func importAlpacaEval(ctx context.Context, paths []string, opt Options, out Sink) error {
	files, err := Expand(paths)
	if err != nil {
		return err
	}
	var found []string
	for _, path := range files {
		if filepath.Ext(path) != ".json" && !slices.Contains(paths, path) {
			out.Notice("%s: skipped, because it is not a .json file", path)
			continue
		}
		found = append(found, path)
	}
	if len(found) == 0 {
		return fmt.Errorf("%s: no .json file found; name annotations.json or model_outputs.json files, or their folder", strings.Join(paths, ", "))
	}
	return eachFile(ctx, found, opt, out, func(path string) error { return readAlpaca(ctx, path, opt, out) })
}

// alpacaFile is a file being read.
type alpacaFile struct {
	path    string
	opt     Options
	out     Sink
	outputs map[string]bool // ids of the file's own outputs
	// unnamed reports whether some outputs had no generator, named whether some had one.
	unnamed, named bool
}

func readAlpaca(ctx context.Context, path string, opt Options, out Sink) error {
	f, err := open(path, out.Progress())
	if err != nil {
		return err
	}
	defer f.Close()
	file := alpacaFile{path: path, opt: opt, out: out, outputs: map[string]bool{}}
	tally := newTally(path, f, longestRow, opt)
	err = jsonArray(path, tally.in, func(line int, value []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, err := decodeAlpaca(path, line, value)
		if err == nil {
			err = nullMember(row.emit(&file), value)
		}
		return tally.took(line, err)
	})
	if file.unnamed {
		out.Notice("%s: its outputs name no generator; the model is called %s after the file", path, file.model())
	}
	return tally.end(err, "the array is empty; get a complete copy of the file", f, out)
}

// model names the model of outputs that name none.
func (f *alpacaFile) model() string {
	return strings.TrimSuffix(filepath.Base(f.path), filepath.Ext(f.path))
}

// absent is the error of a missing member.
type absent struct{ member, remedy string }

func (a absent) Error() string { return fmt.Sprintf("no member %q; %s", a.member, a.remedy) }

func (r *alpacaRow) emit(f *alpacaFile) error {
	input, err := r.text()
	if err != nil {
		return err
	}
	ex := suites.NewExample(names.WinRateSuite, input, nil, deref(r.Dataset))
	if r.Output != nil && r.Output1 == nil {
		return r.output(ex, f)
	}
	const all = "an annotation has output_1, generator_1, output_2, generator_2 and preference"
	for _, m := range []struct {
		name  string
		value *string
	}{{"output_1", r.Output1}, {"generator_1", r.Generator1}, {"output_2", r.Output2}, {"generator_2", r.Generator2}} {
		if m.value == nil {
			return absent{m.name, all}
		}
	}
	if *r.Generator1 == *r.Generator2 {
		return fmt.Errorf("generator_1 and generator_2 are both %q; a model can't be its own baseline", *r.Generator1)
	}
	j, err := r.judgement(ex, f.opt)
	if err != nil {
		return err
	}
	if err := f.out.Example(ex); err != nil {
		return err
	}
	// The baseline's output is repeated for every model that it is compared with.
	if err := completion(ex, *r.Generator1, *r.Output1, f.out); err != nil {
		return err
	}
	if err := completion(ex, *r.Generator2, *r.Output2, f.out); err != nil {
		return err
	}
	if err := f.out.Judgement(j); err != nil {
		if errors.Is(err, ErrDuplicate) || errors.Is(err, ErrConflict) {
			return fmt.Errorf("%w of this instruction's annotation of %q against %q%s; remove one of them", err, j.Model, j.Baseline, by(j.Labeler))
		}
		return err
	}
	return nil
}

// by names an annotator, if there is one.
func by(labeler string) string {
	if labeler == "" {
		return ""
	}
	return fmt.Sprintf(" by %q", labeler)
}

// output takes an element of model_outputs.json. AlpacaFarm's files name no generator.
func (r *alpacaRow) output(ex suites.Example, f *alpacaFile) error {
	model := f.model()
	if r.Generator != nil {
		model = *r.Generator
	}
	switch {
	case r.Generator == nil && f.named:
		return absent{"generator", "it names the model, for all outputs of a file or for none"}
	case r.Generator != nil && f.unnamed:
		return errors.New(`outputs without a generator came before; name it for all outputs of a file or for none`)
	}
	id := completionID(model, ex.Input)
	if f.outputs[id] {
		return fmt.Errorf("%w of %q's output for the same instruction in one file; remove one of them", ErrDuplicate, model)
	}
	f.outputs[id] = true
	if err := f.out.Example(ex); err != nil {
		return err
	}
	f.named, f.unnamed = r.Generator != nil, r.Generator == nil
	return completion(ex, model, *r.Output, f.out)
}

func completionID(model, input string) string {
	return models.CompletionID("recorded:"+model, input, "", 0, 0)
}

func completion(ex suites.Example, model, text string, out Sink) error {
	if model == "" {
		return errors.New("a generator's name is empty; name the model")
	}
	err := out.Completion(models.Completion{
		ID: completionID(model, ex.Input), Suite: ex.Suite, Example: ex.ID, Model: model, Text: text,
	})
	switch {
	case errors.Is(err, ErrDuplicate):
		return nil
	case errors.Is(err, ErrConflict):
		return fmt.Errorf("%w: %q has another output for the same instruction earlier; keep one of the two", err, model)
	}
	return err
}

// judgement turns a preference from 1 (the baseline's output) to 2 (the
// model's) into the model's score from 0 to 1. 0 and 1.5 are draws; null means
// that the annotator gave none.
func (r *alpacaRow) judgement(ex suites.Example, opt Options) (metrics.Judgement, error) {
	j := metrics.Judgement{
		Suite: ex.Suite, Example: ex.ID, Model: *r.Generator2, Baseline: *r.Generator1,
		Metric: names.WinRate, Judge: deref(r.Annotator), Labeler: deref(r.Annotator),
	}
	if opt.Judge != "" {
		j.Judge = opt.Judge
	}
	if r.Preference == nil {
		return j, absent{"preference", "write null where the annotator gave none"}
	}
	if r.Preference.Kind() == 'n' {
		j.Missing = "the annotator gave no preference"
		return j, nil
	}
	p, err := strconv.ParseFloat(string(r.Preference), 64)
	switch {
	case err == nil && p == 0:
		j.Value = []float64{0.5}
	case err == nil && p >= 1 && p <= 2:
		j.Value = []float64{p - 1}
	default:
		return j, fmt.Errorf("preference %.40q; write a number from 1 (generator_1 is better) to 2 (generator_2 is better), 0 or 1.5 for a draw, or null if there is none", string(r.Preference))
	}
	return j, nil
}
