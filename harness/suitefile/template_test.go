package suitefile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/suitefile"
	"assay/suites"
)

// A column that a message suggests can be written as it says: the suggestion is put into the file.
func TestSuggestedColumn(t *testing.T) {
	for column, want := range map[string]string{"q": "q", "Ticket No": `row["Ticket No"]`, "not": `row["not"]`, "none": `row["none"]`, "true": `row["true"]`, "a-b": `row["a-b"]`, "2nd": `row["2nd"]`, "Größe": `row["Größe"]`} {
		dir := t.TempDir()
		load := func(prompt string) error {
			for file, text := range map[string]string{"s.yaml": "data: d.csv\nprompt: '" + prompt + "'\nmetrics: [words]\n", "d.csv": column + ",b\nWhy?,1\nHow?,2\nWho?,3\n"} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			s, err := suitefile.Open(filepath.Join(dir, "s.yaml"))
			if err != nil {
				return err
			}
			_, err = s.Live.Load(suites.Files{})
			return err
		}
		if err := load("the same"); err == nil || !strings.HasSuffix(err.Error(), "such as {{ "+want+" }}") {
			t.Errorf("%s: %v, want the suggestion %s", column, err, want)
		}
		if err := load("{{ " + want + " }}"); err != nil {
			t.Errorf("%s: the suggestion fails: %v", column, err)
		}
	}
}
