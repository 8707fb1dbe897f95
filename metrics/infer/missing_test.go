package infer_test

import (
	"strings"
	"testing"

	"assay/metrics"
	"assay/metrics/infer"
)

// A gate says what is missing, and whether that could undo its pass. Its verdict
// is on what was scored.
func TestGateTellsWhatIsMissing(t *testing.T) {
	metric := &metrics.Metric{Name: "m", Kind: metrics.Mean, Lo: 0, Hi: 1}
	for _, tt := range []struct {
		missing int
		want    string
		undone  bool
	}{
		{0, "", false},
		{1, "0 judgements of the baseline and 1 of the model have no value", false},
		{170, "0 judgements of the baseline and 170 of the model", true},
	} {
		first, second := infer.NewSample(metric), infer.NewSample(metric)
		for i := range uint32(300) {
			first.Add(i, 0, []float64{float64(i%10) / 10})
			if int(i) < tt.missing {
				second.AddMissing(i)
				continue
			}
			second.Add(i, 0, []float64{float64(i%10)/10 + 0.01*float64(i%3)})
		}
		p := infer.Compare(first, second, infer.Options{})
		r := infer.Decide([]infer.Gate{{Gate: metrics.Gate{Metric: "m", Margin: 0.05}, Paired: p}})[0]
		if r.Verdict != metrics.Pass || !strings.Contains(r.Reason, tt.want) || (r.Reason == "") != (tt.want == "") {
			t.Errorf("%d missing: %s, %q", tt.missing, r.Verdict, r.Reason)
		}
		if strings.Contains(r.Reason, "this would be no pass") != tt.undone {
			t.Errorf("%d missing: %q", tt.missing, r.Reason)
		}
	}
}
