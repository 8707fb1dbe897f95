package outfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// CreateFresh begins a folder, as [CreateFolder] does, where nothing may be yet except an
// empty folder or what killed writers left. remedy says what to do if something is there.
func CreateFresh(path, last, remedy string) (*Folder, error) {
	entries, err := os.ReadDir(path)
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return IsTemp(e.Name()) })
	switch {
	case err == nil && len(entries) > 0:
		return nil, fmt.Errorf("%s exists and %s", path, remedy)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s is not a folder; choose another -o", path)
	}
	return createNamed(path, last)
}

// CreateOver begins a folder, as [CreateFolder] does, over an older one of the same kind: it
// is known by its entry last, or by what a killed writer left of it. ours are all entries
// that the older one may have. A folder with any other entry is refused, so that nothing of
// the user's is replaced. Without an older one it is [CreateFresh].
func CreateOver(path, last, remedy string, ours ...string) (*Folder, error) {
	entries, _ := os.ReadDir(path) // a folder that can't be read holds none
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == last || IsTemp(e.Name()) }) {
		return CreateFresh(path, last, remedy)
	}
	for _, e := range entries {
		if !slices.Contains(ours, e.Name()) && !IsTemp(e.Name()) {
			return nil, fmt.Errorf("%s contains %s, which assay did not write: move it, or choose another -o", path, e.Name())
		}
	}
	return createNamed(path, last)
}

func createNamed(path, last string) (*Folder, error) {
	d, err := CreateFolder(path, last)
	if err != nil {
		return nil, fmt.Errorf("%w; choose another -o", err)
	}
	return d, nil
}
