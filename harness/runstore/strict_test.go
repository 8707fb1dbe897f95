package runstore_test

import (
	"io"
	"math"
	"strings"
	"testing"

	"assay/harness/leaf/place"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/models"
)

const (
	header = `{"assay":"judgements","version":1}` + "\n"
	good   = `{"suite":"s","example":"e","model":"m","metric":"x","judge":"j","value":[1]}` + "\n"
)

// stream is a store that holds one file with the given content.
func stream(t testing.TB, file, content string) runstore.Store {
	t.Helper()
	s := new(runstore.Memory)
	p, err := s.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(p, content); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(); err != nil {
		t.Fatal(err)
	}
	return s
}

// readError reads until the first error and counts the records before it.
func readError[T any](k runstore.Kind[T], s runstore.Store) (records int, err error) {
	for _, err := range k.Read(s) {
		if err != nil {
			return records, err
		}
		records++
	}
	return records, nil
}

func TestReadIsStrict(t *testing.T) {
	without := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	tests := []struct {
		name, content string
		records       int
		want          string // expected after "memory:judgements.jsonl:"
	}{
		{"unknown member", header + good + without(`"model"`, `"vlaue":[1],"model"`), 1, `3: unknown member "vlaue"; remove it, or use the version of assay that wrote the file`},
		{"unknown member with a line end", header + `{"a\nb":1}` + "\n", 0, `2: unknown member "a\nb"; remove it, or use the version of assay that wrote the file`},
		{"members differ by case", header + without(`"suite"`, `"Suite"`), 0, `2: unknown member "Suite"; remove it`},
		{"duplicate member", header + good + good + without(`"suite"`, `"suite":"s","suite"`), 2, `4: member "suite" appears twice; remove one of the two`},
		{"invalid UTF-8", header + without(`"s"`, "\"\xff\""), 0, `2: not a JSON record (byte 10): invalid UTF-8; fix the line or repeat the command that wrote it`},
		{"surrogate without its pair", header + without(`"s"`, `"\ud800"`), 0, `2: not a JSON record`},
		{"number for text", header + without(`"s"`, `5`), 0, `2: member "suite": a JSON number does not belong there; repeat the command that wrote it`},
		{"text for a number", header + without(`[1]`, `["1"]`), 0, `2: member "value/0": a JSON string does not belong there; repeat the command that wrote it`},
		{"a record that is a number", header + "5\n", 0, `2: record: a JSON number does not belong there; repeat the command that wrote it`},
		{"a record that is null", header + "null\n", 0, `2: record is null; leave the member out`},
		{"null for text", header + without(`"j"`, `null`), 0, `2: member "judge" is null; leave the member out where there is no value`},
		{"null for a number", header + without(`[1]`, `[null]`), 0, `2: member "value/0" is null; leave the member out`},
		{"fraction for a count", header + without(`"judge"`, `"sample":1.5,"judge"`), 0, `2: member "sample": invalid syntax; repeat the command that wrote it`},
		{"number out of range", header + without(`[1]`, `[1e999]`), 0, `2: member "value/0": value out of range; repeat the command that wrote it`},
		{"NaN", header + good + without(`[1]`, `[NaN]`), 1, `3: not a JSON record (byte 73): invalid character 'N' at start of value; fix the line or repeat the command that wrote it`},
		{"a line that ends in its record", header + good[:len(good)-5] + "\n" + good, 0, `2: the line ends in the middle of the record (byte `},
		{"NaN as text", header + without(`[1]`, `["NaN"]`), 0, `2: member "value/0": a JSON string does not belong there`},
		{"two records on a line", header + strings.TrimSpace(good) + good, 0, `2: not a JSON record`},
		{"empty line", header + good + "\n" + good, 1, `3: empty line; remove it`},
		{"line of white space", header + good + " \t\r\n" + good, 1, `3: empty line; remove it`},
		{"torn last line", header + good + good[:40], 1, `3: cut-off line: the file ends in the middle of a record; repeat the command that wrote it`},
		{"last line without its end", header + good + strings.TrimSpace(good), 1, `3: cut-off line`},
		{"torn header", `{"assay":"judg`, 0, `1: cut-off line`},
		{"empty file", "", 0, `1: the file is empty; its first line should be the header of judgements`},
		{"no header", good, 0, `1: no header: the first line should be {"assay":"judgements","version":1}`},
		{"header with another member", `{"assay":"judgements","version":1,"x":1}` + "\n", 0, `1: no header: the first line should be`},
		{"other kind", `{"assay":"examples","version":1}` + "\n" + good, 0, `1: the header says "examples", not "judgements"; check the file's name`},
		{"later version", `{"assay":"judgements","version":2}` + "\n" + good, 0, `1: schema version 2, and this assay reads version 1; use a later assay`},
		{"no version", `{"assay":"judgements"}` + "\n" + good, 0, `1: schema version 0, and this assay reads version 1; repeat the command that wrote it`},
		{"value and missing", header + without(`[1]`, `[1],"missing":"why"`), 0, `2: judgement with both a value and a reason for its absence`},
		{"neither value nor missing", header + good + without(`,"value":[1]`, ``), 1, `3: judgement with neither a value nor a reason for its absence`},
		{"no metric", header + without(`"x"`, `""`), 0, `2: judgement without a metric`},
		{"after a very long line", header + without(`"j"`, `"`+strings.Repeat("j", 1<<20)+`"`) + "x\n", 1, `3: not a JSON record`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			records, err := readError(runstore.Judgements(), stream(t, "judgements.jsonl", tt.content))
			if err == nil {
				t.Fatalf("read %d records without an error, want %s", records, tt.want)
			}
			if want := "memory:judgements.jsonl:" + tt.want; !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("the message has several lines: %q", err)
			}
			if records != tt.records {
				t.Errorf("%d records before the error, want %d", records, tt.records)
			}
			if !place.Known(err) {
				t.Errorf("error is a %T, want *place.Error", err)
			}
		})
	}
}

func TestReadTakesCRLF(t *testing.T) {
	content := strings.ReplaceAll(header+good+good, "\n", "\r\n")
	if n, err := readError(runstore.Judgements(), stream(t, "judgements.jsonl", content)); n != 2 || err != nil {
		t.Errorf("read %d records, %v; want 2", n, err)
	}
}

// An inlined embedded struct must not let unknown or null members in.
func TestInlinedIntervalIsStrict(t *testing.T) {
	const key = `"suite":"s","metric":"x","model":"m"`
	tests := []struct{ name, record, want string }{
		{"unknown member", `{` + key + `,"point":1,"pont":1}`, `unknown member "pont"`},
		{"the Go name", `{` + key + `,"Interval":{"point":1}}`, `unknown member "Interval"`},
		{"unknown member below", `{` + key + `,"worst_case":{"lo":0,"high":1}}`, `unknown member "worst_case/high"`},
		{"null", `{` + key + `,"point":null}`, `member "point" is null`},
		{"twice", `{` + key + `,"point":1,"point":1}`, `member "point" appears twice`},
		{"no key", `{}`, `estimate without a suite, a metric or a model`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := stream(t, "estimates.jsonl", `{"assay":"estimates","version":1}`+"\n"+tt.record+"\n")
			_, err := readError(runstore.Estimates(), s)
			if want := "memory:estimates.jsonl:2: " + tt.want; err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestNoIntervalIsNoZero(t *testing.T) {
	const record = `{"suite":"s","metric":"x","model":"m","unscored":3}`
	s := stream(t, "estimates.jsonl", `{"assay":"estimates","version":1}`+"\n"+record+"\n")
	for e, err := range runstore.Estimates().Read(s) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Interval != nil {
			t.Errorf("an estimate without a point was read with interval %+v", *e.Interval)
		}
	}
}

// What can't be read back can't be written. Append refuses it or, since records
// are encoded in the background, Commit does. The old stream stays.
func TestWriteIsStrict(t *testing.T) {
	j := metrics.Judgement{Suite: "s", Example: "e", Model: "m", Metric: "x"}
	nan, none, both, text := j, j, j, j
	nan.Value = []float64{math.NaN()}
	both.Value, both.Missing = []float64{1}, "why"
	text.Missing = "\xff"
	for name, j := range map[string]metrics.Judgement{"NaN": nan, "neither": none, "both": both, "invalid UTF-8": text} {
		t.Run(name, func(t *testing.T) { refuseWrite(t, runstore.Judgements(), j) })
	}
	t.Run("estimate of NaN", func(t *testing.T) {
		refuseWrite(t, runstore.Estimates(), metrics.Estimate{Suite: "s", Metric: "x", Model: "m", Interval: &metrics.Interval{Point: math.NaN()}})
	})
	t.Run("estimate of two points", func(t *testing.T) {
		refuseWrite(t, runstore.Estimates(), metrics.Estimate{Suite: "s", Metric: "x", Model: "m", Interval: &metrics.Interval{Point: 3}, Alone: new(3.0)})
	})
	t.Run("estimate with an infinite confidence", func(t *testing.T) {
		refuseWrite(t, runstore.Estimates(), metrics.Estimate{Suite: "s", Metric: "x", Model: "m", Confidence: math.Inf(1)})
	})
	t.Run("completion without a model", func(t *testing.T) {
		refuseWrite(t, runstore.Completions(), models.Completion{ID: "i", Suite: "s", Example: "e"})
	})
}

func refuseWrite[T any](t *testing.T, k runstore.Kind[T], record T) {
	t.Helper()
	for _, count := range []int{1, 5000} { // the later one fails while more records follow
		s := new(runstore.Memory)
		if err := k.WriteAll(s, nil); err != nil {
			t.Fatal(err)
		}
		records := make([]T, count)
		for i := range records {
			records[i] = record
		}
		err := k.WriteAll(s, records)
		if err == nil || !strings.Contains(err.Error(), k.Name) {
			t.Errorf("%d records: error %v, want one that names %s", count, err, k.Name)
		}
		if n, err := readError(k, s); n != 0 || err != nil {
			t.Errorf("%d records: afterwards %d records, %v; want the old, empty stream", count, n, err)
		}
	}
}
