package suites_test

import (
	"testing"

	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// One rule for all: filtered and failed answers are not scored. Empty ones are, unless an
// empty answer can score well and the model didn't stop on its own.
func TestUnscored(t *testing.T) {
	for _, tt := range []struct {
		c                     models.Completion
		usual, silent         bool // not scored
		mark                  metrics.Mark
		cut, empty, odd, lost int
	}{
		{c: models.Completion{Text: "a", Finish: "stop"}},
		{c: models.Completion{Text: "a", Finish: "length"}, mark: metrics.Cut, cut: 1, odd: 1},
		{c: models.Completion{Finish: "stop"}, mark: metrics.Empty, empty: 1, odd: 1},
		{c: models.Completion{Finish: "length"}, silent: true, mark: metrics.EmptyCut, cut: 1, empty: 1, odd: 1},
		{c: models.Completion{}, silent: true, mark: metrics.EmptyNoStop, empty: 1, odd: 1},
		{c: models.Completion{Text: "a", Finish: "content_filter"}, usual: true, silent: true, mark: metrics.Filtered, odd: 1, lost: 1},
		{c: models.Completion{Text: "a", Finish: "error"}, usual: true, silent: true, mark: metrics.Failed, odd: 1, lost: 1},
		{c: models.Completion{Missing: "why"}, usual: true, silent: true, mark: metrics.Failed, odd: 1, lost: 1},
	} {
		usual, silent := suites.Suite{}, suites.Suite{Silent: true}
		if got := usual.Unscored(&tt.c) != ""; got != tt.usual {
			t.Errorf("%+v: unscored %v, want %v", tt.c, got, tt.usual)
		}
		if got := silent.Unscored(&tt.c) != ""; got != tt.silent {
			t.Errorf("%+v where silence scores: unscored %v, want %v", tt.c, got, tt.silent)
		}
		mark := suites.MarkOf(&tt.c)
		if mark != tt.mark {
			t.Errorf("%+v: mark %q, want %q", tt.c, mark, tt.mark)
		}
		var a metrics.Answers
		a.Add(mark)
		if want := (metrics.Answers{All: 1, Cut: tt.cut, Empty: tt.empty}); a.Cut != want.Cut || a.Empty != want.Empty || a.All != 1 || a.Filtered+a.Failed != tt.lost || a.Odd() != (tt.odd == 1) {
			t.Errorf("%+v: counted as %+v", tt.c, a)
		}
	}
}

func TestStamp(t *testing.T) {
	js := []metrics.Judgement{{Metric: "grade"}, {Metric: "win_rate", Baseline: "b"}}
	suites.Stamp(js, metrics.Cut, metrics.Filtered)
	if js[0].Mark != metrics.Cut || js[0].BaselineMark != "" || js[1].Mark != metrics.Cut || js[1].BaselineMark != metrics.Filtered {
		t.Errorf("%+v", js)
	}
	js[0].Mark = metrics.EmptyNoStop
	if got := suites.WorstMark(js); got != metrics.EmptyNoStop {
		t.Errorf("the most serious mark is %q", got)
	}
}
