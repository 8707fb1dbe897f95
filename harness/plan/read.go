package plan

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"assay/metrics"
	"assay/suites"
	"assay/suites/judge"
)

// runFields are a plan's own; those of its entries stand beside what reads them.
var runFields = []string{"title", "about", "seed", "baseline", "models", "suites", "judges", "gates"}

const runRemedy = "write models: and suites:, and under each one - entry a line"

// ReadRun reads a run's plan and checks it by itself and against the catalog. It
// reads neither the environment nor any other file: that paths exist and that
// key variables are set is for the caller to see.
func ReadRun(path string, catalog []suites.Suite) (*Run, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("the plan can't be read: %w", err)
	}
	return parseRun(path, data, catalog)
}

// parseRun reads the content of a plan; path is for messages.
func parseRun(path string, data []byte, catalog []suites.Suite) (*Run, error) {
	root, err := parseDocument(path, data, runRemedy)
	if err != nil {
		return nil, err
	}
	r := runReader{reader: &reader{path: path}, catalog: catalog, run: &Run{Path: path, Seed: 1}}
	r.read(root)
	if r.err != nil {
		return nil, r.err
	}
	return r.run, nil
}

// runReader reads one plan.
type runReader struct {
	*reader
	catalog []suites.Suite
	run     *Run
}

func (r *runReader) read(root value) {
	top := r.section(root, "a plan", runFields)
	r.run.Title, r.run.About = top.word("title"), top.text("about")
	if top.has("seed") {
		r.run.Seed = top.whole("seed", 0, math.MaxUint64)
	}
	for _, v := range top.list("models") {
		r.run.Models = append(r.run.Models, r.model(v))
	}
	if len(r.run.Models) == 0 {
		r.fail(top.line("models"), "no models; write models: and under it one - {name: NAME, model: openai:URL#NAME} a line")
	}
	for _, v := range top.list("judges") {
		r.run.Judges = append(r.run.Judges, r.judge(v))
	}
	r.baseline(&top)
	for _, v := range top.list("suites") {
		r.run.Suites = append(r.run.Suites, r.suite(v))
	}
	if len(r.run.Suites) == 0 {
		r.fail(top.line("suites"), "no suites; write suites: and under it one - {suite: NAME} a line")
	}
	r.askedAs()
	r.suitesOfModels()
	r.gates(&top)
}

// askedAs checks that what models are asked as are conditions of one suite of the plan.
func (r *runReader) askedAs() {
	for _, m := range r.run.Models {
		for condition, other := range m.AskedAs {
			known := slices.ContainsFunc(r.run.Suites, func(s Suite) bool {
				i := slices.IndexFunc(r.catalog, func(c suites.Suite) bool { return c.Name == s.Suite })
				return i >= 0 && slices.Contains(r.catalog[i].Conditions, condition) && slices.Contains(r.catalog[i].Conditions, other)
			})
			if !known {
				r.fail(m.Line, "model %s is asked %q as %q, and no suite of the plan has both conditions", m.Name, condition, other)
			}
		}
	}
}

// suitesOfModels checks that suites which a model is asked alone are the plan's, and that
// the baseline is asked all.
func (r *runReader) suitesOfModels() {
	for _, m := range r.run.Models {
		for _, name := range m.Suites {
			if !slices.ContainsFunc(r.run.Suites, func(s Suite) bool { return s.Suite == name }) {
				r.fail(m.Line, "model %s is asked suite %s, which the plan doesn't ask; add it to suites: or remove it here", m.Name, name)
			}
		}
		if m.Suites != nil && m.Name == r.run.Baseline {
			r.fail(m.Line, "the baseline %s with suites of its own; others are compared with it on all: remove suites", m.Name)
		}
	}
}

func (r *runReader) baseline(top *section) {
	if !top.has("baseline") {
		return
	}
	r.run.Baseline = top.text("baseline")
	if _, ok := r.run.Model(r.run.Baseline); !ok {
		r.fail(top.line("baseline"), "no model %q for a baseline; there are %s", r.run.Baseline, strings.Join(r.modelNames(), ", "))
	}
}

func (r *runReader) modelNames() []string {
	var names []string
	for _, m := range r.run.Models {
		names = append(names, m.Name)
	}
	return names
}

// gates reads the plan's gates, as a gates file has them, and checks that the
// plan can decide them.
func (r *runReader) gates(top *section) {
	for _, v := range top.list("gates") {
		g := r.gate(v, r.catalog, r.run.Gates)
		if r.err != nil {
			return
		}
		i := slices.IndexFunc(r.run.Suites, func(s Suite) bool { return s.Suite == g.Suite })
		switch {
		case r.run.Baseline == "":
			r.fail(v.line, "gates without a baseline; name with baseline: the model that the others may not be worse than")
		case len(r.run.Models) < 2:
			r.fail(v.line, "gates with one model; add the model that is to be compared with the baseline")
		case i < 0:
			r.fail(v.line, "a gate on %s, which the plan doesn't ask; add it to suites: or remove the gate", g.Suite)
		default:
			r.gateOf(v.line, &r.run.Suites[i], g)
		}
		r.run.Gates = append(r.run.Gates, g)
	}
}

// gateOf checks a gate's condition and metric against what the suite is asked and
// who judges it.
func (r *runReader) gateOf(line int, s *Suite, g metrics.Gate) {
	known, _ := r.find(s.Suite)
	var judged []string
	if known.Judge != nil {
		judged = known.Judge.Metrics()
	}
	judged = slices.Concat(judged, known.Live.Brings) // what the data do bring is seen when they are read
	for _, name := range s.Judges {
		if j, ok := r.run.Judge(name); ok {
			if kind, err := judge.Find(j.Kind); err == nil {
				judged = append(judged, kind.New(name).Metrics()...)
			}
		}
	}
	gathered := known.Gather != nil && s.Samples > 1 && len(judged) > 0
	if !slices.Contains(judged, g.Metric) && !gathered {
		r.fail(line, "a gate on %s %s, which nobody judges; give the suite a judge of it (of kind %s)", s.Suite, g.Metric, kinds(known.Judged))
	}
	condition := g.Condition
	asked := s.ConditionsOf(known)
	if condition != "" && len(asked) > 0 && !slices.Contains(asked, condition) {
		r.fail(line, "a gate on condition %q, which the plan doesn't ask; %s has %s", condition, s.Suite, strings.Join(asked, ", "))
	}
}

// find looks a suite up in the catalog.
func (r *runReader) find(name string) (*suites.Suite, bool) {
	for i := range r.catalog {
		if r.catalog[i].Name == name {
			return &r.catalog[i], true
		}
	}
	return nil, false
}
