//go:build !unix

package checkpoint

import "os"

// mapping is a file's bytes, read on demand.
type mapping struct{ file *os.File }

// mapFile takes ownership of the file.
func mapFile(f *os.File, _ int64) (*mapping, error) { return &mapping{f}, nil }

// view is a copy of n bytes starting at an offset; the caller checks that they are in the file.
func (m *mapping) view(at, n int64) ([]byte, error) {
	b := make([]byte, n)
	if _, err := m.file.ReadAt(b, at); err != nil && n > 0 {
		return nil, err
	}
	return b, nil
}

func (m *mapping) close() error { return m.file.Close() }
