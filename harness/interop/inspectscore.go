package interop

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/metrics"
)

// inspectResult is what a log prints of a scorer, or of one key of it.
type inspectResult struct {
	Name    string `json:"name"`
	Scorer  string `json:"scorer"`
	Reducer string `json:"reducer"`
	Metrics map[string]struct {
		Value jsontext.Value `json:"value"`
	} `json:"metrics"`
}

type inspectReduction struct {
	Scorer  string `json:"scorer"`
	Reducer string `json:"reducer"`
	Samples []struct {
		Value jsontext.Value `json:"value"`
		ID    jsontext.Value `json:"sample_id"`
	} `json:"samples"`
}

// name is the metric of a scorer's key.
func (l *inspectLog) name(scorer, key string) string {
	if key == "" {
		return scorer
	}
	if l.head.Results != nil {
		for _, r := range l.head.Results.Scores { // two scorers may have one key
			if r.Name == key && r.Scorer != scorer {
				return scorer + "/" + key
			}
		}
	}
	return key
}

// scored adds the scores of a scorer to an answer.
func (l *inspectLog) scored(a *answer, scorer, suffix string, raw jsontext.Value) error {
	switch raw.Kind() {
	case '{':
		var keys map[string]jsontext.Value
		if err := decodeValue(raw, &keys); err != nil {
			return err
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			l.one(a, l.name(scorer, key)+suffix, keys[key])
		}
	case '[':
		var list []jsontext.Value
		if err := decodeValue(raw, &list); err != nil {
			return err
		}
		for i, v := range list {
			l.one(a, scorer+"["+strconv.Itoa(i)+"]"+suffix, v)
		}
	default:
		l.one(a, scorer+suffix, raw)
	}
	return nil
}

func (l *inspectLog) one(a *answer, name string, raw jsontext.Value) {
	x, missing := inspectValue(raw)
	s := score{metric: l.form(name, raw), missing: missing}
	if missing == "" {
		s.value = []float64{x}
	}
	a.scores = append(a.scores, s)
}

// form defines a metric. Letters are shares of right answers.
func (l *inspectLog) form(name string, raw jsontext.Value) *scoreMetric {
	f := form{}
	if raw.Kind() == '"' || raw.Kind() == 't' || raw.Kind() == 'f' {
		f = form{kind: new(metrics.Proportion), direction: new(metrics.HigherIsBetter), lo: new(0.0), hi: new(1.0)}
		if _, missing := inspectValue(raw); missing == "" && raw.Kind() == '"' && strings.Trim(string(raw), `"0123456789.+-eE`) == "" {
			f = form{}
		}
	}
	if f.direction == nil && l.head.Results != nil {
		for _, r := range l.head.Results.Scores {
			if _, ok := r.Metrics["accuracy"]; ok && l.resultName(r) == name {
				f.direction = new(metrics.HigherIsBetter)
			}
		}
	}
	return l.metric(l.head.Eval.Task, name, f)
}

// inspectValue is a value as Inspect's metrics count it.
func inspectValue(raw jsontext.Value) (x float64, missing string) {
	if raw.Kind() == '"' {
		switch text := strings.ToLower(texts(raw)[0]); text {
		case "c", "yes", "true":
			return 1, ""
		case "p":
			return 0.5, ""
		case "i", "n", "no", "false":
			return 0, ""
		default:
			if x, err := strconv.ParseFloat(text, 64); err == nil {
				return x, ""
			}
			return 0, fmt.Sprintf("the value %.40q is no number", text)
		}
	}
	x, missing, err := valueOf(raw)
	if err != nil {
		return 0, "the value is no number"
	}
	if missing == "the tool gave no score" {
		missing = "the scorer gave no score"
	}
	return x, missing
}

// reduction takes the reduced values of a reducer that is no mean.
func (l *inspectLog) reduction(r *inspectReduction) error {
	if r.Reducer == "" || r.Reducer == "mean" {
		return nil
	}
	for _, s := range r.Samples {
		id := texts(s.ID)
		if len(id) != 1 {
			continue
		}
		a, ok := l.known[id[0]]
		if !ok {
			return fmt.Errorf("a reduction has the sample %.80q, and the log has no such sample", id[0])
		}
		if err := l.scored(&a, r.Scorer, "/"+r.Reducer, s.Value); err != nil {
			return err
		}
		a.sample = 0
		if err := l.add(&a); err != nil {
			return err
		}
	}
	return nil
}

// resultName is the metric that a result is of.
func (l *inspectLog) resultName(r inspectResult) string {
	key := r.Name
	if key == r.Scorer || l.named[l.head.Eval.Task] != nil && slices.ContainsFunc(l.named[l.head.Eval.Task].metrics, func(m *scoreMetric) bool { return m.name == r.Name }) {
		key = ""
	}
	name := r.Name
	if key != "" {
		name = l.name(r.Scorer, key)
	}
	if r.Reducer != "" && r.Reducer != "mean" {
		name += "/" + r.Reducer
	}
	return name
}

// aggregates notes what the log prints: accuracies and means.
func (l *inspectLog) aggregates() {
	if l.head.Results == nil || l.tally.skipped > 0 {
		return
	}
	for _, r := range l.head.Results.Scores {
		for _, name := range []string{"accuracy", "mean"} {
			m, ok := r.Metrics[name]
			if !ok {
				continue
			}
			l.print(cellKey{suite: l.head.Eval.Task, model: l.head.Eval.Model, condition: l.condition, metric: l.resultName(r)}, m.Value, l.path)
		}
	}
}
