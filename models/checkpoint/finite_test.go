package checkpoint

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNonFinite(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	// A payload, a sign, and values that are almost infinite or almost 0.
	odd := math.Float32frombits(0xff800001)
	for _, n := range []int{0, 1, 2, 3, 7, 8, 9, 1000, 1<<14 + 3, 5 << 20} {
		for _, shift := range []int{0, 1} { // aligned to 8 bytes, and not
			values := make([]float32, n+shift)[shift:]
			for i := range values {
				values[i] = []float32{math.MaxFloat32, -math.MaxFloat32, 1e-45, 0, -1}[i%5]
			}
			if at := NonFinite(values); at != -1 {
				t.Errorf("%d finite values: element %d", n, at)
			}
			for _, bad := range []float32{nan, inf, -inf, odd} {
				for _, at := range []int{0, 1, n / 2, n - 1} {
					if at < 0 || at >= n {
						continue
					}
					kept := values[at]
					values[at] = bad
					if n > at+1 {
						values[n-1] = bad // a second one, which must not be reported
					}
					if got := NonFinite(values); got != at {
						t.Errorf("%v at %d of %d: element %d", bad, at, n, got)
					}
					values[at], values[n-1] = kept, 1
				}
			}
		}
	}
}

// A weight that is not finite stops loading, in every type, and is named by its index.
func TestLoadRefusesNonFinite(t *testing.T) {
	c := tiny()
	for name, tt := range map[string]struct {
		dtype DType
		put   func(b []byte) // into element [2,3] of a [3,4]-wide row
		want  string
	}{
		"NaN":             {F32, func(b []byte) { copy(b, "\x00\x00\xc0\x7f") }, "NaN"},
		"infinity":        {F32, func(b []byte) { copy(b, "\x00\x00\x80\xff") }, "-Inf"},
		"bfloat16":        {BF16, func(b []byte) { copy(b, "\x80\x7f") }, "+Inf"},
		"half":            {F16, func(b []byte) { copy(b, "\x01\x7e") }, "NaN"},
		"double infinity": {F64, func(b []byte) { copy(b, "\x00\x00\x00\x00\x00\x00\xf0\x7f") }, "+Inf"},
	} {
		dir := t.TempDir()
		size := int(tt.dtype.bits() / 8)
		var arrays []Array
		for _, s := range Names(c) {
			a := Array{Name: s.Name, DType: tt.dtype, Shape: s.Shape, Data: make([]byte, size*s.Elements())}
			if s.Name == LayerName(1, "mlp.c_fc.weight") {
				tt.put(a.Data[size*(2*s.Shape[1]+3):])
			}
			arrays = append(arrays, a)
		}
		if err := writeConfig(dir, c); err != nil {
			t.Fatal(err)
		}
		if err := Write(filepath.Join(dir, modelName), nil, arrays); err != nil {
			t.Fatal(err)
		}
		loaded, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		_, err = loaded.Float32s(LayerName(1, "mlp.c_fc.weight"))
		for _, want := range []string{tt.want, "[2,3]", "transformer.h.1.mlp.c_fc.weight", modelName} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q in it", name, err, want)
			}
		}
		if _, err := loaded.Float32s(TokenEmbedding); err != nil {
			t.Error(err)
		}
		if err := loaded.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Such a checkpoint isn't written either.
func TestSaveRefusesNonFinite(t *testing.T) {
	c := tiny()
	tensors := map[string][]float32{}
	for _, s := range Names(c) {
		tensors[s.Name] = make([]float32, s.Elements())
	}
	tensors[FinalNormBias][1] = float32(math.Inf(1))
	dir := filepath.Join(t.TempDir(), "model")
	err := Save(dir, c, tensors)
	if err == nil || !strings.Contains(err.Error(), FinalNormBias) || !strings.Contains(err.Error(), "[1]") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, modelName)); err == nil {
		t.Error("a file was written")
	}
}
