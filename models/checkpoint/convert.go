package checkpoint

import (
	"encoding/binary"
	"fmt"
	"math"
	"unsafe"
)

// float32s converts little-endian elements to float32, without a copy if possible.
func float32s(dtype DType, raw []byte) ([]float32, error) {
	switch dtype {
	case F32:
		if len(raw) > 0 && littleEndian() && uintptr(unsafe.Pointer(&raw[0]))%unsafe.Alignof(float32(0)) == 0 {
			return unsafe.Slice((*float32)(unsafe.Pointer(&raw[0])), len(raw)/4), nil
		}
		values := make([]float32, len(raw)/4)
		for i := range values {
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
		return values, nil
	case F16:
		values := make([]float32, len(raw)/2)
		for i := range values {
			values[i] = fromHalf(binary.LittleEndian.Uint16(raw[2*i:]))
		}
		return values, nil
	case BF16:
		values := make([]float32, len(raw)/2)
		for i := range values {
			values[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw[2*i:])) << 16)
		}
		return values, nil
	case F64:
		values := make([]float32, len(raw)/8)
		for i := range values {
			wide := math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
			values[i] = float32(wide)
			if math.IsInf(float64(values[i]), 0) && !math.IsInf(wide, 0) {
				return nil, fmt.Errorf("element %d is %g, outside float32's range", i, wide)
			}
		}
		return values, nil
	}
	panic("checkpoint: float32s of " + string(dtype)) // Tensor.check refused it
}

// rawBytes returns float32s as little-endian bytes, without a copy if possible.
func rawBytes(values []float32) []byte {
	if len(values) == 0 {
		return nil
	}
	if littleEndian() {
		return unsafe.Slice((*byte)(unsafe.Pointer(&values[0])), 4*len(values))
	}
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return raw
}

func littleEndian() bool {
	return binary.NativeEndian.Uint16([]byte{1, 0}) == 1
}

// fromHalf widens an IEEE 754 binary16: 1 sign bit, 5 bits of exponent (bias 15), 10 of fraction. float32 can
// represent every value; a NaN keeps its fraction.
func fromHalf(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	exponent, fraction := uint32(h>>10)&0x1f, uint32(h&0x3ff)
	switch exponent {
	case 0: // zero or subnormal: fraction * 2^-24, exact in float32
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)*0x1p-24))
	case 0x1f: // infinity or NaN
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}
