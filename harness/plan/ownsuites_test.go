package plan

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/place"
	"assay/harness/yamlstruct"
	"assay/metrics"
	"assay/suites"
)

// ownOpener knows one.yaml, a suite; two.yaml, two of them; and drop.yaml, which has the name
// of another.
func ownOpener(reference, dir string) ([]suites.Suite, bool, error) {
	own := func(name string) suites.Suite {
		return suites.Suite{Name: name, Metrics: []metrics.Metric{{Name: "right", Hi: 1}}, Judge: named(name), Live: &suites.Live{}}
	}
	switch reference {
	case "one.yaml":
		return []suites.Suite{own("one")}, true, nil
	case "two.yaml":
		return []suites.Suite{own("a"), own("b")}, true, nil
	case "drop.yaml":
		return []suites.Suite{own("drop")}, true, nil
	case "bad.yaml":
		return nil, true, place.Errorf(dir+"/bad.yaml", 3, "bad")
	case "gone.yaml":
		return nil, true, place.Errorf(dir+"/gone.yaml", 0, "no such file")
	case "odd.yaml":
		return nil, true, errors.New("odd")
	}
	return nil, false, nil
}

type named string

func (n named) Name() string      { return string(n) }
func (n named) Metrics() []string { return []string{"right"} }
func (named) Judge(_ context.Context, _ suites.Item) ([]metrics.Judgement, error) {
	return nil, nil
}

func TestOwnSuites(t *testing.T) {
	const models = "baseline: m\nmodels: [{name: m, model: 'openai:http://h/v1#m'}, {name: n, model: 'openai:http://h/v1#n', suites: [two.yaml, drop]}]\n"
	read := func(content string) (*Run, error) {
		return parse("d/p.yaml", []byte(models+content), runRemedy, func(f *yamlstruct.File) (*Run, error) { return readRun(f, knownSuites(), ownOpener) })
	}
	r, err := read("suites: [{suite: two.yaml, limit: 5}, {suite: drop, conditions: [zeroshot]}, {suite: one.yaml}]\ngates: [{suite: one, metric: right, margin: 0.1}, {suite: b, metric: right, margin: 0.1}]\n")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range r.Suites {
		names = append(names, s.Suite)
	}
	if want := []string{"a", "b", "drop", "one"}; !slices.Equal(names, want) || r.Suites[1].Limit != 5 || r.Suites[3].Limit != 0 {
		t.Errorf("suites %v, want %v", names, want)
	}
	if want := []string{"a", "b", "drop"}; !slices.Equal(r.Models[1].Suites, want) || r.Models[0].Suites != nil {
		t.Errorf("the model's suites %v, want %v", r.Models[1].Suites, want)
	}
	if n := len(knownSuites()); len(r.Known) != n+3 {
		t.Errorf("%d suites known, want %d", len(r.Known), n+3)
	}
	for content, want := range map[string]string{
		"suites: [{suite: none.yaml}]\n": `d/p.yaml:3: unknown suite "none.yaml"`,
		"suites: [{suite: drop.yaml}]\n": "d/p.yaml:3: drop.yaml has a suite named drop, and there is another one",
		"suites: [{suite: bad.yaml}]\n":  "d/bad.yaml:3: bad",
		"suites: [{suite: gone.yaml}]\n": "d/p.yaml:3: d/gone.yaml: no such file",
		"suites: [{suite: one.yaml}, {suite: tldr}]\ngates: [{suite: ons, metric: right, margin: 0.1}]\n":                            `d/p.yaml:4: unknown suite "ons"; did you mean one? Otherwise use one of one, tldr`,
		"suites: [{suite: one.yaml}, {suite: two.yaml}]\ngates: [{suite: mine, metric: f1, margin: 0.1}]\n":                          `d/p.yaml:4: unknown suite "mine"; use one of one, a, b`,
		"suites: [{suite: two.yaml}, {suite: drop, conditions: [zeroshot]}]\ngates: [{suite: tldr, metric: rouge_l, margin: 0.1}]\n": `d/p.yaml:4: gate on suite tldr, but the plan doesn't run it`,
		"suites: [{suite: odd.yaml}]\n":                                                         "d/p.yaml:3: odd",
		"suites: [{suite: one.yaml}, {suite: one.yaml}]\n":                                      "d/p.yaml:3: suite one is listed twice",
		"suites: [{suite: two.yaml}]\ngates: [{suite: two.yaml, metric: right, margin: 0.1}]\n": "d/p.yaml:4: a gate on two.yaml, which has several suites; name one of a, b",
		"suites: [{suite: one.yaml}, {suite: two.yaml}, {suite: drop, conditions: [zeroshot]}]\ngates: [{suite: one, metric: wrong, margin: 0.1}]\n": `d/p.yaml:4: no metric "wrong" in suite one; use right`,
		"suites: [{suite: one.yaml, shots: x.csv}, {suite: two.yaml}]\n":                                                                             "d/p.yaml:3: suite one takes no few-shot examples",
	} {
		if _, err := read(content); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", content, err, want)
		}
	}
}

// The suites that a plan knows have the metrics that its judges define, so that what reads a plan's
// gates finds them; the catalog's own suites stay as they were.
func TestKnownSuitesHaveTheJudgesMetrics(t *testing.T) {
	catalog := knownSuites()
	const content = "baseline: m\nmodels: [{name: m, model: 'openai:http://h/v1#m'}, {name: n, model: 'openai:http://h/v1#n'}]\nsuites: [{suite: tldr, judge: j}]\n" +
		"judges: [{name: j, kind: grade, model: 'openai:http://h/v1#j', rubric: 5 is best., scale: 1-5, metric: helpful}]\ngates: [{suite: tldr, metric: helpful, margin: 0.1}]\n"
	r, err := parseRun("p.yaml", []byte(content), catalog)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Known {
		m, ok := r.Known[i].Metric("helpful")
		if ok != (r.Known[i].Name == "tldr") || ok && (m.Lo != 1 || m.Hi != 5) {
			t.Errorf("suite %s: metric %+v, %v", r.Known[i].Name, m, ok)
		}
		if _, ok := catalog[i].Metric("helpful"); ok {
			t.Errorf("the judge's metric is in the catalog's %s", catalog[i].Name)
		}
	}
}
