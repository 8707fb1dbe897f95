package checkpoint

import (
	"fmt"
	"math/bits"
	"slices"
)

// DType is the type of a tensor's elements, with safetensors' name: "F32".
type DType string

// The types that [File.Float32s] converts. Tensors of other types can be listed and read as bytes.
const (
	F16  DType = "F16"
	BF16 DType = "BF16" // the upper half of a float32
	F32  DType = "F32"
	F64  DType = "F64"
)

// bits is the size of an element, 0 for a type that the format doesn't have. The types and their order are
// those of the reference implementation (enum Dtype of safetensors/src/tensor.rs, version 0.8).
func (d DType) bits() uint64 {
	switch d {
	case "F4":
		return 4
	case "F6_E2M3", "F6_E3M2":
		return 6
	case "BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ":
		return 8
	case "I16", "U16", F16, BF16:
		return 16
	case "I32", "U32", F32:
		return 32
	case "C64", F64, "I64", "U64":
		return 64
	}
	return 0
}

// rank is the type's place in the reference implementation's order. A file's tensors are sorted by descending
// rank, which aligns each of them.
func (d DType) rank() int {
	return slices.Index([]DType{
		"BOOL", "F4", "F6_E2M3", "F6_E3M2", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ",
		"I16", "U16", F16, BF16, "I32", "U32", F32, "C64", F64, "I64", "U64",
	}, d)
}

// byteSize is the size of a tensor in bytes.
func byteSize(dtype DType, shape []int) (int64, error) {
	total, overflow := dtype.bits(), false
	if total == 0 {
		return 0, fmt.Errorf("dtype %s is not a safetensors type", quote(string(dtype)))
	}
	for _, n := range shape {
		if n < 0 {
			return 0, fmt.Errorf("shape %s has a negative dimension", shapeText(shape))
		}
		hi, lo := bits.Mul64(total, uint64(n))
		overflow = overflow || hi != 0 || lo > 1<<63-1
		total = lo
	}
	switch {
	case overflow:
		return 0, fmt.Errorf("shape %s has more elements than any file can hold", shapeText(shape))
	case total%8 != 0:
		return 0, fmt.Errorf("shape %s of %s is not a multiple of 8 bits", shapeText(shape), dtype)
	}
	return int64(total / 8), nil
}
