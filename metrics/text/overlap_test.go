package text

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// overlap is a line of testdata/overlap.jsonl: texts with the values of sacrebleu,
// rouge-score and editdistance. fixtures/peers/overlap_scores.py wrote it and has the calls.
type overlap struct {
	Hypothesis string
	References []string

	ChrF, ChrFpp, TER []float64
	BLEU              map[Tokenizer][]float64
	ChrFScore         float64 `json:"chrf_score"`
	ChrFppScore       float64 `json:"chrfpp_score"`
	TERScore          float64 `json:"ter_score"`
	Words, Characters int

	ROUGE1, ROUGE2, ROUGELsum []float64
}

func readOverlap(t *testing.T) []overlap {
	t.Helper()
	f, err := os.Open("testdata/overlap.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	lines.Scan() // versions
	var all []overlap
	for lines.Scan() {
		var o overlap
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	if lines.Err() != nil || len(all) < 50 {
		t.Fatalf("%d lines, %v", len(all), lines.Err())
	}
	return all
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(b)) }

func nearAll(a, b []float64) bool { return slices.EqualFunc(a, b, near) }

func (s Score) list() []float64 { return []float64{s.Precision, s.Recall, s.F} }

func TestOverlapAgainstPythonPrograms(t *testing.T) {
	for i, o := range readOverlap(t) {
		first := o.References[0]
		check := func(what string, got, want []float64) {
			t.Helper()
			if !nearAll(got, want) {
				t.Errorf("line %d: %s %v, want %v\nof %q\nagainst %q", i+2, what, got, want, o.Hypothesis, o.References)
			}
		}
		chrf, chrfpp := ChrFStatistics(o.Hypothesis, o.References, false), ChrFStatistics(o.Hypothesis, o.References, true)
		ter := TERStatistics(o.Hypothesis, o.References)
		check("chrF counts", chrf, o.ChrF)
		check("chrF++ counts", chrfpp, o.ChrFpp)
		check("TER counts", ter[:], o.TER)
		check("scores", []float64{ChrF(chrf), ChrF(chrfpp), TER(ter[:])}, []float64{o.ChrFScore, o.ChrFppScore, o.TERScore})
		for tokens, want := range o.BLEU {
			got := BLEUStatisticsBy(tokens, o.Hypothesis, o.References)
			check("BLEU counts "+string(tokens), got[:], want)
		}
		check("ROUGE-1", ROUGENScore(o.Hypothesis, first, 1).list(), o.ROUGE1)
		check("ROUGE-2", ROUGENScore(o.Hypothesis, first, 2).list(), o.ROUGE2)
		check("ROUGE-Lsum", ROUGELsumScore(o.Hypothesis, first).list(), o.ROUGELsum)
		if got := EditDistance(Words(o.Hypothesis), Words(first)); got != o.Words {
			t.Errorf("line %d: %d words edited, want %d", i+2, got, o.Words)
		}
		if got := EditDistance(strings.Split(o.Hypothesis, ""), strings.Split(first, "")); got != o.Characters {
			t.Errorf("line %d: %d characters edited, want %d", i+2, got, o.Characters)
		}
	}
}
