package figure

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assay/reports"

	"github.com/google/go-cmp/cmp"
)

func mustRender(t *testing.T, f reports.Figure, format Format) []byte {
	t.Helper()
	b, err := Render(f, format)
	if err != nil {
		t.Fatalf("Render(%s, %s): %v", f.ID, format, err)
	}
	return b
}

func TestSameFigureSameBytes(t *testing.T) {
	f := hostile() // its texts share glyphs between characters
	first := map[Format][]byte{}
	for _, format := range Formats() {
		first[format] = mustRender(t, f, format)
	}
	time.Sleep(1100 * time.Millisecond) // the PDF's dates have seconds
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, procs := range []int{1, 4} {
		runtime.GOMAXPROCS(procs)
		var wg sync.WaitGroup
		for _, format := range Formats() {
			for range 6 {
				wg.Go(func() {
					got, err := Render(f, format)
					if err != nil || !bytes.Equal(got, first[format]) {
						t.Errorf("%s, %d procs: another rendering differs (%v)", format, procs, err)
					}
				})
			}
		}
		wg.Wait()
	}
}

func TestRenderLeavesTheFigureAlone(t *testing.T) {
	f, want := hostile(), hostile()
	for _, format := range Formats() {
		mustRender(t, f, format)
	}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("Render changed its argument (-before +after):\n%s", diff)
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := Render(toxicity(), "gif"); err == nil || !strings.Contains(err.Error(), `"gif"`) {
		t.Errorf("got error %v, want one naming the format", err)
	}
}

func TestPDFOpens(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext isn't installed")
	}
	name := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(name, mustRender(t, hostile(), PDF), 0o644); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := exec.Command("pdftotext", name, "-")
	cmd.Stderr = &stderr
	got, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("pdftotext: %v: %s", err, &stderr)
	}
	for _, want := range []string{`<script>alert("x")</script> & 'quotes'`, `мо дель & "γ"`, `\u6a21\u578b<1>`, "Nothing scored: é ü × −"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("the text of the page lacks %q:\n%s", want, got)
		}
	}
	if n := bytes.Count(got, []byte("\f")); n != 1 {
		t.Errorf("got %d pages, want 1", n)
	}
}

// svgContent returns what the tests check in an SVG: its texts, and the number of each
// part.
func svgContent(t *testing.T, b []byte) (root xml.StartElement, texts []string, parts map[string]int) {
	t.Helper()
	parts = map[string]int{}
	inText := false
	for d := xml.NewDecoder(bytes.NewReader(b)); ; {
		tok, err := d.Token()
		if err == io.EOF {
			return root, texts, parts
		}
		if err != nil {
			t.Fatalf("not well formed: %v\n%s", err, b)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if root.Name.Local == "" {
				root = tok.Copy()
			}
			inText = tok.Name.Local == "text"
			if !slices.Contains([]string{"svg", "rect", "path", "circle", "text"}, tok.Name.Local) {
				t.Errorf("unexpected element <%s>", tok.Name.Local)
			}
			for _, a := range tok.Attr {
				if a.Name.Local == "data-part" {
					parts[a.Value]++
				}
			}
		case xml.CharData:
			if inText {
				texts = append(texts, string(tok))
			}
		case xml.EndElement:
			inText = false
		}
	}
}

func TestSVGShowsEachThingOnce(t *testing.T) {
	_, texts, parts := svgContent(t, mustRender(t, truthfulness(), SVG))
	once := []string{"TruthfulQA", "GPT", "SFT", "PPO", "PPO-ptx", "truthful",
		"QA prompt", "Instruction + QA prompt", "Choice prompt", "Share truthful and informative"}
	for _, want := range once {
		if n := count(texts, want); n != 1 {
			t.Errorf("%q is written %d times, want once", want, n)
		}
	}
	for _, size := range sizes() {
		if n := count(texts, size); n != 3 {
			t.Errorf("%q is written %d times, want once a panel", size, n)
		}
	}
	// 3 panels of 4 families at 3 sizes, each value in front of another; 6 ticks an
	// axis.
	want := map[string]int{"bar": 36, "under": 36, "error": 72, "key": 5, "legend": 5, "panel": 3,
		"title": 1, "category": 9, "tick": 18, "grid": 18, "axis": 18 + 9 + 3, "label": 4}
	if diff := cmp.Diff(want, parts); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
}

func count(all []string, s string) int {
	n := 0
	for _, a := range all {
		if a == s {
			n++
		}
	}
	return n
}

func TestUntrustedText(t *testing.T) {
	_, texts, _ := svgContent(t, mustRender(t, hostile(), SVG))
	for _, want := range []string{`<script>alert("x")</script> & 'quotes'`, "模型<1>", `мо дель & "γ"`,
		"line breakback", "]]>", "[31mred [0m \uFFFD", "模型-7b", "a b", "🙂"} {
		if count(texts, want) != 1 {
			t.Errorf("%q is not written once in %q", want, texts)
		}
	}
}

func TestSVGInline(t *testing.T) {
	for _, f := range samples() {
		b, err := SVGInline(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"http", "xmlns", "xlink", "<?", "<!", "<script", "href"} {
			if bytes.Contains(b, []byte(bad)) {
				t.Errorf("%s: contains %q", f.ID, bad)
			}
		}
		root, _, _ := svgContent(t, b)
		attr := map[string]string{}
		for _, a := range root.Attr {
			attr[a.Name.Local] = a.Value
		}
		label := f.Title
		if label == "" {
			label = f.ID
		}
		if attr["width"] != "100%" || attr["height"] != "" || attr["role"] != "img" || attr["aria-label"] != label {
			t.Errorf("%s: attributes %v", f.ID, attr)
		}
		if !strings.HasPrefix(attr["viewBox"], "0 0 ") {
			t.Errorf("%s: viewBox %q", f.ID, attr["viewBox"])
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a<b>&\"'", "\x00\x1f\x7f\u0085", "\xff", "\U0001F600\uFFFE\uE000", "]]>", "a\u202Eb\u200D", strings.Repeat("W", 500)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := reports.Panel{Title: s, XLabel: s, YLabel: s, X: []string{s, s}, Points: []reports.Point{{Y: 1}, {X: 1, Y: 2}}}
		fig := reports.Figure{Title: s, Under: s, Series: []reports.Series{{Name: s}}, Panels: []reports.Panel{p}}
		svgContent(t, mustRender(t, fig, SVG))
		mustRender(t, fig, PDF)
	})
}
