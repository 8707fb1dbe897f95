package session_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/harness"
	"assay/harness/runstore"
	"assay/harness/session"
)

// folder holds results once it has train.jsonl.
func folder(path string) session.Folder {
	return session.Folder{Path: path, Scratch: []string{"tokens"}, Holds: func(dir runstore.Dir) bool {
		_, err := os.Stat(dir.Path("train.jsonl"))
		return err == nil
	}}
}

func write(t *testing.T, dir runstore.Dir, name string) {
	t.Helper()
	if err := os.WriteFile(dir.Path(name), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestWorkRemovesAFolderWithoutResults(t *testing.T) {
	failure := errors.New("failure")
	for _, c := range []struct {
		name  string
		files []string
		gone  bool
	}{
		{"nothing", nil, true},
		{"scratch", []string{"tokens"}, true},
		{"results", []string{"tokens", "train.jsonl"}, false},
		{"another file", []string{"notes.txt"}, false},
	} {
		path := filepath.Join(t.TempDir(), "out")
		err := folder(path).Work(func(dir runstore.Dir) error {
			for _, name := range c.files {
				write(t, dir, name)
			}
			return failure
		})
		if !errors.Is(err, failure) || exists(path) == c.gone {
			t.Errorf("%s: error %v, the folder is there: %v, want gone: %v", c.name, err, exists(path), c.gone)
		}
	}
}

func TestWorkKeepsAFolderThatWasThere(t *testing.T) {
	path := t.TempDir()
	if err := folder(path).Work(func(runstore.Dir) error { return errors.New("failure") }); err == nil || !exists(path) {
		t.Errorf("error %v, the folder is there: %v", err, exists(path))
	}
}

func TestWorkRefusesOtherFolders(t *testing.T) {
	path := t.TempDir()
	write(t, runstore.Dir(path), "thesis.tex")
	begun := false
	err := folder(path).Work(func(runstore.Dir) error { begun = true; return nil })
	if err == nil || !strings.Contains(err.Error(), "choose another -o") || begun {
		t.Errorf("error %v, begun: %v", err, begun)
	}
	file := filepath.Join(path, "thesis.tex")
	if err := folder(file).Check(); err == nil || !strings.Contains(err.Error(), "is not a folder") {
		t.Errorf("a file: %v", err)
	}
}

func TestWorkKeepsOthersOut(t *testing.T) {
	f := folder(filepath.Join(t.TempDir(), "out"))
	err := f.Work(func(runstore.Dir) error {
		if err := f.Work(func(runstore.Dir) error { return nil }); err == nil || !strings.Contains(err.Error(), "is being written by process") {
			t.Errorf("a second session: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if err := f.Work(func(runstore.Dir) error { return nil }); err != nil {
		t.Errorf("a later session: %v", err)
	}
}

func TestStopped(t *testing.T) {
	cause := errors.New("interrupted")
	for kept, want := range map[int]string{
		0: "interrupted; no answer is kept",
		1: "interrupted; 1 answer is kept; rerun the same command to resume",
		2: "interrupted; 2 answers are kept; rerun the same command to resume",
	} {
		err := error(&session.Stopped{Kept: kept, What: "answer", Err: cause})
		if err.Error() != want || !errors.Is(err, cause) {
			t.Errorf("%d kept: %v, want %s", kept, err, want)
		}
	}
}

func TestKeepTimings(t *testing.T) {
	store := &runstore.Memory{}
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, stage := range []string{"generate", "judge"} {
		if err := session.KeepTimings(store, session.NewTiming(stage, start)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for timing, err := range runstore.Timings().Read(store) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, timing.Stage+" "+timing.Start)
	}
	if want := "generate 2026-05-01T12:00:00Z, judge 2026-05-01T12:00:00Z"; strings.Join(got, ", ") != want {
		t.Errorf("timings %q, want %s", got, want)
	}
}

// Rerunning the command would meet a damaged file of timings again, so the remedy is another.
func TestKeepTimingsRemedy(t *testing.T) {
	for content, want := range map[string]string{
		`{"assay":"timings","version":1}` + "\n" + `{"stage":"gen`: `:2: cut-off line: the file ends in the middle of a record; remove this line and rerun the command`,
		`{"assay":"tim`: `:1: cut-off line: the file ends in the middle of a record; remove the file and rerun the command`,
	} {
		store := runstore.Dir(t.TempDir())
		if err := os.WriteFile(store.Path(runstore.Timings().File()), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := session.KeepTimings(store, harness.Timing{Stage: "judge"}); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: error %v, want the end %q", content, err, want)
		}
	}
}

// What is made for a session without results goes again, with the folders above it. A link
// stays, and leads to what is made.
func TestWorkThroughLinkAndAbove(t *testing.T) {
	root := t.TempDir()
	link := filepath.Join(root, "link")
	if err := os.Symlink("real", link); err != nil {
		t.Fatal(err)
	}
	failure := errors.New("failure")
	fail := func(runstore.Dir) error { return failure }
	for _, path := range []string{link, filepath.Join(root, "above", "out")} {
		if err := folder(path).Work(fail); !errors.Is(err, failure) {
			t.Errorf("%s: error %v", path, err)
		}
	}
	if exists(filepath.Join(root, "real")) || exists(filepath.Join(root, "above")) {
		t.Error("folders without results stay")
	}
	err := folder(link).Work(func(dir runstore.Dir) error {
		write(t, dir, "train.jsonl")
		return nil
	})
	if err != nil || !exists(filepath.Join(root, "real", "train.jsonl")) {
		t.Errorf("through a link: error %v", err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v", err)
	}
}
