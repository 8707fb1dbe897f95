package metrics_test

import (
	"math"
	"strings"
	"testing"

	"assay/metrics"
)

func valid() metrics.Judgement {
	return metrics.Judgement{Suite: "drop", Example: "e1", Model: "sft", Metric: "f1", Judge: "drop", Value: []float64{0.5}}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*metrics.Judgement)
		want   string // in the error; "" is valid
	}{
		{"whole", func(*metrics.Judgement) {}, ""},
		{"missing", func(j *metrics.Judgement) { j.Value, j.Missing = nil, "timeout" }, ""},
		{"a value of 0", func(j *metrics.Judgement) { j.Value = []float64{0} }, ""},
		{"no suite", func(j *metrics.Judgement) { j.Suite = "" }, "without a suite"},
		{"no example", func(j *metrics.Judgement) { j.Example = "" }, "without an example"},
		{"no model", func(j *metrics.Judgement) { j.Model = "" }, "without a model"},
		{"no metric", func(j *metrics.Judgement) { j.Metric = "" }, "without a metric"},
		{"neither", func(j *metrics.Judgement) { j.Value = nil }, "neither a value nor a reason"},
		{"both", func(j *metrics.Judgement) { j.Missing = "timeout" }, "both a value and a reason"},
		{"NaN", func(j *metrics.Judgement) { j.Value = []float64{1, math.NaN()} }, "value[1] = NaN"},
		{"infinity", func(j *metrics.Judgement) { j.Value = []float64{math.Inf(-1)} }, "value[0] = -Inf"},
	} {
		j := valid()
		c.change(&j)
		err := j.Validate()
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

func TestDirection(t *testing.T) {
	up, down := metrics.Metric{}, metrics.Metric{Direction: metrics.LowerIsBetter}
	if up.Turn(0.5) != 0.5 || down.Turn(0.5) != -0.5 {
		t.Errorf("turned: %v, %v", up.Turn(0.5), down.Turn(0.5))
	}
	neither := metrics.Metric{Direction: metrics.NeitherIsBetter}
	if up.Direction.String() != "higher is better" || down.Direction.String() != "lower is better" || neither.Direction.String() != "neither direction is better" {
		t.Errorf("names: %s, %s, %s", up.Direction, down.Direction, neither.Direction)
	}
}
