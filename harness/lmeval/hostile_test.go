package lmeval

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"assay/harness/leaf/cputime"
	"assay/suites"
)

const plainTask = "task: t\ndataset_path: json\ndataset_kwargs: {data_files: {train: d.jsonl, test: d.jsonl}}\ntest_split: test\noutput_type: %s\ndoc_to_text: %s\ndoc_to_target: %s\n"

// Each folder's task file would never end, read what it shouldn't, or need more memory than a machine has. want is
// how the error ends it; the file or the line that it names comes before.
func TestHostileTaskFilesEnd(t *testing.T) {
	task := func(text, target, more string) string {
		return fmt.Sprintf(plainTask, generateUntil, text, target) + more
	}
	circle := map[string]string{"task.yaml": "group: a\ntask: [b]\n", "b.yaml": "group: b\ntask: [c]\n", "c.yaml": "group: c\ntask: [a, a, a]\n"}
	twice, groups := map[string]string{}, map[string]string{}
	for i := range 40 {
		name := "task.yaml"
		if i > 0 {
			name = fmt.Sprintf("%d.yaml", i)
		}
		twice[name] = fmt.Sprintf("include: [%d.yaml, %d.yaml]\n", i+1, i+1)
	}
	twice["40.yaml"] = task("a", "b", "")
	for i := range 10 {
		name := "task.yaml"
		if i > 0 {
			name = fmt.Sprintf("%d.yaml", i)
		}
		groups[name] = fmt.Sprintf("group: g%d\ntask: [%s]\n", i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("g%d, ", i+1), 50), ", "))
	}
	groups["10.yaml"] = strings.Replace(task("a", "b", ""), "task: t", "task: g10", 1)
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		was, is := string(rune('a'+i)), string(rune('b'+i))
		bomb += is + ": &" + is + " [" + strings.TrimSuffix(strings.Repeat("*"+was+", ", 10), ", ") + "]\n"
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"YAML bomb":              {map[string]string{"task.yaml": bomb}, "more than 100000 values"},
		"YAML depth":             {map[string]string{"task.yaml": "a: " + strings.Repeat("[", 50000)}, "levels of nesting"},
		"YAML size":              {map[string]string{"task.yaml": "a: " + strings.Repeat("x", 2<<20)}, "more than 1048576 bytes"},
		"include of itself":      {map[string]string{"task.yaml": "include: ./task.yaml\n"}, "includes itself"},
		"includes in a circle":   {map[string]string{"task.yaml": "include: b.yaml\n", "b.yaml": "include: sub/../task.yaml\n"}, "includes itself"},
		"includes twice":         {twice, "includes more than 100 files"},
		"include of a link":      {map[string]string{"task.yaml": "include: link.yaml\n"}, "includes itself"},
		"include of a pipe":      {map[string]string{"task.yaml": "include: pipe\n"}, "no regular file"},
		"include of a device":    {map[string]string{"task.yaml": "include: /dev/zero\n"}, "no regular file"},
		"include of a folder":    {map[string]string{"task.yaml": "include: ..\n"}, "no regular file"},
		"include of other files": {map[string]string{"task.yaml": "include: ../other.txt\n"}, "a task file is a mapping"},
		"include missing":        {map[string]string{"task.yaml": "include: ../../../nothing.yaml\n"}, "can't be read"},
		"groups in a circle":     {circle, "is in itself"},
		"groups of groups":       {groups, "more than 20000 tasks"},
		"text that never ends":   {map[string]string{"task.yaml": task(`"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"`, "b", "")}, "steps"},
		"text that grows":        {map[string]string{"task.yaml": task(`"{{ 'a' * 10 ** 10 }}"`, "b", "")}, "bytes of texts and lists"},
		"target that grows":      {map[string]string{"task.yaml": task("a", `"{{ '%99999999d' % 1 }}"`, "")}, "a width is more than"},
		"large shots":            {map[string]string{"task.yaml": task(`"{{ 'a' * 200000 }}"`, "b", "num_fewshot: 100\ntraining_split: train\n")}, "the few-shot examples have more than"},
		"many choices":           {map[string]string{"task.yaml": fmt.Sprintf(plainTask, multipleChoice, "a", "0") + `doc_to_choice: "{{ ['a'] * 99999 }}"` + "\n"}, "99999 choices"},
		"regex in a template":    {map[string]string{"task.yaml": task(`"{{ ('a' * 60 ~ 'b')|regex_replace('(a+)+$', 'x') }}"`, "b", "")}, "took more than"},
		"growth by regex":        {map[string]string{"task.yaml": task(`"{{ ('a' * 99999)|regex_replace('a', 'b' * 99999) }}"`, "b", "")}, "may make more than"},
		"long regex":             {map[string]string{"task.yaml": task("a", "b", "filter_list: [{name: f, filter: [{function: regex, regex_pattern: '"+strings.Repeat("(", 200000)+"'}]}]\n")}, "more than 100000 bytes"},
		"deep regex":             {map[string]string{"task.yaml": task("a", "b", "filter_list: [{name: f, filter: [{function: regex, regex_pattern: '"+strings.Repeat("(", 40000)+strings.Repeat(")", 40000)+"'}]}]\n")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			dir := filepath.Join(top, "tasks")
			write := func(path, text string) {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			write(filepath.Join(top, "other.txt"), "root:x:0:0\n")
			write(filepath.Join(dir, "d.jsonl"), strings.Repeat("{\"x\": 1}\n", 200))
			for file, text := range c.files {
				write(filepath.Join(dir, file), text)
			}
			if err := os.Symlink("task.yaml", filepath.Join(dir, "link.yaml")); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
				t.Fatal(err)
			}
			start := cputime.Used()
			all, _, err := Open(Prefix+"task.yaml", dir)
			for i := range all {
				if err == nil {
					_, err = all[i].Live.Load(suites.Files{})
				}
			}
			switch {
			case c.want == "":
			case err == nil:
				t.Fatal("no error")
			case !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || len(err.Error()) > 600 || !strings.HasPrefix(err.Error(), "/"):
				t.Errorf("error %.600q, want one line that starts with a path and has %q", err, c.want)
			}
			if took := cputime.Used() - start; took > time.Minute {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// Two files may include the same third one, which is no circle. lm_eval 0.4.13 refuses it as one.
func TestIncludesMayShareAFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"task.yaml": "include: [a.yaml, b.yaml]\ntask: t\n", "a.yaml": "include: c.yaml\ndoc_to_text: from a\n", "b.yaml": "include: c.yaml\ndoc_to_target: from b\n",
		"c.yaml": fmt.Sprintf(plainTask, generateUntil, "from c", "from c"), "d.jsonl": "{\"x\": 1}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, err := readConfig(filepath.Join(dir, "task.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	// What is included later wins, as in lm_eval's load_yaml.
	if text, target := c.get("doc_to_text"), c.get("doc_to_target"); text != "from c" || target != "from b" {
		t.Errorf("doc_to_text %v, doc_to_target %v", text, target)
	}
}

// A pattern that needs exponential time, or a little time very often, ends at its limit. Many matches end
// without one. The limits are far from what the searches take, so that a busy machine changes nothing.
func TestRegexesEnd(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		limit         time.Duration
		slow          bool
	}{
		{`(a+)+$`, strings.Repeat("a", 60) + "b", 200 * time.Millisecond, true},
		{`(a|aa)+$`, strings.Repeat("a", 60) + "b", 200 * time.Millisecond, true},
		{`(.*)(.*)(.*)(.*)(.*)x`, strings.Repeat("a", 3000), 200 * time.Millisecond, true},
		{`(a|b)`, strings.Repeat("ab", 100000), time.Millisecond, true},
		{`(a|b)`, strings.Repeat("ab", 100000), time.Hour, false},
	} {
		re, err := compileRegex(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if re.MatchTimeout != maxMatch {
			t.Errorf("%s: the limit is %v, want %v", c.pattern, re.MatchTimeout, maxMatch)
		}
		re.MatchTimeout = c.limit
		if _, err := re.findAll(c.text); (err != nil) != c.slow {
			t.Errorf("%s in %v: %v", c.pattern, c.limit, err)
		}
		if _, err := re.replace(c.text, "", -1); (err != nil) != c.slow {
			t.Errorf("%s in %v: %v", c.pattern, c.limit, err)
		}
	}
}
