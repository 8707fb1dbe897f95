//go:build unix

package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assay/harness/cli"
)

// judgedByProgram is a plan whose answers are recorded and judged by a script.
const judgedByProgram = `models:
  - {name: one, model: "replay:outputs.json#one"}
suites:
  - {suite: winrate, data: questions.jsonl, judge: words}
judges:
  - name: words
    kind: command
    command: [sh, score.sh, one, one]
    timeout: %s
    concurrency: 1
    metrics:
      - {name: long, values: share}
      - {name: letters, min: 0}
`

// Scripts of lines of {"id":"…",…,"answer":"…"}.
const (
	readLine = `while IFS= read -r line; do
id=$(printf '%s' "$line" | sed 's/^{"id":"\([0-9a-f]*\)".*/\1/')
answer=$(printf '%s' "$line" | sed 's/.*"answer":"\([^"]*\)".*/\1/')
`
	goodScript = readLine + `printf '{"id":"%s","long":%s,"letters":%s}\n' "$id" $([ ${#answer} -gt 5 ] && echo true || echo false) ${#answer}
done
`
)

func writeProgram(t *testing.T, dir, script string) {
	t.Helper()
	var prompts, outputs []string
	for i, answer := range []string{"yes", "certainly", "no", "not at all"} {
		prompts = append(prompts, fmt.Sprintf(`{"instruction": "Question %d?"}`, i))
		outputs = append(outputs, fmt.Sprintf(`{"instruction": "Question %d?", "output": %q, "generator": "one"}`, i, answer))
	}
	for name, text := range map[string]string{"questions.jsonl": strings.Join(prompts, "\n"), "outputs.json": "[" + strings.Join(outputs, ",") + "]", "score.sh": script} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A program's values are judgements; it is asked again only if it changed.
func TestProgramJudges(t *testing.T) {
	dir := t.TempDir()
	writeProgram(t, dir, goodScript)
	plan := fmt.Sprintf(judgedByProgram, "30s")
	sent := regexp.MustCompile(`(\d+) requests sent`)
	for i, c := range []struct {
		change func()
		sent   string
	}{
		{func() {}, "8"}, // 4 recorded answers and 4 lines
		{func() {}, "0"},
		{func() { writeProgram(t, dir, goodScript+"# changed") }, "4"},
		{func() { plan += "    version: \"2\"\n" }, "4"},
	} {
		c.change()
		code, stdout, stderr := runModels(t, dir, "run", plan)
		if got := sent.FindStringSubmatch(stdout); code != cli.ExitOK || got == nil && c.sent != "0" || got != nil && got[1] != c.sent {
			t.Fatalf("run %d: code %d, want %s requests:\n%s%s", i, code, c.sent, stdout, stderr)
		}
		if !strings.Contains(stdout, "0.500 [") || !strings.Contains(stdout, "6.000 [") { // 2 of 4 are long; 3+9+2+10 letters
			t.Errorf("run %d: %s", i, stdout)
		}
	}
	records := strings.ReplaceAll(readAll(t, filepath.Join(dir, "run")), " ", "")
	for _, want := range []string{`"statistic":"mean"`, `"name":"letters"`, `score.sh`} {
		if !strings.Contains(records, want) {
			t.Errorf("no %s in the run", want)
		}
	}
}

// What a program does wrong costs its own answers, which are counted with the reason; a program
// that answers nothing stops the run in one line.
func TestProgramsThatMisbehave(t *testing.T) {
	for _, c := range []struct {
		name, script string
		timeout      string
		code         int
		want         []string // in the output
	}{
		{"one number is NaN", readLine + `n=1; [ "$answer" = no ] && n=NaN
printf '{"id":"%s","long":true,"letters":%s}\n' "$id" $n
done`, "30s", cli.ExitOK, []string{"missing: 2 judgements: the program wrote a line that is no JSON object"}},
		{"a value out of range", readLine + `printf '{"id":"%s","long":0.5,"letters":-1}\n' "$id"
done`, "30s", cli.ExitOK, []string{"the program's long is 0.5; it must be 0 or 1", "the program's letters: the value -1 is out of range"}},
		{"a member is missing", readLine + `printf '{"id":"%s","long":true,"letters":null}\n' "$id"
done`, "30s", cli.ExitOK, []string{"the program gave no letters"}},
		{"it says why", readLine + `printf '{"id":"%s","error":"no such word"}\n' "$id"
done`, "30s", cli.ExitOK, []string{"the program says: no such word"}},
		{"it dies midway", readLine + `[ "$answer" = no ] && { echo "out of words" >&2; exit 3; }
printf '{"id":"%s","long":true,"letters":1}\n' "$id"
done`, "30s", cli.ExitOK, []string{"the program ended without an answer: out of words"}},
		{"it never answers", "while true; do sleep 1; done", "200ms", cli.ExitBadInput, []string{"judge words: no valid line from the program sh score.sh one one (at most 200ms for an answer); its first 4 requests failed", "the program gave no answer within 200ms"}},
		{"it says nothing but on its standard error", "echo loading the words >&2; while true; do sleep 1; done", "1s", cli.ExitBadInput, []string{"the program sh score.sh one one (at most 1s for an answer), which says \"loading the words\""}},
		{"it ends at once", "echo no words here >&2; exit 3", "30s", cli.ExitBadInput, []string{"no valid line from the program sh score.sh one one", "the program ended without an answer: no words here"}},
		{"endless blank lines", "yes ''", "300ms", cli.ExitBadInput, []string{"the program gave no answer within 300ms"}},
		{"wrong ids", readLine + `echo '{"id":"x","long":true,"letters":1}'
done`, "30s", cli.ExitBadInput, []string{"another id"}},
		{"endless output", "yes | tr -d '\\n'", "30s", cli.ExitBadInput, []string{"the program wrote a line of more than 1048576 bytes"}},
	} {
		dir := t.TempDir()
		writeProgram(t, dir, c.script)
		code, stdout, stderr := runModels(t, dir, "run", fmt.Sprintf(judgedByProgram, c.timeout))
		all := strings.Join(strings.Fields(stdout+stderr), " ")
		if code != c.code {
			t.Errorf("%s: code %d:\n%s%s", c.name, code, stdout, stderr)
		}
		for _, want := range c.want {
			if !strings.Contains(all, want) {
				t.Errorf("%s: no %q in\n%s%s", c.name, want, stdout, stderr)
			}
		}
		if c.code == cli.ExitBadInput {
			if strings.Count(strings.TrimSpace(stderr), "\n") > 1 {
				t.Errorf("%s: more than an error in a line:\n%s", c.name, stderr)
			}
			for _, file := range []string{"manifest.json", "judgements.jsonl", "completions.jsonl"} {
				if _, err := os.Stat(filepath.Join(dir, "run", file)); err == nil {
					t.Errorf("%s: the run has a %s", c.name, file)
				}
			}
			writeProgram(t, dir, goodScript)
			if code, stdout, stderr := runModels(t, dir, "run", fmt.Sprintf(judgedByProgram, "30s")); code != cli.ExitOK {
				t.Errorf("%s: with a good program, code %d:\n%s%s", c.name, code, stdout, stderr)
			}
		}
	}
}

// A local checkpoint judges by a rubric, which a dry run shows. Random weights give no verdict,
// and each answer without one is counted.
func TestLocalJudgeWithRubric(t *testing.T) {
	model := tinyModel(t, 1000)
	dir := t.TempDir()
	writeProgram(t, dir, "")
	if err := os.WriteFile(filepath.Join(dir, "rubric.md"), []byte("10: says yes. 0: says no.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	plan := fmt.Sprintf(`models:
  - {name: one, model: "replay:outputs.json#one"}
suites:
  - {suite: winrate, data: questions.jsonl, judge: yes}
judges:
  - {name: "yes", kind: grade, model: "gpt:%s", rubric_file: rubric.md, scale: 0-10, metric: agreement, max_tokens: 5}
`, model)
	plan = strings.Replace(plan, "judge: yes", `judge: "yes"`, 1)
	code, stdout, stderr := runModels(t, dir, "run", plan, "--dry-run")
	for _, want := range []string{"winrate: the first request of judge yes", "Grade it from 0 to 10 by the rubric", "| 10: says yes. 0: says no.", "| (the model's answer)"} {
		if code != cli.ExitOK || !strings.Contains(stdout, want) {
			t.Errorf("code %d, no %q in\n%s%s", code, want, stdout, stderr)
		}
	}
	code, stdout, stderr = runModels(t, dir, "run", plan)
	if code != cli.ExitOK || !strings.Contains(readAll(t, filepath.Join(dir, "run")), `"metric":"agreement","judge":"yes","missing":"the judge`) {
		t.Errorf("code %d:\n%s%s", code, stdout, stderr)
	}
	if manifest := strings.ReplaceAll(readAll(t, filepath.Join(dir, "run")), " ", ""); !strings.Contains(manifest, "rubric.md") || !strings.Contains(manifest, `"hi":10`) {
		t.Error("the manifest has no rubric or range")
	}
}
