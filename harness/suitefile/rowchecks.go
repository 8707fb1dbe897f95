package suitefile

import (
	"fmt"
	"maps"
	"slices"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/suites/score"
)

// varies refuses a prompt that is the same for every row, unless the choices differ, and an input
// that leaves only the first row.
func (c *compiled) varies(file string, items []*item, rows int) error {
	if rows == 1 {
		return nil
	}
	for i, one := range c.conditions {
		same := true
		for _, it := range items {
			a, b := &it.parts[i], &items[0].parts[i]
			same = same && a.text == b.text && a.system == b.system && a.instruction == b.instruction && slices.Equal(a.turns, b.turns)
			same = same && slices.Equal(it.example.Choices, items[0].example.Choices)
		}
		if same && (len(items) > 1 || c.choices == nil && c.input == nil) {
			return place.Errorf(c.Path, one.prompt.line, "the prompt is the same for all %s of %s; use a column in it, such as {{ %s }}", plural.Of(rows, "row"), file, inTemplate(c.templates.columns[0]))
		}
	}
	if len(items) > 1 {
		return nil
	}
	what, line := "the prompt", c.conditions[0].prompt.line
	if c.input != nil {
		what, line = "the input", c.input.line
	}
	return place.Errorf(c.Path, line, "%s is the same for all %s of %s, and rows are told apart by it, so that only the first would be left; write input: and a column or template that differs, such as %s, or id: and a column with ids", what, plural.Of(rows, "row"), file, c.distinguishing())
}

// distinguishing is what an example of input: names: the choices' column or template, if there is one.
func (c *compiled) distinguishing() string {
	if c.likelihood() {
		return c.choices[0].source
	}
	return c.templates.columns[0]
}

// scores refuses a metric that can score none of the rows, whatever the answers are, and one
// that doesn't look at the choices where there are some. Its notices count rows with a reference
// that a metric can't score. rows counts the data's rows, those that repeat another too.
func (c *compiled) scores(file string, items []*item, rows int) (notices []string, err error) {
	for i := range c.metrics {
		m := &c.metrics[i]
		if err := c.hasFields(i, items); err != nil {
			return nil, err
		}
		some, without, first, why := false, 0, "", ""
		for _, it := range items {
			answer := it.answer(0)
			if !m.For(answer) {
				continue
			}
			right, missing := m.Of(answer)
			if missing == "" && c.choices != nil && !some {
				if wrong, _ := m.Of(it.answer(1)); slices.Equal(right, wrong) {
					missing = "it scores a text that a model writes, and the suite has choices; use accuracy, brier or bits_per_byte"
					if l := len(it.example.Choices); l < 2 {
						missing = "it needs several choices, and each row has one; use loss, perplexity or bits_per_byte, or list the choices and write answer:"
					}
				}
			}
			if missing == "" {
				some = true
				continue
			}
			why = missing
			if score.HasText(it.example.References) {
				if without++; without == 1 {
					first = fmt.Sprintf("the first %.60q: %s", it.target, missing)
				}
			}
		}
		switch {
		case !some && why == "":
			notices = append(notices, fmt.Sprintf("%s: metric %s scores no row (the file has %s): none has the values of its when:", file, m.Name, plural.Of(rows, "row")))
		case !some:
			return nil, place.Errorf(c.Path, c.Metrics[i].at, "metric %s scores no row of %s (it has %s): %s", m.Name, file, plural.Of(rows, "row"), why)
		case without > 0 && c.choices == nil:
			notices = append(notices, fmt.Sprintf("%s: %d of %s will not be scored, because %s can't score the references, %s", file, without, plural.Of(len(items), "example"), m.Name, first))
		}
	}
	return notices, nil
}

// hasFields refuses a metric whose when: names a field that no row has.
func (c *compiled) hasFields(metric int, items []*item) error {
	m := &c.metrics[metric]
	for _, name := range slices.Sorted(maps.Keys(m.When)) {
		known := map[string]bool{}
		for _, it := range items {
			for _, field := range it.example.FieldNames() {
				known[field] = true
			}
		}
		if known[name] {
			continue
		}
		remedy := "add it under fields:"
		if len(known) > 0 {
			remedy += ", or " + place.Choose(name, slices.Sorted(maps.Keys(known)))
		}
		return place.Errorf(c.Path, c.Metrics[metric].at, "metric %s: when: names the field %q, which no row has; %s", m.Name, name, remedy)
	}
	return nil
}

// answer is an answer that a model might give: a reference, or log-probabilities of the
// choices. The higher wrong is, the less likely is the correct choice.
func (it *item) answer(wrong float64) *score.Answer {
	ex := &it.example
	a := &score.Answer{Text: it.target, Found: true, References: ex.References, Field: ex.Field, Choices: ex.Choices}
	if a.Choices != nil {
		a.Text = ""
	}
	for i, choice := range a.Choices {
		logProb := -1.5
		if slices.Contains(a.References, choice) || len(a.Choices) == 1 {
			a.Correct = append(a.Correct, i)
			logProb = -1 - wrong
		}
		a.Scores, a.Lengths = append(a.Scores, logProb), append(a.Lengths, 1)
	}
	return a
}
