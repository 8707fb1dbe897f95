package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"assay/harness"
	"assay/harness/leaf/plural"
	"assay/harness/plan"
	"assay/models"
	"assay/reports"
)

// runOf is a model with the run that has it.
type runOf struct {
	source   *Source
	model    models.Info
	requests plan.Requests
	planned  bool // whether a plan says how requests were made
}

// sideOf finds the run of a model, by its name in the report; its source is nil if no run
// lists the model.
func (j *Judged) sideOf(model string) (r runOf) {
	for i := range j.sources {
		src := &j.sources[i]
		if at := slices.IndexFunc(src.Manifest.Models, func(info models.Info) bool { return src.label(info.Name) == model }); at >= 0 {
			r.source, r.model = src, src.Manifest.Models[at]
			r.requests, r.planned = plan.RequestsTo(src.Manifest.Plan.Run, r.model.Name, r.model.Sent)
			return r
		}
	}
	return r
}

// Differences lists how the runs of two models were made differently: what each plan, or
// the other harness's files, say of prompts, shots, templates, sampling and judges. It
// covers the suites that both were judged on.
func (j *Judged) Differences(baseline, model string) (all []reports.Difference) {
	first, second := j.sideOf(baseline), j.sideOf(model)
	if first.source == nil || second.source == nil {
		return nil
	}
	for _, suite := range j.suites {
		if !j.judgedOn(suite.Name, baseline) || !j.judgedOn(suite.Name, model) {
			continue
		}
		add := func(what, a, b string) {
			if a != b {
				all = append(all, reports.Difference{Suite: suite.Name, What: what, First: a, Second: b})
			}
		}
		apart := first.source != second.source
		if apart {
			add("harness", first.maker(), second.maker())
			j.textsApart(suite.Name, second.source, add)
		}
		ofFirst, ofSecond := first.settings(suite.Name), second.settings(suite.Name)
		for _, name := range settingNames(ofFirst, ofSecond) {
			a, b := whereApart(settingOf(ofFirst, name), settingOf(ofSecond, name))
			add(name, a, b)
		}
		if apart && first.planned != second.planned && len(ofFirst)*len(ofSecond) == 0 {
			add("requests", said(ofFirst), said(ofSecond))
		}
		for _, c := range j.cells {
			other := c
			other.Model = baseline
			if c.Suite != suite.Name || c.Model != model || j.columns[other] == nil {
				continue
			}
			if j.judgedApart(other, c) != "" {
				d := reports.Difference{Suite: c.Suite, Metric: c.Metric, What: "judge", First: j.judgesOf(other), Second: j.judgesOf(c)}
				if d.First == d.Second {
					d.First, d.Second = d.First+", as the first plan defines it", d.Second+", as the second plan defines it"
				}
				if !slices.Contains(all, d) {
					all = append(all, d)
				}
			}
		}
	}
	return all
}

func (j *Judged) judgedOn(suite, model string) bool {
	return slices.ContainsFunc(j.cells, func(c Cell) bool { return c.Suite == suite && c.Model == model })
}

func (j *Judged) judgesOf(c Cell) string {
	var names []string
	for _, by := range j.judgedBy[c] {
		names = append(names, by.name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// differentQuestions is the kind of texts that differ where one id has two questions.
const differentQuestions = "questions"

// textsApart adds how the texts of joined examples differ.
func (j *Judged) textsApart(suite string, second *Source, add func(what, a, b string)) {
	if second.joined == nil {
		return
	}
	for own, kinds := range second.joined.texts {
		if second.joined.suite(own) != suite {
			continue
		}
		for _, what := range slices.Sorted(maps.Keys(kinds)) {
			v := kinds[what]
			switch {
			case v.n == 0:
				add(what, v.first, v.second)
			case what == "references":
				add(fmt.Sprintf("references of %s", plural.Of(v.n, "example")), "such as "+v.first, v.second)
			default:
				add(fmt.Sprintf("%s of %s", what, plural.Of(v.n, "example")), "such as: "+v.first, v.second)
			}
		}
	}
}

// maker says which program made the requests.
func (r *runOf) maker() string {
	if name := r.source.Manifest.Plan.Import; name != "" {
		return "import of " + name
	}
	return "assay run"
}

// settings are how requests to the model were made, by name: the plan's, or what the other
// harness's files say.
func (r *runOf) settings(suite string) map[string]string {
	of := map[string]string{}
	if r.planned {
		for _, m := range r.requests.Members(r.own(suite)) {
			of[m.Name] = m.Value
		}
		if shots := r.requests.Shots(r.own(suite)); shots != "" {
			of["shots"] = shots
		}
	}
	for _, s := range r.source.Manifest.Settings {
		if (s.Model == "" || s.Model == r.model.Name) && (s.Suite == "" || r.source.joined.suite(s.Suite) == suite) {
			of[s.Name] = s.Value
		}
	}
	return of
}

// own is a suite's name in its own run.
func (r *runOf) own(suite string) string {
	for _, name := range r.source.suiteNames() {
		if r.source.joined.suite(name) == suite {
			return name
		}
	}
	return suite
}

// settingNames are the names that say something on both sides, or that one side sets. Fields of
// suite files are only compared if both sides have some.
func settingNames(first, second map[string]string) (names []string) {
	files := hasSuiteFile(first) && hasSuiteFile(second)
	for _, of := range []map[string]string{first, second} {
		for name := range of {
			comparable := len(first) > 0 && len(second) > 0 && (files || !strings.HasPrefix(name, harness.SuiteFileSetting))
			if comparable && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func hasSuiteFile(of map[string]string) bool {
	for name := range of {
		if strings.HasPrefix(name, harness.SuiteFileSetting) {
			return true
		}
	}
	return false
}

// whereApart shortens two values to where they differ, so that a table has room for both. White space
// that isn't a blank is written as in Go.
func whereApart(a, b string) (string, string) {
	const before = 15
	x, y := []rune(visible(a)), []rune(visible(b))
	same := 0
	for same < len(x) && same < len(y) && x[same] == y[same] {
		same++
	}
	start := max(0, same-before)
	if len(x) <= startLength && len(y) <= startLength {
		start = 0
	}
	part := func(text []rune) string {
		out := text[start:]
		if len(out) > startLength {
			out = append(slices.Clone(out[:startLength-1]), '…')
		}
		if start > 0 {
			return "…" + string(out)
		}
		return string(out)
	}
	return part(x), part(y)
}

var blanks = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`)

func visible(text string) string { return blanks.Replace(strings.TrimSuffix(text, "\n")) }

// settingOf is a setting's value; one that is unset and one that isn't there are equal.
func settingOf(of map[string]string, name string) string {
	switch value := of[name]; value {
	case "", "null", "unset", "[]", "{}", "nothing":
		return "unset"
	default:
		return value
	}
}

// said summarises what is known of requests if only one side has it.
func said(of map[string]string) string {
	var set []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		if value := settingOf(of, name); value != "unset" {
			set = append(set, name+" "+value)
		}
	}
	if len(of) == 0 {
		return "not recorded"
	}
	return "in the plan: " + strings.Join(append(set, "nothing else set"), ", ")
}

// differencesSection is a report's section on runs that were made differently; ok is false
// if no run was.
func (j *Judged) differencesSection(s *reports.Subject, in ReportInput) (section reports.Section, ok bool) {
	section = reports.Section{ID: "differences", Title: "How the runs differ"}
	if len(j.joined) > 0 {
		section.Text = "The runs have other ids for the same examples, which were joined by their content or a field."
		section.Tables = append(section.Tables, reports.JoinedTable(j.joined))
	}
	for _, model := range j.Models {
		if in.Baseline == "" || model == in.Baseline || !in.shows(model) {
			continue
		}
		if all := j.Differences(in.Baseline, model); len(all) > 0 {
			t := reports.DifferencesTable(s, all, in.Baseline, model)
			t.ID = fmt.Sprintf("differences-%d", len(section.Tables)+1)
			section.Tables = append(section.Tables, t)
		}
	}
	return section, len(section.Tables) > 0
}
