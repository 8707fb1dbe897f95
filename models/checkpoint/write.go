package checkpoint

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/outfile"
	"assay/harness/leaf/plural"
)

// Array is a tensor to write.
type Array struct {
	Name  string
	DType DType
	Shape []int  // row-major; empty for a scalar
	Data  []byte // little-endian
}

// Floats makes an array of type F32. On a little-endian machine it is a view of the values, which must not
// change until it is written.
func Floats(name string, values []float32, shape ...int) Array {
	return Array{Name: name, DType: F32, Shape: shape, Data: rawBytes(values)}
}

// Write writes a safetensors file, completely or not at all; see [outfile]. Equal content gives equal bytes,
// the same as the reference implementation's: arrays by descending alignment, then by name; metadata by key.
// The data are streamed, not copied.
func Write(path string, metadata map[string]string, arrays []Array) error {
	f, err := stageArrays(path, metadata, arrays)
	if err != nil {
		return err
	}
	return committed(f, path)
}

// committed commits a file.
func committed(f *outfile.File, path string) error {
	if err := f.Commit(); err != nil {
		return inFile(path, plainIO(err))
	}
	return nil
}

// stageArrays writes and syncs a file that only needs its commit.
func stageArrays(path string, metadata map[string]string, arrays []Array) (*outfile.File, error) {
	head, sorted, err := makeHeader(metadata, arrays)
	if err != nil {
		return nil, inFile(path, err)
	}
	parts := [][]byte{head}
	for _, a := range sorted {
		parts = append(parts, a.Data)
	}
	return stage(path, parts...)
}

// stage writes and syncs a file of some parts that only needs its commit.
func stage(path string, parts ...[]byte) (*outfile.File, error) {
	f, err := outfile.Create(path)
	if err != nil {
		return nil, inFile(path, plainIO(err))
	}
	for _, part := range parts {
		if err == nil {
			_, err = f.Write(part)
		}
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		f.Abort()
		return nil, inFile(path, plainIO(err))
	}
	return f, nil
}

// makeHeader returns the start of the file and the order in which the arrays follow.
func makeHeader(metadata map[string]string, arrays []Array) ([]byte, []Array, error) {
	sorted := slices.SortedFunc(slices.Values(arrays), func(a, b Array) int {
		return cmp.Or(cmp.Compare(b.DType.rank(), a.DType.rank()), cmp.Compare(a.Name, b.Name))
	})
	w := headerWriter{text: append(make([]byte, prefixSize), '{')}
	if metadata != nil {
		w.member(metadataKey)
		w.text = append(w.text, '{')
		for i, key := range slices.Sorted(maps.Keys(metadata)) {
			if i > 0 {
				w.text = append(w.text, ',')
			}
			w.string(key)
			w.text = append(w.text, ':')
			w.string(metadata[key])
		}
		w.text = append(w.text, '}')
	}
	seen := make(map[string]bool, len(sorted))
	var at int64
	for _, a := range sorted {
		if err := a.check(seen); err != nil {
			return nil, nil, inTensor(a.Name, err)
		}
		seen[a.Name] = true
		w.array(a, at)
		at += int64(len(a.Data))
	}
	w.text = append(w.text, '}')
	for len(w.text)%8 != 0 {
		w.text = append(w.text, ' ')
	}
	length := len(w.text) - prefixSize
	switch {
	case w.err != nil:
		return nil, nil, w.err
	case length > headerLimit:
		return nil, nil, fmt.Errorf("the header has %s, but the limit is %d; split the checkpoint", plural.Of(length, "byte"), headerLimit)
	}
	binary.LittleEndian.PutUint64(w.text, uint64(length))
	return w.text, sorted, nil
}

func (a Array) check(seen map[string]bool) error {
	size, err := byteSize(a.DType, a.Shape)
	switch {
	case err != nil:
		return err
	case seen[a.Name]:
		return errors.New("given twice")
	case a.Name == metadataKey:
		return errors.New("the name is reserved for the file's metadata")
	case strings.ContainsFunc(a.Name, unicode.IsControl):
		return errors.New("its name has control characters")
	case len(a.Shape) > rankLimit:
		return fmt.Errorf("it has %s, but the limit is %d", plural.Of(len(a.Shape), "dimension"), rankLimit)
	case size != int64(len(a.Data)):
		return fmt.Errorf("it has %s of data, but shape %s of %s needs %d", plural.Of(len(a.Data), "byte"), shapeText(a.Shape), a.DType, size)
	}
	return nil
}

// headerWriter writes JSON as compactly as the reference implementation does.
type headerWriter struct {
	text []byte
	err  error // the first error
}

func (w *headerWriter) string(s string) {
	text, err := jsontext.AppendQuote(w.text, s)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("%s is not UTF-8", quote(s))
	}
	w.text = text
}

func (w *headerWriter) member(name string) {
	if w.text[len(w.text)-1] != '{' {
		w.text = append(w.text, ',')
	}
	w.string(name)
	w.text = append(w.text, ':')
}

func (w *headerWriter) array(a Array, at int64) {
	w.member(a.Name)
	w.text = fmt.Appendf(w.text, `{"dtype":"%s","shape":%s,"data_offsets":[`, a.DType, shapeText(a.Shape))
	w.text = strconv.AppendInt(w.text, at, 10)
	w.text = append(w.text, ',')
	w.text = strconv.AppendInt(w.text, at+int64(len(a.Data)), 10)
	w.text = append(w.text, "]}"...)
}
