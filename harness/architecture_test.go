package harness_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// quoted matches what a page has in backquotes on one line.
var quoted = regexp.MustCompile("`([^`\n]+)`")

// topFolder matches a path from the module's root.
var topFolder = regexp.MustCompile(`^(docs|fixtures|harness|metrics|models|reports|suites)/[\w./*-]*$`)

// sourceName matches the name of a source file without its folder.
var sourceName = regexp.MustCompile(`^\w+\.(go|py|s)$`)

// missingFiles returns a line for each file, folder or pattern that a page names and the tree
// lacks. In a table's row, a name without a folder belongs to the last folder that the row names;
// elsewhere it may be in any.
func missingFiles(tree fs.FS, page string) (named int, missing []string, err error) {
	anywhere := map[string]bool{}
	err = fs.WalkDir(tree, ".", func(file string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && strings.HasPrefix(d.Name(), ".") && file != "." {
			return fs.SkipDir
		}
		anywhere[path.Base(file)] = true
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	for i, line := range strings.Split(page, "\n") {
		folder := ""
		for _, match := range quoted.FindAllStringSubmatch(line, -1) {
			name := strings.TrimSuffix(match[1], "/")
			there := false
			switch {
			case topFolder.MatchString(match[1]):
				found, err := fs.Glob(tree, name)
				if err != nil {
					return 0, nil, err
				}
				there, folder = len(found) > 0, name
				if path.Ext(name) != "" {
					folder = path.Dir(name)
				}
			case !sourceName.MatchString(name):
				continue
			case folder != "" && strings.HasPrefix(line, "|"):
				_, err := fs.Stat(tree, path.Join(folder, name))
				there = err == nil
			default:
				there = anywhere[name]
			}
			named++
			if !there {
				missing = append(missing, fmt.Sprintf("line %d: no %s", i+1, match[1]))
			}
		}
	}
	return named, missing, nil
}

func TestArchitectureNamesWhatIsThere(t *testing.T) {
	tree := os.DirFS("..")
	page, err := fs.ReadFile(tree, "ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	named, missing, err := missingFiles(tree, string(page))
	if err != nil {
		t.Fatal(err)
	}
	if named < 100 {
		t.Errorf("found only %d names of files and folders", named)
	}
	for _, line := range missing {
		t.Errorf("ARCHITECTURE.md, %s; write its present name", line)
	}
}

func TestMissingFilesAreFound(t *testing.T) {
	const page = "See `gone.go`, `importrule_test.go` and `harness/gone`.\n" +
		"| two | `harness/version.go`; `manifest.go`, `tables.go` |\n" +
		"| more | `reports/*`, `reports/*.py`, `train.jsonl`, `a b.go` |"
	_, missing, err := missingFiles(os.DirFS(".."), page)
	want := "line 1: no gone.go, line 1: no harness/gone, line 2: no tables.go, line 3: no reports/*.py"
	if got := strings.Join(missing, ", "); err != nil || got != want {
		t.Errorf("%s (%v), want %s", got, err, want)
	}
}
