package pipeline

import (
	"fmt"
	"slices"
	"strings"
)

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
