package judge

import (
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/models/linear"
)

// references are a question's correct and incorrect answers.
type references struct{ correct, incorrect []string }

// readReferences reads tables of questions with the columns of TruthfulQA.csv.
func readReferences(paths []string) (map[string]references, error) {
	all := map[string]references{}
	for _, path := range paths {
		rows, err := readTable(path)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			question, ok := text(r, "Question")
			correct, hasCorrect := text(r, "Correct Answers")
			incorrect, hasIncorrect := text(r, "Incorrect Answers")
			if !ok || !hasCorrect || !hasIncorrect {
				return nil, place.Errorf(path, r.Line, "no Question, Correct Answers and Incorrect Answers in this row; name TruthfulQA.csv")
			}
			key := linear.Normalised(question)
			all[key] = references{cutAnswers(correct), cutAnswers(incorrect)}
		}
	}
	return all, nil
}

func cutAnswers(text string) []string {
	var all []string
	for one := range strings.SplitSeq(text, ";") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// give gives rows the references of their questions. An answer that is itself a reference is not
// compared with itself, because the labelled answers include the references. It returns how many rows
// have none.
func give(rows []Row, all map[string]references) (without int) {
	for i := range rows {
		r := &rows[i]
		known, ok := all[linear.Normalised(r.Context)]
		if !ok {
			without++
			continue
		}
		self := linear.Normalised(r.Text.Text)
		same := func(s string) bool {
			return strings.TrimRight(linear.Normalised(s), ".") == strings.TrimRight(self, ".")
		}
		r.For = slices.DeleteFunc(slices.Clone(known.correct), same)
		r.Against = slices.DeleteFunc(slices.Clone(known.incorrect), same)
	}
	return without
}
