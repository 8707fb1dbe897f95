package checkpoint

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever a file contains, Open and later calls neither panic nor read beyond it, and a file that opens can
// be written again and is then the same. The header's length is right except for skew, so that the fuzzer
// gets past it.
func FuzzOpen(f *testing.F) {
	python, err := os.ReadFile(pythonFile)
	if err != nil {
		f.Fatal(err)
	}
	begin := prefixSize + binary.LittleEndian.Uint64(python)
	f.Add(python[prefixSize:begin], python[begin:], int64(0))
	for _, seed := range []struct{ header, data string }{
		{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234"},
		{`{"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2,1],"data_offsets":[2,6]},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}`, "123456"},
		{`{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]},"":{"dtype":"F64","shape":[],"data_offsets":[1,9]}}`, "123456789"},
	} {
		f.Add([]byte(seed.header), []byte(seed.data), int64(0))
	}
	path := filepath.Join(f.TempDir(), "x.safetensors")
	f.Fuzz(func(t *testing.T, header, data []byte, skew int64) {
		text := binary.LittleEndian.AppendUint64(nil, uint64(int64(len(header))+skew))
		text = append(append(text, header...), data...)
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		file, err := Open(path)
		if err != nil {
			if strings.Contains(err.Error(), "\n") || len(err.Error()) > len(path)+4000 {
				t.Errorf("error %q is not one short line", err)
			}
			return
		}
		defer file.Close()
		checkRewriting(t, file, arraysOf(t, file))
	})
}

func arraysOf(t *testing.T, file *File) []Array {
	var arrays []Array
	for _, name := range file.Names() {
		tensor, err := file.Tensor(name)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := file.Bytes(name)
		if err != nil {
			t.Fatal(err)
		}
		values, err := file.Float32s(name, tensor.Shape...)
		if err == nil && uint64(len(values))*tensor.DType.bits() != 8*uint64(len(raw)) {
			t.Errorf("%q: %d values of %d bytes", name, len(values), len(raw))
		}
		arrays = append(arrays, Array{name, tensor.DType, tensor.Shape, raw})
	}
	return arrays
}

// checkRewriting does what Write does, without the disk.
func checkRewriting(t *testing.T, want *File, arrays []Array) {
	text, sorted, err := makeHeader(want.Metadata(), arrays)
	if err != nil {
		t.Fatalf("read, but not written: %v", err)
	}
	for _, a := range sorted {
		text = append(text, a.Data...)
	}
	got, err := readHeader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatalf("written as %q, but not read: %v", text, err)
	}
	if len(got.tensors) != len(sorted) {
		t.Fatalf("%d tensors, want %d", len(got.tensors), len(sorted))
	}
	held := map[string]string{}
	for _, tensor := range got.tensors {
		held[tensor.Name] = string(text[tensor.begin:tensor.end])
	}
	for _, a := range sorted {
		if raw, ok := held[a.Name]; !ok || raw != string(a.Data) {
			t.Errorf("%q: %q, want %q", a.Name, raw, a.Data)
		}
	}
}
