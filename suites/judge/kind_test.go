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
		for _, s := range k.Settings {
			own := reflect.TypeOf(s)
			if f, ok := all.FieldByName(own.Name()); !ok || !f.Anonymous || f.Type != own {
				t.Errorf("kind %s: judge.Settings doesn't embed %s", k.Name, own)
			}
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
	defines := func(m metrics.Metric) judge.Kind {
		return judge.Kind{Name: "length", Metrics: func(judge.Settings) []metrics.Metric { return []metrics.Metric{m} }}
	}
	k := defines(metrics.Metric{Name: "words", Hi: 9})
	shared := make([]metrics.Metric, 1, 4)
	shared[0] = metrics.Metric{Name: "true"}
	texts := suites.Suite{Name: "texts", Metrics: shared, Live: &suites.Live{}}
	scored := suites.Suite{Live: &suites.Live{Scored: true}}
	imported := suites.Suite{}
	if !k.Fits(&texts) || k.Fits(&scored) || k.Fits(&imported) {
		t.Errorf("fits texts %v, choices %v, imports %v; want texts alone", k.Fits(&texts), k.Fits(&scored), k.Fits(&imported))
	}
	other := texts
	for range 2 {
		if err := k.Define(&texts, judge.Settings{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := texts.Metric("words"); !ok || len(texts.Metrics) != 2 {
		t.Errorf("metrics %+v, want true and words", texts.Metrics)
	}
	if err := defines(metrics.Metric{Name: "lines", Hi: 1}).Define(&other, judge.Settings{}); err != nil {
		t.Fatal(err)
	}
	if _, ok := texts.Metric("words"); !ok {
		t.Error("a suite with the same list of metrics changed this one's")
	}
	err := defines(metrics.Metric{Name: "words", Hi: 5}).Define(&texts, judge.Settings{})
	if want := "its metric words is not the one that suite texts has (range 0 to 5 and 0 to 9); write metric: and another name"; err == nil || err.Error() != want {
		t.Errorf("another range: %v, want %s", err, want)
	}
}
