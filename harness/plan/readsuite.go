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
		r.scored(&s, &one, known)
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

// scored checks a suite of choices against models that give no log-probabilities of
// them: some suites can be asked by letter instead, and then the plan says how.
func (r *runReader) scored(s *section, one *Suite, known *suites.Suite) {
	letters := 0
	for i := range r.run.Models {
		m := &r.run.Models[i]
		if !m.asks(one.Suite) || !m.byLetter() {
			continue
		}
		letters++
		if !known.Live.ByLetter {
			s.fail(s.at, "suite %s measures log-probabilities of texts, and model %s is asked by %s, which gives none; use api: completions of a server that echoes them, or name the model's other suites in its suites:", known.Name, m.Name, m.without())
		}
	}
	if letters == 0 {
		s.refuse(samplingFields, "is for text, and "+known.Name+" scores choices")
	}
}

// asks says whether the model is asked a suite.
func (m *Model) asks(suite string) bool { return m.Suites == nil || slices.Contains(m.Suites, suite) }

// byLetter says whether the model is sure to choose by letter.
func (m *Model) byLetter() bool { return m.API == Chat || m.Logprobs == Letters }

// without is the field for which the model gives no log-probabilities.
func (m *Model) without() string {
	if m.API == Chat {
		return "api: chat"
	}
	return "logprobs: letters"
}

// draws refuses several samples, or answers of which the best counts, that would all be
// the same.
func (r *runReader) draws(s *section, one *Suite, known *suites.Suite) {
	for i := range r.run.Models {
		m := &r.run.Models[i]
		if m.Spec.Kind == Replay { // recorded draws are what they are
			continue
		}
		if known.Live.Scored {
			// Each sample by letter has an order of its own.
			if one.Samples > 1 && m.asks(one.Suite) && !(known.Live.ByLetter && m.byLetter()) {
				s.fail(s.line("samples"), "%d samples of %s by %s, which scores choices by their log-probabilities: all would be the same; remove samples, or ask by letter with logprobs: letters", one.Samples, known.Name, m.Name)
			}
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
