package runstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"

	"github.com/go-json-experiment/json"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
)

// Read yields the records in order. The pointer is valid until the next one. An
// error ends the stream; it is an [*place.Error] if a line is the cause.
func (k Kind[T]) Read(s Store) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for r, err := range k.Locate(s) {
			if !yield(r.Record, err) {
				return
			}
		}
	}
}

// Located is a record with its place in the stream.
type Located[T any] struct {
	Record *T
	Span
}

// Span is the place of a record in its stream, in bytes.
type Span struct {
	Offset int64
	Length int32
}

// missing is the error of a file that isn't there, by its path. It is an [fs.ErrNotExist].
type missing string

func (m missing) Error() string      { return string(m) + " is missing; " + repeatIt + ", or import again" }
func (missing) Is(target error) bool { return target == fs.ErrNotExist }

// Locate is Read with the place of each record.
func (k Kind[T]) Locate(s Store) iter.Seq2[Located[T], error] {
	return func(yield func(Located[T], error) bool) {
		path := s.Path(k.File())
		f, err := s.Open(k.File())
		if errors.Is(err, fs.ErrNotExist) {
			err = missing(path)
		}
		if err != nil {
			yield(Located[T]{}, err)
			return
		}
		defer f.Close()
		lines := rows.NewLines(f)
		if err := k.readHeader(lines); err != nil {
			yield(Located[T]{}, place.At(path, 1, err))
			return
		}
		last := new(T)
		for {
			start := lines.End
			line, err := nextLine(lines)
			if err == io.EOF {
				return
			}
			var record T
			if err == nil {
				err = k.decode(line, &record, last)
				if k.quick != nil {
					*last = record // before anyone changes it
				}
			}
			if err != nil {
				yield(Located[T]{}, place.At(path, lines.Number, err))
				return
			}
			if !yield(Located[T]{&record, Span{start, int32(len(line))}}, nil) {
				return
			}
		}
	}
}

// decode reads a line. last is the record before it, for strings that the two share.
func (k Kind[T]) decode(line []byte, record, last *T) error {
	if k.quick != nil {
		if k.quick(line, record, last) {
			return k.check(record)
		}
		*record = *new(T)
	}
	if err := json.Unmarshal(line, record, json.RejectUnknownMembers(true)); err != nil {
		return plain(err)
	}
	if bytes.Contains(line, []byte("null")) {
		if err := refuseNull(line); err != nil {
			return err
		}
	}
	return k.check(record)
}

func (k Kind[T]) check(record *T) error {
	if k.Check == nil {
		return nil
	}
	return k.Check(record)
}

func (k Kind[T]) readHeader(lines *rows.Lines) error {
	line, err := nextLine(lines)
	if err == io.EOF {
		return &Damage{emptyError(k.Name), repeatIt}
	}
	if err != nil {
		return err
	}
	var h header
	if err := json.Unmarshal(line, &h, json.RejectUnknownMembers(true)); err != nil || h.Kind == "" {
		return fmt.Errorf(`no header: the first line should be {"assay":%q,"version":%d}`, k.Name, k.Version)
	}
	if h.Kind != k.Name {
		return fmt.Errorf("the header says %q, not %q; check the file's name", h.Kind, k.Name)
	}
	switch {
	case h.Version > k.Version:
		return fmt.Errorf("schema version %d, and this assay reads version %d; use a later assay", h.Version, k.Version)
	case h.Version < k.Version:
		return fmt.Errorf("schema version %d, and this assay reads version %d; repeat the command that wrote it", h.Version, k.Version)
	}
	return nil
}

// ErrTorn means that the last record was cut off, or the header, possibly to
// nothing.
var ErrTorn = errors.New("cut-off line: the file ends in the middle of a record")

// emptyError is an [ErrTorn] with its own text: the kind whose header is missing.
type emptyError string

func (e emptyError) Error() string {
	return fmt.Sprintf("the file is empty; its first line should be the header of %s", string(e))
}

func (emptyError) Is(target error) bool { return target == ErrTorn }

// nextLine is the next line of a stream, where none is empty and the last has its end.
func nextLine(lines *rows.Lines) ([]byte, error) {
	line, torn, err := lines.Next()
	switch {
	case err != nil:
		return nil, err
	case torn:
		return nil, &Damage{ErrTorn, repeatIt}
	case len(bytes.TrimSpace(line)) == 0:
		return nil, errors.New("empty line; remove it")
	}
	return line, nil
}
