package runstore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Store holds named streams of bytes.
type Store interface {
	// Create starts a stream that replaces name when it is committed.
	Create(name string) (Pending, error)
	// Open reads a stream that is committed or appended to; the error is
	// [fs.ErrNotExist] where there is none.
	Open(name string) (Stream, error)
	// Append opens a stream to be continued after its first size bytes, which are
	// all that is kept of it. Size 0 starts it.
	Append(name string, size int64) (Appending, error)
	// Remove takes a stream away; one that isn't there is no error.
	Remove(name string) error
	// Path names a stream in messages.
	Path(name string) string
}

// Stream is a stream being read. ReadAt sees what was appended since.
type Stream interface {
	io.ReadCloser
	io.ReaderAt
}

// Appending is a stream that grows in sight: each write is there for readers,
// and outlives the process, when it returns; Sync makes it outlive the machine.
type Appending interface {
	io.WriteCloser
	Sync() error
}

// Pending is a stream being written. Exactly one of Commit and Abort ends it;
// Abort after Commit does nothing, so that it can be deferred.
type Pending interface {
	io.Writer
	Commit() error
	Abort() error
}

// Dir is a Store in a directory that exists.
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
	f, err := os.OpenFile(d.Path(name), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case size > info.Size():
		err = fmt.Errorf("append to %s after %d bytes: it has %d", d.Path(name), size, info.Size())
	default:
		err = f.Truncate(size)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, SyncDir(string(d))
}

// Remove removes the file.
func (d Dir) Remove(name string) error {
	if err := os.Remove(d.Path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return SyncDir(string(d))
}

// Sweep removes what writers that were killed left beside their streams and folders. No
// writer may be at work.
func (d Dir) Sweep() (err error) {
	for _, pattern := range []string{".*.tmp", ".*.old"} {
		left, bad := filepath.Glob(d.Path(pattern))
		err = errors.Join(err, bad)
		for _, path := range left {
			err = errors.Join(err, os.RemoveAll(path))
		}
	}
	return err
}

// Create writes beside the file until commit, which syncs and renames.
func (d Dir) Create(name string) (Pending, error) {
	f, err := os.CreateTemp(string(d), "."+name+".*.tmp")
	if err != nil {
		return nil, err
	}
	return &pendingFile{File: f, path: d.Path(name)}, nil
}

type pendingFile struct {
	*os.File
	path string
	done bool
}

func (p *pendingFile) Commit() error {
	if p.done {
		return errors.New("runstore: commit of a stream that has ended")
	}
	err := p.Sync()
	if err == nil {
		err = p.Chmod(0o644)
	}
	if err == nil {
		err = os.Rename(p.Name(), p.path)
	}
	if err != nil {
		return errors.Join(err, p.Abort())
	}
	p.done = true
	return errors.Join(p.Close(), SyncDir(filepath.Dir(p.path)))
}

func (p *pendingFile) Abort() error {
	if p.done {
		return nil
	}
	p.done = true
	return errors.Join(p.Close(), os.Remove(p.Name()))
}

// SyncDir makes renames within a directory durable.
func SyncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
