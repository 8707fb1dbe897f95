package plan

import (
	"slices"
	"strings"

	"assay/suites"
)

var suiteFields = slices.Concat([]string{"suite", "data", "shots", "conditions", "limit", "samples", "judge", "judges"}, samplingFields)

// suite reads a suite of the plan. Models and judges are read before it.
func (r *runReader) suite(v value) Suite {
	s := r.section(v, "a suite", suiteFields)
	one := Suite{Suite: s.text("suite"), Samples: 1, Line: v.line}
	known := r.askable(&s, one.Suite)
	if known == nil {
		return one
	}
	one.Data = s.word("data")
	one.Shots = s.word("shots")
	one.Conditions = s.words("conditions")
	one.Limit = int(s.whole("limit", 1, 1e9))
	if s.has("samples") {
		one.Samples = int(s.whole("samples", 1, 100_000))
	}
	one.Judges = r.judgesOf(&s, known)
	if known.Live.Scored {
		s.refuse(samplingFields, "is for text, and "+known.Name+" scores choices")
	}
	one.Sampling = s.sampling()
	r.conditions(&s, &one, known)
	r.draws(&s, &one, known)
	return one
}

// askable finds the suite in the catalog, if a model can be asked it.
func (r *runReader) askable(s *section, name string) *suites.Suite {
	if name == "" {
		s.fail(s.at, "a suite without a name; write suite: and one of %s", strings.Join(r.liveNames(), ", "))
		return nil
	}
	known, ok := r.find(name)
	switch {
	case !ok:
		s.fail(s.line("suite"), "no suite %q; there are %s", name, strings.Join(r.liveNames(), ", "))
		return nil
	case known.Live == nil:
		s.fail(s.line("suite"), "suite %s can only be imported, not asked; choose of %s", name, strings.Join(r.liveNames(), ", "))
		return nil
	case slices.ContainsFunc(r.run.Suites, func(o Suite) bool { return o.Suite == name }):
		s.fail(s.line("suite"), "suite %s a second time; write one entry with all its conditions", name)
		return nil
	}
	return known
}

func (r *runReader) liveNames() []string {
	var names []string
	for _, s := range r.catalog {
		if s.Live != nil {
			names = append(names, s.Name)
		}
	}
	return names
}

// conditions checks the suite's conditions, and that their shots are given.
func (r *runReader) conditions(s *section, one *Suite, known *suites.Suite) {
	for _, c := range one.Conditions {
		if len(known.Conditions) == 0 {
			s.fail(s.line("conditions"), "suite %s has no conditions; remove conditions", known.Name)
		}
		if !slices.Contains(known.Conditions, c) {
			s.fail(s.line("conditions"), "no condition %q; suite %s has %s", c, known.Name, strings.Join(known.Conditions, ", "))
		}
	}
	for _, c := range one.ConditionsOf(known) {
		if one.Shots == "" && known.Live.Shots == "" && slices.Contains(known.Live.ShotConditions, c) {
			s.fail(s.line("conditions"), "condition %q of %s needs few-shot examples; write shots: and their file, or leave it out of conditions", c, known.Name)
		}
	}
}

// draws refuses several samples, or answers of which the best counts, that would all be
// the same.
func (r *runReader) draws(s *section, one *Suite, known *suites.Suite) {
	if known.Live.Scored {
		if one.Samples > 1 {
			s.fail(s.line("samples"), "%d samples of %s, which scores choices: all would be the same; remove samples", one.Samples, known.Name)
		}
		return
	}
	for i := range r.run.Models {
		m := &r.run.Models[i]
		if spec, err := ParseSpec(m.Model); err != nil || spec.Kind == Replay { // recorded draws are what they are
			continue
		}
		greedy := one.SamplingOf(m, known.Live.Sampling).Temperature == 0
		if greedy && m.BestOf > 1 {
			s.fail(s.at, "the best of %d answers to %s by %s at temperature 0: all would be the same; set a temperature above 0", m.BestOf, known.Name, m.Name)
		}
		if greedy && one.Samples > 1 {
			s.fail(s.line("samples"), "%d samples of %s by %s at temperature 0: all would be the same; set a temperature above 0, or samples: 1", one.Samples, known.Name, m.Name)
		}
	}
}

// judgesOf reads judge or judges, and checks that they suit the suite.
func (r *runReader) judgesOf(s *section, known *suites.Suite) []string {
	field := "judges"
	names := s.words("judges")
	if s.has("judge") {
		if s.has("judges") {
			s.fail(s.line("judge"), "both judge and judges; keep judges")
		}
		field = "judge"
		names = []string{s.text("judge")}
	}
	line := s.line(field)
	var kindsSeen []suites.JudgeKind
	for _, name := range names {
		j, ok := r.run.Judge(name)
		if ok && slices.Contains(kindsSeen, j.Kind) {
			s.fail(line, "two judges of kind %s, whose figures would be mixed; keep one, and give the other a run of its own with --reuse of this one", j.Kind)
		}
		if ok {
			kindsSeen = append(kindsSeen, j.Kind)
		}
		switch {
		case !ok && len(r.run.Judges) == 0:
			s.fail(line, "no judge %q; the plan has none: write it under judges:", name)
		case !ok:
			s.fail(line, "no judge %q; the plan has %s", name, strings.Join(r.judgeNames(), ", "))
		case len(known.Judged) == 0:
			s.fail(line, "suite %s takes no judge; remove %s", known.Name, field)
		case !slices.Contains(known.Judged, j.Kind):
			s.fail(line, "judge %s is of kind %s; suite %s takes %s", name, j.Kind, known.Name, kinds(known.Judged))
		case j.Kind == suites.Pairwise && r.run.Baseline == "":
			s.fail(line, "judge %s compares with a baseline, and the plan has none; name one of its models with baseline:", name)
		case known.Judge != nil && known.Judge.Name() == name:
			s.fail(line, "judge %s has the name of suite %s's own; give it another", name, known.Name)
		}
	}
	return names
}

func kinds(judged []suites.JudgeKind) string {
	var names []string
	for _, k := range judged {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

func (r *runReader) judgeNames() []string {
	var names []string
	for _, j := range r.run.Judges {
		names = append(names, j.Name)
	}
	return names
}
