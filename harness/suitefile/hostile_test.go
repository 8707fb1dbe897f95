package suitefile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/harness/leaf/cputime"
	"assay/harness/leaf/place"
	"assay/harness/suitefile"
	"assay/suites"
	"assay/suites/catalog"
)

// What a suite file can do to the program: it ends in one line with a place, in bounded time.
func TestHostileFiles(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 8 {
		name, last := string(rune('b'+i)), string(rune('a'+i))
		bomb += fmt.Sprintf("%s: &%s [%s]\n", name, name, strings.TrimSuffix(strings.Repeat("*"+last+", ", 10), ", "))
	}
	for name, content := range map[string]string{
		"aliases":      bomb + "data: d.csv\nprompt: '{{ q }}'\n",
		"deep lists":   "data: " + strings.Repeat("[", 200_000),
		"deep maps":    "fields: " + strings.Repeat("{a: ", 100) + "1" + strings.Repeat("}", 100) + "\n",
		"large":        "about: " + strings.Repeat("x", 2<<20),
		"endless loop": "data: d.csv\nprompt: '{{ q }}{% for i in range(1000000000) %}{% endfor %}'\nmetrics: [words]\n",
		"many loops":   "data: d.csv\nprompt: '{{ q }}{% for i in range(9999) %}{% for j in range(9999) %}{% for k in range(9999) %}{% endfor %}{% endfor %}{% endfor %}'\nmetrics: [words]\n",
		"growth":       "data: d.csv\nprompt: '{{ q }}{% for i in range(9999) %}{{ \"x\" * 1000000 }}{% endfor %}'\nmetrics: [words]\n",
		"doubling":     "data: d.csv\nprompt: '{{ q }}{% set ns = namespace(s=\"x\") %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}'\nmetrics: [words]\n",
		"power":        "data: d.csv\nprompt: '{{ q }}{{ 9 ** 9 ** 9 ** 9 }}'\nmetrics: [words]\n",
		"let":          "data: d.csv\nlet: {a: '{{ [q] * 100000000 }}', b: '{{ a * 100000000 }}'}\nprompt: '{{ b }}'\nmetrics: [words]\n",
		"files":        "data: d.csv\nprompt: '{% include \"/etc/passwd\" %}'\nmetrics: [words]\n",
		"name":         "data: d.csv\nname: ../../x\nprompt: '{{ q }}'\nmetrics: [words]\n",
		"choices":      "data: d.csv\nprompt: '{{ q }}'\nchoices: '{{ range(1000000000) | list }}'\nanswer: '{{ 0 }}'\nmetrics: [accuracy]\n",
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "s.yaml")
		for file, text := range map[string]string{"s.yaml": content, "d.csv": "q\nWhy?\nHow?\n"} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		began := cputime.Used()
		s, err := suitefile.Open(path)
		if err == nil {
			_, err = s.Live.Load(suites.Files{})
		}
		if err == nil || !place.Known(err) || !strings.Contains(err.Error(), path+":") || strings.Contains(err.Error(), "\n") || len(err.Error()) > 1000 {
			t.Errorf("%s: error %v, want one line about the file", name, err)
		}
		if took := cputime.Used() - began; took > time.Minute {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

// Whatever a data file holds, a suite of the catalog gives examples that can be asked, or one line.
func FuzzCatalog(f *testing.F) {
	var names []string
	for _, s := range suitefile.Catalog() {
		if _, inGo := catalog.Find(s.Name); !inGo {
			names = append(names, s.Name)
		}
	}
	for i, name := range names {
		if file := fixtures[name].data; file != "" {
			data, err := os.ReadFile(filepath.Join("testdata", "catalog", file))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(data), byte(i))
		}
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content string, at byte) {
		name := names[int(at)%len(names)]
		s, _ := suitefile.Find(name)
		path := filepath.Join(dir, "data"+filepath.Ext("x"+fixtures[name].data))
		if fixtures[name].data == "" {
			path = filepath.Join(dir, "data.jsonl")
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		set, err := s.Live.Load(suites.Files{Data: path})
		if err != nil {
			if !place.Known(err) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: error %q", name, err)
			}
			return
		}
		for i := range set.Examples {
			ex := &set.Examples[i]
			if err := ex.Validate(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if r := set.Ask(ex, ""); r.Prompt == "" {
				t.Errorf("%s: request %+v", name, r)
			}
		}
	})
}
