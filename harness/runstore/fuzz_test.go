package runstore_test

import (
	"io"
	"strings"
	"testing"

	"assay/harness/runstore"
)

// FuzzRead reads arbitrary bytes as every kind. A stream that reads must be
// written again, and then read back byte for byte.
func FuzzRead(f *testing.F) {
	f.Add([]byte(header + good + good))
	f.Add([]byte(header + strings.Replace(good, `[1]`, `[0.1,1e-320,-0]`, 1)))
	f.Add([]byte(header + strings.Replace(good, `"value":[1]`, `"value":[],"missing":"\u2028\n"`, 1)))
	f.Add([]byte(`{"assay":"estimates","version":1}` + "\n" + `{"suite":"s","metric":"x","model":"m","lo":0.5,"worst_case":{},"warnings":[]}` + "\n"))
	f.Add([]byte(`{"assay":"examples","version":1}` + "\n" + `{"id":"i","suite":"s","input":"","references":["a|b",""],"cluster":"c","fields":{"a":"b","":""}}` + "\n"))
	f.Add([]byte(`{"assay":"completions","version":1}` + "\r\n" + ` { "id" : "i" } `))
	f.Fuzz(func(t *testing.T, data []byte) {
		again(t, runstore.Examples(), data)
		again(t, runstore.Completions(), data)
		again(t, runstore.Judgements(), data)
		again(t, runstore.Estimates(), data)
		again(t, runstore.Timings(), data)
	})
}

func again[T any](t *testing.T, k runstore.Kind[T], data []byte) {
	first, ok := rewrite(t, k, string(data))
	if !ok {
		return
	}
	second, ok := rewrite(t, k, first)
	if !ok {
		t.Fatalf("%s: what was written can't be read: %q", k.Name, first)
	}
	if first != second {
		t.Fatalf("%s: one stream, two forms:\n%q\n%q", k.Name, first, second)
	}
}

// rewrite reads a stream and writes it; false where it can't be read.
func rewrite[T any](t *testing.T, k runstore.Kind[T], data string) (string, bool) {
	s := stream(t, k.File(), data)
	var records []T
	for r, err := range k.Read(s) {
		if err != nil {
			if !strings.HasPrefix(err.Error(), "memory:"+k.File()+":") || strings.ContainsAny(err.Error(), "\n\r") {
				t.Fatalf("error without its place, or of several lines: %q", err)
			}
			return "", false
		}
		records = append(records, *r)
	}
	if err := k.WriteAll(s, records); err != nil {
		t.Fatalf("%s: what was read can't be written: %v", k.Name, err)
	}
	r, err := s.Open(k.File())
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out), true
}
