package suites_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/metrics"
	"assay/metrics/statistic"
	"assay/suites"
)

func defined() suites.Definition {
	s := suites.Suite{Name: "own", Title: "Own", Clusters: "page", Conditions: []string{"plain"}, Silent: true,
		Plot: suites.Plot{Group: "own", Metric: "right", Mark: suites.Dots, Reference: 0.5},
		Metrics: []metrics.Metric{
			{Name: "right", Title: "Right", Kind: metrics.Proportion, Hi: 1, Statistic: statistic.AtLeast(0.7)},
			{Name: "score", Title: "Score", Kind: metrics.Mean, Direction: metrics.NeitherIsBetter, Lo: math.Inf(-1), Hi: math.Inf(1)},
			{Name: "over", Title: "Over", Kind: metrics.Mean, Hi: 1, Even: new(0.5)},
			{Name: "macro", Title: "Macro-F1", Kind: metrics.FunctionOfSums, Hi: 1, Width: 2, Statistic: metrics.Statistic{Name: statistic.MacroF1, Labels: []string{"yes", "no"}}},
			{Name: "ece", Title: "ECE", Kind: metrics.FunctionOfSums, Hi: 1, Width: 2, Statistic: metrics.Statistic{Name: statistic.ECE, Bins: 10}},
		}}
	return s.Definition()
}

// Define is the inverse of Definition, and keeps what a definition doesn't hold.
func TestDefinitionRoundTrip(t *testing.T) {
	d := defined()
	s := suites.Suite{Name: "other", Metrics: []metrics.Metric{{Name: "gone"}}, Judged: []suites.JudgeKind{"grade"}}
	s.Define(d)
	if diff := cmp.Diff(d, s.Definition()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if m, ok := s.Metric("score"); !ok || m.Bounded() || len(s.Judged) != 1 || len(s.Metrics) != 5 {
		t.Errorf("got %+v", s)
	}
	if err := d.Validate(); err != nil {
		t.Error(err)
	}
}

func TestDefinitionRefuses(t *testing.T) {
	for want, change := range map[string]func(*suites.Definition){
		"a suite without a name":                           func(d *suites.Definition) { d.Name = "" },
		"suite own: a metric without a name":               func(d *suites.Definition) { d.Metrics[0].Name = "" },
		"suite own: metric right appears twice":            func(d *suites.Definition) { d.Metrics[2].Name = "right" },
		"metric score: the range runs from 3 to -Inf":      func(d *suites.Definition) { d.Metrics[1].Range.Lo, d.Metrics[1].Range.Hi = new(3.0), new(math.Inf(-1)) },
		"metric right: the range runs from 1 to 1":         func(d *suites.Definition) { d.Metrics[0].Range.Lo = new(1.0) },
		"metric over: even is 1; it must be within":        func(d *suites.Definition) { d.Metrics[2].Even = new(1.0) },
		"metric right has no statistic; write one of mean": func(d *suites.Definition) { d.Metrics[0].Statistic = "" },
		"metric right: width -1":                           func(d *suites.Definition) { d.Metrics[0].Width = -1 },
		`metric right: unknown statistic "median"; this`:   func(d *suites.Definition) { d.Metrics[0].Statistic = "median" },
		"metric score: its values have 4 numbers, and the": func(d *suites.Definition) { d.Metrics[1].Width = 4 },
	} {
		d := defined()
		change(&d)
		if err := d.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestDiffers(t *testing.T) {
	for want, change := range map[string]func(*suites.MetricDefinition){
		"":                                  func(m *suites.MetricDefinition) { m.Title, m.Width = "another title", 1 },
		"kind proportion and mean":          func(m *suites.MetricDefinition) { m.Kind = metrics.Mean },
		"higher is better and lower":        func(m *suites.MetricDefinition) { m.Direction = metrics.LowerIsBetter },
		"range 0 to 1 and 0 to 100":         func(m *suites.MetricDefinition) { m.Range.Hi = new(100.0) },
		"range 0 to 1 and no bound to 1":    func(m *suites.MetricDefinition) { m.Range.Lo = nil },
		"even":                              func(m *suites.MetricDefinition) { m.Even = new(0.5) },
		"width 1 and 2":                     func(m *suites.MetricDefinition) { m.Width = 2 },
		"statistic share_at_least and mean": func(m *suites.MetricDefinition) { m.Statistic = statistic.Mean },
		"threshold 0.7 and 0.5":             func(m *suites.MetricDefinition) { m.Threshold = 0.5 },
		`labels [] and ["x"]`:               func(m *suites.MetricDefinition) { m.Labels = []string{"x"} },
		"bins 0 and 5":                      func(m *suites.MetricDefinition) { m.Bins = 5 },
	} {
		d, other := defined(), defined()
		change(&other.Metrics[0])
		if got := d.Metrics[0].Differs(&other.Metrics[0]); !strings.HasPrefix(got, want) || (got == "") != (want == "") {
			t.Errorf("differs %q, want %q", got, want)
		}
	}
}
