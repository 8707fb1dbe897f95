package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// updateFunctions are bound by memory: sums, averages, Adam.
func updateFunctions(c *build.Context, l lanes) {
	k := function(c, l, "add", "func(y, a, b *float32, n int)")
	y, a, b := k.stream("y"), k.stream("a"), k.stream("b")
	k.each(4, []*stream{y, a, b}, func(int) {
		x := k.load(a)
		k.VADDPS(k.load(b), x, x)
		k.store(x, y)
	})
	k.end()

	k = function(c, l, "scale", "func(x *float32, n int, by float32)")
	xs, by := k.stream("x"), k.scalar("by")
	k.each(4, []*stream{xs}, func(int) {
		x := k.load(xs)
		k.VMULPS(by, x, x)
		k.store(x, xs)
	})
	k.end()

	k = function(c, l, "ema", "func(average, w *float32, n int, decay, rest float32)")
	average, w, decay, rest := k.stream("average"), k.stream("w"), k.scalar("decay"), k.scalar("rest")
	k.each(2, []*stream{average, w}, func(int) {
		x := k.load(w)
		k.VMULPS(rest, x, x)
		k.VFMADD231PS(k.load(average), decay, x)
		k.store(x, average)
	})
	k.end()

	squares(c, l)
	dot(c, l)
	adam(c, l)
}

// squares is the sum of x^2 in float64. n must be a multiple of a register's floats.
func squares(c *build.Context, l lanes) {
	k := function(c, l, "squares", "func(x *float32, n int) float64")
	x := k.stream("x")
	sums := k.zeros(4)
	half := l.width / 2
	c.Label("loop")
	for i, sum := range sums {
		if i == 2 {
			break
		}
		d := k.vector()
		c.VCVTPS2PD(operand.Mem{Base: x.ptr, Disp: i * half}, d)
		c.VFMADD231PD(d, d, sum)
	}
	c.ADDQ(operand.U32(l.width), x.ptr)
	c.SUBQ(operand.U32(l.width/4), k.n)
	c.JNZ(operand.LabelRef("loop"))
	sum := combined(c.VADDPD, sums[:2])
	if l.width == 64 {
		high, low := c.YMM(), c.YMM()
		c.VEXTRACTF64X4(operand.U8(1), sum, high)
		c.VADDPD(high, sum.AsY(), low)
		sum = low
	}
	high, low := c.XMM(), c.XMM()
	c.VEXTRACTF128(operand.U8(1), sum.AsY(), high)
	c.VADDPD(high, sum.AsX(), low)
	c.VPERMILPD(operand.U8(1), low, high)
	c.VADDSD(high, low, low)
	p, err := c.ReturnIndex(0).Resolve()
	if err != nil {
		panic(err)
	}
	c.VMOVSD(low, p.Addr)
	k.end()
}

func dot(c *build.Context, l lanes) {
	k := function(c, l, "dot", "func(a, b *float32, n int) float32")
	a, b := k.stream("a"), k.stream("b")
	sums := k.zeros(4)
	k.each(4, []*stream{a, b}, func(i int) {
		x := k.load(a)
		k.VFMADD231PS(k.load(b), x, sums[i])
	})
	k.give(k.lanesFolded(k.VADDPS, combined(k.VADDPS, sums)), 0)
	k.end()
}

// adam is adamGeneric; k points to the first field of adamFactors, which are in
// this order.
func adam(c *build.Context, l lanes) {
	k := function(c, l, "adam", "func(k, w, m, v, gradient *float32, n int)")
	factors := k.stream("k")
	ws, ms, vs, gs := k.stream("w"), k.stream("m"), k.stream("v"), k.stream("gradient")
	factor := func(i int) vec { return k.spread(operand.Mem{Base: factors.ptr, Disp: 4 * i}) }
	scale, beta1, rest1, beta2, rest2 := factor(0), factor(1), factor(2), factor(3), factor(4)
	keep, step, root, epsilon := factor(5), factor(6), factor(7), factor(8)
	k.each(1, []*stream{ws, ms, vs, gs}, func(int) {
		grad := k.load(gs)
		k.VMULPS(scale, grad, grad)
		m := k.load(ms)
		k.VMULPS(beta1, m, m)
		k.VFMADD231PS(grad, rest1, m)
		k.store(m, ms)
		v := k.load(vs)
		k.VMULPS(beta2, v, v)
		k.VMULPS(grad, grad, grad)
		k.VFMADD231PS(grad, rest2, v)
		k.store(v, vs)
		k.VSQRTPS(v, v)
		k.VFMADD213PS(epsilon, root, v)
		k.VMULPS(step, m, m)
		k.VDIVPS(v, m, m)
		w := k.load(ws)
		k.VFMSUB213PS(m, keep, w)
		k.store(w, ws)
	})
	k.end()
}
