package score

import (
	"fmt"
	"math"
	"strings"

	"assay/harness/leaf/place"
	"assay/metrics"
	"assay/metrics/names"
	"assay/metrics/statistic"
	"assay/metrics/text"
)

func overlapKinds() []kind {
	rouge := func(name, about string, score func(hypothesis, reference string) text.Score) kind {
		return kind{name, about, []string{"normalise", "ignore"}, func(s *Settings) (Metric, error) { return rougeOf(s, about, score) }}
	}
	return []kind{
		{names.BLEU, "corpus BLEU, 0 to 100, as sacrebleu computes it", []string{"normalise", "ignore", "tokenize"}, bleu},
		{"chrf", "corpus chrF2, 0 to 100, as sacrebleu computes it", []string{"normalise", "ignore", "words"}, chrf},
		{"ter", "corpus translation edit rate in percent, as sacrebleu computes it; lower is better", []string{"normalise", "ignore"}, ter},
		rouge("rouge_1", "ROUGE-1 F", func(h, r string) text.Score { return text.ROUGENScore(h, r, 1) }),
		rouge("rouge_2", "ROUGE-2 F", func(h, r string) text.Score { return text.ROUGENScore(h, r, 2) }),
		rouge(names.ROUGEL, "ROUGE-L F", text.ROUGELScore),
		rouge("rouge_lsum", "ROUGE-Lsum F", text.ROUGELsumScore),
		{"edit_distance", "insertions, deletions and substitutions to the nearest reference; lower is better", []string{"normalise", "ignore", "unit"}, editDistance},
		{"edit_similarity", "1 minus the edit distance to the nearest reference, divided by the length of the longer text", []string{"normalise", "ignore", "unit"}, editSimilarity},
	}
}

// The largest products of two texts' lengths that metrics of quadratic cost take.
const (
	terCells   = 4 << 20  // words; memory
	lsumCells  = 64 << 20 // tokens; time
	editsCells = 16 << 30 // characters; time
)

// tooLong is the reason why two texts of a product above the limit have no score; "" if they
// may have one.
func tooLong(a, b, limit int) string {
	if a == 0 || b <= limit/a {
		return ""
	}
	return "answer and reference are too long for the metric"
}

// corpus is a metric of counts that are summed over examples. counts gets normalised texts.
func (s *Settings) corpus(m metrics.Metric, statistic string, scope *Scope, counts func(answer string, references []string) (value []float64, missing string)) (Metric, error) {
	normalise, err := s.normaliser("none")
	m.Kind, m.Statistic.Name = metrics.FunctionOfSums, statistic
	return Metric{Metric: m, Of: func(a *Answer) ([]float64, string) {
		answer, references := normalise(a.Text), make([]string, 0, len(a.References))
		for _, r := range a.References {
			references = append(references, normalise(r))
		}
		if !s.Blank {
			if !HasText(references) {
				return nil, noReference
			}
			if scope != nil {
				if reason := scope.Unscorable(answer, references); reason != "" {
					return nil, reason
				}
				references = scope.Scorable(references)
			}
		}
		return counts(answer, references)
	}}, err
}

func bleu(s *Settings) (Metric, error) {
	tokens := s.Tokenize
	if tokens == "" {
		tokens = text.Tokens13a
	}
	known := false
	var all []string
	for _, t := range text.Tokenizers() {
		known, all = known || t == tokens, append(all, string(t))
	}
	if !known {
		return Metric{}, fmt.Errorf("tokenize: unknown %q; %s", s.Tokenize, place.Choose(string(s.Tokenize), all))
	}
	scope := &BLEUScope
	if tokens == text.TokensChinese || tokens == text.TokensCharacters {
		scope = nil
	}
	return s.corpus(metrics.Metric{Title: "BLEU", Lo: 0, Hi: 100, Width: text.BLEUSize}, statistic.CorpusBLEU, scope,
		func(answer string, references []string) ([]float64, string) {
			counts := text.BLEUStatisticsBy(tokens, answer, references)
			return counts[:], ""
		})
}

func chrf(s *Settings) (Metric, error) {
	m, sums := metrics.Metric{Title: "chrF", Lo: 0, Hi: 100, Width: text.ChrFSize}, statistic.CorpusChrF
	if s.Words {
		m, sums = metrics.Metric{Name: "chrf++", Title: "chrF++", Lo: 0, Hi: 100, Width: text.ChrFWordSize}, statistic.CorpusChrFWords
	}
	words := s.Words
	return s.corpus(m, sums, nil, func(answer string, references []string) ([]float64, string) {
		return text.ChrFStatistics(answer, references, words), ""
	})
}

func ter(s *Settings) (Metric, error) {
	m := metrics.Metric{Title: "TER", Direction: metrics.LowerIsBetter, Lo: 0, Hi: math.Inf(1), Width: text.TERSize}
	return s.corpus(m, statistic.CorpusTER, &BLEUScope, func(answer string, references []string) ([]float64, string) {
		for _, r := range references {
			if reason := tooLong(len(strings.Fields(answer)), len(strings.Fields(r)), terCells); reason != "" {
				return nil, reason
			}
		}
		counts := text.TERStatistics(answer, references)
		return counts[:], ""
	})
}

// rougeOf is the best F over references of one kind of ROUGE.
func rougeOf(s *Settings, title string, score func(hypothesis, reference string) text.Score) (Metric, error) {
	normalise, err := s.normaliser("none")
	blank := s.Blank
	return Metric{Metric: degree(title), Of: func(a *Answer) ([]float64, string) {
		answer, references := normalise(a.Text), a.References
		if !blank {
			if !HasText(references) {
				return nil, noReference
			}
			if reason := ROUGEScope.Unscorable(answer, references); reason != "" {
				return nil, reason
			}
			references = ROUGEScope.Scorable(references)
		}
		best := 0.0
		for _, r := range references {
			r = normalise(r)
			if reason := tooLong(len(answer)/2, len(r)/2, lsumCells); reason != "" {
				return nil, reason
			}
			best = max(best, score(answer, r).F)
		}
		return []float64{best}, ""
	}}, err
}

// edits are the distance and the longer text's length, in units.
func (u Unit) edits(a, b string) (distance, longer int) {
	split := u.split()
	if u != ByWord {
		split = func(s string) []string { return strings.Split(s, "") }
	}
	x, y := split(a), split(b)
	return text.EditDistance(x, y), max(len(x), len(y))
}

// bounded refuses texts that are too long for edit distances.
func bounded(of func(*Answer) ([]float64, string)) func(*Answer) ([]float64, string) {
	return func(a *Answer) ([]float64, string) {
		for _, r := range a.References {
			if reason := tooLong(len(a.Text), len(r), editsCells); reason != "" {
				return nil, reason
			}
		}
		return of(a)
	}
}

func editDistance(s *Settings) (Metric, error) {
	normalise, err := s.normaliser("space")
	unit := s.Unit
	m := metrics.Metric{Title: "Edit distance", Kind: metrics.Mean, Direction: metrics.LowerIsBetter, Lo: 0, Hi: math.Inf(1)}
	of := s.best(normalise, func(answer, reference string) float64 {
		distance, _ := unit.edits(answer, reference)
		return -float64(distance) // the best is the nearest
	})
	return Metric{Metric: m, Of: bounded(func(a *Answer) ([]float64, string) {
		value, missing := of(a)
		if missing == "" {
			value[0] = math.Abs(value[0])
		}
		return value, missing
	})}, err
}

func editSimilarity(s *Settings) (Metric, error) {
	normalise, err := s.normaliser("space")
	unit := s.Unit
	of := s.best(normalise, func(answer, reference string) float64 {
		distance, longer := unit.edits(answer, reference)
		return 1 - float64(distance)/float64(max(longer, 1))
	})
	return Metric{Metric: degree("Edit similarity"), Of: bounded(of)}, err
}
