package infer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"assay/metrics"
	"assay/metrics/infer"
)

// Three examples, two draws each, judged by two labelers: six answers behind twelve
// judgements, in any order.
func TestAnswersAreCountedOnce(t *testing.T) {
	marks := map[[2]int]metrics.Mark{{0, 0}: metrics.Cut, {1, 1}: metrics.EmptyCut, {2, 0}: metrics.Filtered, {2, 1}: metrics.Failed}
	want := metrics.Answers{All: 6, Cut: 2, Empty: 1, Filtered: 1, Failed: 1}
	s := infer.NewColumn(mean())
	for _, labeler := range []uint32{1, 2} {
		for _, draw := range []int{0, 1} {
			for _, ex := range []int{2, 0, 1} {
				mark := marks[[2]int{ex, draw}]
				s.Answer(uint32(ex)*70, draw, mark, metrics.Empty, ex == 1)
				if mark == metrics.Filtered || mark == metrics.Failed {
					s.AddMissing(uint32(ex) * 70)
				} else {
					s.Add(uint32(ex)*70, labeler, []float64{0.5 + 0.1*float64(ex)})
				}
			}
		}
	}
	e := infer.Estimate(s, infer.Defaults(1))
	if e.Answers == nil || *e.Answers != want || e.N != 8 || e.Unscored != 4 {
		t.Errorf("%+v, n %d, unscored %d, want %+v", e.Answers, e.N, e.Unscored, want)
	}
	if e.Opponent == nil || *e.Opponent != (metrics.Answers{All: 2, Empty: 2}) {
		t.Errorf("the opponent's answers are %+v", e.Opponent)
	}
	s.Unmarked()
	if e := infer.Estimate(s, infer.Defaults(1)); e.Answers != nil || e.Opponent != nil {
		t.Errorf("for an older run the answers are %+v, want unknown", e.Answers)
	}
}

// marked is a sample of n answers with a value each. The first odd of them have a mark.
func marked(n, odd int, mark metrics.Mark, value func(i int) float64) *infer.Column {
	s := infer.NewColumn(mean())
	for i := range n {
		m := metrics.Mark("")
		if i < odd {
			m = mark
		}
		s.Answer(uint32(i), 0, m, "", false)
		s.Add(uint32(i), 0, []float64{value(i)})
	}
	return s
}

func spread(i int) float64 { return float64(i%7) / 7 }

// The rule: over 10 points apart, or over 2 points if Fisher's exact test gives a p below 1%
// (scipy: 10 and 26 of 500 have .00993, 10 and 25 have .0153).
func TestDifferentAnswersWarn(t *testing.T) {
	for _, tt := range []struct {
		n, first, second int
		warns            bool
	}{
		{3, 0, 1, true}, {20, 0, 2, false}, {20, 0, 3, true}, {20, 3, 0, true},
		{500, 10, 25, false}, {500, 10, 26, true}, {500, 26, 10, true},
		{5000, 100, 200, false}, {5000, 100, 201, true}, // 2 points apart, whatever the p
		{100, 40, 40, false},
	} {
		for _, mark := range []metrics.Mark{metrics.Cut, metrics.Empty, metrics.Filtered, metrics.Failed} {
			p := infer.Compare(marked(tt.n, tt.first, mark, spread), marked(tt.n, tt.second, mark, spread), infer.Defaults(1))
			about := fmt.Sprintf("%% %s, those of the second model", mark)
			got := slices.ContainsFunc(p.Warnings, func(w string) bool { return strings.Contains(w, about) })
			if got != tt.warns || p.AnswersDiffer != tt.warns {
				t.Errorf("%d and %d of %d %s: warned %v, want %v: %q", tt.first, tt.second, tt.n, mark, got, tt.warns, p.Warnings)
			}
			if p.AnswersFirst.All != tt.n || p.AnswersSecond.All != tt.n {
				t.Errorf("answers %+v and %+v", p.AnswersFirst, p.AnswersSecond)
			}
		}
	}
}

// Where an empty answer can score well, answers that are all empty give no number, unless
// they are all right or all wrong.
func TestOnlySilenceIsNoEstimate(t *testing.T) {
	half := func(i int) float64 { return float64(i % 2) }
	for _, tt := range []struct {
		name   string
		sample *infer.Column
		silent bool
		number bool
	}{
		{"all empty", marked(4, 4, metrics.Empty, half), true, false},
		{"all but one", marked(4, 3, metrics.Empty, half), true, true},
		{"all empty, all right", marked(4, 4, metrics.Empty, func(int) float64 { return 1 }), true, true},
		{"all empty where silence is no answer", marked(4, 4, metrics.Empty, half), false, true},
		{"all cut", marked(4, 4, metrics.Cut, half), true, true},
	} {
		if tt.silent {
			tt.sample.Silent()
		}
		e := infer.Estimate(tt.sample, infer.Defaults(1))
		if (e.Interval != nil) != tt.number {
			t.Errorf("%s: %+v", tt.name, e.Interval)
		}
		warned := slices.ContainsFunc(e.Warnings, func(w string) bool { return strings.HasPrefix(w, "every answer is empty: ") })
		if want := strings.HasPrefix(tt.name, "all empty"); warned != want {
			t.Errorf("%s: warned of empty answers %v, want %v", tt.name, warned, want)
		}
		p := infer.Compare(marked(4, 0, "", half), tt.sample, infer.Defaults(1))
		q := infer.Compare(tt.sample, marked(4, 0, "", half), infer.Defaults(1))
		if (p.Interval != nil) != tt.number || (q.Interval != nil) != tt.number {
			t.Errorf("%s, compared: %+v and %+v", tt.name, p.Interval, q.Interval)
		}
	}
}
