package runstore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"assay/harness/leaf/outfile"
	"assay/harness/leaf/plural"
)

// Store holds named streams of bytes.
type Store interface {
	// Create starts a stream that replaces name when it is committed.
	Create(name string) (Pending, error)
	// Open reads a stream that is committed or appended to. The error is
	// [fs.ErrNotExist] if there is none.
	Open(name string) (Stream, error)
	// Append opens a stream to continue it after its first size bytes; the rest is
	// dropped. Size 0 starts it.
	Append(name string, size int64) (Appending, error)
	// Remove removes a stream. A missing stream is not an error.
	Remove(name string) error
	// Path names a stream in messages.
	Path(name string) string
}

// Stream is a stream being read. ReadAt also sees what was appended since.
type Stream interface {
	io.ReadCloser
	io.ReaderAt
}

// Appending is a stream that grows visibly. When a write returns, readers see it
// and it survives the process. Sync makes it survive a crash of the machine.
type Appending interface {
	io.WriteCloser
	Sync() error
}

// Pending is a stream being written. Exactly one of Commit and Abort ends it.
// Abort after Commit does nothing, so it can be deferred.
type Pending interface {
	io.Writer
	Commit() error
	Abort() error
}

// Dir is a Store in an existing directory.
type Dir string

// Path is the file's path.
func (d Dir) Path(name string) string { return filepath.Join(string(d), name) }

// Open opens the file.
func (d Dir) Open(name string) (Stream, error) {
	f, err := os.Open(d.Path(name))
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Append opens the file.
func (d Dir) Append(name string, size int64) (Appending, error) {
	f, err := os.OpenFile(d.Path(name), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case size > info.Size():
		err = fmt.Errorf("append to %s after %s: it has %d", d.Path(name), plural.Of(size, "byte"), info.Size())
	default:
		err = f.Truncate(size)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, outfile.SyncFolder(string(d))
}

// Remove removes the file.
func (d Dir) Remove(name string) error {
	if err := os.Remove(d.Path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return outfile.SyncFolder(string(d))
}

// Sweep removes what killed writers left beside their streams and folders. No writer may
// be at work.
func (d Dir) Sweep() error { return outfile.Sweep(string(d)) }

// Create begins a file; see [outfile].
func (d Dir) Create(name string) (Pending, error) {
	f, err := outfile.Create(d.Path(name))
	if err != nil {
		return nil, err
	}
	return f, nil
}
