package interop

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/metrics"
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
	assumed []string             // metrics without a direction, in order of appearance
	left    map[[2]string]bool   // suites and metrics that are not read
	origins map[[3]string]string // the file of a suite, model and condition
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
	orders   []float64 // see [metrics.Judgement]
}

// scoreOf reads a score: a number, true, false, or none.
func scoreOf(m *scoreMetric, raw jsontext.Value) (score, error) {
	x, missing, err := valueOf(raw)
	s := score{metric: m, missing: missing}
	if missing == "" && err == nil {
		s.value = []float64{x}
	}
	return s, err
}

// describe takes what a tool keeps beside an example: "category" is its category, and other short
// values are fields.
func (a *answer) describe(metadata map[string]jsontext.Value) {
	if a.fields == nil {
		a.fields = map[string]string{}
	}
	for name, v := range metadata {
		switch kind := v.Kind(); {
		case kind == '{' || kind == '[' || kind == 'n' || len(v) > longestField:
		case name == "category":
			a.category = texts(v)[0]
		default:
			a.fields[name] = texts(v)[0]
		}
	}
}

// longestField is how many bytes a value of metadata may have that becomes a field.
const longestField = 80

// firstLine is a text's beginning, for a reason.
func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if len(line) > 200 {
		line = strings.ToValidUTF8(line[:200], "") + " ..."
	}
	return line
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

// begin lists the files of an importer that paths name, and starts their book.
func begin(im Importer, paths []string, opt Options, out Sink) (files []string, b *book, err error) {
	if files, err = Walk(paths, im.Deep); err != nil {
		return nil, nil, err
	}
	own, err := opt.Table.parse()
	if err != nil {
		return nil, nil, err
	}
	b = &book{
		own: own, opt: opt, out: out, judge: cmp.Or(opt.Judge, im.Name),
		named: map[string]*scoreSuite{}, totals: map[cellKey]*total{}, left: map[[2]string]bool{}, origins: map[[3]string]string{},
	}
	return files, b, nil
}

// once refuses a second file with the answers of a model to a suite under a condition.
func (b *book) once(path, suite, model, condition string) error {
	key := [3]string{suite, model, condition}
	if before, ok := b.origins[key]; ok {
		return placed(path, 1, "the answers of %s to %s were read from %s already; import the runs apart, each into a run of its own", model, suite, before)
	}
	b.origins[key] = path
	return nil
}

// leaveOut says, once, why a metric is not read.
func (b *book) leaveOut(suite, metric, format string, args ...any) {
	if !b.isLeftOut(suite, metric) {
		b.left[[2]string{suite, metric}] = true
		b.out.Notice("%s %s is left out: %s", suite, metric, fmt.Sprintf(format, args...))
	}
}

// isLeftOut reports whether a metric is not read.
func (b *book) isLeftOut(suite, metric string) bool { return b.left[[2]string{suite, metric}] }

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
		Metric: m.name, Judge: s.judge, Labeler: s.labeler, Order: s.order, Value: s.value, Orders: s.orders, Missing: s.missing,
	}
	if j.Judge == "" || b.opt.Judge != "" {
		j.Judge = b.judge
	}
	if a.failed != "" {
		j.Value, j.Orders, j.Missing = nil, nil, a.failed
	}
	for _, x := range j.Value {
		if j.Missing == "" && (math.IsNaN(x) || math.IsInf(x, 0)) {
			j.Value, j.Orders, j.Missing = nil, nil, "the value is not finite"
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
	b.compare()
	return nil
}

// form is what the metric was made from.
func (m *scoreMetric) form() form {
	f := form{title: m.title, kind: m.usual, direction: m.direction, even: m.even, statistic: m.statistic, width: m.width}
	if m.declared != nil {
		f.lo, f.hi = m.declared.Lo, m.declared.Hi
	}
	return f
}
