package pipeline

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/agreement"
	"assay/metrics/statistic"
	"assay/reports"
	"assay/suites"
)

// AgreementOptions say which agreements are computed.
type AgreementOptions struct {
	Only  Selection
	Pairs bool // each pair of labelers too
	// Scale is the scale of all metrics; nil chooses one by metric.
	Scale *agreement.Scale
	Alt   agreement.AltOptions

	audit *auditing // nil unless judges are audited
}

// judgedPrefix begins the name of a metric that a judge gives for a metric of people.
const judgedPrefix = "judged_"

// asked is what labelers and judges said by one metric.
type asked struct {
	suite   string
	metric  *metrics.Metric
	ratings []agreement.Rating
	who     map[string]rater // by name in ratings
	seen    map[[2]string]float64
	audited map[string]*audited // by name in ratings; nil unless judges are audited
}

// rater is a person, or a judge who is none.
type rater struct {
	name, group string
	person      bool
}

// Agreements computes how far labelers, groups of them and judges agree, by suite and metric.
// A judgement with a labeler is a person's; a person's group is the name of the judge. A
// metric of which fewer than two gave values has no agreement. Judges of "judged_M" are
// compared with the people who gave M.
func (r Runs) Agreements(o AgreementOptions) (out reports.Agreements, err error) {
	all, learned, err := r.asked(o)
	if err != nil {
		return out, err
	}
	out.Notes = learnedNotes(learned)
	for _, a := range all {
		if len(a.who) < 2 {
			out.Alone = append(out.Alone, a.suite+" "+a.metric.Name)
			continue
		}
		if err := a.add(&out, o); err != nil {
			return out, fmt.Errorf("%s %s: %w", a.suite, a.metric.Name, err)
		}
	}
	return out, nil
}

// asked collects the judgements by suite and metric, in the order of the suites.
// learned counts, by suite, metric and judge, the judgements of answers that the judge was trained on; they are
// left out.
func (r Runs) asked(o AgreementOptions) (all []*asked, learned map[[3]string]int, err error) {
	learned = map[[3]string]int{}
	of, clusters := map[[2]string]*asked{}, shared{}
	cells := map[Cell]bool{}
	for i := range r.Sources {
		src := &r.Sources[i]
		if src.isTraining() {
			continue
		}
		if err := clusters.read(src, r.Suites); err != nil {
			return nil, nil, err
		}
		known, line := r.metricsOf(src), 1
		if err := o.audit.open(src, known); err != nil {
			return nil, nil, err
		}
		for j, err := range runstore.Judgements().Read(src.Store) {
			if err != nil {
				return nil, nil, err
			}
			line++
			looks := o.audit.looksOf(j)
			j.Model = src.label(j.Model)
			src.joined.judgement(j)
			cells[Cell{Suite: j.Suite, Metric: j.Metric, Condition: j.Condition}] = true
			m := known[[2]string{j.Suite, j.Metric}]
			if m == nil || j.Model == "" || !o.Only.Has(j.Suite, j.Metric, j.Condition) || !o.audit.wants(j, m) {
				continue
			}
			if !j.Scored() {
				o.audit.miss(j, m)
				continue
			}
			if j.Learned { // the judge repeats the label that it was trained on
				learned[[3]string{j.Suite, j.Metric, j.Judge}]++
				continue
			}
			value, ok := single(m, j.Value)
			if !ok {
				continue
			}
			key := [2]string{j.Suite, j.Metric}
			if of[key] == nil {
				of[key] = &asked{suite: j.Suite, metric: m, who: map[string]rater{}, seen: map[[2]string]float64{}}
			}
			fresh, err := of[key].take(j, value, clusters[j.Suite][j.Example])
			if err != nil {
				return nil, nil, place.At(src.Store.Path(runstore.Judgements().File()), line, err)
			}
			if fresh {
				o.audit.take(of[key], j, src.party(j.Baseline).name, looks)
			}
		}
	}
	if err := o.Only.Check(slices.Collect(maps.Keys(cells))); err != nil {
		return nil, nil, err
	}
	return joinJudged(r.inOrder(of)), learned, nil
}

// learnedNotes say how many judgements are left out because their judge was trained on the answer.
func learnedNotes(learned map[[3]string]int) (notes []string) {
	for _, key := range slices.SortedFunc(maps.Keys(learned), func(a, b [3]string) int { return slices.Compare(a[:], b[:]) }) {
		notes = append(notes, fmt.Sprintf("%s, %s %s: %s of answers that the judge was trained on %s left out.", key[2], key[0], key[1],
			plural.Of(learned[key], "judgement"), map[bool]string{true: "is", false: "are"}[learned[key] == 1]))
	}
	return notes
}

// inOrder lists what was asked in the order of suites and their metrics.
func (r Runs) inOrder(of map[[2]string]*asked) (all []*asked) {
	for i := range r.Suites {
		for k := range r.Suites[i].Metrics {
			if a := of[[2]string{r.Suites[i].Name, r.Suites[i].Metrics[k].Name}]; a != nil {
				all = append(all, a)
			}
		}
	}
	return all
}

// single is the number by which two judgements are compared: what the judgement adds to a
// plain mean, after the metric's threshold. It is false for metrics that are no mean.
func single(m *metrics.Metric, value []float64) (float64, bool) {
	if m.Kind == metrics.FunctionOfSums {
		return 0, false
	}
	sums, err := statistic.Of(m)
	if err != nil || sums.Size != 1 || len(value) != m.ValueWidth() {
		return 0, false
	}
	return sums.One(value), true
}

// take takes a judgement. fresh says that it was not there before.
func (a *asked) take(j *metrics.Judgement, value float64, cluster string) (fresh bool, err error) {
	item, mirrored := a.itemOf(j)
	if mirrored {
		value = 2**a.metric.Even - value
	}
	who := raterOf(j)
	key := [2]string{item, who.key()}
	if before, ok := a.seen[key]; ok {
		if before != value {
			return false, fmt.Errorf("%s gave %s of %s the values %v and %v for one answer of example %s; keep one of them", who.name, j.Metric, j.Model, before, value, j.Example)
		}
		return false, nil
	}
	a.seen[key], a.who[key[1]] = value, who
	a.ratings = append(a.ratings, agreement.Rating{Item: item, Cluster: cmp.Or(cluster, j.Example), Rater: key[1], Value: value})
	return true, nil
}

// itemOf names what was judged. A over B and B over A are one question: mirrored says that it is
// asked the other way round.
func (a *asked) itemOf(j *metrics.Judgement) (item string, mirrored bool) {
	model, baseline := j.Model, j.Baseline
	if mirrored = a.metric.Even != nil && baseline > model; mirrored {
		model, baseline = baseline, model
	}
	return strings.Join([]string{j.Example, j.Condition, model, baseline, fmt.Sprint(j.Sample), j.Order}, "\x00"), mirrored
}

func raterOf(j *metrics.Judgement) rater {
	if j.Labeler == "" {
		return rater{name: j.Judge}
	}
	group := j.Judge
	if rest, ok := strings.CutPrefix(group, "people: "); ok {
		group = rest
	}
	return rater{name: j.Labeler, group: group, person: true}
}

// key tells raters of one name in two groups apart.
func (r rater) key() string {
	if r.person {
		return r.name + "\x00" + r.group
	}
	return r.name
}

// joinJudged gives the ratings of judged_M to M, if people rated M.
func joinJudged(all []*asked) []*asked {
	return slices.DeleteFunc(all, func(a *asked) bool {
		base, ok := strings.CutPrefix(a.metric.Name, judgedPrefix)
		i := slices.IndexFunc(all, func(b *asked) bool { return b != nil && b.suite == a.suite && b.metric.Name == base })
		if !ok || i < 0 || len(all[i].among(true)) == 0 {
			return false
		}
		all[i].ratings = append(all[i].ratings, a.ratings...)
		maps.Copy(all[i].who, a.who)
		if all[i].audited == nil {
			all[i].audited = a.audited
		}
		return true
	})
}

// among are the keys of people, or of judges, sorted.
func (a *asked) among(people bool) (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(a.who)) {
		if a.who[key].person == people {
			keys = append(keys, key)
		}
	}
	return keys
}

// groups are the people by group, sorted.
func (a *asked) groups() (names []string, members map[string][]string) {
	members = map[string][]string{}
	for _, key := range a.among(true) {
		g := a.who[key].group
		members[g] = append(members[g], key)
	}
	return slices.Sorted(maps.Keys(members)), members
}

// most is how many categories an ordinal metric without a table of its own can have.
const most = 20

// scale chooses a metric's scale and its categories; nil takes the values that occur.
func (a *asked) scale(o AgreementOptions) (agreement.Scale, []float64) {
	m := a.metric
	if o.Scale == nil && m.Kind == metrics.Proportion {
		return agreement.Nominal, []float64{0, 1}
	}
	var values []float64
	whole := true
	for i := range a.ratings {
		v := a.ratings[i].Value
		whole = whole && v == math.Trunc(v)
		values = append(values, v)
	}
	slices.Sort(values)
	values = slices.Compact(values)
	if whole && m.Bounded() && m.Hi-m.Lo < most {
		values = nil
		for v := math.Ceil(m.Lo); v <= m.Hi; v++ {
			values = append(values, v)
		}
	}
	switch {
	case o.Scale != nil:
		return *o.Scale, values
	case (whole || m.Even != nil) && len(values) <= most:
		return agreement.Ordinal, values
	}
	return agreement.Interval, values
}

// add adds all agreements by the metric.
func (a *asked) add(out *reports.Agreements, o AgreementOptions) error {
	scale, values := a.scale(o)
	t, err := agreement.New(a.ratings, values)
	if err != nil {
		return err
	}
	c := compared{a: a, t: t, scale: scale, out: out}
	people, judges := a.among(true), a.among(false)
	groups, members := a.groups()
	if len(people) > 1 {
		c.within(reports.AmongPeople, "all labelers", people)
	}
	if len(groups) > 1 {
		for _, g := range groups {
			if len(members[g]) > 1 {
				c.within(reports.WithinGroup, "within "+g, members[g])
			}
		}
		for i, g := range groups {
			for _, h := range groups[i+1:] {
				c.between(reports.BetweenGroups, g+" and "+h, members[g], members[h])
			}
		}
	}
	if len(judges) > 1 {
		c.within(reports.AmongJudges, "all judges", judges)
	}
	for _, judge := range judges {
		if len(people) == 0 {
			break
		}
		c.between(reports.JudgeAndPeople, judge+" and labelers", []string{judge}, people)
		c.alt(judge, people, o)
	}
	if o.Pairs {
		each := people
		if len(people) == 0 {
			each = judges
		}
		for i, x := range each {
			for _, y := range each[i+1:] {
				c.pair(x, y)
			}
		}
	}
	return nil
}

// compared makes the rows of one metric.
type compared struct {
	a     *asked
	t     *agreement.Table
	scale agreement.Scale
	out   *reports.Agreements
}

// categories bounds the work of coefficients with a weight for each pair of categories.
const categories = 100

func (c *compared) row(kind reports.AgreementKind, who string) reports.Agreement {
	r := reports.Agreement{Suite: c.a.suite, Metric: c.a.metric.Name, Kind: kind, Who: who, Scale: c.scale.String()}
	r.Weights = c.weights().String()
	return r
}

func (c *compared) weights() agreement.Weights {
	if c.scale == agreement.Nominal {
		return agreement.Unweighted
	}
	return agreement.Quadratic
}

func (c *compared) within(kind reports.AgreementKind, who string, raters []string) {
	r, t := c.row(kind, who), c.t.Only(raters...)
	r.Raw = new(t.Raw())
	r.Alpha = new(t.Alpha(c.scale))
	if len(t.Values) <= categories {
		r.Kappa, r.AC = new(t.Fleiss(c.weights())), new(t.AC(c.weights()))
	}
	if c.a.metric.Even != nil {
		r.Order = new(c.decided(raters).Raw())
	}
	c.out.Rows = append(c.out.Rows, r)
}

func (c *compared) between(kind reports.AgreementKind, who string, a, b []string) {
	r := c.row(kind, who)
	r.Raw = new(c.t.RawBetween(a, b))
	if len(c.t.Values) <= categories {
		r.Kappa = new(c.t.KappaBetween(a, b, c.weights()))
	}
	if c.a.metric.Even != nil {
		r.Order = new(c.decided(append(slices.Clone(a), b...)).RawBetween(a, b))
	}
	c.out.Rows = append(c.out.Rows, r)
}

// pair adds two raters, with Cohen's kappa.
func (c *compared) pair(x, y string) {
	c.within(reports.Pair, c.a.who[x].name+" and "+c.a.who[y].name, []string{x, y})
	last := &c.out.Rows[len(c.out.Rows)-1]
	if last.Kappa != nil {
		last.Kappa = new(c.t.KappaBetween([]string{x}, []string{y}, c.weights()))
	}
}

// decided leaves ties out: what is left are pairs of answers that a rater put in order.
func (c *compared) decided(raters []string) *agreement.Table {
	ratings := slices.DeleteFunc(slices.Clone(c.a.ratings), func(r agreement.Rating) bool {
		return r.Value == *c.a.metric.Even || !slices.Contains(raters, r.Rater)
	})
	for i := range ratings {
		ratings[i].Value = map[bool]float64{true: 1}[ratings[i].Value > *c.a.metric.Even]
	}
	t, err := agreement.New(ratings, []float64{0, 1})
	if err != nil {
		panic(err) // the same ratings made a table before
	}
	return t
}

// alt adds the alternative annotator test of a judge, or why there is none.
func (c *compared) alt(judge string, people []string, o AgreementOptions) {
	if c.scale != agreement.Nominal {
		o.Alt.Likeness = agreement.Near
	}
	test, err := c.t.AltTest(judge, people, o.Alt)
	r := reports.Replacement{Suite: c.a.suite, Metric: c.a.metric.Name, Judge: judge, AltTest: test}
	for i := range r.People {
		r.People[i].Person = c.a.who[r.People[i].Person].name
	}
	for i, key := range r.Left {
		r.Left[i] = c.a.who[key].name
	}
	if err != nil {
		r.Undefined = err.Error()
	}
	c.out.Replacements = append(c.out.Replacements, r)
}

// OpenAgreement opens runs whose labelers are compared. Models of one name are one model: people
// and judges may have judged its answers in different runs.
func OpenAgreement(paths []string, catalog []suites.Suite) (Runs, reports.Subject, error) {
	sources, err := OpenRuns(paths, nil)
	if err != nil {
		return Runs{}, reports.Subject{}, err
	}
	for i := range sources {
		if err := sources[i].RefuseTraining(); err != nil {
			return Runs{}, reports.Subject{}, err
		}
		sources[i].Label = nil
	}
	runs, err := Open(sources, catalog)
	if err != nil {
		return Runs{}, reports.Subject{}, err
	}
	return runs, runs.titles(), nil
}

// titles are the suites and metrics of runs, for tables.
func (r Runs) titles() (s reports.Subject) {
	for i := range r.Suites {
		s.Suites = append(s.Suites, reports.Suite{Name: r.Suites[i].Name, Title: r.Suites[i].Title, Metrics: r.Suites[i].Metrics})
	}
	return s
}

// agreementSection is the section of a report on runs in which two people rated the same answers, or a
// judge and people did.
func (j *Judged) agreementSection(subject *reports.Subject, in ReportInput) (reports.Section, []reports.Table, bool, error) {
	if !j.labeled {
		return reports.Section{}, nil, false, nil
	}
	all, err := Runs{Sources: in.Sources, Suites: j.suites}.Agreements(AgreementOptions{})
	if err != nil || !slices.ContainsFunc(all.Rows, func(a reports.Agreement) bool { return a.Kind != reports.AmongJudges }) {
		return reports.Section{}, nil, false, err
	}
	return reports.AgreementSection(subject, all), []reports.Table{reports.AgreementLong(all)}, true, nil
}
