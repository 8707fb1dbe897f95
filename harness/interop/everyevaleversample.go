package interop

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/suites/datafile"
)

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
		return im.recorded(a, []byte(texts(own)[0]))
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
		m := im.metric(s.Name, r.name(), r.form())
		c, err := scoreOf(m, raw)
		if err != nil {
			return fmt.Errorf("score: %w", err)
		}
		if m.rows == 0 && c.value != nil && m.inRange(c.value...) != nil { // lm-evaluation-harness's perplexities have log-probabilities in their rows
			im.leaveOut(s.Name, r.name(), "its rows have the score %v, which its aggregate's range excludes, so they hold something else", c.value[0])
		}
		if im.isLeftOut(s.Name, r.name()) {
			return nil
		}
		if missing != "" {
			c.value, c.missing = nil, missing
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
		im.leaveOut(s.Name, r.name(), "the rows don't say which result their score is of")
	}
	return nil
}
