package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/models"
	"assay/reports"
	"assay/suites"
)

// ReportInput is what a report is built from, beside the judgements.
type ReportInput struct {
	Sources  []Source
	Baseline string // "" compares nothing
	// Candidates are the models whose gates and verdicts are shown, each adjusted over
	// its own comparisons. Nil shows all models, adjusted over all comparisons together.
	Candidates  []string
	Adjustment  infer.Adjustment
	Gates       []metrics.Gate // judged for every model against the baseline
	Published   []reports.Published
	PublishedBy string
	Samples     int // the most items in the sample browser
	Options     Options
	// By is the field that Divided is broken down by, in a section of its own; "" for none.
	By      string
	Divided *Judged
	// Control adds length-controlled win rates.
	Control LengthControl
}

// Report builds the report of one or several runs. tables are the long tables in
// machine-readable form that go with it.
func Report(j *Judged, in ReportInput) (r reports.Report, tables []reports.Table, err error) {
	if err := j.CheckGates(in.Gates); err != nil {
		return r, nil, err
	}
	subject := j.Subject(in.Sources, in.Baseline)
	estimates := Estimate(j, in.Options)
	if err := in.Options.Stopped(); err != nil {
		return r, nil, err
	}
	r.Title, r.About = heading(in.Sources)
	if t, ok := reports.ModelsTable(&subject); ok {
		r.Models = &t
	}
	r.Subtitle = subtitle(&subject, in.Sources, estimates)
	r.Facts = facts(in.Sources)
	tables = append(tables, reports.EstimatesLong(estimates))

	for _, h := range reports.PreferenceHeadlines(&subject, estimates) {
		if in.shows(h.Model) {
			r.Verdicts = append(r.Verdicts, h)
		}
	}
	if in.Baseline != "" {
		compare := CompareAll
		if in.Candidates != nil {
			compare = CompareEach
		}
		family := compare(j, in.Baseline, in.Adjustment, in.Options)
		verdicts, gates := j.headlines(&subject, family, in)
		r.Verdicts = append(verdicts, r.Verdicts...)
		tables = append(tables, reports.ComparisonsLong(Records(family)))
		if len(gates) > 0 {
			tables = append(tables, reports.GatesLong(gates))
		}
		if t, ok := reports.OverviewTable(&subject, Records(family), in.Gates, in.Baseline); ok {
			r.Overview = &t
		}
	}
	if r.Sections, err = trainings(in.Sources); err != nil {
		return r, nil, err
	}
	graded, err := j.gradedFigures(&subject, in.Options)
	if err != nil {
		return r, nil, err
	}
	drawings, err := j.drawings(&subject, estimates, in.Options)
	if err != nil {
		return r, nil, err
	}
	r.Sections = append(r.Sections, sections(&subject, estimates, drawings, graded)...)
	for _, suite := range j.suites {
		if !suite.SideBySide || len(j.conditionsOf(suite.Name)) == 0 {
			continue
		}
		listed, err := Runs{Sources: in.Sources, Suites: j.suites}.Listed(suite.Name)
		if err != nil {
			return r, nil, err
		}
		i := slices.IndexFunc(r.Sections, func(s reports.Section) bool { return s.ID == suite.Name })
		if i >= 0 {
			r.Sections[i].Tables = append(r.Sections[i].Tables, reports.ListedTable("answers-"+suite.Name, suite.Title, listed))
		}
	}
	for i := range r.Sections {
		if k := slices.IndexFunc(j.suites, func(s suites.Suite) bool { return s.Name == r.Sections[i].ID }); k >= 0 {
			confused, err := confusions(j.suites[k].Name, j.suites[k].Metrics, in.Sources)
			if err != nil {
				return r, nil, err
			}
			r.Sections[i].Tables = append(r.Sections[i].Tables, confused...)
		}
	}
	if section, ok := j.differencesSection(&subject, in); ok {
		r.Sections = append(r.Sections, section)
	}
	if in.Divided != nil {
		section, long := in.divided()
		r.Sections, tables = append(r.Sections, section), append(tables, long...)
	}
	if t, ok := reports.PublishedTable(&subject, estimates, in.Published, in.PublishedBy); ok {
		r.Sections = append(r.Sections, reports.Section{
			ID: "published", Title: "Beside the published values",
			Text:   "Each cell that " + in.PublishedBy + " has too. A cell is marked if the sampling error of these items doesn't explain the difference.",
			Tables: []reports.Table{t},
		})
	}
	if t, ok, err := j.bradleyTerry(); err != nil {
		return r, nil, err
	} else if ok {
		r.Sections = append(r.Sections, reports.Section{ID: "strengths", Title: "Strengths over all preferences", Text: bradleyTerryText, Tables: []reports.Table{t}})
	}
	section, long, ok, err := j.agreementSection(&subject, in)
	if err != nil {
		return r, nil, err
	} else if ok {
		r.Sections, tables = append(r.Sections, section), append(tables, long...)
	}
	section, long, ok, err = j.auditSection(&subject, in)
	if err != nil {
		return r, nil, err
	} else if ok {
		r.Sections, tables = append(r.Sections, section), append(tables, long...)
	}
	turned, err := j.turnedItems(in)
	if err != nil {
		return r, nil, err
	}
	r.Samples, err = Runs{Sources: in.Sources, Suites: j.suites}.Samples(in.Samples, turned)
	r.Samples.Models = slices.Clone(r.Samples.Models)
	slices.SortStableFunc(r.Samples.Models, func(a, b string) int { return cmp.Compare(in.rank(a), in.rank(b)) })
	if err == nil {
		err = in.Options.Stopped()
	}
	return r, tables, err
}

// turnedItems are the items that turned between the baseline and each model, which the sample
// browser should have.
func (j *Judged) turnedItems(in ReportInput) (all []reports.Flips, err error) {
	for _, model := range j.Models {
		if in.Baseline == "" || in.Samples == 0 || model == in.Baseline || !in.shows(model) {
			continue
		}
		of, err := j.flips(in.Baseline, model, FlipOptions{Most: in.Samples})
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	return all, nil
}

// divided is the section broken down by a field, with its machine-readable tables.
func (in *ReportInput) divided() (reports.Section, []reports.Table) {
	subject := in.Divided.Subject(in.Sources, in.Baseline)
	estimates := Estimate(in.Divided, in.Options)
	section := reports.Section{ID: "by-" + fileName(in.By), Title: "By " + in.By,
		Text:   "Each metric of the suites whose examples have this field, broken down by it. A metric without judgements for a value has no row.",
		Tables: reports.EstimatesTables(&subject, estimates)}
	long := []reports.Table{reports.EstimatesLong(estimates)}
	if in.Baseline != "" {
		compare := CompareAll
		if in.Candidates != nil {
			compare = CompareEach
		}
		family := Records(compare(in.Divided, in.Baseline, in.Adjustment, in.Options))
		family = slices.DeleteFunc(family, func(c metrics.Comparison) bool { return !in.shows(c.Model) })
		section.Tables = append(section.Tables, reports.ComparisonsTable(&subject, family))
		long = append(long, reports.ComparisonsLong(family))
	}
	for _, tables := range [][]reports.Table{section.Tables, long} {
		for i := range tables {
			tables[i].ID = section.ID + "-" + tables[i].ID
		}
	}
	return section, long
}

// fileName replaces characters that a file name should not contain with dashes.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '-'
	}, name)
}

// shows reports whether the model's verdicts are at the top.
func (in *ReportInput) shows(model string) bool {
	return in.Candidates == nil || slices.Contains(in.Candidates, model)
}

// heading returns the title and description in the runs' plans.
func heading(sources []Source) (title string, about []string) {
	title = "assay report"
	for i, src := range sources {
		p := src.Manifest.Plan
		if p.Title != "" && (i == 0 || title == "assay report") {
			title = p.Title
		}
		if p.About != "" && !slices.Contains(about, p.About) {
			about = append(about, p.About)
		}
	}
	return title, about
}

// trainings are the sections of runs that are trainings.
func trainings(sources []Source) ([]reports.Section, error) {
	var out []reports.Section
	for _, src := range sources {
		if !src.isTraining() {
			continue
		}
		var steps []models.TrainStep
		for s, err := range runstore.TrainSteps().Read(src.Store) {
			if err != nil {
				return nil, err
			}
			steps = append(steps, *s)
		}
		name := ""
		if len(src.Manifest.Models) > 0 {
			name = src.label(src.Manifest.Models[0].Name)
		}
		if s, ok := reports.TrainingSection(fmt.Sprintf("training-%d", len(out)+1), name, steps); ok {
			out = append(out, s)
		}
	}
	return out, nil
}

// Subject describes the runs for a report.
func (j *Judged) Subject(sources []Source, baseline string) reports.Subject {
	s := reports.Subject{Baseline: baseline}
	for _, suite := range j.suites {
		if len(j.conditionsOf(suite.Name)) == 0 {
			continue
		}
		s.Suites = append(s.Suites, reports.Suite{
			Name: suite.Name, Title: suite.Title, Text: suite.Text, Metrics: suite.Metrics, Judges: j.judges[suite.Name],
			Plot: reports.Plot{Group: suite.Plot.Group, Metric: suite.Plot.Metric, Under: suite.Plot.Under, Mark: mark(suite.Plot.Mark), Reference: suite.Plot.Reference},
		})
	}
	infos := map[string]models.Info{}
	for _, src := range sources {
		for _, m := range src.Manifest.Models {
			name := src.label(m.Name)
			m.Name = name
			if known := infos[name]; !identified(&known) {
				infos[name] = m
			}
		}
	}
	for _, name := range j.Models {
		s.Models = append(s.Models, infos[name])
	}
	return s
}

func mark(m suites.Mark) reports.Mark {
	return map[suites.Mark]reports.Mark{suites.Bars: reports.Bars, suites.Lines: reports.Lines, suites.Dots: reports.Dots}[m]
}

// rank orders the baseline before the candidates, and the candidates before other models.
func (in *ReportInput) rank(model string) int {
	switch {
	case model == in.Baseline:
		return 0
	case in.shows(model):
		return 1
	}
	return 2
}

// headlines returns gates first, then a line for each model, in the runs' order. results
// are the gates of all models that are shown.
func (j *Judged) headlines(s *reports.Subject, family []infer.Paired, in ReportInput) (all []reports.Headline, results []metrics.GateResult) {
	var gates, comparisons []reports.Headline
	for _, m := range j.Models {
		var of []infer.Paired
		for _, p := range family {
			if p.Model == m {
				of = append(of, p)
			}
		}
		if m == in.Baseline || !in.shows(m) {
			continue
		}
		if len(of) > 0 {
			comparisons = append(comparisons, reports.ComparisonHeadline(s, Records(of), in.Baseline, m))
		}
		if len(in.Gates) > 0 {
			of := Gates(j, in.Gates, of, in.Baseline, m)
			gates = append(gates, reports.GateHeadline(s, of, in.Baseline, m))
			results = append(results, of...)
		}
	}
	return append(gates, comparisons...), results
}

// sections makes a section for each group of suites. It has a figure if anything was
// scored, further ones of its suites (drawings, graded values), and always tables, which say what was not scored.
func sections(s *reports.Subject, estimates []metrics.Estimate, further ...map[string][]reports.Figure) []reports.Section {
	figures := map[string]reports.Figure{}
	for _, f := range reports.Figures(s, estimates) {
		figures[f.ID] = f
	}
	var out []reports.Section
	for _, t := range reports.EstimatesTables(s, estimates) {
		suite := s.Suites[slices.IndexFunc(s.Suites, func(suite reports.Suite) bool { return t.ID == "estimates-"+suite.Name })]
		id := cmp.Or(suite.Plot.Group, suite.Name)
		i := slices.IndexFunc(out, func(section reports.Section) bool { return section.ID == id })
		if i < 0 {
			i = len(out)
			out = append(out, reports.Section{ID: id, Title: suite.Title})
			if f, drawn := figures[id]; drawn {
				out[i].Title, out[i].Figures = f.Title, []reports.Figure{f}
			}
		}
		if out[i].Title == suite.Title {
			out[i].Text = suite.Text
		} else { // several suites share the section
			out[i].Text = strings.TrimSpace(out[i].Text + " " + suite.Title + ": " + suite.Text)
		}
		out[i].Tables = append(out[i].Tables, t)
		for _, more := range further {
			out[i].Figures = append(out[i].Figures, more[suite.Name]...)
		}
	}
	return out
}

func subtitle(s *reports.Subject, sources []Source, estimates []metrics.Estimate) string {
	examples := 0
	var trained []string
	for _, src := range sources {
		if src.isTraining() {
			trained = append(trained, src.Manifest.Models[0].Name)
		}
		for _, c := range src.Manifest.Counts {
			examples += c.Examples
		}
	}
	if len(s.Models) == 0 && len(trained) > 0 {
		return "the training of " + strings.Join(trained, ", ")
	}
	text := strings.Join([]string{plural.Of(len(s.Models), "model"), plural.Of(len(s.Suites), "suite"), plural.Of(examples, "example")}, ", ")
	if s.Baseline != "" {
		text += "; compared with " + s.Baseline
	}
	for _, e := range estimates {
		if s.Baseline != "" && e.Baseline != "" && e.Baseline != s.Baseline {
			return text + " (win rates are over " + e.Baseline + ")"
		}
	}
	return text
}

// facts are the provenance of the runs.
func facts(sources []Source) []reports.Fact {
	var out []reports.Fact
	for _, src := range sources {
		m := src.Manifest
		version := "assay " + m.Versions.Assay + ", " + m.Versions.Go + ", " + m.Versions.CPU
		if m.Versions.Commit != "" {
			version += ", commit " + m.Versions.Commit
		}
		out = append(out, reports.Fact{Name: "Made by", Value: version})
		if m.Plan.Import != "" {
			out = append(out, reports.Fact{Name: "Importer", Value: m.Plan.Import})
		}
		out = append(out, reports.Fact{Name: "Seed", Value: fmt.Sprint(m.Seed)})
		out = append(out, planFacts(m.Plan.Run)...)
		for _, f := range m.Plan.Sources {
			value := fmt.Sprintf("%s, sha256 %s", plural.Of(f.Bytes, "byte"), f.SHA256)
			if f.Skipped > 0 {
				value += fmt.Sprintf("; skipped %s", plural.Of(f.Skipped, "bad row"))
			}
			if f.Torn {
				value += "; its end could not be read"
			}
			out = append(out, reports.Fact{Name: f.Name, Value: value})
		}
		for i := range m.Answers {
			if odd := reports.OddAnswers(&m.Answers[i].Answers); odd != "" {
				out = append(out, reports.Fact{Name: m.Answers[i].Suite, Value: "answers of " + src.label(m.Answers[i].Model) + ": " + odd})
			}
		}
		for _, c := range m.Counts {
			out = append(out, reports.Fact{Name: c.Suite, Value: fmt.Sprintf("%s, %s; %s attempted, %d scored, %d missing",
				plural.Of(c.Examples, "example"), plural.Of(c.Completions, "completion"), plural.Of(c.Attempted, "judgement"), c.Scored, c.Missing)})
		}
	}
	return out
}

// planFacts are the models, suites, judges and gates of the plan in a manifest, none if
// the run has no plan.
func planFacts(run jsontext.Value) (out []reports.Fact) {
	var plan struct {
		Models []jsontext.Value `json:"models"`
		Suites []jsontext.Value `json:"suites"`
		Judges []jsontext.Value `json:"judges"`
		Gates  []jsontext.Value `json:"gates"`
	}
	if run == nil || json.Unmarshal(run, &plan) != nil {
		return nil
	}
	for _, list := range []struct {
		name string
		all  []jsontext.Value
	}{{"Model", plan.Models}, {"Suite", plan.Suites}, {"Judge", plan.Judges}, {"Gate", plan.Gates}} {
		for _, one := range list.all {
			if one.Compact() == nil {
				out = append(out, reports.Fact{Name: list.name, Value: string(one)})
			}
		}
	}
	return out
}

// ResolveBaseline returns the model that a report compares with: the requested one, which
// must exist, or else the runs' own, if it exists.
func (j *Judged) ResolveBaseline(requested string) (string, error) {
	if requested != "" {
		if !slices.Contains(j.Models, requested) {
			return "", fmt.Errorf("--baseline %s: no such model; %s", requested, place.Choose(requested, j.Models))
		}
		return requested, nil
	}
	if slices.Contains(j.Models, j.Baseline) {
		return j.Baseline, nil
	}
	return "", nil
}
