package catalog

import (
	"errors"
	"fmt"
	"strings"

	"assay/harness/leaf/place"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
)

// squadInstruction begins every prompt (Ouyang et al. 2022, Appendix D).
const squadInstruction = "Answer each question using information in the preceding background paragraph. If there is not enough information provided, answer with ``Not in background.''"

// squadShots is the paper's number of few-shot examples.
const squadShots = 4

// squadLive builds prompts like the released samples of InstructGPT. The earlier
// questions of the paragraph are in the prompt with their answers, as in GPT-3's
// evaluation, although the paper's template doesn't show this. In the samples they
// are shuffled and the answer is any annotator's; here they are in the file's
// order with the first answer, so that a run can be repeated. For 61 released
// contexts the article is in the half of the development set that was available.
// All of these hold exactly the questions before theirs, and 18 equal ours byte
// for byte.
//
// Answers are a few words; 64 tokens leave room for a sentence.
func squadLive() *suites.Live {
	return &suites.Live{
		Data:           "squad2-dev-half/dev-v2.0.json",
		Sampling:       models.Sampling{MaxTokens: 64, Stop: []string{"\n"}},
		Conditions:     []string{"zeroshot"},
		ShotConditions: shotConditions(),
		Load:           loadSQuAD,
	}
}

// squadFile is the layout of the official files, train-v2.0.json and dev-v2.0.json.
type squadFile struct {
	Data *[]located[squadArticle] `json:"data"`
}

type squadArticle struct {
	Title      *string                    `json:"title"`
	Paragraphs *[]located[squadParagraph] `json:"paragraphs"`
}

type squadParagraph struct {
	Context   *string                   `json:"context"`
	Questions *[]located[squadQuestion] `json:"qas"`
}

type squadQuestion struct {
	ID         *string        `json:"id"`
	Question   *string        `json:"question"`
	Answers    *[]squadAnswer `json:"answers"`
	Impossible bool           `json:"is_impossible"`
}

type squadAnswer struct {
	Text *string `json:"text"`
}

// squadText is a paragraph with its article's title, checked.
type squadText struct {
	article   int
	title     string
	context   string
	questions []located[squadQuestion]
}

// head is how a prompt about the paragraph begins.
func (t squadText) head() string {
	return "Title: " + t.title + "\n\nBackground: " + t.context
}

// readSQuAD reads the paragraphs of a file that have questions.
func readSQuAD(path string) (*jsonFile, []squadText, error) {
	var doc squadFile
	file, err := readJSONFile(path, &doc)
	if err != nil {
		return nil, nil, err
	}
	if doc.Data == nil || len(*doc.Data) == 0 {
		return nil, nil, place.Errorf(path, 1, "no articles in the member \"data\"; get SQuAD's complete official file")
	}
	var texts []squadText
	for i, article := range *doc.Data {
		title, err := someText("title", article.value.Title)
		if err == nil && article.value.Paragraphs == nil {
			err = errors.New("member \"paragraphs\" is missing or null; fix or remove the article")
		}
		if err != nil {
			return nil, nil, file.fault(article.at, "article: %w", err)
		}
		for _, p := range *article.value.Paragraphs {
			context, err := someText("context", p.value.Context)
			if err == nil && p.value.Questions == nil {
				err = errors.New("member \"qas\" is missing or null; fix or remove the paragraph")
			}
			if err != nil {
				return nil, nil, file.fault(p.at, "paragraph: %w", err)
			}
			if len(*p.value.Questions) > 0 {
				texts = append(texts, squadText{i, title, context, *p.value.Questions})
			}
		}
	}
	if len(texts) == 0 {
		return nil, nil, place.Errorf(path, 1, "no question in the file; get SQuAD's complete official file")
	}
	return file, texts, nil
}

// ask returns a question in the prompt's form, and its distinct answers with the
// file's first one first, or [noAnswer].
func (q squadQuestion) ask() (string, []string, error) {
	question, err := someText("question", q.Question)
	if err != nil {
		return "", nil, err
	}
	if q.Answers == nil && !q.Impossible {
		return "", nil, errors.New("member \"answers\" is missing or null; fix or remove the question")
	}
	var answers []string
	if q.Answers != nil {
		for _, a := range *q.Answers {
			text, err := someText("text", a.Text)
			if err != nil {
				return "", nil, fmt.Errorf("answer: %w", err)
			}
			answers = append(answers, text)
		}
	}
	switch {
	case q.Impossible && len(answers) > 0:
		return "", nil, errors.New("answers, though is_impossible is true; fix or remove the question")
	case q.Impossible:
		answers = []string{noAnswer}
	case len(answers) == 0:
		return "", nil, errors.New("no answer, though is_impossible is not true; fix or remove the question")
	}
	return "\n\nQ: " + question + "\n\nA:", answers, nil
}

func loadSQuAD(files suites.Files) (*suites.Set, error) {
	file, texts, err := readSQuAD(files.Data)
	if err != nil {
		return nil, err
	}
	var all examples
	ids := make(map[string]int64) // a question's id -> its place
	background := make(map[string]bool, len(texts))
	for _, t := range texts {
		background[strings.TrimSpace(t.context)] = true
		input := t.head()
		for _, q := range t.questions {
			id, err := someText("id", q.value.ID)
			if err != nil {
				return nil, file.fault(q.at, "question: %w", err)
			}
			if first, twice := ids[id]; twice {
				return nil, file.fault(q.at, "question id %q is on line %d already; remove one of the two", id, file.line(first))
			}
			ids[id] = q.at
			question, answers, err := q.value.ask()
			if err != nil {
				return nil, file.fault(q.at, "question %q: %w", id, err)
			}
			input += question
			ex := suites.NewExample(names.SQuADv2, input, distinctTexts(answers), "")
			describeSQuAD(&ex)
			all.add(ex)
			input += " " + answers[0]
		}
	}
	above := prefix{instruction: squadInstruction}
	if files.Shots != "" {
		if above.shots, err = squadShotsOf(files.Shots, background); err != nil {
			return nil, err
		}
	}
	return &suites.Set{
		Examples: all.list,
		Ask: func(ex *suites.Example, condition string) models.Request {
			return models.Request{Prompt: above.before(condition) + ex.Input}
		},
		Notices: all.notices(files.Data, "question"),
	}, nil
}

// squadShotsOf takes the few-shot examples: the first question of a paragraph that
// is not among the data's, from one article each as far as possible.
func squadShotsOf(path string, data map[string]bool) ([]string, error) {
	file, texts, err := readSQuAD(path)
	if err != nil {
		return nil, err
	}
	var groups [][]string
	article := -1
	for _, t := range texts {
		if data[strings.TrimSpace(t.context)] {
			continue
		}
		question, answers, err := t.questions[0].value.ask()
		if err != nil {
			return nil, file.fault(t.questions[0].at, "question: %w", err)
		}
		if t.article != article {
			article = t.article
			groups = append(groups, nil)
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], t.head()+question+" "+answers[0])
	}
	return takeShots(path, groups, squadShots)
}
