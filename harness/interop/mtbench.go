package interop

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/metrics"
	"assay/metrics/names"
	"assay/suites/datafile"
)

// MTBench reads MT-bench's judgments of single answers and of pairs, and battles of the arena.
// Questions and answers in the same folder give the texts. A turn of a question is an example,
// and the question is its cluster.
func MTBench() Importer {
	return Importer{
		Name:  "mt-bench",
		Short: "MT-bench's judgments (single, pair) and battles of the arena: .jsonl and .json files",
		Own:   true,
		Deep: func(name string) bool {
			return strings.HasSuffix(name, ".jsonl") || strings.HasSuffix(name, ".json")
		},
		Import: importMTBench,
	}
}

const (
	mtSuite    = "mt_bench"
	arenaSuite = "arena"
	mtScore    = "score"
)

// mtRow is a row of any of the files. Its members say of which.
type mtRow struct {
	Question jsontext.Value `json:"question_id"`
	Category string         `json:"category"`
	Turns    []string       `json:"turns"`
	Model    jsontext.Value `json:"model"`
	ModelID  string         `json:"model_id"`
	Choices  []mtChoice     `json:"choices"`
	Judge    jsontext.Value `json:"judge"`
	Score    jsontext.Value `json:"score"`
	Model1   string         `json:"model_1"`
	Model2   string         `json:"model_2"`
	G1       string         `json:"g1_winner"`
	G2       string         `json:"g2_winner"`
	Turn     int            `json:"turn"`
	ModelA   string         `json:"model_a"`
	ModelB   string         `json:"model_b"`
	Winner   string         `json:"winner"`
	Language string         `json:"language"`
	TalkA    []mtMessage    `json:"conversation_a"`
	TalkB    []mtMessage    `json:"conversation_b"`
}

type mtChoice struct {
	Turns []string `json:"turns"`
}

type mtMessage struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type mtImport struct {
	*book
	questions map[string]*mtRow
	answers   map[string][]string // turns, by model and question
	sides     map[[2]string]bool  // model and baseline, as the first row of a pair has them
}

func importMTBench(ctx context.Context, paths []string, opt Options, out Sink) error {
	files, b, err := begin(MTBench(), paths, opt, out)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s: no .jsonl or .json file found; name files of judgments, or their folder", strings.Join(paths, ", "))
	}
	im := &mtImport{b, map[string]*mtRow{}, map[string][]string{}, map[[2]string]bool{}}
	var judged []string
	if err := eachFile(ctx, files, opt, out, func(path string) error {
		texts, err := im.texts(ctx, path)
		if err == nil && !texts {
			judged = append(judged, path)
		}
		return err
	}); err != nil {
		return err
	}
	if len(judged) == 0 {
		return fmt.Errorf("%s: no judgments found; name files with g1_winner, score or winner", strings.Join(paths, ", "))
	}
	if err := eachFile(ctx, judged, opt, out, func(path string) error { return im.judgments(ctx, path) }); err != nil {
		return err
	}
	return im.close()
}

// isText reports whether a row is a question or an answer.
func (r *mtRow) isText() bool { return r.Turns != nil || r.Choices != nil }

// texts reads a file of questions or answers; false if it has something else.
func (im *mtImport) texts(ctx context.Context, path string) (bool, error) {
	reference := filepath.Base(filepath.Dir(path)) == "reference_answer"
	err := im.each(ctx, path, func(_ int, r *mtRow) error {
		switch id := questionOf(r); {
		case !r.isText():
			return errEnough
		case id == "":
			return errors.New("no question_id; each question and answer has one")
		case r.Turns != nil:
			im.questions[id] = r
		case len(r.Choices) > 0 && !reference:
			im.answers[r.ModelID+"\x00"+id] = r.Choices[0].Turns
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return false, nil
	}
	return err == nil, err
}

func questionOf(r *mtRow) string {
	if len(r.Question) == 0 {
		return ""
	}
	return strings.Join(texts(r.Question), "")
}

func (im *mtImport) judgments(ctx context.Context, path string) error {
	return im.each(ctx, path, im.judgment)
}

// each reads a file's rows.
func (im *mtImport) each(ctx context.Context, path string, take func(line int, r *mtRow) error) error {
	_, err := im.eachRow(ctx, path, func(line int, value []byte) error {
		var r mtRow
		if err := datafile.Decode(value, &r); err != nil {
			return memberError(err)
		}
		return take(line, &r)
	})
	return err
}

// judgment takes a row with a judgment.
func (im *mtImport) judgment(line int, r *mtRow) error {
	switch {
	case r.G1 != "" || r.G2 != "":
		return im.pair(r)
	case r.Winner != "":
		return im.battle(line, r)
	case len(r.Score) > 0:
		return im.single(r)
	}
	return errors.New("a row without score, g1_winner or winner; name files of judgments")
}

// example is a turn of a question.
func (im *mtImport) example(r *mtRow, model string) (*answer, error) {
	id := questionOf(r)
	if id == "" {
		return nil, errors.New("no question_id; each judgment has one")
	}
	turn := max(1, r.Turn)
	a := &answer{suite: mtSuite, example: id + " turn " + strconv.Itoa(turn), cluster: id, model: model, fields: map[string]string{"turn": strconv.Itoa(turn)}}
	if q := im.questions[id]; q != nil {
		a.category = q.Category
		if turn <= len(q.Turns) {
			a.input = strings.Join(q.Turns[:turn], "\n\n")
		}
	}
	if turns := im.answers[model+"\x00"+id]; turn <= len(turns) {
		a.text = &turns[turn-1]
	}
	return a, nil
}

// judgeOf is the judge's model; its prompt is a setting.
func (im *mtImport) judgeOf(suite string, r *mtRow) string {
	if len(r.Judge) == 0 {
		return ""
	}
	parts := texts(r.Judge)
	if len(parts) > 1 {
		im.setting(suite, "", "judge prompt", strings.Join(parts[1:], ", "))
	}
	if len(parts) == 0 {
		return ""
	}
	return parts[0]
}

// single takes the score of one answer; -1 is a verdict that MT-bench could not read.
func (im *mtImport) single(r *mtRow) error {
	model := ""
	if r.Model.Kind() == '"' {
		model = texts(r.Model)[0]
	}
	a, err := im.example(r, model)
	if err != nil {
		return err
	}
	m := im.metric(mtSuite, mtScore, form{title: "score", kind: new(metrics.Mean), direction: new(metrics.HigherIsBetter), lo: new(1.0), hi: new(10.0)})
	s, err := scoreOf(m, r.Score)
	if err != nil {
		return fmt.Errorf("score: %w", err)
	}
	if s.judge = im.judgeOf(mtSuite, r); s.value != nil && s.value[0] == -1 {
		s.value, s.missing = nil, "no rating was found in the verdict"
	}
	a.scores = []score{s}
	return im.add(a)
}

// winRate is the metric of preferences.
func (im *mtImport) winRate(suite string) *scoreMetric {
	return im.metric(suite, names.WinRate, form{title: "win rate", kind: new(metrics.Mean), direction: new(metrics.HigherIsBetter), lo: new(0.0), hi: new(1.0), even: new(0.5)})
}

// pair takes the verdicts of a pair in both orders. As in MT-bench, one side wins only if it
// wins in both. The modes pairwise-baseline and pairwise-all write to one file, and may have a pair
// with its sides exchanged. The sides are those of its first row, so that a pair is one metric.
func (im *mtImport) pair(r *mtRow) error {
	for _, winner := range []string{r.G1, r.G2} {
		if !slices.Contains([]string{"model_1", "model_2", "tie", "error"}, winner) {
			return fmt.Errorf("the winner %.40q; it is model_1, model_2, tie or error", winner)
		}
	}
	if r.Model1 == "" || r.Model2 == "" || r.Model1 == r.Model2 {
		return fmt.Errorf("the models %.40q and %.40q; a pair has two", r.Model1, r.Model2)
	}
	model, other, won, lost := r.Model1, r.Model2, "model_1", "model_2"
	if im.sides[[2]string{other, model}] {
		model, other, won, lost = other, model, lost, won
	}
	im.sides[[2]string{model, other}] = true
	a, err := im.example(r, model)
	if err != nil {
		return err
	}
	baseline, err := im.example(r, other)
	if err != nil {
		return err
	}
	s := score{metric: im.winRate(mtSuite), baseline: other, judge: im.judgeOf(mtSuite, r)}
	if r.G1 == "error" || r.G2 == "error" {
		s.missing = "no winner was found in a verdict"
	} else {
		of := map[string]float64{won: 1, lost: 0, "tie": 0.5}
		s.value, s.orders = []float64{0.5}, []float64{of[r.G1], of[r.G2]} // g1 shows model_1 first
		if r.G1 == r.G2 {
			s.value[0] = of[r.G1]
		}
		if model != r.Model1 {
			slices.Reverse(s.orders)
		}
	}
	a.scores = []score{s}
	if err := im.add(baseline); err != nil {
		return err
	}
	err = im.add(a)
	if errors.Is(err, ErrDuplicate) || errors.Is(err, ErrConflict) {
		return fmt.Errorf("%.40q and %.40q have a judgment of turn %d of question %.40q by this judge already; if rows of pairwise-baseline and of pairwise-all are mixed, keep one mode's; otherwise import the runs apart, each into a run of its own", r.Model1, r.Model2, max(1, r.Turn), questionOf(r))
	}
	return err
}

// battle takes a vote of the arena. Of two models, the baseline is the first by name, so that
// their battles are one metric whatever side they were shown on.
func (im *mtImport) battle(line int, r *mtRow) error {
	if r.ModelA == "" || r.ModelB == "" || r.ModelA == r.ModelB {
		return fmt.Errorf("the models %.40q and %.40q; a battle has two", r.ModelA, r.ModelB)
	}
	x := 0.5
	switch r.Winner {
	case "model_a":
		x = 1
	case "model_b":
		x = 0
	default:
		if !strings.HasPrefix(r.Winner, "tie") {
			return fmt.Errorf("the winner %.40q; it is model_a, model_b, tie or tie (bothbad)", r.Winner)
		}
	}
	model, baseline, talk, other := r.ModelA, r.ModelB, r.TalkA, r.TalkB
	if model < baseline {
		model, baseline, talk, other, x = baseline, model, other, talk, 1-x
	}
	id := questionOf(r)
	if id == "" {
		id = "battle " + strconv.Itoa(line)
	}
	a := &answer{suite: arenaSuite, example: id, model: model, category: r.Language, input: said(talk, "user"), text: answered(talk)}
	voter := strings.Join(texts(r.Judge), "/")
	a.scores = []score{{metric: im.winRate(arenaSuite), baseline: baseline, value: []float64{x}, judge: "people", labeler: voter}}
	b := *a
	b.model, b.text, b.scores = baseline, answered(other), nil
	if err := im.add(&b); err != nil {
		return err
	}
	return im.add(a)
}

// said joins what a role said in a conversation.
func said(talk []mtMessage, role string) string {
	var all []string
	for _, m := range talk {
		if m.Role == role {
			all = append(all, m.Content)
		}
	}
	return strings.Join(all, "\n\n")
}

// answered is what the model said; nil without a conversation.
func answered(talk []mtMessage) *string {
	if talk == nil {
		return nil
	}
	return new(said(talk, "assistant"))
}
