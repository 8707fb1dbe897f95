package outfile_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/outfile"
)

// write writes a file, which must work.
func write(t *testing.T, path, content string) {
	t.Helper()
	if err := outfile.WriteBytes(path, []byte(content)); err != nil {
		t.Fatal(err)
	}
}

// holds checks a file's content.
func holds(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s has %.80q, error %v; want %.80q", path, got, err, want)
	}
}

// only checks a folder's entries.
func only(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%s has %q, error %v; want %q", dir, got, err, want)
	}
}

// A file appears under its name in a folder of any name, and nothing stays beside it.
func TestWrite(t *testing.T) {
	for _, folder := range []string{"plain", "exp[1", "a*b?", "two words", "line\nend", "ümlaut", "-o", ".hidden.1.tmp"} {
		dir := filepath.Join(t.TempDir(), folder)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"out.csv", "a[1", "b*", "c d", "e\nf", strings.Repeat("x", 255), strings.Repeat("ä", 127)} {
			path := filepath.Join(dir, name)
			for _, content := range []string{"", "first", strings.Repeat("second", 100_000)} {
				write(t, path, content)
				holds(t, path, content)
			}
			only(t, dir, name)
			os.Remove(path)
		}
	}
}

func TestWriteIntoWorkingFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "out.csv", "x")
	write(t, "./out.csv", "y")
	holds(t, "out.csv", "y")
	only(t, ".", "out.csv")
}

// Before the commit the old content is there; an error, a panic and Abort leave it.
func TestNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	stop := errors.New("stop")
	for _, old := range []string{"", "old"} {
		if old != "" {
			write(t, path, old)
		}
		unchanged := func() {
			t.Helper()
			if old != "" {
				holds(t, path, old)
				only(t, dir, "out")
				return
			}
			only(t, dir)
		}
		err := outfile.Write(path, func(w io.Writer) error {
			io.WriteString(w, strings.Repeat("new", 100_000))
			return stop
		})
		if !errors.Is(err, stop) || err.Error() != "write "+path+": stop" {
			t.Errorf("error %v, want the function's with the file's name", err)
		}
		unchanged()
		func() {
			defer func() { recover() }()
			outfile.Write(path, func(w io.Writer) error { panic("no") })
		}()
		unchanged()
		f, err := outfile.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(f, "new")
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); string(got) != old || old == "" && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("before the commit %q, error %v; want %q", got, err, old)
		}
		if err := errors.Join(f.Abort(), f.Abort()); err != nil {
			t.Error(err)
		}
		if err := f.Commit(); err == nil {
			t.Error("commit after abort")
		}
		unchanged()
	}
}

func TestCommitOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	f, err := outfile.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, "x")
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err == nil {
		t.Error("a second commit")
	}
	if err := f.Abort(); err != nil {
		t.Errorf("abort after commit: %v", err)
	}
	if _, err := f.Write([]byte("y")); err == nil {
		t.Error("write after commit")
	}
	holds(t, path, "x")
}

// Errors name the file that the caller named, not the temporary one.
func TestErrors(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "x")
	if err := os.Symlink("loop", filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"none/out":               "the folder " + filepath.Join(dir, "none") + " does not exist; make it, or choose another path",
		"file/out":               "not a directory",
		"loop":                   "too many levels of symbolic links",
		".":                      "it is a folder; name a file",
		"":                       "the name of a folder where a file is needed",
		strings.Repeat("x", 300): "file name too long",
	} {
		path := dir + "/" + name
		if err := outfile.WriteBytes(path, nil); err == nil || err.Error() != "write "+path+": "+want {
			t.Errorf("%.80q: error %v, want %q", name, err, want)
		}
	}
	only(t, dir, "file", "loop")
}
