package datasets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
)

// State is what is known about a file, or a set, below the folder of data.
type State string

const (
	Absent  State = "absent"
	Present State = "present" // its size matches the record, and so does its sum if that was checked
	Damaged State = "damaged" // its size or sum differs, or it is not a file
	// Of sets only.
	Incomplete State = "incomplete"         // some files are absent
	Unchecked  State = "present, unchecked" // without a checksum on record
)

// At is the file's place below the folder of data.
func (f *File) At(dir string) string { return filepath.Join(dir, filepath.FromSlash(f.Path)) }

// Look sums up the state of the set's files, by their sizes alone.
func (s *Set) Look(dir string) (State, error) {
	if len(s.Files) == 0 {
		for _, place := range s.Places() {
			if found, err := fs.Glob(os.DirFS(dir), place); err != nil || len(found) == 0 {
				return Absent, nil
			}
		}
		return Unchecked, nil
	}
	count := map[State]int{}
	for _, f := range s.Files {
		state, err := f.Look(dir)
		if err != nil {
			return "", err
		}
		count[state]++
	}
	switch {
	case count[Damaged] > 0:
		return Damaged, nil
	case count[Absent] == len(s.Files):
		return Absent, nil
	case count[Absent] > 0:
		return Incomplete, nil
	}
	return Present, nil
}

// Look determines the file's state by its size alone.
func (f *File) Look(dir string) (State, error) {
	info, err := os.Stat(f.At(dir))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Absent, nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular() || info.Size() != f.Bytes:
		return Damaged, nil
	}
	return Present, nil
}

// Verify determines the file's state by its content, and says how a damaged one
// differs. It writes the bytes that it reads to progress too. It stops when ctx
// ends.
func (f *File) Verify(ctx context.Context, dir string, progress io.Writer) (State, string, error) {
	path := f.At(dir)
	switch state, err := f.Look(dir); {
	case err != nil || state == Absent:
		return state, "", err
	case state == Damaged:
		info, err := os.Stat(path)
		if err != nil {
			return "", "", err
		}
		if !info.Mode().IsRegular() {
			return Damaged, "not a file", nil
		}
		return Damaged, fmt.Sprintf("%s, but the record says %d", plural.Of(info.Size(), "byte"), f.Bytes), nil
	}
	file, err := rows.OpenFile(path)
	if err != nil {
		return "", "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(sum, progress), contextReader{ctx, file}); err != nil {
		return "", "", fmt.Errorf("reading %s: %w", path, err)
	}
	if got := hexSum(sum); got != f.SHA256 {
		return Damaged, fmt.Sprintf("SHA-256 %s, but the record says %s", got, f.SHA256), nil
	}
	return Present, "", nil
}

// Tally counts files that were verified.
type Tally struct {
	Right, Absent int
	wrong         []string // what is wrong with files that should be right
}

// Add counts a file. If somebody named its data set, it may not be absent.
func (t *Tally) Add(f *File, state State, named bool) {
	switch {
	case state == Absent && !named:
		t.Absent++
	case state != Present:
		t.wrong = append(t.wrong, fmt.Sprintf("%s is %s", f.Path, state))
	default:
		t.Right++
	}
}

// Err names the wrong files below a folder, with the remedy; nil if there are none.
func (t *Tally) Err(dir string) error {
	if len(t.wrong) == 0 {
		return nil
	}
	return fmt.Errorf("%s: %s; 'assay data pull' downloads missing files, and with --force replaces those that differ", dir, strings.Join(t.wrong, ", "))
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// contextReader fails when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}
