package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lanes describes a path's registers.
type lanes struct {
	suffix string // of the functions' names
	width  int    // bytes of a register
	rows   int    // most rows of a tile
	slim   int    // width of a tile of few rows, in registers
	soon   int    // bytes of the following data that a strip prefetches in a step
	vector func(*build.Context) reg.VecVirtual
}

var (
	zmm = lanes{"AVX512", 64, 12, 8, 12, func(c *build.Context) reg.VecVirtual { return c.ZMM() }}
	ymm = lanes{"AVX2", 32, 6, 4, 3, func(c *build.Context) reg.VecVirtual { return c.YMM() }}
)

func gemm(c *build.Context) {
	for _, l := range []lanes{zmm, ymm} {
		for rows := 1; rows <= l.rows; rows++ {
			tile(c, l, rows, pair)
		}
		for rows := 1; rows <= slimRows; rows++ {
			tile(c, l, rows, l.slim)
		}
		strip(c, l, true)
		strip(c, l, false)
		packRows(c, l)
		copyTiles(c, l)
		columnSums(c, l)
		peak(c, l)
	}
	transpose(c, 8)
	transpose(c, 4)
}

// pair is the width of a tile in registers, and slimRows the most rows of wider tiles, which read longer
// pieces of an unpacked b.
const (
	pair     = 2
	slimRows = 2
)

// tile is the product of rows of a and some registers' width of b's columns:
//
//	to[r, :] = (add ? to[r, :] : 0) + sum over p of a[r*aRow + p*aStep] * b[p*bStep, :]
//
// Strides are in bytes. The sum is one chain for each element.
func tile(c *build.Context, l lanes, rows, wide int) {
	name := fmt.Sprintf("tile%sx%d", l.suffix, rows)
	if wide != pair {
		name = fmt.Sprintf("slim%sx%d", l.suffix, rows)
	}
	load := begin(c, name, "func(to *float32, toRow int, a *float32, aRow, aStep int, b *float32, bStep, k int, add bool)")
	to, toRow := load("to"), load("toRow")
	a, aRow, aStep := load("a"), load("aRow"), load("aStep")
	b, bStep, k := load("b"), load("bStep"), load("k")
	add := c.Load(c.Param("add"), c.GP8())

	acc := make([][]reg.VecVirtual, rows)
	for r := range acc {
		acc[r] = l.zeros(c, wide)
	}
	c.TESTB(add, add)
	c.JZ(operand.LabelRef("ready"))
	walk := c.GP64()
	c.MOVQ(to, walk)
	for r := range acc {
		for v := range wide {
			c.VMOVUPS(operand.Mem{Base: walk, Disp: v * l.width}, acc[r][v])
		}
		c.ADDQ(toRow, walk)
	}
	c.Label("ready")
	at := rowAddresses(c, a, aRow, rows)

	c.Label("loop")
	bs := make([]reg.VecVirtual, wide)
	for v := range bs {
		bs[v] = l.vector(c)
		c.VMOVUPS(operand.Mem{Base: b, Disp: v * l.width}, bs[v])
	}
	x := l.vector(c)
	for r := range acc {
		c.VBROADCASTSS(at[r], x)
		for v := range bs {
			c.VFMADD231PS(x, bs[v], acc[r][v])
		}
	}
	c.ADDQ(aStep, a)
	c.ADDQ(bStep, b)
	c.DECQ(k)
	c.JNZ(operand.LabelRef("loop"))

	for r := range acc {
		for v := range wide {
			c.VMOVUPS(acc[r][v], operand.Mem{Base: to, Disp: v * l.width})
		}
		if r+1 < rows {
			c.ADDQ(toRow, to)
		}
	}
	c.VZEROUPPER()
	c.RET()
}

// begin starts a function, and returns what loads its parameters.
func begin(c *build.Context, name, signature string) func(string) reg.GPVirtual {
	c.Function(name)
	c.Attributes(attr.NOSPLIT)
	c.SignatureExpr(signature)
	c.Pragma("noescape")
	return func(name string) reg.GPVirtual { return c.Load(c.Param(name), c.GP64()).(reg.GPVirtual) }
}

// zeros are n registers of zeros.
func (l lanes) zeros(c *build.Context, n int) []reg.VecVirtual {
	all := make([]reg.VecVirtual, n)
	for i := range all {
		all[i] = l.vector(c)
		if l.width == 64 {
			c.VPXORD(all[i], all[i], all[i])
		} else {
			c.VXORPS(all[i], all[i], all[i])
		}
	}
	return all
}

// strip is tiles of the full height, one below the other, whose b is packed, and whose a is packed or has its
// rows aRow bytes apart:
//
//	to[t*rows+r, :] = (from ? from[t*rows+r, :] : 0) + sum over p of a[t, p, r] * b[p, :]
//
// Rows of from are fromRow bytes apart: from is to itself, a bias if fromRow is 0, or nil. Meanwhile the
// strip prefetches the next tile of out (for the last tile, the one to its right) and the data at soon: no
// more than a panel in as many tiles as a unit has at most, since what follows may belong to another thread.
func strip(c *build.Context, l lanes, packed bool) {
	name, signature := "strip", "func(to *float32, toRow int, from *float32, fromRow int, a, b, soon *float32, k, tiles int)"
	if !packed {
		name, signature = "stripRows", "func(to *float32, toRow int, from *float32, fromRow int, a *float32, aRow int, b, soon *float32, k, tiles int)"
	}
	load := begin(c, name+l.suffix, signature)
	parameter := (&kernel{Context: c, l: l}).parameter
	to, from, a, soon := load("to"), load("from"), load("a"), load("soon")
	at := make([]operand.Mem, l.rows) // a step's elements of a
	heads := []reg.GPVirtual{a}       // base registers of these
	var aRow reg.GPVirtual
	if packed {
		for r := range at {
			at[r] = operand.Mem{Base: a, Disp: 4 * r}
		}
	} else {
		aRow = load("aRow")
		heads, at = rowHeads(c, a, aRow, l.rows)
	}
	c.Label("tile")
	b, k := load("b"), load("k")
	acc := make([][]reg.VecVirtual, l.rows)
	for r := range acc {
		acc[r] = l.zeros(c, pair)
	}
	c.TESTQ(from, from)
	c.JZ(operand.LabelRef("ready"))
	for r := range acc {
		for v := range pair {
			c.VMOVUPS(operand.Mem{Base: from, Disp: v * l.width}, acc[r][v])
		}
		c.ADDQ(parameter("fromRow"), from)
	}
	c.Label("ready")
	walk, right := c.GP64(), c.GP64()
	c.MOVQ(parameter("toRow"), walk)
	c.IMUL3Q(operand.U8(l.rows), walk, walk)
	c.ADDQ(to, walk)
	c.MOVQ(parameter("to"), right)
	c.ADDQ(operand.U32(pair*l.width), right)
	c.CMPQ(parameter("tiles"), operand.U8(1))
	c.CMOVQEQ(right, walk)
	for range l.rows {
		for disp := 0; disp < pair*l.width; disp += 64 {
			c.PREFETCHT0(operand.Mem{Base: walk, Disp: disp})
		}
		c.ADDQ(parameter("toRow"), walk)
	}

	c.Label("loop")
	bs := make([]reg.VecVirtual, pair)
	for v := range bs {
		bs[v] = l.vector(c)
		c.VMOVUPS(operand.Mem{Base: b, Disp: v * l.width}, bs[v])
	}
	c.PREFETCHT1(operand.Mem{Base: soon})
	x := l.vector(c)
	for r := range acc {
		c.VBROADCASTSS(at[r], x)
		for v := range bs {
			c.VFMADD231PS(x, bs[v], acc[r][v])
		}
	}
	c.ADDQ(operand.U8(l.soon), soon)
	step := 4 * l.rows
	if !packed {
		step = 4
	}
	for _, head := range heads {
		c.ADDQ(operand.U8(step), head)
	}
	c.ADDQ(operand.U32(pair*l.width), b)
	c.DECQ(k)
	c.JNZ(operand.LabelRef("loop"))

	for r := range acc {
		for v := range pair {
			c.VMOVUPS(acc[r][v], operand.Mem{Base: to, Disp: v * l.width})
		}
		c.ADDQ(parameter("toRow"), to)
	}
	if !packed { // from the rows' ends to the next rows' starts
		skip := c.GP64()
		c.IMUL3Q(operand.U8(l.rows), aRow, skip)
		for range 4 {
			c.SUBQ(parameter("k"), skip)
		}
		for _, head := range heads {
			c.ADDQ(skip, head)
		}
	}
	c.DECQ(parameter("tiles"))
	c.JNZ(operand.LabelRef("tile"))
	c.VZEROUPPER()
	c.RET()
}

// rowHeads returns pointers to every fourth of a's rows, and the addresses of the rows relative to them.
func rowHeads(c *build.Context, a, aRow reg.GPVirtual, rows int) (heads []reg.GPVirtual, at []operand.Mem) {
	three := c.GP64()
	c.LEAQ(operand.Mem{Base: aRow, Index: aRow, Scale: 2}, three)
	for r := range rows {
		switch r % 4 {
		case 0:
			if r > 0 {
				next := c.GP64()
				c.LEAQ(operand.Mem{Base: a, Index: aRow, Scale: 4}, next)
				a = next
			}
			heads = append(heads, a)
			at = append(at, operand.Mem{Base: a})
		case 3:
			at = append(at, operand.Mem{Base: a, Index: three, Scale: 1})
		default:
			at = append(at, operand.Mem{Base: a, Index: aRow, Scale: uint8(r % 4)})
		}
	}
	return heads, at
}

// rowAddresses returns the addresses of a's rows: multiples of the stride that addressing modes give for
// free, and odd multiples in registers.
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

// packRows copies the width of a tile from depth rows, which are stride bytes apart. It prefetches rows, up
// to the last one.
func packRows(c *build.Context, l lanes) {
	load := begin(c, "packRows"+l.suffix, "func(to, from *float32, stride, depth int)")
	to, from, stride, depth := load("to"), load("from"), load("stride"), load("depth")
	ahead := c.GP64()
	c.Label("loop")
	c.LEAQ(operand.Mem{Base: from, Index: stride, Scale: 8}, ahead)
	c.CMPQ(depth, operand.U8(8))
	c.CMOVQLE(from, ahead)
	for disp := 0; disp < pair*l.width; disp += 64 {
		c.PREFETCHT0(operand.Mem{Base: ahead, Disp: disp})
	}
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

// copyTiles copies from each of depth lines, stride bytes apart, the rows of some adjacent tiles: tile by
// tile. Tiles are toTile bytes apart. Meanwhile it prefetches the lines that follow.
func copyTiles(c *build.Context, l lanes) {
	load := begin(c, "copyTiles"+l.suffix, "func(to *float32, toTile int, from *float32, stride, depth, tiles int)")
	to, toTile, from, stride, tiles := load("to"), load("toTile"), load("from"), load("stride"), load("tiles")
	ahead := load("depth")
	c.IMULQ(stride, ahead)
	c.Label("tile")
	depth := load("depth")
	source, target := c.GP64(), c.GP64()
	c.MOVQ(from, source)
	c.MOVQ(to, target)
	c.Label("line")
	c.PREFETCHT1(operand.Mem{Base: source, Index: ahead, Scale: 1})
	if l.width == 64 { // 12 = 8 + 4
		x, y := c.YMM(), c.XMM()
		c.VMOVUPS(operand.Mem{Base: source}, x)
		c.VMOVUPS(operand.Mem{Base: source, Disp: 32}, y)
		c.VMOVUPS(x, operand.Mem{Base: target})
		c.VMOVUPS(y, operand.Mem{Base: target, Disp: 32})
	} else { // 6 = 4 + 2
		x, y := c.XMM(), c.XMM()
		c.VMOVUPS(operand.Mem{Base: source}, x)
		c.VMOVSD(operand.Mem{Base: source, Disp: 16}, y)
		c.VMOVUPS(x, operand.Mem{Base: target})
		c.VMOVSD(y, operand.Mem{Base: target, Disp: 16})
	}
	c.ADDQ(stride, source)
	c.ADDQ(operand.U8(4*l.rows), target)
	c.DECQ(depth)
	c.JNZ(operand.LabelRef("line"))
	c.ADDQ(operand.U8(4*l.rows), from)
	c.ADDQ(toTile, to)
	c.DECQ(tiles)
	c.JNZ(operand.LabelRef("tile"))
	c.VZEROUPPER()
	c.RET()
}

// sumRegisters is the width of columnSums in registers.
const sumRegisters = 4

// columnSums adds rows, stride bytes apart, to sums one after the other.
func columnSums(c *build.Context, l lanes) {
	load := begin(c, "columnSums"+l.suffix, "func(sums, x *float32, stride, rows int)")
	sums, x, stride, rows := load("sums"), load("x"), load("stride"), load("rows")
	acc := make([]reg.VecVirtual, sumRegisters)
	for v := range acc {
		acc[v] = l.vector(c)
		c.VMOVUPS(operand.Mem{Base: sums, Disp: v * l.width}, acc[v])
	}
	c.Label("loop")
	for v := range acc {
		c.VADDPS(operand.Mem{Base: x, Disp: v * l.width}, acc[v], acc[v])
	}
	c.ADDQ(stride, x)
	c.DECQ(rows)
	c.JNZ(operand.LabelRef("loop"))
	for v := range acc {
		c.VMOVUPS(acc[v], operand.Mem{Base: sums, Disp: v * l.width})
	}
	c.VZEROUPPER()
	c.RET()
}

// peak does nothing but multiply and add, in as many chains as a tile has: the CPU's peak rate.
func peak(c *build.Context, l lanes) {
	load := begin(c, "peak"+l.suffix, "func(times int)")
	times := load("times")
	factors := l.zeros(c, 2)
	acc := l.zeros(c, l.rows*pair)
	c.Label("loop")
	for i := range acc {
		c.VFMADD231PS(factors[0], factors[1], acc[i])
	}
	c.DECQ(times)
	c.JNZ(operand.LabelRef("loop"))
	c.VZEROUPPER()
	c.RET()
}

// transpose copies 8 or 4 rows of 8 columns, stride bytes apart, to columns toStride bytes apart; then the
// next 8 columns. Both paths use it.
func transpose(c *build.Context, rows int) {
	load := begin(c, fmt.Sprintf("transpose%d", rows), "func(to *float32, toStride int, from *float32, stride, blocks int)")
	to, toStride, from, stride, blocks := load("to"), load("toStride"), load("from"), load("stride"), load("blocks")
	src := rowAddresses(c, from, stride, rows)
	c.Label("loop")
	r := make([]reg.VecVirtual, rows)
	for i := range r {
		r[i] = c.YMM()
		c.VMOVUPS(src[i], r[i])
	}
	// Of every four rows: columns 0 to 3 in the low half, 4 to 7 in the high half.
	for i := 0; i < rows; i += 4 {
		fours(c, r[i:i+4])
	}
	if rows == 8 {
		for i := range 4 {
			low, high := c.YMM(), c.YMM()
			c.VPERM2F128(operand.U8(0x20), r[i+4], r[i], low)
			c.VPERM2F128(operand.U8(0x31), r[i+4], r[i], high)
			r[i], r[i+4] = low, high
		}
		for i := range r {
			c.VMOVUPS(r[i], operand.Mem{Base: to})
			c.ADDQ(toStride, to)
		}
	} else {
		for half := range 2 {
			for i := range r {
				c.VEXTRACTF128(operand.U8(half), r[i], operand.Mem{Base: to})
				c.ADDQ(toStride, to)
			}
		}
	}
	c.ADDQ(operand.U8(32), from)
	c.DECQ(blocks)
	c.JNZ(operand.LabelRef("loop"))
	c.VZEROUPPER()
	c.RET()
}

// fours transposes four rows of four columns in each half of the registers.
func fours(c *build.Context, r []reg.VecVirtual) {
	t := make([]reg.VecVirtual, 4)
	for i := range t {
		t[i] = c.YMM()
	}
	c.VUNPCKLPS(r[1], r[0], t[0])
	c.VUNPCKHPS(r[1], r[0], t[1])
	c.VUNPCKLPS(r[3], r[2], t[2])
	c.VUNPCKHPS(r[3], r[2], t[3])
	for i := range r {
		r[i] = c.YMM()
	}
	c.VSHUFPS(operand.U8(0x44), t[2], t[0], r[0])
	c.VSHUFPS(operand.U8(0xEE), t[2], t[0], r[1])
	c.VSHUFPS(operand.U8(0x44), t[3], t[1], r[2])
	c.VSHUFPS(operand.U8(0xEE), t[3], t[1], r[3])
}
