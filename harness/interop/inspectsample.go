package interop

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

type inspectSample struct {
	ID     jsontext.Value `json:"id"`
	Epoch  int            `json:"epoch"`
	Input  jsontext.Value `json:"input"`
	Target jsontext.Value `json:"target"`
	Output struct {
		Choices []struct {
			Message struct {
				Content jsontext.Value `json:"content"`
			} `json:"message"`
			Stop string `json:"stop_reason"`
		} `json:"choices"`
		Completion string `json:"completion"`
		Error      string `json:"error"`
	} `json:"output"`
	Scores map[string]struct {
		Value jsontext.Value `json:"value"`
	} `json:"scores"`
	Metadata     map[string]jsontext.Value `json:"metadata"`
	Error        *inspectError             `json:"error"`
	Invalidation jsontext.Value            `json:"invalidation"`
}

type inspectError struct {
	Message string `json:"message"`
}

// scorers lists the scorers that each sample should have a score of.
func (l *inspectLog) scorers() (names []string) {
	if l.head.Results == nil {
		for _, s := range l.head.Eval.Scorers {
			names = append(names, s.Name)
		}
		return names
	}
	for _, r := range l.head.Results.Scores {
		if !slices.Contains(names, r.Scorer) {
			names = append(names, r.Scorer)
		}
	}
	return names
}

// keysOf lists the keys of a scorer with several.
func (l *inspectLog) keysOf(scorer string) (keys []string) {
	if l.head.Results != nil {
		for _, r := range l.head.Results.Scores {
			if r.Scorer == scorer && r.Name != scorer && !strings.HasPrefix(r.Name, scorer) && !slices.Contains(keys, r.Name) {
				keys = append(keys, r.Name)
			}
		}
	}
	return keys
}

// sample takes a sample.
func (l *inspectLog) sample(s *inspectSample) error {
	if len(s.ID) == 0 || s.Epoch < 0 {
		return errors.New("a sample without an id; get the complete file")
	}
	for name, raw := range map[string]jsontext.Value{"input": s.Input, "target": s.Target} {
		if len(raw) > longestText {
			return fmt.Errorf("the %s has more than %d MiB; import a log without this sample", name, longestText>>20)
		}
	}
	id := texts(s.ID)
	if len(id) != 1 {
		return errors.New("the id of a sample is neither a text nor a number")
	}
	a := answer{
		suite: l.head.Eval.Task, example: id[0], input: conversation(s.Input), references: texts(s.Target),
		condition: l.condition, model: l.head.Eval.Model, sample: max(0, s.Epoch-1),
	}
	a.describe(s.Metadata)
	l.known[a.example] = a
	switch {
	case s.Invalidation != nil && s.Invalidation.Kind() != 'n':
		a.failed = "the sample is marked as invalid in the log"
	case s.Error != nil && len(s.Scores) == 0:
		a.failed = firstLine("the sample ended with an error: " + s.Error.Message)
	case s.Output.Error != "" && len(s.Scores) == 0:
		a.failed = firstLine("the model gave an error: " + s.Output.Error)
	default:
		a.text = new(s.Output.Completion)
		if len(s.Output.Choices) > 0 {
			a.finish = s.Output.Choices[0].Stop
			if a.finish == "unknown" {
				a.finish = ""
			}
			if *a.text == "" {
				a.text = new(conversation(s.Output.Choices[0].Message.Content))
			}
		}
	}
	for _, scorer := range slices.Sorted(maps.Keys(s.Scores)) {
		if err := l.scored(&a, scorer, "", s.Scores[scorer].Value); err != nil {
			return err
		}
	}
	for _, scorer := range l.scorers() {
		if _, ok := s.Scores[scorer]; ok {
			continue
		}
		why := "the log has no score of it"
		keys := l.keysOf(scorer)
		if len(keys) == 0 {
			keys = []string{""}
		}
		for _, key := range keys {
			a.scores = append(a.scores, score{metric: l.form(l.name(scorer, key), nil), missing: why})
		}
	}
	return l.add(&a)
}

// conversation is a text, or the messages of a conversation as text.
func conversation(raw jsontext.Value) string {
	if raw.Kind() != '[' {
		return strings.Join(texts(raw), "")
	}
	var messages []struct {
		Role    string         `json:"role"`
		Type    string         `json:"type"`
		Text    string         `json:"text"`
		Content jsontext.Value `json:"content"`
	}
	if decodeValue(raw, &messages) != nil {
		return string(raw)
	}
	var all []string
	for _, m := range messages {
		switch {
		case m.Type == "text":
			all = append(all, m.Text)
		case m.Role == "user" && len(messages) == 1:
			all = append(all, conversation(m.Content))
		case m.Role != "":
			all = append(all, m.Role+": "+conversation(m.Content))
		}
	}
	return strings.Join(all, "\n\n")
}

func isEval(path string) bool { return filepath.Ext(path) == ".eval" }
