package session

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"assay/harness/leaf/outfile"
	"assay/harness/runstore"
)

// Folder is where a session writes.
type Folder struct {
	Path string
	// Scratch lists the files, besides the lock, that are useless without results. They are
	// removed with the folder if the session made the folder and has no results.
	Scratch []string
	// Holds reports whether the folder holds results.
	Holds func(runstore.Dir) bool
}

// Work makes the folder, or checks that it belongs to a run or a training, and keeps other
// processes out while work runs. First it removes temporary files of killed processes. If
// work fails before it has results, a folder that was made for it is removed.
func (f Folder) Work(work func(runstore.Dir) error) (err error) {
	undo, err := f.make()
	if err != nil {
		return err
	}
	dir := runstore.Dir(f.Path)
	lock, err := Lock(dir)
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, lock.Unlock())
		if undo != nil && err != nil && !f.Holds(dir) {
			f.clear()
			undo()
		}
	}()
	if err := dir.Sweep(); err != nil {
		return err
	}
	return work(dir)
}

// Check refuses a folder that holds anything but a run or a training.
func (f Folder) Check() error {
	entries, err := os.ReadDir(f.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%s is not a folder; choose another -o", f.Path)
	case len(entries) == 0:
		return nil
	}
	for _, known := range []string{runstore.ManifestFile, runstore.Answers().File(), runstore.LockFile} {
		if _, err := os.Stat(filepath.Join(f.Path, known)); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%s %s; choose another -o", f.Path, runstore.What(runstore.Dir(f.Path)))
}

// make makes the folder if there is none. undo removes it while it is empty, and is nil if it
// existed.
func (f Folder) make() (undo func(), err error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(f.Path); !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	undo, err = outfile.MkdirAll(f.Path)
	if err != nil {
		return nil, fmt.Errorf("can't write to %s; choose another -o: %w", f.Path, err)
	}
	return undo, nil
}

// clear removes the lock and the scratch.
func (f Folder) clear() {
	for _, name := range append([]string{runstore.LockFile}, f.Scratch...) {
		_ = os.Remove(filepath.Join(f.Path, name))
	}
}

// Lock keeps other processes out of a folder. Their error says which process holds it.
func Lock(dir runstore.Dir) (*runstore.Lock, error) {
	return dir.Lock(fmt.Sprintf("process %d on %s, since %s", os.Getpid(), Host(), time.Now().Format(time.DateTime)))
}

// Host is this machine's name, or "unknown".
func Host() string {
	host, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return host
}
