package pipeline_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness"
	"assay/harness/pipeline"
	"assay/reports"
)

// Runs of a suite file that changed name each field that changed, with both values, from where they differ. A run
// from before manifests had these fields says nothing of them.
func TestSuiteFilesDiffer(t *testing.T) {
	side := func(path string, all ...string) pipeline.Side {
		one := recorded(t, path, path, "quiz", "", quizOf("01011", nil))
		for i := 0; i < len(all); i += 2 {
			one.Source.Manifest.Settings = append(one.Source.Manifest.Settings, harness.Setting{Suite: "quiz", Name: all[i], Value: all[i+1]})
		}
		return one
	}
	start := strings.Repeat("You are a careful clerk. ", 5)
	old := side("old", "suite file: prompt", "{{ question }}\n", "suite file: system", start+"Be brief.\nBye", "suite file: temperature", "0")
	changed := side("new", "suite file: prompt", "{{ question }}\n", "suite file: system", start+"Be brief.\tBye", "suite file: temperature", "0.7", "suite file: extract.1.number", "true")
	out, _ := joinedOutcome(t, old, changed, pipeline.Joining{})
	want := []reports.Difference{
		{Suite: "quiz", What: "suite file: extract.1.number", First: "unset", Second: "true"},
		{Suite: "quiz", What: "suite file: system", First: `…erk. Be brief.\nBye`, Second: `…erk. Be brief.\tBye`},
		{Suite: "quiz", What: "suite file: temperature", First: "0", Second: "0.7"},
	}
	var got []reports.Difference
	for _, d := range out.Differences {
		if strings.HasPrefix(d.What, harness.SuiteFileSetting) {
			got = append(got, d)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if warned := strings.Join(out.Comparisons[0].Warnings, "\n"); !strings.Contains(warned, "differ in suite file: extract.1.number, suite file: system, suite file: temperature") {
		t.Errorf("warnings %q", warned)
	}
	before := side("before", "temperature", "0")
	out, _ = joinedOutcome(t, before, side("new", "temperature", "1", "suite file: system", "Hi"), pipeline.Joining{})
	for _, d := range out.Differences {
		if strings.HasPrefix(d.What, harness.SuiteFileSetting) {
			t.Errorf("a run that records no suite file differs: %+v", d)
		}
	}
}
