package checkpoint

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"assay/harness/leaf/rows"
)

// File is a safetensors file, or a checkpoint's shards together. Several goroutines may read it until it is
// closed.
type File struct {
	path     string
	metadata map[string]string
	tensors  map[string]Tensor
	parts    []*part
}

// Tensor is an entry of a file's header. Shape belongs to the file: don't change it.
type Tensor struct {
	Name  string
	DType DType
	Shape []int // row-major; empty for a scalar

	begin, end int64 // offsets within the part
	part       *part
}

// part is one file on disk.
type part struct {
	path   string
	data   *mapping
	closed bool
}

// Open maps a safetensors file into memory and checks its header against its size. A path that ends in .json
// is an index (model.safetensors.index.json): the shards that it names, in the same folder, are opened as one
// File.
//
// The file must not be changed in place or truncated while it is open: the operating system would then kill
// the program. Files replaced by renaming, as [Write] does, are safe. Errors are of type *[place.Error].
func Open(path string) (*File, error) {
	if filepath.Ext(path) == ".json" {
		return openIndex(path)
	}
	f, err := openPart(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	return f, nil
}

// plainIO removes the path from an operating system's error, since [place.Error] has it.
func plainIO(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}

// unreadable adds the file to an error of reading it; an operating system's error gets a remedy too.
func unreadable(path string, err error) error {
	if _, ok := errors.AsType[*os.PathError](err); ok {
		return rows.Unreadable(path, err)
	}
	return inFile(path, err)
}

func openPart(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	head, err := readHeader(f, info.Size())
	if err != nil && isPointer(f) {
		err = errors.New("it is a Git LFS pointer, not the file itself; run 'git lfs pull' in the repository, or download the file")
	}
	if err != nil {
		f.Close() // opened for reading: nothing is lost
		return nil, err
	}
	data, err := mapFile(f, info.Size())
	if err != nil {
		return nil, err
	}
	p := &part{path: path, data: data}
	file := &File{path: path, metadata: head.metadata, tensors: make(map[string]Tensor, len(head.tensors)), parts: []*part{p}}
	for _, t := range head.tensors {
		t.part = p
		file.tensors[t.Name] = t
	}
	return file, nil
}

// isPointer reports whether a file is a pointer that Git LFS writes in place of a large file.
func isPointer(f *os.File) bool {
	const begins = "version https://git-lfs"
	data := make([]byte, len(begins))
	_, err := f.ReadAt(data, 0)
	return err == nil && string(data) == begins
}

// Path returns the path that the file was opened with.
func (f *File) Path() string { return f.path }

// Names returns the tensors' names, sorted.
func (f *File) Names() []string { return slices.Sorted(maps.Keys(f.tensors)) }

// Metadata returns a copy of the file's metadata (__metadata__). The metadata of shards are merged; where
// they differ the last shard wins.
func (f *File) Metadata() map[string]string { return maps.Clone(f.metadata) }

// Tensor finds a tensor by name.
func (f *File) Tensor(name string) (Tensor, error) {
	t, ok := f.tensors[name]
	if !ok {
		return Tensor{}, inFile(f.path, inTensor(name, errors.New("the file doesn't have it")))
	}
	return t, nil
}

// Bytes returns a tensor's elements as stored in the file, little-endian and row-major. They may be a view of
// the file: reading them after [File.Close], or ever writing to them, crashes the program.
func (f *File) Bytes(name string) ([]byte, error) {
	t, err := f.Tensor(name)
	if err != nil {
		return nil, err
	}
	b, err := t.part.view(t)
	if err != nil {
		return nil, inFile(t.part.path, inTensor(name, err))
	}
	return b, nil
}

func (p *part) view(t Tensor) ([]byte, error) {
	if p.closed {
		return nil, errors.New("the file is closed")
	}
	return p.data.view(t.begin, t.end-t.begin)
}

// Float32s returns a tensor's elements, row-major. The tensor must have exactly this shape (none for a
// scalar) and one of the types F32, F16, BF16 and F64. F64 is rounded; a value beyond float32's range is an
// error.
//
// Aligned F32 on a little-endian machine is not copied: the slice is a view of the file, which must not be
// written to, nor read after [File.Close]. Everything else is a copy. To change or keep the values, copy them
// (slices.Clone).
func (f *File) Float32s(name string, shape ...int) ([]float32, error) {
	t, err := f.Tensor(name)
	if err != nil {
		return nil, err
	}
	if err := t.check(shape); err != nil {
		return nil, inFile(t.part.path, inTensor(name, err))
	}
	raw, err := f.Bytes(name)
	if err != nil {
		return nil, err
	}
	values, err := float32s(t.DType, raw)
	if err != nil {
		return nil, inFile(t.part.path, inTensor(name, err))
	}
	return values, nil
}

// check reports why the tensor can't be read as float32 with a shape.
func (t Tensor) check(shape []int) error {
	switch t.DType {
	case F16, BF16, F32, F64:
	default:
		return fmt.Errorf("dtype is %s, want F32, F16, BF16 or F64", t.DType)
	}
	if !slices.Equal(t.Shape, shape) {
		return fmt.Errorf("shape is %s, want %s", shapeText(t.Shape), shapeText(shape))
	}
	return nil
}

// Close unmaps the file. Views of it are invalid from then on.
func (f *File) Close() error {
	var errs []error
	for _, p := range f.parts {
		if !p.closed {
			p.closed = true
			errs = append(errs, p.data.close())
		}
	}
	return errors.Join(errs...)
}
