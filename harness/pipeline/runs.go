package pipeline

import (
	"fmt"
	"slices"

	"assay/harness/runstore"
	"assay/metrics"
	"assay/reports"
	"assay/suites"
)

// Runs are sources with the suites that they were judged under.
type Runs struct {
	Sources []Source
	// Suites are first those of the catalog, in its order, then those that only the
	// manifests have. Each is defined as in the sources' manifests.
	Suites []suites.Suite
	// Joined says how suites were joined that have other ids in each run.
	Joined []reports.Joined

	control *controlled // see [Runs.ControlLength]; nil: none
}

// Open combines sources. A manifest's definition of a suite takes precedence over the
// catalog's, which is used for a run from before manifests had definitions. If two sources
// define one metric differently, they can't be compared, and the error names both. No source
// borrows a definition from another: a judgement by a metric that neither its own manifest nor
// the catalog defines is refused when it is read.
func Open(sources []Source, catalog []suites.Suite) (Runs, error) {
	return OpenJoined(sources, catalog, nil)
}

// OpenJoined is [Open] for runs that may be of different origin; a nil how joins nothing.
func OpenJoined(sources []Source, catalog []suites.Suite, how *Joining) (Runs, error) {
	m := merger{suites: slices.Clone(catalog), from: map[string]string{}}
	sources = slices.Clone(sources)
	for i := range sources {
		sources[i].defines = sources[i].metricNames(catalog)
	}
	var joined []reports.Joined
	if how != nil {
		var err error
		if joined, err = join(sources, *how); err != nil {
			return Runs{}, err
		}
	}
	for i := range sources {
		s := &sources[i]
		path := s.Store.Path(runstore.ManifestFile)
		for _, d := range s.suiteDefinitions(catalog) {
			if err := m.add(s.joined.definition(d), path, s.joined.joins(d.Name)); err != nil {
				return Runs{}, err
			}
		}
		s.translateNames()
	}
	for i := range m.suites {
		m.suites[i].Metrics = withJoined(m.suites[i].Metrics)
	}
	return Runs{Sources: sources, Suites: m.suites, Joined: joined}, nil
}

// translateNames puts the metrics that the source defines under the names that they are
// joined to.
func (s *Source) translateNames() {
	if s.joined == nil {
		return
	}
	names := map[[2]string]bool{}
	for name := range s.defines {
		names[[2]string{s.joined.suite(name[0]), s.joined.metric(name[0], name[1])}] = true
	}
	s.defines = names
}

// suiteDefinitions returns the definitions in the source's manifest, and the catalog's
// definition of each suite that the manifest counts but doesn't define.
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

// metricNames has the metrics that the source's manifest defines, and those of the catalog's
// suites that it doesn't define.
func (s *Source) metricNames(catalog []suites.Suite) map[[2]string]bool {
	names := map[[2]string]bool{}
	own := map[string]bool{}
	for _, d := range s.Manifest.Suites {
		own[d.Name] = true
		for _, m := range d.Metrics {
			names[[2]string{d.Name, m.Name}] = true
		}
	}
	for _, suite := range catalog {
		for _, m := range suite.Metrics {
			if !own[suite.Name] {
				names[[2]string{suite.Name, m.Name}] = true
			}
		}
	}
	return names
}

// metricsOf has the metrics that a source may have judgements by, by suite and name.
func (r Runs) metricsOf(s *Source) map[[2]string]*metrics.Metric {
	of := map[[2]string]*metrics.Metric{}
	for i := range r.Suites {
		suite := &r.Suites[i]
		for k := range suite.Metrics {
			if name := [2]string{suite.Name, suite.Metrics[k].Name}; s.defines[name] {
				of[name] = &suite.Metrics[k]
			}
		}
	}
	return of
}

// merger makes one list of suites from several manifests' definitions.
type merger struct {
	suites []suites.Suite
	from   map[string]string // suite -> the first manifest that defines it
}

// add adds the definition of a suite in the manifest at path. joined says that another
// harness made it, which knows no rule for silence.
func (m *merger) add(d suites.Definition, path string, joined bool) error {
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
	if merged.Silent != d.Silent && !joined {
		return fmt.Errorf("%s and %s define suite %s differently (whether silence can score well); their numbers can't be compared, so read each run on its own", first, path, d.Name)
	}
	for k := range d.Metrics {
		metric := &d.Metrics[k]
		at := slices.IndexFunc(merged.Metrics, func(o suites.MetricDefinition) bool { return o.Name == metric.Name })
		if at < 0 {
			merged.Metrics = append(merged.Metrics, *metric)
			continue
		}
		if differs := merged.Metrics[at].Differs(metric); differs != "" {
			return fmt.Errorf("%s and %s define %s %s differently (%s); their numbers can't be compared, so read each run on its own", first, path, d.Name, metric.Name, differs)
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
