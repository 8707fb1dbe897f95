package outfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// SyncFolder makes what was created, renamed and removed in a folder outlast a loss of
// power. Folders that can't be opened or synced on this system are left as they are.
func SyncFolder(dir string) error {
	d, err := os.Open(dir)
	if errors.Is(err, fs.ErrPermission) { // one may write into it all the same
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(synced(d), d.Close())
}

// synced syncs an open file or folder, where its file system knows how to.
func synced(f *os.File) error {
	err := f.Sync()
	for _, unknown := range []error{syscall.EINVAL, syscall.ENOSYS, syscall.ENOTSUP, syscall.EOPNOTSUPP} {
		if errors.Is(err, unknown) {
			return nil
		}
	}
	return err
}

// syncTree syncs the files and folders of a folder.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return SyncFolder(path)
		case !d.Type().IsRegular():
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		return errors.Join(synced(f), f.Close())
	})
}

// MkdirAll makes a folder and those above it. A symbolic link at the path's end stays, and
// the folder that it leads to is made. undo removes the folders that it made and that are
// still empty.
func MkdirAll(dir string) (undo func(), err error) {
	if to, err := follow(withoutSlash(dir)); err == nil {
		dir = to.path
	}
	var made []string // innermost first
	for p := withoutSlash(dir); ; p, _ = split(p) {
		if _, err := os.Lstat(p); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, p)
	}
	undo = func() {
		for _, p := range made {
			os.Remove(p)
		}
	}
	err = os.MkdirAll(dir, 0o777)
	for _, p := range made {
		if err == nil {
			above, _ := split(p)
			err = SyncFolder(above)
		}
	}
	if err != nil {
		undo()
	}
	return undo, err
}
