package html

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"assay/harness/leaf/plural"
	"assay/reports"
)

// collapseRows is the number of rows above which a table is closed at first.
const collapseRows = 30

// wideColumns is the number of columns above which a table is in smaller type.
const wideColumns = 7

// wrapRunes is the length above which a cell's text may break over lines.
const wrapRunes = 36

// page is what the template reads: the report with unique ids, named tones and
// drawn figures.
type page struct {
	Title, Subtitle string
	About           []string
	Models          *table
	Policy          string
	Style           template.CSS
	Scripts         []template.JS
	Tally           []tally
	Overview        *table
	Verdicts        []verdict
	Sections        []section
	Samples         template.JS // JSON; empty without samples
	SampleCount     int
	Left            int
	Facts           []reports.Fact
}

// verdict is a headline with its tone as class, symbol and word, because colour
// alone is not visible to every reader.
type verdict struct {
	Text    string
	Tone    toneView
	Lines   []string
	Details *table
}

// tally counts the verdicts of one tone.
type tally struct {
	Tone toneView
	N    int
}

type section struct {
	ID, Title, Text string
	Figures         []figure
	Tables          []*table
}

type figure struct {
	ID, Title, Caption string
	SVG                template.HTML
	Links              []link
}

type link struct{ Text, Href string }

type table struct {
	ID, Title string
	Columns   []column
	Rows      [][]cell
	Notes     []string
	Long      bool // closed at first, with a filter box
	Wide      bool // in smaller type, so that it needs no scrolling on most screens
}

type column struct {
	Name, Class string
}

// cell's Class joins alignment and tone; Title is the unrounded value. Head marks
// the row's heading, its first cell.
type cell struct {
	Text, Class, Title string
	Head               bool
}

type toneView struct{ Class, Symbol, Word string }

func viewTone(t reports.Tone) toneView {
	switch t {
	case reports.Good:
		return toneView{"good", "✓", "good"}
	case reports.Bad:
		return toneView{"bad", "✗", "bad"}
	case reports.Unsure:
		return toneView{"unsure", "?", "undecided"}
	case reports.Marked:
		return toneView{"marked", "!", "note"}
	}
	return toneView{"plain", "·", "result"}
}

func newPage(r reports.Report, o Options) (*page, error) {
	p := &page{
		Title: r.Title, Subtitle: r.Subtitle, About: r.About, Facts: r.Facts,
		Style:       template.CSS(styleSheet),
		Scripts:     []template.JS{script(tablesScript)},
		SampleCount: len(r.Samples.Items), Left: r.Samples.Left,
	}
	ids := newNamer()
	if r.Models != nil {
		t, err := viewTable(*r.Models, ids)
		if err != nil {
			return nil, err
		}
		p.Models = t
	}
	if r.Overview != nil {
		t, err := viewTable(*r.Overview, ids)
		if err != nil {
			return nil, err
		}
		p.Overview = t
	}
	for _, h := range r.Verdicts {
		v := verdict{Text: h.Text, Tone: headlineTone(h), Lines: h.Lines}
		if h.Details != nil {
			t, err := viewTable(*h.Details, ids)
			if err != nil {
				return nil, err
			}
			v.Details = t
		}
		p.Verdicts = append(p.Verdicts, v)
	}
	p.Tally = tallyTones(r.Verdicts)
	for _, s := range r.Sections {
		v, err := viewSection(s, ids, o)
		if err != nil {
			return nil, fmt.Errorf("section %q: %w", s.ID, err)
		}
		p.Sections = append(p.Sections, v)
	}
	if len(r.Samples.Items) > 0 {
		data, err := encodeSamples(r.Samples)
		if err != nil {
			return nil, err
		}
		p.Samples = template.JS(data)
		p.Scripts = append(p.Scripts, script(browserScript))
	}
	p.Policy = policy(p.Scripts)
	return p, nil
}

// headlineTone is a headline's tone, in its own word where it has one.
func headlineTone(h reports.Headline) toneView {
	tone := viewTone(h.Tone)
	if h.Word != "" {
		tone.Word = h.Word
	}
	return tone
}

// tallyTones counts verdicts by tone and word, worst first, when there are enough
// to count. Verdicts of several models are not added up.
func tallyTones(verdicts []reports.Headline) []tally {
	if len(verdicts) < 4 {
		return nil
	}
	for _, v := range verdicts {
		if v.Model != verdicts[0].Model {
			return nil
		}
	}
	var out []tally
	for _, tone := range []reports.Tone{reports.Bad, reports.Good, reports.Unsure, reports.Marked} {
		first := len(out)
		for _, v := range verdicts {
			if v.Tone != tone {
				continue
			}
			word := headlineTone(v)
			i := slices.IndexFunc(out[first:], func(t tally) bool { return t.Tone == word })
			if i < 0 {
				out = append(out, tally{word, 0})
				i = len(out) - 1 - first
			}
			out[first+i].N++
		}
	}
	return out
}

func viewSection(s reports.Section, ids *namer, o Options) (section, error) {
	v := section{ID: ids.name(s.ID), Title: s.Title, Text: s.Text}
	for _, f := range s.Figures {
		fv, err := viewFigure(f, ids, o)
		if err != nil {
			return v, fmt.Errorf("figure %q: %w", f.ID, err)
		}
		v.Figures = append(v.Figures, fv)
	}
	for _, t := range s.Tables {
		tv, err := viewTable(t, ids)
		if err != nil {
			return v, err
		}
		v.Tables = append(v.Tables, tv)
	}
	return v, nil
}

func viewFigure(f reports.Figure, ids *namer, o Options) (figure, error) {
	v := figure{ID: ids.name("fig-" + f.ID), Title: f.Title, Caption: f.Caption}
	if o.Draw != nil {
		doc, err := o.Draw(f)
		if err != nil {
			return v, err
		}
		svg, err := inlineSVG(doc, v.ID+"-")
		if err != nil {
			return v, err
		}
		v.SVG = template.HTML(svg)
	}
	if o.FigureDir != "" {
		for _, ext := range []string{"png", "svg", "pdf"} {
			v.Links = append(v.Links, link{ext, o.FigureDir + "/" + url.PathEscape(f.ID) + "." + ext})
		}
	}
	return v, nil
}

func viewTable(t reports.Table, ids *namer) (*table, error) {
	v := &table{ID: ids.name("tab-" + t.ID), Title: t.Title, Notes: t.Notes, Long: len(t.Rows) > collapseRows, Wide: len(t.Columns) > wideColumns}
	for _, c := range t.Columns {
		v.Columns = append(v.Columns, headColumn(c))
	}
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return nil, fmt.Errorf("table %q: row %d has %s under %s", t.ID, i+1, plural.Of(len(row), "cell"), plural.Of(len(t.Columns), "column"))
		}
		cells := make([]cell, len(row))
		for j, c := range row {
			cells[j] = cell{Text: c.Text, Class: alignClass(t.Columns[j].Align), Head: j == 0 && t.Columns[0].Align == reports.Left}
			if c.Tone != reports.Plain {
				cells[j].Class = join(cells[j].Class, viewTone(c.Tone).Class)
			}
			if utf8.RuneCountInString(c.Text) > wrapRunes {
				cells[j].Class = join(cells[j].Class, "wrap")
			}
			if c.Raw != c.Text {
				cells[j].Title = c.Raw
			}
		}
		v.Rows = append(v.Rows, cells)
	}
	return v, nil
}

func headColumn(c reports.Column) column {
	v := column{c.Name, alignClass(c.Align)}
	if utf8.RuneCountInString(c.Name) > wrapRunes {
		v.Class = join(v.Class, "wrap")
	}
	return v
}

func join(class, more string) string { return strings.TrimSpace(class + " " + more) }

func alignClass(a reports.Align) string {
	if a == reports.Right {
		return "num"
	}
	return ""
}

// namer creates element ids from the letters, digits, - and _ of the requested
// name, and makes them unique with a number.
type namer struct{ used map[string]bool }

// newNamer reserves the ids that the template and the scripts use.
func newNamer() *namer {
	n := &namer{used: map[string]bool{}}
	for _, id := range []string{"top", "about", "reading", "verdicts", "contents", "samples", "samples-data", "browser", "provenance"} {
		n.used[id] = true
	}
	return n
}

func (n *namer) name(wish string) string {
	base := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, wish)
	if base == "" {
		base = "part"
	}
	id := base
	for i := 2; n.used[id]; i++ {
		id = base + "-" + strconv.Itoa(i)
	}
	n.used[id] = true
	return id
}
