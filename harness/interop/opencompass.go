package interop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/metrics"
)

const (
	higher = metrics.HigherIsBetter
	lower  = metrics.LowerIsBetter
)

// OpenCompass reads an output folder of OpenCompass: results/MODEL/DATASET.json with details
// (--dump-eval-details), and predictions/MODEL/DATASET.json for the texts. A data set is a suite.
func OpenCompass() Importer {
	return Importer{
		Name:   "opencompass",
		Short:  "OpenCompass with --dump-eval-details: the folder of a run, with predictions/ and results/",
		Own:    true,
		Deep:   func(name string) bool { return strings.HasSuffix(name, ".json") },
		Import: importOpenCompass,
	}
}

const compassCorrect = "correct"

// compassDetail is an answer in the details of a result.
type compassDetail struct {
	Prompt     jsontext.Value `json:"prompt"`
	Origin     jsontext.Value `json:"origin_prompt"`
	Prediction jsontext.Value `json:"predictions"`
	Pred       jsontext.Value `json:"pred"`
	References jsontext.Value `json:"references"`
	Answer     jsontext.Value `json:"answer"`
	Correct    jsontext.Value `json:"correct"`
}

type compassPrediction struct {
	Prompt     jsontext.Value `json:"origin_prompt"`
	Prediction jsontext.Value `json:"prediction"`
	Gold       jsontext.Value `json:"gold"`
}

type compassImport struct {
	*book
}

func importOpenCompass(ctx context.Context, paths []string, opt Options, out Sink) error {
	files, b, err := begin(OpenCompass(), paths, opt, out)
	if err != nil {
		return err
	}
	im := &compassImport{b}
	var results []string
	for _, p := range files {
		if filepath.Base(filepath.Dir(filepath.Dir(p))) == "results" {
			results = append(results, p)
		}
	}
	if len(results) == 0 {
		return fmt.Errorf("%s: no results/MODEL/DATASET.json found; name the folder of a run of OpenCompass", strings.Join(paths, ", "))
	}
	if err := eachFile(ctx, results, opt, out, func(path string) error { return im.result(ctx, path) }); err != nil {
		return err
	}
	return im.close()
}

// stem is a data set's name without the number of its part.
func stem(path string) string { return strings.TrimSuffix(filepath.Base(path), ".json") }

func (im *compassImport) result(ctx context.Context, path string) error {
	suite, model := stem(path), filepath.Base(filepath.Dir(path))
	predictions, err := im.predictions(path, model)
	if err != nil {
		return err
	}
	totals := map[string]jsontext.Value{}
	skipped, err := im.inDocument(path, "no details, and so no scores of single answers; run OpenCompass with --dump-eval-details", func(d *document, t *tally) error {
		return d.members(func(name string) error {
			if name != "details" {
				var v jsontext.Value
				err := d.decode(&v)
				totals[name] = v
				return err
			}
			return eachDetail(d, func(id string) error {
				return decodeRow(ctx, d, t, func(detail *compassDetail) error { return im.detail(suite, model, id, detail, predictions[id]) })
			})
		})
	})
	if err == nil && skipped == 0 {
		im.aggregates(suite, model, path, totals)
	}
	return err
}

// eachDetail passes on the names of details, which are numbers: members of an object, or places
// in an array.
func eachDetail(d *document, take func(id string) error) error {
	if d.PeekKind() == '[' {
		n := -1
		return d.elements(func() error { n++; return take(strconv.Itoa(n)) })
	}
	return d.members(func(id string) error {
		if d.PeekKind() != '{' { // "type" says which evaluator it was
			return d.skip()
		}
		return take(id)
	})
}

// predictions reads the file of predictions that belongs to a result, if it is there.
func (im *compassImport) predictions(result, model string) (map[string]compassPrediction, error) {
	path := filepath.Join(filepath.Dir(filepath.Dir(filepath.Dir(result))), "predictions", model, filepath.Base(result))
	files, err := Walk([]string{filepath.Dir(path)}, func(name string) bool { return name == filepath.Base(path) })
	if err != nil || len(files) == 0 {
		return nil, nil // results have most of it too
	}
	all := map[string]compassPrediction{}
	return all, wholeDocument(path, im.out, &all)
}

// plainText is a text, or the messages of a conversation.
func plainText(raw jsontext.Value) string {
	if raw.Kind() != '[' {
		return strings.Join(texts(raw), "")
	}
	var turns []struct {
		Role   string `json:"role"`
		Prompt string `json:"prompt"`
	}
	if decodeValue(raw, &turns) != nil {
		return strings.Join(texts(raw), "\n")
	}
	var all []string
	for _, t := range turns {
		all = append(all, t.Prompt)
	}
	return strings.Join(all, "\n\n")
}

func (im *compassImport) detail(suite, model, id string, d *compassDetail, p compassPrediction) error {
	a := &answer{suite: suite, example: id, model: model}
	for _, raw := range []jsontext.Value{p.Prompt, d.Origin, d.Prompt} {
		if a.input == "" && len(raw) > 0 {
			a.input = plainText(raw)
		}
	}
	for _, raw := range []jsontext.Value{p.Gold, d.References, d.Answer} {
		if a.references == nil {
			a.references = texts(raw)
		}
	}
	for _, raw := range []jsontext.Value{p.Prediction, d.Prediction, d.Pred} {
		if a.text == nil && raw.Kind() == '"' {
			a.text = new(texts(raw)[0])
		}
	}
	if len(d.Correct) == 0 {
		return errors.New("no member \"correct\"; only data sets that are judged right or wrong have scores of single answers")
	}
	raw := d.Correct
	if raw.Kind() == '[' { // one for each of several references or draws
		var list []jsontext.Value
		if err := decodeValue(raw, &list); err != nil || len(list) == 0 {
			return errors.New("the member \"correct\" is an empty list; get the complete file")
		}
		for i, v := range list {
			b := *a
			b.sample, b.text = i, nil
			if err := im.correct(&b, v); err != nil {
				return err
			}
		}
		return nil
	}
	return im.correct(a, raw)
}

func (im *compassImport) correct(a *answer, raw jsontext.Value) error {
	m := im.metric(a.suite, compassCorrect, form{kind: new(metrics.Proportion), direction: new(higher), lo: new(0.0), hi: new(1.0)})
	s, err := scoreOf(m, raw)
	if err != nil {
		return fmt.Errorf("correct: %w", err)
	}
	a.scores = []score{s}
	return im.add(a)
}

// aggregates notes the accuracy, which OpenCompass prints in percent.
func (im *compassImport) aggregates(suite, model, path string, totals map[string]jsontext.Value) {
	for _, name := range slices.Sorted(maps.Keys(totals)) {
		if name != "accuracy" && name != "score" {
			continue
		}
		if x, missing, err := valueOf(totals[name]); err == nil && missing == "" {
			im.printed = append(im.printed, printed{cellKey: cellKey{suite: suite, model: model, metric: compassCorrect}, value: x / 100, path: path})
			return
		}
	}
}
