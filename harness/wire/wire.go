// Package wire turns what a run's plan names into values: data sets, keys, models, judges.
// Its result is an [engine.Job]. It sends nothing to any server.
package wire

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness"
	"assay/harness/datasets"
	"assay/harness/engine"
	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/local"
	"assay/harness/plan"
	"assay/metrics"
	"assay/suites"
	"assay/suites/judge"
)

// Job is an engine's job with everything that was opened for it.
type Job struct {
	engine.Job
	closers []func()
}

// Close closes what was opened.
func (j *Job) Close() {
	for _, f := range j.closers {
		f()
	}
}

// Options say where data sets are and who gets notices.
type Options struct {
	Data string       // folder of data sets; "" for none
	Note func(string) // receives notices that may wait until work begins
	Say  func(string) // receives notices that must appear at once, also while the job runs
}

// Open opens what a plan names. Its errors name the plan's line. The caller closes the job.
func Open(p *plan.Run, o Options) (job *Job, err error) {
	w := wiring{plan: p, Options: o, job: &Job{}}
	defer func() {
		if err != nil {
			w.job.Close()
		}
	}()
	canonical, err := p.Canonical()
	if err != nil {
		return nil, err
	}
	w.job.Plan.Run, w.job.Seed, w.job.Baseline = canonical, p.Seed, p.Baseline
	w.job.Plan.Title, w.job.Plan.About = p.Title, p.About
	for i := range p.Models {
		m, err := w.model(&p.Models[i])
		if err != nil {
			return nil, place.At(p.Path, p.Models[i].Line(""), err)
		}
		w.job.Models = append(w.job.Models, m)
	}
	judges := map[string]engine.Judge{}
	for i := range p.Judges {
		if judges[p.Judges[i].Name], err = w.judge(&p.Judges[i]); err != nil {
			return nil, place.At(p.Path, p.Judges[i].Line(""), err)
		}
		if name := p.Judges[i].Name; !slices.ContainsFunc(p.Suites, func(s plan.Suite) bool { return slices.Contains(s.Judges, name) }) {
			w.Note(fmt.Sprintf("no suite names judge %s, so it judges nothing; write judge: %s under the suites it is for", name, name))
		}
	}
	for i := range p.Suites {
		s, err := w.suite(&p.Suites[i], judges)
		if err != nil {
			return nil, place.Within(p.Path, p.Suites[i].Line(""), err) // a suite's own file and line say more
		}
		if err := gatesJudged(plan.MetricGates(p.Path, p.Gates), &s); err != nil {
			return nil, place.At(p.Path, p.Suites[i].Line(""), err)
		}
		w.job.Suites = append(w.job.Suites, s)
	}
	return w.job, nil
}

// gatesJudged checks that a suite's judges, including those of its data, produce the metrics
// of the plan's gates.
func gatesJudged(gates []metrics.Gate, s *engine.Suite) error {
	for _, g := range gates {
		by := slices.ContainsFunc(s.Judges, func(j engine.Judge) bool { return slices.Contains(j.Metrics(), g.Metric) })
		gathered := s.Gather != nil && s.Samples > 1 && len(s.Judges) > 0
		if g.Suite == s.Name && !by && !gathered {
			return fmt.Errorf("gate on %s/%s, but no judge produces that metric; give the suite a judge for it, or remove the gate", g.Suite, g.Metric)
		}
	}
	return nil
}

// wiring turns one plan's names into values.
type wiring struct {
	Options
	plan    *plan.Run
	noticed []string // notices of data, each once
	job     *Job
	about   map[string]string // by judge's name: what a trained judge says about itself
	locals  []named           // models on this machine, except those with best_of
	// checkpoints are the checkpoints in the plan; nil until the first is opened.
	checkpoints *local.Checkpoints
}

// named is a checkpoint that a model of the plan runs on.
type named struct {
	name string // the model's in the plan
	*local.Model
}

// suite reads a suite's data and gives it its judges.
func (w *wiring) suite(p *plan.Suite, judges map[string]engine.Judge) (engine.Suite, error) {
	known, ok := w.known(p.Suite)
	if !ok || known.Live == nil {
		return engine.Suite{}, fmt.Errorf("suite %s can't be run on a model", p.Suite)
	}
	set, conditions, err := w.load(p, known)
	if err != nil {
		return engine.Suite{}, err
	}
	for _, n := range set.Notices {
		if !slices.Contains(w.noticed, n) { // two suites may read one file
			w.noticed = append(w.noticed, n)
			w.Note(n)
		}
	}
	examples, notice, err := engine.Draw{Limit: p.Limit, Stratify: p.Stratify, Seed: w.plan.Seed}.From(set.Examples)
	if err != nil {
		return engine.Suite{}, fmt.Errorf("suite %s: %w", p.Suite, err)
	}
	if notice != "" {
		w.Note(fmt.Sprintf("suite %s: %s", p.Suite, notice))
	}
	s := engine.Suite{
		Suite: known, Examples: examples, Ask: set.Ask,
		Conditions: conditions, Samples: max(p.Samples, 1), Sampling: p.Sampling.Over(known.Live.Sampling),
	}
	if known.Judge != nil {
		s.Judges = append(s.Judges, engine.Judge{Judge: known.Judge})
	}
	for _, j := range set.Judges {
		s.Judges = append(s.Judges, engine.Judge{Judge: j})
	}
	for _, name := range p.Judges {
		if own, metric := sharedMetric(set.Judges, judges[name]); own != "" {
			return engine.Suite{}, fmt.Errorf("suite %s: its file %s is from 'assay world', whose own rules already produce %s, so judge %s can't produce it too; remove the judge, or copy the file out of the world's folder to use the judge instead", p.Suite, p.Data, metric, name)
		}
		if err := w.judgeable(p.Suite, judges[name], examples); err != nil {
			return engine.Suite{}, err
		}
		s.Judges = append(s.Judges, judges[name])
		if err := w.define(name, &s.Suite); err != nil {
			return engine.Suite{}, err
		}
		if about := w.about[name]; about != "" {
			s.Suite.Text = strings.TrimSpace(fmt.Sprintf("%s Judge %s: %s", s.Suite.Text, name, about))
		}
	}
	if len(s.Judges) == 0 {
		w.Note(fmt.Sprintf("suite %s names no judge (of kind %s): its answers are kept and can be judged later", p.Suite, judge.Names(judge.For(&known))))
	}
	return s, nil
}

// judgeable refuses a judge that can judge no answer to any of the examples, and notes how many of
// them it can't judge, and whether it goes by a rubric but isn't shown the references.
func (w *wiring) judgeable(suite string, j engine.Judge, examples []suites.Example) error {
	n, first, overlooks := 0, "", false
	for i := range examples {
		overlooks = overlooks || judge.Overlooks(j.Judge, &examples[i])
		if reason := suites.Unjudgeable(j.Judge, &examples[i]); reason != "" {
			n++
			first = cmp.Or(first, reason)
		}
	}
	if overlooks {
		w.Note(fmt.Sprintf("judge %s does not see the references of suite %s; add view: [reference] if its rubric or criteria speak of them", j.Name(), suite))
	}
	switch n {
	case 0:
		return nil
	case len(examples):
		return fmt.Errorf("suite %s: judge %s can judge no example (of %d): %s; remove it from view:, or add it to the data", suite, j.Name(), n, first)
	}
	w.Note(fmt.Sprintf("suite %s: judge %s can't judge %d of %s: %s", suite, j.Name(), n, plural.Of(len(examples), "example"), first))
	return nil
}

// known finds a suite that the plan may name.
func (w *wiring) known(name string) (suites.Suite, bool) {
	i := slices.IndexFunc(w.plan.Known, func(s suites.Suite) bool { return s.Name == name })
	if i < 0 {
		return suites.Suite{}, false
	}
	return w.plan.Known[i], true
}

// define adds the metrics that a judge of the plan defines to a suite.
func (w *wiring) define(name string, s *suites.Suite) error {
	p, ok := w.plan.Judge(name)
	if !ok {
		return fmt.Errorf("no judge %q", name)
	}
	kind, err := judge.Find(p.Kind)
	if err == nil {
		err = kind.Define(s, p.Settings)
	}
	return err
}

// sharedMetric returns a judge of the data that produces the same metric as another judge, and
// that metric.
func sharedMetric(own []suites.Judge, other engine.Judge) (name, metric string) {
	for _, j := range own {
		for _, m := range other.Metrics() {
			if slices.Contains(j.Metrics(), m) {
				return j.Name(), m
			}
		}
	}
	return "", ""
}

// load reads a suite's files and chooses its conditions.
func (w *wiring) load(p *plan.Suite, known suites.Suite) (*suites.Set, []string, error) {
	files := suites.Files{Folder: w.Data}
	var err error
	if files.Data, err = w.find("data", p.Data, known.Live.Data, !known.Live.BuiltIn, known.Live.Shards); err != nil {
		return nil, nil, err
	}
	if files.Shots, err = w.find("shots", p.Shots, known.Live.Shots, false, known.Live.Shards); err != nil {
		return nil, nil, err
	}
	conditions := p.Conditions
	if conditions == nil {
		if conditions = known.Live.Conditions; conditions == nil {
			conditions = known.Conditions
		}
	}
	if len(conditions) == 0 {
		conditions = []string{""}
	}
	set, err := known.Live.Load(files)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range conditions {
		if files.Shots == "" && slices.Contains(known.Live.ShotConditions, c) {
			return nil, nil, w.noShots(p, &known, c)
		}
	}
	if len(set.Examples) == 0 {
		return nil, nil, fmt.Errorf("%s: no examples", files.Data)
	}
	for _, path := range append([]string{files.Data, files.Shots}, set.Files...) {
		if info, err := os.Stat(path); path == "" || known.Live.Shards && (err != nil || info.IsDir()) {
			continue // shards are listed one by one
		}
		src, err := harness.FileSource(path)
		if err != nil {
			return nil, nil, err
		}
		w.addSource(src)
	}
	return set, conditions, nil
}

// noShots says what a condition with few-shot examples needs, and how to do without it.
func (w *wiring) noShots(p *plan.Suite, known *suites.Suite, condition string) error {
	missing, from := "", ""
	if usual := known.Live.Shots; usual != "" {
		missing = fmt.Sprintf(", and there is no %s in the folder of data sets", usual)
		if set, ok := datasets.At(usual); ok {
			from = "; " + set.Remedy()
		}
	}
	without := slices.DeleteFunc(slices.Clone(known.Conditions), func(name string) bool { return name == "" || slices.Contains(known.Live.ShotConditions, name) })
	remedy := ""
	if len(without) > 0 {
		remedy = fmt.Sprintf(", or write conditions: [%s]", strings.Join(without, ", "))
	}
	return fmt.Errorf("condition %q of %s needs few-shot examples%s; name their file with \"shots\" in the plan%s%s", condition, p.Suite, missing, remedy, from)
}

// addSource records a file that was read, once.
func (w *wiring) addSource(s harness.Source) {
	if !slices.Contains(w.job.Plan.Sources, s) {
		w.job.Plan.Sources = append(w.job.Plan.Sources, s)
	}
}

// find looks for a file that the plan names, beside the plan and below the folder of data
// sets. Without a name, it looks in the file's usual place below that folder. With shards, the
// name may be a folder or a pattern.
func (w *wiring) find(what, name, usual string, needed, shards bool) (string, error) {
	var places []string
	switch {
	case filepath.IsAbs(name):
		places = []string{name}
	case name != "":
		places = append(places, w.beside(name))
		if w.Data != "" {
			places = append(places, filepath.Join(w.Data, name))
			if usual != "" { // where 'assay data pull' puts it
				places = append(places, filepath.Join(w.Data, filepath.Dir(usual), name))
			}
		}
	case usual != "" && w.Data != "":
		places = []string{filepath.Join(w.Data, usual)}
	}
	for _, p := range places {
		if info, err := os.Stat(p); err == nil && (shards || !info.IsDir()) {
			return p, nil
		}
		if matches, err := filepath.Glob(p); shards && err == nil && len(matches) > 0 {
			return p, nil
		}
	}
	switch {
	case name != "":
		return "", fmt.Errorf("%s %s: no such file; assay looked for %s; 'assay data ls' shows where to get data sets", what, name, strings.Join(places, " and "))
	case !needed:
		return "", nil
	case len(places) > 0:
		return "", fmt.Errorf("%s: no such file; name one with %q in the plan, or see 'assay data ls'", places[0], what)
	}
	return "", fmt.Errorf("no %s: name a file with %q in the plan, or the folder of data sets with --data", what, what)
}
