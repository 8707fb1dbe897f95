package demo

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A new demo leaves nothing of the old one in its folder.
func TestPrepareReplacesAnOldDemo(t *testing.T) {
	fresh, dir := filepath.Join(t.TempDir(), "new", "demo"), t.TempDir()
	if err := Prepare(fresh); err != nil {
		t.Fatal(err)
	}
	want := files(t, fresh)
	if len(want) < 2 || want[planFile] == "" {
		t.Fatalf("a new demo starts with %q", slices.Sorted(maps.Keys(want)))
	}
	write(t, dir, gatesFile, "old")
	for _, name := range []string{worldText, runText, "world/manifest.json", "run/.lock", "run/judgements.jsonl", "report/figures/old.pdf"} {
		write(t, dir, name, "old")
	}
	if err := Prepare(dir); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); !maps.Equal(got, want) {
		t.Errorf("over an old demo there are %q, want %q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// A folder with anything else keeps all it has.
func TestPrepareRefusesOtherFolders(t *testing.T) {
	for _, c := range []struct {
		have []string
		want string
	}{
		{[]string{"notes.txt"}, "exists and is not a demo"},
		{[]string{"run/manifest.json", "plan.yaml"}, "exists and is not a demo"},
		{[]string{"gates.yaml", "mine.txt", "run/manifest.json"}, "contains mine.txt, which assay did not write"},
	} {
		dir := t.TempDir()
		for _, name := range c.have {
			write(t, dir, name, "kept")
		}
		before := files(t, dir)
		if err := Prepare(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, want %q", c.have, err, c.want)
		}
		if after := files(t, dir); !maps.Equal(before, after) {
			t.Errorf("%q became %q", c.have, slices.Sorted(maps.Keys(after)))
		}
	}
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// files are the contents of all files below a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path) // path is below dir
		all[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
