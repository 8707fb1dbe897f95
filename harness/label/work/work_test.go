package work_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"assay/harness/label"
	"assay/harness/label/work"
	"assay/harness/plan"
	"assay/metrics/names"
	"assay/suites/labels"
)

// items are some with two outputs each.
func items(n int) (all []*label.Item) {
	for i := range n {
		all = append(all, &label.Item{ID: fmt.Sprintf("item-%d", i), Suite: "s", Example: fmt.Sprintf("e%d", i), Prompt: "p", Probability: 1,
			Outputs: []label.Output{{Model: "a", Text: "x"}, {Model: "b", Text: "y"}}})
	}
	return all
}

func begin(t *testing.T, dir string, s work.Settings, all []*label.Item) *work.Work {
	t.Helper()
	s.Form = plan.InstructGPTForm
	assigned := []*label.Assigned{{Labeler: label.Labeler{Name: "ann", Share: 1}, Items: all}, {Labeler: label.Labeler{Name: "bob", Share: 1}, Items: all[1:]}}
	w, links, err := work.Create(dir, s, all, assigned)
	if err != nil {
		t.Fatal(err)
	}
	if len(links) != 3 || len(links["ann"]) < 32 || links["ann"] == links["bob"] {
		t.Errorf("links %v", links)
	}
	return w
}

// answer is one in the form for grades.
func answer(first, second int) *label.Answer {
	flags := map[string]bool{}
	for _, f := range labels.Flags() {
		flags[f.Name] = false
	}
	return &label.Answer{Outputs: []label.Judged{{Scales: map[string]int{names.Likert: first}, Flags: flags, Rank: 1}, {Scales: map[string]int{names.Likert: second}, Flags: flags, Rank: 2}}}
}

func refused(t *testing.T, err error, want string) {
	t.Helper()
	if r, ok := errors.AsType[work.Refusal](err); !ok || !strings.Contains(string(r), want) {
		t.Errorf("error %v, want a refusal that says %q", err, want)
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	w := begin(t, dir, work.Settings{}, items(3))
	first := work.Submission{ID: "1", Item: "item-0", Answer: answer(5, 4)}
	for range 2 { // the second is the same, and counts once
		if err := w.Save("ann", first); err != nil {
			t.Fatal(err)
		}
	}
	refused(t, w.Save("ann", work.Submission{ID: "1", Item: "item-0", Answer: answer(6, 4)}), "under the same number")
	refused(t, w.Save("ann", work.Submission{ID: "2", Item: "item-0", Answer: answer(6, 4)}), "this page is old")
	refused(t, w.Save("bob", work.Submission{ID: "3", Item: "item-0", Answer: answer(6, 4)}), "not yours")
	refused(t, w.Save("ann", work.Submission{ID: "4", Item: "item-9", Answer: answer(6, 4)}), "not yours")
	refused(t, w.Undo("bob", "5"), "no answer to go back to")
	if next := w.Next("ann"); next.Item.ID != "item-1" || next.Done != 1 || next.Total != 3 || !next.Undoable {
		t.Errorf("%+v", next)
	}
	if err := w.Save("ann", work.Submission{ID: "6", Item: "item-1", Answer: answer(3, 2)}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Undo("ann", "7"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := work.Open(dir); err == nil || !strings.Contains(err.Error(), "being written by assay label") {
		t.Errorf("a second server: error %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w, err := work.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	next := w.Next("ann")
	if next.Item.ID != "item-1" || next.Done != 1 || next.Revision != 2 || next.Previous.Outputs[1].Scales[names.Likert] != 2 {
		t.Errorf("after opening it again: %+v", next)
	}
	if err := w.Save("ann", work.Submission{ID: "8", Item: "item-1", Revision: 2, Answer: answer(1, 7)}); err != nil {
		t.Fatal(err)
	}
	rows, err := w.Rows()
	if err != nil || len(rows) != 4 || *rows[0].Likert != 5 || *rows[3].Likert != 7 || rows[3].Model != "b" {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestSessions(t *testing.T) {
	dir := t.TempDir()
	w := begin(t, dir, work.Settings{}, items(2))
	links, err := w.NewLinks()
	if err != nil {
		t.Fatal(err)
	}
	token, name, ok, err := w.Admit(links["bob"])
	if err != nil || !ok || name != "bob" {
		t.Fatalf("%s, %v, %v", name, ok, err)
	}
	if _, _, ok, _ := w.Admit(links["bob"] + "x"); ok {
		t.Error("a wrong link is admitted")
	}
	w.Close()
	if w, err = work.Open(dir); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if who, ok := w.Who(token); !ok || who != "bob" {
		t.Errorf("after opening it again the session is of %q", who)
	}
	if _, err := w.NewLinks(); err != nil {
		t.Fatal(err)
	}
	if _, ok := w.Who(token); ok {
		t.Error("new links leave old sessions")
	}
}

// Two of three screening items must be right.
func TestScreening(t *testing.T) {
	for right, stopped := range map[int]bool{1: true, 2: false} {
		all := items(5)
		for _, it := range all[:3] {
			it.Kind = labels.Screening
			it.Outputs[0].Known, it.Outputs[1].Known = &labels.Row{Likert: new(7)}, &labels.Row{Likert: new(1)}
		}
		w := begin(t, t.TempDir(), work.Settings{ScreeningPass: 0.6}, all)
		for i := range 3 {
			a := answer(1, 7)
			if i < right {
				a = answer(7, 1)
			}
			if next := w.Next("ann"); next.Stopped || next.Item.ID != all[i].ID {
				t.Fatalf("%+v", next)
			}
			if err := w.Save("ann", work.Submission{ID: fmt.Sprint(i), Item: all[i].ID, Answer: a}); err != nil {
				t.Fatal(err)
			}
		}
		if next := w.Next("ann"); next.Stopped != stopped || (next.Item == nil) != stopped {
			t.Errorf("with %d of 3 right: %+v", right, next)
		}
		w.Close()
	}
}

// killEnv names the folder that the child of TestKill labels in.
const killEnv = "LABEL_KILL_DIR"

// TestKillChild is the process that TestKill kills: it saves one answer after the other, and says
// so after each.
func TestKillChild(t *testing.T) {
	dir := os.Getenv(killEnv)
	if dir == "" {
		t.Skip("runs only as the child of TestKill")
	}
	w, err := work.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for {
		next := w.Next("ann")
		if next.Item == nil {
			fmt.Println("all")
			select {}
		}
		if err := w.Save("ann", work.Submission{ID: fmt.Sprintf("%s-%d", next.Item.ID, os.Getpid()), Item: next.Item.ID, Answer: answer(6, 2)}); err != nil {
			t.Fatal(err)
		}
		fmt.Println(next.Item.ID)
	}
}

// What a process said to be saved is there after kill -9, once.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	all := items(4000)
	begin(t, dir, work.Settings{}, all).Close()
	said := map[string]bool{}
	for range 5 {
		child := exec.Command(os.Args[0], "-test.run=^TestKillChild$")
		child.Env = append(os.Environ(), killEnv+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		lines.Scan()
		said[lines.Text()] = true
		time.AfterFunc(40*time.Millisecond, func() { _ = child.Process.Kill() })
		for lines.Scan() {
			said[lines.Text()] = true
		}
		_ = child.Wait() // killed
	}
	delete(said, "all")
	w, err := work.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	there := map[string]int{}
	for _, g := range w.Current() {
		there[g.Item.ID]++
	}
	for item := range said {
		if there[item] != 1 {
			t.Errorf("%s was said to be saved, and is there %d times", item, there[item])
		}
	}
	if len(said) < 10 || len(there) > len(said)+5 {
		t.Errorf("%d answers were said to be saved, %d are there", len(said), len(there))
	}
}

// On a full disk nothing is said to be saved, and what was saved stays.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("not root: no small file system can be mounted")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no small file system can be mounted: %v: %s", err, out)
	}
	defer exec.Command("umount", "-l", dir).Run()
	all := items(200)
	w := begin(t, dir, work.Settings{}, all)
	saved := 0
	var failed error
	for i, it := range all {
		a := answer(5, 4)
		a.Notes = strings.Repeat("n", 9000)
		if failed = w.Save("ann", work.Submission{ID: fmt.Sprint(i), Item: it.ID, Answer: a}); failed != nil {
			break
		}
		saved++
	}
	if failed == nil || saved == 0 || !work.Full(failed) {
		t.Errorf("%d saved, then %v", saved, failed)
	}
	if next := w.Next("ann"); next.Done != saved || next.Item.ID != all[saved].ID {
		t.Errorf("%d saved, but the next item is %s", saved, next.Item.ID)
	}
	w.Close()
	w, err := work.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if n := len(w.Current()); n != saved {
		t.Errorf("%d answers are there, want %d", n, saved)
	}
}
