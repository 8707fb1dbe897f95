package page_test

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"assay/harness/label"
	"assay/harness/label/page"
	"assay/harness/label/work"
	"assay/harness/plan"
)

var shots = flag.String("shots", "", "write pictures of the pages into this folder, to look at")

// childEnv names the folder and the address that the child of the browser's tests serves.
const childEnv = "LABEL_PAGE_CHILD"

// TestServeChild is the server that tests kill.
func TestServeChild(t *testing.T) {
	dir, address, ok := strings.Cut(os.Getenv(childEnv), "|")
	if !ok {
		t.Skip("runs only as the child of the browser's tests")
	}
	w, err := work.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	h, err := page.New(w, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Fatal(http.ListenAndServe(address, h))
}

// server is a process that serves a folder, and can be killed.
type server struct {
	t            *testing.T
	dir, address string
	child        *exec.Cmd
}

func startServer(t *testing.T, dir string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, dir: dir, address: l.Addr().String()}
	l.Close()
	s.start()
	t.Cleanup(s.kill)
	return s
}

func (s *server) start() {
	s.child = exec.Command(os.Args[0], "-test.run=^TestServeChild$")
	s.child.Env = append(os.Environ(), childEnv+"="+s.dir+"|"+s.address)
	if err := s.child.Start(); err != nil {
		s.t.Fatal(err)
	}
	for range 600 {
		if c, err := net.Dial("tcp", s.address); err == nil {
			c.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatal("the server doesn't start")
}

func (s *server) kill() {
	_ = s.child.Process.Kill() // -9
	_ = s.child.Wait()
}

// browser starts a headless browser, or skips the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: no browser is started")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		t.Skip("no chromium, chromium-browser or google-chrome in PATH")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(2*time.Minute))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Run(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// tab is a labeler's, at an address of their own, under which the browser has cookies of their own.
type tab struct {
	t    *testing.T
	ctx  context.Context
	base string
}

// open opens a person's link in a tab of a width in pixels.
func open(t *testing.T, in context.Context, s *server, name, link string, width int64) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(in)
	t.Cleanup(cancel)
	_, port, _ := strings.Cut(s.address, ":")
	p := &tab{t, ctx, "http://" + name + ".localhost:" + port}
	p.do(chromedp.EmulateViewport(width, 800))
	for range 3 { // a busy machine may lose the click
		ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
		err := chromedp.Run(ctx, chromedp.Navigate(p.base+"/start/"+link), chromedp.WaitVisible("#go"), chromedp.Click("#go"), chromedp.WaitVisible("h1"))
		cancel()
		if err == nil {
			return p
		}
		t.Logf("the link doesn't open: %v", err)
	}
	t.Fatal("the link doesn't open in three tries")
	return nil
}

func (p *tab) do(actions ...chromedp.Action) {
	p.t.Helper()
	if err := chromedp.Run(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

func (p *tab) keys(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		p.do(chromedp.KeyEvent(k))
	}
}

func (p *tab) eval(js string, into any) {
	p.t.Helper()
	p.do(chromedp.Evaluate(js, into))
}

// until waits for an expression of the page.
func (p *tab) until(js string) {
	p.t.Helper()
	for range 600 {
		var ok bool
		if p.eval("Boolean("+js+")", &ok); ok {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	var body string
	p.eval("document.body.innerText", &body)
	p.t.Fatalf("not in time: %s, on\n%.2000s", js, body)
}

// judge answers the item that is shown by keys alone, without saving.
func (p *tab) judge() {
	p.t.Helper()
	var outputs []string
	p.eval("task.item.outputs", &outputs)
	var ranked []int // the qualities in the ranking, the best first
	for i, text := range outputs {
		if i > 0 {
			p.keys(kb.ArrowRight)
		}
		q := quality(text)
		p.keys(fmt.Sprint(q))
		if strings.Contains(text, "violent") {
			p.keys("v")
		}
		p.keys(" ")
		better := 0
		for _, r := range ranked {
			if r >= q {
				better++
			}
		}
		for range len(ranked) - better {
			p.keys(kb.ArrowUp)
		}
		p.keys(" ")
		if slices.Contains(ranked, q) {
			p.keys("=")
			continue
		}
		ranked = slices.Insert(ranked, better, q)
	}
}

// Two labelers rank fifty items by keys alone, one of them on a phone. The server is killed
// twice in the middle. Nothing that was shown as saved is lost, and nothing counts twice.
func TestKeyboardAndKill(t *testing.T) {
	in := browser(t)
	dir := t.TempDir()
	w, links := begin(t, dir, plan.InstructGPTForm, 50, "ann", "bob")
	w.Close()
	s := startServer(t, dir)
	var both sync.WaitGroup
	meet, killed := make(chan bool), make(chan bool)
	for name, width := range map[string]int64{"ann": 1280, "bob": 375} {
		p := open(t, in, s, name, links[name], width)
		both.Go(func() {
			for i := range 50 {
				p.until(fmt.Sprintf("task && task.done === %d && task.item", i))
				p.judge()
				if i == 15 || i == 33 { // both wait with an answer that isn't sent, until the server is dead
					meet <- true
					<-killed
					p.keys(kb.Enter)
					p.until(`document.getElementById("alert").textContent.startsWith("Not saved")`)
					meet <- true
					<-killed
				}
				p.keys(kb.Enter)
				p.until(fmt.Sprintf(`task.done === %d && document.getElementById("status").textContent.startsWith("Saved")`, i+1))
			}
		})
	}
	for range 2 {
		<-meet
		<-meet
		s.kill()
		killed <- true
		killed <- true
		<-meet
		<-meet
		s.start()
		killed <- true
		killed <- true
	}
	both.Wait()
	s.kill()
	w, err := work.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	checkRows(t, w, 2*50*3)
}

// A hostile output is text, a long one is folded, an old tab is told so, and an answer is taken
// back.
func TestPage(t *testing.T) {
	in := browser(t)
	dir := t.TempDir()
	long := strings.Repeat("x", 1<<20)
	items := []*label.Item{
		{ID: "one", Suite: "s", Example: "e1", Prompt: hostile, Constraint: "be short", Context: "The town has 80 people.", Probability: 1,
			Outputs: []label.Output{{Model: "a", Text: hostile + " quality 3"}, {Model: "b", Text: long}, {Model: "c", Text: ""}}},
		{ID: "two", Suite: "s", Example: "e2", Prompt: "p", Probability: 1, Outputs: []label.Output{{Model: "a", Text: "The quick brown fox jumps."}, {Model: "b", Text: "The slow brown fox sleeps."}, {Model: "c", Text: "z"}}},
	}
	w, links := beginWith(t, dir, plan.InstructGPTForm, items, "ann")
	w.Close()
	s := startServer(t, dir)
	p := open(t, in, s, "ann", links["ann"], 1280)
	p.until("task && task.item")
	var first string
	p.eval("task.item.id", &first)
	if first != "one" { // the first item is drawn
		p.keys("s")
		p.until(`document.getElementById("skipping").open`)
		p.do(chromedp.SendKeys("#reason", "later"), chromedp.Click("#skip-yes"))
		p.until("task.item && task.item.id === 'one'")
	}
	var title, text string
	var acts, letters int
	p.eval("document.title", &title)
	p.eval("document.getElementById('item').innerText", &text)
	p.eval("document.querySelectorAll('#item script, #item img, #item style').length", &acts)
	p.eval("document.getElementById('item').textContent.length", &letters)
	if title != "Labelling" || acts != 0 || !strings.Contains(text, "<script>document.title='owned'</script>") || !strings.Contains(text, "⟨U+202E⟩evil␀") {
		t.Errorf("title %q, %d elements, text %.400s", title, acts, text)
	}
	if letters > 20_000 || !strings.Contains(text, "Show all 1,048,576 characters") || !strings.Contains(text, "(empty)") {
		t.Errorf("%d letters on the page", letters)
	}
	picture(p, "hostile")
	p.eval("activate(task.item.outputs.findIndex((o) => o.length > 1e6)); unfold(); document.querySelector('.text.open').textContent.length", &letters)
	if letters != 1<<20 {
		t.Errorf("unfolded, %d letters", letters)
	}
	var wider bool
	if p.eval("document.documentElement.scrollWidth > document.documentElement.clientWidth", &wider); wider {
		t.Error("the page is wider than the window")
	}
	twoTabs(t, p, s)
}

// twoTabs saves an item in one tab, and then in another one that shows it still.
func twoTabs(t *testing.T, p *tab, s *server) {
	ctx, cancel := chromedp.NewContext(p.ctx) // the same cookies
	t.Cleanup(cancel)
	old := &tab{t, ctx, p.base}
	old.do(chromedp.EmulateViewport(1000, 800), chromedp.Navigate(p.base+"/"))
	old.until("task && task.item && task.item.id === 'one'")
	answer := func(p *tab, grade string) {
		p.keys(grade, "c", " ", " ", kb.ArrowRight, grade, "c", " ", " ", kb.ArrowRight, grade, "c", " ", " ", kb.Enter)
	}
	p.do(chromedp.Navigate(p.base + "/"))
	p.until("task && task.item && task.item.id === 'one'")
	p.keys(kb.Enter)
	p.until(`document.getElementById("alert").textContent.startsWith("Output 1: choose a value")`)
	answer(p, "6")
	p.until(`document.getElementById("status").textContent.startsWith("Saved")`)
	answer(old, "2")
	old.until(`document.getElementById("alert").textContent.includes("this page is old")`)
	p.keys("u")
	p.until(`task.item && task.item.id === "one" && draft.outputs.every((o) => o.scales.likert === 6 && o.flags.satisfies_constraint)`)
	p.keys("7", kb.Enter)
	p.until(`document.getElementById("status").textContent.startsWith("Saved")`)
	s.kill()
	w, err := work.Open(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	sum := 0
	for _, g := range w.Current() {
		for _, o := range g.Answer.Outputs {
			if g.Item.ID == "one" {
				sum += o.Scales["likert"]
			}
		}
	}
	if sum != 6+6+7 {
		t.Errorf("the grades' sum is %d, want 19", sum)
	}
}

// picture keeps what a tab shows, if -shots names a folder.
func picture(p *tab, name string) {
	p.t.Helper()
	if *shots == "" {
		return
	}
	var data []byte
	p.do(chromedp.FullScreenshot(&data, 100))
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), data, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// axe is the path of axe-core's script, which CI fetches.
const axe = "ASSAY_AXE"

// No page has a serious fault for people with disabilities, as far as axe-core finds them.
func TestAccessibility(t *testing.T) {
	script, err := os.ReadFile(os.Getenv(axe))
	if err != nil && *shots == "" {
		t.Skipf("%s does not name axe-core's axe.min.js", axe)
	}
	in := browser(t)
	for form, keys := range map[plan.LabelForm][]string{
		plan.InstructGPTForm: {"5", "v", " ", " ", kb.ArrowRight, "3", " ", kb.ArrowUp}, plan.PairwiseForm: {"2"}, plan.ToxicityForm: {"1", "2", "7", " "},
	} {
		dir := t.TempDir()
		w, links := begin(t, dir, form, 4, "ann", "bob")
		w.Close()
		s := startServer(t, dir)
		for _, width := range []int64{1400, 375} {
			p := open(t, in, s, "ann", links["ann"], width)
			p.until("task && task.item")
			p.keys(keys...)
			inspect(p, string(script), fmt.Sprintf("%s-%d", form, width))
			p.keys("?")
			inspect(p, string(script), fmt.Sprintf("%s-%d-help", form, width))
		}
		p := open(t, in, s, plan.Lead, links[plan.Lead], 1280)
		inspect(p, string(script), string(form)+"-lead")
		s.kill()
	}
}

func inspect(p *tab, script, name string) {
	p.t.Helper()
	picture(p, name)
	if script == "" {
		return
	}
	var found []string
	p.do(chromedp.Evaluate(script+";0", nil))
	p.do(chromedp.Evaluate(`axe.run(document, {resultTypes: ["violations"]}).then((r) => r.violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => v.id + ": " + v.nodes.map((n) => n.html).join(" | ")))`,
		&found, chromedp.EvalAsValue, awaitPromise))
	for _, f := range found {
		p.t.Errorf("%s: %.600s", name, f)
	}
}

func awaitPromise(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
