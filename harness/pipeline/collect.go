package pipeline

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"assay/harness"
	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/metrics/statistic"
	"assay/reports"
	"assay/suites"
)

// Cell names what one estimate is about.
type Cell struct {
	Suite, Metric, Model, Condition string
}

// Judged holds the judgements of runs as columns of numbers, one for each cell.
// Estimates and comparisons are computed from them. Clusters have the same numbers
// in all columns, so that two columns can be paired.
type Judged struct {
	Models   []string // in order of first appearance over the runs
	Baseline string   // the runs' usual baseline, "" if they name none or disagree
	Seed     uint64
	sources  []Source
	joined   []reports.Joined
	suites   []suites.Suite
	columns  map[Cell]*infer.Column
	judges   map[string][]string // suite -> names of judges, in order of appearance
	judgedBy map[Cell][]judgeOf
	cells    []Cell            // in report order
	opponent map[Cell]string   // the baseline of a preference, by its name in the records
	against  map[Cell]party    // the same, by its name in the report
	prints   map[string]string // fingerprints of Models

	ids         []string // of examples, by their numbers in the columns
	preferences preferences
	labeled     bool // some judgement is a person's
}

// party is a model by its name in the report, with its fingerprint if its run has one.
type party struct{ name, fingerprint string }

// Source is a run to collect, with its manifest. Label renames its models, for two
// runs that hold different models of one name, or leaves one out by returning "";
// nil keeps them all.
type Source struct {
	Store    runstore.Store
	Path     string // the run's folder; "" if it has none
	Manifest *harness.Manifest
	Label    func(model string) string
	// Divide puts a judgement under another condition, such as its example's use case. It
	// returns ok false to leave the judgement out. Nil keeps every judgement as it is.
	Divide func(j *metrics.Judgement) (condition string, ok bool)

	defines map[[2]string]bool // by suite and metric: see [Open]
	joined  *translation       // to the names of the sources before it: see [Joining]
}

func (s *Source) label(model string) string {
	if s.Label == nil {
		return model
	}
	return s.Label(model)
}

// party returns a model of the source by its name in the records.
func (s *Source) party(name string) party {
	p := party{name: cmp.Or(s.label(name), name)}
	for _, m := range s.Manifest.Models {
		if m.Name == name {
			p.fingerprint = m.Fingerprint
		}
	}
	return p
}

// isTraining reports whether the source is a training, which has no judgements.
func (s *Source) isTraining() bool { return s.Manifest.Plan.Train != nil }

// Collect streams the judgements of runs into columns. It keeps only numbers,
// about 16 bytes per judgement.
func (r Runs) Collect() (*Judged, error) {
	c := newCollector(r.Suites)
	c.out.sources, c.out.joined = r.Sources, r.Joined
	for i, src := range r.Sources {
		if i == 0 {
			c.out.Seed, c.out.Baseline = src.Manifest.Seed, src.Manifest.Baseline
		} else if c.out.Baseline != src.Manifest.Baseline {
			c.out.Baseline = ""
		}
		if src.isTraining() {
			continue
		}
		for _, m := range src.Manifest.Models {
			if name := src.label(m.Name); name != "" && !slices.Contains(c.out.Models, name) {
				c.out.Models = append(c.out.Models, name)
				c.out.prints[name] = m.Fingerprint
			}
		}
		c.metrics = r.metricsOf(&src)
		if err := c.shared.read(&src, r.Suites); err != nil {
			return nil, err
		}
		definitions, err := src.judgeDefinitions()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", src.Store.Path(runstore.ManifestFile), err)
		}
		answers, err := r.control.lengths(&src)
		if err != nil {
			return nil, err
		}
		line, held := 1, map[string]int{}
		for j, err := range runstore.Judgements().Read(src.Store) {
			if err != nil {
				return nil, err
			}
			line++
			held[j.Suite]++
			model := src.label(j.Model)
			if model == "" {
				continue
			}
			longer, both := answers.longer(j)
			src.joined.judgement(j)
			if src.Divide != nil {
				condition, ok := src.Divide(j)
				if !ok {
					continue
				}
				j.Condition = condition
			}
			if err := c.add(j, model, src.party(j.Baseline), judgeOf{j.Judge, definitions[j.Judge]}, src.Manifest.Answers != nil); err != nil {
				return nil, place.At(src.Store.Path(runstore.Judgements().File()), line, err)
			}
			if err := c.addLength(r.control, keyOf(j, model), j, longer, both); err != nil {
				return nil, place.At(src.Store.Path(runstore.Judgements().File()), line, err)
			}
		}
		if err := src.complete("judgement", held, func(c harness.Count) int { return c.Attempted }); err != nil {
			return nil, place.At(src.Store.Path(runstore.Judgements().File()), line, err)
		}
	}
	c.finish()
	return c.out, c.out.checkControl(r.control)
}

// complete compares the number of records in each suite with the manifest's count, so that a
// file that was cut, removed or edited by hand can't pass as that of a smaller run.
func (s *Source) complete(what string, held map[string]int, counted func(harness.Count) int) error {
	for _, count := range s.Manifest.Counts {
		if n := held[count.Suite]; n != counted(count) {
			return fmt.Errorf("%s of %s, but the manifest counted %d: the file was changed or removed after the run was made; rerun 'assay run', or import again", plural.Of(n, what), count.Suite, counted(count))
		}
	}
	return nil
}

// sampleKey keeps judgements of different baselines apart. A baseline is identified by
// its name in the file. So models of two runs that were compared with one opponent can
// be paired, whatever the opponent is called in the report.
type sampleKey struct {
	Cell
	baseline string
}

func keyOf(j *metrics.Judgement, model string) sampleKey {
	return sampleKey{Cell{j.Suite, j.Metric, model, j.Condition}, j.Baseline}
}

type collector struct {
	out        *Judged
	metrics    map[[2]string]*metrics.Metric // that the source defines, by suite and name
	silent     map[string]bool               // suites in which an empty answer can score well
	canJoin    map[[2]string]bool            // suite and metric: see joined.go
	preference map[string]string             // suite -> its metric of preference between two models; see strengths.go
	clusters   map[string]uint32
	labelers   map[string]uint32
	columns    map[sampleKey]*infer.Column
	judgedBy   map[sampleKey][]judgeOf
	against    map[sampleKey]party
	shared     shared
	controlled map[sampleKey]*preferencesOf // see lengthcontrol.go
}

func newCollector(known []suites.Suite) *collector {
	c := &collector{
		out:        &Judged{suites: known, columns: map[Cell]*infer.Column{}, opponent: map[Cell]string{}, against: map[Cell]party{}, prints: map[string]string{}, judges: map[string][]string{}, judgedBy: map[Cell][]judgeOf{}},
		silent:     map[string]bool{},
		canJoin:    canJoin(known),
		preference: map[string]string{},
		clusters:   map[string]uint32{},
		labelers:   map[string]uint32{"": 0},
		columns:    map[sampleKey]*infer.Column{},
		judgedBy:   map[sampleKey][]judgeOf{},
		against:    map[sampleKey]party{},
		shared:     shared{},
		controlled: map[sampleKey]*preferencesOf{},
	}
	for i := range known {
		suite := &known[i]
		c.silent[suite.Name] = suite.Silent
		c.preference[suite.Name] = preferenceOf(suite)
	}
	return c
}

// add adds a judgement under the report's names. marked says whether its run recorded
// marks.
func (c *collector) add(j *metrics.Judgement, model string, baseline party, by judgeOf, marked bool) error {
	metric, ok := c.metrics[[2]string{j.Suite, j.Metric}]
	if !ok {
		return fmt.Errorf("unknown metric %s %s: neither the run's own manifest nor this assay defines it; use the assay that wrote the run", j.Suite, j.Metric)
	}
	if j.Scored() {
		if err := statistic.Check(metric, j.Value); err != nil {
			return fmt.Errorf("%s %s of %s: %w; judge or import it again, or correct the range in the run's %s", j.Suite, j.Metric, j.Model, err, runstore.ManifestFile)
		}
	}
	key := keyOf(j, model)
	s := c.columns[key]
	if s == nil {
		s = infer.NewColumn(metric)
		if c.silent[j.Suite] {
			s.Silent()
		}
		c.columns[key] = s
		c.against[key] = baseline
	}
	if judges := c.out.judges[j.Suite]; !slices.Contains(judges, j.Judge) {
		c.out.judges[j.Suite] = append(judges, j.Judge)
	}
	if !slices.Contains(c.judgedBy[key], by) {
		c.judgedBy[key] = append(c.judgedBy[key], by)
	}
	cluster := intern(c.clusters, j.Example)
	s.Answer(cluster, j.Sample, j.Mark, j.BaselineMark, j.Baseline != "")
	if !marked {
		s.Unmarked()
	}
	if !j.Scored() {
		s.AddMissing(cluster)
		return nil
	}
	s.Add(cluster, intern(c.labelers, j.Labeler), j.Value)
	if c.canJoin[[2]string{j.Suite, j.Metric}] {
		s.Of(j.Sample, j.Probability)
		if j.Learned {
			s.Learned()
		}
	}
	if baseline.name != "" && j.Metric == c.preference[j.Suite] {
		c.out.preferences.add(j, model, baseline.name, cluster)
	}
	return nil
}

func intern(ids map[string]uint32, name string) uint32 {
	id, ok := ids[name]
	if !ok {
		id = uint32(len(ids))
		ids[name] = id
	}
	return id
}

// finish names the cells. If a metric was judged against several baselines, each
// baseline is a condition of its own, so that only win rates over the same opponent
// are compared.
func (c *collector) finish() {
	c.out.labeled = len(c.labelers) > 1 // the first is nobody
	baselines := map[Cell][]string{}    // by cell without its model
	for key := range c.columns {
		cell := key.Cell
		cell.Model = ""
		if !slices.Contains(baselines[cell], key.baseline) {
			baselines[cell] = append(baselines[cell], key.baseline)
		}
	}
	numbers, groups := c.numbers(), map[string][]uint32{}
	for key, s := range c.columns {
		all := key.Cell
		all.Model = ""
		cell := key.Cell
		if len(baselines[all]) > 1 && key.baseline != "" {
			cell.Condition = joinConditions(cell.Condition, "against "+key.baseline)
		}
		s.Renumber(numbers)
		if _, ok := groups[cell.Suite]; !ok {
			groups[cell.Suite] = c.shared.groups(cell.Suite, numbers, c.clusters)
		}
		s.Group(groups[cell.Suite])
		c.out.columns[cell] = s
		c.out.judgedBy[cell] = c.judgedBy[key]
		c.out.opponent[cell], c.out.against[cell] = key.baseline, c.against[key]
		c.out.cells = append(c.out.cells, cell)
		c.controlCell(key, cell, s, numbers, groups[cell.Suite])
	}
	c.out.joinCells()
	rank := c.out.ranks()
	slices.SortFunc(c.out.cells, func(a, b Cell) int {
		return cmp.Or(
			rank.suite(a, b), rank.metric(a, b), rank.condition(a, b), rank.model(a, b),
		)
	})
}

// numbers ranks the examples by id, so that a cell's numbers don't depend on what
// else the runs contain, or on the order.
func (c *collector) numbers() []uint32 {
	to := make([]uint32, len(c.clusters))
	c.out.ids = slices.Sorted(maps.Keys(c.clusters))
	for rank, id := range c.out.ids {
		to[c.clusters[id]] = uint32(rank)
	}
	return to
}

func joinConditions(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

// Cells lists the cells that have judgements, in report order: suites, metrics and
// known conditions in the order of the suites' definitions, models in that of the runs.
func (j *Judged) Cells() []Cell { return j.cells }
