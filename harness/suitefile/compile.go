package suitefile

import (
	"cmp"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
	"assay/harness/yamlstruct"
	"assay/suites/score"
)

const remedy = "write data:, prompt: and metrics:; 'assay suite new' writes an example"

// compiled is a suite file, checked, with its templates.
type compiled struct {
	*File
	templates *templates
	document  yamlstruct.Value
	embedded  bool // comes with the program: its data are in the folder of data sets

	let                                 []column
	where, id, input, category, cluster *template
	references, choices                 []*template
	answer                              *template
	delimiter                           string
	files                               []string // that metrics read
	fields                              map[string]*template
	conditions                          []condition
	like, shotText                      *template
	separator                           string
	metrics                             []score.Metric
}

// column is a column made from others.
type column struct {
	name string
	*template
}

// condition is a prompt type, with what it takes from the file.
type condition struct {
	name                        string
	system, instruction, prompt *template
	turns                       []turn
	shots                       int
}

type turn struct {
	role    string
	content *template
}

// read reads a suite file and checks it on its own. It opens no other file.
func read(path string) (*compiled, error) {
	y, err := yamlstruct.Open(path, remedy)
	if err != nil {
		return nil, err
	}
	return compile(y)
}

func compile(y *yamlstruct.File) (*compiled, error) {
	f := newFile()
	y.Decode(f, options())
	if y.Err() != nil {
		return nil, y.Err()
	}
	f.Path = y.Path
	f.Name = cmp.Or(f.Name, stem(y.Path))
	c := &compiled{File: f, document: y.Root(), templates: &templates{file: y.Path, lines: y.Lines()}, separator: "\n\n"}
	if err := c.compileRow(); err != nil {
		return nil, err
	}
	if err := c.compileConditions(y); err != nil {
		return nil, err
	}
	if err := c.compileShots(y); err != nil {
		return nil, err
	}
	c.compileMetrics(y)
	if strings.ContainsAny(f.Name, "/\\:#") {
		y.Fail(f.Line("name"), "the suite's name %q has one of / \\ : #; choose a name without, with name:", f.Name)
	}
	return c, y.Err()
}

// stem is a file's name without its ending.
func stem(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// compileRow compiles what makes an example of a row.
func (c *compiled) compileRow() (err error) {
	for _, one := range c.Let {
		t, err := c.templates.text("let: "+one.Name, one.Line, one.Template)
		if err != nil {
			return err
		}
		c.let = append(c.let, column{one.Name, t})
	}
	for _, one := range []struct {
		into   **template
		field  string
		source string
	}{
		{&c.where, "where", c.Where}, {&c.id, "id", c.ID}, {&c.input, "input", c.Input}, {&c.category, "category", c.Category}, {&c.cluster, "cluster", c.Cluster}, {&c.answer, "answer", c.Answer},
	} {
		if *one.into, err = c.templates.value(one.field, c.Line(one.field), one.source); err != nil {
			return err
		}
	}
	if c.references, err = c.templates.values(cmp.Or(c.First("reference"), "references"), c.Line("references"), c.References); err != nil {
		return err
	}
	if c.choices, err = c.templates.values("choices", c.Line("choices"), c.Choices); err != nil {
		return err
	}
	c.delimiter = " "
	if c.choices != nil && c.answer == nil {
		c.delimiter = ""
	}
	if c.Delimiter != nil {
		c.delimiter = string(*c.Delimiter)
	}
	c.fields = map[string]*template{}
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		if c.fields[name], err = c.templates.value("fields: "+name, c.Line("fields."+name), c.Fields[name]); err != nil {
			return err
		}
	}
	return nil
}

// compileConditions gives each condition its templates.
func (c *compiled) compileConditions(y *yamlstruct.File) error {
	all := c.Conditions
	if all == nil {
		all = []Condition{{}}
	}
	for i := range all {
		one := &all[i]
		if slices.ContainsFunc(all[:i], func(o Condition) bool { return o.Name == one.Name }) {
			y.Fail(one.Line("name"), "two conditions are named %q; give each its own name", one.Name)
		}
		compiled, err := c.compileCondition(one)
		if err != nil {
			return err
		}
		if compiled.prompt == nil {
			line := c.Line("")
			if c.Conditions != nil {
				line = one.Line("")
			}
			y.Fail(line, "no prompt; write prompt: and a template, such as \"{{ question }}\"")
		}
		c.conditions = append(c.conditions, compiled)
	}
	var names []string
	for _, one := range all {
		names = append(names, one.Name)
	}
	for _, name := range c.Run {
		if !slices.Contains(names, name) {
			y.Fail(c.Line("run"), "run: no condition %q; %s", name, place.Choose(name, names))
		}
	}
	return nil
}

func (c *compiled) compileCondition(one *Condition) (condition, error) {
	out := condition{name: one.Name}
	if c.Shots != nil {
		out.shots = c.Shots.Count
	}
	if one.Shots != nil {
		out.shots = *one.Shots
	}
	var err error
	text := func(field, own, common string) *template {
		source, line := own, one.Line(field)
		if own == "" {
			source, line = common, c.Line(field)
		}
		if source == "" || err != nil {
			return nil
		}
		var t *template
		t, err = c.templates.text(field, line, source)
		return t
	}
	out.system = text("system", one.System, c.System)
	out.instruction = text("instruction", one.Instruction, c.Instruction)
	out.prompt = text("prompt", one.Prompt, c.Prompt)
	if err != nil {
		return out, err
	}
	turns := one.Turns
	if turns == nil {
		turns = c.Turns
	}
	for _, t := range turns {
		content, err := c.templates.text("turns", t.Line, t.Content)
		if err != nil {
			return out, err
		}
		out.turns = append(out.turns, turn{t.Role, content})
	}
	return out, nil
}

// compileShots checks the solved examples.
func (c *compiled) compileShots(y *yamlstruct.File) (err error) {
	used := slices.ContainsFunc(c.conditions, func(o condition) bool { return o.shots > 0 })
	switch {
	case c.Shots == nil && used:
		i := slices.IndexFunc(c.conditions, func(o condition) bool { return o.shots > 0 })
		y.Fail(c.Conditions[i].Line("shots"), "condition %q has %s, but the file has no shots:; write shots: {file: PATH}, or shots: {count: %d} to take them from the data", c.conditions[i].name, plural.Of(c.conditions[i].shots, "example"), c.conditions[i].shots)
	case c.Shots == nil:
	case !used:
		y.Fail(c.Line("shots"), "shots: has no count, and no condition has shots; write count: and a number")
	case c.Shots.As == "turns" && c.Shots.Text != "":
		y.Fail(c.Line("shots"), "shots: text is for examples above the prompt; remove it, or as: turns")
	}
	if c.Shots == nil {
		return nil
	}
	if c.Shots.Separator != nil {
		c.separator = string(*c.Shots.Separator)
	}
	if c.like, err = c.templates.value("shots: like", c.Line("shots.like"), c.Shots.Like); err != nil {
		return err
	}
	if c.Shots.Text != "" {
		c.shotText, err = c.templates.text("shots: text", c.Line("shots.text"), c.Shots.Text)
	} else if len(c.references) == 0 && c.answer == nil && used {
		y.Fail(c.Line("shots"), "shots need the answers of examples; write references: or answer:, or text: with a template of an example")
	}
	return err
}

// compileMetrics finds the metrics by their names.
func (c *compiled) compileMetrics(y *yamlstruct.File) {
	if len(c.Metrics) == 0 && c.choices != nil {
		y.Fail(c.Line("choices"), "no metrics; write metrics: and a list, such as [accuracy]: a plan's judges score texts, not choices")
		return
	}
	for i := range c.Metrics {
		m := &c.Metrics[i]
		m.Settings.ReadFile = func(path string) ([]byte, error) {
			if !filepath.IsAbs(path) {
				path = filepath.Join(filepath.Dir(c.Path), path)
			}
			c.files = append(c.files, path)
			return rows.ReadFile(path)
		}
		found, err := score.Find(m.Metric, m.Settings)
		if fault, ok := errors.AsType[*score.SchemaFault](err); ok {
			if v, ok := y.Root().At(append([]string{"metrics", strconv.Itoa(i), "schema"}, fault.Path...)...); ok {
				y.Fail(v.Line, "column %d: %w", v.Column, err)
				return
			}
		}
		if err != nil {
			y.Fail(m.at, "%w", err)
			return
		}
		steps := m.Extract
		if steps == nil {
			steps = c.Extract
		}
		if steps != nil {
			if found.Extract, err = score.NewExtractor(steps); err != nil {
				y.Fail(m.at, "extract: %w", err)
			}
		}
		if slices.ContainsFunc(c.metrics, func(o score.Metric) bool { return o.Name == found.Name }) {
			y.Fail(m.at, "two metrics are named %s; give one of them another name with name:", found.Name)
		}
		c.metrics = append(c.metrics, found)
	}
}
