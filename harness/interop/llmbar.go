package interop

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/metrics"
	"assay/metrics/names"
	"assay/suites/datafile"
	"assay/suites/judge"
)

// LLMBar reads LLMBar's pairs of answers of which one is known to be better, and what its evaluators said
// of them in both orders (Zeng et al. 2024, arXiv 2310.07641). The better answer is a model's, and the
// worse one the baseline's, so that a judge's win rate is its accuracy.
func LLMBar() Importer {
	return Importer{
		Name:  "llmbar",
		Short: "LLMBar's pairs with known answers: dataset.json, and the evaluators' result.json",
		Own:   true,
		Deep: func(name string) bool {
			return name == "dataset.json" || name == "result.json"
		},
		Import: importLLMBar,
	}
}

// llmbarRow is a pair, with an evaluator's results.
type llmbarRow struct {
	Input   *string          `json:"input"`
	Output1 *string          `json:"output_1"`
	Output2 *string          `json:"output_2"`
	Label   jsontext.Value   `json:"label"`
	Results []jsontext.Value `json:"results"`
}

// llmbarVerdicts are the last results of an evaluator. In either order, 1 is output_1.
type llmbarVerdicts struct {
	Straight *llmbarVerdict `json:"swap = False"`
	Swapped  *llmbarVerdict `json:"swap = True"`
}

type llmbarVerdict struct {
	Winner jsontext.Value `json:"winner"`
}

func importLLMBar(ctx context.Context, paths []string, opt Options, out Sink) error {
	files, b, err := begin(LLMBar(), paths, opt, out)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s: no dataset.json or result.json found; name LLMBar's files, or their folder", strings.Join(paths, ", "))
	}
	if err := eachFile(ctx, files, opt, out, func(path string) error {
		_, err := b.eachRow(ctx, path, func(_ int, value []byte) error { return b.llmbar(path, value) })
		return err
	}); err != nil {
		return err
	}
	return b.close()
}

// llmbarOrigin is the evaluator and the subset that a file's path names, as LLMBar lays them out:
// SUBSET/evaluators/MODEL/STRATEGY/result.json.
func llmbarOrigin(path string) (evaluator, subset string) {
	parts := strings.Split(filepath.ToSlash(path), "/")
	for i := len(parts) - 2; i > 0; i-- {
		if parts[i] == "evaluators" {
			return strings.Join(parts[i+1:len(parts)-1], "/"), parts[i-1]
		}
	}
	if len(parts) > 1 {
		subset = parts[len(parts)-2]
	}
	return "", subset
}

func (b *book) llmbar(path string, value []byte) error {
	var r llmbarRow
	if err := datafile.Decode(value, &r); err != nil {
		return memberError(err)
	}
	for _, m := range []struct {
		name  string
		value *string
	}{{"input", r.Input}, {"output_1", r.Output1}, {"output_2", r.Output2}} {
		if m.value == nil {
			return absent{m.name, "a pair has input, output_1, output_2 and label"}
		}
	}
	label := ""
	if len(r.Label) > 0 {
		label = strings.Join(texts(r.Label), "")
	}
	pair, err := judge.NewKnownPair(*r.Input, *r.Output1, *r.Output2, label)
	if err != nil {
		return err
	}
	evaluator, subset := llmbarOrigin(path)
	better := answer{suite: names.KnownPairs, example: pair.Input + "\x00" + pair.Better + "\x00" + pair.Worse, input: pair.Input, category: subset, model: names.BetterAnswer, text: &pair.Better}
	worse := better
	worse.model, worse.text = names.WorseAnswer, &pair.Worse
	win := b.metric(names.KnownPairs, names.WinRate, form{title: "accuracy on known pairs", kind: new(metrics.Mean), direction: new(metrics.HigherIsBetter), lo: new(0.0), hi: new(1.0), even: new(0.5)})
	if len(r.Results) > 0 {
		s := score{metric: win, baseline: names.WorseAnswer, judge: evaluator}
		if err := s.llmbar(r.Results[len(r.Results)-1], label); err != nil {
			return err
		}
		better.scores = []score{s}
	}
	if err := b.add(&worse); err != nil {
		return err
	}
	return b.add(&better)
}

// llmbar takes the verdicts in both orders. As for other pairs, one answer wins only if it wins in both.
func (s *score) llmbar(results jsontext.Value, label string) error {
	var v llmbarVerdicts
	if err := datafile.Decode(results, &v); err != nil || v.Straight == nil || v.Swapped == nil {
		return errors.New(`the last of results has no "swap = False" and "swap = True"; name the result.json of an evaluator that compares two outputs`)
	}
	var wins [2]float64
	for i, one := range []*llmbarVerdict{v.Straight, v.Swapped} {
		winner := ""
		if one.Winner.Kind() == '"' || one.Winner.Kind() == '0' {
			winner = strings.Join(texts(one.Winner), "")
		}
		switch {
		case winner != "1" && winner != "2":
			s.missing = "no winner was found in a verdict"
			return nil
		case winner == label:
			wins[i] = 1
		}
	}
	if label == "2" { // output_1 is first without a swap, and the better answer is output_2
		wins[0], wins[1] = wins[1], wins[0]
	}
	s.orders, s.value = wins[:], []float64{0.5}
	if wins[0] == wins[1] {
		s.value[0] = wins[0]
	}
	return nil
}
