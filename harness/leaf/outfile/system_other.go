//go:build !unix

package outfile

import (
	"errors"
	"io/fs"
	"os"
)

// duplicate is never called: no path leads to a descriptor here.
func duplicate(int) (*os.File, error) { return nil, errors.ErrUnsupported }

// giveOwner does nothing: files have no owner that a program sets here.
func giveOwner(*os.File, fs.FileInfo) {}
