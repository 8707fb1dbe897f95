package pipeline

import (
	"fmt"
	"slices"

	"assay/harness/runstore"
	"assay/suites"
)

// Runs are sources with the suites that they were judged under.
type Runs struct {
	Sources []Source
	// Suites are the catalog's in its order, as the sources' manifests define them, and
	// after these the suites that only manifests have.
	Suites []suites.Suite
}

// Open brings sources together. What a manifest says of its suites goes before the
// catalog; a run made before manifests had definitions is read by the catalog's. Two
// sources that define one metric differently can't be compared, which is an error that
// names both.
func Open(sources []Source, catalog []suites.Suite) (Runs, error) {
	m := merger{suites: slices.Clone(catalog), from: map[string]string{}}
	for i := range sources {
		path := sources[i].Store.Path(runstore.ManifestFile)
		for _, d := range sources[i].suiteDefinitions(catalog) {
			if err := m.add(d, path); err != nil {
				return Runs{}, err
			}
		}
	}
	return Runs{Sources: sources, Suites: m.suites}, nil
}

// suiteDefinitions are those of the source's manifest, and the catalog's of the suites that it
// counts without defining them.
func (s *Source) suiteDefinitions(catalog []suites.Suite) []suites.Definition {
	all := slices.Clone(s.Manifest.Suites)
	for _, c := range s.Manifest.Counts {
		defined := slices.ContainsFunc(all, func(d suites.Definition) bool { return d.Name == c.Suite })
		if i := indexOf(catalog, c.Suite); i >= 0 && !defined {
			all = append(all, catalog[i].Definition())
		}
	}
	return all
}

// merger makes one list of suites out of several manifests' definitions.
type merger struct {
	suites []suites.Suite
	from   map[string]string // suite -> the first manifest that defines it
}

// add takes the definition of a suite by the manifest at path.
func (m *merger) add(d suites.Definition, path string) error {
	i := indexOf(m.suites, d.Name)
	if i < 0 {
		i = len(m.suites)
		m.suites = append(m.suites, suites.Suite{})
	}
	first, ok := m.from[d.Name]
	if !ok {
		m.suites[i].Define(d)
		m.from[d.Name] = path
		return nil
	}
	merged := m.suites[i].Definition()
	if merged.Silent != d.Silent {
		return fmt.Errorf("%s and %s define suite %s differently (whether silence can score well); their numbers can't be compared, so read each run alone", first, path, d.Name)
	}
	for k := range d.Metrics {
		metric := &d.Metrics[k]
		at := slices.IndexFunc(merged.Metrics, func(o suites.MetricDefinition) bool { return o.Name == metric.Name })
		if at < 0 {
			merged.Metrics = append(merged.Metrics, *metric)
			continue
		}
		if differs := merged.Metrics[at].Differs(metric); differs != "" {
			return fmt.Errorf("%s and %s define %s %s differently (%s); their numbers can't be compared, so read each run alone", first, path, d.Name, metric.Name, differs)
		}
	}
	for _, c := range d.Conditions {
		if !slices.Contains(merged.Conditions, c) {
			merged.Conditions = append(slices.Clip(merged.Conditions), c)
		}
	}
	m.suites[i].Define(merged)
	return nil
}

func indexOf(all []suites.Suite, name string) int {
	return slices.IndexFunc(all, func(s suites.Suite) bool { return s.Name == name })
}
