package table_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"assay/harness/leaf/place"
	"assay/suites/table"
)

// parquetFile writes rows with one page per column.
func parquetFile[T any](t *testing.T, version int, codec compress.Codec, rows []T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, parquet.PageBufferSize(256<<20), parquet.DataPageVersion(version), parquet.Compression(codec))
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type delta struct {
	Text string `parquet:"text,delta"`
}

// Texts that repeat the start of the one before are bounded by what they unpack to, not by their bytes.
func TestParquetSharedStarts(t *testing.T) {
	start := strings.Repeat("0123456789abcdef", 4<<10) // 64 KiB
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Zstd} {
		for _, version := range []int{1, 2} {
			for n, want := range map[int]string{50: "", 600: "column 1 of row group 1: a page whose texts repeat each other's starts and have more than 4194304 bytes; get the complete file"} {
				name := fmt.Sprintf("%v, version %d, %d rows", codec, version, n)
				rows := make([]delta, n)
				for i := range rows {
					rows[i].Text = fmt.Sprintf("%s %d", start, i)
				}
				content := parquetFile(t, version, codec, rows)
				if len(content) > 1<<20 { // most of it are statistics
					t.Fatalf("%s: %d bytes", name, len(content))
				}
				path := filepath.Join(t.TempDir(), "delta.parquet")
				if err := os.WriteFile(path, content, 0o644); err != nil {
					t.Fatal(err)
				}
				read := 0
				err := table.Each(path, table.Options{MostBytes: 1 << 20}, func(r table.Row) error {
					if v, _ := r.Get("text"); v != rows[read].Text {
						t.Errorf("%s: row %d differs", name, read)
					}
					read++
					return nil
				})
				if want == "" && (err != nil || read != n) {
					t.Errorf("%s: %d rows, %v", name, read, err)
				}
				if want != "" && (err == nil || read > 0 || !place.Known(err) || !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), want)) {
					t.Errorf("%s: %d rows, %v", name, read, err)
				}
			}
		}
	}
}

// A few bytes in a page that state 2^27 values or more are refused before the library takes the memory.
func TestParquetCounts(t *testing.T) {
	const mark = "levels!!" // its bits say which of 64 values is there, or is the second one
	type optional struct {
		N *int64 `parquet:"n,optional"`
	}
	type repeated struct {
		N []int64 `parquet:"n,list"`
	}
	type named struct {
		Word string `parquet:"word,dict"`
	}
	type number struct {
		N int64 `parquet:"n,delta"`
	}
	var (
		optionals []optional
		lists     []repeated
		names     []named
		numbers   []number
	)
	for i := range 8 * len(mark) {
		set := mark[i/8]>>(i%8)&1 == 1
		o, w := optional{}, named{"no"}
		if set {
			o.N, w.Word = new(int64(i)), "yes"
		}
		if set && len(lists) > 0 { // another element of the same list
			lists[len(lists)-1].N = append(lists[len(lists)-1].N, int64(i))
		} else {
			lists = append(lists, repeated{[]int64{int64(i)}})
		}
		optionals, names, numbers = append(optionals, o), append(names, w), append(numbers, number{int64(i * i)})
	}
	for _, version := range []int{1, 2} {
		for name, c := range map[string]struct {
			content []byte
			at, lie string // bytes of the page, and what takes their place
		}{
			"definition levels": {parquetFile(t, version, &parquet.Uncompressed, optionals), mark, "\x80\x80\x80\x80\x02\x01"},
			"repetition levels": {parquetFile(t, version, &parquet.Uncompressed, lists), mark, "\x80\x80\x80\x80\x02\x01"},
			"dictionary":        {parquetFile(t, version, &parquet.Uncompressed, names), mark, "\x80\x80\x80\x80\x02\x01"},
			"numbers":           {parquetFile(t, version, &parquet.Uncompressed, numbers), "\x80\x01\x04\x40", "\x80\x01\x04\x80\x80\x80\x40"},
		} {
			name = fmt.Sprintf("%s, version %d", name, version)
			at := bytes.Index(c.content, []byte(c.at))
			if at < 0 {
				t.Errorf("%s: the page has no %q: %q", name, c.at, c.content)
				continue
			}
			if c.at == mark { // the run's header
				at--
			}
			path := filepath.Join(t.TempDir(), "counts.parquet")
			if err := os.WriteFile(path, c.content, 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := allocated(path, table.Options{}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			copy(c.content[at:], c.lie)
			if err := os.WriteFile(path, c.content, 0o644); err != nil {
				t.Fatal(err)
			}
			n, err := allocated(path, table.Options{})
			if err == nil || !place.Known(err) || !strings.Contains(err.Error(), "a page of 64 values that encodes at least ") {
				t.Errorf("%s: %v", name, err)
			}
			if n > 4<<20 {
				t.Errorf("%s: %d MiB allocated", name, n>>20)
			}
		}
	}
}

// Truth values in runs, which the library would read as others, are refused; those in packed bits are read. The
// files are pyarrow 26's: write_table(table({"b": x}), data_page_version="2.0", compression="none").
func TestParquetTruths(t *testing.T) {
	_, err := allocated(filepath.Join("testdata", "truths-runs.parquet"), table.Options{}) // x = [True] * 20 + [False] * 30
	if err == nil || err.Error() != filepath.Join("testdata", "truths-runs.parquet")+": column 1 of row group 1: truth values in runs, which can't be read; write the file with plain truth values (in pyarrow: data_page_version='1.0')" {
		t.Errorf("runs: %v", err)
	}
	n := 0
	err = table.Each(filepath.Join("testdata", "truths-bits.parquet"), table.Options{}, func(r table.Row) error { // x = [i * 7 // 3 % 2 == 1 for i in range(64)]
		if v, _ := r.Get("b"); v != (n*7/3%2 == 1) {
			t.Errorf("row %d is %v", n, v)
		}
		n++
		return nil
	})
	if err != nil || n != 64 {
		t.Errorf("bits: %d rows, %v", n, err)
	}
}

// The library reads large pages that LZ4 has made little smaller from a buffer with other bytes. They are refused; the
// others are read.
func TestParquetLZ4(t *testing.T) {
	type plain struct {
		N int64 `parquet:"n"`
	}
	draws := rand.New(rand.NewPCG(1, 2))
	var small, large []plain
	for i := range 3000 {
		small, large = append(small, plain{int64(i % 3)}), append(large, plain{draws.Int64()})
	}
	for _, version := range []int{1, 2} {
		for name, rows := range map[string][]plain{"": small, " ": large[:150], "column 1 of row group 1: a page that LZ4 has not made three times smaller can't be read; write the file with Zstandard or Snappy": large} {
			path := filepath.Join(t.TempDir(), "lz4.parquet")
			if err := os.WriteFile(path, parquetFile(t, version, &parquet.Lz4Raw, rows), 0o644); err != nil {
				t.Fatal(err)
			}
			n, wrong := 0, 0
			err := table.Each(path, table.Options{}, func(r table.Row) error {
				if v, _ := r.Get("n"); v != rows[n].N {
					wrong++
				}
				n++
				return nil
			})
			name = strings.TrimSpace(name)
			if name == "" && (err != nil || n != len(rows)) || name != "" && (err == nil || err.Error() != path+": "+name) || wrong > 0 {
				t.Errorf("version %d: %d rows, %d of them wrong, %v; want %q", version, n, wrong, err, name)
			}
		}
	}
}
