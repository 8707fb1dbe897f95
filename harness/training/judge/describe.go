package judge

import (
	"fmt"
	"io"

	"assay/harness/leaf/plural"
)

// Describe writes the measurements in lines.
func (e *Evaluation) Describe(w io.Writer) {
	if e.ValidationAUC > 0 {
		fmt.Fprintf(w, "  %s %.4f, by which settings can be chosen\n", ValidationAUC, e.ValidationAUC)
	}
	for i := range e.Test {
		e.Test[i].describe(w, "held out of "+e.Test[i].Name)
	}
	for i := range e.Files {
		e.Files[i].describe(w, e.Files[i].Name)
	}
	if e.Speed > 0 {
		fmt.Fprintf(w, "  speed: %.0f texts a second on %s\n", e.Speed, plural.Of(e.Threads, "thread"))
	}
}

func (m *Measured) describe(w io.Writer, name string) {
	fmt.Fprintf(w, "  %s: %s, %d positive\n", name, plural.Of(m.Texts, "text"), m.Positive)
	if m.AUC != nil {
		fmt.Fprintf(w, "    AUC %.4f\n", *m.AUC)
	}
	for _, e := range m.Estimates {
		if e.Interval == nil {
			continue
		}
		fmt.Fprintf(w, "    %s %.4f [%.4f, %.4f]", e.Metric, e.Point, e.Lo, e.Hi)
		if e.Metric == Accuracy {
			fmt.Fprintf(w, "; the more frequent label alone %.4f", m.Majority)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "    %s %.4f\n", CalibrationError, m.CalibrationError)
	for _, k := range m.Categories {
		fmt.Fprintf(w, "    %s: accuracy %.3f (%s)\n", k.Name, k.Accuracy, plural.Of(k.Texts, "text"))
	}
	if m.Terms != nil {
		m.Terms.describe(w)
	}
}

func (t *Terms) describe(w io.Writer) {
	for _, one := range []struct {
		name string
		of   func(*Term) *float64
	}{
		{"subgroup AUC", func(t *Term) *float64 { return t.SubgroupAUC }},
		{"BPSN AUC", func(t *Term) *float64 { return t.BPSN }},
		{"BNSP AUC", func(t *Term) *float64 { return t.BNSP }},
		{"false positive rate", func(t *Term) *float64 { return t.FalsePositives }},
	} {
		if s := t.Over(one.of); s.Terms > 0 {
			fmt.Fprintf(w, "    %s by term: mean %.4f, from %.4f to %.4f (%s)\n", one.name, s.Mean, s.Least, s.Most, plural.Of(s.Terms, "term"))
		}
	}
	fmt.Fprintf(w, "    false positive rate over all texts: %.4f\n", t.FalsePositives)
}
