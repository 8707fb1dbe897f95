package score

import (
	"errors"
	"fmt"
	"slices"

	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/metrics/statistic"
)

// labelKinds are the metrics of answers that choose one of several labels: by naming it, or by
// the log-probabilities of choices.
func labelKinds() []kind {
	takes := []string{"labels", "per", "normalise", "ignore"}
	one := append(takes, "label")
	return []kind{
		{"accuracy", "1 if the answer names a correct label, or the likeliest choice is correct", takes, accuracy},
		{"macro_f1", "mean over labels of the F1 of finding the label, as scikit-learn computes it; with this metric, reports also have the confusion matrix", takes, func(s *Settings) (Metric, error) {
			return s.ofLabels(metrics.Metric{Title: "Macro-F1", Lo: 0, Hi: 1}, statistic.MacroF1)
		}},
		{"mcc", "Matthews correlation of answers and references, as scikit-learn computes it", takes, func(s *Settings) (Metric, error) {
			return s.ofLabels(metrics.Metric{Title: "MCC", Lo: -1, Hi: 1}, statistic.MCC)
		}},
		{"label_f1", "F1 of finding one label", one, func(s *Settings) (Metric, error) {
			return s.ofLabel("F1 of "+s.Label, func(right, said float64) []float64 { return []float64{2 * right * said, right + said} })
		}},
		{"label_precision", "of the answers that name one label, the share that is right", one, func(s *Settings) (Metric, error) {
			return s.ofLabel("Precision of "+s.Label, func(right, said float64) []float64 { return []float64{right * said, said} })
		}},
		{"label_recall", "of the examples with one label, the share whose answer names it", one, func(s *Settings) (Metric, error) {
			return s.ofLabel("Recall of "+s.Label, func(right, said float64) []float64 { return []float64{right * said, right} })
		}},
	}
}

// noLabels says what a metric of texts needs.
const noLabels = "the metric has no labels; write labels: and the list of them"

// labels turns answers into indexes of labels.
type labels struct {
	names     []string // normalised
	normalise func(string) string
	per       Per
}

func (s *Settings) labels() (*labels, error) {
	normalise, err := s.normaliser("case", "punctuation", "space")
	if err != nil {
		return nil, err
	}
	l := &labels{normalise: normalise, per: s.Per}
	for _, name := range s.Labels {
		plain := normalise(name)
		switch {
		case plain == "":
			return nil, fmt.Errorf("labels: normalising leaves nothing of %q; set another normalise", name)
		case slices.Contains(l.names, plain):
			return nil, fmt.Errorf("labels: two are %q once they are normalised; set normalise:, or remove one", plain)
		}
		l.names = append(l.names, plain)
	}
	return l, nil
}

// of returns the index of the label that an answer gives, -1 if it gives none, and those of the
// right labels.
func (l *labels) of(a *Answer) (given int, right []int, missing string) {
	if a.Choices != nil {
		given, missing = a.choice(l.per)
		return given, a.Correct, missing
	}
	if l.names == nil {
		return 0, nil, noLabels
	}
	for _, r := range a.References {
		i := slices.Index(l.names, l.normalise(r))
		if i < 0 {
			return 0, nil, fmt.Sprintf("the reference %.40q is none of the labels", r)
		}
		right = append(right, i)
	}
	if right == nil {
		return 0, nil, noReference
	}
	return slices.Index(l.names, l.normalise(a.Text)), right, ""
}

// pair returns the index of the given label and of the only right one.
func (l *labels) pair(a *Answer) (given, right int, missing string) {
	given, all, missing := l.of(a)
	switch {
	case missing != "":
		return 0, 0, missing
	case len(all) != 1:
		return 0, 0, fmt.Sprintf("the example has %s; the metric needs one", plural.Of(len(all), "correct label"))
	case max(all[0], given) >= len(l.names):
		return 0, 0, fmt.Sprintf("the example has %s, and the metric %s", plural.Of(len(a.Choices), "choice"), plural.Of(len(l.names), "label"))
	}
	return given, all[0], ""
}

func accuracy(s *Settings) (Metric, error) {
	l, err := s.labels()
	m := share("Accuracy")
	if s.Per != PerText {
		m.Name, m.Title = "accuracy_per_"+string(s.Per), "Accuracy per "+string(s.Per)
	}
	return Metric{Metric: m, Of: func(a *Answer) ([]float64, string) {
		given, right, missing := l.of(a)
		if missing != "" {
			return nil, missing
		}
		return []float64{oneIf(slices.Contains(right, given))}, ""
	}}, err
}

// ofLabels is a metric of pairs of labels.
func (s *Settings) ofLabels(m metrics.Metric, name string) (Metric, error) {
	l, err := s.labels()
	if err == nil && len(s.Labels) < 2 {
		err = errors.New("needs labels:, at least two")
	}
	m.Kind, m.Width, m.Statistic = metrics.FunctionOfSums, 2, metrics.Statistic{Name: name, Labels: s.Labels}
	return Metric{Metric: m, Of: func(a *Answer) ([]float64, string) {
		given, right, missing := l.pair(a)
		if missing != "" {
			return nil, missing
		}
		return []float64{float64(right), float64(given)}, ""
	}}, err
}

// ofLabel is a metric of one label, from whether it is right and whether it is given.
func (s *Settings) ofLabel(title string, value func(right, said float64) []float64) (Metric, error) {
	l, err := s.labels()
	label := 0
	if err == nil {
		switch label = slices.Index(l.names, l.normalise(s.Label)); {
		case s.Label == "":
			err = errors.New("needs label:, the label that is looked for")
		case label < 0:
			err = fmt.Errorf("label: %q is none of labels", s.Label)
		}
	}
	m := metrics.Metric{Title: title, Kind: metrics.FunctionOfSums, Lo: 0, Hi: 1, Width: 2, Statistic: metrics.Statistic{Name: statistic.ShareOfSums}}
	return Metric{Metric: m, Of: func(a *Answer) ([]float64, string) {
		given, right, missing := l.pair(a)
		if missing != "" {
			return nil, missing
		}
		return value(oneIf(right == label), oneIf(given == label)), ""
	}}, err
}
