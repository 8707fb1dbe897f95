package judge_test

import (
	"reflect"
	"testing"

	"assay/metrics"
	"assay/suites"
	"assay/suites/judge"
)

// A kind's own fields can be read only if Settings embeds them.
func TestSettingsHoldEveryKindsOwn(t *testing.T) {
	all := reflect.TypeFor[judge.Settings]()
	for _, k := range judge.Kinds() {
		if k.Settings == nil {
			continue
		}
		own := reflect.TypeOf(k.Settings)
		if f, ok := all.FieldByName(own.Name()); !ok || !f.Anonymous || f.Type != own {
			t.Errorf("kind %s: judge.Settings doesn't embed %s", k.Name, own)
		}
	}
}

func TestFind(t *testing.T) {
	for _, k := range judge.Kinds() {
		found, err := judge.Find(k.Name)
		if err != nil || found.Name != k.Name {
			t.Errorf("kind %s: found %q, %v", k.Name, found.Name, err)
		}
	}
	if _, err := judge.Find("taste"); err == nil {
		t.Error("an unknown kind was found")
	}
}

func TestKindThatDefinesItsMetrics(t *testing.T) {
	k := judge.Kind{Name: "length", Metrics: []metrics.Metric{{Name: "words"}}}
	shared := make([]metrics.Metric, 1, 4)
	shared[0] = metrics.Metric{Name: "true"}
	texts := suites.Suite{Metrics: shared, Live: &suites.Live{}}
	scored := suites.Suite{Live: &suites.Live{Scored: true}}
	imported := suites.Suite{}
	if !k.Fits(&texts) || k.Fits(&scored) || k.Fits(&imported) {
		t.Errorf("fits texts %v, choices %v, imports %v; want texts alone", k.Fits(&texts), k.Fits(&scored), k.Fits(&imported))
	}
	other := texts
	k.Define(&texts)
	k.Define(&texts)
	if _, ok := texts.Metric("words"); !ok || len(texts.Metrics) != 2 {
		t.Errorf("metrics %+v, want true and words", texts.Metrics)
	}
	judge.Kind{Metrics: []metrics.Metric{{Name: "lines"}}}.Define(&other)
	if _, ok := texts.Metric("words"); !ok {
		t.Error("a suite with the same list of metrics changed this one's")
	}
}
