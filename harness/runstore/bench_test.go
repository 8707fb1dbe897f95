package runstore

import (
	"fmt"
	"testing"

	"assay/metrics"
)

func judgement(i int) metrics.Judgement {
	return metrics.Judgement{
		Suite: "realtoxicity", Example: fmt.Sprintf("%024x", i/2), Condition: "basic prompt", Model: "ppo-ptx-175b",
		Metric: []string{"toxicity_mean", "toxic_probability"}[i%2], Judge: "perspective", Value: []float64{float64(i%997) / 997},
	}
}

// writeJudgements writes b.N judgements.
func writeJudgements(b *testing.B, s Store) {
	b.Helper()
	w, err := Judgements().Create(s)
	if err != nil {
		b.Fatal(err)
	}
	for i := range b.N {
		j := judgement(i)
		if err := w.Append(&j); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkJudgements writes and reads judgements; ns/op is for one record.
func BenchmarkJudgements(b *testing.B) {
	b.Run("op=write", func(b *testing.B) {
		b.ReportAllocs()
		writeJudgements(b, Dir(b.TempDir()))
	})
	b.Run("op=read", func(b *testing.B) {
		s := Dir(b.TempDir())
		writeJudgements(b, s)
		b.ReportAllocs()
		b.ResetTimer()
		n := 0
		for _, err := range Judgements().Read(s) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != b.N {
			b.Fatalf("read %d records, want %d", n, b.N)
		}
	})
}
