package stats_test

import (
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics/stats"
)

// scikit-learn 1.9.1:
//
//	roc_auc_score([0,0,1,1,1,0,1,0,0,1], [.1,.4,.35,.8,.4,.4,.9,.35,.05,.6])
func TestAUC(t *testing.T) {
	scores := []float64{.1, .4, .35, .8, .4, .4, .9, .35, .05, .6}
	positive := []bool{false, false, true, true, true, false, true, false, false, true}
	if got, ok := stats.AUC(scores, positive); !ok || !approx.Equal(got, 0.86, 1e-12) {
		t.Errorf("AUC %v, %v; want 0.86", got, ok)
	}
	for _, one := range [][]bool{{true, true, true}, {false, false, false}, nil} {
		if got, ok := stats.AUC(make([]float64, len(one)), one); ok {
			t.Errorf("AUC of %v is %v; one label has none", one, got)
		}
	}
}
