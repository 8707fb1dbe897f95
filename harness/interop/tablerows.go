package interop

import (
	"context"
	"fmt"
	"hash/maphash"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
)

// tableFiles are the files of tables at paths. In a folder, these are the files whose names have
// one of the extensions; others are named. what is the word for a table's rows.
func tableFiles(paths []string, extensions []string, what string, out Sink) ([]string, error) {
	files, err := Expand(paths)
	if err != nil {
		return nil, err
	}
	last := len(extensions) - 1
	listed := strings.Join(extensions[:last], ", ") + " or " + extensions[last]
	var found []string
	for _, path := range files {
		name := strings.TrimSuffix(strings.ToLower(path), ".gz")
		if !slices.Contains(paths, path) && !slices.Contains(extensions, filepath.Ext(name)) && filepath.Ext(name) != ".ndjson" {
			out.Notice("%s: skipped, because it is no %s file", path, listed)
			continue
		}
		found = append(found, path)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: no %s file found; name a file with a table of %s", strings.Join(paths, ", "), listed, what)
	}
	return found, nil
}

// tableForm says how the rows of a table are read: JSON objects, or the cells of a table with a
// header.
type tableForm[T any] struct {
	needed []string // columns
	header func(t *rows.CSV) error
	cells  func(t *rows.CSV) (T, error)
	object func(value []byte) (T, error)
	take   func(path string, line int, row T) error
}

// read reads a file.
func (f *tableForm[T]) read(ctx context.Context, path string, opt Options, out Sink) error {
	in, err := open(path, out.Progress())
	if err != nil {
		return err
	}
	defer in.Close()
	unpacked, err := rows.Unpack(path, in)
	if err != nil {
		return err
	}
	tally := newTally(path, unpacked, longestRow, opt)
	text, err := rows.NewText(path, tally.in)
	if err != nil {
		return err
	}
	took := func(line int, row T, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			out.At(path, line)
			err = f.take(path, line, row)
		}
		return tally.took(line, err)
	}
	if text.IsObject() || text.IsArray() {
		_, err = text.Each(func(line int, value []byte) error {
			row, err := f.object(value)
			return took(line, row, err)
		})
	} else {
		err = f.table(path, text, took)
	}
	if err == nil { // what is packed may have an end of its own
		_, err = io.Copy(io.Discard, in)
	}
	return tally.end(err, "no rows; get the complete file", in, out)
}

// table reads the rows of a table with a header.
func (f *tableForm[T]) table(path string, r io.Reader, took func(int, T, error) error) error {
	t, err := rows.NewCSV(path, r, f.needed)
	if err != nil {
		return err
	}
	if err := f.header(t); err != nil {
		return place.Within(path, t.Line(), err)
	}
	for {
		err := t.Next()
		if err == io.EOF {
			return nil
		}
		if rows.Ends(err) {
			return err
		}
		var row T
		if err == nil {
			row, err = f.cells(t)
		}
		if err := took(t.Line(), row, err); err != nil {
			return err
		}
	}
}

// repeats has what the first row of each example says about the example. Later rows may leave it
// out, and may not change it.
type repeats struct {
	seeds [2]maphash.Seed
	first map[[2]uint64]firstRow
}

// firstRow is an example's first row: hashes of its texts, 0 for none, and its place.
type firstRow struct {
	texts [mostShared]uint64
	at    place.Seen
}

// shared is a member of a row that is one for all rows of an example.
type shared struct{ member, text string }

const mostShared = 6

func newRepeats() repeats {
	return repeats{[2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, map[[2]uint64]firstRow{}}
}

// check reports whether a row is the first of its example, which has an id and a name for errors.
func (r *repeats) check(at place.Seen, id, name string, all ...shared) (isFirst bool, err error) {
	var now [mostShared]uint64
	for i, s := range all {
		if s.text != "" {
			now[i] = max(1, maphash.String(r.seeds[0], s.text))
		}
	}
	key := [2]uint64{maphash.String(r.seeds[0], id), maphash.String(r.seeds[1], id)}
	first, ok := r.first[key]
	if !ok {
		r.first[key] = firstRow{now, at}
		return true, nil
	}
	before := first.texts
	for i, s := range all {
		switch {
		case now[i] == 0 || now[i] == before[i]:
		case before[i] == 0:
			return false, fmt.Errorf("example %.80q has a %s here, but none in its first row, %s; write it in the first row too", name, s.member, first.at.From(at.File))
		default:
			return false, fmt.Errorf("example %.80q has another %s than in its first row, %s; make the rows agree", name, s.member, first.at.From(at.File))
		}
	}
	return false, nil
}
