package reproduce

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

var aboutTime = regexp.MustCompile(`about (\S+) on two cores`)

// Help, documentation and dry run give one time for a budget.
func TestBudgetLines(t *testing.T) {
	docs, err := os.ReadFile("../../docs/reproduce.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(BudgetLines()), "\n")
	if len(lines) != len(Budgets()) {
		t.Fatalf("%d lines for %d budgets", len(lines), len(Budgets()))
	}
	for i, b := range Budgets() {
		var shown strings.Builder
		r := Runner{Options: Options{Budget: b, First: 100, Seeds: b.Seeds, Sweeps: b.Sweeps}}
		if err := r.ShowSteps(&shown); err != nil {
			t.Fatal(err)
		}
		dry, help := timeIn(t, shown.String()), timeIn(t, lines[i])
		if ratio := help.Seconds() / dry.Seconds(); ratio < 0.8 || ratio > 1.2 {
			t.Errorf("%s: help says %v, the dry run %v", b.Name, help, dry)
		}
		row := "| `" + b.Name + "` | " + b.Line() + " |"
		if !strings.Contains(strings.ReplaceAll(string(docs), "`--list`", "--list"), row) {
			t.Errorf("docs/reproduce.md lacks the row %s", row)
		}
	}
}

func timeIn(t *testing.T, text string) time.Duration {
	t.Helper()
	m := aboutTime.FindAllStringSubmatch(text, -1)
	if len(m) == 0 {
		t.Fatalf("no time in %q", text)
	}
	d, err := time.ParseDuration(m[len(m)-1][1])
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRoughly(t *testing.T) {
	for seconds, want := range map[float64]string{3: "10s", 38: "40s", 118: "2m0s", 130: "2m", 356: "6m", 1146: "19m", 6000: "1h40m", 2400: "40m", 7200: "2h0m"} {
		if got := roughly(seconds); got != want {
			t.Errorf("roughly(%v) = %s, want %s", seconds, got, want)
		}
	}
}
