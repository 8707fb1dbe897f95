package interop

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"assay/harness"
	"assay/metrics"
	"assay/metrics/statistic"
	"assay/models"
	"assay/suites"
)

// book takes the answers and scores of tools that have suites and metrics of their own. It
// gives them to the sink, derives the definitions, and compares the aggregates that the tool
// printed with those that follow from the scores.
type book struct {
	own     tableOptions
	opt     Options
	out     Sink
	judge   string // of scores that name none
	suites  []*scoreSuite
	named   map[string]*scoreSuite
	totals  map[cellKey]*total
	printed []printed
	assumed []string // metrics without a direction, in order of appearance
}

// answer is a model's answer to an example, with its scores.
type answer struct {
	suite      string
	example    string // the tool's name of the example, which is the same for every model
	input      string // the prompt; "" if the files don't have it
	question   string // the bare question, if the input has more
	references []string
	incorrect  []string
	category   string
	cluster    string
	fields     map[string]string

	condition string
	model     string
	sample    int
	text      *string   // nil if the files don't have it
	choices   []float64 // log-probabilities of the choices
	finish    string    // why the answer ended, in the words of [models.FinishOf]
	failed    string    // why there is no answer

	scores []score
	own    *suites.Example // as assay itself wrote it; nil otherwise
}

// score is a value, or the reason why there is none.
type score struct {
	metric   *scoreMetric
	value    []float64
	missing  string
	baseline string
	judge    string // "" for the tool
	labeler  string
	order    string
}

// form is what a tool says of a metric.
type form struct {
	title     string // "" for the name
	lo, hi    *float64
	kind      *metrics.Kind // nil: by the values
	direction *metrics.Direction
	even      *float64
	statistic metrics.Statistic
	width     int
	exact     bool // the kind holds whatever the values are
}

type cellKey struct{ suite, model, condition, metric, baseline string }

type total struct {
	sums []float64
	n    int
}

// printed is an aggregate in the tool's own files.
type printed struct {
	cellKey
	value  float64
	within float64 // how far it may be off, as it is rounded; 0 for rounding errors only
	path   string
}

func newBook(tool string, opt Options, out Sink) (*book, error) {
	own, err := opt.Table.parse()
	if err != nil {
		return nil, err
	}
	b := &book{own: own, opt: opt, out: out, judge: tool, named: map[string]*scoreSuite{}, totals: map[cellKey]*total{}}
	if opt.Judge != "" {
		b.judge = opt.Judge
	}
	return b, nil
}

func (b *book) suite(name string) *scoreSuite {
	s, ok := b.named[name]
	if !ok {
		s = &scoreSuite{name: name}
		b.named[name] = s
		b.suites = append(b.suites, s)
	}
	return s
}

// metric is a suite's metric. Its form is that of the first call; flags come before it.
func (b *book) metric(suite, name string, f form) *scoreMetric {
	s := b.suite(suite)
	for _, m := range s.metrics {
		if m.name == name {
			return m
		}
	}
	m := s.metric(name, &b.own)
	m.exact = f.exact
	m.title, m.usual, m.statistic, m.width, m.even = f.title, f.kind, f.statistic, f.width, f.even
	if m.declared == nil && (f.lo != nil || f.hi != nil) {
		m.declared = &suites.Range{Lo: f.lo, Hi: f.hi}
	}
	if m.direction == nil && f.direction == nil && !slices.Contains(b.assumed, name) {
		b.assumed = append(b.assumed, name)
	}
	if m.direction == nil {
		m.direction = f.direction
	}
	return m
}

// add gives an answer to the sink.
func (b *book) add(a *answer) error {
	switch {
	case a.model == "":
		return errors.New("the model has no name")
	case a.suite == "":
		return errors.New("the task has no name")
	}
	id := suites.ExampleID(a.suite, a.example)
	ex := suites.Example{ID: id, Suite: a.suite, Input: a.input, References: a.references, Incorrect: a.incorrect, Category: a.category, Cluster: a.cluster, Fields: a.fields}
	if ex.Input == "" {
		ex.Input = a.example
	}
	if a.own != nil {
		ex, id = *a.own, a.own.ID
	}
	if a.question != "" {
		ex.Content = suites.Content(a.question, a.references)
	}
	suite := b.suite(a.suite)
	suite.clustered = suite.clustered || a.cluster != ""
	suite.under(a.condition)
	if err := b.out.Example(ex); err != nil {
		return fmt.Errorf("example %.80q: %w", a.example, err)
	}
	if a.text != nil || a.choices != nil || a.failed != "" {
		err := b.out.Completion(models.Completion{
			ID:    models.CompletionID("recorded:"+a.model, id, a.condition, 0, a.sample),
			Suite: a.suite, Example: id, Condition: a.condition, Model: a.model, Sample: a.sample,
			Text: deref(a.text), Scores: a.choices, Finish: models.FinishOf(a.finish), Missing: a.failed,
		})
		if errors.Is(err, ErrConflict) {
			return fmt.Errorf("%w: %q has another answer to example %.80q earlier; import the runs apart, each into a run of its own", err, a.model, a.example)
		}
		if err != nil && !errors.Is(err, ErrDuplicate) {
			return err
		}
	}
	for i := range a.scores {
		if err := b.score(a, id, &a.scores[i]); err != nil {
			return fmt.Errorf("%s of %s, example %.80q: %w", a.scores[i].metric.name, a.model, a.example, err)
		}
	}
	return nil
}

func (b *book) score(a *answer, id string, s *score) error {
	m := s.metric
	j := metrics.Judgement{
		Suite: a.suite, Example: id, Condition: a.condition, Model: a.model, Baseline: s.baseline, Sample: a.sample,
		Metric: m.name, Judge: s.judge, Labeler: s.labeler, Order: s.order, Value: s.value, Missing: s.missing,
	}
	if j.Judge == "" || b.opt.Judge != "" {
		j.Judge = b.judge
	}
	if a.failed != "" {
		j.Value, j.Missing = nil, a.failed
	}
	for _, x := range j.Value {
		if j.Missing == "" && (math.IsNaN(x) || math.IsInf(x, 0)) {
			j.Value, j.Missing = nil, "the value is not finite"
		}
	}
	if j.Scored() {
		if err := m.inRange(j.Value...); err != nil {
			return err
		}
	}
	if err := m.paired(&j); err != nil {
		return err
	}
	if err := b.out.Judgement(j); err != nil {
		if errors.Is(err, ErrDuplicate) || errors.Is(err, ErrConflict) {
			return fmt.Errorf("%w: a score of this answer came before; import the runs apart, each into a run of its own", err)
		}
		return err
	}
	m.took(&j, "", 0)
	return b.sum(&j, m)
}

// sum adds a judgement to what its cell's aggregate is computed from.
func (b *book) sum(j *metrics.Judgement, m *scoreMetric) error {
	key := cellKey{j.Suite, j.Model, j.Condition, j.Metric, j.Baseline}
	t := b.totals[key]
	if t == nil {
		t = new(total)
		b.totals[key] = t
	}
	if !j.Scored() {
		return nil
	}
	of, err := m.of()
	if err != nil {
		return err
	}
	one := make([]float64, of.Size)
	of.Add(one, j.Value)
	if t.sums == nil {
		t.sums = make([]float64, of.Size)
	}
	for i, x := range one {
		t.sums[i] += x
	}
	t.n++
	return nil
}

// print notes an aggregate that the tool printed.
func (b *book) print(p printed) { b.printed = append(b.printed, p) }

// close gives the sink the definitions, and says where the tool's aggregates differ from those
// of its scores.
func (b *book) close() error {
	if err := b.own.unknown(b.suites); err != nil {
		return err
	}
	for _, suite := range b.suites {
		suite.metrics = slices.DeleteFunc(suite.metrics, func(m *scoreMetric) bool { return m.rows == 0 && !m.exact })
		d, err := suite.definition(func(*scoreMetric, *suites.MetricDefinition) {})
		if err != nil {
			return err
		}
		if err := b.out.Define(d); err != nil {
			return err
		}
	}
	if len(b.assumed) > 0 {
		b.out.Notice("the files don't say which way is better in %s: higher is taken; --direction METRIC=lower or none changes it", strings.Join(b.assumed, ", "))
	}
	agree, differ := 0, 0
	for _, p := range b.printed {
		t := b.totals[p.cellKey]
		if t == nil { // no score of it was read
			differ++
			b.differs(differ, "%s: %s %s of %s is %v there, and no score of it was read", p.path, p.suite, p.metric, p.model, p.value)
			continue
		}
		point, ok := b.point(p.cellKey, t)
		if ok && math.Abs(point-p.value) <= p.within+1e-9*max(1, math.Abs(p.value)) {
			agree++
			continue
		}
		differ++
		if !ok {
			b.differs(differ, "%s: %s %s of %s is %v there, and no answer has a score of it", p.path, p.suite, p.metric, p.model, p.value)
			continue
		}
		b.differs(differ, "%s: %s %s of %s is %v there, and %v by the %d scores that were read", p.path, p.suite, p.metric, p.model, p.value, point, t.n)
	}
	if differ > mostDiffer {
		b.out.Notice("%d more of the files' own aggregates differ", differ-mostDiffer)
	}
	if agree > 0 {
		b.out.Notice("%d of the files' own aggregates follow from the scores that were read", agree)
	}
	return nil
}

// mostDiffer is how many aggregates are listed that differ.
const mostDiffer = 20

func (b *book) differs(n int, format string, args ...any) {
	if n <= mostDiffer {
		b.out.Notice(format, args...)
	}
}

// point is a cell's aggregate; false without a score.
func (b *book) point(key cellKey, t *total) (float64, bool) {
	if t.n == 0 {
		return 0, false
	}
	for _, m := range b.named[key.suite].metrics {
		if m.name == key.metric {
			of, err := m.of()
			return of.Point(t.sums, float64(t.n)), err == nil
		}
	}
	return 0, false
}

// of is the metric's statistic.
func (m *scoreMetric) of() (statistic.Sums, error) {
	if !m.known {
		kind := metrics.Mean
		if m.usual != nil {
			kind = *m.usual
		}
		metric := metrics.Metric{Name: m.name, Kind: kind, Width: m.width, Statistic: m.statistic}
		var err error
		if m.sums, err = statistic.Of(&metric); err != nil {
			return m.sums, err
		}
		m.known = true
	}
	return m.sums, nil
}

// setting records how the tool made its requests. An empty value says nothing.
func (b *book) setting(suite, model, name, value string) {
	if value != "" && len(value) <= longestSetting {
		b.out.Setting(harness.Setting{Suite: suite, Model: model, Name: name, Value: value})
	}
}

// longestSetting is how many bytes a setting may have, such as a template.
const longestSetting = 1 << 14

// settingNames is assay's word for another tool's parameter.
func settingNames(name string) string {
	if own, ok := map[string]string{
		"max_gen_toks": "max_tokens", "max_new_tokens": "max_tokens", "num_fewshot": "shots", "until": "stop", "stop_seqs": "stop", "stop_sequences": "stop",
		"system_message": "system", "system_instruction": "system", "top_k_per_token": "top_k",
	}[name]; ok {
		return own
	}
	return name
}

// definitions takes suites as assay itself defined them.
func (b *book) definitions(all []suites.Definition) {
	for _, d := range all {
		s := b.suite(d.Name)
		for _, m := range d.Metrics {
			metric := m.Metric()
			kept := b.metric(d.Name, m.Name, form{title: m.Title, lo: m.Range.Lo, hi: m.Range.Hi, kind: &m.Kind, direction: &m.Direction, even: m.Even, statistic: metric.Statistic, width: m.Width, exact: true})
			kept.baseline = m.Even != nil
		}
		d.Metrics = nil
		s.given = &d
	}
}

// recorded takes what assay itself wrote of an answer: its example and judgements.
func (b *book) recorded(a *answer, text []byte) error {
	var r Record
	if err := decodeValue(text, &r); err != nil || len(r.Judgements) == 0 || r.Example.ID == "" {
		return errors.New("assay's own part of the row can't be read; export the run again")
	}
	switch {
	case r.Answer == nil:
		a.text = nil
	case a.text == nil:
		a.text = new("")
		fallthrough
	default:
		a.choices, a.finish, a.failed = r.Answer.Scores, r.Answer.Finish, r.Answer.Missing
	}
	for i, j := range r.Judgements {
		if i > 0 && (j.Suite != a.suite || j.Model != a.model || j.Condition != a.condition || j.Sample != a.sample) {
			return errors.New("assay's own part of the row has judgements of several answers; export the run again")
		}
		a.own, a.suite, a.condition, a.model, a.sample = &r.Example, j.Suite, j.Condition, j.Model, j.Sample
		suite := b.named[j.Suite]
		if suite == nil {
			return errors.New("the files have no definition of the row's suite; export the run again")
		}
		k := slices.IndexFunc(suite.metrics, func(m *scoreMetric) bool { return m.name == j.Metric })
		if k < 0 {
			return fmt.Errorf("the files have no definition of the metric %.80q; export the run again", j.Metric)
		}
		a.scores = append(a.scores, score{metric: suite.metrics[k], value: j.Value, missing: j.Missing, baseline: j.Baseline, judge: j.Judge, labeler: j.Labeler, order: j.Order})
	}
	return b.add(a)
}
