package runstore

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/gofrs/flock"
)

// Lock keeps a run's folder to one writer. The operating system releases it when
// the process ends, for any reason.
type Lock struct {
	flock *flock.Flock
}

// LockFile is the lock's name in a run's folder.
const LockFile = ".lock"

// Lock locks the folder. holder says who does, for the message to others.
func (d Dir) Lock(holder string) (*Lock, error) {
	path := d.Path(LockFile)
	// Network file systems lock only files that are open for writing.
	l := &Lock{flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o666))}
	ok, err := l.flock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("%s can't be locked: %w", d, err)
	}
	if !ok {
		by, err := os.ReadFile(path)
		if err != nil || len(by) == 0 {
			by = []byte("another process")
		}
		return nil, fmt.Errorf("%s is being written by %s; wait until it has finished, or stop it (Ctrl-C)", d, strings.TrimSpace(string(by)))
	}
	if err := os.WriteFile(path, []byte(holder+"\n"), 0o666); err != nil {
		return nil, errors.Join(err, l.flock.Close())
	}
	return l, nil
}

// Unlock releases the lock. The file stays, empty: if it were removed, two writers
// could hold two files of one name.
func (l *Lock) Unlock() error {
	return errors.Join(os.Truncate(l.flock.Path(), 0), l.flock.Close())
}
