package page_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"assay/harness/label/work"
	"assay/harness/plan"
)

// On a full disk the page doesn't say that an answer is saved. It keeps the answer, and saves it when
// there is space again.
func TestFullDisk(t *testing.T) {
	in := browser(t)
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no small file system can be mounted, which needs root: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", dir).Run() })
	w, links := begin(t, dir, plan.InstructGPTForm, 50, "ann")
	w.Close()
	s := startServer(t, dir)
	p := open(t, in, s, "ann", links["ann"], 1280)
	p.until("task && task.item")
	filler := filepath.Join(dir, "filler")
	fill(t, filler)

	const saved, failed = `document.getElementById("status").textContent.startsWith("Saved")`, `document.getElementById("alert").textContent.startsWith("Not saved")`
	done := 0
	for ; done < 50; done++ { // there is some room in the files that are already there
		p.judge()
		p.eval(`$("notes").value = "x".repeat(9000); draft.notes = $("notes").value`, nil)
		p.keys(kb.Enter)
		p.until(fmt.Sprintf(`%s || task.done === %d && %s`, failed, done+1, saved))
		var full bool
		if p.eval(failed, &full); full {
			break
		}
	}
	var alert string
	var kept int
	p.eval(`document.getElementById("alert").textContent`, &alert)
	p.eval("task.done", &kept)
	if !strings.Contains(alert, "disk is full") || kept != done || done == 50 {
		t.Fatalf("%d answers are shown as saved, %q", kept, alert)
	}
	picture(p, "full-disk")
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	p.keys(kb.Enter) // the same answer, which the page kept
	p.until(fmt.Sprintf(`task.done === %d && %s && document.getElementById("alert").textContent === ""`, done+1, saved))
	s.kill()
	w, err := work.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if now := w.Current(); len(now) != done+1 {
		t.Errorf("%d answers are on disk, and %d were shown as saved", len(now), done+1)
	}
}

// fill writes a file until its disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}
