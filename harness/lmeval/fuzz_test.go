package lmeval

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/suites"
)

// A task file and its data end in suites or in an error, never in a panic.
func FuzzTask(f *testing.F) {
	files, err := filepath.Glob("testdata/tasks/*.yaml")
	if err != nil || len(files) < 10 {
		f.Fatalf("%d task files, %v", len(files), err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(content), `{"question": "a", "options": ["b", "c"], "answer": 1, "problem": "p", "q": "x", "aliases": ["y"], "text": "a b", "page": "c", "first": "d", "second": "e", "same": true}`)
	}
	f.Add("task: x\ndataset_path: json\ndataset_kwargs: {data_files: {test: d.jsonl}}\ntest_split: test\ndoc_to_text: a\ndoc_to_target: b\nnum_fewshot: 1\n", `{"a": [1, {"b": 2.5}], "b": null}`)
	f.Fuzz(func(t *testing.T, content, row string) {
		dir := t.TempDir()
		for name, text := range map[string]string{"task.yaml": content, "d.jsonl": row + "\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if strings.Contains(content, "/") || strings.Contains(content, "include") { // stay in the folder
			return
		}
		all, _, err := Open(Prefix+"task.yaml", dir)
		for i := range all {
			if err == nil {
				_, _ = all[i].Live.Load(suites.Files{})
			}
		}
	})
}

func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"['a', \"b\"]", "{'a': (1, -2.5), 'b': None}", "r'\\d' 'x'", "[[", "-", "'\\u00e9'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { _, _ = literal(s) })
}

func FuzzRegex(f *testing.F) {
	for _, s := range []string{`(?P<x>a)(?P=x)`, `[^]a]{,2}\Z`, `(?P=`, `[`, `(?<=The answer is )(.*)(?=.)`, `(a+)+$`} {
		f.Add(s, "aaa bbb The answer is 4.")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if re, err := compileRegex(pattern); err == nil {
			re.MatchTimeout = 1e7
			_, _ = re.findAll(text)
			_, _ = re.replace(text, "b", 3)
		}
	})
}
