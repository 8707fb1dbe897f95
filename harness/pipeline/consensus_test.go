package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/pipeline"
	"assay/reports"
)

// A plain numpy script of the same expectation maximisation, from the shares of votes until no probability
// changes by 1e-12 (96 iterations). crowd-kit 1.4.2 stops after 9 iterations here, when its measure falls,
// with an accuracy of .8550 for l0; where it converges, the model is equal to it: see TestDawidSkene in
// metrics/agreement.
func TestConsensus(t *testing.T) {
	var b strings.Builder
	for p := range 40 {
		truth := p % 5 / 4
		for l, miss := range []int{7, 5, 3, 2} {
			if (p+l)%6 == 5 {
				continue // did not label it
			}
			said := truth
			if (p*3+l*5)%(miss*2) == 1 {
				said = 1 - truth
			}
			fmt.Fprintf(&b, `{"prompt":"p%02d","model":"m","labeler":"l%d","group":"crowd","hallucination":%t}`+"\n", p, l, said == 1)
		}
	}
	all, err := open(t, importedLabels(t, "", b.String())).Consensus(pipeline.AgreementOptions{})
	if err != nil || len(all.Metrics) != 1 {
		t.Fatalf("%d metrics, %v", len(all.Metrics), err)
	}
	c := all.Metrics[0]
	if c.Metric != "hallucination" || !c.Converged || len(c.Items) != 40 || len(c.Raters) != 4 || c.Undefined != "" {
		t.Fatalf("%+v", c)
	}
	for i, want := range []float64{0.84669416874315, 0.9478882255284884, 0.5047677400604799, 0.8740614861134339} {
		if r := c.Raters[i]; r.Name != fmt.Sprint("l", i) || r.Group != "crowd" || !approx.Equal(r.Accuracy, want, 1e-6) {
			t.Errorf("%+v, want accuracy %v", r, want)
		}
	}
	for i, want := range map[int]float64{0: 0, 4: 0.920107178, 17: 0, 39: 0.994914415} {
		if it := c.Items[i]; it.Model != "m" || !approx.Equal(it.Posterior[1], want, 1e-6) {
			t.Errorf("item %d: %+v, want %v", i, it, want)
		}
	}
	long := reports.ConsensusLong(all)
	if len(long.Rows) != 80 {
		t.Errorf("%d rows", len(long.Rows))
	}
	// Two raters are fitted with a warning, and one is not.
	two, err := open(t, importedLabels(t, "", `{"prompt":"p","model":"m","labeler":"a","likert":4}
{"prompt":"p","model":"m","labeler":"b","likert":5}
{"prompt":"q","model":"m","labeler":"a","likert":4,"hallucination":true}
`)).Consensus(pipeline.AgreementOptions{})
	if err != nil || len(two.Metrics) != 1 || two.Metrics[0].Metric != "likert" {
		t.Fatalf("%+v, %v", two, err)
	}
	if table := reports.ConsensusTable(&reports.Subject{}, two); !strings.Contains(strings.Join(table.Notes, "\n"), "with two raters") {
		t.Errorf("notes %q", table.Notes)
	}
}
