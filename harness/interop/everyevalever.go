package interop

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/rows"
	"assay/metrics"
	"assay/models"
	"assay/suites"
	"assay/suites/datafile"
)

// EveryEvalEver reads Every Eval Ever's files: aggregates (UUID.json) with the instances beside
// them (UUID_samples.jsonl). An evaluation is a suite. assay's own export, which is in this
// format, is read back as it was.
func EveryEvalEver() Importer {
	return Importer{
		Name:  "every-eval-ever",
		Short: "Every Eval Ever: .json aggregates with their _samples.jsonl files",
		Own:   true,
		Deep: func(name string) bool {
			return strings.HasSuffix(name, ".json") || strings.HasSuffix(name, "_samples.jsonl")
		},
		Import: importEveryEvalEver,
	}
}

// EEELog is an aggregate file, as far as assay reads and writes it.
type EEELog struct {
	SchemaVersion string       `json:"schema_version"`
	EvaluationID  string       `json:"evaluation_id"`
	Retrieved     string       `json:"retrieved_timestamp"`
	Source        EEESource    `json:"source_metadata"`
	Library       EEELibrary   `json:"eval_library"`
	Model         EEEModel     `json:"model_info"`
	Results       []EEEResult  `json:"evaluation_results"`
	Details       *EEEDetailed `json:"detailed_evaluation_results,omitempty"`
}

// EEESource says who evaluated.
type EEESource struct {
	Name         string `json:"source_name,omitempty"`
	Type         string `json:"source_type"`
	Organization string `json:"source_organization_name"`
	Relationship string `json:"evaluator_relationship"`
}

// EEELibrary is the program that evaluated.
type EEELibrary struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// EEEModel is the model.
type EEEModel struct {
	Name       string            `json:"name"`
	ID         string            `json:"id"`
	Developer  string            `json:"developer,omitempty"`
	Additional map[string]string `json:"additional_details,omitempty"`
}

// EEEResult is one aggregate: a metric of an evaluation.
type EEEResult struct {
	ID         string     `json:"evaluation_result_id,omitempty"`
	Name       string     `json:"evaluation_name"`
	Data       EEEData    `json:"source_data"`
	Metric     EEEMetric  `json:"metric_config"`
	Score      EEEScore   `json:"score_details"`
	Generation *EEEParams `json:"generation_config,omitempty"`
}

// EEEData is the data set.
type EEEData struct {
	Name string `json:"dataset_name"`
	Type string `json:"source_type"`
}

// EEEMetric defines a metric.
type EEEMetric struct {
	ID            string            `json:"metric_id,omitempty"`
	Name          string            `json:"metric_name,omitempty"`
	LowerIsBetter bool              `json:"lower_is_better"`
	ScoreType     string            `json:"score_type,omitempty"`
	Min           jsontext.Value    `json:"min_score,omitempty"` // a number; some write "infinity"
	Max           jsontext.Value    `json:"max_score,omitempty"`
	Additional    map[string]string `json:"additional_details,omitempty"`
}

// EEEScore is an aggregate's value.
type EEEScore struct {
	Score       float64           `json:"score"`
	Details     map[string]string `json:"details,omitempty"`
	Uncertainty *EEEUncertainty   `json:"uncertainty,omitempty"`
}

// EEEUncertainty is its uncertainty.
type EEEUncertainty struct {
	SE       *EEEError    `json:"standard_error,omitempty"`
	Interval *EEEInterval `json:"confidence_interval,omitempty"`
	N        int          `json:"num_samples"`
}

// EEEError is a standard error.
type EEEError struct {
	Value  float64 `json:"value"`
	Method string  `json:"method,omitempty"`
}

// EEEInterval is a confidence interval.
type EEEInterval struct {
	Lower  float64 `json:"lower"`
	Upper  float64 `json:"upper"`
	Level  float64 `json:"confidence_level"`
	Method string  `json:"method,omitempty"`
}

// EEEParams are the parameters of requests.
type EEEParams struct {
	Additional map[string]string `json:"additional_details,omitempty"`
}

// EEEDetailed points to the instances.
type EEEDetailed struct {
	Format    string `json:"format"`
	Path      string `json:"file_path"`
	Algorithm string `json:"hash_algorithm"`
	Checksum  string `json:"checksum"`
	Rows      int    `json:"total_rows"`
}

// EEESample is an instance: one score of one answer.
type EEESample struct {
	SchemaVersion   string            `json:"schema_version"`
	EvaluationID    string            `json:"evaluation_id"`
	ModelID         string            `json:"model_id"`
	Name            string            `json:"evaluation_name"`
	ResultID        string            `json:"evaluation_result_id,omitempty"`
	SampleID        string            `json:"sample_id"`
	SampleHash      string            `json:"sample_hash,omitempty"`
	InteractionType string            `json:"interaction_type"`
	Input           EEEInput          `json:"input"`
	Output          *EEEOutput        `json:"output"`
	Messages        []EEEMessage      `json:"messages,omitempty"`
	Attribution     []EEEAttribution  `json:"answer_attribution"`
	Evaluation      EEEEvaluation     `json:"evaluation"`
	Error           string            `json:"error,omitempty"`
	Metadata        map[string]string `json:"metadata,omitempty"`
}

// EEEInput is what was asked.
type EEEInput struct {
	Raw       string   `json:"raw"`
	Reference []string `json:"reference"`
	Choices   []string `json:"choices,omitempty"`
}

// EEEOutput is the answer.
type EEEOutput struct {
	Raw []string `json:"raw"`
}

// EEEMessage is a message of a conversation.
type EEEMessage struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// EEEAttribution says from where the answer was taken.
type EEEAttribution struct {
	Turn     int    `json:"turn_idx"`
	Source   string `json:"source"`
	Value    string `json:"extracted_value"`
	Method   string `json:"extraction_method"`
	Terminal bool   `json:"is_terminal"`
}

// EEEEvaluation is the score.
type EEEEvaluation struct {
	Score   float64 `json:"score"`
	Correct bool    `json:"is_correct"`
}

// Own is the member of metadata and of details in which assay keeps, as JSON, what a format has
// no place for: a [Record] in a sample, a [suites.MetricDefinition] in a metric, a [Cell] in a
// score, and the suites' definitions in a model.
const Own = "assay"

// Record is what assay keeps of a judgement and its example in the files of others, so that they
// are read back as they were.
type Record struct {
	Example    suites.Example      `json:"example"`
	Answer     *models.Completion  `json:"answer,omitempty"` // without its text; nil if the run has none
	Judgements []metrics.Judgement `json:"judgements"`
}

// Cell names an aggregate in files that assay wrote.
type Cell struct {
	Suite     string `json:"suite"`
	Model     string `json:"model"`
	Condition string `json:"condition,omitempty"`
	Metric    string `json:"metric"`
	Baseline  string `json:"baseline,omitempty"`
}

// eeeSample is a sample as others write it.
type eeeSample struct {
	ModelID  string `json:"model_id"`
	Name     string `json:"evaluation_name"`
	ResultID string `json:"evaluation_result_id"`
	SampleID string `json:"sample_id"`
	Input    struct {
		Raw       string   `json:"raw"`
		Reference []string `json:"reference"`
		Choices   []string `json:"choices"`
	} `json:"input"`
	Output     *EEEOutput   `json:"output"`
	Messages   []EEEMessage `json:"messages"`
	Evaluation *struct {
		Score jsontext.Value `json:"score"`
	} `json:"evaluation"`
	Error    jsontext.Value            `json:"error"`
	Metadata map[string]jsontext.Value `json:"metadata"`
}

// eeeFields are the members of metadata that say something of the example. Others may be of the
// answer.
var eeeFields = []string{"subject", "topic", "difficulty", "split", "language", "domain", "level"}

type eeeImport struct {
	*book
	logs  map[string]*EEELog // by path without its ending
	told  map[string]bool
	draws map[string]int // rows so far of a result and sample
}

func importEveryEvalEver(ctx context.Context, paths []string, opt Options, out Sink) error {
	files, err := Walk(paths, EveryEvalEver().Deep)
	if err != nil {
		return err
	}
	b, err := newBook("every-eval-ever", opt, out)
	if err != nil {
		return err
	}
	im := &eeeImport{b, map[string]*EEELog{}, map[string]bool{}, map[string]int{}}
	var logs, samples []string
	for _, p := range files {
		if strings.HasSuffix(p, ".json") {
			logs = append(logs, p)
		} else {
			samples = append(samples, p)
		}
	}
	if len(logs) == 0 || len(samples) == 0 {
		return fmt.Errorf("%s: %d aggregate files and %d _samples.jsonl files; both are needed: an aggregate alone has no answers to compare", strings.Join(paths, ", "), len(logs), len(samples))
	}
	if err := eachFile(ctx, logs, opt, out, im.log); err != nil {
		return err
	}
	alone := 0
	for stem := range im.logs {
		if !slices.Contains(samples, stem+"_samples.jsonl") {
			alone++
		}
	}
	if alone > 0 {
		out.Notice("%d of %d aggregate files have no _samples.jsonl beside them, and nothing to compare", alone, len(im.logs))
	}
	if err := eachFile(ctx, samples, opt, out, func(path string) error { return im.samples(ctx, path) }); err != nil {
		return err
	}
	return im.close()
}

func (im *eeeImport) log(path string) error {
	l := new(EEELog)
	if err := wholeDocument(path, im.out, l); err != nil {
		return err
	}
	if l.EvaluationID == "" || len(l.Results) == 0 || l.Model.ID == "" {
		return placed(path, 1, "no evaluation_id, model_info or evaluation_results; name an aggregate file of Every Eval Ever")
	}
	im.logs[strings.TrimSuffix(path, ".json")] = l
	if own, ok := l.Model.Additional[Own]; ok {
		var defined []suites.Definition
		if err := decodeValue(jsontext.Value(own), &defined); err != nil {
			return placed(path, 0, "assay's own definitions can't be read; export the run again")
		}
		im.definitions(defined)
	}
	return nil
}

// samples reads the instances of an aggregate file.
func (im *eeeImport) samples(ctx context.Context, path string) error {
	l := im.logs[strings.TrimSuffix(path, "_samples.jsonl")]
	if l == nil {
		return placed(path, 0, "no aggregate file %s beside it, which says what its metrics are; copy both files", filepath.Base(strings.TrimSuffix(path, "_samples.jsonl"))+".json")
	}
	f, err := open(path, im.out.Progress())
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := rows.NewText(path, f)
	if err != nil {
		return err
	}
	tally := tally{path: path, skip: im.opt.KeepGoing}
	n, err := text.EachLine(func(line int, value []byte) error {
		err := ctx.Err()
		if err == nil {
			err = im.sample(l, value)
		}
		return tally.took(line, err)
	})
	if err := tally.end(err, "no samples; get the complete file", f, im.out); err != nil {
		return err
	}
	if l.Details != nil && l.Details.Rows != 0 && l.Details.Rows != n {
		im.out.Notice("%s has %d rows, and its aggregate file counts %d", path, n, l.Details.Rows)
	}
	if tally.skipped == 0 {
		im.aggregates(l, path)
	}
	return nil
}

// result finds the results that a sample is of: the one that it names, or the only one of its
// evaluation.
func (l *EEELog) result(s *eeeSample) (*EEEResult, error) {
	var found []*EEEResult
	for i := range l.Results {
		r := &l.Results[i]
		if s.ResultID != "" && r.ID == s.ResultID && (r.Name == s.Name || s.Name == "") {
			return r, nil
		}
		if r.Name == s.Name {
			found = append(found, r)
		}
	}
	switch {
	case s.ResultID != "":
		return nil, fmt.Errorf("evaluation_result_id %.80q; the aggregate file has no such result", s.ResultID)
	case len(found) == 0:
		return nil, fmt.Errorf("evaluation_name %.80q; the aggregate file has no such evaluation", s.Name)
	case len(found) > 1:
		return nil, nil
	}
	return found[0], nil
}

// name is the metric's name.
func (r *EEEResult) name() string {
	for _, name := range []string{r.Metric.Name, r.Metric.ID, r.ID} {
		if name != "" {
			return name
		}
	}
	return "score"
}

// form is what the aggregate file says of a metric.
func (r *EEEResult) form() form {
	f := form{direction: new(metrics.HigherIsBetter), lo: bound(r.Metric.Min), hi: bound(r.Metric.Max)}
	if r.Metric.LowerIsBetter {
		f.direction = new(metrics.LowerIsBetter)
	}
	if r.Metric.ScoreType == "binary" {
		f.kind = new(metrics.Proportion)
	}
	return f
}

// bound is an end of a range; nil for none.
func bound(raw jsontext.Value) *float64 {
	if x, missing, err := valueOf(raw); err == nil && missing == "" {
		return &x
	}
	return nil
}

func (im *eeeImport) sample(l *EEELog, value []byte) error {
	var s eeeSample
	if err := datafile.Decode(value, &s); err != nil {
		return memberError(err)
	}
	if s.SampleID == "" || s.Evaluation == nil {
		return errors.New("a row without sample_id or evaluation; name a _samples.jsonl file of Every Eval Ever")
	}
	r, err := l.result(&s)
	if err != nil {
		return err
	}
	a := &answer{suite: s.Name, example: s.SampleID, model: s.ModelID, input: s.Input.Raw, references: s.Input.Reference, fields: map[string]string{}}
	if s.Output != nil && len(s.Output.Raw) > 0 {
		a.text = new(strings.Join(s.Output.Raw, "\n\n"))
	}
	for _, m := range s.Messages {
		if m.Role == "assistant" {
			a.text = new(m.Content)
		}
	}
	if own, ok := s.Metadata[Own]; ok && own.Kind() == '"' && r != nil {
		return im.own(a, &s, texts(own)[0])
	}
	for _, name := range eeeFields {
		if v := s.Metadata[name]; v.Kind() == '"' && len(v) <= longestField {
			a.fields[name] = texts(v)[0]
		}
	}
	if v := s.Metadata["category"]; v.Kind() == '"' {
		a.category = texts(v)[0]
	}
	missing := ""
	if s.Error.Kind() == '"' && s.Error.String() != "" {
		missing = firstLine("the file reports an error: " + texts(s.Error)[0])
	}
	add := func(r *EEEResult, raw jsontext.Value) error {
		x, none, err := valueOf(raw)
		if err != nil {
			return fmt.Errorf("score: %w", err)
		}
		m := im.metric(s.Name, r.name(), r.form())
		if key := s.Name + "\x00" + r.name(); m.rows == 0 && none == "" && m.inRange(x) != nil && !im.told[key] {
			im.told[key] = true // lm-evaluation-harness's perplexities have log-probabilities in their rows
			im.out.Notice("%s %s is left out: its rows have the score %v, which its aggregate's range excludes, so they hold something else", s.Name, r.name(), x)
		}
		if im.told[s.Name+"\x00"+r.name()] {
			return nil
		}
		c := score{metric: m, missing: missing}
		if c.missing == "" {
			c.missing = none
		}
		if c.missing == "" {
			c.value = []float64{x}
		}
		a.scores = append(a.scores, c)
		return nil
	}
	if r != nil {
		if err := add(r, s.Evaluation.Score); err != nil {
			return err
		}
	} else if err := im.several(l, &s, add); err != nil {
		return err
	}
	key := strings.Join([]string{s.Name, s.ResultID, s.ModelID, s.SampleID}, "\x00")
	a.sample = im.draws[key]
	im.draws[key]++
	return im.add(a)
}

// several takes the scores of a row that names no result although its evaluation has several. The
// rows of lm-evaluation-harness have all their metrics; of others it can't be known which one the
// score is of.
func (im *eeeImport) several(l *EEELog, s *eeeSample, add func(*EEEResult, jsontext.Value) error) error {
	var all map[string]jsontext.Value
	if raw := s.Metadata["lm_eval_metrics"]; raw.Kind() == '"' {
		if err := decodeValue(jsontext.Value(texts(raw)[0]), &all); err != nil {
			all = nil
		}
	}
	for i := range l.Results {
		r := &l.Results[i]
		if r.Name != s.Name {
			continue
		}
		raw, ok := all[r.name()]
		if ok && raw.Kind() != '[' && raw.Kind() != '"' {
			if err := add(r, raw); err != nil {
				return err
			}
			continue
		}
		if key := s.Name + "\x00" + r.name(); !im.told[key] {
			im.told[key] = true
			im.out.Notice("%s %s is left out: the rows don't say which result their score is of", s.Name, r.name())
		}
	}
	return nil
}

// own takes a row that assay wrote.
func (im *eeeImport) own(a *answer, s *eeeSample, text string) error {
	return im.recorded(a, []byte(text))
}

// aggregates notes what the aggregate file prints.
func (im *eeeImport) aggregates(l *EEELog, path string) {
	for i := range l.Results {
		r := &l.Results[i]
		if im.told[r.Name+"\x00"+r.name()] {
			continue
		}
		key := cellKey{suite: r.Name, model: l.Model.ID, metric: r.name()}
		if own, ok := r.Score.Details[Own]; ok {
			var c Cell
			if decodeValue(jsontext.Value(own), &c) != nil {
				continue
			}
			key = cellKey{c.Suite, c.Model, c.Condition, c.Metric, c.Baseline}
		}
		if im.named[key.suite] != nil {
			im.print(printed{cellKey: key, value: r.Score.Score, path: path})
		}
	}
}
