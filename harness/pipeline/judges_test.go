package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/pipeline"
	"assay/metrics"
	"assay/metrics/infer"
)

// A comparison has a warning if the two models were judged by different judges, or by
// two judges of one name.
func TestJudgedApart(t *testing.T) {
	plan := func(service string) jsontext.Value {
		return jsontext.Value(fmt.Sprintf(`{"judges": [{"name": "judge", "service": %q}]}`, service))
	}
	for _, tt := range []struct {
		name        string
		second      string // judge of the second run
		definitions [2]jsontext.Value
		want        string
	}{
		{"imported", "judge", [2]jsontext.Value{}, ""},
		{"the same", "judge", [2]jsontext.Value{plan("x"), jsontext.Value(`{"judges":[{"service":"x","name":"judge"}]}`)}, ""},
		{"two names", "other", [2]jsontext.Value{}, "the first was judged by judge, the second by other"},
		{"one name for two", "judge", [2]jsontext.Value{plan("x"), plan("y")}, "the two runs define the judge judge differently"},
	} {
		var sources []pipeline.Source
		for run, model := range []string{"a", "b"} {
			var js []metrics.Judgement
			for i := range 40 {
				j := judgement("toxic", "mean", fmt.Sprint(i), "", model, float64(i%10)/10)
				if run == 1 {
					j.Judge = tt.second
				}
				js = append(js, j)
			}
			src := source(t, []string{model}, js...)
			src.Manifest.Plan.Run = tt.definitions[run]
			sources = append(sources, src)
		}
		judged, err := open(t, sources...).Collect()
		if err != nil {
			t.Fatal(err)
		}
		family := pipeline.Compare(judged, "a", "b", infer.Holm, pipeline.Options{Resamples: 200})
		warned := strings.Join(family[0].Warnings, "\n")
		gates := pipeline.Gates(judged, []metrics.Gate{{Suite: "toxic", Metric: "mean", Margin: 0.5}}, family, "a", "b")
		for _, said := range []string{warned, gates[0].Reason} {
			if tt.want == "" && strings.Contains(said, "in the models' difference") || !strings.Contains(said, tt.want) {
				t.Errorf("%s: said %q, want %q", tt.name, said, tt.want)
			}
		}
	}
}
