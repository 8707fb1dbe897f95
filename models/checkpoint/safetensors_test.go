package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// safetensors 0.8.0 for Python wrote pythonFile:
//
//	python fixtures/peers/safetensors_check.py --testdata
const pythonFile = "testdata/python.safetensors"

func open(t testing.TB, path string) *File {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func TestReadsPython(t *testing.T) {
	f := open(t, pythonFile)
	names := []string{`a "name" in UTF-8: é`, "bf16", "empty", "f16", "f32", "f64", "i64", "scalar"}
	if diff := cmp.Diff(names, f.Names()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"format": "pt"}, f.Metadata()); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
	inf := float32(math.Inf(1))
	negativeZero := float32(math.Copysign(0, -1))
	for _, c := range []struct {
		name  string
		dtype DType
		shape []int
		want  []float32
	}{
		{"f32", F32, []int{2, 3}, []float32{0, negativeZero, 1.5, -2.25, math.MaxFloat32, math.SmallestNonzeroFloat32}},
		{"f16", F16, []int{2, 4}, []float32{0, negativeZero, 1, -2, 65504, 0x1p-24, 0.333251953125, inf}},
		// torch.tensor(1e38, dtype=torch.bfloat16).float().item() = 9.969209968386869e+37
		{"bf16", BF16, []int{3}, []float32{1, -3.140625, 9.969209968386869e+37}},
		{"f64", F64, []int{2}, []float32{math.Pi, 0}},
		{"scalar", F32, nil, []float32{7}},
		{"empty", F32, []int{0, 3}, []float32{}},
	} {
		tensor, err := f.Tensor(c.name)
		if err != nil {
			t.Fatal(err)
		}
		if tensor.DType != c.dtype || !slices.Equal(tensor.Shape, c.shape) {
			t.Errorf("%s: %s %v, want %s %v", c.name, tensor.DType, tensor.Shape, c.dtype, c.shape)
		}
		got, err := f.Float32s(c.name, c.shape...)
		if err != nil || !slices.Equal(bitsOf(got), bitsOf(c.want)) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
	}
	raw, err := f.Bytes("i64")
	if want := append(binary.LittleEndian.AppendUint64(nil, 1), binary.LittleEndian.AppendUint64(nil, math.MaxUint64-1)...); err != nil || !bytes.Equal(raw, want) {
		t.Errorf("i64: %v, %v, want %v", raw, err, want)
	}
}

func bitsOf(values []float32) []uint32 {
	out := make([]uint32, len(values))
	for i, v := range values {
		out[i] = math.Float32bits(v)
	}
	return out
}

func TestFloat32sErrors(t *testing.T) {
	f := open(t, pythonFile)
	beyond := filepath.Join(t.TempDir(), "beyond.safetensors")
	data := binary.LittleEndian.AppendUint64(nil, math.Float64bits(1))
	data = binary.LittleEndian.AppendUint64(data, math.Float64bits(-1e39))
	if err := Write(beyond, nil, []Array{{Name: "w", DType: F64, Shape: []int{2}, Data: data}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file  *File
		name  string
		shape []int
		want  string
	}{
		{f, "f32", []int{3, 2}, `tensor "f32": shape is [2,3], want [3,2]`},
		{f, "f32", nil, `tensor "f32": shape is [2,3], want []`},
		{f, "scalar", []int{1}, `tensor "scalar": shape is [], want [1]`},
		{f, "i64", []int{2}, `tensor "i64": dtype is I64, want F32, F16, BF16 or F64`},
		{f, "none", []int{2}, `tensor "none": the file doesn't have it`},
		{open(t, beyond), "w", []int{2}, `tensor "w": element 1 is -1e+39, outside float32's range`},
	} {
		_, err := c.file.Float32s(c.name, c.shape...)
		says(t, c.file.Path(), err, c.want)
	}
	closed, err := Open(pythonFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = closed.Float32s("f32", 2, 3)
	says(t, pythonFile, err, `tensor "f32": the file is closed`)
	if err := closed.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

// Every binary16 other than NaN, compared with NumPy 2.4:
//
//	h = np.arange(65536, dtype=np.uint16).view(np.float16)
//	hashlib.sha256(h[~np.isnan(h)].astype('<f4').tobytes()).hexdigest()
func TestFromHalf(t *testing.T) {
	const want = "680bbc22915f61aa1bbfc7265bc3882a6aa42d299bfd2c571807196e5544de2e"
	sum, nans := sha256.New(), 0
	for h := range 1 << 16 {
		v := fromHalf(uint16(h))
		if math.IsNaN(float64(v)) {
			nans++
			continue
		}
		sum.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != want || nans != 2*1023 {
		t.Errorf("sum %s with %d NaNs, want %s with 2046", got, nans, want)
	}
}

// Aligned F32 is not copied, and unaligned F32 has the right values.
func TestFloat32sAlignment(t *testing.T) {
	for _, c := range []struct {
		name, header string
		data         string
		view         bool
	}{
		{"aligned", `{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  `, "\x00\x00\x80\x3f", true},
		{"odd header", `{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} `, "\x00\x00\x80\x3f", false},
		{"odd offset", `{"w":{"dtype":"F32","shape":[1],"data_offsets":[1,5]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}   `, "x\x00\x00\x80\x3f", false},
	} {
		f := open(t, rawFile(t, c.header, c.data))
		got, err := f.Float32s("w", 1)
		if err != nil || got[0] != 1 {
			t.Errorf("%s: %v, %v, want 1", c.name, got, err)
		}
		again, err := f.Float32s("w", 1)
		if err != nil {
			t.Fatal(err)
		}
		if view := &got[0] == &again[0]; littleEndian() && view != c.view {
			t.Errorf("%s: a view: %v, want %v", c.name, view, c.view)
		}
	}
}

func TestFileConcurrent(t *testing.T) {
	f := open(t, pythonFile)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, name := range f.Names() {
				tensor, err := f.Tensor(name)
				if err != nil {
					t.Error(err)
				}
				if values, err := f.Float32s(name, tensor.Shape...); err == nil && len(values) > 0 && values[0] != values[0] {
					t.Errorf("%s begins with NaN", name)
				}
			}
		})
	}
	wg.Wait()
}

// A file that Python wrote is written again with the same bytes.
func TestWritesAsPython(t *testing.T) {
	f := open(t, pythonFile)
	path := filepath.Join(t.TempDir(), "again.safetensors")
	if err := Write(path, f.Metadata(), arraysOf(t, f)); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(pythonFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestWriteErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.safetensors")
	one := []float32{1}
	for _, c := range []struct {
		name     string
		metadata map[string]string
		arrays   []Array
		want     string
	}{
		{"size", nil, []Array{Floats("w", one, 2)}, `tensor "w": it has 4 bytes of data, but shape [2] of F32 needs 8`},
		{"negative", nil, []Array{Floats("w", one, -1)}, `tensor "w": shape [-1] has a negative dimension`},
		{"twice", nil, []Array{Floats("w", one, 1), Floats("w", one, 1)}, `tensor "w": given twice`},
		{"reserved", nil, []Array{Floats("__metadata__", one, 1)}, `tensor "__metadata__": the name is reserved for the file's metadata`},
		{"control", nil, []Array{Floats("a\x00", one, 1)}, `tensor "a\x00": its name has control characters`},
		{"type", nil, []Array{{Name: "w", DType: "F8"}}, `tensor "w": dtype "F8" is not a safetensors type`},
		{"name", nil, []Array{Floats("\xff", one, 1)}, `"\xff" is not UTF-8`},
		{"metadata", map[string]string{"k": "\xff"}, nil, `"\xff" is not UTF-8`},
	} {
		t.Run(c.name, func(t *testing.T) {
			says(t, path, Write(path, c.metadata, c.arrays), c.want)
		})
	}
	missing := filepath.Join(dir, "none", "x.safetensors")
	says(t, missing, Write(missing, nil, nil), "the folder "+filepath.Dir(missing)+" does not exist; make it, or choose another path")
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%v, %v are left", left, err)
	}
}
