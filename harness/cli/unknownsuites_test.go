package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"assay/harness/cli"
)

// renamings replace names in recorded runs with names that assay doesn't know.
var renamings = []string{"truthfulqa", "realtoxicity", "squadv2", "drop", "wmt15_fr_en", "tldr", "true_informative", "true", "informative",
	"toxicity_mean", "toxic_probability", "f1", "exact_match", "bleu", "rouge_l", "win_rate", "winrate"}

// own puts "own_" before the names of suites and metrics in JSON strings and in gates.
func own(text string) string {
	return regexp.MustCompile(`("|suite: |metric: )(`+strings.Join(renamings, "|")+`)("|,)`).ReplaceAllString(text, "${1}own_${2}${3}")
}

// known reverses own.
func known(text string) string { return strings.ReplaceAll(text, "own_", "") }

// TestUnknownSuites estimates, compares and reports a run whose suites and metrics are
// defined only in its manifest. The numbers equal those of the same run under known names.
func TestUnknownSuites(t *testing.T) {
	recorded, err := filepath.Abs("../../fixtures/recorded")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	samples, err := filepath.Glob(filepath.Join(recorded, "*_samples.csv"))
	if err != nil {
		t.Fatal(err)
	}
	do(t, 0, append([]string{"import", "instructgpt-samples", "-o", "known", "--baseline", "scripted-baseline", "--judge", "rule"}, samples...)...)
	do(t, 0, "import", "alpaca-eval", filepath.Join(recorded, "annotations.json"), "-o", "known-wins")
	gates, err := os.ReadFile(filepath.Join(recorded, "gates.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, "known.yaml", string(gates))
	write(t, "own.yaml", own(string(gates)))
	for _, run := range []string{"", "-wins"} {
		if err := os.Mkdir("own"+run, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"manifest.json", "examples.jsonl", "completions.jsonl", "judgements.jsonl"} {
			data, err := os.ReadFile(filepath.Join("known"+run, name))
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join("own"+run, name), own(string(data)))
		}
	}
	for _, c := range []struct {
		code int
		args string
	}{
		{0, "estimate RUN --format csv --suite OWNtruthfulqa,OWNrealtoxicity,OWNsquadv2,OWNdrop,OWNtldr"},
		{0, "estimate RUN --format csv --suite OWNsquadv2 --by category"},
		{0, "estimate RUN-wins --format csv"},
		{0, "compare RUN:scripted-baseline RUN:scripted-candidate --gates GATES --format csv --metric OWNtrue_informative,OWNtoxicity_mean,OWNf1,OWNrouge_l"},
		{1, "compare RUN:scripted-baseline RUN:scripted-regressed --gates GATES --format csv --metric OWNf1"},
	} {
		fill := func(run, own string) []string {
			return strings.Fields(strings.NewReplacer("RUN", run, "OWN", own, "GATES", run+".yaml").Replace(c.args))
		}
		got, want := rows(known(do(t, c.code, fill("own", "own_")...))), rows(do(t, c.code, fill("known", "")...))
		if !slices.Equal(got, want) || len(want) < 3 {
			t.Errorf("%s: got\n%s\nwant\n%s", c.args, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	// The bootstrap's seed depends on the names, so BLEU is only compared in what isn't drawn.
	bleu := func(run, own string) string {
		row := rows(known(do(t, 0, "estimate", run, "--format", "csv", "--suite", own+"wmt15_fr_en")))[1]
		return strings.Join(strings.Split(row, ",")[:5], ",") // up to the point
	}
	if got, want := bleu("own", "own_"), bleu("known", ""); got != want {
		t.Errorf("BLEU %q, want %q", got, want)
	}
	for _, run := range []string{"known", "own"} {
		do(t, 0, "report", run, run+"-wins", "-o", run+"-report", "--baseline", "scripted-baseline", "--gates", run+".yaml")
	}
	for _, name := range []string{"estimates-OWNdrop.txt", "estimates-OWNtruthfulqa.csv", "gates.csv", "bradley-terry.txt", "overview.txt"} {
		read := func(run, own string) string {
			data, err := os.ReadFile(filepath.Join(run+"-report", "tables", strings.Replace(name, "OWN", own, 1)))
			if os.IsNotExist(err) {
				return "none"
			}
			if err != nil {
				t.Fatal(err)
			}
			return string(data)
		}
		if got, want := known(read("own", "own_")), read("known", ""); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// rows returns the sorted rows of a CSV file, since unknown suites are in the manifest's
// order and not in the catalog's.
func rows(csv string) []string {
	all := strings.Split(strings.TrimSpace(csv), "\n")
	slices.Sort(all)
	return all
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// do runs a command that must end with a code, and returns its output.
func do(t *testing.T, code int, args ...string) string {
	t.Helper()
	var out, failed bytes.Buffer
	if got := cli.Main(context.Background(), args, &out, &failed); got != code {
		t.Fatalf("assay %s: exit code %d, want %d\n%s", strings.Join(args, " "), got, code, failed.String())
	}
	return out.String()
}
