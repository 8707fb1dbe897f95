package runstore

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"sync/atomic"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness"
	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// Kind is a kind of record: its stream's name, its schema version and the check
// that each record must pass when it is written and read.
type Kind[T any] struct {
	Name    string
	Version int
	Check   func(*T) error // nil accepts everything
}

// The kinds of a run, by the stage that writes them.
func Examples() Kind[suites.Example] {
	return Kind[suites.Example]{"examples", 1, (*suites.Example).Validate}
}
func Completions() Kind[models.Completion] {
	return Kind[models.Completion]{"completions", 1, (*models.Completion).Validate}
}

// Verdicts are the answers of judges that are models.
func Verdicts() Kind[models.Completion] {
	return Kind[models.Completion]{"verdicts", 1, (*models.Completion).Validate}
}

// Earlier are verdicts of judges that an earlier form of the run's plan named. A
// run has them only if its judges changed.
func Earlier() Kind[models.Completion] {
	return Kind[models.Completion]{"earlier", 1, (*models.Completion).Validate}
}

// Answers are completions and verdicts in order of arrival: the journal of an
// unfinished run.
func Answers() Kind[models.Completion] {
	return Kind[models.Completion]{"answers", 1, (*models.Completion).Validate}
}
func Judgements() Kind[metrics.Judgement] {
	return Kind[metrics.Judgement]{"judgements", 1, (*metrics.Judgement).Validate}
}
func Estimates() Kind[metrics.Estimate] {
	return Kind[metrics.Estimate]{"estimates", 1, checkEstimate}
}

// TrainSteps are a training's steps, and its journal while it runs.
func TrainSteps() Kind[models.TrainStep] {
	return Kind[models.TrainStep]{"train", 1, (*models.TrainStep).Validate}
}

// Changes are adaptations that servers required. A run has them only if a server
// did.
func Changes() Kind[harness.Change] {
	return Kind[harness.Change]{"changes", 1, (*harness.Change).Validate}
}
func Timings() Kind[harness.Timing] {
	return Kind[harness.Timing]{"timings", 1, nil}
}

// File is the stream's name in a store.
func (k Kind[T]) File() string { return k.Name + ".jsonl" }

// Exists reports whether the store has the stream.
func (k Kind[T]) Exists(s Store) (bool, error) {
	r, err := s.Open(k.File())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, r.Close()
}

type header struct {
	Kind    string `json:"assay"`
	Version int    `json:"version"`
}

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

// Locate is Read with the place of each record.
func (k Kind[T]) Locate(s Store) iter.Seq2[Located[T], error] {
	return func(yield func(Located[T], error) bool) {
		path := s.Path(k.File())
		f, err := s.Open(k.File())
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
		for {
			start := lines.End
			line, err := nextLine(lines)
			if err == io.EOF {
				return
			}
			var record T
			if err == nil {
				err = k.decode(line, &record)
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

func (k Kind[T]) decode(line []byte, record *T) error {
	if err := json.Unmarshal(line, record, json.RejectUnknownMembers(true)); err != nil {
		return plain(err)
	}
	if bytes.Contains(line, []byte("null")) {
		if err := refuseNull(line); err != nil {
			return err
		}
	}
	if k.Check != nil {
		return k.Check(record)
	}
	return nil
}

func (k Kind[T]) readHeader(lines *rows.Lines) error {
	line, err := nextLine(lines)
	if err == io.EOF {
		return emptyError(k.Name)
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
		return fmt.Errorf("schema version %d, and this assay reads version %d; write the run again", h.Version, k.Version)
	}
	return nil
}

// ErrTorn means that the last record was cut off, or the header, possibly to
// nothing.
var ErrTorn = errors.New("torn line: the file ends in the middle of a record; write the run again")

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
		return nil, ErrTorn
	case len(bytes.TrimSpace(line)) == 0:
		return nil, errors.New("empty line; remove it")
	}
	return line, nil
}
