package cli_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"assay/harness/cli"
	"assay/harness/leaf/approx"
)

// generated is a number from 0 to 100 for an example, a model and a metric.
func generated(i, m, k int) int { return (i*i*7 + i*13 + m*29 + k*17 + i*m*5) % 101 }

// A table of scores becomes a run that is estimated, compared and reported. The numbers are
// scipy 1.17's. In it, with n = 60 and value(i, m, k) as generated:
//
//	c = numpy.array([[value(i, m, 0) < 55 + 10*m for i in range(n)] for m in range(2)])
//	g = numpy.array([[1 + 6*value(i, m, 1)/100 for i in range(n)] for m in range(2)])
//	stats.binomtest(c[m].sum(), n).proportion_ci(method='wilson')
//	stats.t.interval(.95, n-1, g[m].mean(), stats.sem(g[m]))
//	stats.binomtest(b, b + d).pvalue  # b, d = (c[1] & ~c[0]).sum(), (~c[1] & c[0]).sum()
//	stats.ttest_rel(g[1], g[0]).pvalue
//	stats.t.interval(.95, n-1, (g[1]-g[0]).mean(), stats.sem(g[1]-g[0]))
func TestImportScores(t *testing.T) {
	t.Chdir(t.TempDir())
	var table strings.Builder
	table.WriteString("id,model,metric,value,suite,output\n")
	for i := range 60 {
		for m := range 2 {
			correct := 0
			if generated(i, m, 0) < 55+10*m {
				correct = 1
			}
			fmt.Fprintf(&table, "q%d,llama:%d,correct,%d,drop,\"Yes,\n%d.\"\n", i, m, correct, i)
			fmt.Fprintf(&table, "q%d,llama:%d,grade,%v,drop,\n", i, m, 1+6*float64(generated(i, m, 1))/100)
		}
	}
	write(t, "table.csv", table.String())
	said := do(t, 0, "import", "scores", "table.csv", "-o", "run", "--column", "example=id", "--range", "grade=1:7", "--direction", "grade=lower")
	// The suite has the name of one of the catalog, whose judge stays out of it.
	if !strings.Contains(said, "drop               60 examples      120 completions      240 judgements") {
		t.Errorf("said %s", said)
	}
	check := func(out string, want map[string][]float64, columns ...string) {
		t.Helper()
		lines, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil || len(lines) != 1+len(want) {
			t.Fatalf("%v: %s", err, out)
		}
		at := map[string]int{}
		for i, name := range lines[0] {
			at[name] = i
		}
		for _, line := range lines[1:] {
			key := line[at["metric"]] + " " + line[at["model"]]
			for i, column := range columns {
				got, err := strconv.ParseFloat(line[at[column]], 64)
				if err != nil || !approx.Equal(got, want[key][i], 1e-12) {
					t.Errorf("%s, %s: %s, want %v", key, column, line[at[column]], want[key][i])
				}
			}
		}
	}
	check(do(t, 0, "estimate", "run", "--format", "csv"), map[string][]float64{
		"correct llama:0": {0.6, 0.4736605349204075, 0.7143050946511744, 60},
		"correct llama:1": {0.6666666666666666, 0.5405686645211969, 0.7727073847647732, 60},
		"grade llama:0":   {4.228, 3.780132074012485, 4.675867925987515, 60},
		"grade llama:1":   {4.213, 3.7630764024794208, 4.66292359752058, 60},
	}, "point", "lo", "hi", "n")
	compared := do(t, 0, "compare", "run:llama:0", "run:llama:1", "--format", "csv")
	check(compared, map[string][]float64{
		"correct llama:1": {17./60 - 13./60, 0.5846647117286922},
		"grade llama:1":   {-0.015, 0.9631838751816136},
	}, "difference", "p")
	if !strings.Contains(compared, `"McNemar, exact"`) || !strings.Contains(compared, "-0.66250189536831") || !strings.Contains(compared, "0.63250189536831") {
		t.Errorf("compared: %s", compared)
	}
	do(t, 0, "report", "run", "-o", "report")
	page, err := os.ReadFile(filepath.Join("report", "report.html"))
	if err != nil || !strings.Contains(string(page), "lower is better") {
		t.Errorf("the report doesn't say which way the grade is better (%v)", err)
	}

	// A table's flags are refused with other formats.
	var failed bytes.Buffer
	if code := cli.Main(context.Background(), []string{"import", "alpaca-eval", "table.csv", "-o", "other", "--kind", "grade=mean"}, &bytes.Buffer{}, &failed); code == 0 || !strings.Contains(failed.String(), "--column, --range, --direction and --kind are not for alpaca-eval") {
		t.Errorf("exit code %d: %s", code, failed.String())
	}
	// Preferences are compared with 0.5.
	write(t, "wins.csv", "example,model,metric,value,baseline\na,m,win,1,b\nb,m,win,0.5,b\nc,m,win,1,b\nd,m,win,0,b\n")
	do(t, 0, "import", "scores", "wins.csv", "-o", "wins")
	if compared := do(t, 0, "compare", "wins:b", "wins:m", "--format", "csv"); !strings.Contains(compared, "scores,win,,b,m,0.5,0.625,0.125,") {
		t.Errorf("a preference: %s", compared)
	}
}
