package harness_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cliMost is the most lines that the commands may have. They are flags, wiring and printing: what a
// command works out belongs in the package whose subject it is, where tests and other commands can call
// it without a command line. A command that needs more lines than are left has work to move.
const cliMost = 3000

func TestCommandsStaySmall(t *testing.T) {
	files, err := filepath.Glob("cli/*.go")
	if err != nil {
		t.Fatal(err)
	}
	lines, counted := 0, 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines += bytes.Count(text, []byte("\n"))
		counted++
	}
	if counted < 20 {
		t.Fatalf("found only %d files of harness/cli", counted)
	}
	if lines > cliMost {
		t.Errorf("harness/cli has %d lines without its tests, more than %d: move what is not flags, wiring or printing to the package that it belongs to", lines, cliMost)
	}
}
