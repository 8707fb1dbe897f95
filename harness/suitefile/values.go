package suitefile

import (
	"regexp"
	"strings"

	"assay/harness/yamlstruct"
	"assay/suites/table"
)

// Data names a data file and says how it is read.
type Data struct {
	File string
	table.Options
	content []byte // of a file that comes with the program
}

// dataFields are those of the mapping.
type dataFields struct {
	// Path of a file, a folder of shards or a pattern.
	File string `json:"file" need:"write file: and a path"`
	// Format, if the file's ending doesn't say it.
	Format string `json:"format" oneof:"jsonl|json|csv|tsv|parquet"`
	// Character between a CSV file's fields, if it can't be seen from the header.
	Separator string `json:"separator"`
	// What quotes mean in CSV and TSV files: text takes them as part of the text.
	Quotes string `json:"quotes" oneof:"fields|text"`
	// Names of a CSV or TSV file's columns, if it has no header.
	Columns []string `json:"columns"`
	// Path of the member of a JSON document that holds the rows, such as data or data.rows. If a list is in the path, the rows of all its entries are read; * stands for every member of an object. Such a row also has the members of the objects around it, and the column before, which lists the rows above it in its own list.
	Under string `json:"under"`
}

// DecodeYAML reads a path, or a mapping.
func (d *Data) DecodeYAML(n yamlstruct.Node) {
	if n.Kind != yamlstruct.Mapping {
		d.File = n.Word()
		return
	}
	var f dataFields
	n.Into(&f)
	d.File = f.File
	d.Options = table.Options{Format: table.Format(f.Format), PlainQuotes: f.Quotes == "text", Columns: f.Columns, Under: f.Under}
	if f.Separator != "" {
		runes := []rune(f.Separator)
		if len(runes) != 1 {
			n.Fail(n.Line, "separator is %q; it must be one character", f.Separator)
			return
		}
		d.Separator = runes[0]
	}
}

// SchemaYAML describes both forms.
func (d *Data) SchemaYAML(w yamlstruct.SchemaWriter) *yamlstruct.Schema {
	return &yamlstruct.Schema{AnyOf: []*yamlstruct.Schema{{Type: "string", Pattern: `\S`}, w.Struct(&dataFields{})}}
}

// Values are columns or templates: one, or a list.
type Values []string

// DecodeYAML reads a text, or a list of texts.
func (v *Values) DecodeYAML(n yamlstruct.Node) {
	for _, one := range each(n) {
		*v = append(*v, text(one))
	}
}

// FormYAML says what it is.
func (v *Values) FormYAML() string { return "string or list" }

// SchemaYAML describes both forms.
func (v *Values) SchemaYAML(yamlstruct.SchemaWriter) *yamlstruct.Schema {
	return oneOrList(&yamlstruct.Schema{Type: "string"})
}

// Columns are columns made from others, in order.
type Columns []Column

// Column is a column made from others.
type Column struct {
	Name, Template string
	Line           int
}

// DecodeYAML reads a mapping of names and templates.
func (c *Columns) DecodeYAML(n yamlstruct.Node) {
	if n.Kind != yamlstruct.Mapping || len(n.Members) == 0 {
		n.Fail(n.Line, "let must be a mapping of names and templates, such as {title: \"{{ name | trim }}\"}")
		return
	}
	for _, m := range n.Members {
		if !columnName.MatchString(m.Name) {
			n.Fail(m.Line, "let: the name %q is no word that templates can use; write letters, digits and _", m.Name)
			return
		}
		one := n
		one.Value, one.Name = m.Value, m.Name
		*c = append(*c, Column{m.Name, text(one), m.Line})
	}
}

var columnName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// FormYAML says what it is.
func (c *Columns) FormYAML() string { return "mapping of names to templates" }

// SchemaYAML describes the mapping.
func (c *Columns) SchemaYAML(yamlstruct.SchemaWriter) *yamlstruct.Schema {
	return &yamlstruct.Schema{Type: "object", AdditionalProperties: &yamlstruct.Schema{Type: "string"}}
}

// Texts are texts that may be white space: one, or a list.
type Texts []string

// DecodeYAML reads a text, or a list of texts.
func (t *Texts) DecodeYAML(n yamlstruct.Node) {
	for _, one := range each(n) {
		s := text(one)
		if s == "" {
			n.Fail(one.Line, "an empty text in %s; remove it", n.Name)
		}
		*t = append(*t, s)
	}
}

// FormYAML says what it is.
func (t *Texts) FormYAML() string { return "string or list" }

// SchemaYAML describes both forms.
func (t *Texts) SchemaYAML(yamlstruct.SchemaWriter) *yamlstruct.Schema {
	return oneOrList(&yamlstruct.Schema{Type: "string", Pattern: `(?s).`})
}

// Text is a text that may be empty or white space.
type Text string

// DecodeYAML reads a text.
func (t *Text) DecodeYAML(n yamlstruct.Node) { *t = Text(text(n)) }

// FormYAML says what it is.
func (t *Text) FormYAML() string { return "string" }

// SchemaYAML describes it.
func (t *Text) SchemaYAML(yamlstruct.SchemaWriter) *yamlstruct.Schema {
	return &yamlstruct.Schema{Type: "string"}
}

// Turns are earlier turns of a chat.
type Turns []TurnTemplate

// TurnTemplate is a turn whose content is a template.
type TurnTemplate struct {
	Role, Content string
	Line          int
}

// turnFields is a turn as files have it.
type turnFields struct {
	// What the user says: a template.
	User string `json:"user" text:"lines" without:"assistant"`
	// What the model says: a template.
	Assistant string `json:"assistant" text:"lines"`
}

// DecodeYAML reads a list of turns.
func (t *Turns) DecodeYAML(n yamlstruct.Node) {
	if n.Kind != yamlstruct.List || len(n.Items) == 0 {
		n.Fail(n.Line, "turns must be a list, such as [{user: Hello}, {assistant: \"{{ greeting }}\"}]")
		return
	}
	for _, one := range each(n) {
		if one.Kind != yamlstruct.Mapping || len(one.Members) == 0 {
			n.Fail(one.Line, "a turn must be {user: TEMPLATE} or {assistant: TEMPLATE}")
			return
		}
		var f turnFields
		one.Into(&f)
		turn := TurnTemplate{Role: "user", Content: f.User, Line: one.Line}
		if f.Assistant != "" {
			turn.Role, turn.Content = "assistant", f.Assistant
		}
		*t = append(*t, turn)
	}
}

// FormYAML says what it is.
func (t *Turns) FormYAML() string { return "list of mappings" }

// SchemaYAML describes the list.
func (t *Turns) SchemaYAML(w yamlstruct.SchemaWriter) *yamlstruct.Schema {
	turn := w.Struct(&turnFields{})
	turn.MinProperties = 1
	return &yamlstruct.Schema{Type: "array", MinItems: 1, Items: turn}
}

// Metrics are the metrics of a suite.
type Metrics []Metric

// DecodeYAML reads a list of names and of mappings.
func (m *Metrics) DecodeYAML(n yamlstruct.Node) {
	for _, one := range each(n) {
		var metric Metric
		if one.Kind != yamlstruct.Mapping {
			metric.Metric = one.Word()
			metric.at = one.Line
		} else {
			one.Into(&metric)
			metric.at = metric.Line("")
		}
		*m = append(*m, metric)
	}
	if len(*m) == 0 {
		n.Fail(n.Line, "metrics must be a list with at least one entry, such as [exact_match]")
	}
}

// FormYAML says what it is.
func (m *Metrics) FormYAML() string { return "list of strings and mappings" }

// SchemaYAML describes the list.
func (m *Metrics) SchemaYAML(w yamlstruct.SchemaWriter) *yamlstruct.Schema {
	one := &yamlstruct.Schema{AnyOf: []*yamlstruct.Schema{{Type: "string", Pattern: `\S`}, w.Struct(&Metric{})}}
	return oneOrList(one)
}

// each are the nodes of a list, or the node itself.
func each(n yamlstruct.Node) []yamlstruct.Node {
	if n.Kind != yamlstruct.List {
		return []yamlstruct.Node{n}
	}
	all := make([]yamlstruct.Node, len(n.Items))
	for i, item := range n.Items {
		all[i] = n
		all[i].Value = item
	}
	return all
}

// text is a node's text as it is, which may be white space.
func text(n yamlstruct.Node) string {
	if n.Kind == yamlstruct.Quoted || n.Kind == yamlstruct.Plain {
		return n.Text
	}
	n.Fail(n.Line, "wrong type; %s must be a string, not %s: put it in quotes", n.Name, n.Value)
	return ""
}

func oneOrList(one *yamlstruct.Schema) *yamlstruct.Schema {
	return &yamlstruct.Schema{AnyOf: []*yamlstruct.Schema{one, {Type: "array", MinItems: 1, Items: one}}}
}

// isTemplate reports whether a text has Jinja in it.
func isTemplate(text string) bool {
	return strings.Contains(text, "{{") || strings.Contains(text, "{%")
}
