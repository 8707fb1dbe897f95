package outfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"assay/harness/leaf/outfile"
)

// filled is a folder with a mark, a file and a folder in it, not yet committed.
func filled(t *testing.T, path, content string) *outfile.Folder {
	t.Helper()
	d, err := outfile.CreateFolder(path, "mark")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(d.Dir(), "parts"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"mark", "data", "parts/one"} {
		write(t, filepath.Join(d.Dir(), name), content)
	}
	return d
}

func TestFolder(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "a[1", "b c")
	d := filled(t, path, "first")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before the commit: %v", err)
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	only(t, filepath.Dir(path), "b c")
	if err := d.Commit(); err == nil {
		t.Error("a second commit")
	}
	// Again: the same names are replaced, others stay.
	write(t, filepath.Join(path, "mine"), "mine")
	write(t, filepath.Join(path, "parts/two"), "old")
	d = filled(t, path+"/", "second")
	holds(t, filepath.Join(path, "mark"), "first")
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	only(t, path, "mark", "data", "parts", "mine")
	only(t, filepath.Join(path, "parts"), "one")
	for name, want := range map[string]string{"mark": "second", "data": "second", "parts/one": "second", "mine": "mine"} {
		holds(t, filepath.Join(path, name), want)
	}
}

func TestFolderAborted(t *testing.T) {
	root := t.TempDir()
	d := filled(t, filepath.Join(root, "a/b/run"), "x")
	if err := errors.Join(d.Abort(), d.Abort()); err != nil {
		t.Error(err)
	}
	only(t, root)
	path := filepath.Join(root, "run")
	if err := filled(t, path, "old").Commit(); err != nil {
		t.Fatal(err)
	}
	if err := filled(t, path, "new").Abort(); err != nil {
		t.Error(err)
	}
	only(t, path, "mark", "data", "parts")
	holds(t, filepath.Join(path, "mark"), "old")
}

// The working folder and a link to a folder are filled; both stay what they are.
func TestFolderInPlace(t *testing.T) {
	root := t.TempDir()
	t.Chdir(root)
	if err := os.Mkdir("real", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", "link"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real/later", "ahead"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"link", "link/", "./real", "ahead"} {
		if err := filled(t, path, path).Commit(); err != nil {
			t.Fatal(err)
		}
		holds(t, filepath.Join(path, "mark"), path)
	}
	only(t, root, "real", "link", "ahead")
	only(t, "real", "mark", "data", "parts", "later")
	t.Chdir("real")
	if err := filled(t, ".", "here").Commit(); err != nil {
		t.Fatal(err)
	}
	holds(t, filepath.Join(root, "real/mark"), "here")
	for _, link := range []string{"link", "ahead"} {
		if _, err := os.Readlink(filepath.Join(root, link)); err != nil {
			t.Error(err)
		}
	}
}

// A commit that fails leaves the old entries.
func TestFolderFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	if err := filled(t, path, "old").Commit(); err != nil {
		t.Fatal(err)
	}
	d := filled(t, path, "new")
	if err := os.Remove(filepath.Join(d.Dir(), "mark")); err != nil {
		t.Fatal(err)
	}
	if err := d.Commit(); err == nil || err.Error() != "write "+path+": no mark was written, which marks the folder as complete" {
		t.Errorf("error %v", err)
	}
	only(t, path, "mark", "data", "parts")
	for _, name := range []string{"mark", "data", "parts/one"} {
		holds(t, filepath.Join(path, name), "old")
	}
	file := filepath.Join(path, "data")
	if _, err := outfile.CreateFolder(file, "mark"); err == nil || err.Error() != "write "+file+": it exists and is no folder; name another" {
		t.Errorf("a file in the place: error %v", err)
	}
}

// An error about a file in a folder that isn't there yet names the folder that the caller
// knows, whether the folder is new or filled.
func TestFolderNamedInErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	for range 2 {
		var temp string
		err := func() (err error) {
			d, err := outfile.CreateFolder(path, "mark")
			if err != nil {
				return err
			}
			defer d.End(&err)
			temp = d.Dir()
			return outfile.WriteBytes(filepath.Join(d.Dir(), "none", "file"), nil)
		}()
		if want := "write " + filepath.Join(path, "none", "file") + ": the folder " + filepath.Join(path, "none") + " does not exist; make it, or choose another path"; !errors.Is(err, fs.ErrNotExist) || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
		if _, err := os.Stat(temp); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left: %v", temp, err)
		}
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	err := func() (err error) {
		d := filled(t, path, "new")
		defer d.End(&err)
		return d.Commit()
	}()
	if err != nil {
		t.Error(err)
	}
	holds(t, filepath.Join(path, "mark"), "new")
}

func TestSweep(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "exp[1]")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	stay := []string{"run", ".lock", ".tmp", ".a.tmp", ".a.b.tmp", "a.12.tmp", ".12.tmp", ".a.12.old"}
	for _, name := range append([]string{".a.12.tmp", ".b[.c.7.tmp"}, stay...) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, ".folder.3.tmp/x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := outfile.Sweep(dir, "folder", "c"); err != nil {
		t.Error(err)
	}
	only(t, dir, append([]string{".a.12.tmp", ".b[.c.7.tmp"}, stay...)...)
	if err := outfile.Sweep(dir); err != nil {
		t.Error(err)
	}
	only(t, dir, stay...)
	if err := outfile.Sweep(filepath.Join(dir, "none")); err != nil {
		t.Errorf("no folder: %v", err)
	}
	if !outfile.IsTemp(".a.12.tmp") || outfile.IsTemp("a.12.tmp") {
		t.Error("IsTemp differs from Sweep")
	}
}

func TestMkdirAll(t *testing.T) {
	root := t.TempDir()
	undo, err := outfile.MkdirAll(filepath.Join(root, "a/b/c") + "/")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "a/mine"), "x")
	undo()
	only(t, filepath.Join(root, "a"), "mine")
	if _, err := outfile.MkdirAll(filepath.Join(root, "a/mine/d")); err == nil {
		t.Error("a folder in a file")
	}
	if undo, err = outfile.MkdirAll(root); err != nil {
		t.Error(err)
	}
	undo()
	only(t, root, "a")
}

// A link to no folder yet stays, and what it leads to is made.
func TestMkdirAllThroughLink(t *testing.T) {
	root := t.TempDir()
	link := filepath.Join(root, "link")
	if err := os.Symlink("above/real", link); err != nil {
		t.Fatal(err)
	}
	undo, err := outfile.MkdirAll(link)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(link, "file"), "x")
	only(t, filepath.Join(root, "above/real"), "file")
	if err := os.Remove(filepath.Join(link, "file")); err != nil {
		t.Fatal(err)
	}
	undo()
	only(t, root, "link")
}

// A temporary name has what fits of a long name, in whole characters. What was left under
// it may be of another file with the same beginning, so it stays.
func TestLongNames(t *testing.T) {
	dir := t.TempDir()
	start := strings.Repeat("a", 199)
	f, err := outfile.Create(filepath.Join(dir, start+"é-and-more"))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || !utf8.ValidString(entries[0].Name()) || !strings.HasPrefix(entries[0].Name(), "."+start+".") || !outfile.IsTemp(entries[0].Name()) {
		t.Errorf("%v, error %v; want one temporary file", entries, err)
	}
	if err := f.Abort(); err != nil {
		t.Error(err)
	}
	left := "." + start + "b.77.tmp"
	for _, name := range []string{left, start + "b-first", start + "b-second"} {
		write(t, filepath.Join(dir, name), "x")
	}
	only(t, dir, left, start+"b-first", start+"b-second")
	write(t, filepath.Join(dir, start+"b"), "x") // whose own it may be
	only(t, dir, start+"b", start+"b-first", start+"b-second")

	for name, want := range map[string]bool{".a.1.tmp": true, ".a.b.12.tmp": true, ".a..tmp": false, ".a.x.tmp": false, "a.1.tmp": false, ".a.1.tm": false, "..1.tmp": false, ".1.tmp": false} {
		if got := outfile.IsTemp(name); got != want {
			t.Errorf("%s is temporary: %v", name, got)
		}
	}
}
