package interop

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"assay/harness"
	"assay/harness/leaf/rows"
)

// file is an open source. It hashes and counts what is read through it.
type file struct {
	io.Reader
	f    *os.File
	path string
	sum  hash.Hash
	n    int64
}

func open(path string, progress io.Writer) (*file, error) {
	f, err := rows.OpenFile(path)
	if err != nil {
		return nil, err
	}
	file := &file{f: f, path: path, sum: sha256.New()}
	file.Reader = io.TeeReader(f, io.MultiWriter(file, progress))
	return file, nil
}

// Write counts and hashes; it serves the TeeReader.
func (f *file) Write(p []byte) (int, error) {
	f.n += int64(len(p))
	return f.sum.Write(p)
}

func (f *file) Close() error { return f.f.Close() }

// source describes the file after it was read to the end.
func (f *file) source() harness.Source {
	return harness.Source{Name: filepath.Base(f.path), Bytes: f.n, SHA256: hex.EncodeToString(f.sum.Sum(nil))}
}

// Expand replaces each folder with the files in it, in order of name.
func Expand(paths []string) ([]string, error) {
	return inFolders(paths, func(folder string) (files []string, err error) {
		entries, err := os.ReadDir(folder)
		for _, e := range entries {
			if !e.IsDir() {
				files = append(files, filepath.Join(folder, e.Name()))
			}
		}
		return files, err
	})
}

// Walk replaces each folder with the files below it, at any depth and in order of name, whose
// names are wanted. Other paths stay as they are.
func Walk(paths []string, wanted func(name string) bool) ([]string, error) {
	return inFolders(paths, func(folder string) (files []string, err error) {
		err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && wanted(d.Name()) {
				files = append(files, path)
			}
			return err
		})
		return files, err
	})
}

// inFolders replaces each folder with the files that list gives for it.
func inFolders(paths []string, list func(folder string) ([]string, error)) ([]string, error) {
	var files []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: no such file or folder; check the path", p)
		}
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, p)
			continue
		}
		inside, err := list(p)
		if err != nil {
			return nil, err
		}
		files = append(files, inside...)
	}
	return files, nil
}

// Size is the number of bytes that an importer reads from paths. A path that doesn't exist is
// refused.
func Size(im Importer, paths []string) (int64, error) {
	expand := Expand
	if im.Deep != nil {
		expand = func(paths []string) ([]string, error) { return Walk(paths, im.Deep) }
	}
	files, err := expand(paths)
	if err != nil {
		return 0, err
	}
	var size int64
	for _, p := range files {
		if info, err := os.Stat(p); err == nil { // the importer reports a file that can't be read
			size += info.Size()
		}
	}
	return size, nil
}
