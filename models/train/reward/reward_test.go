package reward_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/leaf/approx"
	"assay/models"
	"assay/models/train"
	"assay/models/train/reward"
)

func TestRows(t *testing.T) {
	all := []*reward.Preference{
		{Prompt: []int32{1, 2, 3}, Responses: [][]int32{{4}, {5, 6}}, Ranks: []int{2, 1}},
		{Prompt: []int32{7}, Responses: [][]int32{{8}, {8}}, Ranks: []int{1, 1}}, // only a tie
		{Prompt: []int32{1}, Responses: [][]int32{{4, 4, 4, 4, 4, 4}, {5}}, Ranks: []int{1, 2}},
	}
	s, err := reward.NewSet(all, 2, 1, 5, 9, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.All) != 2 || s.Steps(3) != 3 {
		t.Errorf("%d preferences, %d steps of three epochs; want 2 and 3", len(s.All), s.Steps(3))
	}
	var got *reward.Batch
	if err := s.Cover(func(b *reward.Batch) error { got = b; return nil }); err != nil {
		t.Fatal(err)
	}
	want := []int32{
		2, 3, 4, 9, 0, // the prompt is cut equally for both
		2, 3, 5, 6, 9,
		4, 4, 4, 4, 9, // the end token stays
		5, 9, 0, 0, 0,
	}
	if diff := cmp.Diff(want, got.Tokens); diff != "" || !slices.Equal(got.Ends, []int{3, 9, 14, 16}) || got.Length() != 16 {
		t.Errorf("ends %v, %d tokens, rows (-want +got):\n%s", got.Ends, got.Length(), diff)
	}
	if size, want := s.LargestCovered(), (train.Size{Rows: 4, Time: 5, Laid: 4 + 5 + 5 + 2, Counted: 4}); size != want {
		t.Errorf("size %+v, want %+v", size, want)
	}
	if _, err := reward.NewSet(all[1:2], 2, 1, 5, 9, 1); err == nil {
		t.Error("no error for a set with only ties")
	}
}

func TestJudge(t *testing.T) {
	all := []*reward.Preference{{Prompt: []int32{1}, Responses: [][]int32{{4}, {5, 6}, {7}}, Ranks: []int{2, 1, 2}, Cluster: 3, Labeler: "ann"}}
	s, err := reward.NewSet(all, 2, 1, 8, 9, 1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := reward.Judge(s, func(*reward.Batch) ([]float32, error) { return []float32{1, 3, 3}, nil })
	if err != nil {
		t.Fatal(err)
	}
	want := []reward.Pair{{Cluster: 3, Labeler: "ann", Rewards: 2, Tokens: 1}, {Cluster: 3, Labeler: "ann", Rewards: 0, Tokens: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pairs (-want +got):\n%s", diff)
	}
	if got[0].Right() != 1 || got[1].Right() != 0.5 || got[0].Longer() != 1 {
		t.Errorf("right %v and %v, longer %v", got[0].Right(), got[1].Right(), got[0].Longer())
	}
}

// With numpy 2: p = 1/(1+exp(-abs(d))); bins (p-.5)//.125; the mean of |p.mean() - right.mean()|
// over the pairs of their bins.
func TestCalibrate(t *testing.T) {
	var pairs []reward.Pair
	for _, d := range []float64{0.1, -0.2, 0.3, 1, -1.5, 2, 2.5, 3, -4} {
		pairs = append(pairs, reward.Pair{Rewards: d})
	}
	got := reward.Calibrate(pairs, 4)
	if !approx.Equal(got.Error, 0.241865223420, 1e-9) || len(got.Bins) != 4 {
		t.Errorf("error %.12f, want 0.241865223420; %+v", got.Error, got.Bins)
	}
	n := 0
	for _, b := range got.Bins {
		n += b.N
		if b.Predicted < b.Lo || b.Predicted > b.Hi {
			t.Errorf("a bin of %+v", b)
		}
	}
	if n != len(pairs) {
		t.Errorf("%d pairs in bins, want %d", n, len(pairs))
	}
}

// flat gives every row 0, and keeps the gradients.
type flat struct{ of [][]float32 }

func (l *flat) Accumulate(b *reward.Batch, _ uint64, loss func(rewards, gradient []float32) float64) error {
	gradient := make([]float32, b.Rows)
	loss(make([]float32, b.Rows), gradient)
	l.of = append(l.of, gradient)
	return nil
}

func (*flat) Update(float64) (float64, error)            { return 1, nil }
func (*flat) Rewards(b *reward.Batch) ([]float32, error) { return make([]float32, b.Rows), nil }

// A step of two parts of one preference each is the mean over both: a pair whose rewards are
// equal has the slope 1/2 (the logistic function at 0), halved, and the loss log 2.
func TestPartsAreOneStep(t *testing.T) {
	all := []*reward.Preference{
		{Prompt: []int32{1}, Responses: [][]int32{{4}, {5}}, Ranks: []int{2, 1}},
		{Prompt: []int32{2}, Responses: [][]int32{{6}, {7}}, Ranks: []int{2, 1}},
	}
	s, err := reward.NewSet(all, 1, 2, 8, 9, 1)
	if err != nil {
		t.Fatal(err)
	}
	l := &flat{}
	var loss float64
	_, err = reward.Fit(t.Context(), l, s, reward.Options{Stage: "reward", Steps: 1, Report: func(r models.TrainStep) error {
		loss = r.Loss
		return nil
	}}, train.Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if len(l.of) != 2 || !slices.Equal(l.of[0], []float32{0.25, -0.25}) || !slices.Equal(l.of[1], l.of[0]) || !approx.Equal(loss, math.Ln2, 1e-12) {
		t.Errorf("slopes %v, loss %v; want +-0.25 in both parts, and log 2", l.of, loss)
	}
}
