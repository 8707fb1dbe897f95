package table_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"assay/harness/leaf/place"
	"assay/suites/table"
)

type packedRow struct {
	Text  string            `parquet:"text"`
	Many  []int64           `parquet:"many"`
	Maybe *float64          `parquet:"maybe,optional"`
	Kind  string            `parquet:"kind,dict"`
	By    map[string]string `parquet:"by"`
}

// packedFile is a small Parquet file with each kind of page.
func packedFile(t testing.TB, codec compress.Codec, version int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[packedRow](&b, parquet.Compression(codec), parquet.DataPageVersion(version))
	half := 0.5
	rows := make([]packedRow, 20)
	for i := range rows {
		rows[i] = packedRow{Text: strings.Repeat(fmt.Sprint("row ", i, " "), 5), Many: []int64{int64(i), 7, 7}, Kind: fmt.Sprint("kind ", i%2), By: map[string]string{"a": "b"}}
		if i%3 > 0 {
			rows[i].Maybe = &half
		}
	}
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// codecs are those that a Parquet file's pages may be compressed with.
func codecs() []compress.Codec {
	return []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Brotli, &parquet.Zstd, &parquet.Lz4Raw}
}

// packedFiles are files of each codec, with both versions of pages.
func packedFiles(t testing.TB) (names []string, files [][]byte) {
	for _, codec := range codecs() {
		for _, version := range []int{1, 2} {
			names, files = append(names, fmt.Sprintf("%v, pages of version %d", codec, version)), append(files, packedFile(t, codec, version))
		}
	}
	return names, files
}

// overwrites are what a byte and those after it become: a small value, large ones, and the largest
// length of four bytes.
var overwrites = [][]byte{{0x00}, {0x7f}, {0xff}, {0xff, 0xff, 0x7f}, {0xfe, 0xff, 0xff, 0xff, 0x0f}, {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}}

// overwritten reads a file with some bytes changed. It ends in rows or in one line, and takes little
// memory.
func overwritten(t *testing.T, path string, whole []byte, at int, lie []byte) {
	t.Helper()
	content := bytes.Clone(whole)
	copy(content[at:], lie)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	n, err := allocated(path, table.Options{MostBytes: 1 << 20})
	if n > 64<<20 {
		t.Errorf("byte %d as %x: %d MiB allocated", at, lie, n>>20)
	}
	if err != nil && (!place.Known(err) || strings.Contains(err.Error(), "\n")) {
		t.Errorf("byte %d as %x: error %q", at, lie, err)
	}
}

// Every codec's pages are read, and a file whose bytes were changed can't take the memory.
func TestParquetOverwritten(t *testing.T) {
	stride := 97
	if os.Getenv("ASSAY_EVERY_BYTE") != "" {
		stride = 1
	}
	path := filepath.Join(t.TempDir(), "f.parquet")
	names, files := packedFiles(t)
	for i, whole := range files {
		t.Run(names[i], func(t *testing.T) {
			if err := os.WriteFile(path, whole, 0o644); err != nil {
				t.Fatal(err)
			}
			got := 0
			err := table.Each(path, table.Options{}, func(r table.Row) error {
				text, _ := r.Get("text")
				kind, _ := r.Get("kind")
				if want := strings.Repeat(fmt.Sprint("row ", got, " "), 5); text != want || kind != fmt.Sprint("kind ", got%2) {
					t.Errorf("row %d: %v, %v", got, text, kind)
				}
				got++
				return nil
			})
			if err != nil || got != 20 {
				t.Fatalf("%d rows, %v", got, err)
			}
			for at := 0; at < len(whole); at += stride {
				for _, lie := range overwrites {
					overwritten(t, path, whole, at, lie)
				}
			}
		})
	}
}

// FuzzParquet changes bytes of files of each codec.
func FuzzParquet(f *testing.F) {
	_, wholes := packedFiles(f)
	f.Add(byte(0), uint16(100), []byte{0xff})
	f.Add(byte(3), uint16(7), []byte{0xfe, 0xff, 0xff, 0xff, 0x0f})
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, which byte, fromEnd uint16, lie []byte) {
		whole := wholes[int(which)%len(wholes)]
		overwritten(t, filepath.Join(dir, "f.parquet"), whole, len(whole)-1-int(fromEnd)%len(whole), lie)
	})
}
