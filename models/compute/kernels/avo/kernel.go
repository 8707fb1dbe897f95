package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vec is a register of floats.
type vec = reg.VecVirtual

// kernel is a function over streams of floats that is being generated: loops over full registers, then the
// rest under a mask, so that an element is computed by the same instructions wherever it is.
type kernel struct {
	*build.Context
	l      lanes
	n      reg.GPVirtual // elements left
	count  operand.Mem   // all elements
	disp   int           // bytes from the streams' pointers to the current register
	tail   bool          // under the mask
	maskK  reg.OpmaskVirtual
	maskY  vec
	labels int
	held   map[string]operand.Op
}

// stream is one slice, with the register that walks along it.
type stream struct {
	ptr   reg.GPVirtual
	start operand.Mem // the parameter, to walk again
}

// function starts name+suffix with a signature that has n int among its parameters.
func function(c *build.Context, l lanes, name, signature string) *kernel {
	c.Function(name + l.suffix)
	c.Attributes(attr.NOSPLIT)
	c.SignatureExpr(signature)
	c.Pragma("noescape")
	k := &kernel{Context: c, l: l, held: map[string]operand.Op{}}
	k.count = k.parameter("n")
	k.n = c.GP64()
	c.MOVQ(k.count, k.n)
	return k
}

func (k *kernel) parameter(name string) operand.Mem {
	p, err := k.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}

func (k *kernel) stream(name string) *stream {
	s := &stream{ptr: k.GP64(), start: k.parameter(name)}
	k.MOVQ(s.start, s.ptr)
	return s
}

// rewind starts a second pass over the same streams.
func (k *kernel) rewind(streams ...*stream) {
	k.MOVQ(k.count, k.n)
	for _, s := range streams {
		k.MOVQ(s.start, s.ptr)
	}
}

// scalar is a float parameter in every lane.
func (k *kernel) scalar(name string) vec { return k.spread(k.parameter(name)) }

func (k *kernel) spread(m operand.Mem) vec {
	x := k.vector()
	k.VBROADCASTSS(m, x)
	return x
}

func (k *kernel) vector() vec { return k.l.vector(k.Context) }

// zero is a new register of zeros.
func (k *kernel) zero() vec {
	x := k.vector()
	k.clear(x)
	return x
}

func (k *kernel) clear(x vec) {
	if k.l.width == 64 {
		k.VPXORD(x, x, x)
	} else {
		k.VXORPS(x, x, x)
	}
}

func (k *kernel) zeros(n int) []vec {
	x := make([]vec, n)
	for i := range x {
		x[i] = k.zero()
	}
	return x
}

// constant is a number in every lane, as an operand: in a register on AVX-512, which has 32, and in memory on
// AVX2. It is loaded at its first use, so use it before a loop.
func (k *kernel) constant(name string) operand.Op {
	if op, ok := k.held[name]; ok {
		return op
	}
	m := operand.NewDataAddr(operand.NewStaticSymbol(name), 0)
	if k.l.width != 64 {
		return m
	}
	x := k.vector()
	k.VMOVUPS(m, x)
	k.held[name] = x
	return x
}

// hold is a constant in a new register, which may be overwritten.
func (k *kernel) hold(name string) vec {
	x := k.vector()
	k.VMOVUPS(k.constant(name), x)
	return x
}

// constants are the numbers that kernels use, by name.
var constants = map[string]uint32{
	"minusInf": float(math.Inf(-1)), "half": float(0.5), "one": float(1), "two": float(2),
	"absolute": 0x7fffffff, "signs": 0x80000000, "bias127": 127,
	"expMost": float(89.5), "expLeast": float(-105),
	"log2e": float(math.Log2E), "ln2High": 0x3f318000, "ln2Low": float(math.Ln2 - 0.693359375),
	"exp2": 0x3efffffe, "exp3": 0x3e2aaa48, "exp4": 0x3d2aac7a, "exp5": 0x3c091d11, "exp6": 0x3ab511dd,
	"tanhMost":  float(9.2),
	"geluMost":  float(10),
	"geluLeast": float(-10),
	"geluCube":  float(0.044715),
	"geluOuter": float(-2 * math.Sqrt(2/math.Pi)),
	"geluInner": float(3 * 0.044715),
	"geluSlope": float(2 * math.Sqrt(2/math.Pi)),
}

func float(x float64) uint32 { return math.Float32bits(float32(x)) }

// data writes the constants, each as wide as the widest register, and the table of AVX2's masks: eight lanes
// on, eight off.
func data(c *build.Context) {
	for _, name := range sortedKeys(constants) {
		c.StaticGlobal(name)
		c.DataAttributes(attr.RODATA | attr.NOPTR)
		for range 16 {
			c.AppendDatum(operand.U32(constants[name]))
		}
	}
	c.StaticGlobal("lanesOn")
	c.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 16 {
		on := uint32(0xffffffff)
		if i >= 8 {
			on = 0
		}
		c.AppendDatum(operand.U32(on))
	}
}

func (k *kernel) label(name string) string { return fmt.Sprintf("%s%d", name, k.labels) }

// each runs body over all elements: unroll registers at a time (i counts them),
// then single ones, then the rest under the mask (both with i = 0).
func (k *kernel) each(unroll int, streams []*stream, body func(i int)) {
	k.labels++
	if unroll > 1 {
		k.pass("blocks", "singles", unroll, streams, body)
	}
	k.pass("singles", "rest", 1, streams, body)
	k.Label(k.label("rest"))
	k.TESTQ(k.n, k.n)
	k.JZ(operand.LabelRef(k.label("end")))
	k.mask()
	k.tail = true
	body(0)
	k.tail = false
	k.Label(k.label("end"))
}

func (k *kernel) pass(name, next string, unroll int, streams []*stream, body func(i int)) {
	elements := uint32(unroll * k.l.width / 4)
	k.Label(k.label(name))
	k.CMPQ(k.n, operand.U32(elements))
	k.JL(operand.LabelRef(k.label(next)))
	for i := range unroll {
		k.disp = i * k.l.width
		body(i)
	}
	k.disp = 0
	for _, s := range streams {
		k.ADDQ(operand.U32(elements*4), s.ptr)
	}
	k.SUBQ(operand.U32(elements), k.n)
	k.JMP(operand.LabelRef(k.label(name)))
}

// mask turns on as many lanes as elements are left.
func (k *kernel) mask() {
	if k.l.width == 64 {
		bits := k.GP64()
		k.MOVQ(k.n, reg.RCX)
		k.MOVQ(operand.U32(1), bits)
		k.SHLQ(reg.CL, bits)
		k.DECQ(bits)
		k.maskK = k.K()
		k.KMOVW(bits.As32(), k.maskK)
		return
	}
	table, from := k.GP64(), k.GP64()
	k.LEAQ(operand.NewDataAddr(operand.NewStaticSymbol("lanesOn"), 0), table)
	k.MOVQ(operand.U32(8), from)
	k.SUBQ(k.n, from)
	k.maskY = k.YMM()
	k.VMOVUPS(operand.Mem{Base: table, Index: from, Scale: 4}, k.maskY)
}

func (k *kernel) at(s *stream) operand.Mem { return operand.Mem{Base: s.ptr, Disp: k.disp} }

// load reads a register from a stream; masked-off lanes are 0.
func (k *kernel) load(s *stream) vec {
	x := k.vector()
	switch {
	case !k.tail:
		k.VMOVUPS(k.at(s), x)
	case k.l.width == 64:
		k.VMOVUPS_Z(k.at(s), k.maskK, x)
	default:
		k.VMASKMOVPS(k.at(s), k.maskY, x)
	}
	return x
}

func (k *kernel) store(x vec, s *stream) {
	switch {
	case !k.tail:
		k.VMOVUPS(x, k.at(s))
	case k.l.width == 64:
		k.VMOVUPS(x, k.maskK, k.at(s))
	default:
		k.VMASKMOVPS(x, k.maskY, k.at(s))
	}
}

// on clears masked-off lanes.
func (k *kernel) on(x vec) {
	switch {
	case !k.tail:
	case k.l.width == 64:
		k.VMOVAPS_Z(x, k.maskK, x)
	default:
		k.VANDPS(x, k.maskY, x)
	}
}

// onOr fills masked-off lanes from another register.
func (k *kernel) onOr(x, other vec) {
	switch {
	case !k.tail:
	case k.l.width == 64:
		k.VBLENDMPS(x, other, k.maskK, x)
	default:
		k.VBLENDVPS(k.maskY, x, other, x)
	}
}

// combined folds registers into the first by an operation, pairwise.
func combined(op func(...operand.Op), x []vec) vec {
	for step := 1; step < len(x); step *= 2 {
		for i := 0; i+step < len(x); i += 2 * step {
			op(x[i+step], x[i], x[i])
		}
	}
	return x[0]
}

// lanesFolded folds a register's lanes into its lowest.
func (k *kernel) lanesFolded(op func(...operand.Op), x vec) reg.VecVirtual {
	y := x
	if k.l.width == 64 {
		high := k.YMM()
		k.VEXTRACTF64X4(operand.U8(1), x, high)
		y = k.YMM()
		op(high, x.AsY(), y)
	}
	high, low := k.XMM(), k.XMM()
	k.VEXTRACTF128(operand.U8(1), y.AsY(), high)
	op(high, y.AsX(), low)
	k.VPERMILPS(operand.U8(0x4e), low, high)
	op(high, low, low)
	k.VPERMILPS(operand.U8(0xb1), low, high)
	op(high, low, low)
	return low
}

func (k *kernel) maximum(ops ...operand.Op) { k.VMAXPS(ops...) }

// give stores the lowest lane as a result.
func (k *kernel) give(x reg.VecVirtual, i int) {
	p, err := k.ReturnIndex(i).Resolve()
	if err != nil {
		panic(err)
	}
	k.VMOVSS(x.AsX(), p.Addr)
}

func (k *kernel) end() {
	k.VZEROUPPER()
	k.RET()
}
