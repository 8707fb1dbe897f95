package export_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/harness/cli"
	"assay/harness/interop"
	"assay/harness/pipeline"
)

// mixed is a table whose metrics have the same names in several suites and mean other things in each:
// kinds, ranges, directions and baselines that the values alone don't show.
func mixed(t *testing.T) pipeline.Source {
	var b strings.Builder
	b.WriteString("example,model,metric,value,suite,condition,baseline,output\n")
	for i := range 40 {
		for m, model := range []string{"sft", "it's ppo"} {
			row := func(suite, metric string, value any, condition, baseline string) {
				fmt.Fprintf(&b, "e%d,%s,%s,%v,%s,%s,%s,\"x, %d\"\n", i, model, metric, value, suite, condition, baseline, i)
			}
			row("alpha", "score", (i*7+m)%2, "", "")                // a mean from 0 to 1
			row("beta", "score", float64((i*5+m)%8)/2, "", "")      // from 0 to 4
			row("gamma", "score", (i*3+m)%2, "", "")                // a proportion
			row("alpha", "loss", float64(i%9)+float64(m)/3, "", "") // without a range, lower is better
			row("gamma", "loss", float64((i+m)%5)/4, "", "")        // from 0, lower is better
			row("beta", "bias", float64((i+m)%3)/2, "plain text", "")
			if m == 1 {
				row("gamma", "win", []string{"0", "0.5", "1", ""}[(i*i+i)%4], "", "sft")
			}
		}
	}
	path := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return imported(t, "scores", interop.Table{
		Kinds: []string{"alpha/score=mean", "loss=mean"}, Ranges: []string{"alpha/score=0:1", "beta/score=0:4", "gamma/loss=0:"},
		Directions: []string{"loss=lower", "beta/bias=none"},
	}, path)
}

// The command that an export prints reads the table back as it stands: estimates, intervals,
// directions and ranges are those of the run.
func TestReadBackCommand(t *testing.T) {
	src := mixed(t)
	want, wanted := estimates(t, src), definitions(t, src)
	if len(want) != 13 {
		t.Fatalf("%d estimates", len(want))
	}
	for _, format := range []string{"csv", "parquet"} {
		t.Chdir(t.TempDir())
		var out, said bytes.Buffer
		if code := cli.Main(context.Background(), []string{"export", src.Path, "--format", format, "-o", "a table"}, &out, &said); code != 0 {
			t.Fatalf("%s: exit code %d, %s", format, code, said.String())
		}
		_, line, ok := strings.Cut(said.String(), "to read it into a new run: assay ")
		if !ok || strings.Count(said.String(), "\n") != 1 {
			t.Fatalf("%s: said %s", format, said.String())
		}
		if code := cli.Main(context.Background(), shellWords(t, strings.TrimSpace(line)), &out, &said); code != 0 {
			t.Fatalf("%s: %s: exit code %d, %s", format, line, code, said.String())
		}
		back, err := pipeline.OpenRun("a table-run")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, estimates(t, back), cmpopts.EquateApprox(1e-12, 0)); diff != "" {
			t.Errorf("%s, %s: %.2000s", format, line, diff)
		}
		if diff := cmp.Diff(wanted, definitions(t, back)); diff != "" {
			t.Errorf("%s, %s: %.2000s", format, line, diff)
		}
	}
}

// definitions are the kind, the range and the direction of a run's metrics.
func definitions(t *testing.T, src pipeline.Source) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, d := range src.Manifest.Suites {
		for i := range d.Metrics {
			m := d.Metrics[i].Metric()
			even := math.NaN()
			if m.Even != nil {
				even = *m.Even
			}
			all[d.Name+"/"+m.Name] = fmt.Sprintf("%v, %s, %v, %v", m.Kind, m.Span(), m.Direction, even)
		}
	}
	if len(all) != 7 {
		t.Fatalf("definitions %v", all)
	}
	return all
}

// shellWords are a command's words as a shell reads them.
func shellWords(t *testing.T, line string) (words []string) {
	t.Helper()
	var word strings.Builder
	quoted, any := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\'':
			quoted, any = !quoted, true
		case c == '\\' && !quoted:
			i++
			word.WriteByte(line[i])
		case c == ' ' && !quoted:
			words = append(words, word.String())
			word.Reset()
			any = false
		default:
			word.WriteByte(c)
			any = true
		}
	}
	if quoted {
		t.Fatalf("a quote without an end: %s", line)
	}
	if any {
		words = append(words, word.String())
	}
	return words
}
