package outfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Folder is a folder of several files being written. Exactly one of Commit and Abort
// ends it; Abort after Commit does nothing, so that it can be deferred.
type Folder struct {
	path   string // as the caller named it
	to     string
	temp   string
	last   string
	inside bool     // the folder exists, and the temporary one is in it
	held   *os.File // keeps other writers from sweeping the temporary folder; may be nil
	undo   func()
	done   bool
}

// CreateFolder begins a folder that appears when it is committed. It has one writer at a
// time.
//
// Where there is no folder yet, it appears as one, complete. Where there is one (it may
// be a mount point, the working folder, or a link to a folder), it is filled: entries of
// the same names are replaced, others stay. Then last, the name of an entry, marks it as
// complete: Commit removes the old one first and puts the new one there last.
func CreateFolder(path, last string) (*Folder, error) {
	d := &Folder{path: path, last: last, undo: func() {}}
	if err := d.stage(); err != nil {
		d.undo()
		return nil, d.fault(err)
	}
	return d, nil
}

func (d *Folder) stage() error {
	to, err := follow(withoutSlash(d.path))
	if err != nil {
		return err
	}
	d.to = to.path
	switch {
	case to.info == nil && to.descriptor < 0:
		dir, name := split(d.to)
		if d.undo, err = MkdirAll(dir); err != nil {
			return err
		}
		sweepKilled(dir, name, true)
		d.temp = join(dir, tempName(name))
	case to.info != nil && to.info.IsDir():
		d.inside = true
		if err := Sweep(d.to, d.last); err != nil {
			return err
		}
		d.temp = filepath.Join(d.to, tempName(d.last))
	default:
		return errors.New("it exists and is no folder; name another")
	}
	if err := os.Mkdir(d.temp, 0o777); err != nil {
		return err
	}
	d.held = hold(d.temp)
	return nil
}

func (d *Folder) fault(err error) error { return fault(d.path, err) }

// Dir is where the folder's files are to be written until Commit.
func (d *Folder) Dir() string { return d.temp }

// Commit publishes the folder, synced.
func (d *Folder) Commit() error {
	if d.done {
		return d.fault(errEnded)
	}
	err := syncTree(d.temp)
	if err == nil {
		err = d.publish()
	}
	if err != nil {
		return errors.Join(d.fault(err), d.Abort())
	}
	d.end()
	return nil
}

func (d *Folder) end() {
	d.done = true
	if d.held != nil {
		d.held.Close()
	}
}

func (d *Folder) publish() error {
	if d.inside {
		if err := d.fill(); err != nil {
			return err
		}
		return os.RemoveAll(d.temp)
	}
	if err := os.Rename(d.temp, d.to); err != nil {
		return err
	}
	dir, _ := split(d.to)
	return SyncFolder(dir)
}

// fill moves the entries into the folder, and the old ones of the same names out of it:
// the mark first on the way out, and last on the way in. Where a step fails, those before
// it are undone.
func (d *Folder) fill() (err error) {
	names, err := d.unmarked()
	if err != nil {
		return err
	}
	var done [][2]string
	defer func() {
		if err != nil {
			for _, step := range slices.Backward(done) {
				err = errors.Join(err, os.Rename(step[1], step[0]))
			}
		}
	}()
	rename := func(from, to string) error {
		err := os.Rename(from, to)
		if err == nil {
			done = append(done, [2]string{from, to})
		}
		return err
	}
	for _, name := range slices.Concat([]string{d.last}, names) {
		err := rename(filepath.Join(d.to, name), filepath.Join(d.temp, tempName(name)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := SyncFolder(d.to); err != nil {
		return err
	}
	for _, name := range append(names, d.last) {
		if name == d.last { // all else is there, whatever happens
			if err := SyncFolder(d.to); err != nil {
				return err
			}
		}
		if err := rename(filepath.Join(d.temp, name), filepath.Join(d.to, name)); err != nil {
			return err
		}
	}
	return SyncFolder(d.to)
}

// unmarked are the new entries but the mark, which must be there.
func (d *Folder) unmarked() (names []string, err error) {
	entries, err := os.ReadDir(d.temp)
	marked := false
	for _, e := range entries {
		if e.Name() == d.last {
			marked = true
		} else {
			names = append(names, e.Name())
		}
	}
	if err == nil && !marked {
		err = fmt.Errorf("no %s was written, which marks the folder as complete", d.last)
	}
	return names, err
}

// Abort drops the folder, and those above that were made for it alone.
func (d *Folder) Abort() error {
	if d.done {
		return nil
	}
	err := os.RemoveAll(d.temp)
	d.end()
	d.undo()
	return err
}

// End is to be deferred: it drops a folder that was not committed, and in an error it puts
// the folder's path in place of the temporary one.
func (d *Folder) End(err *error) {
	d.Abort() // what it can't remove is swept later
	if *err != nil && strings.Contains((*err).Error(), d.temp) {
		*err = &named{*err, strings.ReplaceAll((*err).Error(), d.temp, withoutSlash(d.path))}
	}
}

// named is an error with another text.
type named struct {
	error
	text string
}

func (e *named) Error() string { return e.text }
func (e *named) Unwrap() error { return e.error }
