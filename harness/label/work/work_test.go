package work_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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

// Exactly the share that must be right is enough, though 0.56 times 25 is more than 14 in floating point. A share
// of 0 stops nobody, and neither does a plan without screening items.
func TestScreeningShare(t *testing.T) {
	for _, c := range []struct {
		pass       float64
		all, right int
		stopped    bool
	}{{0.56, 25, 14, false}, {0.56, 25, 13, true}, {1, 3, 3, false}, {1, 3, 2, true}, {0, 3, 0, false}, {1, 0, 0, false}} {
		all := items(c.all + 2)
		for _, it := range all[:c.all] {
			it.Kind = labels.Screening
			it.Outputs[0].Known, it.Outputs[1].Known = &labels.Row{Likert: new(7)}, &labels.Row{Likert: new(1)}
		}
		w := begin(t, t.TempDir(), work.Settings{ScreeningPass: c.pass}, all)
		for i := range c.all {
			a := answer(1, 7)
			if i < c.right {
				a = answer(7, 1)
			}
			if err := w.Save("ann", work.Submission{ID: fmt.Sprint(i), Item: all[i].ID, Answer: a}); err != nil {
				t.Fatal(err)
			}
		}
		if next := w.Next("ann"); next.Stopped != c.stopped {
			t.Errorf("%d of %d right, %v must be: stopped %v", c.right, c.all, c.pass, next.Stopped)
		}
		w.Close()
	}
}

// The lead settles any item, and takes an own answer back. Nobody else can answer another's item.
func TestSettle(t *testing.T) {
	w := begin(t, t.TempDir(), work.Settings{TooFast: 2.5}, items(3))
	defer w.Close()
	if next, err := w.Settle(plan.Lead, "item-2"); err != nil || next.Item.ID != "item-2" || next.Revision != 0 || next.Previous != nil {
		t.Errorf("%+v, %v", next, err)
	}
	_, err := w.Settle(plan.Lead, "item-9")
	refused(t, err, "no such item")
	refused(t, w.Save(plan.Lead, work.Submission{ID: "0", Item: "item-9", Answer: answer(3, 2)}), "not yours")
	a := answer(3, 2)
	if err := w.Save(plan.Lead, work.Submission{ID: "1", Item: "item-2", Answer: a}); err != nil {
		t.Fatal(err)
	}
	if next, err := w.Settle(plan.Lead, "item-2"); err != nil || next.Revision != 1 || next.Previous.Outputs[0].Scales[names.Likert] != 3 {
		t.Errorf("%+v, %v", next, err)
	}
	rows, err := w.Rows()
	if err != nil || len(rows) != 2 || rows[1].Group != work.Adjudicated || rows[1].Labeler != plan.Lead || rows[1].Probability != nil {
		t.Errorf("%+v, %v", rows, err)
	}
	// the same number by another labeler, for another item, and as an undo
	if err := w.Save("ann", work.Submission{ID: "2", Item: "item-1", Answer: a}); err != nil {
		t.Fatal(err)
	}
	refused(t, w.Save("bob", work.Submission{ID: "2", Item: "item-1", Answer: a}), "under the same number")
	refused(t, w.Save("ann", work.Submission{ID: "2", Item: "item-0", Answer: a}), "under the same number")
	slow := answer(3, 2)
	slow.Seconds = 2.5
	fast := answer(3, 2)
	fast.Seconds = 2.4
	for i, one := range []*label.Answer{slow, fast} {
		if err := w.Save("bob", work.Submission{ID: fmt.Sprint("b", i), Item: fmt.Sprint("item-", i+1), Answer: one}); err != nil {
			t.Fatal(err)
		}
	}
	o, err := w.Overview()
	if err != nil || len(o.Labelers) != 2 || o.Labelers[1].Total != 2 || o.Labelers[0].Total != 3 || o.Labelers[1].TooFast != 1 {
		t.Errorf("%+v, %v", o.Labelers, err)
	}
	if w.Item("item-1") == nil || w.Item("item-9") != nil {
		t.Error("items by their ids")
	}
}

// The first answer taken back, and given again: the order of the others stays.
func TestUndoOrder(t *testing.T) {
	w := begin(t, t.TempDir(), work.Settings{}, items(4))
	defer w.Close()
	for i := range 3 {
		if err := w.Save("ann", work.Submission{ID: fmt.Sprint(i), Item: fmt.Sprint("item-", i), Answer: answer(i+1, 7)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Save("ann", work.Submission{ID: "again", Item: "item-0", Revision: 1, Answer: answer(5, 7)}); err != nil {
		t.Fatal(err)
	}
	for k, want := range []string{"item-0", "item-2", "item-1"} { // the last answered first
		if err := w.Undo("ann", fmt.Sprint("undo", k)); err != nil {
			t.Fatal(err)
		}
		if got := len(w.Current()); got != 2-k {
			t.Errorf("after undoing %s %d answers count", want, got)
		}
	}
	if next := w.Next("ann"); next.Item.ID != "item-0" || next.Revision != 3 || next.Done != 0 || next.Undoable || next.Previous.Outputs[0].Scales[names.Likert] != 5 {
		t.Errorf("%+v", next)
	}
}

// A folder with other files is left alone. What an interrupted start left is used. A later version and a
// folder without labels are refused by name.
func TestCreateRefuses(t *testing.T) {
	all := items(1)
	assigned := []*label.Assigned{{Labeler: label.Labeler{Name: "ann", Share: 1}, Items: all}}
	other, file, begun := t.TempDir(), filepath.Join(t.TempDir(), "file"), t.TempDir()
	for _, path := range []string{filepath.Join(other, "mine.txt"), file, filepath.Join(begun, work.File)} {
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := work.Create(other, work.Settings{}, all, assigned); err == nil || !strings.Contains(err.Error(), "holds other files") {
		t.Errorf("other files: %v", err)
	}
	if _, _, err := work.Create(file, work.Settings{}, all, assigned); err == nil || !strings.Contains(err.Error(), "is not a folder") {
		t.Errorf("a file: %v", err)
	}
	if _, err := work.Open(begun); err == nil || !strings.Contains(err.Error(), "was begun, but not finished") {
		t.Errorf("a database without tables: %v", err)
	}
	w, links, err := work.Create(begun, work.Settings{Form: plan.PairwiseForm}, all, assigned)
	if err != nil {
		t.Fatal(err)
	}
	if !w.Form.Preference || len(w.Items) != 1 {
		t.Errorf("the form %s of %d items", w.Form.Name, len(w.Items))
	}
	if _, name, ok, err := w.Admit(links["ann"]); err != nil || !ok || name != "ann" {
		t.Errorf("the first link admits %q, %v, %v", name, ok, err)
	}
	w.Close()
	if _, _, err := work.Create(begun, work.Settings{}, all, assigned); err == nil {
		t.Error("labelling that was begun was begun again")
	}
	if _, err := work.Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "holds no labels") {
		t.Errorf("no labels: %v", err)
	}
	twice := []*label.Item{all[0], all[0]}
	if _, _, err := work.Create(t.TempDir(), work.Settings{}, twice, assigned); err == nil || !strings.Contains(err.Error(), "can't be written") {
		t.Errorf("an item that is there twice: %v", err)
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
