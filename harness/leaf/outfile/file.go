package outfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// buffer is how many bytes are written at once.
const buffer = 1 << 16

// File is a file being written. Exactly one of Commit and Abort ends it; Abort after
// Commit does nothing, so that it can be deferred.
type File struct {
	path string // as the caller named it
	to   target
	temp string // "" where the file is written as it is
	out  *os.File
	held *os.File // keeps other writers from sweeping the temporary file; may be nil
	buf  *bufio.Writer
	err  error // the first of Write
	done bool
}

// Create begins a file that appears, or replaces an older one, when it is committed.
func Create(path string) (*File, error) {
	f := &File{path: path}
	if err := f.open(); err != nil {
		return nil, f.fault(err)
	}
	f.buf = bufio.NewWriterSize(f.out, buffer)
	return f, nil
}

func (f *File) open() (err error) {
	if f.to, err = follow(f.path); err != nil {
		return err
	}
	switch {
	case f.to.descriptor >= 0:
		f.out, err = duplicate(f.to.descriptor)
		return err
	case f.to.info == nil:
		return f.stage(0o666)
	case f.to.info.IsDir():
		return errors.New("it is a folder; name a file")
	case !f.to.info.Mode().IsRegular():
		f.out, err = os.OpenFile(f.to.path, os.O_WRONLY, 0)
		return err
	}
	// A file that is read-only to the user is so for renames too.
	old, err := os.OpenFile(f.to.path, os.O_WRONLY, 0)
	if err == nil {
		err = old.Close()
	}
	if err != nil && !errors.Is(err, syscall.ETXTBSY) {
		return err
	}
	return f.stage(0o600) // until Commit gives it the old one's mode
}

// noFolder is the error where the folder of a file is not there. It is an [fs.ErrNotExist].
type noFolder string

func (n noFolder) Error() string {
	return fmt.Sprintf("the folder %s does not exist; make it, or choose another path", string(n))
}
func (noFolder) Is(target error) bool { return target == fs.ErrNotExist }

// stage opens a temporary file beside the target, and removes what killed writers of the
// target left there.
func (f *File) stage(mode fs.FileMode) error {
	dir, name := split(f.to.path)
	sweepKilled(dir, name, false)
	for {
		temp := join(dir, tempName(name))
		out, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrNotExist) {
			return noFolder(dir)
		}
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		held := holdOwn(temp)
		if _, err := os.Lstat(temp); errors.Is(err, fs.ErrNotExist) { // swept before it was held
			if held != nil {
				held.Close()
			}
			out.Close()
			continue
		}
		f.temp, f.out, f.held = temp, out, held
		return nil
	}
}

// release lets other writers remove the temporary file, should it still be there.
func (f *File) release() {
	if f.held != nil {
		f.held.Close()
	}
}

// fault names the file in an error, once.
func (f *File) fault(err error) error { return fault(f.path, err) }

// Write writes; it may keep up to 64 KiB back until Sync or Commit.
func (f *File) Write(p []byte) (int, error) {
	if f.done {
		return 0, f.fault(errEnded)
	}
	n, err := f.buf.Write(p)
	if err != nil {
		if f.err == nil {
			f.err = f.fault(err)
		}
		return n, f.err
	}
	return n, nil
}

// Sync puts all that was written on the disk. The file still waits for its name; but
// little can fail after it, so that several files are synced first and committed then.
func (f *File) Sync() error {
	err := f.buf.Flush()
	if err == nil && f.temp != "" {
		if old := f.to.info; old != nil {
			giveOwner(f.out, old)
			err = f.out.Chmod(old.Mode().Perm())
		}
		if err == nil {
			err = synced(f.out)
		}
	}
	if err != nil {
		return f.fault(err)
	}
	return nil
}

// Commit publishes the file, synced. After an error nothing is left of it.
func (f *File) Commit() error {
	if f.done {
		return f.fault(errEnded)
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Abort())
	}
	f.done = true
	defer f.release()
	err := f.out.Close()
	if f.temp == "" {
		if err != nil {
			return f.fault(err)
		}
		return nil
	}
	if err == nil {
		err = os.Rename(f.temp, f.to.path)
	}
	if errors.Is(err, syscall.EBUSY) { // a mount point
		err = overwrite(f.to.path, f.temp)
	}
	if err != nil {
		return errors.Join(f.fault(err), removed(f.temp))
	}
	dir, _ := split(f.to.path)
	if err := SyncFolder(dir); err != nil {
		return f.fault(err)
	}
	return nil
}

// Abort drops the file. What was there before stays.
func (f *File) Abort() error {
	if f.done {
		return nil
	}
	f.done = true
	defer f.release()
	err := f.out.Close()
	if f.temp != "" {
		err = errors.Join(err, removed(f.temp))
	}
	return err
}

// removed removes a temporary file, which may be gone.
func removed(temp string) error {
	if err := os.Remove(temp); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// overwrite writes a temporary file's content into one that can't be replaced.
func overwrite(path, temp string) error {
	from, err := os.Open(temp)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, synced(to), to.Close(), removed(temp))
}

// Write writes a file by a function, complete or not at all. An error of the function
// is returned with the file's name; it and a panic leave what was there before.
func Write(path string, write func(io.Writer) error) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	switch err := write(f); {
	case err == nil:
		return f.Commit()
	case f.err != nil && errors.Is(err, f.err): // which names the file
		return err
	default:
		return fmt.Errorf("write %s: %w", path, err)
	}
}

// WriteBytes writes a file's content, complete or not at all.
func WriteBytes(path string, data []byte) error {
	return Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
