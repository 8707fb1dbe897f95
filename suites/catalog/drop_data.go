package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
)

// dropInstruction begins every prompt (Ouyang et al. 2022, Appendix D).
const dropInstruction = "Answer each question using information in the preceding passage."

// dropShots is the paper's number of few-shot examples.
const dropShots = 4

// dropLive uses the paper's template, which has blank lines between its parts. An
// example's input is written without them, as in the released samples of
// InstructGPT, so that recorded and live answers match.
//
// Answers are a few words; 64 tokens leave room for a sentence.
func dropLive() *suites.Live {
	return &suites.Live{
		Data:           "drop/drop_dataset_dev.json",
		Sampling:       models.Sampling{MaxTokens: 64, Stop: []string{"\n"}},
		Conditions:     []string{"zeroshot"},
		ShotConditions: shotConditions(),
		Load:           loadDROP,
	}
}

// dropPassage is one member of the official file, which is an object of passages by
// id.
type dropPassage struct {
	Passage   *string                  `json:"passage"`
	Questions *[]located[dropQuestion] `json:"qa_pairs"`
}

type dropQuestion struct {
	ID        *string      `json:"query_id"`
	Question  *string      `json:"question"`
	Answer    *dropAnswer  `json:"answer"`
	Validated []dropAnswer `json:"validated_answers"`
}

type dropAnswer struct {
	Number dropNumber `json:"number"`
	Spans  []*string  `json:"spans"`
	Date   struct {
		Day   dropNumber `json:"day"`
		Month dropNumber `json:"month"`
		Year  dropNumber `json:"year"`
	} `json:"date"`
}

// dropNumber is a text that some copies of the file write as a number. Null is
// the empty text.
type dropNumber string

// UnmarshalJSONFrom reads a string, a number or null.
func (n *dropNumber) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	token, err := dec.ReadToken()
	if err != nil {
		return err
	}
	switch token.Kind() {
	case '"', '0':
		*n = dropNumber(token.String())
		return nil
	case 'n':
		return nil
	}
	return fmt.Errorf("a JSON %v where a text or number is needed", token.Kind())
}

// text is what drop_eval.py's answer_json_to_strings makes of an answer: its
// number, otherwise its spans, otherwise its date as day, month and year. An
// answer in several spans becomes one text, joined by "and" as in the released
// samples of InstructGPT, since models answer in one piece. The official script
// pairs the spans, which an answer in one piece can't match.
func (a dropAnswer) text() (string, error) {
	if a.Number != "" {
		return string(a.Number), nil
	}
	if len(a.Spans) == 0 {
		return strings.Join(strings.Fields(string(a.Date.Day+" "+a.Date.Month+" "+a.Date.Year)), " "), nil
	}
	spans := make([]string, len(a.Spans))
	for i, span := range a.Spans {
		if span == nil {
			return "", errors.New("a span is null; fix or remove the question")
		}
		spans[i] = *span
	}
	return strings.Join(spans, " and "), nil
}

// ask returns a question and its distinct references. Blank answers are dropped,
// as in the official script.
func (q dropQuestion) ask() (string, []string, error) {
	question, err := someText("question", q.Question)
	if err != nil {
		return "", nil, err
	}
	if q.Answer == nil {
		return "", nil, errors.New("member \"answer\" is missing or null; get a file with answers (the test set has none)")
	}
	var answers []string
	for _, a := range append([]dropAnswer{*q.Answer}, q.Validated...) {
		text, err := a.text()
		if err != nil {
			return "", nil, err
		}
		answers = append(answers, text)
	}
	return strings.TrimSpace(question), distinctTexts(answers), nil
}

// spans reports whether an answer has several spans.
func (q dropQuestion) spans() bool {
	several := func(a dropAnswer) bool { return a.Number == "" && len(a.Spans) > 1 }
	return q.Answer != nil && several(*q.Answer) || slices.ContainsFunc(q.Validated, several)
}

// dropInput is an example's input. dropPrompt is the same in the paper's template.
func dropInput(passage, question string) string {
	return "Passage: " + passage + "\nQuestion: " + question + "\nAnswer:"
}

func dropPrompt(input string) string {
	at := strings.LastIndex(input, "\nQuestion: ")
	question := strings.TrimSuffix(input[at:], "\nAnswer:")
	return input[:at] + "\n" + question + "\n\nAnswer:"
}

// dropText is a passage with its questions, checked.
type dropText struct {
	passage   string
	questions []located[dropQuestion]
}

func readDROP(path string) (*jsonFile, []dropText, error) {
	var doc members[dropPassage]
	file, err := readJSONFile(path, &doc)
	if err != nil {
		return nil, nil, err
	}
	var texts []dropText
	for _, m := range doc {
		passage, err := someText("passage", m.value.value.Passage)
		if err == nil && m.value.value.Questions == nil {
			err = errors.New("member \"qa_pairs\" is missing or null; fix or remove the passage")
		}
		if err != nil {
			return nil, nil, file.fault(m.value.at, "passage %q: %w", m.name, err)
		}
		if questions := *m.value.value.Questions; len(questions) > 0 {
			texts = append(texts, dropText{strings.TrimSpace(passage), questions})
		}
	}
	if len(texts) == 0 {
		return nil, nil, place.Errorf(path, 1, "no question in the file; get DROP's complete official file")
	}
	return file, texts, nil
}

func loadDROP(files suites.Files) (*suites.Set, error) {
	file, texts, err := readDROP(files.Data)
	if err != nil {
		return nil, err
	}
	var all examples
	ids := make(map[string]int64) // a question's id -> its place
	passages := make(map[string]bool, len(texts))
	unanswered, inSpans := 0, 0
	for _, t := range texts {
		passages[t.passage] = true
		for _, q := range t.questions {
			id, err := someText("query_id", q.value.ID)
			if err != nil {
				return nil, file.fault(q.at, "question: %w", err)
			}
			if first, twice := ids[id]; twice {
				return nil, file.fault(q.at, "query_id %q is on line %d already; remove one of the two", id, file.line(first))
			}
			ids[id] = q.at
			question, answers, err := q.value.ask()
			if err != nil {
				return nil, file.fault(q.at, "question %q: %w", id, err)
			}
			if len(answers) == 0 {
				unanswered++
			}
			if q.value.spans() {
				inSpans++
			}
			ex := suites.NewExample(names.DROP, dropInput(t.passage, question), answers, "")
			describeDROP(&ex)
			all.add(ex)
		}
	}
	above := prefix{instruction: dropInstruction}
	if files.Shots != "" {
		if above.shots, err = dropShotsOf(files.Shots, passages); err != nil {
			return nil, err
		}
	}
	notices := all.notices(files.Data, "question")
	if unanswered > 0 {
		notices = append(notices, fmt.Sprintf("%s: %s with only blank answers; the models' answers to them will be unscored", files.Data, plural.Of(unanswered, "question")))
	}
	if inSpans > 0 {
		notices = append(notices, fmt.Sprintf("%s: %s with an answer in several spans, which counts as one text joined by \"and\"; the official script pairs spans, so its figures differ", files.Data, plural.Of(inSpans, "question")))
	}
	return &suites.Set{
		Examples: all.list,
		Ask: func(ex *suites.Example, condition string) models.Request {
			return models.Request{Prompt: above.before(condition) + dropPrompt(ex.Input)}
		},
		Notices: notices,
	}, nil
}

// dropShotsOf takes the few-shot examples: questions with an answer, from passages
// that are not among the data's, one from each passage as far as possible.
func dropShotsOf(path string, data map[string]bool) ([]string, error) {
	file, texts, err := readDROP(path)
	if err != nil {
		return nil, err
	}
	var groups [][]string
	for _, t := range texts {
		if data[t.passage] {
			continue
		}
		var group []string
		for _, q := range t.questions {
			question, answers, err := q.value.ask()
			if err != nil {
				return nil, file.fault(q.at, "question: %w", err)
			}
			if len(answers) > 0 {
				group = append(group, dropPrompt(dropInput(t.passage, question))+" "+answers[0])
			}
		}
		groups = append(groups, group)
	}
	return takeShots(path, groups, dropShots)
}
