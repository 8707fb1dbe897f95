package suitefile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/harness/datasets"
	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/models"
	"assay/suites"
	"assay/suites/score"
	"assay/suites/table"
)

// item is a row of data as an example, with its prompts.
type item struct {
	example suites.Example
	target  string   // what a solved example answers
	parts   []prompt // for each condition
	like    string   // examples with the same text serve as its shots
	shots   []string // its text as a solved example for each condition, if the file has a template for it
}

// prompt is what a row gives to a condition's request, without solved examples.
type prompt struct {
	system, instruction, text string
	turns                     []models.Turn
}

// load reads the data and renders every prompt, so that a fault shows before any request.
func (c *compiled) load(files suites.Files) (*suites.Set, error) {
	set, _, err := c.loadRows(files)
	return set, err
}

// loadRows also returns what read the rows, with its counts.
func (c *compiled) loadRows(files suites.Files) (*suites.Set, *loader, error) {
	l := &loader{compiled: c, seen: map[string]seen{}}
	set, err := l.load(files)
	return set, l, err
}

func (l *loader) load(files suites.Files) (*suites.Set, error) {
	c := l.compiled
	data, err := c.locate("data", c.Data, files.Data, files.Folder)
	if err != nil {
		return nil, err
	}
	if err := l.read(data); err != nil {
		return nil, err
	}
	pool, own, shotsFile := l.items, true, data.File
	set := &suites.Set{Notices: l.notices(data.File)}
	if !c.embedded {
		set.Files = append(set.Files, c.Path)
	}
	if c.embedded && c.Shots != nil && c.Shots.File.File != "" && files.Shots == "" {
		pool = nil // conditions with examples are refused before they are asked
	} else if c.Shots != nil && (c.Shots.File.File != "" || files.Shots != "") {
		from, err := c.locate("shots", c.Shots.File, files.Shots, files.Folder)
		if err != nil {
			return nil, err
		}
		more := &loader{compiled: c, seen: map[string]seen{}}
		if err := more.read(from); err != nil {
			return nil, err
		}
		pool, own = more.items, false
		if c.Shots.Apart {
			pool = slices.DeleteFunc(pool, func(it *item) bool { _, shared := l.seen[it.example.ID]; return shared })
		}
		shotsFile = from.File
		set.Files = append(set.Files, more.files...)
	}
	set.Files = append(slices.Concat(set.Files, l.files), c.files...)
	drawer, err := newDrawer(c, pool, own, shotsFile)
	if err != nil {
		return nil, err
	}
	at := make(map[string]*item, len(l.items))
	for _, one := range l.items {
		at[one.example.ID] = one
		set.Examples = append(set.Examples, one.example)
		for i := range c.conditions {
			if pool == nil && c.conditions[i].shots > 0 {
				continue
			}
			if _, err := drawer.request(one, i); err != nil {
				return nil, err
			}
		}
	}
	notices, err := c.scores(data.File, l.items, len(l.items)+l.same)
	if err != nil {
		return nil, err
	}
	set.Notices = append(set.Notices, notices...)
	if err := c.varies(data.File, l.items, len(l.items)+l.same); err != nil {
		return nil, err
	}
	if l.conflict != nil { // a fault of every row has been said before
		return nil, l.conflict
	}
	set.Ask = func(ex *suites.Example, name string) models.Request {
		i := max(slices.IndexFunc(c.conditions, func(o condition) bool { return o.name == name }), 0)
		r, err := drawer.request(at[ex.ID], i)
		if err != nil { // it has been rendered before
			panic("suitefile: " + err.Error())
		}
		return r
	}
	return set, nil
}

// locate finds a data file: the plan's, or that of the suite file, beside it or in the folder
// of data sets.
func (c *compiled) locate(what string, d Data, given, folder string) (Data, error) {
	if given != "" {
		d.File = given
		return d, nil
	}
	if c.embedded {
		if content, err := catalogFiles.ReadFile("catalog/" + d.File); err == nil {
			d.content = content
			return d, nil
		}
	}
	places := []string{d.File}
	if !filepath.IsAbs(d.File) {
		places = []string{filepath.Join(filepath.Dir(c.Path), d.File)}
		if c.embedded {
			places = nil
		}
		if folder != "" {
			places = append(places, filepath.Join(folder, d.File))
		}
	}
	for _, p := range places {
		if _, err := os.Stat(p); err == nil {
			d.File = p
			return d, nil
		}
		if matches, err := filepath.Glob(p); err == nil && len(matches) > 0 {
			d.File = p
			return d, nil
		}
	}
	if c.embedded {
		from := ""
		if set, ok := datasets.At(d.File); ok {
			from = "; " + set.Remedy()
		}
		return d, fmt.Errorf("suite %s: no file %s in the folder of data sets; name the file with %q in the plan, or the folder with --data%s", c.Name, d.File, what, from)
	}
	looked := ""
	if !slices.Equal(places, []string{d.File}) {
		looked = "; assay looked for " + strings.Join(places, " and ")
	}
	return d, place.Errorf(c.Path, c.Line(what), "%s: %s: no such file%s; check the path, or name the data folder with --data", what, d.File, looked)
}

// seen is a row that was read.
type seen struct {
	place.Seen
	*item
}

// loader reads rows into items.
type loader struct {
	*compiled
	items    []*item
	seen     map[string]seen // by id
	files    []string
	readings []reading // of answer: that fit every row
	same     int       // rows that are the same as an earlier one
	sameAt   []string  // where the first of them are
	differ   int       // those of them that differ in something else
	conflict error     // the first of those, where they are refused
	left     int       // rows that where: leaves out
	without  int       // rows without a reference
}

func (l *loader) read(d Data) (err error) {
	if d.content == nil {
		if l.files, err = table.Files(d.File, d.Options); err != nil {
			return err
		}
	}
	if l.answer != nil { // how answers are read depends on all of them
		l.readings = everyReading
		if err := l.rows(d, l.narrow); err != nil {
			return err
		}
	}
	l.left = 0
	if err := l.rows(d, l.row); err != nil {
		return err
	}
	if len(l.items) == 0 && l.left > 0 {
		return place.Errorf(l.Path, l.Line("where"), "where: leaves out every row of %s (it has %s)", d.File, plural.Of(l.left, "row"))
	}
	if len(l.items) == 0 {
		return place.Errorf(d.File, 0, "no rows; get the complete file")
	}
	return nil
}

// rows calls use for each row that where: does not leave out.
func (l *loader) rows(d Data, use func(*row) error) error {
	one := func(r table.Row) error {
		row := newRow(r)
		l.templates.seen(r, l.let)
		for _, c := range l.let {
			v, err := c.eval(row)
			if err != nil {
				return err
			}
			row.vars[c.name] = v
		}
		if l.where != nil {
			kept, err := l.where.truth(row)
			if err != nil {
				return err
			}
			if !kept {
				l.left++
				return nil
			}
		}
		return use(row)
	}
	if d.content != nil {
		return table.Read(d.File+" (built in)", bytes.NewReader(d.content), d.Options, one)
	}
	for _, file := range l.files {
		if err := table.Each(file, d.Options, one); err != nil {
			return err
		}
	}
	return nil
}

// row makes an item of a row.
func (l *loader) row(r *row) error {
	it := &item{}
	for i := range l.conditions {
		p, err := l.conditions[i].render(r, l.likelihood())
		if err != nil {
			return err
		}
		it.parts = append(it.parts, p)
	}
	if err := l.example(r, it); err != nil {
		return err
	}
	id := it.example.ID
	if first, twice := l.seen[id]; twice {
		if l.id != nil {
			return r.Fail("id %q is also that of %s; ids must be unique", it.example.OwnID(), first.From(r.File))
		}
		l.repeats(r, it, first)
		return nil
	}
	l.seen[id] = seen{place.Seen{File: r.File, Line: r.Line}, it}
	if l.like != nil {
		var err error
		if it.like, err = l.like.render(r); err != nil {
			return err
		}
	}
	if l.shotText != nil {
		for i := range it.parts {
			text, err := l.shotText.render(r.with(map[string]any{"prompt": it.parts[i].text, "reference": it.target}))
			if err != nil {
				return err
			}
			it.shots = append(it.shots, text)
		}
	}
	if !score.HasText(it.example.References) {
		l.without++
	}
	l.items = append(l.items, it)
	return nil
}

// example fills in the item's example and target.
func (l *loader) example(r *row, it *item) error {
	input := it.parts[0].text
	if l.input != nil {
		var err error
		if input, err = l.input.render(r); err != nil {
			return err
		}
	}
	references, err := texts(l.references, r)
	if err != nil {
		return err
	}
	choices, err := texts(l.choices, r)
	if err != nil {
		return err
	}
	if l.answer != nil {
		correct, err := l.correct(r, choices)
		if err != nil {
			return err
		}
		references = []string{choices[correct]}
	} else if l.choices != nil && len(choices) != 1 {
		return r.Fail("%s, and nothing says which is correct; write answer: and a column or template (only a single choice needs none)", plural.Of(len(choices), "choice"))
	}
	for i, choice := range choices {
		if strings.TrimSpace(choice) == "" {
			return r.Fail("choice %d is empty, so nothing can be scored; fix the row, or leave it out with where:", i+1)
		}
	}
	ex := suites.NewExample(l.Name, input, references, "")
	ex.Choices = choices
	if len(references) > 0 {
		it.target = references[0]
	}
	for name, t := range l.fields {
		text, err := t.render(r)
		if err != nil {
			return err
		}
		setField(&ex, name, text)
	}
	for _, one := range []struct {
		t   *template
		set func(text string)
	}{
		{l.id, func(text string) {
			ex.ID = suites.ExampleID(l.Name, "id "+text)
			setField(&ex, suites.IDField, text)
		}},
		{l.category, func(text string) { ex.Category = text }},
		{l.cluster, func(text string) {
			if strings.TrimSpace(text) != "" {
				ex.Cluster = suites.ClusterOf(text)
			}
		}},
	} {
		if one.t == nil {
			continue
		}
		text, err := one.t.render(r)
		if err != nil {
			return err
		}
		if one.t == l.id && strings.TrimSpace(text) == "" {
			return r.Fail("an empty id; give the row one, or remove id: from the suite file")
		}
		one.set(text)
	}
	it.example = ex
	return nil
}

func setField(ex *suites.Example, name, text string) {
	if ex.Fields == nil {
		ex.Fields = map[string]string{}
	}
	ex.Fields[name] = text
}

// render renders a condition for a row. likelihood says that the suite measures that of a text.
func (c *condition) render(r *row, likelihood bool) (prompt, error) {
	var p prompt
	for _, one := range []struct {
		t    *template
		into *string
	}{{c.system, &p.system}, {c.instruction, &p.instruction}, {c.prompt, &p.text}} {
		if one.t == nil {
			continue
		}
		var err error
		if *one.into, err = one.t.render(r); err != nil {
			return p, err
		}
		if !utf8.ValidString(*one.into) {
			return p, r.Fail("%s has bytes that are no valid UTF-8; fix the row", one.t.field)
		}
	}
	if strings.TrimSpace(p.text) == "" {
		if likelihood {
			return p, r.Fail("the prompt is empty, and a model gives no probability to what begins a text; write the text's first word into prompt: and the rest into choices:")
		}
		return p, r.Fail("the prompt is empty for this row; fix the row, or leave it out with where:")
	}
	for _, t := range c.turns {
		content, err := t.content.render(r)
		if err != nil {
			return p, err
		}
		p.turns = append(p.turns, models.Turn{Role: t.role, Content: content})
	}
	return p, nil
}

// notices say which rows are not used or not scored, and which names of groups may be one.
func (l *loader) notices(file string) []string {
	var out []string
	if l.left > 0 {
		out = append(out, fmt.Sprintf("%s: where: leaves out %d of %s", file, l.left, plural.Of(l.left+l.same+len(l.items), "row")))
	}
	if l.same > 0 {
		out = append(out, l.repeated(file))
	}
	if l.without > 0 && len(l.references) > 0 {
		out = append(out, fmt.Sprintf("%s: no reference in %d of %s; metrics that need one don't score them", file, l.without, plural.Of(len(l.items), "row")))
	}
	return append(out, l.nearNames(file)...)
}
