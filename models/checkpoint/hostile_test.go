package checkpoint

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"assay/harness/leaf/place"
)

// rawFile writes a safetensors file from a header and data, unchecked.
func rawFile(t testing.TB, header, data string) string {
	t.Helper()
	text := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return writeFile(t, "x.safetensors", string(text)+header+data)
}

func writeFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// says compares an error without its path.
func says(t *testing.T, path string, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", want)
	}
	got, ok := strings.CutPrefix(err.Error(), path+": ")
	if !ok {
		t.Errorf("error %q doesn't begin with the path", err)
	}
	if got != want {
		t.Errorf("error\n     %s\nwant %s", got, want)
	}
	if strings.Contains(err.Error(), "\n") || len(err.Error()) > len(path)+400 {
		t.Errorf("error of %d bytes is not one short line: %.400q", len(err.Error()), err)
	}
	if at, ok := place.Of(err); !ok || at.File != path {
		t.Errorf("error %T is no placed error of the path", err)
	}
}

func TestOpenHostile(t *testing.T) {
	long := strings.Repeat("n", 300)
	for _, c := range []struct{ name, header, data, want string }{
		{"no JSON", `{"a":nope}`, "", `tensor "a": the header is not JSON at its byte 6`},
		{"other start", ` {"a":1}`, "", `its header doesn't start with {; it is not a safetensors file`},
		{"array", `[]`, "", `its header doesn't start with {; it is not a safetensors file`},
		{"cut JSON", `{"a":{"dtype":"F32"`, "", `tensor "a": the header's JSON ends too early`},
		{"more JSON", `{} {}`, "", `the header has data after its JSON object`},
		{"no UTF-8", "{\"\xff\":1}", "", `the header is not JSON at its byte 2`},
		{"nested", `{"a":{"dtype":{"b":{}},"shape":[],"data_offsets":[0,0]}}`, "", `tensor "a": dtype is {; it must be a string`},
		{"deep", strings.Repeat(`{"a":`, 100000), "", `tensor "a": it has a member "a"; it may only have dtype, shape and data_offsets`},
		{"deep shape", `{"a":{"shape":` + strings.Repeat("[", 100000), "", `tensor "a": shape contains [; it must be an array of integers`},
		{"entry no object", `{"a":[1]}`, "", `tensor "a": its entry is [; it must be an object`},
		{"entry null", `{"a":null}`, "", `tensor "a": its entry is null; it must be an object`},
		{"no offsets", `{"a":{"dtype":"F32","shape":[0]}}`, "", `tensor "a": its entry lacks dtype, shape or data_offsets`},
		{"foreign member", `{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"x":1}}`, "", `tensor "a": it has a member "x"; it may only have dtype, shape and data_offsets`},
		{"one offset", `{"a":{"dtype":"F32","shape":[0],"data_offsets":[0]}}`, "", `tensor "a": data_offsets has 1 number; it must be a start and an end`},
		{"three offsets", `{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0,0]}}`, "", `tensor "a": data_offsets has more than 2 numbers`},
		{"offset text", `{"a":{"dtype":"F32","shape":[0],"data_offsets":["0",0]}}`, "", `tensor "a": data_offsets contains string; it must be an array of integers`},
		{"dtype", `{"a":{"dtype":"F31","shape":[0],"data_offsets":[0,0]}}`, "", `tensor "a": dtype "F31" is not a safetensors type`},
		{"dtype number", `{"a":{"dtype":32,"shape":[0],"data_offsets":[0,0]}}`, "", `tensor "a": dtype is number; it must be a string`},
		{"size", `{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,8]}}`, "12345678", `tensor "a": data_offsets [0,8] span 8 bytes, but shape [2,2] of F32 needs 16`},
		{"half a byte", `{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}`, "1", `tensor "a": shape [3] of F4 is not a multiple of 8 bits`},
		{"negative shape", `{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, "1234", `tensor "a": shape contains "-1"; it must be an array of integers of at most 63 bits`},
		{"two negatives", `{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}`, "1234", `tensor "a": shape contains "-1"; it must be an array of integers of at most 63 bits`},
		{"fraction", `{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}`, "1234", `tensor "a": shape contains "1.0"; it must be an array of integers of at most 63 bits`},
		{"exponent", `{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}`, "1234", `tensor "a": shape contains "1e0"; it must be an array of integers of at most 63 bits`},
		{"dimension overflows", `{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}}`, "1234", `tensor "a": shape contains "9223372036854775808"; it must be an array of integers of at most 63 bits`},
		{"product overflows to 4", `{"a":{"dtype":"F32","shape":[4294967296,4294967296,1],"data_offsets":[0,4]}}`, "1234", `tensor "a": shape [4294967296,4294967296,1] has more elements than any file can hold`},
		{"product overflows to 0", `{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, "", `tensor "a": shape [4294967296,4294967296] has more elements than any file can hold`},
		{"overflow before 0", `{"a":{"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}`, "", `tensor "a": shape [4294967296,4294967296,0] has more elements than any file can hold`},
		{"2^60 elements", `{"a":{"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,4611686018427387904]}}`, "1234", `tensor "a": shape [1152921504606846976] has more elements than any file can hold`},
		{"2^57 elements", `{"a":{"dtype":"F32","shape":[144115188075855872],"data_offsets":[0,576460752303423488]}}`, "1234", `tensor "a": data_offsets [0,576460752303423488] exceed the data, which has 4 bytes; copy the file again`},
		{"rank", `{"a":{"dtype":"F32","shape":[` + strings.Repeat("1,", 64) + `1],"data_offsets":[0,4]}}`, "1234", `tensor "a": shape has more than 64 numbers`},
		{"backwards", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, "1234", `tensor "a": data_offsets [4,0] end before they start`},
		{"out of range", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, "1234", `tensor "a": data_offsets [0,8] exceed the data, which has 4 bytes; copy the file again`},
		{"begins out of range", `{"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}`, "1234", `tensor "a": data_offsets [8,8] exceed the data, which has 4 bytes; copy the file again`},
		{"overlap", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, "123456789012", `tensor "b": starts at byte 4 of the data, inside tensor "a", which ends at 8`},
		{"same place", `{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234", `tensor "a": starts at byte 0 of the data, inside tensor "b", which ends at 4`},
		{"empty within", `{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[0],"data_offsets":[2,2]}}`, "1234", `tensor "a": starts at byte 2 of the data, inside tensor "b", which ends at 4`},
		{"hole", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, "123456789012", `tensor "b": starts at byte 8 of the data, but bytes 4 to 8 belong to no tensor`},
		{"hole at the start", `{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, "12345678", `tensor "b": starts at byte 4 of the data, but bytes 0 to 4 belong to no tensor`},
		{"more data", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "12345", `1 byte at the end that no tensor has; write the file again`},
		{"duplicate", `{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, "", `tensor "a": it occurs twice in the header`},
		{"duplicate escaped", `{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\u0061":{}}`, "", `tensor "a": it occurs twice in the header`},
		{"duplicate member", `{"a":{"dtype":"F32","dtype":"F32","data_offsets":[0,0]}}`, "", `tensor "a": its entry has "dtype" twice`},
		{"duplicate remark", `{"__metadata__":{"k":"1","k":"2"}}`, "", `__metadata__ has "k" twice`},
		{"metadata array", `{"__metadata__":[]}`, "", `__metadata__ is [; it must be an object`},
		{"metadata number", `{"__metadata__":{"k":1}}`, "", `__metadata__: "k" is number; all values must be strings`},
		{"metadata twice", `{"__metadata__":{},"__metadata__":{}}`, "", `tensor "__metadata__": it occurs twice in the header`},
		{"NUL in a name", `{"a\u0000b":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, "", `tensor "a\x00b": its name has control characters`},
		{"newline in a name", `{"a\nb":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, "", `tensor "a\nb": its name has control characters`},
		{"long name", `{"` + long + `":{}}`, "", `tensor "` + long[:80] + `"...: its entry lacks dtype, shape or data_offsets`},
		{"long name twice", `{"` + long + `":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"` + long + `":{}}`, "", `tensor "` + long[:80] + `"...: it occurs twice in the header`},
		{"long number", `{"a":{"dtype":"F32","shape":[` + strings.Repeat("9", 100000) + `],"data_offsets":[0,0]}}`, "", `tensor "a": shape contains "` + strings.Repeat("9", 80) + `"...; it must be an array of integers of at most 63 bits`},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := rawFile(t, c.header, c.data)
			_, err := Open(path)
			says(t, path, err, c.want)
		})
	}
}

func TestOpenHostileFile(t *testing.T) {
	length := func(n uint64) string { return string(binary.LittleEndian.AppendUint64(nil, n)) }
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "it has 0 bytes, but a safetensors file has at least 8; copy it again"},
		{"short", "1234567", "it has 7 bytes, but a safetensors file has at least 8; copy it again"},
		{"no header", length(0), "its header doesn't start with {; it is not a safetensors file"},
		{"2^60", length(1<<60) + "{}", "its header claims 1152921504606846976 bytes, but the limit is 100000000; it is not a safetensors file"},
		{"2^64-1", length(1<<64-1) + "{}", "its header claims 18446744073709551615 bytes, but the limit is 100000000; it is not a safetensors file"},
		{"just too long", length(100_000_001) + "{}", "its header claims 100000001 bytes, but the limit is 100000000; it is not a safetensors file"},
		{"within the limit", length(100_000_000) + "{}", "its header claims 100000000 bytes, but the file has 10; copy it again"},
		{"a byte too long", length(3) + "{}", "its header claims 3 bytes, but the file has 10; copy it again"},
		{"text", "hello, I am a text file", "its header claims 5269260421095515496 bytes, but the limit is 100000000; it is not a safetensors file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := writeFile(t, "x.safetensors", c.text)
			_, err := Open(path)
			says(t, path, err, c.want)
		})
	}
	dir := t.TempDir()
	_, err := Open(dir)
	says(t, dir, err, "it is not a regular file")
	_, err = Open(filepath.Join(dir, "none"))
	says(t, filepath.Join(dir, "none"), err, "no such file or directory; check the path")
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v is not os.ErrNotExist", err)
	}
}

// A hostile header doesn't make Open allocate what it claims.
func TestOpenAllocation(t *testing.T) {
	huge := binary.LittleEndian.AppendUint64(nil, 1<<60)
	for _, c := range []struct{ name, path string }{
		{"header of 2^60 bytes", writeFile(t, "x.safetensors", string(huge)+"{}")},
		{"header of 10^8 bytes", writeFile(t, "x.safetensors", string(binary.LittleEndian.AppendUint64(nil, 100_000_000))+"{}")},
		{"tensor of 2^57 elements", rawFile(t, `{"a":{"dtype":"F32","shape":[144115188075855872],"data_offsets":[0,576460752303423488]}}`, "")},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Open(c.path)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: no error", c.name)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 100_000 {
			t.Errorf("%s: %d bytes allocated, want under 100 kB", c.name, got)
		}
	}
}

// A small file cut anywhere, or with an extra byte, is refused.
func TestOpenTruncated(t *testing.T) {
	whole, err := os.ReadFile("testdata/python.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.safetensors")
	for n := range len(whole) + 2 {
		text := append(whole[:min(n, len(whole)):len(whole)], make([]byte, max(0, n-len(whole)))...)
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path)
		if (err == nil) != (n == len(whole)) {
			t.Errorf("%d of %d bytes: error %v", n, len(whole), err)
		}
		if err == nil {
			f.Close()
		} else if !strings.HasPrefix(err.Error(), path+": ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%d bytes: error %q is not one line with the path", n, err)
		}
	}
}

// A header with 10^6 tensors takes memory in proportion, and its last fault is found.
func TestOpenMillion(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 20_000
	}
	var b strings.Builder
	b.WriteByte('{')
	for i := range n {
		fmt.Fprintf(&b, `"t%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},`, i)
	}
	path := rawFile(t, b.String()+`"last":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, "12345678")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Open(path)
	runtime.ReadMemStats(&after)
	says(t, path, err, `tensor "last": starts at byte 4 of the data, but bytes 0 to 4 belong to no tensor`)
	if perTensor := float64(after.TotalAlloc-before.TotalAlloc) / float64(n); perTensor > 1500 {
		t.Errorf("%.0f bytes allocated a tensor, want at most 1500", perTensor)
	}
}
