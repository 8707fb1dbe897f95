// Package table reads rows of data from the files that people have: JSON lines, a JSON array,
// CSV, TSV and Parquet; packed with gzip or Zstandard; one file, a folder of shards or a glob.
// A row keeps its members in the file's order. Errors are [place.Error] with file, line and
// remedy.
package table

import (
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"assay/harness/leaf/ordered"
	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
)

// Format is the form of a file.
type Format string

// The formats. [Lines] is one JSON object per line; [JSON] is one array of objects, or JSON
// lines, since many files with this ending hold lines.
const (
	Lines   Format = "jsonl"
	JSON    Format = "json"
	CSV     Format = "csv"
	TSV     Format = "tsv"
	Parquet Format = "parquet"
)

// Formats lists the formats.
func Formats() []Format { return []Format{Lines, JSON, CSV, TSV, Parquet} }

// endings are those of files' names, without the ending of a packed file.
var endings = map[string]Format{
	".jsonl": Lines, ".ndjson": Lines, ".json": JSON, ".csv": CSV, ".tsv": TSV, ".tab": TSV, ".parquet": Parquet,
}

// Options say how files are read. The zero value reads a file by the ending of its name.
type Options struct {
	Format Format // "" is that of the file's ending
	// Separator of a CSV file's fields; 0 is that of commas, semicolons, tabs and bars which
	// cuts the header into the most.
	Separator rune
	// PlainQuotes says that quotes in CSV and TSV files are part of the text.
	PlainQuotes bool
	// Columns are the names of a CSV or TSV file's columns, if it has no header.
	Columns []string
	// Under is the member of a JSON document that holds the array of rows; names of members
	// within members are separated by dots. "" means that the document is the array. A list on
	// the way is gone through, and * stands for all members of an object. Then a row also has the
	// texts, numbers and truth values of what it is in, the name that * stood for as "key", and as
	// "before" the rows before it in its list, at most the last 100.
	Under string
	// MostBytes bounds a row; 0 is [MostBytes].
	MostBytes int
}

// MostBytes is the usual bound of a row in bytes, so that a file without line ends doesn't
// fill the memory.
const MostBytes = 64 << 20

// Row is one row with its place.
type Row struct {
	*ordered.Dict
	File string
	Line int // on which it starts; in a Parquet file its number, the first being 1
}

// Fail is an error about a row.
func (r Row) Fail(format string, args ...any) error {
	return place.Errorf(r.File, r.Line, format, args...)
}

// Reader reads rows one at a time.
type Reader struct {
	next func() (Row, error, bool)
	stop func()
	err  error
}

// Open opens a file, a folder of shards or a glob. The caller closes the reader.
func Open(path string, o Options) (*Reader, error) {
	files, err := Files(path, o)
	if err != nil {
		return nil, err
	}
	next, stop := iter.Pull2(func(yield func(Row, error) bool) {
		err := eachOf(files, o, func(r Row) error {
			if !yield(r, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && err != errStop {
			yield(Row{}, err)
		}
	})
	return &Reader{next: next, stop: stop}, nil
}

var errStop = errors.New("stopped")

// Next is the next row; io.EOF ends the rows. An error ends them too.
func (r *Reader) Next() (Row, error) {
	if r.err != nil {
		return Row{}, r.err
	}
	row, err, ok := r.next()
	if !ok {
		err = io.EOF
	}
	r.err = err
	return row, err
}

// Close ends reading.
func (r *Reader) Close() error {
	r.stop()
	return nil
}

// Each passes on the rows of a file, a folder of shards or a glob. An error of each ends it
// and is returned with the row's place, unless it has one.
func Each(path string, o Options, each func(Row) error) error {
	files, err := Files(path, o)
	if err != nil {
		return err
	}
	return eachOf(files, o, each)
}

func eachOf(files []string, o Options, each func(Row) error) error {
	for _, file := range files {
		if err := eachIn(file, o, each); err != nil {
			return err
		}
	}
	return nil
}

// Files are the files that a path names, in order: itself, the shards in a folder, or what a
// glob matches. A folder's files that have none of the endings (a README) are not part of it;
// files of two formats are an error.
func Files(path string, o Options) ([]string, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.IsDir():
		return []string{path}, nil
	case err == nil:
		return folder(path, o)
	case !errors.Is(err, fs.ErrNotExist) || !strings.ContainsAny(path, "*?["):
		return nil, rows.Unreadable(path, err)
	}
	files, err := filepath.Glob(path)
	if err != nil {
		return nil, place.Errorf(path, 0, "a malformed pattern; use * and ? for parts of names")
	}
	files = slices.DeleteFunc(files, func(f string) bool {
		info, err := os.Stat(f)
		return err != nil || info.IsDir()
	})
	if len(files) == 0 {
		return nil, place.Errorf(path, 0, "no file matches this pattern; check the path")
	}
	return oneFormat(path, files, o)
}

// folder lists the shards in a folder.
func folder(path string, o Options) ([]string, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, rows.Unreadable(path, err)
	}
	var files []string
	for _, e := range entries {
		if _, known := endings[ending(e.Name())]; known && !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, place.Errorf(path, 0, "no data file in this folder; name a folder with .jsonl, .json, .csv, .tsv or .parquet files, or one file")
	}
	return oneFormat(path, files, o)
}

// oneFormat refuses files of several formats, which are hardly the shards of one data set.
func oneFormat(path string, files []string, o Options) ([]string, error) {
	if o.Format != "" {
		return files, nil
	}
	for _, f := range files[1:] {
		if ending(f) != ending(files[0]) {
			return nil, place.Errorf(path, 0, "%s and %s are of two formats; name one file, or a pattern such as *%s", filepath.Base(files[0]), filepath.Base(f), ending(files[0]))
		}
	}
	return files, nil
}

// ending is that of a file's name, without that of a packed file: ".csv" of "a.csv.gz".
func ending(file string) string {
	name := strings.ToLower(file)
	for _, packed := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, packed)
	}
	return filepath.Ext(name)
}

// eachIn passes on the rows of one file.
func eachIn(file string, o Options, each func(Row) error) error {
	format := o.Format
	if format == "" {
		var known bool
		if format, known = endings[ending(file)]; !known {
			if slices.Contains([]string{".xlsx", ".xls", ".ods", ".numbers"}, ending(file)) {
				return place.Errorf(file, 0, "this is a spreadsheet; save the sheet as CSV in UTF-8, and name that file")
			}
			if err := isBinary(file); err != nil {
				return err
			}
			return place.Errorf(file, 0, "the file's ending is none of .jsonl, .json, .csv, .tsv, .parquet; rename the file, or name its format")
		}
	}
	if o.Under != "" && format != JSON {
		return place.Errorf(file, 0, "under: %s is for JSON documents, but the file is read as %s; remove under:", o.Under, format)
	}
	f, err := rows.OpenFile(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if format == Parquet {
		return eachParquet(file, f, o.most(), each)
	}
	in, err := unpack(file, f)
	if err != nil {
		return err
	}
	defer in.Close()
	return o.read(file, in, format, each)
}

// isBinary is the error of a file that is no text, by its first bytes; nil if it may be text.
func isBinary(file string) error {
	f, err := rows.OpenFile(file)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 1<<13)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return rows.Unreadable(file, err)
	}
	return rows.Binary(file, head[:n])
}

// Read passes on the rows of a text that is no file. Its name stands in errors, and says the
// format by its ending. The format can't be Parquet.
func Read(name string, in io.Reader, o Options, each func(Row) error) error {
	format := o.Format
	if format == "" {
		format = endings[ending(name)]
	}
	return o.read(name, in, format, each)
}

func (o Options) read(file string, in io.Reader, format Format, each func(Row) error) error {
	s := &source{file: file, in: rows.NewBounded(file, in, o.most()), Options: o}
	give := func(line int, d *ordered.Dict) error {
		s.in.Row(line)
		return place.Within(file, line, each(Row{Dict: d, File: file, Line: line}))
	}
	switch {
	case format == CSV || format == TSV:
		return s.csv(format, give)
	case o.Under != "":
		return s.document(give)
	}
	return s.json(give)
}

func (o Options) most() int {
	if o.MostBytes > 0 {
		return o.MostBytes
	}
	return MostBytes
}

// unpack is what a packed file holds.
func unpack(file string, r io.Reader) (io.ReadCloser, error) {
	if !strings.HasSuffix(strings.ToLower(file), ".zst") {
		in, err := rows.Unpack(file, r)
		return io.NopCloser(in), err
	}
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
	if err != nil {
		return nil, place.Errorf(file, 0, "no Zstandard file: %w; get the complete file", err)
	}
	return z.IOReadCloser(), nil
}

// source is a text that is read into rows.
type source struct {
	Options
	file string
	in   *rows.Bounded
}
