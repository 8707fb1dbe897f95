package outfile

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Temporary names are ".NAME.DIGITS.tmp", with what fits of NAME.
const (
	tempEnd  = ".tmp"
	nameRoom = 200 // bytes of NAME; file systems take 255 for all of it
)

// tempName is a temporary name for a file or folder.
func tempName(name string) string {
	return "." + fitting(name) + "." + strconv.FormatUint(rand.Uint64(), 10) + tempEnd
}

// fitting is the beginning of a name that a temporary one has room for.
func fitting(name string) string {
	if len(name) <= nameRoom {
		return name
	}
	cut := nameRoom
	for cut > nameRoom-utf8.UTFMax && !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut]
}

// IsTemp reports whether an entry of a folder has the name of a temporary file or folder
// of this package.
func IsTemp(entry string) bool {
	_, ok := tempOf(entry)
	return ok
}

// tempOf is the name that a temporary one was made for.
func tempOf(entry string) (name string, ok bool) {
	rest, hidden := strings.CutPrefix(entry, ".")
	rest, ends := strings.CutSuffix(rest, tempEnd)
	dot := strings.LastIndexByte(rest, '.')
	if !hidden || !ends || dot < 1 || dot == len(rest)-1 || strings.Trim(rest[dot+1:], "0123456789") != "" {
		return "", false
	}
	return rest[:dot], true
}

// Sweep removes the temporary files and folders that writers left in a folder because
// they were killed: those of the names, or all where there are no names. No writer of
// these may be at work. A folder that does not exist needs no sweeping.
func Sweep(dir string, names ...string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		name, temp := tempOf(e.Name())
		if !temp || len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return fitting(n) == name }) {
			continue
		}
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return err
}

// sweepKilled removes the temporary files that killed writers of a file left beside it, or
// the temporary folders beside a folder. It keeps those of writers that still run, and what
// it may not remove.
func sweepKilled(dir, name string, folders bool) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		of, temp := tempOf(e.Name())
		// A long name equals none that was cut, which may be that of another file.
		if !temp || of != name || e.IsDir() != folders || !folders && !e.Type().IsRegular() {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if held := hold(path); held != nil {
			os.RemoveAll(path)
			held.Close()
		}
	}
}
