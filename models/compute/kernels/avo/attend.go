package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// attendFunctions are attention's small products, over operands in place: strips of as many rows as fit into
// registers, and single rows; for queries on the diagonal, strips that climb.
func attendFunctions(c *build.Context, l lanes) {
	if l.width == 64 {
		for _, wide := range []int{2, 1} {
			strips(c, l, 8, wide, false)
			strips(c, l, 8, wide, true)
			strips(c, l, 1, wide, false)
		}
		return
	}
	for _, wide := range []int{2, 1} {
		strips(c, l, 4, wide, false)
		strips(c, l, 4, wide, true)
		strips(c, l, 1, wide, false)
	}
}

// strips is the product of strips of rows of a and some registers' width of b's columns; each element is one
// chain over k:
//
//	to[r, :] = (add ? to[r, :] : 0) + sum over p < k of a[r*aRow + p*aStep] * b[p*bRow, :]
//
// If it climbs, each row's chain is one longer than that of the row before it. toRow, aRow, aStep and bRow
// are in bytes.
func strips(c *build.Context, l lanes, rows, wide int, climbs bool) {
	name := "strips"
	if climbs {
		name = "climb"
	}
	c.Function(fmt.Sprintf("%s%sx%dby%d", name, l.suffix, rows, wide*l.width/4))
	c.Attributes(attr.NOSPLIT)
	c.SignatureExpr("func(to *float32, toRow int, a *float32, aRow, aStep int, b *float32, bRow, strips, k int, add bool)")
	c.Pragma("noescape")
	k := &kernel{Context: c, l: l}
	load := func(name string) reg.GPVirtual {
		r := c.GP64()
		c.MOVQ(k.parameter(name), r)
		return r
	}
	to, toRow, first := load("to"), load("toRow"), load("a")
	aRow, aStep, bRow := load("aRow"), load("aStep"), load("bRow")
	a := c.GP64()
	at := rowAddresses(c, a, aRow, rows)
	sums := make([]vec, rows*wide)
	for i := range sums {
		sums[i] = k.vector()
	}

	c.Label("strip")
	add := c.GP32()
	c.MOVBLZX(k.parameter("add"), add)
	c.TESTL(add, add)
	c.JZ(operand.LabelRef("fresh"))
	k.eachSum(to, toRow, sums, wide, func(x vec, m operand.Mem) { c.VMOVUPS(m, x) })
	c.JMP(operand.LabelRef("begun"))
	c.Label("fresh")
	for _, x := range sums {
		k.clear(x)
	}
	c.Label("begun")
	c.MOVQ(first, a)
	b, left := load("b"), load("k")
	step := func(from int) { // of the chains of rows from one on
		columns := make([]vec, wide)
		for i := range columns {
			columns[i] = k.vector()
			c.VMOVUPS(operand.Mem{Base: b, Disp: i * l.width}, columns[i])
		}
		for r := from; r < rows; r++ {
			by := k.spread(at[r])
			for i, x := range columns {
				c.VFMADD231PS(x, by, sums[r*wide+i])
			}
		}
		c.ADDQ(aStep, a)
		c.ADDQ(bRow, b)
	}
	c.Label("chain")
	step(0)
	c.DECQ(left)
	c.JNZ(operand.LabelRef("chain"))
	if climbs {
		for r := 1; r < rows; r++ {
			step(r)
		}
		c.ADDQ(operand.U8(rows), k.parameter("k"))
	}

	k.eachSum(to, toRow, sums, wide, func(x vec, m operand.Mem) { c.VMOVUPS(x, m) })
	next := c.GP64()
	c.IMUL3Q(operand.U8(rows), toRow, next)
	c.ADDQ(next, to)
	c.IMUL3Q(operand.U8(rows), aRow, next)
	c.ADDQ(next, first)
	c.DECQ(k.parameter("strips"))
	c.JNZ(operand.LabelRef("strip"))
	k.end()
}

// eachSum visits a strip's registers, wide in a row, with their places in the result.
func (k *kernel) eachSum(to, toRow reg.GPVirtual, sums []vec, wide int, visit func(vec, operand.Mem)) {
	row := k.GP64()
	k.MOVQ(to, row)
	for i, x := range sums {
		visit(x, operand.Mem{Base: row, Disp: i % wide * k.l.width})
		if i%wide == wide-1 && i < len(sums)-1 {
			k.ADDQ(toRow, row)
		}
	}
}
