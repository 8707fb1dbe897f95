package train_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/models"
	"assay/models/train"
)

// The best checkpoint is the highest or the lowest of the score that chooses; the others are recorded.
func TestBest(t *testing.T) {
	for _, tt := range []struct {
		best   string
		higher bool
		want   []int
	}{
		{"distance", false, []int{1, 2, 3, 4}},
		{"distance", true, []int{1}},
		{"nearness", true, []int{1, 2, 3, 4}},
		{"nearness", false, []int{1}},
		{"", false, nil},
	} {
		var steps []models.TrainStep
		o := options(train.Options{Steps: 4, Evaluations: train.Evaluations{ScoreEvery: 1}, Best: tt.best, Higher: tt.higher}, &steps)
		at, err := train.Fit(t.Context(), &mean{}, batches, o, train.Progress{})
		if err != nil {
			t.Fatal(err)
		}
		var best []int
		for _, s := range steps {
			if s.Best {
				best = append(best, s.Step)
			}
			if len(s.Scores) != 2 {
				t.Errorf("step %d has scores %+v", s.Step, s.Scores)
			}
		}
		if !cmp.Equal(best, tt.want) {
			t.Errorf("best by %q, higher %v: %v, want %v", tt.best, tt.higher, best, tt.want)
		}
		if at.Best != nil {
			if i := slices.IndexFunc(steps[best[len(best)-1]-1].Scores, func(s models.TrainScore) bool { return s.Name == tt.best && s.Value == *at.Best }); i < 0 {
				t.Errorf("best by %q is %v, and no score of step %d", tt.best, *at.Best, best[len(best)-1])
			}
		}
	}
}

// Each epoch is scored at the step with its last example, and the last step always.
func TestEvaluationByEpoch(t *testing.T) {
	for _, tt := range []struct {
		examples, rows, parts, steps int
		want                         []int // ends of epochs
		count                        int   // with the last step
	}{
		{10, 2, 1, 15, []int{5, 10, 15}, 3},
		{10, 4, 1, 8, []int{3, 5, 8}, 3}, // 10 examples end in steps 3, 5 and 8 of 4
		{10, 2, 2, 8, []int{3, 5, 8}, 3},
		{10, 4, 1, 9, []int{3, 5, 8}, 4},
		{3, 6, 1, 2, []int{1, 1, 2, 2}, 2}, // two epochs a step
		{10, 2, 1, 4, nil, 1},
	} {
		p := train.Pool[int]{All: make([]int, tt.examples), Rows: tt.rows, Parts: tt.parts}
		e := train.Evaluations{EpochEnds: p.EpochEnds(tt.steps)}
		if !slices.Equal(e.EpochEnds, tt.want) || e.Count(tt.steps) != tt.count {
			t.Errorf("%+v: epochs end at %v, %d evaluations", tt, e.EpochEnds, e.Count(tt.steps))
		}
		for epoch, end := range tt.want {
			for step := end - 1; step <= end; step++ {
				seen := map[int]bool{} // examples of the first epochs, by place
				for i := range step * tt.rows * tt.parts {
					seen[i] = true
				}
				if done := len(seen) >= (epoch+1)*tt.examples; done != (step == end) {
					t.Errorf("%+v: epoch %d is over after step %d: %v", tt, epoch+1, step, done)
				}
			}
			if scored, got := e.At(end, tt.steps); !scored || got < epoch+1 || tt.want[got-1] != end {
				t.Errorf("%+v: step %d ends epoch %d", tt, end, got)
			}
		}
	}
	if scored, epoch := (&train.Evaluations{ScoreEvery: 2}).At(4, 9); !scored || epoch != 0 {
		t.Errorf("step 4 of every 2: %v, epoch %d", scored, epoch)
	}
}
