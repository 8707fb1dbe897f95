package cli

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assay/harness/plan"
	"assay/harness/suitefile"
	"assay/harness/terminal"
	"assay/suites"
)

const moduleRoot = "../.."

// everyCommand calls visit with each command that users see, and its full name: "data ls".
func everyCommand(visit func(words string, cmd *cobra.Command)) {
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() && sub.Name() != "help" {
				visit(strings.TrimPrefix(sub.CommandPath(), "assay "), sub)
				walk(sub)
			}
		}
	}
	walk(newRoot(terminal.Console{Out: io.Discard, Err: io.Discard}))
}

func readText(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestDocsCoverEveryCommandAndFlag(t *testing.T) {
	readme := readText(t, filepath.Join(moduleRoot, "README.md"))
	everyCommand(func(words string, cmd *cobra.Command) {
		name, _, _ := strings.Cut(words, " ")
		page := readText(t, filepath.Join(moduleRoot, "docs", name+".md"))
		if !strings.Contains(page, "assay "+words) && !strings.Contains(page, "`"+cmd.Name()+"`") {
			t.Errorf("docs/%s.md does not mention assay %s", name, words)
		}
		if !strings.Contains(readme, "docs/"+name+".md") {
			t.Errorf("the README has no link to docs/%s.md", name)
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && !regexp.MustCompile("--"+f.Name+`\b`).MatchString(page) {
				t.Errorf("docs/%s.md does not mention --%s of assay %s", name, f.Name, words)
			}
		})
	})
}

// The exit codes are described in the same words in each help and on each page.
func TestExitCodesAgree(t *testing.T) {
	codes := regexp.MustCompile(`(?m)^  (\d)  (.*)$`).FindAllStringSubmatch(exitCodes, -1)
	if len(codes) != 5 {
		t.Fatalf("%d exit codes, want 5", len(codes))
	}
	for _, name := range []string{"compare", "run"} {
		page := readText(t, filepath.Join(moduleRoot, "docs", name+".md"))
		for _, code := range codes {
			if row := "| " + code[1] + " | " + code[2] + " |\n"; !strings.Contains(page, row) {
				t.Errorf("docs/%s.md lacks the row %s", name, row)
			}
		}
	}
	root := newRoot(terminal.Console{Out: io.Discard, Err: io.Discard})
	for _, args := range [][]string{nil, {"compare"}, {"run"}} {
		if cmd, _, err := root.Find(args); err != nil || !strings.Contains(cmd.Long, exitCodes) {
			t.Errorf("assay %s --help lacks the exit codes, or %v", args, err)
		}
	}
}

// Prose in help fits a terminal; configurations and tables, which are indented, may be wider.
func TestHelpIsWrapped(t *testing.T) {
	everyCommand(func(words string, cmd *cobra.Command) {
		for _, line := range strings.Split(cmd.Long, "\n") {
			if len(line) > 92 && !strings.HasPrefix(line, "  ") {
				t.Errorf("assay %s --help has a line of %d letters: %s", words, len(line), line)
			}
		}
	})
}

func TestExamplesParse(t *testing.T) {
	everyCommand(func(words string, cmd *cobra.Command) {
		if cmd.Example == "" {
			t.Errorf("assay %s --help has no example", words)
		}
		for _, line := range strings.Split(cmd.Example, "\n") {
			checkExample(t, "assay "+words+" --help", line)
		}
	})
	for _, page := range markdownPages(t) {
		fenced := false
		for _, line := range strings.Split(readText(t, page), "\n") {
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			} else if fenced {
				checkExample(t, page, line)
			}
		}
	}
}

// checkExample parses a line that calls assay: its command, flags and number of arguments.
func checkExample(t *testing.T, where, line string) {
	t.Helper()
	args := exampleArgs(line)
	if args == nil {
		return
	}
	cmd, rest, err := newRoot(terminal.Console{Out: io.Discard, Err: io.Discard}).Find(args)
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err == nil {
		err = cmd.ValidateArgs(cmd.Flags().Args())
	}
	if err != nil {
		t.Errorf("%s: %s: %v", where, strings.TrimSpace(line), err)
	}
}

// shellWord is a word of a shell's line, as far as examples need one: quoted or bare.
var shellWord = regexp.MustCompile(`"[^"]*"|'[^']*'|[^\s"']+`)

// exampleArgs are the arguments of a line that calls assay, without comments and
// redirections; nil if the line calls something else.
func exampleArgs(line string) []string {
	words := shellWord.FindAllString(line, -1)
	for len(words) > 0 && (words[0] == "$" || strings.Contains(words[0], "=")) {
		words = words[1:]
	}
	if len(words) == 0 || words[0] != "assay" && words[0] != "./assay" {
		return nil
	}
	args := []string{}
	for _, w := range words[1:] {
		if w == "#" || w == ">" || w == "<" {
			break
		}
		args = append(args, strings.Trim(w, `"'`))
	}
	return args
}

// markdownPages are the pages of documentation.
func markdownPages(t *testing.T) []string {
	t.Helper()
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "fixtures/*/README.md"} {
		found, err := filepath.Glob(filepath.Join(moduleRoot, pattern))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	return pages
}

func TestLinksResolve(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	count := 0
	for _, page := range markdownPages(t) {
		for _, m := range link.FindAllStringSubmatch(readText(t, page), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			count++
			path := filepath.Join(filepath.Dir(page), target)
			if target == "" {
				path = page
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s links to %s, which does not exist", page, m[1])
				continue
			}
			if anchor != "" && !hasHeading(readText(t, path), anchor) {
				t.Errorf("%s links to %s: no heading has that anchor", page, m[1])
			}
		}
	}
	if count < 20 {
		t.Errorf("%d links found: the pattern no longer finds them", count)
	}
}

// hasHeading reports whether a page has a heading with GitHub's anchor.
func hasHeading(page, anchor string) bool {
	for _, line := range strings.Split(page, "\n") {
		if title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "#") {
			made := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(title), "")
			if strings.ReplaceAll(made, " ", "-") == anchor {
				return true
			}
		}
	}
	return false
}

// TestDocumentedConfigurationsParse reads each YAML block of docs/ and of the commands'
// help as the command reads its file.
func TestDocumentedConfigurationsParse(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(moduleRoot, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	block := regexp.MustCompile("(?s)```yaml\n(.*?)```")
	for _, page := range pages {
		for _, m := range block.FindAllStringSubmatch(readText(t, page), -1) {
			count++
			if err := readConfiguration(t, m[1]); err != nil {
				t.Errorf("%s: %v, in\n%s", page, err, m[1])
			}
		}
	}
	indented := regexp.MustCompile(`(?m)^  [a-z_]+:.*\n(  .*\n)*`)
	everyCommand(func(words string, cmd *cobra.Command) {
		for _, config := range indented.FindAllString(cmd.Long+"\n", -1) {
			count++
			if err := readConfiguration(t, strings.ReplaceAll(strings.TrimPrefix(config, "  "), "\n  ", "\n")); err != nil {
				t.Errorf("assay %s --help: %v, in\n%s", words, err, config)
			}
		}
	})
	if count < 12 {
		t.Errorf("%d configurations found: the patterns no longer find them", count)
	}
}

// anySuite opens a suite file or a task that a plan of the documentation names but that isn't
// there: a suite of that name by exact match.
func anySuite(t *testing.T) plan.Opener {
	return func(reference, _ string) ([]suites.Suite, bool, error) {
		if !strings.HasSuffix(reference, ".yaml") && !strings.HasPrefix(reference, "lm-eval:") {
			return nil, false, nil
		}
		name := strings.TrimSuffix(filepath.Base(reference), ".yaml")
		name = regexp.MustCompile(`[^a-z_]+`).ReplaceAllString(name, "_")
		path := filepath.Join(t.TempDir(), "own.yaml")
		content := "name: " + name + "\ndata: a.csv\nprompt: \"{{ question }}\"\nreferences: answer\nmetrics: [exact_match]\n"
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := suitefile.Open(path)
		return []suites.Suite{s}, true, err
	}
}

// readConfiguration reads a file by its content. Models without suites get one. A block with
// only comments is not a file.
func readConfiguration(t *testing.T, config string) error {
	t.Helper()
	if !regexp.MustCompile(`(?m)^[^#\n]`).MatchString(config) {
		return nil
	}
	path := filepath.Join(t.TempDir(), "config.yaml")
	has := func(field string) bool { return regexp.MustCompile(`(?m)\b` + field + `:`).MatchString(config) }
	if has("runs") {
		path := filepath.Join(t.TempDir(), "label.yaml")
		if err := os.WriteFile(path, []byte(config), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := plan.ReadLabel(path)
		return err
	}
	if has("models") && !has("suites") {
		config += "suites: [{suite: tldr}]\n"
	}
	if err := os.WriteFile(path, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	var err error
	switch {
	case has("models"):
		_, err = plan.ReadRun(path, suitefile.Catalog(), anySuite(t))
	case regexp.MustCompile(`(?m)^(prompt|conditions):`).MatchString(config):
		_, err = suitefile.Open(path)
	case has("gates"):
		_, err = plan.ReadGates(path, suitefile.Catalog())
	case regexp.MustCompile(`(?m)^kind:`).MatchString(config):
		_, err = plan.ReadTrainedJudge(path)
	case has("iterations"):
		_, err = plan.ReadPPO(path)
	case has("tokenizer"):
		_, err = plan.ReadTrain(path, plan.Pretrain)
	case has("preferences"):
		_, err = plan.ReadReward(path)
	default:
		_, err = plan.ReadTrain(path, plan.SFT)
	}
	return err
}
