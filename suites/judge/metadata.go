package judge

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"assay/metrics"
	"assay/metrics/names"
	"assay/suites"
	"assay/suites/labels"
)

// Metadata has a model say of one answer what the labelers of Ouyang et al. 2022 said of it (table
// 3): the grade from 1 to 7 and the eleven flags. Its metrics are people's with judged_ before them,
// so both can be joined.
//
// What the judge calls not applicable has no judgement, as with people. It may call so only
// hallucination, if the example has no context, and the constraint, if the example has none.
type Metadata struct {
	JudgeName string
}

const metadataTokens = 1024 // for a short reasoning before the lines

// MetadataKind is the kind of [Metadata]: a model's grade and flags.
const MetadataKind suites.JudgeKind = "metadata"

func metadataKind() Kind {
	return Kind{
		Name: MetadataKind, Asks: Model,
		New:     func(name string, _ Settings) (suites.Judge, error) { return Metadata{name}, nil },
		Metrics: func(Settings) []metrics.Metric { return JudgedMetrics() },
	}
}

// JudgedMetrics are people's grade and flags, in the order of the judge's lines, as a judge's metrics.
func JudgedMetrics() (all []metrics.Metric) {
	people := labels.Suite(names.Labels)
	for _, name := range judgedNames() {
		m, _ := people.Metric(name)
		all = append(all, judged(*m))
	}
	return all
}

// judged is a judge's view of people's metric.
func judged(m metrics.Metric) metrics.Metric {
	m.Name, m.Title = names.JudgedPrefix+m.Name, m.Title+", by a judge"
	return m
}

// judgedNames are people's metrics that the judge gives.
func judgedNames() []string {
	all := []string{names.Likert}
	for _, f := range labels.Flags() {
		all = append(all, f.Name)
	}
	return all
}

const notApplicable = "n/a"

// metadataForms are the forms of the judge's lines: the metric's name with blanks, and its value.
var metadataForms = metadataLines()

func metadataLines() (all []form) {
	for _, name := range judgedNames() {
		label := strings.ReplaceAll(name, "_", " ")
		switch name {
		case names.Likert:
			all = append(all, likert.labeled(label))
		case names.Hallucination, names.SatisfiesConstraint:
			all = append(all, labeled(label, `n/a|not applicable|yes|no`, ``, ""))
		default:
			all = append(all, labeled(label, `yes|no`, ``, ""))
		}
	}
	return all
}

// Name implements [suites.Judge].
func (j Metadata) Name() string { return j.JudgeName }

// Metrics implements [suites.Judge].
func (j Metadata) Metrics() (all []string) {
	for _, name := range judgedNames() {
		all = append(all, names.JudgedPrefix+name)
	}
	return all
}

// Needs implements [suites.NeedsOf].
func (Metadata) Needs() suites.Needs { return suites.Needs{Requests: 1} }

// Judge implements [suites.Judge] with one request.
func (j Metadata) Judge(ctx context.Context, item suites.Item) ([]metrics.Judgement, error) {
	if reason := unsaid(&item); reason != "" {
		return j.missing(&item, reason), nil
	}
	asked := instructionOf("metadata")
	prompt := asked.with("material", material(basedOn(&item)...))
	values, reason, err := verdicts(ctx, &item, asked.system, prompt, metadataTokens, metadataForms)
	switch {
	case err != nil:
		return nil, err
	case reason != "":
		return j.missing(&item, reason), nil
	}
	return j.read(&item, values), nil
}

func (j Metadata) missing(item *suites.Item, reason string) (all []metrics.Judgement) {
	for _, name := range judgedNames() {
		if applies(&item.Example, name) {
			all = append(all, suites.NewMissing(item.Completion, names.JudgedPrefix+name, j.JudgeName, reason))
		}
	}
	return all
}

// read turns the values of all lines into judgements.
func (j Metadata) read(item *suites.Item, values []string) (all []metrics.Judgement) {
	for i, name := range judgedNames() {
		metric, value := names.JudgedPrefix+name, values[i]
		switch {
		case !applies(&item.Example, name):
		case value == notApplicable || value == "not applicable":
			if of := demanded(&item.Example, name); of != "" {
				all = append(all, suites.NewMissing(item.Completion, metric, j.JudgeName, fmt.Sprintf("the judge called it not applicable, but the example has %s", of)))
			}
		case value == "yes":
			all = append(all, suites.NewJudgement(item.Completion, metric, j.JudgeName, 1))
		case value == "no":
			all = append(all, suites.NewJudgement(item.Completion, metric, j.JudgeName, 0))
		default: // a grade, by its form a number
			grade, _ := strconv.Atoi(value)
			all = append(all, suites.NewJudgement(item.Completion, metric, j.JudgeName, float64(grade)))
		}
	}
	return all
}

// applies reports whether people are asked for a metric of an example: see [labels.Row.Applies].
func applies(ex *suites.Example, name string) bool {
	return name != names.Hallucination || ex.Fields[labels.ClosedDomainField] != "no"
}

// demanded is what an example has that a metric is about; "" if nothing is recorded.
func demanded(ex *suites.Example, name string) string {
	switch {
	case name == names.Hallucination && strings.TrimSpace(ex.Context) != "":
		return "an input"
	case name == names.SatisfiesConstraint && ex.Fields[labels.ConstraintField] != "":
		return "a constraint"
	}
	return ""
}

// unsaid is the reason why an answer can't be judged: silence that the model may not have chosen.
func unsaid(item *suites.Item) string {
	return (&suites.Suite{Silent: true}).Unscored(&item.Completion)
}

// basedOn are the texts that a judge sees of an answer that is based on an input: the instruction
// without the input, the input, the constraint, and the answer.
func basedOn(item *suites.Item) []text {
	ex := &item.Example
	texts := []text{{"instruction", ex.Input}}
	if input := strings.TrimSpace(ex.Context); input != "" {
		if before, after, ok := strings.Cut(ex.Input, input); ok && strings.TrimSpace(before+after) != "" {
			texts[0].body = strings.TrimSpace(before + after)
		}
		texts = append(texts, text{"input", input})
	}
	if constraint := ex.Fields[labels.ConstraintField]; constraint != "" {
		texts = append(texts, text{"constraint", constraint})
	}
	return append(texts, text{"answer", item.Completion.Text})
}
