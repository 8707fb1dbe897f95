package html

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	stdhtml "html"
	"math"
	"regexp"
	"strings"
	"testing"

	"assay/reports"
)

func TestReadingOrder(t *testing.T) {
	page := render(t, fullReport(40))
	at := 0
	for _, want := range []string{
		"<h1", "Twelve checkpoints", `class="subtitle"`, `<section id="verdicts"`, "4 better, 1 worse", "<details><summary>Details",
		`<nav id="contents"`, `<section id="truthfulqa">`, `<figure id="fig-truthfulqa"`, "<svg", `<div class="table"`,
		`<section id="crows-pairs">`, `<section id="samples">`, "240 more were left out", `<section id="provenance">`, "commit 9efaa62",
		`id="samples-data"`, "</html>",
	} {
		i := strings.Index(page[at:], want)
		if i < 0 {
			t.Fatalf("no %q after byte %d", want, at)
		}
		at += i
	}
}

func TestTones(t *testing.T) {
	tests := []struct {
		tone reports.Tone
		want string
	}{
		{reports.Good, `<span class="badge good"><span aria-hidden="true">✓</span> good</span>`},
		{reports.Bad, `<span class="badge bad"><span aria-hidden="true">✗</span> bad</span>`},
		{reports.Unsure, `<span class="badge unsure"><span aria-hidden="true">?</span> undecided</span>`},
		{reports.Marked, `<span class="badge marked"><span aria-hidden="true">!</span> note</span>`},
		{reports.Plain, `<span class="badge plain"><span aria-hidden="true">·</span> result</span>`},
	}
	for _, test := range tests {
		page := render(t, reports.Report{Verdicts: []reports.Headline{{Text: "v", Tone: test.tone}}})
		if !strings.Contains(page, test.want) {
			t.Errorf("tone %d: page lacks %s", test.tone, test.want)
		}
	}
}

func TestTable(t *testing.T) {
	table := reports.Table{ID: "x", Title: "T", Notes: []string{"note"},
		Columns: []reports.Column{{Name: "Model"}, {Name: "F1", Align: reports.Right}, {Name: "Remark"}},
		Rows:    [][]reports.Cell{{{Text: "m"}, {Text: "0.12", Raw: "0.1234", Tone: reports.Good}, {Text: "r"}}}}
	section := func(tables ...reports.Table) reports.Report {
		return reports.Report{Sections: []reports.Section{{ID: "s", Title: "S", Tables: tables}}}
	}
	page := render(t, section(table, table))
	for _, want := range []string{
		`<th scope="col">Model</th><th scope="col" class="num">F1</th>`,
		`<tr><th scope="row">m</th><td class="num good" title="0.1234">0.12</td><td>r</td></tr>`,
		`<li dir="auto">note</li>`, `id="tab-x"`, `id="tab-x-2"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %s", want)
		}
	}
	if strings.Contains(page, `<details class="long">`) {
		t.Error("a table of one row is closed")
	}
	for len(table.Rows) <= collapseRows {
		table.Rows = append(table.Rows, table.Rows[0])
	}
	page = render(t, section(table))
	if want := `<details class="long"><summary><bdi>T</bdi> <span class="muted">(31 rows)</span></summary>`; !strings.Contains(page, want) {
		t.Errorf("a table of 31 rows: page lacks %s", want)
	}
}

func TestErrors(t *testing.T) {
	row := reports.Table{ID: "x", Columns: []reports.Column{{Name: "a"}}, Rows: [][]reports.Cell{{{Text: "1"}, {Text: "2"}}}}
	figure := reports.Report{Sections: []reports.Section{{ID: "s", Figures: []reports.Figure{{ID: "f"}}}}}
	svg := func(s string) Options {
		return Options{Draw: func(reports.Figure) ([]byte, error) { return []byte(s), nil }}
	}
	tests := []struct {
		name   string
		report reports.Report
		o      Options
		want   string
	}{
		{"ragged table", reports.Report{Sections: []reports.Section{{Tables: []reports.Table{row}}}}, Options{}, "row 1 has 2 cells under 1 column"},
		{"ragged details", reports.Report{Verdicts: []reports.Headline{{Details: &row}}}, Options{}, "row 1 has 2 cells"},
		{"NaN", reports.Report{Samples: reports.Samples{Items: []reports.Sample{{ID: "e7", Suite: "s",
			Outputs: []reports.Output{{Model: "m", Scores: []reports.Score{{Metric: "f1", Value: math.NaN()}}}}}}}}, Options{}, `sample "e7" of s, model m: f1 is NaN`},
		{"remote figures", figure, Options{FigureDir: "https://example.org"}, "not a plain relative path"},
		{"rooted figures", figure, Options{FigureDir: "/etc"}, "not a plain relative path"},
		{"drawing fails", figure, Options{Draw: func(reports.Figure) ([]byte, error) { return nil, errors.New("no ink") }}, `figure "f": no ink`},
		{"script", figure, svg(`<svg><script>1</script></svg>`), "<script> is not allowed"},
		{"foreign", figure, svg(`<svg><foreignObject/></svg>`), "<foreignObject> is not allowed"},
		{"event", figure, svg(`<svg onload="x()"/>`), "onload is not allowed"},
		{"link", figure, svg(`<svg><use xlink:href="https://example.org/x.svg#a"/></svg>`), "leads out of the page"},
		{"style", figure, svg(`<svg><g style="fill:URL(https://example.org)"/></svg>`), "leads out of the page"},
		{"two roots", figure, svg(`<svg/><svg/>`), "outside the one svg element"},
		{"unclosed", figure, svg(`<svg><g>`), "no complete svg"},
		{"crossed", figure, svg(`<svg><g></svg></g>`), "closes nothing"},
		{"not svg", figure, svg(`PNG`), "no complete svg"},
	}
	for _, test := range tests {
		var b strings.Builder
		err := Write(&b, test.report, test.o)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", test.name, err, test.want)
		}
		if b.Len() > 0 {
			t.Errorf("%s: wrote %d bytes beside the error", test.name, b.Len())
		}
	}
}

func TestInlineSVG(t *testing.T) {
	got, err := inlineSVG([]byte(`<?xml version="1.0"?><!DOCTYPE svg><!-- c --><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">`+
		`<clipPath id="a"/><g clip-path="url(#a)"><use xlink:href="#a"/><text>a &lt; "b"</text></g></svg>`), "f-")
	want := `<svg viewBox="0 0 1 1"><clipPath id="f-a"></clipPath><g clip-path="url(#f-a)"><use xlink:href="#f-a"></use>` +
		`<text>a &lt; &#34;b&#34;</text></g></svg>`
	if err != nil || got != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

func TestHostileText(t *testing.T) {
	page := render(t, hostileReport())
	for _, raw := range []string{
		"</script><script>document", "<img", "onerror=\"", "\u2028", "\u2029", "\u202e", "\u202c", "\u2066", "\u2069", "\x00", "\x1b", "\x7f", "\u0085", "\ufeff", "\xff",
		"<!-- ",
	} {
		if strings.Contains(page, raw) {
			t.Errorf("page has %q unchanged", raw)
		}
	}
	for _, seen := range []string{"⟨U+202E⟩evil⟨U+202C⟩", "⟨U+2066⟩iso", "␛[31m␡⟨U+0085⟩"} {
		if n := strings.Count(page, seen); n < 10 {
			t.Errorf("%q occurs %d times, want one for every field", seen, n)
		}
	}
	if got := strings.Count(page, "<script"); got != 3 {
		t.Errorf("%d script elements, want the samples and two scripts", got)
	}
	for _, e := range elements(t, page) {
		for name := range e.attrs {
			if strings.HasPrefix(name, "on") {
				t.Errorf("<%s> has %s", e.name, name)
			}
		}
	}
}

var scripts = regexp.MustCompile(`(?s)<script[^>]*>(.*?)</script>`)

type element struct {
	name  string
	attrs map[string]string
}

// elements reads the page strictly: outside scripts and style each < begins a
// well-formed tag, attributes are quoted, and elements nest.
func elements(t *testing.T, page string) []element {
	t.Helper()
	page = scripts.ReplaceAllString(page, "")
	page = regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(page, "")
	page = strings.TrimPrefix(page, "<!DOCTYPE html>")
	tag := regexp.MustCompile(`^<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][\w:-]*(?:="[^"<>]*")?)*)>`)
	attr := regexp.MustCompile(`([a-zA-Z][\w:-]*)(?:="([^"]*)")?`)
	var all []element
	var open []string
	for {
		i := strings.IndexAny(page, "<>")
		if i < 0 {
			break
		}
		m := tag.FindStringSubmatch(page[i:])
		if m == nil {
			t.Fatalf("not a tag: %.80q", page[i:])
		}
		page = page[i+len(m[0]):]
		switch name := m[2]; {
		case m[1] == "/":
			if len(open) == 0 || open[len(open)-1] != name {
				t.Fatalf("</%s> within %v", name, open)
			}
			open = open[:len(open)-1]
		default:
			e := element{name, map[string]string{}}
			for _, a := range attr.FindAllStringSubmatch(m[3], -1) {
				e.attrs[strings.ToLower(a[1])] = stdhtml.UnescapeString(a[2])
			}
			all = append(all, e)
			if name != "meta" && name != "input" {
				open = append(open, name)
			}
		}
	}
	if len(open) > 0 {
		t.Fatalf("%v not closed", open)
	}
	return all
}

func TestNothingExternal(t *testing.T) {
	for name, page := range map[string]string{"hostile": render(t, hostileReport()), "full": render(t, fullReport(40))} {
		ids, links := map[string]bool{}, map[string]bool{}
		for _, e := range elements(t, page) {
			if id := e.attrs["id"]; id != "" {
				if ids[id] {
					t.Errorf("%s: two elements have the id %s", name, id)
				}
				ids[id] = true
			}
			for _, key := range []string{"src", "srcset", "href", "xlink:href", "action", "formaction", "data", "poster", "background", "ping"} {
				value, ok := e.attrs[key]
				switch {
				case !ok:
				case key == "href" && strings.HasPrefix(value, "figures/"):
				case key == "href" && strings.HasPrefix(value, "#"):
					links[value[1:]] = true
				default:
					t.Errorf("%s: <%s %s=%q> leads out of the page", name, e.name, key, value)
				}
			}
		}
		if len(links) < 3 {
			t.Errorf("%s: %d links within the page", name, len(links))
		}
		for id := range links {
			if !ids[id] {
				t.Errorf("%s: a link to #%s leads nowhere", name, id)
			}
		}
	}
	if regexp.MustCompile(`(?i)url\(|@import|https?:`).MatchString(styleSheet) {
		t.Error("the style sheet loads something")
	}
}

func TestPolicy(t *testing.T) {
	page := render(t, fullReport(2))
	meta := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy" content="([^"]*)">`).FindStringSubmatch(page)
	if meta == nil {
		t.Fatal("no policy")
	}
	policy := stdhtml.UnescapeString(meta[1])
	if !strings.HasPrefix(policy, "default-src 'none'; ") {
		t.Errorf("policy %q", policy)
	}
	run := 0
	for _, m := range scripts.FindAllStringSubmatch(page, -1) {
		if strings.HasPrefix(m[0], `<script type="application/json"`) {
			continue
		}
		run++
		sum := sha256.Sum256([]byte(m[1]))
		if want := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
			t.Errorf("policy lacks %s, the hash of script %d", want, run)
		}
	}
	if run != 2 || strings.Count(policy, "sha256-") != 2 {
		t.Errorf("%d scripts, policy %s", run, policy)
	}
	if regexp.MustCompile(`innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(`).MatchString(browserScript + tablesScript) {
		t.Error("a script makes markup or code out of text")
	}
}

func TestDeterministic(t *testing.T) {
	if first, again := render(t, fullReport(100)), render(t, fullReport(100)); first != again {
		t.Error("the same report gave different bytes")
	}
}

func TestEmptyReport(t *testing.T) {
	page := render(t, reports.Report{Title: "Nothing"})
	for _, absent := range []string{`id="verdicts"`, `id="samples"`, `id="provenance"`, `id="samples-data"`} {
		if strings.Contains(page, absent) {
			t.Errorf("an empty report has %s", absent)
		}
	}
	if !strings.Contains(page, "<title>Nothing</title>") {
		t.Error("no title")
	}
}

func TestNamer(t *testing.T) {
	n := newNamer()
	for _, test := range []struct{ wish, want string }{
		{"truthfulqa", "truthfulqa"}, {"truthfulqa", "truthfulqa-2"}, {"samples", "samples-2"}, {"a b<\">", "a-b---"}, {"", "part"}, {"", "part-2"},
	} {
		if got := n.name(test.wish); got != test.want {
			t.Errorf("name(%q) = %q, want %q", test.wish, got, test.want)
		}
	}
}

// Verdicts are counted where there are many on one thing, but not across models, since
// one may pass and another not.
func TestTally(t *testing.T) {
	verdicts := func(models ...string) []reports.Headline {
		var all []reports.Headline
		for i, m := range models {
			all = append(all, reports.Headline{Model: m, Word: "holds", Tone: []reports.Tone{reports.Good, reports.Bad}[i%2]})
		}
		return all
	}
	if got := tallyTones(verdicts("", "", "", "", "")); len(got) != 2 || got[0].N != 2 || got[1].N != 3 || got[0].Tone.Class != "bad" {
		t.Errorf("%+v, want 2 bad before 3 good", got)
	}
	for _, few := range [][]reports.Headline{verdicts("", "", ""), verdicts("a", "a", "b", "b")} {
		if got := tallyTones(few); got != nil {
			t.Errorf("%+v of %d verdicts, want none", got, len(few))
		}
	}
}
