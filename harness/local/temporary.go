package local

import (
	"errors"
	"os"
)

// withinTemporary opens something in a temporary folder, which is then removed: what was opened is in
// memory.
func withinTemporary(open func(dir string) error) error {
	dir, err := os.MkdirTemp("", "assay-model-")
	if err != nil {
		return err
	}
	return errors.Join(open(dir), os.RemoveAll(dir))
}
