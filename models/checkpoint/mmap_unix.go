//go:build unix

package checkpoint

import (
	"errors"
	"fmt"
	"math"
	"os"
	"syscall"

	"assay/harness/leaf/plural"
)

// mapping is a file's bytes, mapped read-only.
type mapping struct{ bytes []byte }

// mapFile maps a file of size bytes, which must not be 0, and closes it.
func mapFile(f *os.File, size int64) (*mapping, error) {
	if size > math.MaxInt {
		return nil, errors.Join(fmt.Errorf("%s are more than this machine can address", plural.Of(size, "byte")), f.Close())
	}
	bytes, err := syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		err = fmt.Errorf("map into memory: %w", err)
	}
	if closing := f.Close(); err == nil && closing != nil {
		err = errors.Join(closing, syscall.Munmap(bytes))
	}
	if err != nil {
		return nil, err
	}
	return &mapping{bytes}, nil
}

// view is n bytes starting at an offset; the caller checks that they are in the file.
func (m *mapping) view(at, n int64) ([]byte, error) {
	return m.bytes[at : at+n : at+n], nil
}

func (m *mapping) close() error {
	bytes := m.bytes
	m.bytes = nil
	return syscall.Munmap(bytes)
}
