package html

import (
	"bytes"
	"context"
	"flag"
	stdhtml "html"
	"html/template"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"assay/harness/leaf/printable"
	"assay/reports"
)

var demo = flag.String("demo", "", "write the tests' full report to this file, to look at")

func TestDemo(t *testing.T) {
	if *demo == "" {
		t.Skip("no -demo file named")
	}
	if err := os.WriteFile(*demo, []byte(render(t, fullReport(1600))), 0o644); err != nil {
		t.Fatal(err)
	}
}

// withDriver adds a script to a page, which replaces the reader's actions, and
// allows it in the page's policy.
func withDriver(page, js string) string {
	hash := regexp.MustCompile(`'sha256-[^']*'`).FindString(policy([]template.JS{template.JS(js)}))
	page = strings.Replace(page, "script-src ", "script-src "+hash+" ", 1)
	return strings.Replace(page, "</body>", "<script>"+js+"</script></body>", 1)
}

// browse opens the page from a file in a headless browser and returns the
// document after the page's scripts ran. Whatever the browser logs
// (a refused load, an uncaught exception) fails the test.
func browse(t *testing.T, page, hash string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: no browser is started")
	}
	var browser string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Skip("no chromium, chromium-browser or google-chrome in PATH")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "report.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
		"--disable-component-update", "--no-first-run", "--user-data-dir="+filepath.Join(dir, "profile"),
		"--enable-logging=stderr", "--virtual-time-budget=3000", "--dump-dom", (&url.URL{Scheme: "file", Path: filepath.ToSlash(file)}).String()+hash)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", browser, err, log.String())
	}
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, ":CONSOLE") {
			t.Errorf("the browser says: %s", line)
		}
	}
	return out.String()
}

func articles(dom string) []string {
	return regexp.MustCompile(`(?s)<article.*?</article>`).FindAllString(dom, -1)
}

func TestBrowserState(t *testing.T) {
	report := fullReport(400)
	matches := 0
	for _, item := range report.Samples.Items {
		if item.Suite == "drop" && item.Condition == "qa" {
			matches++
		}
	}
	dom := browse(t, render(t, report), "#samples?a=sft-6b&b=ppo-ptx-175b&suite=drop&cond=qa&q=RIVER&metric=toxicity&order=up")
	if !strings.Contains(dom, `<form class="controls"`) {
		t.Fatal("the browser was not built")
	}
	status := regexp.MustCompile(`(\d+) of 400 samples match; 240 more were left out`).FindStringSubmatch(dom)
	if status == nil {
		t.Fatal("no count of matches")
	}
	shown := articles(dom)
	if n, _ := strconv.Atoi(status[1]); n == 0 || n > matches || len(shown) != min(n, 20) {
		t.Errorf("%d match of %d with this suite and condition, %d are shown", n, matches, len(shown))
	}
	last := 2.0
	for i, a := range shown {
		for _, want := range []string{"<bdi>drop</bdi>", "<bdi>qa</bdi>", "<h3><bdi>sft-6b</bdi></h3>", "<h3><bdi>ppo-ptx-175b</bdi></h3>", "<mark>river</mark>"} {
			if !strings.Contains(a, want) {
				t.Errorf("sample %d lacks %s", i+1, want)
			}
		}
		m := regexp.MustCompile(`<bdi>toxicity</bdi> <b>([+−0-9.]+)</b>`).FindStringSubmatch(a[:strings.Index(a, "</header>")])
		if m == nil {
			if !strings.Contains(a, "not scored: <bdi>the judge gave no verdict") && !strings.Contains(a, "this model has no output") {
				t.Errorf("sample %d has no difference in toxicity", i+1)
			}
			last = -2
			continue
		}
		d, err := strconv.ParseFloat(strings.NewReplacer("−", "-", "+", "").Replace(m[1]), 64)
		if err != nil || d > last {
			t.Errorf("sample %d: difference %s after %g: not sorted", i+1, m[1], last)
		}
		last = d
	}
}

// The data's own id is shown and found; the link is to the example's id.
func TestBrowserOwnID(t *testing.T) {
	report := fullReport(40)
	items := report.Samples.Items
	for i := range items {
		if i%3 == 1 {
			items[i].OwnID = "ticket-" + strconv.Itoa(i)
		}
	}
	shown := articles(browse(t, render(t, report), "#samples?q=ticket-13"))
	if len(shown) != 1 || !strings.Contains(shown[0], ">ticket-13</") && !strings.Contains(shown[0], "<mark>ticket-13</mark>") || !strings.Contains(shown[0], "Link to this example, "+items[13].ID) {
		t.Errorf("%d shown: %.600s", len(shown), strings.Join(shown, " "))
	}
	if all := strings.Join(articles(browse(t, render(t, report), "#samples")), " "); !strings.Contains(all, ">"+items[0].ID+"</a>") {
		t.Error("a sample without an id of its own lacks the example's")
	}
}

func TestBrowserHostileText(t *testing.T) {
	r := hostileReport()
	r.Title = "tame title"
	dom := browse(t, render(t, r), "#samples?q="+url.QueryEscape("<img src=x"))
	if !strings.Contains(dom, "<title>tame title</title>") {
		t.Error("the title changed: something of the samples ran")
	}
	if strings.Contains(dom, "<img") {
		t.Error("a sample became an image")
	}
	shown := articles(dom)
	if len(shown) != 1 {
		t.Fatalf("%d samples shown, want 1", len(shown))
	}
	text := stdhtml.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(shown[0], ""))
	if n := strings.Count(text, printable.Visible(hostile)); n != 10 {
		t.Errorf("the hostile text is seen %d times in the sample, want 10:\n%s", n, text)
	}
	if n := strings.Count(shown[0], "<mark>&lt;img src=x</mark>"); n != 4 { // id, input, reference, output
		t.Errorf("%d search hits marked, want 4", n)
	}
}

// The driver presses keys and uses controls; what it sees ends up in the title.
func TestBrowserControls(t *testing.T) {
	js := `
const log = [];
const key = (k) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key: k, bubbles: true }));
const at = () => log.push(document.activeElement.getAttribute("aria-label"));
const status = () => log.push(document.querySelector(".count").textContent.split(" ")[0]);
document.getElementById("browser").scrollIntoView({ behavior: "instant" });
key("j"); at(); key("j"); at(); key("k"); at(); key("k"); at();
const articles = document.querySelectorAll("article");
articles[articles.length - 1].focus(); key("j"); at(); key("k"); at();
const check = document.querySelector(".check input"); check.click(); status();
const long = document.querySelector(".more"); const p = long.previousSibling; const before = p.textContent.length; long.click();
log.push(p.textContent.length > before && !long.isConnected ? "opened" : "closed");
log.push(decodeURIComponent(location.hash));
const box = document.querySelector("#big .filter input"); box.value = "odd m3"; box.dispatchEvent(new Event("input"));
setTimeout(() => { log.push(document.querySelector("#big .filter .muted").textContent); document.title = log.join("; "); }, 500);
`
	report := reports.Report{Title: "controls"}
	table := reports.Table{ID: "big", Title: "Big", Columns: []reports.Column{{Name: "Model"}, {Name: "Kind"}}}
	for i := range 40 {
		table.Rows = append(table.Rows, []reports.Cell{{Text: "m" + strconv.Itoa(i)}, {Text: []string{"even", "odd"}[i%2]}})
	}
	report.Sections = []reports.Section{{ID: "s", Title: "S", Tables: []reports.Table{table}}}
	report.Samples.Models = []string{"x", "y"}
	for i := range 45 {
		report.Samples.Items = append(report.Samples.Items, reports.Sample{ID: strconv.Itoa(i), Suite: "s", Input: strings.Repeat("long ", 500), Outputs: []reports.Output{
			{Model: "x", Text: "one", Scores: []reports.Score{{Metric: "f1", Value: 0.5}}},
			{Model: "y", Text: "two", Scores: []reports.Score{{Metric: "f1", Value: 0.5 + float64(i%3)}}},
		}})
	}
	page := strings.ReplaceAll(render(t, report), `id="tab-big"`, `id="big"`)
	dom := browse(t, withDriver(page, js), "")
	got := stdhtml.UnescapeString(regexp.MustCompile(`<title>(.*?)</title>`).FindStringSubmatch(dom)[1])
	// Of 45 samples those with i%3 != 0 differ: 30. m3 odd rows: m3, m31, m33, m35, m37, m39.
	want := "Sample 1; Sample 2; Sample 1; Sample 1; Sample 21; Sample 20; 30; opened; #samples?diff=1; 6 of 40 rows"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestBrowserTurned: a binary score turns at 0.5, towards the metric's better side. A graded one
// counts only if its metric is chosen; a metric without a direction never does.
func TestBrowserTurned(t *testing.T) {
	report := reports.Report{Title: "turned"}
	report.Samples.Models = []string{"x", "y"}
	report.Samples.Metrics = []reports.SampleMetric{{Suite: "s", Metric: "right", Binary: true}, {Suite: "s", Metric: "toxic", Binary: true, LowerIsBetter: true}, {Suite: "s", Metric: "f1"}}
	for i, scores := range [][2][4]float64{
		{{1, 0, .5, 0}, {0, 0, .5, 9}},   // 0: right turned to wrong
		{{0, 0, .5, 0}, {1, 0, .5, 0}},   // 1: wrong turned to right
		{{1, 0, .5, 0}, {1, 1, .6, 0}},   // 2: toxic now: worse; f1 rose
		{{.2, 0, .5, 0}, {.4, 0, .1, 9}}, // 3: wrong on both sides; f1 fell
		{{1, 1, .5, 0}, {1, 1, .5, 9}},   // 4: nothing turned
	} {
		item := reports.Sample{ID: "item" + strconv.Itoa(i), Suite: "s", Input: "question", Outputs: []reports.Output{{Model: "x", Text: "a"}, {Model: "y", Text: "b"}}}
		for k, name := range []string{"right", "toxic", "f1", "size"} {
			for side := range 2 {
				item.Outputs[side].Scores = append(item.Outputs[side].Scores, reports.Score{Metric: name, Value: scores[side][k]})
			}
		}
		report.Samples.Items = append(report.Samples.Items, item)
	}
	js := `
const log = [];
for (const view of ["turned=lost", "turned=gained", "turned=either", "turned=either&metric=f1", "turned=lost&metric=f1", "turned=either&metric=size", "turned=lost&b=", "turned=x"]) {
  location.hash = "#samples?" + view;
  dispatchEvent(new HashChangeEvent("hashchange"));
  log.push(Array.from(document.querySelectorAll("article .id"), (a) => a.textContent.slice(4)).sort().join(""));
}
document.title = log.join(";");
`
	dom := browse(t, withDriver(render(t, report), js), "")
	got := regexp.MustCompile(`<title>(.*?)</title>`).FindStringSubmatch(dom)[1]
	if want := "02;1;012;23;3;;01234;01234"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
