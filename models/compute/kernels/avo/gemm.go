package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lanes are a path's registers.
type lanes struct {
	suffix string // of the names of functions
	width  int    // bytes of a register
	rows   int    // most rows of a tile
	vector func(*build.Context) reg.VecVirtual
}

var (
	zmm = lanes{"AVX512", 64, 12, func(c *build.Context) reg.VecVirtual { return c.ZMM() }}
	ymm = lanes{"AVX2", 32, 6, func(c *build.Context) reg.VecVirtual { return c.YMM() }}
)

func gemm(c *build.Context) {
	for _, l := range []lanes{zmm, ymm} {
		for rows := 1; rows <= l.rows; rows++ {
			tile(c, l, rows)
		}
		packRows(c, l)
		peak(c, l)
	}
	transpose(c)
}

// pair is how many registers a tile is wide.
const pair = 2

// tile is the product of rows of a and two registers' width of b's columns:
//
//	to[r, :] = (add ? to[r, :] : 0) + sum over p of a[r*aRow + p*aStep] * b[p*bStep, :]
//
// Strides are in bytes. The sum is one chain for each element.
func tile(c *build.Context, l lanes, rows int) {
	c.Function(fmt.Sprintf("tile%s%d", suffixed(l), rows))
	c.Attributes(attr.NOSPLIT)
	c.SignatureExpr("func(to *float32, toRow int, a *float32, aRow, aStep int, b *float32, bStep, k int, add bool)")
	c.Pragma("noescape")
	load := func(name string) reg.GPVirtual { return c.Load(c.Param(name), c.GP64()).(reg.GPVirtual) }
	to, toRow := load("to"), load("toRow")
	a, aRow, aStep := load("a"), load("aRow"), load("aStep")
	b, bStep, k := load("b"), load("bStep"), load("k")

	acc := make([][pair]reg.VecVirtual, rows)
	for r := range acc {
		for v := range pair {
			acc[r][v] = l.vector(c)
		}
	}
	add := c.Load(c.Param("add"), c.GP8())
	walk := c.GP64()
	c.TESTB(add, add)
	c.JZ(operand.LabelRef("zero"))
	c.MOVQ(to, walk)
	for r := range acc {
		for v := range pair {
			c.VMOVUPS(operand.Mem{Base: walk, Disp: v * l.width}, acc[r][v])
		}
		if r+1 < rows {
			c.ADDQ(toRow, walk)
		}
	}
	c.JMP(operand.LabelRef("ready"))
	c.Label("zero")
	for r := range acc {
		for v := range pair {
			if l.width == 64 {
				c.VPXORD(acc[r][v], acc[r][v], acc[r][v])
			} else {
				c.VXORPS(acc[r][v], acc[r][v], acc[r][v])
			}
		}
	}
	c.Label("ready")
	at := rowAddresses(c, a, aRow, rows)

	c.Label("loop")
	var bs [pair]reg.VecVirtual
	for v := range pair {
		bs[v] = l.vector(c)
		c.VMOVUPS(operand.Mem{Base: b, Disp: v * l.width}, bs[v])
	}
	x := l.vector(c)
	for r := range acc {
		c.VBROADCASTSS(at[r], x)
		for v := range pair {
			c.VFMADD231PS(x, bs[v], acc[r][v])
		}
	}
	c.ADDQ(aStep, a)
	c.ADDQ(bStep, b)
	c.DECQ(k)
	c.JNZ(operand.LabelRef("loop"))

	for r := range acc {
		for v := range pair {
			c.VMOVUPS(acc[r][v], operand.Mem{Base: to, Disp: v * l.width})
		}
		if r+1 < rows {
			c.ADDQ(toRow, to)
		}
	}
	c.VZEROUPPER()
	c.RET()
}

func suffixed(l lanes) string { return l.suffix + "x" }

// rowAddresses are the addresses of a's rows: multiples of the stride that
// addressing gives for free, over odd multiples in registers.
func rowAddresses(c *build.Context, a, stride reg.GPVirtual, rows int) []operand.Mem {
	odd := map[int]reg.GPVirtual{1: stride}
	for m := 3; m < rows; m += 2 {
		r := c.GP64()
		c.LEAQ(operand.Mem{Base: odd[m-2], Index: stride, Scale: 2}, r)
		odd[m] = r
	}
	at := []operand.Mem{{Base: a}}
	for r := 1; r < rows; r++ {
		m, scale := r, 1
		for m%2 == 0 {
			m, scale = m/2, scale*2
		}
		at = append(at, operand.Mem{Base: a, Index: odd[m], Scale: uint8(scale)})
	}
	return at
}

// packRows copies the width of a tile from depth rows that lie stride bytes apart.
func packRows(c *build.Context, l lanes) {
	c.Function("packRows" + l.suffix)
	c.Attributes(attr.NOSPLIT)
	c.SignatureExpr("func(to, from *float32, stride, depth int)")
	c.Pragma("noescape")
	load := func(name string) reg.GPVirtual { return c.Load(c.Param(name), c.GP64()).(reg.GPVirtual) }
	to, from, stride, depth := load("to"), load("from"), load("stride"), load("depth")
	c.Label("loop")
	for v := range pair {
		x := l.vector(c)
		c.VMOVUPS(operand.Mem{Base: from, Disp: v * l.width}, x)
		c.VMOVUPS(x, operand.Mem{Base: to, Disp: v * l.width})
	}
	c.ADDQ(stride, from)
	c.ADDQ(operand.U32(pair*l.width), to)
	c.DECQ(depth)
	c.JNZ(operand.LabelRef("loop"))
	c.VZEROUPPER()
	c.RET()
}

// peak does nothing but multiply and add, in as many chains as a tile has: the
// most that this CPU gives.
func peak(c *build.Context, l lanes) {
	c.Function("peak" + l.suffix)
	c.Attributes(attr.NOSPLIT)
	c.SignatureExpr("func(times int)")
	times := c.Load(c.Param("times"), c.GP64())
	x, y := l.vector(c), l.vector(c)
	zero := func(v reg.VecVirtual) {
		if l.width == 64 {
			c.VPXORD(v, v, v)
		} else {
			c.VXORPS(v, v, v)
		}
	}
	zero(x)
	zero(y)
	acc := make([]reg.VecVirtual, l.rows*pair)
	for i := range acc {
		acc[i] = l.vector(c)
		zero(acc[i])
	}
	c.Label("loop")
	for i := range acc {
		c.VFMADD231PS(x, y, acc[i])
	}
	c.DECQ(times)
	c.JNZ(operand.LabelRef("loop"))
	c.VZEROUPPER()
	c.RET()
}

// transpose copies 8 rows of 8 columns, which lie stride bytes apart, to columns
// that lie toStride bytes apart. Both paths use it.
func transpose(c *build.Context) {
	c.Function("transpose8")
	c.Attributes(attr.NOSPLIT)
	c.SignatureExpr("func(to *float32, toStride int, from *float32, stride, blocks int)")
	c.Pragma("noescape")
	load := func(name string) reg.GPVirtual { return c.Load(c.Param(name), c.GP64()).(reg.GPVirtual) }
	to, toStride, from, stride, blocks := load("to"), load("toStride"), load("from"), load("stride"), load("blocks")
	src := rowAddresses(c, from, stride, 8)
	c.Label("loop")
	r := make([]reg.VecVirtual, 8)
	for i := range r {
		r[i] = c.YMM()
		c.VMOVUPS(src[i], r[i])
	}
	t := make([]reg.VecVirtual, 8)
	for i := 0; i < 8; i += 2 { // pairs of rows interleaved
		t[i], t[i+1] = c.YMM(), c.YMM()
		c.VUNPCKLPS(r[i+1], r[i], t[i])
		c.VUNPCKHPS(r[i+1], r[i], t[i+1])
	}
	for i := 0; i < 8; i += 4 { // fours
		r[i], r[i+1], r[i+2], r[i+3] = c.YMM(), c.YMM(), c.YMM(), c.YMM()
		c.VSHUFPS(operand.U8(0x44), t[i+2], t[i], r[i])
		c.VSHUFPS(operand.U8(0xEE), t[i+2], t[i], r[i+1])
		c.VSHUFPS(operand.U8(0x44), t[i+3], t[i+1], r[i+2])
		c.VSHUFPS(operand.U8(0xEE), t[i+3], t[i+1], r[i+3])
	}
	for i := range 4 { // halves
		t[i], t[i+4] = c.YMM(), c.YMM()
		c.VPERM2F128(operand.U8(0x20), r[i+4], r[i], t[i])
		c.VPERM2F128(operand.U8(0x31), r[i+4], r[i], t[i+4])
	}
	for i := range t {
		c.VMOVUPS(t[i], operand.Mem{Base: to})
		c.ADDQ(toStride, to)
	}
	c.ADDQ(operand.U8(32), from)
	c.DECQ(blocks)
	c.JNZ(operand.LabelRef("loop"))
	c.VZEROUPPER()
	c.RET()
}
