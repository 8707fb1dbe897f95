package catalog

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
	"assay/suites"
)

// truthRow is a question of TruthfulQA with its answers.
type truthRow struct {
	line               int
	question, category string
	kind               string // adversarial or not
	best               string
	correct, incorrect []string // in the file's order
}

// truthData is TruthfulQA's questions as read.
type truthData struct {
	rows    []truthRow
	notices []string
}

// readTruthCSV reads TruthfulQA.csv. There are two versions: one with 817
// questions and a byte order mark, and one with 790 and one more column. Columns
// are found by name; ';' separates answers.
func readTruthCSV(path string) (*truthData, error) {
	const question, best, category = "Question", "Best Answer", "Category"
	const correct, incorrect = "Correct Answers", "Incorrect Answers"
	var data truthData
	err := eachCSVRow(path, []string{category, question, best, correct, incorrect}, func(line int, r *rows.CSV) error {
		row := truthRow{
			line: line, question: r.Get(question), category: r.Get(category), kind: r.Get("Type"), best: r.Get(best),
			correct: strings.Split(r.Get(correct), ";"), incorrect: strings.Split(r.Get(incorrect), ";"),
		}
		if strings.TrimSpace(row.best) == "" {
			return fmt.Errorf("column %q is empty; a question needs a correct answer", best)
		}
		data.rows = append(data.rows, row)
		return nil
	})
	return &data, err
}

// mcTask is an element of mc_task.json. A file may also have mc0_targets, the best
// answer and one other, which are not used.
type mcTask struct {
	Question string    `json:"question"`
	MC1      mcTargets `json:"mc1_targets"`
	MC2      mcTargets `json:"mc2_targets"`
}

// mcTargets are answers in the file's order.
type mcTargets struct {
	correct, incorrect []string
}

// UnmarshalJSONFrom reads an object of answers with their labels, 1 or 0.
func (t *mcTargets) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if token, err := dec.ReadToken(); err != nil || token.Kind() != '{' {
		return errors.Join(err, errors.New("targets are not an object of answers"))
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		answer := name.String()
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		switch string(value) {
		case "1":
			t.correct = append(t.correct, answer)
		case "0":
			t.incorrect = append(t.incorrect, answer)
		default:
			return fmt.Errorf("target %.40q is worth %.40q, want 1 or 0", answer, string(value))
		}
	}
	_, err := dec.ReadToken()
	return err
}

// readTruthJSON reads mc_task.json. One list of answers serves MC1 and MC2, since
// in both published versions they have the same incorrect answers and MC1's one
// correct answer is among MC2's. Otherwise MC2's are used.
func readTruthJSON(path string) (*truthData, error) {
	var data truthData
	differ := tally{}
	err := eachJSONElement(path, func(line int, task *mcTask) error {
		switch {
		case len(task.MC1.correct) != 1:
			return fmt.Errorf("mc1_targets has %s worth 1, want one", plural.Of(len(task.MC1.correct), "answer"))
		case len(task.MC2.correct) == 0:
			return errors.New("mc2_targets has no answer worth 1; a question needs a correct answer")
		}
		best := task.MC1.correct[0]
		if strings.TrimSpace(best) == "" {
			return errors.New("mc1_targets' answer worth 1 is empty; a question needs a correct answer")
		}
		if !slices.Contains(task.MC2.correct, best) || !sameAnswers(task.MC1.incorrect, task.MC2.incorrect) {
			differ.add(line)
		}
		data.rows = append(data.rows, truthRow{
			line: line, question: task.Question, best: best,
			correct: task.MC2.correct, incorrect: task.MC2.incorrect,
		})
		return nil
	})
	if differ.n > 0 {
		data.notices = append(data.notices, fmt.Sprintf(
			"%s: mc1_targets and mc2_targets disagree in %s; both metrics are judged by mc2_targets, and by mc1_targets' best answer", path, differ))
	}
	return &data, err
}

// sameAnswers compares two lists regardless of order.
func sameAnswers(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// readTruth chooses the format by the file's extension.
func readTruth(path string) (*truthData, error) {
	if strings.EqualFold(filepath.Ext(path), ".json") {
		return readTruthJSON(path)
	}
	return readTruthCSV(path)
}

// questions are the examples of a suite, and the prompt that comes before each.
func (d *truthData) questions(suite string, files suites.Files, form func(string) string) ([]suites.Example, truthPrompt, error) {
	examples, err := d.examples(suite, files.Data, form)
	if err != nil {
		return nil, truthPrompt{}, err
	}
	prompt, err := newTruthPrompt(files.Shots, examples)
	return examples, prompt, err
}

// examples makes examples of the rows. Answers are written by form, the best
// first, without repetitions. An answer that the file lists both as correct and as
// incorrect counts as incorrect, as in mc_task.json.
func (d *truthData) examples(suite, path string, form func(string) string) ([]suites.Example, error) {
	lines := map[string]int{}
	both := tally{}
	var out []suites.Example
	for _, row := range d.rows {
		question := strings.TrimSpace(row.question)
		if question == "" {
			return nil, place.Errorf(path, row.line, "the question is empty; fix or remove the row")
		}
		incorrect := distinctAnswers(row.incorrect, form, nil)
		best := form(strings.TrimSpace(row.best))
		if slices.Contains(incorrect, best) {
			return nil, place.Errorf(path, row.line, "the best answer %.60q is also listed as incorrect; remove one of the two", best)
		}
		all := distinctAnswers(append([]string{row.best}, row.correct...), form, nil)
		correct := distinctAnswers(all, form, incorrect)
		if len(correct) < len(all) {
			both.add(row.line)
		}
		ex := suites.NewExample(suite, question, correct, row.category)
		ex.Incorrect = incorrect
		if row.kind != "" {
			ex.Fields = map[string]string{"type": row.kind}
		}
		if first, ok := lines[ex.ID]; ok {
			return nil, place.Errorf(path, row.line, "the same question as on line %d; remove one of the two", first)
		}
		lines[ex.ID] = row.line
		out = append(out, ex)
	}
	if both.n > 0 {
		d.notices = append(d.notices, fmt.Sprintf("%s: an answer is listed as correct and as incorrect in %s; it counts as incorrect", path, both))
	}
	return out, nil
}

// distinctAnswers trims answers, writes them by form, and drops empty and repeated
// ones and those in without.
func distinctAnswers(answers []string, form func(string) string, without []string) []string {
	var out []string
	for _, answer := range answers {
		answer = strings.TrimSpace(answer)
		if answer == "" {
			continue
		}
		if answer = form(answer); !slices.Contains(out, answer) && !slices.Contains(without, answer) {
			out = append(out, answer)
		}
	}
	return out
}

// closed ends an answer with a period, as TruthfulQA's own program does before it
// compares or scores one (utilities.py: split_multi_answer, format_best).
func closed(answer string) string {
	if strings.HasSuffix(answer, ".") {
		return answer
	}
	return answer + "."
}

// asWritten returns an answer unchanged.
func asWritten(answer string) string { return answer }
