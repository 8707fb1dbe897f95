package harness

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path/filepath"

	"assay/harness/leaf/rows"
)

// ReadSource reads r to its end and describes what it held under a name.
func ReadSource(name string, r io.Reader) (Source, error) {
	h := sha256.New()
	n, err := io.Copy(h, r)
	return Source{Name: name, Bytes: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

// FileSource describes a file by its base name, size and hash.
func FileSource(path string) (Source, error) {
	f, err := rows.OpenFile(path)
	if err != nil {
		return Source{}, err
	}
	defer f.Close()
	return ReadSource(filepath.Base(path), f)
}

// FileSources are the sources of files, and the sum of their bytes.
func FileSources(paths []string) (all []Source, bytes int64, err error) {
	for _, path := range paths {
		s, err := FileSource(path)
		if err != nil {
			return nil, 0, err
		}
		all, bytes = append(all, s), bytes+s.Bytes
	}
	return all, bytes, nil
}
