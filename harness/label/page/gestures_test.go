package page_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"assay/harness/label"
	"assay/harness/label/work"
	"assay/harness/plan"
)

// drag drags one element onto another with the mouse, to a share of its height.
func (p *tab) drag(from, to string, share float64) {
	p.t.Helper()
	middle := func(selector string, share float64) (x, y float64) {
		var at []float64
		p.eval(fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.scrollIntoView({ block: "center" }); const b = e.getBoundingClientRect(); return [b.left + Math.min(20, b.width / 2), b.top + b.height * %v]; })()`, selector, share), &at)
		return at[0], at[1]
	}
	dragged := make(chan *input.DragData, 1)
	chromedp.ListenTarget(p.ctx, func(ev any) {
		if e, ok := ev.(*input.EventDragIntercepted); ok {
			select {
			case dragged <- e.Data:
			default:
			}
		}
	})
	p.do(input.SetInterceptDrags(true))
	x, y := middle(from, 0.5)
	p.do(chromedp.MouseEvent(input.MousePressed, x, y, chromedp.ButtonLeft), chromedp.MouseEvent(input.MouseMoved, x+5, y+5, chromedp.ButtonLeft), chromedp.MouseEvent(input.MouseMoved, x+12, y+12, chromedp.ButtonLeft))
	var data *input.DragData
	select {
	case data = <-dragged:
	case <-time.After(20 * time.Second):
		p.t.Fatalf("%s is not dragged", from)
	}
	x, y = middle(to, share)
	for _, kind := range []input.DispatchDragEventType{input.DragEnter, input.DragOver, input.Drop} {
		p.do(input.DispatchDragEvent(kind, x, y, data))
	}
	p.do(chromedp.MouseEvent(input.MouseReleased, x, y, chromedp.ButtonLeft), input.SetInterceptDrags(false))
}

// Outputs are ranked by dragging, compared word by word, and read side by side with their scroll bars
// together. A long one is folded. An item is skipped with a reason only, and taken back.
func TestGestures(t *testing.T) {
	in := browser(t)
	dir := t.TempDir()
	lines := func(n int) string { return strings.Repeat("A line of the text.\n", n) }
	items := []*label.Item{{ID: "one", Suite: "s", Example: "e1", Prompt: "p", Probability: 1, Outputs: []label.Output{
		{Model: "a", Text: "The quick brown fox jumps.\n" + lines(100)}, {Model: "b", Text: "The slow brown fox jumps.\n" + lines(150)}, {Model: "c", Text: "z"}}}}
	w, links := beginWith(t, dir, plan.InstructGPTForm, items, "ann")
	w.Close()
	s := startServer(t, dir)
	p := open(t, in, s, "ann", links["ann"], 1400)
	p.until("task && task.item")

	// dragging: the first into the empty ranking, others before, after and onto it
	const ranking = `JSON.stringify(draft.ranking)`
	p.drag(`#unranked li:nth-child(2)`, "#ranking h2", 0.5)
	p.until(ranking + ` === "[[1]]"`)
	p.drag(`#unranked li:nth-child(1)`, `[data-output="1"]`, 0.1)
	p.until(ranking + ` === "[[0],[1]]"`)
	p.drag(`#unranked li:nth-child(1)`, `[data-output="1"]`, 0.5)
	p.until(ranking + ` === "[[0],[1,2]]" || ` + ranking + ` === "[[0],[2,1]]"`)
	p.drag(`[data-output="0"]`, `[data-output="1"]`, 0.95)
	p.until(`draft.ranking.length === 2 && draft.ranking[1].join() === "0"`)

	// folding, and the outputs side by side
	for i := range 3 {
		p.eval(fmt.Sprintf("activate(%d)", i), nil)
		p.keys("z")
	}
	p.until(`document.querySelectorAll("#outputs .text.open").length === 2 && document.querySelectorAll("#outputs .fold[aria-expanded=true]").length === 2`)
	p.keys("w")
	p.until(`document.body.classList.contains("wide") && !document.getElementById("together").hidden`)
	const scrolls = `[...document.querySelectorAll("#outputs .text.open")].map((t) => t.scrollTop / (t.scrollHeight - t.clientHeight))`
	p.eval(`(() => { const t = document.querySelector("#outputs .text.open"); t.scrollTop = (t.scrollHeight - t.clientHeight) / 2; })()`, nil)
	p.until(scrolls + `.every((x) => Math.abs(x - 0.5) < 0.02)`)
	p.keys("t") // apart
	time.Sleep(200 * time.Millisecond)
	p.eval(`document.querySelector("#outputs .text.open").scrollTop = 0`, nil)
	time.Sleep(200 * time.Millisecond)
	p.until(scrolls + `[0] === 0 && Math.abs(` + scrolls + `[1] - 0.5) < 0.02`)

	// what differs between two outputs
	p.eval(`document.body.focus(); activate(task.item.outputs.findIndex((o) => o.includes("quick")))`, nil)
	p.keys("p")
	p.until(`document.getElementById("diff").open`)
	p.eval(`$("diff-b").value = task.item.outputs.findIndex((o) => o.includes("slow")); $("diff-b").dispatchEvent(new Event("change"))`, nil)
	p.until(`document.querySelector("#diff-body del").textContent.trim() === "quick" && document.querySelector("#diff-body ins").textContent.trim().startsWith("slow")`)
	p.keys(kb.Escape)
	p.until(`!document.getElementById("diff").open`)

	// skipped with a reason, and taken back
	p.keys("s")
	p.until(`document.getElementById("skipping").open`)
	p.eval(`$("reason").value = " "`, nil) // chromedp types the key, which the page had handled
	p.do(chromedp.Click("#skip-yes"))
	p.until(`document.getElementById("skipping").open && document.activeElement.id === "reason" && task.done === 0`)
	p.do(chromedp.SendKeys("#reason", "unclear"), chromedp.Click("#skip-yes"))
	p.until(`task.done === 1 && task.state === "done" && document.getElementById("status").textContent.startsWith("Saved")`)
	p.keys("u")
	p.until(`task.item && task.done === 0`)
	s.kill()
	w, err := work.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if now := w.Current(); len(now) != 0 {
		t.Errorf("after taking back, %d answers count", len(now))
	}
}
