package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/cli"
	"assay/harness/runstore"
)

// A second run in a folder reports which process holds it, and changes nothing.
func TestTwoRunsOnOneFolder(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"plan.yaml":     "models:\n  - {name: m, model: \"replay:outputs.json\"}\nsuites:\n  - {suite: winrate, data: prompts.jsonl}\n",
		"prompts.jsonl": "{\"instruction\":\"Say a.\"}\n",
		"outputs.json":  `[{"instruction":"Say a.","output":"a","generator":"m"}]`,
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "run")
	if err := os.Mkdir(out, 0o755); err != nil {
		t.Fatal(err)
	}
	lock, err := runstore.Dir(out).Lock("process 42 on another host")
	if err != nil {
		t.Fatal(err)
	}
	run := func() (int, string) {
		var stdout, stderr bytes.Buffer
		code := cli.Main(t.Context(), []string{"run", filepath.Join(dir, "plan.yaml"), "-o", out}, &stdout, &stderr)
		return code, stderr.String()
	}
	code, said := run()
	if code != cli.ExitBadInput || !strings.Contains(said, "being written by process 42 on another host") || strings.Count(said, "\n") != 1 {
		t.Errorf("a held folder: code %d, %q", code, said)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	if code, said := run(); code != cli.ExitOK {
		t.Errorf("a free folder: code %d, %q", code, said)
	}
}
