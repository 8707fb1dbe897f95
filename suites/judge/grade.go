package judge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"assay/metrics"
	"assay/metrics/names"
	"assay/suites"
)

// Grade has a model grade one answer: its overall quality on the Likert scale of the InstructGPT
// paper (section 3.6, table 3), from 1, the worst, to 7; or by a rubric on a scale of the
// plan's own, whose upper end is the best.
type Grade struct {
	JudgeName string
	GradeSettings
	ViewSettings
	MetricSettings
}

// GradeSettings are the fields of a grade judge in a plan.
type GradeSettings struct {
	// What the judge should go by, and what the grades mean; by default, overall quality.
	Rubric string `json:"rubric,omitempty" text:"lines"`
	// File with the rubric.
	RubricFile string `json:"rubric_file,omitempty" text:"path" without:"rubric"`
	// Lowest and highest grade, whole numbers, such as 1-5; required with a rubric, and 1-7 without one.
	Scale Scale `json:"scale,omitzero" like:"1-5"`
}

// Scale is the range of a judge's grades.
type Scale struct{ Lo, Hi int }

// likert is the scale of Ouyang et al. 2022, table 3.
var likert = Scale{1, 7}

// mostGrades bounds a scale, since a verdict must be one of its numbers.
const mostGrades = 101

// UnmarshalText reads 1-5.
func (s *Scale) UnmarshalText(text []byte) error {
	lo, hi, _ := strings.Cut(string(text), "-")
	a, err := strconv.Atoi(strings.TrimSpace(lo))
	b, err2 := strconv.Atoi(strings.TrimSpace(hi))
	if err != nil || err2 != nil || a < 0 || a >= b || b-a >= mostGrades {
		return fmt.Errorf("a scale is written as its lowest and highest grade, such as 1-5: whole numbers from 0 on, at most %d of them", mostGrades)
	}
	*s = Scale{a, b}
	return nil
}

// MarshalText writes what [Scale.UnmarshalText] reads.
func (s Scale) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%d-%d", s.Lo, s.Hi), nil }

// form is the form of a verdict on the scale.
func (s Scale) form() form { return s.labeled("grade") }

// labeled is the form of a verdict on the scale after a label.
func (s Scale) labeled(label string) form {
	var grades []string
	for g := s.Hi; g >= s.Lo; g-- { // 10 before 1
		grades = append(grades, strconv.Itoa(g))
	}
	hi := strconv.Itoa(s.Hi)
	return labeled(label, strings.Join(grades, "|"), `(?:\.0+)?(?: ?/ ?`+hi+`| out of `+hi+`)?`,
		fmt.Sprintf("%q, N from %d to %d", strings.ToUpper(label[:1])+label[1:]+": N", s.Lo, s.Hi))
}

const gradeTokens = 512 // for a short reasoning before the grade

// GradeKind is the kind of [Grade]: a model's grade of one answer.
const GradeKind suites.JudgeKind = "grade"

func gradeKind() Kind {
	return Kind{
		Name: GradeKind, Asks: Model, Settings: []any{GradeSettings{}, ViewSettings{}, MetricSettings{}},
		New: func(name string, s Settings) (suites.Judge, error) {
			j := Grade{name, s.GradeSettings, s.ViewSettings, s.MetricSettings}
			switch own := s.Rubric != "" || s.RubricFile != ""; {
			case !own && j.scale() != likert:
				return nil, errors.New("scale: needs a rubric that says what the grades mean; write rubric: or rubric_file: too")
			case own && j.Scale == (Scale{}): // a rubric of 0 and 1 would be read on 1 to 7
				return nil, errors.New("a rubric of your own needs its scale; write scale: and the rubric's lowest and highest grade, such as scale: 1-5")
			}
			return j, oneText("rubric", s.Rubric, s.RubricFile)
		},
		Metrics: func(s Settings) []metrics.Metric {
			scale := Grade{GradeSettings: s.GradeSettings}.scale()
			m := metrics.Metric{Name: cmp.Or(s.Metric, names.Grade), Kind: metrics.Mean, Lo: float64(scale.Lo), Hi: float64(scale.Hi)}
			m.Title = fmt.Sprintf("%s, %d to %d", titled(m.Name), scale.Lo, scale.Hi)
			return []metrics.Metric{m}
		},
	}
}

// titled is a metric's name as a heading.
func titled(name string) string {
	words := strings.ReplaceAll(name, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

func (j Grade) scale() Scale {
	if j.Scale == (Scale{}) {
		return likert
	}
	return j.Scale
}

// Name implements [suites.Judge].
func (j Grade) Name() string { return j.JudgeName }

// Metrics implements [suites.Judge].
func (j Grade) Metrics() []string { return []string{cmp.Or(j.Metric, names.Grade)} }

// Needs implements [suites.NeedsOf].
func (Grade) Needs() suites.Needs { return suites.Needs{Requests: 1} }

// Judge implements [suites.Judge]: one request.
func (j Grade) Judge(ctx context.Context, item suites.Item) ([]metrics.Judgement, error) {
	metric := j.Metrics()[0]
	missing := func(reason string) []metrics.Judgement {
		return []metrics.Judgement{suites.NewMissing(item.Completion, metric, j.JudgeName, reason)}
	}
	shown, reason := j.shown(&item.Example)
	if reason != "" {
		return missing(reason), nil
	}
	scale, asked := j.scale(), instructionOf("grade")
	if j.Rubric != "" {
		asked = instructionOf("rubric")
	}
	prompt := asked.with("lo", strconv.Itoa(scale.Lo), "hi", strconv.Itoa(scale.Hi), "rubric", j.Rubric,
		"material", material(append(shown, text{"answer", item.Completion.Text})...))
	value, reason, err := verdict(ctx, &item, asked.system, prompt, gradeTokens, scale.form())
	switch {
	case err != nil:
		return nil, err
	case reason != "":
		return missing(reason), nil
	}
	grade, err := strconv.Atoi(value)
	if err != nil {
		return missing(scale.form().unread()), nil
	}
	return []metrics.Judgement{suites.NewJudgement(item.Completion, metric, j.JudgeName, float64(grade))}, nil
}
