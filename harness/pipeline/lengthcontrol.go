package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"unicode/utf8"

	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/metrics/lengthcontrol"
	"assay/metrics/names"
	"assay/suites"
)

// LengthControl says whether win rates are also estimated for outputs of equal length.
type LengthControl struct {
	On bool
	// Difficulties is a file of the difficulty of each instruction; "" means that there is none.
	Difficulties string
}

// ControlLength adds to each suite that has win_rate the metric length_controlled_win_rate. It
// has no judgements of its own: it needs those of win_rate, and the texts of both outputs.
func (r Runs) ControlLength(how LengthControl) (Runs, error) {
	if how.Difficulties == "" && !how.On {
		return r, nil
	}
	r.control = &controlled{suites: map[string]*metrics.Metric{}}
	if how.Difficulties != "" {
		d, err := readDifficulties(how.Difficulties)
		if err != nil {
			return Runs{}, err
		}
		if r.control.difficulties, err = d.ofExamples(r); err != nil {
			return Runs{}, err
		}
		r.control.file = how.Difficulties
	}
	r.Suites = slices.Clone(r.Suites)
	for i := range r.Suites {
		s := &r.Suites[i]
		at := slices.IndexFunc(s.Metrics, func(m metrics.Metric) bool { return m.Name == names.WinRate })
		if _, own := s.Metric(names.LengthControlled); own || at < 0 {
			continue
		}
		m := s.Metrics[at]
		m.Name, m.Title, m.Kind = names.LengthControlled, m.Title+", outputs of equal length", metrics.Mean
		s.Metrics = slices.Insert(slices.Clone(s.Metrics), at+1, m)
		r.control.suites[s.Name] = &s.Metrics[at+1]
	}
	return r, nil
}

// controlled are the suites with length control, with their metric of it.
type controlled struct {
	suites       map[string]*metrics.Metric
	file         string
	difficulties map[string]map[string]float64 // by suite and example; nil: none
}

// answerKey is an answer by the names in its run.
type answerKey struct {
	suite, example, condition, model string
	sample                           int
}

// lengths are the numbers of characters of a source's answers. They are of the suites that
// have length control; nil if there are none.
type lengths map[answerKey]int

func (k *controlled) lengths(s *Source) (lengths, error) {
	if k == nil || s.isTraining() {
		return nil, nil
	}
	out := lengths{}
	for c, err := range runstore.Completions().Read(s.Store) {
		if errors.Is(err, fs.ErrNotExist) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if k.suites[s.joined.suite(c.Suite)] != nil && c.Missing == "" {
			out[answerKey{c.Suite, c.Example, c.Condition, c.Model, c.Sample}] = utf8.RuneCountInString(c.Text)
		}
	}
	return out, nil
}

// longer is by how many characters the baseline's answer is longer than the model's, by the
// names in the judgement's run. It is false if one of the two is not known.
func (l lengths) longer(j *metrics.Judgement) (characters float64, ok bool) {
	key := answerKey{j.Suite, j.Example, j.Condition, j.Model, j.Sample}
	model, ok := l[key]
	key.model = j.Baseline
	baseline, both := l[key]
	return float64(baseline - model), ok && both
}

// preferencesOf are the preferences of a cell for length control, with their examples.
type preferencesOf struct {
	data     lengthcontrol.Data
	examples []uint32
	without  int
	metric   *metrics.Metric
}

// addLength adds a judgement to those of its cell, if its suite has length control.
func (c *collector) addLength(k *controlled, key sampleKey, j *metrics.Judgement, longer float64, both bool) error {
	if k == nil || j.Metric != names.WinRate || j.Baseline == "" || k.suites[j.Suite] == nil {
		return nil
	}
	p := c.controlled[key]
	if p == nil {
		p = &preferencesOf{metric: k.suites[j.Suite], data: lengthcontrol.Data{Difficulties: k.difficulties != nil}}
		c.controlled[key] = p
	}
	if !both {
		p.without++
		return nil
	}
	row := lengthcontrol.Row{Longer: longer, Unscored: !j.Scored()}
	if j.Scored() {
		row.Preference = j.Value[0]
	}
	if k.difficulties != nil {
		var ok bool
		if row.Difficulty, ok = k.difficulties[j.Suite][j.Example]; !ok {
			return fmt.Errorf("%s has no difficulty of the instruction of example %s in suite %s; add its row", k.file, j.Example, j.Suite)
		}
	}
	p.data.Rows = append(p.data.Rows, row)
	p.examples = append(p.examples, c.clusters[j.Example])
	return nil
}

// controlCell adds the length-controlled cell of a cell of win rates. The clusters are
// numbered in the order of the judgements, which is the tool's order for its own files.
func (c *collector) controlCell(key sampleKey, of Cell, s *infer.Column, numbers, groups []uint32) {
	p := c.controlled[key]
	if p == nil {
		return
	}
	seen, clusters := map[uint32]int{}, []uint32(nil)
	for i, example := range p.examples {
		cluster := numbers[example]
		if groups != nil {
			cluster = groups[cluster]
		}
		if _, ok := seen[cluster]; !ok {
			seen[cluster], clusters = len(seen), append(clusters, cluster)
		}
		p.data.Rows[i].Cluster = seen[cluster]
	}
	to := of
	to.Metric = names.LengthControlled
	c.out.columns[to] = s.Controlled(&p.data, clusters, p.without, p.metric)
	c.out.judgedBy[to] = c.judgedBy[key]
	c.out.opponent[to], c.out.against[to] = c.out.opponent[of], c.out.against[of]
	c.out.cells = append(c.out.cells, to)
}

// errNothingControlled is the error of runs for which the flag does nothing.
var errNothingControlled = errors.New("no length control: the runs have no win_rate against a baseline")

// checkControl refuses length control of runs that have nothing to control. If they are
// divided, only some of their suites are there.
func (j *Judged) checkControl(k *controlled) error {
	divided := slices.ContainsFunc(j.sources, func(s Source) bool { return s.Divide != nil })
	if k != nil && !divided && !slices.ContainsFunc(j.cells, func(c Cell) bool { return c.Metric == names.LengthControlled && k.suites[c.Suite] != nil }) {
		return errNothingControlled
	}
	return nil
}

// ofExamples gives each example of suites with a win rate its instruction's difficulty.
func (d *difficulties) ofExamples(r Runs) (map[string]map[string]float64, error) {
	out := map[string]map[string]float64{}
	for i := range r.Sources {
		at := map[string]int{}
		for ex, err := range r.Sources[i].examples(r.Suites) {
			if err != nil {
				return nil, err
			}
			r.Sources[i].joined.example(ex)
			if !hasWinRate(r.Suites, ex.Suite) {
				continue
			}
			if out[ex.Suite] == nil {
				out[ex.Suite] = map[string]float64{}
			}
			if value, ok := d.of(ex, at[ex.Suite]); ok {
				out[ex.Suite][ex.ID] = value
			}
			at[ex.Suite]++
		}
		for suite, n := range at {
			if err := d.checkCount(suite, n); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func hasWinRate(all []suites.Suite, suite string) bool {
	i := indexOf(all, suite)
	if i < 0 {
		return false
	}
	_, ok := all[i].Metric(names.WinRate)
	return ok
}
