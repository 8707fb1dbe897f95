package plan_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"assay/harness/plan"
	"assay/harness/yamlstruct"
)

// The keys by which trainings ask for lines of their configuration are keys of it. Most of
// these calls are on the way to an error, where a panic would hide it.
func TestKeysInTrainings(t *testing.T) {
	var lm plan.Train
	var reward plan.Reward
	var ppo plan.PPO
	for name, of := range map[string]struct {
		into  any
		place *yamlstruct.Place
	}{"lm": {&lm, &lm.Place}, "reward": {&reward, &reward.Place}, "ppo": {&ppo, &ppo.Place}} {
		f, err := yamlstruct.Parse(name, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		f.Decode(of.into, yamlstruct.Options{})
		files, err := filepath.Glob(filepath.Join("..", "training", name, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		calls := 0
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			for at, key := range keysIn(t, path) {
				calls++
				if said := panics(func() { of.place.Line(key) }); said != "" {
					t.Errorf("%s: %s", at, said)
				}
			}
		}
		if calls < 3 {
			t.Errorf("%s: %d calls with a key; the test looks for others than the code has", name, calls)
		}
	}
	if panics(func() { lm.Line("absent") }) == "" {
		t.Error("a key that is none passes")
	}
}

func panics(f func()) (said string) {
	defer func() {
		if r := recover(); r != nil {
			said = fmt.Sprint(r)
		}
	}()
	f()
	return ""
}

// keysIn lists the texts that a file of Go gives to methods of the names Line, Has and at,
// by their place.
func keysIn(t *testing.T, path string) map[string]string {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		f, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || f.Sel.Name != "Line" && f.Sel.Name != "Has" && f.Sel.Name != "at" {
			return true
		}
		if text, ok := call.Args[0].(*ast.BasicLit); ok && text.Kind == token.STRING {
			key, err := strconv.Unquote(text.Value)
			if err != nil {
				t.Fatal(err)
			}
			keys[set.Position(text.Pos()).String()] = key
		}
		return true
	})
	return keys
}
