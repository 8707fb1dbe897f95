package harness_test

import (
	"go/parser"
	"go/token"
	"path"
	"strconv"
	"strings"
	"testing"
)

// floors are the module's folders, by floor. A package may import only packages of lower
// floors or of its own folder.
var floors = map[string]int{"": 3, "harness": 2, "suites": 1, "reports": 1, "models": 0, "metrics": 0, "fixtures": 0}

// leaves is the folder of the packages that every floor may import. They import only the
// standard library and each other.
const leaves = "harness/leaf"

// homes gives the one package that may import each of these libraries. A package of a library may
// have a home of its own.
var homes = map[string]string{
	"github.com/spf13/cobra":                "harness/cli",
	"github.com/schollz/progressbar":        "harness/terminal",
	"github.com/olekukonko/tablewriter":     "reports/text",
	"gonum.org/v1/plot":                     "reports/figure",
	"codeberg.org/go-pdf/fpdf":              "reports/figure",
	"gorgonia.org/gorgonia":                 "models/compute",
	"gorgonia.org/tensor":                   "models/compute",
	"github.com/goccy/go-yaml":              "harness/yamlstruct",
	"github.com/dlclark/regexp2":            "harness/lmeval",
	"github.com/rogpeppe/go-internal":       "", // tests only
	"github.com/santhosh-tekuri/jsonschema": "suites/score",
	"github.com/google/go-cmp":              "", // tests only
	"gonum.org/v1/gonum":                    "metrics",
	"gonum.org/v1/gonum/optimize":           "models/linear",
	"codeberg.org/go-fonts/liberation":      "reports/figure",
	"golang.org/x/term":                     "harness/terminal",
	"modernc.org/sqlite":                    "harness/label/work",
	"github.com/yuin/goldmark":              "harness/label/page",
	"github.com/chromedp":                   "", // tests only
}

func TestImportsRunDownwards(t *testing.T) {
	eachSource(t, func(file, folder string) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if fault := importFault(folder, name); fault != "" {
				t.Errorf("%s imports %s: %s", file, name, fault)
			}
		}
	})
}

// importFault says what is wrong if package from (a folder of the module) imports the
// package name; "" if nothing is.
func importFault(from, name string) string {
	if from == "." {
		from = ""
	}
	// Programs that compare assay with other systems are exempt.
	if strings.HasPrefix(from, "fixtures/peers/") {
		return ""
	}
	if strings.HasSuffix(from, "test") { // a conformance suite: tests call it
		return ""
	}
	to, ours := strings.CutPrefix(name, "assay/")
	if within(from, leaves) {
		if first, _, _ := strings.Cut(name, "/"); !within(to, leaves) && (ours || strings.Contains(first, ".")) {
			return "a leaf imports the standard library and other leaves only"
		}
		return ""
	}
	if ours && within(to, leaves) {
		return ""
	}
	if !ours {
		if strings.HasPrefix(name, "github.com/go-json-experiment/json") && (floors[topOf(from)] == 0 && topOf(from) != "models" || topOf(from) == "reports") {
			return "files and wires belong to harness, suites and models"
		}
		library := libraryOf(name)
		if home, ok := homes[library]; ok && (home == "" || !within(from, home)) {
			return "its one home is " + home
		}
		return ""
	}
	top, toTop := topOf(from), topOf(to)
	if top != toTop {
		if floors[toTop] >= floors[top] {
			return "imports run downwards only: main, harness, {suites, reports}, {models, metrics, fixtures}"
		}
		return ""
	}
	if from == top {
		return "a folder's root holds its vocabulary and never imports its sub-packages"
	}
	if top == "reports" && to != top {
		return "renderers know the vocabulary, not each other"
	}
	return ""
}

// libraryOf is the longest entry of homes that a package belongs to; "" if there is none.
func libraryOf(name string) string {
	longest := ""
	for library := range homes {
		if within(name, library) && len(library) > len(longest) {
			longest = library
		}
	}
	return longest
}

// within reports whether a folder is another one or below it.
func within(dir, above string) bool { return dir == above || strings.HasPrefix(dir, above+"/") }

func topOf(dir string) string {
	top, _, _ := strings.Cut(path.Clean(dir), "/")
	if top == "." {
		return ""
	}
	return top
}

func TestImportFault(t *testing.T) {
	for _, c := range []struct {
		from, name string
		fault      bool
	}{
		{".", "assay/harness/cli", false},
		{"harness/cli", "assay/suites/catalog", false},
		{"harness/runstore", "assay/harness", false},
		{"suites/catalog", "assay/metrics/text", false},
		{"metrics/infer", "assay/metrics/stats", false},
		{"reports/html", "assay/reports", false},
		{"fixtures/peers/bootstrap", "assay/metrics/bootstrap", false},
		{"metrics", "assay/harness/leaf/seed", false},
		{"models/bpe", "assay/harness/leaf/place", false},
		{"harness", "assay/harness/leaf/place", false},
		{"reports/html", "assay/harness/leaf/outfile", false},
		{"harness/leaf/rows", "assay/harness/leaf/place", false},
		{"harness/leaf/rows", "encoding/csv", false},
		{"harness/leaf/rows", "assay/suites", true},
		{"harness/leaf/rows", "assay/harness", true},
		{"harness/leaf/rows", "github.com/go-json-experiment/json", true},
		{"metrics", "assay/harness/leafless", true},
		{"metrics", "assay/metrics/stats", true},
		{"harness", "assay/harness/runstore", true},
		{"reports", "assay/suites", true},
		{"suites", "assay/reports", true},
		{"metrics/infer", "assay/suites", true},
		{"models", "assay/metrics", true},
		{"suites/judge", "assay/harness/cli", true},
		{"reports/html", "assay/reports/figure", true},
		{"reports/html", "gonum.org/v1/plot/vg", true},
		{"harness/pipeline", "github.com/spf13/cobra", true},
		{"metrics/stats", "gonum.org/v1/gonum/stat/distuv", false},
		{"models/linear", "gonum.org/v1/gonum/optimize", false},
		{"metrics/stats", "gonum.org/v1/gonum/optimize", true},
		{"models/linear", "gonum.org/v1/gonum/stat/distuv", true},
	} {
		if fault := importFault(c.from, c.name); (fault != "") != c.fault {
			t.Errorf("importFault(%q, %q) = %q, want a fault: %v", c.from, c.name, fault, c.fault)
		}
	}
}
