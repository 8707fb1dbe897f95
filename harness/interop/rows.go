package interop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
	"assay/suites/table"
)

// eachFile reads the files one after the other. It stops at a bad one, or skips it and
// reports it if the user wants that; then at least one must be good.
func eachFile(ctx context.Context, files []string, opt Options, out Sink, read func(path string) error) error {
	var bad []error
	for _, path := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := read(path)
		if err != nil && !(opt.KeepGoing && skippable(err)) {
			return err
		}
		if err != nil {
			bad = append(bad, err)
			out.Notice("skipped a file: %v", err)
		}
	}
	if len(bad) == len(files) { // there is at least one
		return fmt.Errorf("nothing could be imported; the first error: %w", bad[0])
	}
	return nil
}

// skippable reports whether an error is in the data. An error in writing a run, or a
// cancelled ctx, is not.
func skippable(err error) bool {
	_, system := errors.AsType[*fs.PathError](err)
	return place.Known(err) && !system && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// tally counts a file's rows, and those skipped. Rows are read from in, which bounds them.
type tally struct {
	in      *rows.Bounded
	path    string
	skip    bool
	read    int
	skipped int
	first   error
}

// How many bytes a row may have, in a file of rows and in a document.
const (
	longestRow      = table.MostBytes
	longestDocument = 256 << 20
)

func newTally(path string, in io.Reader, longest int, opt Options) *tally {
	return &tally{in: rows.NewBounded(path, in, longest), path: path, skip: opt.KeepGoing}
}

// took counts a row. It returns the row's error with its place, unless the row is skipped.
func (r *tally) took(line int, err error) error {
	r.in.Row(line)
	if err == nil {
		r.read++
		return nil
	}
	err = place.Within(r.path, line, err)
	if !r.skip || !skippable(err) {
		return err
	}
	if r.skipped++; r.first == nil {
		r.first = err
	}
	return nil
}

// end ends a file that err may have cut short. It reports the rows skipped, and
// records the file as a source, unless no row was good.
func (r *tally) end(err error, empty string, f *file, out Sink) error {
	switch {
	case err != nil && !(r.skip && skippable(err)):
		return err
	case r.read == 0 && r.skipped > 0:
		return r.first
	case r.read == 0 && err != nil:
		return err
	case r.read == 0:
		return place.At(r.path, 1, errors.New(empty))
	}
	if r.skipped > 0 {
		out.Notice("%s: skipped %d of %s; the first error: %v", r.path, r.skipped, plural.Of(r.skipped+r.read, "row"), r.first)
	}
	if err != nil {
		out.Notice("%s: read %s and skipped the rest, from %v", r.path, plural.Of(r.read, "row"), err)
		if _, err := io.Copy(io.Discard, f); err != nil {
			return err
		}
	}
	source := f.source()
	source.Skipped, source.Torn = r.skipped, err != nil
	out.Source(source)
	return nil
}

// jsonArray yields the elements of a file that is one JSON array, each with the line
// on which it starts.
func jsonArray(path string, r io.Reader, each func(line int, value []byte) error) error {
	in, err := rows.NewText(path, r)
	if err != nil {
		return err
	}
	if !in.IsArray() {
		return place.At(path, 1, errors.New("not a JSON array; expected [ at the start of an annotations.json or model_outputs.json file"))
	}
	_, err = in.EachElement(each)
	return err
}

// placed is an error at the line of a file.
func placed(path string, line int, format string, args ...any) error {
	return place.Errorf(path, line, format, args...)
}

// errEnough ends the reading of a file whose rest is not wanted. The file is no source then.
var errEnough = errors.New("enough was read")

// eachRow reads a file of JSON rows: lines, or one array. It says how many were skipped.
func (b *book) eachRow(ctx context.Context, path string, take func(line int, value []byte) error) (skipped int, err error) {
	f, err := open(path, b.out.Progress())
	if err != nil {
		return 0, err
	}
	defer f.Close()
	t := newTally(path, f, longestRow, b.opt)
	text, err := rows.NewText(path, t.in)
	if err != nil {
		return 0, err
	}
	_, err = text.Each(func(line int, value []byte) error {
		err := ctx.Err()
		if err == nil {
			b.out.At(path, line)
			err = take(line, value)
		}
		if errors.Is(err, errEnough) {
			return err
		}
		return t.took(line, err)
	})
	if errors.Is(err, errEnough) {
		return 0, errEnough
	}
	return t.skipped, t.end(err, "no rows; get the complete file", f, b.out)
}

// parquetRows reads a Parquet file. A row's line is its number. It says how many were skipped.
func parquetRows(ctx context.Context, path string, opt Options, out Sink, take func(table.Row) error) (skipped int, err error) {
	f, err := open(path, out.Progress())
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if _, err := io.Copy(io.Discard, f); err != nil { // Parquet is read in another order than it is hashed
		return 0, err
	}
	t := newTally(path, f, longestRow, opt)
	err = table.Each(path, table.Options{Format: table.Parquet}, func(row table.Row) error {
		err := ctx.Err()
		if err == nil {
			out.At(path, row.Line)
			err = take(row)
		}
		return t.took(row.Line, err)
	})
	return t.skipped, t.end(err, "no rows; get the complete file", f, out)
}

// inDocument reads a file that is one JSON value with rows in it. read counts the rows in t. It
// says how many were skipped.
func (b *book) inDocument(path, empty string, read func(d *document, t *tally) error) (skipped int, err error) {
	f, err := open(path, b.out.Progress())
	if err != nil {
		return 0, err
	}
	defer f.Close()
	t := newTally(path, f, longestDocument, b.opt)
	d, err := newDocument(path, t.in)
	if err != nil {
		return 0, err
	}
	if err = read(d, t); err == nil {
		err = d.end()
	}
	return t.skipped, t.end(err, empty, f, b.out)
}

// decodeRow decodes a row of a document and takes it. The row's own error is counted; an error of
// the document, behind which nothing can be read, is returned.
func decodeRow[T any](ctx context.Context, d *document, t *tally, take func(*T) error) error {
	var row T
	err := d.row(&row)
	if err != nil && !isSemantic(err) {
		return err
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = take(&row)
	}
	return t.took(d.line(), err)
}
