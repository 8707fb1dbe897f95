package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// attendFunctions are attention's small products, over operands where they lie:
// strips of as many rows as fit into registers, and single rows.
func attendFunctions(c *build.Context, l lanes) {
	rows := 8
	if l.width == 32 {
		rows = 4
	}
	strips(c, l, rows)
	strips(c, l, 1)
}

// stripColumns is how many registers a strip is wide.
const stripColumns = 2

// strips is the product of strips of rows of a and two registers' width of b's
// columns; each element is one chain over k:
//
//	to[r, :] = (add ? to[r, :] : 0) + sum over p of a[r*aRow + p*aStep] * b[p*bRow, :]
//
// toRow, aRow, aStep and bRow are in bytes.
func strips(c *build.Context, l lanes, rows int) {
	c.Function(fmt.Sprintf("strips%sx%d", l.suffix, rows))
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
	sums := make([]vec, rows*stripColumns)
	for i := range sums {
		sums[i] = k.vector()
	}

	c.Label("strip")
	add := c.GP32()
	c.MOVBLZX(k.parameter("add"), add)
	c.TESTL(add, add)
	c.JZ(operand.LabelRef("fresh"))
	k.eachSum(to, toRow, sums, func(x vec, m operand.Mem) { c.VMOVUPS(m, x) })
	c.JMP(operand.LabelRef("begun"))
	c.Label("fresh")
	for _, x := range sums {
		k.clear(x)
	}
	c.Label("begun")
	c.MOVQ(first, a)
	b, left := load("b"), load("k")
	c.Label("chain")
	columns := []vec{k.vector(), k.vector()}
	for i, x := range columns {
		c.VMOVUPS(operand.Mem{Base: b, Disp: i * l.width}, x)
	}
	for r := range rows {
		by := k.spread(at[r])
		for i, x := range columns {
			c.VFMADD231PS(x, by, sums[r*stripColumns+i])
		}
	}
	c.ADDQ(aStep, a)
	c.ADDQ(bRow, b)
	c.DECQ(left)
	c.JNZ(operand.LabelRef("chain"))

	k.eachSum(to, toRow, sums, func(x vec, m operand.Mem) { c.VMOVUPS(x, m) })
	next := c.GP64()
	c.IMUL3Q(operand.U8(rows), toRow, next)
	c.ADDQ(next, to)
	c.IMUL3Q(operand.U8(rows), aRow, next)
	c.ADDQ(next, first)
	c.DECQ(k.parameter("strips"))
	c.JNZ(operand.LabelRef("strip"))
	k.end()
}

// eachSum visits a strip's registers with their places in the result.
func (k *kernel) eachSum(to, toRow reg.GPVirtual, sums []vec, visit func(vec, operand.Mem)) {
	row := k.GP64()
	k.MOVQ(to, row)
	for i, x := range sums {
		visit(x, operand.Mem{Base: row, Disp: i % stripColumns * k.l.width})
		if i%stripColumns == stripColumns-1 && i < len(sums)-1 {
			k.ADDQ(toRow, row)
		}
	}
}
