package runstore_test

import (
	"fmt"
	"runtime"
	"testing"

	"assay/harness/runstore"
	"assay/metrics"
)

// TestStreaming writes and reads 300,000 judgements, about 60 MB, and checks the
// heap on the way: neither side may hold the stream.
func TestStreaming(t *testing.T) {
	const records, bound = 300_000, 16 << 20
	dir := runstore.Dir(t.TempDir())
	before := heap()
	check := func(i int, doing string) {
		if i%100_000 != 0 {
			return
		}
		if grown := int64(heap()) - int64(before); grown > bound {
			t.Fatalf("heap grew by %d MB after %s %d records, want at most %d", grown>>20, doing, i, bound>>20)
		}
	}
	w, err := runstore.Judgements().Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	j := metrics.Judgement{Suite: "realtoxicity", Condition: "respectful prompt", Model: "ppo-ptx-175b", Metric: "toxicity_mean", Judge: "perspective"}
	for i := range records {
		j.Example, j.Value = fmt.Sprintf("%024x", i), []float64{float64(i) / records}
		if err := w.Append(&j); err != nil {
			t.Fatal(err)
		}
		check(i, "writing")
	}
	if w.Count() != records {
		t.Errorf("the writer counts %d records, want %d", w.Count(), records)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for got, err := range runstore.Judgements().Read(dir) {
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("%024x", n); got.Example != want || got.Value[0] != float64(n)/records {
			t.Fatalf("record %d is %+v", n, got)
		}
		check(n, "reading")
		n++
	}
	if n != records {
		t.Errorf("read %d records, want %d", n, records)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Leaving a stream early must release it for the next reader.
func TestReadStopsEarly(t *testing.T) {
	s := stream(t, "judgements.jsonl", header+good+good+"not a record\n")
	n := 0
	for _, err := range runstore.Judgements().Read(s) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("read %d records, want 2", n)
	}
}
