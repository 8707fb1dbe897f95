package interop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/plural"
	"assay/metrics"
)

const (
	higher = metrics.HigherIsBetter
	lower  = metrics.LowerIsBetter
)

// OpenCompass reads an output folder of OpenCompass: results/MODEL/DATASET.json with details
// (--dump-eval-details), and predictions/MODEL/DATASET.json for the texts. A data set is a suite.
// Where the evaluator wrote no verdicts, those of AccEvaluator are repeated and checked.
func OpenCompass() Importer {
	return Importer{
		Name:   "opencompass",
		Short:  "OpenCompass, best with --dump-eval-details: the folder of a run, with predictions/ and results/",
		Own:    true,
		Deep:   func(name string) bool { return strings.HasSuffix(name, ".json") },
		Import: importOpenCompass,
	}
}

const compassCorrect = "correct"

// compassDetail is an answer in the details of a result. Evaluators have several names for the
// same: what was taken from the answer, the references, and the verdict.
type compassDetail struct {
	Prompt     jsontext.Value `json:"prompt"`
	Origin     jsontext.Value `json:"origin_prompt"`
	Prediction jsontext.Value `json:"predictions"`
	Pred       jsontext.Value `json:"pred"`
	References jsontext.Value `json:"references"`
	Answer     jsontext.Value `json:"answer"`
	Refr       jsontext.Value `json:"refr"`
	Correct    jsontext.Value `json:"correct"`
	IsCorrect  jsontext.Value `json:"is_correct"`
	Cascade    jsontext.Value `json:"cascade_correct"`
}

// verdict says whether the answer is right, or has one verdict for each of several draws. It is
// empty if the evaluator wrote none.
func (d *compassDetail) verdict() jsontext.Value {
	return firstValue(d.Correct, d.IsCorrect, d.Cascade)
}

// firstValue is the first that is there.
func firstValue(all ...jsontext.Value) jsontext.Value {
	for _, raw := range all {
		if len(raw) > 0 {
			return raw
		}
	}
	return nil
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
	f := &compassFile{compassImport: im, suite: suite, model: model, predictions: predictions}
	skipped, err := im.inDocument(path, "no details, and so no scores of single answers; run OpenCompass with --dump-eval-details", func(d *document, t *tally) error {
		err := d.members(func(name string) error {
			if name != "details" {
				var v jsontext.Value
				err := d.decode(&v)
				totals[name] = v
				return err
			}
			return eachDetail(d, func(id string) error {
				return decodeRow(ctx, d, t, func(detail *compassDetail) error { return f.detail(id, detail) })
			})
		})
		if err == nil && t.read+t.skipped == 0 {
			err = f.withoutDetails(t)
		}
		if err == nil {
			return f.byEquality(t, totals)
		}
		if len(f.unjudged) > 0 {
			t.read = 0 // none of the rows is kept, as the accuracy is not known
		}
		return err
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

// compassFile is a file of results that is being read.
type compassFile struct {
	*compassImport
	suite, model string
	predictions  map[string]compassPrediction
	judged       bool             // the details have verdicts
	unjudged     []compassCompare // they don't
	bytes        int              // of the texts of unjudged
}

// compassCompare is an answer without a verdict, and whether it equals its reference.
type compassCompare struct {
	answer *answer
	equal  bool
}

func (f *compassFile) detail(id string, d *compassDetail) error {
	p := f.predictions[id]
	a := &answer{suite: f.suite, example: id, model: f.model}
	for _, raw := range []jsontext.Value{p.Prompt, d.Origin, d.Prompt} {
		if a.input == "" && len(raw) > 0 {
			a.input = plainText(raw)
		}
	}
	for _, raw := range []jsontext.Value{p.Gold, d.References, d.Answer, d.Refr} {
		if a.references == nil {
			a.references = texts(raw)
		}
	}
	for _, raw := range []jsontext.Value{p.Prediction, d.Prediction, d.Pred} {
		if a.text == nil && raw.Kind() == '"' {
			a.text = new(texts(raw)[0])
		}
	}
	raw := d.verdict()
	if len(raw) == 0 {
		return f.unjudge(a, firstValue(d.Prediction, d.Pred, p.Prediction), firstValue(d.References, d.Answer, d.Refr, p.Gold))
	}
	if len(f.unjudged) > 0 {
		return errors.New("a member \"correct\", which the details before have not; get the complete file")
	}
	f.judged = true
	if raw.Kind() == '[' { // one for each of several references or draws
		var list []jsontext.Value
		if err := decodeValue(raw, &list); err != nil || len(list) == 0 {
			return errors.New("the member \"correct\" is an empty list; get the complete file")
		}
		for i, v := range list {
			b := *a
			b.sample = i
			if len(list) > 1 {
				b.text = f.draw(id, i, len(list))
			}
			if err := f.correct(&b, v); err != nil {
				return err
			}
		}
		return nil
	}
	return f.correct(a, raw)
}

// draw is the text of one of several draws, if the predictions have it: they have the first draw
// of all examples, then the second of all, and so on.
func (f *compassFile) draw(id string, i, draws int) *string {
	n, err := strconv.Atoi(id)
	if all := len(f.predictions); err == nil && all%draws == 0 {
		if p := f.predictions[strconv.Itoa(n+i*(all/draws))]; p.Prediction.Kind() == '"' {
			return new(texts(p.Prediction)[0])
		}
	}
	return nil
}

// unjudge keeps an answer until its file's accuracy is known.
func (f *compassFile) unjudge(a *answer, prediction, reference jsontext.Value) error {
	if prediction.Kind() != '"' || reference.Kind() != '"' && reference.Kind() != '0' {
		return errors.New("no member \"correct\", and not one prediction and one reference to compare; only data sets that are judged right or wrong have scores of single answers")
	}
	if f.judged {
		return errors.New("no member \"correct\", which the details before have; get the complete file")
	}
	f.bytes += len(prediction) + len(reference) + len(a.input) + len(deref(a.text))
	if f.bytes > longestDocument {
		return fmt.Errorf("details without a member \"correct\" are over %d MiB; divide the data set", longestDocument>>20)
	}
	f.unjudged = append(f.unjudged, compassCompare{a, texts(prediction)[0] == texts(reference)[0]})
	return nil
}

// withoutDetails takes the answers from the predictions, as the results have no details.
func (f *compassFile) withoutDetails(t *tally) error {
	for i := range len(f.predictions) {
		if id := strconv.Itoa(i); len(f.predictions[id].Prediction) > 0 {
			if err := t.took(1, f.detail(id, &compassDetail{})); err != nil {
				return err
			}
		}
	}
	return nil
}

// byEquality judges the answers without a verdict by equality with the reference, as
// OpenCompass's AccEvaluator does, which writes none. The accuracy that it printed must follow:
// then no other evaluator, or one that gives the same verdicts, was used. Otherwise the file is
// refused.
func (f *compassFile) byEquality(t *tally, totals map[string]jsontext.Value) error {
	n := len(f.unjudged)
	if n == 0 {
		return nil
	}
	equal := 0
	for _, c := range f.unjudged {
		if c.equal {
			equal++
		}
	}
	accuracy := 100 * float64(equal) / float64(n)
	printed, missing, err := valueOf(totals["accuracy"])
	var fault string
	switch {
	case t.skipped > 0:
		fault = "no member \"correct\" in the details, and rows were skipped, so that the accuracy can't be checked; get the complete file"
	case err != nil || missing != "":
		fault = "no member \"correct\" in the details, and no accuracy to check verdicts with; use an evaluator that says of each answer whether it is correct"
	case math.Abs(accuracy-printed) > 1e-9*100:
		fault = fmt.Sprintf("no member \"correct\" in the details, and answers equal to their references give an accuracy of %v, where OpenCompass printed %v; use an evaluator that says of each answer whether it is correct", accuracy, printed)
	}
	if fault != "" {
		t.read = 0 // none of the rows is kept
		return placed(t.path, 1, "%s", fault)
	}
	for _, c := range f.unjudged {
		if err := f.correct(c.answer, jsontext.Value(strconv.FormatBool(c.equal))); err != nil {
			return placed(t.path, 1, "example %.80q: %w", c.answer.example, err)
		}
	}
	f.out.Notice("%s: the evaluator wrote no verdicts; %s compared with their references, which gives the accuracy that OpenCompass printed", t.path, plural.Of(n, "answer")+" "+plural.Word(n, "was", "were"))
	return nil
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

// aggregates notes the accuracy, which OpenCompass prints in percent. Over several draws its name
// ends in " (N runs average)".
func (im *compassImport) aggregates(suite, model, path string, totals map[string]jsontext.Value) {
	for _, name := range slices.Sorted(maps.Keys(totals)) {
		if base, _, _ := strings.Cut(name, " ("); base != "accuracy" && base != "score" {
			continue
		}
		if x, missing, err := valueOf(totals[name]); err == nil && missing == "" {
			im.printed = append(im.printed, printed{cellKey: cellKey{suite: suite, model: model, metric: compassCorrect}, value: x / 100, path: path})
			return
		}
	}
}
