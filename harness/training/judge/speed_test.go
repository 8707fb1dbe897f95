package judge

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"assay/fixtures"
	"assay/harness/leaf/cputime"
	"assay/harness/plan"
	"assay/models/linear"
)

// The speed of the judge that comes with assay on RealToxicityPrompts' texts, of about 15 words, on all
// threads: texts a second, and texts a second of processor time, which other work on the machine
// changes less. Needs ASSAY_DATA.
func BenchmarkShippedJudge(b *testing.B) {
	data := os.Getenv("ASSAY_DATA")
	if data == "" {
		b.Skip("needs ASSAY_DATA")
	}
	files, _ := fixtures.Judge("toxicity")
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, linear.File), files[linear.File], 0o600); err != nil {
		b.Fatal(err)
	}
	m, err := linear.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	rows, err := Read(filepath.Join(data, "rtp", "quark_val.jsonl"), plan.TaskToxicity)
	if err != nil {
		b.Fatal(err)
	}
	texts, start, used := 0, time.Now(), cputime.Used()
	for b.Loop() {
		if _, err := linearJudging(m).all(b.Context(), rows, nil); err != nil {
			b.Fatal(err)
		}
		texts += len(rows)
	}
	b.ReportMetric(float64(texts)/time.Since(start).Seconds(), "texts/s")
	if cpu := cputime.Used() - used; cpu > 0 {
		b.ReportMetric(float64(texts)/cpu.Seconds(), "texts/cpu-s")
	}
}
