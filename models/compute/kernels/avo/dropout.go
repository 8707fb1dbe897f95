package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// SplitMix64's constants: the step from a state to the next, and two multipliers.
const (
	mixStep   uint64 = 0x9e3779b97f4a7c15
	mixFirst  uint64 = 0xbf58476d1ce4e5b9
	mixSecond uint64 = 0x94d049bb133111eb
)

// dropoutData holds the states of a register's lanes, relative to the first.
func dropoutData(c *build.Context) {
	c.StaticGlobal("mixLanes")
	c.DataAttributes(attr.RODATA | attr.NOPTR)
	state := uint64(0)
	for range 8 {
		c.AppendDatum(operand.U64(state))
		state += mixStep
	}
}

// dropout is dropoutGeneric from an even element on; state is that of its pair.
func dropout(c *build.Context, l lanes) {
	k := function(c, l, "dropout", "func(y, x *float32, n int, state uint64, drop uint32, keep float32)")
	y, x, keep := k.stream("y"), k.stream("x"), k.scalar("keep")
	state, drop := k.vector(), k.scalar("drop")
	c.VPBROADCASTQ(k.parameter("state"), state)
	lanesAt := operand.NewDataAddr(operand.NewStaticSymbol("mixLanes"), 0)
	c.VPADDQ(lanesAt, state, state)
	perRegister := uint64(l.width / 8)
	step, first, second := k.number(perRegister*mixStep), k.number(mixFirst), k.number(mixSecond)
	k.each(1, []*stream{y, x}, func(int) {
		h := k.xorShifted(state, 30)
		h = k.xorShifted(k.product64(h, first), 27)
		h = k.xorShifted(k.product64(h, second), 31)
		c.VPADDQ(step, state, state)
		v := k.load(x)
		if l.width == 64 {
			kept := c.K()
			c.VPCMPUD(operand.U8(5), drop, h, kept) // not less than
			c.VMULPS_Z(keep, v, kept, v)
		} else {
			c.VMULPS(keep, v, v)
			most := k.vector()
			c.VPMAXUD(drop, h, most)
			c.VPCMPEQD(h, most, most) // where h is not less than drop
			c.VANDPS(most, v, v)
		}
		k.store(v, y)
	})
	k.end()
}

// number is an integer in every 64-bit lane.
func (k *kernel) number(n uint64) vec {
	r, low, x := k.GP64(), k.XMM(), k.vector()
	k.MOVQ(operand.U64(n), r)
	k.VMOVQ(r, low)
	k.VPBROADCASTQ(low, x)
	return x
}

// xorShifted is z ^ z>>bits.
func (k *kernel) xorShifted(z vec, bits uint8) vec {
	x := k.vector()
	k.VPSRLQ(operand.U8(bits), z, x)
	if k.l.width == 64 {
		k.VPXORQ(z, x, x)
	} else {
		k.VPXOR(z, x, x)
	}
	return x
}

// product64 is the low 64 bits of x*y; AVX2 computes it from halves.
func (k *kernel) product64(x, y vec) vec {
	low := k.vector()
	if k.l.width == 64 {
		k.VPMULLQ(y, x, low)
		return low
	}
	cross, other := k.vector(), k.vector()
	k.VPSRLQ(operand.U8(32), x, cross)
	k.VPMULUDQ(y, cross, cross)
	k.VPSRLQ(operand.U8(32), y, other)
	k.VPMULUDQ(other, x, other)
	k.VPADDQ(other, cross, cross)
	k.VPSLLQ(operand.U8(32), cross, cross)
	k.VPMULUDQ(y, x, low)
	k.VPADDQ(cross, low, low)
	return low
}
