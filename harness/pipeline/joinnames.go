package pipeline

import (
	"fmt"
	"slices"
	"strings"
)

// pairNames takes the names that the user paired, and refuses pairs that would make two names one.
func (j *joiner) pairNames() error {
	var once pairedOnce
	for _, one := range j.how.Suites {
		for _, at := range signs(one) {
			first, second := one[:at], one[at+1:]
			suite, metric, ofMetric := j.firstMetric(first)
			own, ownMetric, alsoMetric := j.second.metricOf(second)
			switch {
			case j.hasFirst(first) && slices.Contains(j.second.suiteNames(), second):
				j.t.suites[second] = first
			case ofMetric && alsoMetric:
				if to := j.t.suite(own); to != suite {
					return fmt.Errorf("--map %s: %s and %s are different suites; pair them first with --map %s=%s", one, suite, own, suite, own)
				}
				j.t.metrics[[2]string{own, ownMetric}] = metric
			default:
				continue
			}
			if err := once.add("map", first, second); err != nil {
				return err
			}
			break
		}
	}
	has, err := j.pairedNames()
	if err != nil {
		return err
	}
	once = pairedOnce{}
	for _, pair := range j.conditions {
		here := false
		for _, own := range j.second.suiteNames() {
			j.t.conditions[[2]string{own, pair[1]}] = pair[0]
			here = here || slices.Contains(has[own].conditions, pair[1])
		}
		if !here { // of another run
			continue
		}
		if err := once.add("map-condition", pair[0], pair[1]); err != nil {
			return err
		}
	}
	return j.checkDistinct(has)
}

// pairedOnce are pairs of names in which no name stands twice on one side.
type pairedOnce [][2]string

func (p *pairedOnce) add(flag, first, second string) error {
	for _, earlier := range *p {
		for side, name := range [2]string{first, second} {
			if earlier[side] == name {
				return fmt.Errorf("--%s %s=%s: --%s %s=%s already pairs %q of the %s run; pair each name once", flag, first, second,
					flag, earlier[0], earlier[1], name, [2]string{"first", "second"}[side])
			}
		}
	}
	*p = append(*p, [2]string{first, second})
	return nil
}

// pairedNames has the metrics and conditions of the second source's judgements, by its own suites. It reads
// them only if metrics or conditions are paired.
func (j *joiner) pairedNames() (map[string]*surveyed, error) {
	if len(j.t.metrics) == 0 && len(j.conditions) == 0 {
		return nil, nil
	}
	has := map[string]*surveyed{}
	for _, own := range j.second.suiteNames() {
		has[own] = &surveyed{}
	}
	return has, j.second.surveyInto(has, nil)
}

// checkDistinct refuses pairs by which two names of the second source would be one.
func (j *joiner) checkDistinct(has map[string]*surveyed) error {
	if err := j.distinct("map", "suite", "", j.second.suiteNames(), j.t.suite); err != nil {
		return err
	}
	for _, own := range j.second.suiteNames() {
		of := has[own]
		if of == nil {
			continue
		}
		metric := func(name string) string { return j.t.metric(own, name) }
		if err := j.distinct("map", "metric", own, of.metrics, metric); err != nil {
			return err
		}
		condition := func(name string) string { return j.t.condition(own, name) }
		if err := j.distinct("map-condition", "condition", own, of.conditions, condition); err != nil {
			return err
		}
	}
	return nil
}

// distinct refuses two names of the second source that get one name. kind is what they name; suite is the
// source's own that has them, "" for suites.
func (j *joiner) distinct(flag, kind, suite string, names []string, to func(string) string) error {
	by := map[string]string{}
	for _, name := range names {
		other, taken := by[to(name)]
		by[to(name)] = name
		if !taken || other == name {
			continue
		}
		if name == to(name) {
			name, other = other, name
		}
		first, second, where := to(name), name, ""
		if kind == "metric" {
			first, second = j.t.suite(suite)+"/"+first, suite+"/"+second
		}
		if suite != "" {
			where = " in suite " + suite
		}
		return fmt.Errorf("--%s %s=%s: %q has its own %s %q%s, and two can't have one name; choose another pair", flag, first, second, j.second.name(), kind, other, where)
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
