package harness_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// looseTolerances are the lines of a test's source with math.Abs(x) > tolerance, which is false for NaN.
func looseTolerances(name string, source []byte) (lines []int, err error) {
	places := token.NewFileSet()
	file, err := parser.ParseFile(places, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		compared, ok := n.(*ast.BinaryExpr)
		if !ok || compared.Op != token.GTR && compared.Op != token.GEQ {
			return true
		}
		if call, ok := compared.X.(*ast.CallExpr); ok {
			if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Abs" {
				if from, ok := f.X.(*ast.Ident); ok && from.Name == "math" {
					lines = append(lines, places.Position(n.Pos()).Line)
				}
			}
		}
		return true
	})
	return lines, nil
}

// Tests compare numbers so that NaN fails.
func TestTolerances(t *testing.T) {
	read := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != "..":
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		read++
		lines, err := looseTolerances(path, source)
		for _, line := range lines {
			t.Errorf("%s:%d: math.Abs(got-want) > tolerance passes when got is NaN; write !approx.Equal(got, want, tolerance)", path, line)
		}
		return err
	})
	if err != nil || read < 100 {
		t.Fatalf("read %d files: %v", read, err)
	}
}

func TestLooseTolerances(t *testing.T) {
	const source = "package p\nvar a = math.Abs(x-y) > 1e-9\nvar b = !(math.Abs(x-y) <= 1e-9)\nvar c = f(math.Abs(x) >= z)\nvar d = max(x) > 2\nvar e = d.Abs() > 2\n"
	lines, err := looseTolerances("p_test.go", []byte(source))
	if err != nil || len(lines) != 2 || lines[0] != 2 || lines[1] != 4 {
		t.Errorf("lines %v, %v; want 2 and 4", lines, err)
	}
}
