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
			note := fmt.Sprintf("only the run %q has this suite", j.first[0].name())
			if len(j.out) > 0 { // perhaps under another name
				note += fmt.Sprintf("; if the other run has it under another name, add --map %s=NAME", name)
			}
			j.out = append(j.out, reports.Joined{Suite: name, Notes: []string{note}})
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

// pairNames takes the names that the user paired.
func (j *joiner) pairNames() error {
	for _, one := range j.how.Suites {
		for _, at := range signs(one) {
			first, second := one[:at], one[at+1:]
			suite, metric, ofMetric := j.firstMetric(first)
			own, ownMetric, alsoMetric := j.second.metricOf(second)
			switch {
			case j.hasFirst(first) && slices.Contains(j.second.suiteNames(), second):
				if first != second && slices.Contains(j.second.suiteNames(), first) {
					return fmt.Errorf("--map %s: %s has a suite %s of its own; one of the two can't have the name", one, j.second.name(), first)
				}
				j.t.suites[second] = first
			case ofMetric && alsoMetric:
				if to := j.t.suite(own); to != suite {
					return fmt.Errorf("--map %s: %s and %s are different suites; pair them first with --map %s=%s", one, suite, own, suite, own)
				}
				j.t.metrics[[2]string{own, ownMetric}] = metric
			default:
				continue
			}
			break
		}
	}
	for _, pair := range j.conditions {
		for _, own := range j.second.suiteNames() {
			j.t.conditions[[2]string{own, pair[1]}] = pair[0]
		}
	}
	return nil
}

// signs are the places of "=" in a pair of names, which may contain others.
func signs(pair string) (at []int) {
	for i := range len(pair) {
		if pair[i] == '=' {
			at = append(at, i)
		}
	}
	return at
}

func (j *joiner) hasFirst(suite string) bool {
	return slices.ContainsFunc(j.first, func(s Source) bool {
		return slices.ContainsFunc(s.suiteNames(), func(own string) bool { return s.joined.suite(own) == suite })
	})
}

// firstMetric splits SUITE/METRIC of the first sources.
func (j *joiner) firstMetric(name string) (suite, metric string, ok bool) {
	for i := range j.first {
		if own, metric, ok := j.first[i].metricOf(name); ok {
			return j.first[i].joined.suite(own), metric, true
		}
	}
	return "", "", false
}

// metricOf splits SUITE/METRIC of a source that has both.
func (s *Source) metricOf(name string) (suite, metric string, ok bool) {
	for _, suite := range s.suiteNames() {
		metric, found := strings.CutPrefix(name, suite+"/")
		if found && s.defines[[2]string{suite, metric}] {
			return suite, metric, true
		}
	}
	return "", "", false
}

// unknownMetric names the metric that a suite of a pair SUITE/METRIC=SUITE/METRIC doesn't have; nil if that is not the
// fault.
func unknownMetric(pair string, first, second *Source) error {
	for _, at := range signs(pair) {
		for _, side := range []struct {
			s    *Source
			name string
		}{{first, pair[:at]}, {second, pair[at+1:]}} {
			for _, suite := range side.s.suiteNames() {
				metric, of := strings.CutPrefix(side.name, suite+"/")
				if !of || side.s.defines[[2]string{suite, metric}] {
					continue
				}
				var has []string
				for d := range side.s.defines {
					if d[0] == suite {
						has = append(has, d[1])
					}
				}
				slices.Sort(has)
				return fmt.Errorf("--map %s: suite %s of %s has no metric %s; it has %s", pair, suite, side.s.name(), metric, strings.Join(has, ", "))
			}
		}
	}
	return nil
}

// check refuses pairs of names that no two sources have.
func (how *Joining) check(sources []Source) error {
	for _, flag := range []struct {
		name  string
		pairs []string
	}{{"map", how.Suites}, {"map-condition", how.Conditions}} {
		for _, one := range flag.pairs {
			if first, second, ok := strings.Cut(one, "="); !ok || first == "" && flag.name == "map" || second == "" && flag.name == "map" {
				return fmt.Errorf("--%s %s: write FIRST=SECOND, a name of the first run and one of the second", flag.name, one)
			}
		}
	}
	for _, one := range how.Suites {
		known := false
		for i := 1; i < len(sources) && !known; i++ {
			j := joiner{first: sources[:i], second: &sources[i]}
			for _, at := range signs(one) {
				first, second := one[:at], one[at+1:]
				_, _, ofMetric := j.firstMetric(first)
				_, _, alsoMetric := sources[i].metricOf(second)
				known = known || ofMetric && alsoMetric || j.hasFirst(first) && slices.Contains(sources[i].suiteNames(), second)
			}
		}
		if !known && len(sources) > 1 {
			last := &sources[len(sources)-1]
			if fault := unknownMetric(one, &sources[0], last); fault != nil {
				return fault
			}
			return fmt.Errorf("--map %s: write a suite (or SUITE/METRIC) of the first run, \"=\" and one of the second; %q has %s, %q has %s", one,
				sources[0].name(), strings.Join(sources[0].suiteNames(), ", "), last.name(), strings.Join(last.suiteNames(), ", "))
		}
	}
	if len(sources) < 2 && (how.By != "" || how.Suites != nil || how.Conditions != nil) {
		return fmt.Errorf("--join-by, --map and --map-condition join two runs; there is one here")
	}
	return nil
}

// conditionPairs splits the pairs of conditions, and refuses one of which a name is not a condition
// of judgements of the runs.
func (how *Joining) conditionPairs(sources []Source) (pairs [][2]string, err error) {
	if how.Conditions == nil {
		return nil, nil
	}
	has := make([][]string, len(sources))
	for i := range sources {
		if has[i], err = sources[i].conditions(); err != nil {
			return nil, err
		}
	}
	for _, one := range how.Conditions {
		known := false
		for _, at := range signs(one) {
			first, second := one[:at], one[at+1:]
			for i := 1; i < len(sources) && !known; i++ {
				if known = slices.Contains(has[i], second) && slices.ContainsFunc(has[:i], func(of []string) bool { return slices.Contains(of, first) }); known {
					pairs = append(pairs, [2]string{first, second})
				}
			}
		}
		if !known {
			last := len(sources) - 1
			return nil, fmt.Errorf("--map-condition %s: write a condition of the first run, \"=\" and one of the second; %q has %s, %q has %s", one,
				sources[0].name(), listedNames(has[0]), sources[last].name(), listedNames(has[last]))
		}
	}
	return pairs, nil
}

// conditions lists the conditions of the source's judgements, by its own names.
func (s *Source) conditions() ([]string, error) {
	all := &surveyed{}
	of := map[string]*surveyed{}
	for _, suite := range s.suiteNames() {
		of[suite] = all
	}
	err := s.surveyInto(of, nil)
	return all.conditions, err
}

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
