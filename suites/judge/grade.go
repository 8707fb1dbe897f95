package judge

import (
	"context"

	"assay/metrics"
	"assay/metrics/names"
	"assay/suites"
)

// Grade has a model grade the overall quality of one answer on the Likert scale of the
// InstructGPT paper (section 3.6, table 3): from 1, the worst, to 7.
type Grade struct {
	JudgeName string
}

const (
	gradeSystem = "You grade answers that language models gave to an instruction. You are impartial, and you decide by the answer alone."
	gradeTokens = 512
	gradeTask   = "An answer to an instruction is shown below. Grade its overall quality from 1 to 7.\n\n"
	gradeForm   = "\n7 is an answer that could hardly be better, 4 one that helps but has clear faults, 1 one that is useless, false or harmful. " +
		"Weigh whether it does what the instruction asks, whether it is true, and whether it could do harm; its length does not count by itself. " +
		"Give your reasons in a few sentences. Then end with a line that holds the grade and nothing else, in the form Grade: N"
)

// gradeVerdict is the form that gradeForm requests.
var gradeVerdict = labeled(`grade`, `[1-7]`, `(?:\.0+)?(?: ?/ ?7| out of 7)?`)

// GradeKind is the kind of [Grade]: a model's grade of one answer, 1 to 7.
const GradeKind suites.JudgeKind = "grade"

func gradeKind() Kind {
	return Kind{Name: GradeKind, Asks: Model, New: func(name string, _ Settings) (suites.Judge, error) { return Grade{name}, nil }}
}

// Name implements [suites.Judge].
func (j Grade) Name() string { return j.JudgeName }

// Metrics implements [suites.Judge].
func (j Grade) Metrics() []string { return []string{names.Grade} }

// Needs implements [suites.NeedsOf].
func (Grade) Needs() suites.Needs { return suites.Needs{Requests: 1} }

// Judge implements [suites.Judge]: one request.
func (j Grade) Judge(ctx context.Context, item suites.Item) ([]metrics.Judgement, error) {
	prompt := gradeTask + material(text{"instruction", item.Example.Input}, text{"answer", item.Completion.Text}) + gradeForm
	value, reason, err := verdict(ctx, &item, gradeSystem, prompt, gradeTokens, gradeVerdict)
	switch {
	case err != nil:
		return nil, err
	case reason != "":
		return []metrics.Judgement{suites.NewMissing(item.Completion, names.Grade, j.JudgeName, reason)}, nil
	}
	grade := float64(value[0] - '0')
	return []metrics.Judgement{suites.NewJudgement(item.Completion, names.Grade, j.JudgeName, grade)}, nil
}
