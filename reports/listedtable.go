package reports

import "strings"

// Listed is a prompt with the answers of all models, to be read side by side.
type Listed struct {
	Kind      string
	Prompt    string
	Condition string
	Outputs   []Output
}

// ListedTable lists answers, a row each, with those to one prompt together.
func ListedTable(id, title string, all []Listed) Table {
	t := Table{ID: id, Title: title, Columns: []Column{{Name: "prompt", Group: true}, {Name: "model"}, {Name: "answer"}}}
	for _, l := range all {
		heading := l.Kind
		if l.Condition != "" {
			heading += ", " + l.Condition
		}
		if heading != "" {
			heading += ": "
		}
		for _, o := range l.Outputs {
			t.Rows = append(t.Rows, []Cell{{Text: heading + strings.TrimSpace(l.Prompt)}, {Text: o.Model}, answerCell(o)})
		}
	}
	return t
}

// answerCell is an answer, or why there is none. An odd one, such as one that was cut, is
// marked.
func answerCell(o Output) Cell {
	c := Cell{Text: strings.TrimSpace(o.Text)}
	switch {
	case o.Missing != "":
		c = Cell{Text: "(no answer: " + o.Missing + ")", Tone: Marked}
	case o.Mark != "":
		c = Cell{Text: strings.TrimSpace(c.Text + " (" + o.Mark + ")"), Raw: o.Text, Tone: Marked}
	}
	return c
}
