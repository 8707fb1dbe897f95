package harness_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// neverOne lists formats with a number and a plural whose number can't be 1, and why.
var neverOne = map[string]string{
	"%d requests%s were refused": "another message is for one",
	"%d shots %q":                "the text of a seed, which nobody reads",
}

// notNouns are words in s that may follow a number and are no plural.
var notNouns = strings.Fields("is has was its this occurs ends as loses lacks joins leaves stops takes gives goes differs continues keeps less counts matches passes needs does weights")

var (
	verbs       = regexp.MustCompile(`%(?:%|[-+# 0]*(?:\[(\d+)\])?(\*|\d+)?(?:\.(\*|\d+))?([a-zA-Z]))`)
	pluralAfter = regexp.MustCompile(`^ (?:[a-z_.*-]+ ){0,2}?([a-z]+s)\b`)
	smallWords  = regexp.MustCompile(`\b(?:of|is|has|was|are|and|in|but|to|or|with|for|that|from|by|at|the|per|have|as|than|on|without|names|does|not)\b`)
)

// pluralFaults finds the formats of a file that write a number before a plural noun, as in "%d rows", unless the
// number is a literal or a constant of the package. Messages of panics are for programmers and may.
func pluralFaults(file *ast.File, constants map[string]bool) (faults []string) {
	within := map[ast.Node]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || within[n] {
			return !within[n]
		}
		if name, ok := call.Fun.(*ast.Ident); ok && (name.Name == "panic" || name.Name == "check") {
			within[n] = true
			return false
		}
		for i, arg := range call.Args {
			format, ok := textOf(arg)
			if !ok {
				continue
			}
			at := i
			for _, m := range verbs.FindAllStringSubmatchIndex(format, -1) {
				if format[m[1]-1] == '%' {
					continue
				}
				at++
				if m[2] >= 0 {
					n, _ := strconv.Atoi(format[m[2]:m[3]])
					at = i + n
				}
				for _, star := range [2]int{4, 6} { // a width or precision of its own
					if m[star] >= 0 && format[m[star]] == '*' {
						at++
					}
				}
				next := pluralAfter.FindStringSubmatch(format[m[1]:])
				if format[m[1]-1] != 'd' || next == nil || slices.Contains(notNouns, next[1]) || strings.HasSuffix(next[1], "ss") || smallWords.MatchString(next[0]) {
					continue
				}
				if at < len(call.Args) && fixed(call.Args[at], constants) {
					continue
				}
				faults = append(faults, format)
			}
		}
		return true
	})
	return faults
}

// textOf is the text of a literal, or of a sum of literals.
func textOf(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		a, first := textOf(e.X)
		b, second := textOf(e.Y)
		return a + b, first && second && e.Op == token.ADD
	}
	return "", false
}

func fixed(e ast.Expr, constants map[string]bool) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return constants[e.Name]
	}
	return false
}

// constantsOf adds a file's constants above 1 to a set, and those whose value isn't a plain number.
func constantsOf(file *ast.File, set map[string]bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.CONST {
			for _, spec := range d.Specs {
				spec := spec.(*ast.ValueSpec)
				for i, name := range spec.Names {
					one := false
					if i < len(spec.Values) {
						lit, ok := spec.Values[i].(*ast.BasicLit)
						one = ok && lit.Value == "1"
					}
					set[name.Name] = !one
				}
			}
		}
		return true
	})
}

func TestNumbersHaveTheirNouns(t *testing.T) {
	type source struct {
		name string
		file *ast.File
	}
	folders, constants := map[string][]source{}, map[string]map[string]bool{}
	eachSource(t, func(name, folder string) {
		if strings.HasPrefix(folder, "fixtures/peers/") || strings.HasSuffix(folder, "test") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if constants[folder] == nil {
			constants[folder] = map[string]bool{}
		}
		constantsOf(file, constants[folder])
		folders[folder] = append(folders[folder], source{name, file})
	})
	used := map[string]bool{}
	for folder, all := range folders {
		for _, s := range all {
			for _, format := range pluralFaults(s.file, constants[folder]) {
				known := false
				for part := range neverOne {
					if strings.Contains(format, part) {
						known, used[part] = true, true
					}
				}
				if !known {
					t.Errorf("%s: %q writes \"1 rows\" for one: use %%s and plural.Of(n, \"row\"), or list it in neverOne with the reason why it is never 1", s.name, format)
				}
			}
		}
	}
	for part := range neverOne {
		if !used[part] {
			t.Errorf("neverOne lists %q, which no format has; remove it", part)
		}
	}
}

func TestPluralFaults(t *testing.T) {
	for call, want := range map[string]int{
		`f("%d rows", n)`:                      1,
		`f("%s: %d different prompts", s, n)`:  1,
		`f("%d _samples.jsonl files", n)`:      1,
		`f("%d of %d samples", n, m)`:          1,
		`f("a %d b" + " and %d texts", n, m)`:  1,
		`f("%[2]d rows of %[1]s", s, n)`:       1,
		`f("%d tokens are %d bytes", n, m)`:    2,
		`f("%*d rows", 3, n)`:                  1,
		`f("%*d rows", n, 3)`:                  0,
		`f("%d rows", many)`:                   0,
		`f("%d rows", one)`:                    1,
		`f("%d rows", 16)`:                     0,
		`f("%s", plural.Of(n, "row"))`:         0,
		`f("token %d is %d", n, m)`:            0,
		`f("row %d of the file has %d", n, m)`: 0,
		`f("%d%% of rows", n)`:                 0,
		`panic(fmt.Sprintf("%d rows", n))`:     0,
		`g(f("%d rows", n))`:                   1,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", fmt.Sprintf("package p\nconst many, one = 3, 1\nfunc _() { %s }", call), 0)
		if err != nil {
			t.Fatal(err)
		}
		constants := map[string]bool{}
		constantsOf(file, constants)
		if got := pluralFaults(file, constants); len(got) != want {
			t.Errorf("%s: %d faults, want %d: %q", call, len(got), want, got)
		}
	}
}

// eachSource calls f with each of the module's source files that is no test, and its folder.
func eachSource(t *testing.T, f func(file, folder string)) {
	t.Helper()
	files := 0
	const root = ".." // of the module, from this package
	err := filepath.WalkDir(root, func(file string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && file != root || d.Name() == "testdata" || d.Name() == "out") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		folder, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		files++
		f(file, filepath.ToSlash(folder))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Fatalf("%d files seen; is this package not one folder below the module's root?", files)
	}
}
