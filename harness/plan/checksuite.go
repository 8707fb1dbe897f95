package plan

import (
	"cmp"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/suites"
	"assay/suites/judge"
)

// suite checks a suite of the plan. Models and judges are checked before it.
func (c *runChecker) suite(s *Suite, before []Suite) {
	known, _ := c.find(s.Suite)
	switch {
	case known == nil: // after a fault
		return
	case known.Live == nil:
		c.Fail(s.Line("suite"), "suite %s can only be imported, not run; choose one of %s", s.Suite, strings.Join(suiteNames(c.catalog, true), ", "))
		return
	case slices.ContainsFunc(before, func(o Suite) bool { return o.Suite == s.Suite }):
		c.Fail(s.Line("suite"), "suite %s is listed twice; write one entry with all its conditions", s.Suite)
		return
	}
	if !s.Has("samples") {
		s.Samples = max(known.Live.Samples, 1)
	}
	c.judgesOf(s, known)
	if known.Live.Scored {
		c.scored(s, known)
	}
	c.conditions(s, known)
	c.turns(s, known)
	c.draws(s, known)
	c.stratify(s, known)
}

// stratify checks that the suite's examples have the field that the limit is drawn over.
func (c *runChecker) stratify(s *Suite, known *suites.Suite) {
	line := s.Line("stratify")
	switch {
	case s.Stratify == "":
	case len(known.Live.Strata) == 0:
		c.Fail(line, "suite %s has nothing to stratify by; remove stratify", known.Name)
	case !slices.Contains(known.Live.Strata, s.Stratify):
		c.Fail(line, "stratify: %q; suite %s can be stratified by %s", s.Stratify, known.Name, strings.Join(known.Live.Strata, ", "))
	case s.Limit == 0:
		c.Fail(line, "stratify chooses which examples a limit draws; write limit: and a number, or remove stratify")
	}
}

// conditions checks the suite's conditions, and that their shots are given.
func (c *runChecker) conditions(s *Suite, known *suites.Suite) {
	line := s.Line("conditions")
	for _, name := range s.Conditions {
		if len(known.Conditions) == 0 {
			c.Fail(line, "suite %s has no conditions; remove conditions", known.Name)
		}
		if !slices.Contains(known.Conditions, name) {
			c.Fail(line, "no condition %q in suite %s; %s", name, known.Name, place.Choose(name, known.Conditions))
		}
	}
	uses := func(name string) bool { return slices.Contains(known.Live.ShotConditions, name) }
	switch {
	case s.Shots == "" || known.Live.OwnShots || slices.ContainsFunc(s.ConditionsOf(known), uses):
	case known.Live.ShotConditions == nil:
		c.Fail(s.Line("shots"), "suite %s takes no few-shot examples; remove shots", known.Name)
	default:
		c.Fail(s.Line("shots"), "no condition of %s in this plan has few-shot examples; add %s to its conditions, or remove shots", known.Name, strings.Join(known.Live.ShotConditions, " or "))
	}
	for _, name := range s.ConditionsOf(known) {
		if s.Shots == "" && known.Live.Shots == "" && uses(name) {
			c.Fail(line, "condition %q of %s needs few-shot examples; write shots: and their file, or remove the condition", name, known.Name)
		}
	}
}

// turns checks that the models of conditions with earlier turns of a chat have messages.
func (c *runChecker) turns(s *Suite, known *suites.Suite) {
	for _, condition := range s.ConditionsOf(known) {
		for i := range c.Models {
			m := &c.Models[i]
			as := cmp.Or(m.AskedAs[condition], condition)
			if slices.Contains(known.Live.TurnConditions, as) && m.asks(s.Suite) && m.Spec.Kind != Replay && m.API != Chat {
				c.Fail(s.Line(""), "condition %q of %s has earlier turns of a chat, which model %s can't take: it is run on one text; write api: chat for it, serving a checkpoint with 'assay serve', or name the model's other suites in its suites:", as, known.Name, m.Name)
			}
		}
	}
}

// scored checks a suite of choices against models that give no log-probabilities of
// them: some suites can be run by letter instead, and then the plan's sampling applies.
func (c *runChecker) scored(s *Suite, known *suites.Suite) {
	letters := 0
	for i := range c.Models {
		m := &c.Models[i]
		if !m.asks(s.Suite) || !m.byLetter() {
			continue
		}
		letters++
		if !known.Live.ByLetter {
			c.Fail(s.Line(""), "suite %s measures log-probabilities of texts, and model %s is run with %s, which gives none; use api: completions of a server that echoes them, or name the model's other suites in its suites:", known.Name, m.Name, m.without())
		}
	}
	if letters == 0 {
		refuse(c.File, &s.Place, "is only for suites of texts; "+known.Name+" scores choices", samplingFields...)
	}
}

// asks says whether the model is run on a suite.
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

// draws refuses several samples, or several answers to choose the best of, that would all
// be the same.
func (c *runChecker) draws(s *Suite, known *suites.Suite) {
	for i := range c.Models {
		m := &c.Models[i]
		if m.Spec.Kind == Replay { // recorded draws are fixed
			continue
		}
		if known.Live.Scored {
			// Each sample by letter has an order of its own.
			if s.Samples > 1 && m.asks(s.Suite) && !(known.Live.ByLetter && m.byLetter()) {
				c.Fail(s.Line("samples"), "%s of %s by %s, which scores choices by their log-probabilities: all would be the same; remove samples, or choose by letter with logprobs: letters", plural.Of(s.Samples, "sample"), known.Name, m.Name)
			}
			continue
		}
		greedy := s.SamplingOf(m, known.Live.Sampling).Temperature == 0
		if greedy && m.BestOf > 1 {
			c.Fail(s.Line(""), "the best of %s to %s by %s at temperature 0: all would be the same; set a temperature above 0", plural.Of(m.BestOf, "answer"), known.Name, m.Name)
		}
		if greedy && s.Samples > 1 {
			c.Fail(s.Line("samples"), "%s of %s by %s at temperature 0: all would be the same; set a temperature above 0, or samples: 1", plural.Of(s.Samples, "sample"), known.Name, m.Name)
		}
	}
}

// judgesOf checks that the judges suit the suite.
func (c *runChecker) judgesOf(s *Suite, known *suites.Suite) {
	field := "judges"
	if s.Has("judge") {
		field = "judge"
	}
	line := s.Line(field)
	taken := judge.For(known)
	var seen []*Judge
	for _, name := range s.Judges {
		j, ok := c.Run.Judge(name)
		switch {
		case !ok && len(c.Judges) == 0:
			c.Fail(line, "no judge %q; define it under judges:", name)
			continue
		case !ok:
			c.Fail(line, "no judge %q in the plan; %s", name, place.Choose(name, c.judgeNames()))
			continue
		}
		kind, made := j.made()
		switch {
		case mixes(seen, j) != nil:
			c.Fail(line, "judges %s and %s would mix their figures, because both give the same metric; %s", mixes(seen, j).Name, name, apart(kind))
		case len(taken) == 0:
			c.Fail(line, "suite %s takes no judge; remove %s", known.Name, field)
		case !kind.Fits(known):
			c.Fail(line, "judge %s is of kind %s, but suite %s needs kind %s", name, j.Kind, known.Name, judge.Names(taken))
		case suites.NeedsOf(made).Baseline != suites.NoBaseline && c.Baseline == "":
			c.Fail(line, "judge %s compares with a baseline, but the plan has none; write baseline: and the name of a model", name)
		case known.Judge != nil && known.Judge.Name() == name:
			c.Fail(line, "judge %s has the name of suite %s's own judge; choose another name", name, known.Name)
		}
		seen = append(seen, j)
		if err := kind.Define(known, j.Settings); err != nil {
			c.Fail(line, "judge %s: %w", name, err)
		}
	}
}

// mixes finds a judge that gives a metric which another gives too.
func mixes(seen []*Judge, j *Judge) *Judge {
	_, made := j.made()
	for _, other := range seen {
		_, before := other.made()
		if slices.ContainsFunc(made.Metrics(), func(m string) bool { return slices.Contains(before.Metrics(), m) }) {
			return other
		}
	}
	return nil
}

// apart says how to keep the figures of two judges apart.
func apart(k judge.Kind) string {
	if slices.Contains(ownKeys(k), "metric") {
		return "write metric: and another name under one of them"
	}
	return "keep one, and use the other in a second run with --reuse"
}

func (c *runChecker) judgeNames() []string {
	var names []string
	for _, j := range c.Judges {
		names = append(names, j.Name)
	}
	return names
}
