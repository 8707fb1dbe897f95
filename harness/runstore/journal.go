package runstore

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/go-json-experiment/json"
)

// Journal is a stream that grows during the work. A record is kept from the moment
// that Append returns, whatever happens to the process. Several goroutines may use
// it.
type Journal[T any] struct {
	kind Kind[T]
	mu   sync.Mutex
	out  Appending
	end  int64
	err  error // the first failure: nothing may follow a torn line
}

// Journal opens the stream to continue it, or creates it. It passes the existing
// records to keep. A last line that was cut off by a kill is dropped.
func (k Kind[T]) Journal(s Store, keep func(Located[T]) error) (*Journal[T], error) {
	var end int64
	for r, err := range k.Locate(s) {
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, ErrTorn):
		case err != nil:
			return nil, err
		default:
			if err := keep(r); err != nil {
				return nil, err
			}
			end = r.Offset + int64(r.Length) + 1
		}
	}
	header, err := json.Marshal(header{k.Name, k.Version})
	if err != nil {
		return nil, err
	}
	header = append(header, '\n')
	if end == 0 && k.startsWith(s, header) {
		end = int64(len(header))
	}
	out, err := s.Append(k.File(), end)
	if err != nil {
		return nil, fmt.Errorf("continue %s: %w", s.Path(k.File()), err)
	}
	j := &Journal[T]{kind: k, out: out, end: end}
	if end == 0 {
		if err := j.write(header); err != nil {
			return nil, errors.Join(err, out.Close())
		}
	}
	return j, nil
}

// begun reports whether the store has the stream, by the kind in its header: folders that assay did not make may have
// a file of the same name.
func (k Kind[T]) begun(s Store) bool {
	return k.startsWith(s, fmt.Appendf(nil, `{"assay":%q,`, k.Name))
}

func (k Kind[T]) startsWith(s Store, header []byte) bool {
	f, err := s.Open(k.File())
	if err != nil {
		return false
	}
	defer f.Close()
	got := make([]byte, len(header))
	n, _ := f.ReadAt(got, 0) // a shorter file has no header either
	return bytes.Equal(got[:n], header)
}

// Append adds a record and returns its place.
func (j *Journal[T]) Append(record *T) (Span, error) {
	if j.kind.Check != nil {
		if err := j.kind.Check(record); err != nil {
			return Span{}, fmt.Errorf("write %s: %w", j.kind.Name, err)
		}
	}
	line, err := json.Marshal(record, json.Deterministic(true))
	if err != nil {
		return Span{}, fmt.Errorf("write %s: %w", j.kind.Name, err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	span := Span{j.end, int32(len(line))}
	return span, j.write(append(line, '\n'))
}

// write needs the lock once the journal is shared.
func (j *Journal[T]) write(line []byte) error {
	if j.err != nil {
		return j.err
	}
	n, err := j.out.Write(line)
	j.end += int64(n)
	if err != nil {
		j.err = fmt.Errorf("write %s: %w", j.kind.Name, err)
	}
	return j.err
}

// Sync makes appended records survive a crash of the machine.
func (j *Journal[T]) Sync() error { return j.out.Sync() }

// Close ends the journal.
func (j *Journal[T]) Close() error { return j.out.Close() }

// ReaderAt reads single records of a stream by their places.
type ReaderAt[T any] struct {
	kind Kind[T]
	from Stream
}

// OpenAt opens a stream for reading single records, including those that a journal
// appends later.
func (k Kind[T]) OpenAt(s Store) (*ReaderAt[T], error) {
	f, err := s.Open(k.File())
	if err != nil {
		return nil, err
	}
	return &ReaderAt[T]{k, f}, nil
}

// Read reads the record at a place that Locate, Journal or Append returned.
func (r *ReaderAt[T]) Read(at Span) (*T, error) {
	line := make([]byte, at.Length)
	if _, err := r.from.ReadAt(line, at.Offset); err != nil {
		return nil, fmt.Errorf("read %s at byte %d: %w", r.kind.Name, at.Offset, err)
	}
	var record T
	if err := r.kind.decode(line, &record, new(T)); err != nil {
		return nil, fmt.Errorf("read %s at byte %d: %w", r.kind.Name, at.Offset, err)
	}
	return &record, nil
}

// Close ends reading.
func (r *ReaderAt[T]) Close() error { return r.from.Close() }
