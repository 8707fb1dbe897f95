package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/metrics/statistic"
	"assay/reports"
	"assay/suites"
)

// PowerInput says what [Power] plans for.
type PowerInput struct {
	Pilot   *Judged // nil plans from assumed variances
	Catalog []suites.Suite
	// Baseline and Model are compared in the pilot; one model alone stands for both.
	Baseline, Model string
	Gates           []metrics.Gate
	Only            Selection
	Margin          float64   // of each selected metric, in place of gates; 0 for none
	Planned         *plan.Run // whose suites' metrics are planned for without a pilot; nil for a run
	True            float64   // the true difference that is assumed, up is better
	Power           float64
	Judgements      int
	// SDBetween and SDWithin are assumed standard deviations, in the metric's units; 0 for the
	// defaults.
	SDBetween, SDWithin float64
	Prices              reports.Prices // of metrics that join labels and a judge
}

// The variances that a plan without a pilot assumes: of shares, that a fifth of the prompts
// have other verdicts with one draw, half of it by chance; of other metrics with a range, that
// a difference's standard deviation is three tenths of the range, half of its variance by
// chance. Two models of which one is not in the pilot agree as a correlation of .5 makes them.
const (
	assumedDiscordant  = 0.2
	assumedSpread      = 0.3
	assumedCorrelation = 0.5
)

// Check refuses flags that need another one.
func (in *PowerInput) Check() error {
	if in.Prices.Judge > 0 && in.Prices.Label == 0 {
		return errors.New("--judge-cost needs --label-cost, the price of labelling the same answers")
	}
	return nil
}

// Open reads what is at path: a run, which is its own pilot, or a plan, which may have a pilot.
// It returns what a table of the plan is about. Gates are those of the file gates, or else the
// plan's, or else those of the pilot's own plan; pilot and gates may be "". suites opens a plan's
// references.
func (in *PowerInput) Open(path, pilot, gates string, suites plan.Opener) (reports.Subject, error) {
	if gates != "" && in.Margin > 0 {
		return reports.Subject{}, errors.New("--margin and --gates: give one of them")
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		if pilot != "" {
			return reports.Subject{}, errors.New("--pilot is for a plan; a run is its own pilot")
		}
		return in.open(path, gates)
	}
	p, err := plan.ReadRun(path, in.Catalog, suites)
	if _, lost := os.Stat(path); errors.Is(lost, fs.ErrNotExist) {
		return reports.Subject{}, fmt.Errorf("%s: no such plan or run; check the path", path)
	}
	if err != nil {
		return reports.Subject{}, err
	}
	in.Catalog, in.Planned, in.Gates = p.Known, p, plan.MetricGates(path, p.Gates)
	return in.open(pilot, gates)
}

// open reads the pilot, "" for none, and the gates of a file.
func (in *PowerInput) open(pilot, gates string) (reports.Subject, error) {
	known := in.Catalog
	var run Source
	if pilot != "" {
		var err error
		if run, err = OpenRun(pilot); err != nil {
			return reports.Subject{}, err
		}
		if err := run.RefuseTraining(); err != nil {
			return reports.Subject{}, err
		}
		if in.SDBetween > 0 || in.SDWithin > 0 {
			return reports.Subject{}, errors.New("--sd-between and --sd-within are for a plan without a pilot; remove them, or the pilot")
		}
		runs, err := Open([]Source{run}, in.Catalog)
		if err != nil {
			return reports.Subject{}, err
		}
		known = runs.Suites
		if in.Pilot, err = runs.Collect(); err != nil {
			return reports.Subject{}, err
		}
		if in.Baseline, in.Model, err = in.Pilot.PowerModels(in.Baseline, in.Model); err != nil {
			return reports.Subject{}, err
		}
		if in.Gates == nil {
			in.Gates = run.PlannedGates()
		}
	}
	if gates != "" {
		var err error
		if in.Gates, err = plan.ReadGates(gates, known); err != nil {
			return reports.Subject{}, err
		}
	}
	if in.Pilot != nil {
		return in.Pilot.Subject(in.Pilot.sources, in.Baseline), nil
	}
	var s reports.Subject
	for _, suite := range known {
		s.Suites = append(s.Suites, reports.Suite{Name: suite.Name, Title: suite.Title, Metrics: suite.Metrics})
	}
	return s, nil
}

// Power plans how many prompts and draws each gate needs.
func Power(in PowerInput) ([]reports.PowerPlan, error) {
	gates, err := in.gates()
	if err != nil {
		return nil, err
	}
	var all []reports.PowerPlan
	var draws map[Cell][]infer.Draw
	if in.Pilot != nil {
		if draws, err = in.Pilot.draws(in); err != nil {
			return nil, err
		}
	}
	for _, g := range gates {
		p := reports.PowerPlan{Suite: g.Suite, Metric: g.Metric, Condition: g.Condition, Margin: g.Margin, Equivalent: g.Equivalent, True: in.True, Power: in.Power}
		if in.joined(&p) {
			if err := in.labels(&p); err != nil {
				return nil, err
			}
			all = append(all, p)
			continue
		}
		c, err := in.components(&p, draws)
		if err != nil {
			return nil, err
		}
		s := infer.Study{Components: c, Margin: g.Margin, True: in.True, Equivalent: g.Equivalent, Power: in.Power, Judgements: in.Judgements}
		p.Plan(&s)
		all = append(all, p)
	}
	return all, nil
}

// joined reports whether a gate's metric joins labels with a judge's values in the pilot.
func (in *PowerInput) joined(p *reports.PowerPlan) bool {
	if in.Pilot == nil {
		return false
	}
	c := in.Pilot.columns[Cell{p.Suite, p.Metric, in.Model, p.Condition}]
	return c != nil && c.IsJoined()
}

// labels plans the labels of a gate on a joined metric.
func (in *PowerInput) labels(p *reports.PowerPlan) error {
	known := in.Pilot.suites
	m, _ := known[indexOf(known, p.Suite)].Metric(p.Metric)
	if in.Margin > 0 {
		if err := plan.CheckMargin(in.Margin, m); err != nil {
			return fmt.Errorf("%s: the %w", p.Suite, err)
		}
	}
	if in.Baseline == in.Model {
		return fmt.Errorf("%s %s needs a pilot of two models: the correlation of their labels can't be assumed; leave it out with --metric", p.Suite, p.Metric)
	}
	paired, _ := in.Pilot.pair(Cell{p.Suite, p.Metric, in.Model, p.Condition}, in.Baseline, Options{})
	s, ok := paired.Labelling()
	if !ok {
		return fmt.Errorf("%s %s: the pilot has no joined difference (%s); leave the metric out with --metric", p.Suite, p.Metric, cmp.Or(strings.TrimPrefix(paired.Without(), "not joined: "), "the two models have no labels in common"))
	}
	s.Margin, s.True, s.Equivalent, s.Power = p.Margin, p.True, p.Equivalent, p.Power
	p.PlanLabels(reports.LabelPlan{SD: s.SD, Correlation: s.Correlation, Labelled: s.Labelled, Judged: s.Judged}, &s, in.Prices)
	return nil
}

// gates are those to plan for, each under one condition.
func (in *PowerInput) gates() (all []metrics.Gate, err error) {
	cells := map[Cell]bool{}
	var order []Cell
	add := func(suite, metric, condition string) {
		if c := (Cell{Suite: suite, Metric: metric, Condition: condition}); !cells[c] && in.Only.Has(suite, metric, condition) {
			cells[c], order = true, append(order, c)
		}
	}
	known, whose := in.planned(), "the plan"
	if in.Pilot != nil {
		known, whose = in.Pilot.cells, "the run"
	}
	if err := in.Only.checkOf(whose, known); err != nil {
		return nil, err
	}
	for _, c := range known {
		if in.Pilot == nil && in.Only.Metrics == nil && !in.isMain(c) {
			continue
		}
		if in.Pilot == nil || c.Model == in.Model {
			add(c.Suite, c.Metric, c.Condition)
		}
	}
	switch {
	case in.Margin > 0 && (in.Pilot != nil || in.Gates == nil):
		for _, c := range order {
			all = append(all, metrics.Gate{Suite: c.Suite, Metric: c.Metric, Condition: c.Condition, Margin: in.Margin})
		}
	case in.Pilot == nil:
		for _, g := range in.Gates {
			if in.Margin > 0 {
				g.Margin = in.Margin
			}
			if in.selects(g) {
				all = append(all, g)
			}
		}
	default:
		for _, g := range in.Gates {
			for _, c := range order {
				if c.Suite == g.Suite && c.Metric == g.Metric && (g.Condition == "" || g.Condition == c.Condition) {
					one := g
					one.Condition = c.Condition
					all = append(all, one)
				}
			}
		}
	}
	if len(all) == 0 && len(in.Gates) > 0 && in.Pilot == nil {
		return nil, errors.New("no gate of the plan is selected; change --suite, --metric or --condition")
	}
	if len(all) == 0 && in.Margin > 0 {
		return nil, errors.New("--margin needs suites with metrics; add --pilot RUN, or write gates in the plan or with --gates")
	}
	if len(all) == 0 {
		return nil, errors.New("nothing to plan for; give a margin with --margin, or gates in the plan or with --gates")
	}
	return all, nil
}

// planned are the metrics of the plan's suites, under the conditions that it runs; none
// without a plan.
func (in *PowerInput) planned() (all []Cell) {
	if in.Planned == nil {
		return nil
	}
	for i := range in.Planned.Suites {
		entry := &in.Planned.Suites[i]
		suite := &in.Catalog[indexOf(in.Catalog, entry.Suite)]
		conditions := entry.ConditionsOf(suite)
		if len(conditions) == 0 {
			conditions = []string{""}
		}
		for _, m := range suite.Metrics {
			for _, condition := range conditions {
				all = append(all, Cell{Suite: suite.Name, Metric: m.Name, Condition: condition})
			}
		}
	}
	return all
}

// isMain reports whether a cell's metric is its suite's main one.
func (in *PowerInput) isMain(c Cell) bool {
	suite := &in.Catalog[indexOf(in.Catalog, c.Suite)]
	return c.Metric == cmp.Or(suite.Plot.Metric, suite.Metrics[0].Name)
}

// selects reports whether a gate of a plan is selected. One without a condition is on all of its
// suite's conditions.
func (in *PowerInput) selects(g metrics.Gate) bool {
	if g.Condition == "" {
		return slices.ContainsFunc(append([]string{""}, in.Only.Conditions...), func(condition string) bool { return in.Only.Has(g.Suite, g.Metric, condition) })
	}
	return in.Only.Has(g.Suite, g.Metric, g.Condition)
}

// draws reads the judgements of both models as draws.
func (j *Judged) draws(in PowerInput) (map[Cell][]infer.Draw, error) {
	of, numbers := map[Cell][]infer.Draw{}, map[string]uint32{}
	for i := range j.sources {
		src := &j.sources[i]
		if src.isTraining() {
			continue
		}
		for x, err := range runstore.Judgements().Read(src.Store) {
			if err != nil {
				return nil, err
			}
			model := src.label(x.Model)
			src.joined.judgement(x)
			if !x.Scored() || model != in.Model && model != in.Baseline {
				continue
			}
			at := indexOf(j.suites, x.Suite)
			m, ok := j.suites[at].Metric(x.Metric)
			if !ok {
				continue
			}
			sums, err := statistic.Of(m)
			if err != nil {
				return nil, err
			}
			c := Cell{x.Suite, x.Metric, model, x.Condition}
			of[c] = append(of[c], infer.Draw{Example: intern(numbers, x.Example), Sample: x.Sample, Value: sums.One(x.Value)})
		}
	}
	return of, nil
}

// components are the variances of one gate's metric, from the pilot or assumed.
func (in *PowerInput) components(p *reports.PowerPlan, draws map[Cell][]infer.Draw) (infer.Components, error) {
	known := in.Catalog
	if in.Pilot != nil {
		known = in.Pilot.suites
	}
	m, ok := known[indexOf(known, p.Suite)].Metric(p.Metric)
	if !ok {
		return infer.Components{}, fmt.Errorf("suite %s has no metric %s", p.Suite, p.Metric)
	}
	if in.Margin > 0 {
		if err := plan.CheckMargin(in.Margin, m); err != nil {
			return infer.Components{}, fmt.Errorf("%s: the %w", p.Suite, err)
		}
	}
	if most := largestDifference(m); math.Abs(in.True) > most {
		return infer.Components{}, fmt.Errorf("--true %v: must be from %v to %v for %s %s, whose values are %s", in.True, -most, most, p.Suite, p.Metric, m.Span())
	}
	if in.Pilot == nil {
		return in.assumed(p, m)
	}
	cell := Cell{p.Suite, p.Metric, in.Model, p.Condition}
	other := cell
	other.Model = in.Baseline
	paired, both := in.Pilot.pair(cell, in.Baseline, Options{Resamples: 1000})
	if m.Kind == metrics.FunctionOfSums {
		if !both || paired.Interval == nil {
			return infer.Components{}, fmt.Errorf("%s %s needs a pilot of two models: its variance can't be assumed", p.Suite, p.Metric)
		}
		p.Notes = append(p.Notes, "the metric is a function of sums, so its variance is not split into components")
		return infer.Components{Between: paired.SE * paired.SE * float64(paired.N), N: paired.N, Draws: 1, Judgements: 1, Design: 1}, nil
	}
	var c infer.Components
	switch {
	case in.Baseline == in.Model || !both:
		one, ok := infer.NewComponents(nil, draws[cell])
		if !ok {
			return c, fmt.Errorf("%s %s: the pilot has fewer than two scored prompts of %s", p.Suite, p.Metric, in.Model)
		}
		c = one
		c.Between = 2 * (1 - assumedCorrelation) * one.Between
		c.Within[0], c.Judge[0] = one.Within[1], one.Judge[1]
		if c.Binary && !c.WithinKnown { // the difference of two draws of 0 or 1
			p.Notes = append(p.Notes, "assumed: another model with the same share of right answers, and a correlation of 0.5 between the two models' answers")
		} else {
			p.Notes = append(p.Notes, "assumed: another model with the same variances, and a correlation of 0.5 between the two models' prompts")
		}
		return c, nil
	case in.Pilot.columns[other] == nil: // a preference over the baseline
		c, ok = infer.NewComponents(nil, draws[cell])
	default:
		c, ok = infer.NewComponents(draws[other], draws[cell])
	}
	if why := paired.Without(); why != "" {
		return c, fmt.Errorf("%s %s: the pilot has %s", p.Suite, p.Metric, why)
	}
	if !ok || paired.Interval == nil {
		return c, fmt.Errorf("%s %s: the pilot has fewer than two prompts that both models have scores for", p.Suite, p.Metric)
	}
	if in.Pilot.columns[other] == nil {
		c.Binary = false
	}
	if paired.Clusters < paired.N { // prompts that share their errors
		total := c.Between
		for side := range 2 {
			total += (c.Within[side] + c.Judge[side]/c.Judgements) / c.Draws
		}
		if design := paired.SE * paired.SE * float64(paired.N) / total; total > 0 && !math.IsInf(design, 0) {
			c.Design = max(1, design)
			p.Notes = append(p.Notes, fmt.Sprintf("errors are shared by %s, which multiplies the variance by %.2f", in.Pilot.clustersOf(p.Suite), c.Design))
		}
	}
	return c, nil
}

// largestDifference is how far two models can be apart in a metric: the width of its range, or for a
// preference, which is compared with its even value, the distance from there.
func largestDifference(m *metrics.Metric) float64 {
	if m.Even != nil {
		return max(m.Hi-*m.Even, *m.Even-m.Lo)
	}
	return m.Hi - m.Lo
}

// assumed are the variances without a pilot, which the notes name.
func (in *PowerInput) assumed(p *reports.PowerPlan, m *metrics.Metric) (infer.Components, error) {
	c := infer.Components{Draws: 1, Judgements: 1, Design: 1, WithinKnown: true}
	switch {
	case in.SDBetween > 0 || in.SDWithin > 0:
		c.Between = in.SDBetween * in.SDBetween
		c.Within = [2]float64{in.SDWithin * in.SDWithin, in.SDWithin * in.SDWithin}
		p.Notes = append(p.Notes, fmt.Sprintf("assumed, from --sd-between and --sd-within: a standard deviation of %.3g between prompts, and of %.3g of one draw", in.SDBetween, in.SDWithin))
	case m.Kind == metrics.Proportion && m.Bounded():
		total := assumedDiscordant * math.Pow(m.Hi-m.Lo, 2)
		c.Between, c.Within, c.Binary = total/2, [2]float64{total / 4, total / 4}, m.Hi-m.Lo == 1
		p.Notes = append(p.Notes, "assumed: with one draw, one model answers rightly and the other wrongly on a fifth of the prompts; half of these differences are chance; --sd-between and --sd-within set other values, and a pilot run measures them")
	case m.Bounded():
		total := math.Pow(assumedSpread*(m.Hi-m.Lo), 2)
		c.Between, c.Within = total/2, [2]float64{total / 4, total / 4}
		p.Notes = append(p.Notes, "assumed: a difference's standard deviation is 0.3 of the range, half of its variance by chance; --sd-between and --sd-within set other values, and a pilot run measures them")
	default:
		return c, fmt.Errorf("%s %s has no range, so no variance can be assumed; run a pilot, or give --sd-between and --sd-within", p.Suite, p.Metric)
	}
	return c, nil
}

// PlannedGates are the gates in the plan that a run was made by, none for an imported run.
func (s *Source) PlannedGates() []metrics.Gate {
	var p struct {
		Gates []plan.Gate `json:"gates"`
	}
	if s.Manifest.Plan.Run == nil || json.Unmarshal(s.Manifest.Plan.Run, &p) != nil {
		return nil
	}
	return plan.MetricGates("", p.Gates)
}

// PowerModels are the two models that a pilot compares: the named ones, or else the run's
// baseline (its first model) and its only other one.
func (j *Judged) PowerModels(baseline, model string) (string, string, error) {
	for _, x := range [][2]string{{"--baseline", baseline}, {"--model", model}} {
		if name := x[1]; name != "" && !slices.Contains(j.Models, name) {
			return "", "", fmt.Errorf("%s %s: no such model; %s", x[0], name, place.Choose(name, j.Models))
		}
	}
	if baseline == "" && j.Baseline != "" && j.Baseline != model && slices.Contains(j.Models, j.Baseline) {
		baseline = j.Baseline
	}
	others := slices.DeleteFunc(slices.Clone(j.Models), func(m string) bool { return m == model || m == baseline })
	switch {
	case len(j.Models) == 1:
		return j.Models[0], j.Models[0], nil
	case baseline == "" && model == "" && len(others) == 2:
		return others[0], others[1], nil
	case baseline == "" && len(others) == 1:
		return others[0], model, nil
	case model == "" && len(others) == 1:
		return baseline, others[0], nil
	case baseline != "" && model != "":
		return baseline, model, nil
	}
	return "", "", fmt.Errorf("the run has %s; name two with --baseline and --model: %s", plural.Of(len(j.Models), "model"), strings.Join(j.Models, ", "))
}
