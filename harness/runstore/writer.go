package runstore

import (
	"bufio"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Writer writes one stream and encodes in the background. It is not safe for use
// by several goroutines.
type Writer[T any] struct {
	kind    Kind[T]
	pending Pending
	batch   []T
	work    chan []T   // to the encoder; closed when there are no more
	encoded chan error // the encoder's one result
	failed  atomic.Bool
	count   int
}

// batchSize is how many records go to the encoder at once: so many that passing
// them costs little beside encoding.
const batchSize = 512

// Create starts the stream with its header.
func (k Kind[T]) Create(s Store) (*Writer[T], error) {
	pending, err := s.Create(k.File())
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", s.Path(k.File()), err)
	}
	w := &Writer[T]{kind: k, pending: pending, work: make(chan []T, 2), encoded: make(chan error, 1)}
	go w.encode(w.work)
	return w, nil
}

// encode writes header and records until there are no more. After an error it only
// drains.
func (w *Writer[T]) encode(work <-chan []T) {
	buf := bufio.NewWriterSize(w.pending, 1<<18)
	enc := jsontext.NewEncoder(buf, json.Deterministic(true))
	err := json.MarshalEncode(enc, header{w.kind.Name, w.kind.Version})
	for batch := range work {
		for i := range batch {
			if err == nil {
				err = json.MarshalEncode(enc, &batch[i])
			}
		}
		if err != nil {
			w.failed.Store(true)
		}
	}
	if err == nil {
		err = buf.Flush()
	}
	w.encoded <- err
}

// finish passes the last records and waits for the encoder.
func (w *Writer[T]) finish() error {
	if w.work == nil {
		return nil
	}
	w.work <- w.batch
	close(w.work)
	w.work = nil
	return <-w.encoded
}

// Append adds a record, whose slices must not change afterwards. An error in
// encoding it may be returned by a later Append, or by Commit.
func (w *Writer[T]) Append(record *T) error {
	if w.kind.Check != nil {
		if err := w.kind.Check(record); err != nil {
			return fmt.Errorf("write %s: %w", w.kind.Name, err)
		}
	}
	if w.work == nil {
		return fmt.Errorf("write %s: the stream has ended", w.kind.Name)
	}
	if w.batch == nil {
		w.batch = make([]T, 0, batchSize)
	}
	w.batch = append(w.batch, *record)
	w.count++
	if len(w.batch) < batchSize {
		return nil
	}
	if w.failed.Load() {
		return fmt.Errorf("write %s: %w", w.kind.Name, errors.Join(w.finish(), w.pending.Abort()))
	}
	w.work <- w.batch
	w.batch = nil
	return nil
}

// Count is the number of records appended.
func (w *Writer[T]) Count() int { return w.count }

// Commit publishes the stream, synced.
func (w *Writer[T]) Commit() error {
	if err := w.finish(); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", w.kind.Name, err), w.pending.Abort())
	}
	if err := w.pending.Commit(); err != nil {
		return fmt.Errorf("write %s: %w", w.kind.Name, err)
	}
	return nil
}

// Abort drops the stream. After Commit it does nothing.
func (w *Writer[T]) Abort() error {
	err := w.finish()
	return errors.Join(err, w.pending.Abort())
}

// WriteAll writes a complete stream.
func (k Kind[T]) WriteAll(s Store, records []T) error {
	w, err := k.Create(s)
	if err != nil {
		return err
	}
	defer w.Abort()
	for i := range records {
		if err := w.Append(&records[i]); err != nil {
			return err
		}
	}
	return w.Commit()
}
