package score

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/metrics"
)

// Answer is what metrics score.
type Answer struct {
	Text       string   // the answer, or the part of it that was extracted
	Found      bool     // whether the extraction found something; true without one
	References []string // correct answers, the best first
	// Field is a field of the example; false if it has none of this name. Nil says that it has none.
	Field func(name string) (string, bool)

	// Choices are texts of which the model was given the log-probabilities, or among which it
	// chose; nil if it wrote a text of its own. If there is one alone, its likelihood is
	// what is measured.
	Choices []string
	Correct []int     // indexes of the correct choices
	Scores  []float64 // the choices' log-probabilities in nats; nil if the model chose by letter
	Lengths []int     // their tokens; nil if unknown
}

// Metric is a metric with its scores.
type Metric struct {
	metrics.Metric
	// Extract takes what is scored from an answer's text; nil scores the complete text.
	Extract *Extractor
	// Gathers are metrics of all samples of an example: see [Gather].
	Gathers []Gathered
	// When are the fields and values of the examples that it is for; nil is for all.
	When map[string]string
	// Of scores one answer: a value of the metric's width, or the reason why there is none.
	Of func(a *Answer) (value []float64, missing string)
}

// kind is a metric that files can name.
type kind struct {
	name  string
	about string   // what it is, in one line
	takes []string // keys of the settings that it takes
	make  func(s *Settings) (Metric, error)
}

// kinds are all metrics, in the order of documentation.
func kinds() []kind {
	return slices.Concat(matchKinds(), overlapKinds(), agreementKinds(), formKinds(), labelKinds(), choiceKinds(), likelihoodKinds())
}

// Kind describes a metric that files can name.
type Kind struct {
	Name, About string
	Settings    []string // the keys that it takes
}

// Kinds lists the metrics that files can name.
func Kinds() []Kind {
	var out []Kind
	for _, k := range kinds() {
		out = append(out, Kind{k.name, k.about, k.takes})
	}
	return out
}

// Names lists the names of [Kinds].
func Names() []string {
	var out []string
	for _, k := range kinds() {
		out = append(out, k.name)
	}
	return out
}

// Find makes a metric by its name and settings. The error names a setting that the metric
// doesn't take or that has no meaning. It has no place: the caller knows the line.
func Find(name string, s Settings) (Metric, error) {
	all := kinds()
	i := slices.IndexFunc(all, func(k kind) bool { return k.name == name })
	if i < 0 {
		return Metric{}, fmt.Errorf("unknown metric %q; %s", name, place.Choose(name, Names()))
	}
	k := all[i]
	for _, key := range s.keys() {
		if !slices.Contains(k.takes, key) && !slices.Contains(always, key) {
			return Metric{}, fmt.Errorf("metric %s takes no %s; %s", name, key, takesOnly(k.takes))
		}
	}
	m, err := k.make(&s)
	if err != nil {
		return Metric{}, fmt.Errorf("metric %s: %w", name, err)
	}
	m.Name, m.Title, m.When = cmp.Or(s.Name, m.Name, name), cmp.Or(s.Title, s.Name, m.Title), s.When
	if m.Gathers, err = s.gathered(&m.Metric); err != nil {
		return Metric{}, fmt.Errorf("metric %s: %w", name, err)
	}
	return m, nil
}

// For reports whether the metric is for an answer's example.
func (m *Metric) For(a *Answer) bool {
	for name, want := range m.When {
		if got, _ := a.field(name); got != want {
			return false
		}
	}
	return true
}

func (a *Answer) field(name string) (string, bool) {
	if a.Field == nil {
		return "", false
	}
	return a.Field(name)
}

func takesOnly(takes []string) string {
	if len(takes) == 0 {
		return "it has no settings"
	}
	return "it takes " + strings.Join(takes, ", ")
}

// keys are the settings that are set, by their keys in files.
func (s *Settings) keys() []string {
	var out []string
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if key != "-" && !v.Field(i).IsZero() {
			out = append(out, key)
		}
	}
	return out
}
