package datasets

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"assay/harness/leaf/place"
)

// Set is one public data set.
type Set struct {
	Name    string   // as in commands: "truthfulqa"
	Suites  []string // the suites that read it
	Licence string   // licence of the data, as their publisher names it
	Home    string   // the official source
	Note    string   // what to know: a mirror, a part of the data; "" for nothing
	// Files are the files with a recorded checksum. A set without any must be
	// downloaded by hand, from Home to Place.
	Files []File
	// Place is where to put a set without recorded files, below the folder of data. If
	// there are several files, it is the one that a plan names. It may be a pattern, such as
	// bbq/*.jsonl.
	Place string
	// Beside is the place of a second file, which the suite finds by the first; "" for none.
	Beside string
	// Shots is the place of few-shot examples, which not every plan needs; "" for none.
	Shots string
}

// Places are where to put the files of a set without recorded ones, except few-shot examples.
func (s *Set) Places() []string {
	if s.Beside == "" {
		return []string{s.Place}
	}
	return []string{s.Place, s.Beside}
}

// Remedy says how to get the set.
func (s *Set) Remedy() string {
	if len(s.Files) > 0 {
		return fmt.Sprintf("'assay data pull %s' downloads it", s.Name)
	}
	return fmt.Sprintf("get it from %s (%s)", s.Home, s.Note)
}

// File is one file of a set.
type File struct {
	Path   string // path below the folder of data, with slashes
	URL    string
	Bytes  int64
	SHA256 string // in hexadecimal
}

// Bytes is the size of all recorded files.
func (s *Set) Bytes() int64 {
	var n int64
	for _, f := range s.Files {
		n += f.Bytes
	}
	return n
}

// Find looks a set up by name.
func Find(name string) (Set, bool) {
	sets := All()
	if i := slices.IndexFunc(sets, func(s Set) bool { return s.Name == name }); i >= 0 {
		return sets[i], true
	}
	return Set{}, false
}

// At finds the set whose usual place has a file, below the folder of data.
func At(path string) (Set, bool) {
	for _, s := range All() {
		if path != "" && slices.Contains(append(s.Places(), s.Shots), path) || slices.ContainsFunc(s.Files, func(f File) bool { return f.Path == path }) {
			return s, true
		}
	}
	return Set{}, false
}

// Names lists the sets' names in the registry's order.
func Names() []string {
	var names []string
	for _, s := range All() {
		names = append(names, s.Name)
	}
	return names
}

// CheckFolder returns an error if the data folder is a file, or if it doesn't exist.
func CheckFolder(dir string) error {
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the data folder %s does not exist; check --data or ASSAY_DATA, or download a set with 'assay data pull', which makes the folder", dir)
	case err != nil:
		return fmt.Errorf("the data folder can't be read: %w", err)
	case !info.IsDir():
		return fmt.Errorf("the data folder %s is a file; name a folder with --data, or set ASSAY_DATA", dir)
	}
	return nil
}

// Checkable finds sets by their names, and refuses those without a checksum on record, and no folder
// of data.
func Checkable(names []string, dir string) ([]Set, error) {
	var sets []Set
	for _, name := range names {
		s, ok := Find(name)
		if !ok {
			return nil, fmt.Errorf("unknown data set %q; %s", name, place.Choose(name, Names()))
		}
		if len(s.Files) == 0 {
			return nil, fmt.Errorf("%s has no recorded checksum: download it yourself from %s (%s), and put it at %s in the data folder", s.Name, s.Home, s.Note, strings.Join(s.Places(), " and "))
		}
		sets = append(sets, s)
	}
	if dir == "" {
		return nil, errors.New("no data folder: name one with --data, or set ASSAY_DATA")
	}
	return sets, nil
}
