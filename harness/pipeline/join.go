package pipeline

import (
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/runstore"
	"assay/metrics"
	"assay/reports"
	"assay/suites"
)

// Joining says how runs of different origin are joined. Runs that share ids in a suite are
// paired by them, and need none of this.
type Joining struct {
	// By is how examples are matched: "content" ([suites.Content]), "question" (its part
	// without references), or a field of the examples, FIELD or FIRST=SECOND where the runs
	// name it differently. "input" is the example's text. By default, suites in which the
	// runs share no id are matched by content.
	By string
	// Suites pair suites or metrics that the runs name differently, FIRST=SECOND: suites by
	// their names, metrics as SUITE/METRIC.
	Suites []string
	// Conditions pair conditions, FIRST=SECOND.
	Conditions []string
	// Compared says that two runs are compared: duplicates are refused, and what only one of
	// the two has is listed. Otherwise duplicates are left out and counted.
	Compared bool
}

// ByContent and ByQuestion are the keys of [Joining] that every example has.
const ByContent, ByQuestion, byInput = "content", "question", "input"

// join gives the later sources the names of the earlier ones: see [Joining]. It reports
// what was joined by other keys than ids.
func join(sources []Source, how Joining) (joined []reports.Joined, err error) {
	if err := how.check(sources); err != nil {
		return nil, err
	}
	conditions, err := how.conditionPairs(sources)
	if err != nil {
		return nil, err
	}
	for i := 1; i < len(sources); i++ {
		if sources[i].isTraining() {
			continue
		}
		j := joiner{how: how, conditions: conditions, first: sources[:i], second: &sources[i], t: &translation{
			suites: map[string]string{}, metrics: map[[2]string]string{}, conditions: map[[2]string]string{},
			ids: map[string]map[string]string{}, texts: map[string]map[string]*variants{},
		}}
		if err := j.run(); err != nil {
			return nil, err
		}
		sources[i].joined = j.t
		joined = append(joined, j.out...)
	}
	return joined, nil
}

// joiner joins one source to those before it.
type joiner struct {
	how        Joining
	conditions [][2]string // those of how, first and second
	first      []Source
	second     *Source
	t          *translation
	out        []reports.Joined
}

// suiteNames lists the suites that a source has judgements of, by its own names.
func (s *Source) suiteNames() (names []string) {
	for _, c := range s.Manifest.Counts {
		names = append(names, c.Suite)
	}
	return names
}

// suitePair is a suite of the second source with its partner in the first ones.
type suitePair struct{ own, to string }

func (j *joiner) run() error {
	if err := j.pairNames(); err != nil {
		return err
	}
	have := map[string]bool{}
	for i := range j.first {
		for _, name := range j.first[i].suiteNames() {
			have[j.first[i].joined.suite(name)] = true
		}
	}
	var pairs []suitePair
	for _, own := range j.second.suiteNames() {
		if to := j.t.suite(own); have[to] {
			pairs = append(pairs, suitePair{own, to})
			delete(have, to)
		} else if j.how.Compared {
			j.out = append(j.out, reports.Joined{Other: own, Notes: []string{fmt.Sprintf("only the run %q has this suite", j.second.name())}})
		}
	}
	for _, name := range j.first[0].suiteNames() {
		if have[name] && j.how.Compared {
			j.out = append(j.out, reports.Joined{Suite: name, Notes: []string{fmt.Sprintf("only the run %q has this suite", j.first[0].name())}})
		}
	}
	all := slices.Clone(pairs)
	pairs, err := j.withoutSharedIDs(pairs)
	if err != nil {
		return err
	}
	byID := slices.DeleteFunc(all, func(p suitePair) bool { return slices.Contains(pairs, p) })
	if err := j.otherTexts(byID); err != nil || len(pairs) == 0 {
		return err
	}
	for _, p := range pairs {
		joined, err := j.match(p)
		if err != nil {
			return err
		}
		j.out = append(j.out, joined)
	}
	return j.survey(pairs)
}

// name is what notes call a run.
func (s *Source) name() string { return filepath.Base(s.Path) }

// withoutSharedIDs keeps the pairs of suites that are not paired by their ids. It reads the
// examples of both sides side by side, and only until each pair has an id in common.
func (j *joiner) withoutSharedIDs(pairs []suitePair) ([]suitePair, error) {
	if j.how.By != "" {
		return pairs, nil
	}
	open := map[string]bool{} // by the first's name
	for _, p := range pairs {
		open[p.to] = true
	}
	var seen [2]map[[2]string]bool
	seen[0], seen[1] = map[[2]string]bool{}, map[[2]string]bool{}
	next, stop := iter.Pull2(j.earlier())
	defer stop()
	own, stopOwn := iter.Pull2(j.second.examples(nil))
	defer stopOwn()
	sides := [2]func() (*suites.Example, error, bool){next, own}
	for ended := [2]bool{}; ended != [2]bool{true, true} && len(open) > 0; {
		for i, next := range sides {
			if ended[i] {
				continue
			}
			ex, err, ok := next()
			if err != nil {
				return nil, err
			}
			if ended[i] = !ok; !ok {
				continue
			}
			suite := ex.Suite
			if i == 1 {
				suite = j.t.suite(suite)
			}
			if key := [2]string{suite, ex.ID}; open[suite] {
				if seen[i][key] = true; seen[1-i][key] {
					delete(open, suite)
				}
			}
		}
	}
	return slices.DeleteFunc(pairs, func(p suitePair) bool { return !open[p.to] }), nil
}

// earlier yields the examples of the first sources, under the names that they are joined to.
func (j *joiner) earlier() iter.Seq2[*suites.Example, error] {
	return func(yield func(*suites.Example, error) bool) {
		for i := range j.first {
			for ex, err := range j.first[i].examples(nil) {
				if err == nil {
					j.first[i].joined.example(ex)
				}
				if !yield(ex, err) {
					return
				}
			}
		}
	}
}

// surveyed is what judgements of a suite are of.
type surveyed struct {
	conditions, metrics []string
	draws               int // the most of an example
}

// survey pairs the conditions of the suites that are joined by other keys than ids, and
// notes which metrics and conditions have no partner.
func (j *joiner) survey(pairs []suitePair) error {
	first, second := map[string]*surveyed{}, map[string]*surveyed{}
	for _, p := range pairs {
		first[p.to], second[p.own] = &surveyed{}, &surveyed{}
	}
	for i := range j.first {
		if err := j.first[i].surveyInto(first, j.first[i].joined); err != nil {
			return err
		}
	}
	if err := j.second.surveyInto(second, nil); err != nil {
		return err
	}
	for _, p := range pairs {
		a, b := first[p.to], second[p.own]
		at := slices.IndexFunc(j.out, func(o reports.Joined) bool { return o.Suite == p.to && o.Other == p.own })
		note := func(format string, args ...any) {
			j.out[at].Notes = append(j.out[at].Notes, fmt.Sprintf(format, args...))
		}
		j.pairConditions(p, a, b, note)
		metrics := func(s []string, own string) (out []string) {
			for _, m := range s {
				out = append(out, j.t.metric(own, m))
			}
			return out
		}
		mapped := metrics(b.metrics, p.own)
		if !slices.ContainsFunc(mapped, func(m string) bool { return slices.Contains(a.metrics, m) }) {
			note("no metric in common: the run %q has %s, the run %q has %s; pair two with --map %s/METRIC=%s/METRIC", j.first[0].name(), strings.Join(a.metrics, ", "), j.second.name(), strings.Join(b.metrics, ", "), p.to, p.own)
			continue
		}
		for side, only := range [2][]string{without(a.metrics, mapped), without(mapped, a.metrics)} {
			if len(only) > 0 {
				note("only %s has the metrics %s", [2]string{j.first[0].name(), j.second.name()}[side], strings.Join(only, ", "))
			}
		}
		if a.draws != b.draws {
			j.t.texts[p.own]["draws of an example"] = &variants{first: fmt.Sprint(a.draws), second: fmt.Sprint(b.draws)}
		}
	}
	return nil
}

// pairConditions pairs the only conditions of two sides that have no other.
func (j *joiner) pairConditions(p suitePair, a, b *surveyed, note func(string, ...any)) {
	var mapped []string
	for _, c := range b.conditions {
		to := j.t.condition(p.own, c)
		mapped = append(mapped, to)
		if to != c {
			j.t.texts[p.own]["condition"] = &variants{first: to, second: c}
		}
	}
	shared := slices.ContainsFunc(mapped, func(c string) bool { return slices.Contains(a.conditions, c) })
	switch {
	case !shared && len(a.conditions) == 1 && len(b.conditions) == 1:
		j.t.conditions[[2]string{p.own, b.conditions[0]}] = a.conditions[0]
		j.t.texts[p.own]["condition"] = &variants{first: named1(a.conditions[0]), second: named1(b.conditions[0])}
	case !shared:
		note("no condition in common: %s has %s, %s has %s; pair two with --map-condition FIRST=SECOND", j.first[0].name(), listedNames(a.conditions), j.second.name(), listedNames(b.conditions))
	default:
		for side, only := range [2][]string{without(a.conditions, mapped), without(mapped, a.conditions)} {
			if len(only) > 0 {
				note("only %s has the conditions %s", [2]string{j.first[0].name(), j.second.name()}[side], listedNames(only))
			}
		}
	}
}

func named1(condition string) string {
	if condition == "" {
		return "none"
	}
	return condition
}

// without lists the names that are not among others.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(others, n) })
}

// surveyInto reads which conditions, metrics and draws the judgements of some suites have.
// The suites are by the names of t.
func (s *Source) surveyInto(of map[string]*surveyed, t *translation) error {
	if s.isTraining() {
		return nil
	}
	for j, err := range runstore.Judgements().Read(s.Store) {
		if err != nil {
			return err
		}
		if s.label(j.Model) == "" {
			continue
		}
		one := *j
		t.judgement(&one)
		if into := of[one.Suite]; into != nil {
			into.add(&one)
		}
	}
	return nil
}

func (s *surveyed) add(j *metrics.Judgement) {
	if !slices.Contains(s.conditions, j.Condition) {
		s.conditions = append(s.conditions, j.Condition)
	}
	if !slices.Contains(s.metrics, j.Metric) {
		s.metrics = append(s.metrics, j.Metric)
	}
	s.draws = max(s.draws, j.Sample+1)
}
