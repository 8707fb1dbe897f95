package main

import (
	"maps"
	"slices"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

func sortedKeys(m map[string]uint32) []string { return slices.Sorted(maps.Keys(m)) }

// vector writes the kernels over rows and over all elements.
func vector(c *build.Context) {
	data(c)
	dropoutData(c)
	for _, l := range []lanes{zmm, ymm} {
		elementFunctions(c, l)
		rowFunctions(c, l)
		updateFunctions(c, l)
		attendFunctions(c, l)
		dropout(c, l)
	}
}

// holdExp loads the constants of exp into registers before a loop.
func (k *kernel) holdExp() {
	for _, name := range []string{"expMost", "expLeast", "log2e", "ln2High", "ln2Low", "exp6", "exp5", "exp4", "exp3", "exp2", "one"} {
		k.constant(name)
	}
}

// reduced splits x = n ln2 + r, with an integer n and |r| <= ln2/2, and overwrites x by r. ln2 is in two
// parts; n times the first is exact.
func (k *kernel) reduced(x vec) (n vec) {
	n = k.vector()
	k.VMULPS(k.constant("log2e"), x, n)
	if k.l.width == 64 {
		k.VRNDSCALEPS(operand.U8(0), n, n)
	} else {
		k.VROUNDPS(operand.U8(0), n, n)
	}
	k.VFNMADD231PS(k.constant("ln2High"), n, x)
	k.VFNMADD231PS(k.constant("ln2Low"), n, x)
	return n
}

// expLess1 is e^r - 1 for |r| <= ln2/2: r + r^2 q(r), with q of degree 4 fitted to minimise the largest error
// of e^r, which is 4.6e-9 relative, and 2e-8 of e^r - 1.
func (k *kernel) expLess1(r vec) vec {
	q := k.hold("exp6")
	for _, name := range []string{"exp5", "exp4", "exp3", "exp2"} {
		k.VFMADD213PS(k.constant(name), r, q)
	}
	square := k.vector()
	k.VMULPS(r, r, square)
	k.VFMADD213PS(r, square, q)
	return q
}

// scaled is x * 2^n with one rounding, over all of float32's range. n is overwritten.
func (k *kernel) scaled(x, n vec) vec {
	if k.l.width == 64 {
		k.VSCALEFPS(n, x, x)
		return x
	}
	half := k.vector() // n in two parts, whose powers are normal numbers
	k.VCVTPS2DQ(n, n)
	k.VPSRAD(operand.U8(1), n, half)
	k.VPSUBD(half, n, n)
	for _, part := range []vec{half, n} {
		k.VPADDD(k.constant("bias127"), part, part)
		k.VPSLLD(operand.U8(23), part, part)
		k.VMULPS(part, x, x)
	}
	return x
}

// exp is e^x; x is overwritten. The order of the operands of min and max lets NaN pass.
func (k *kernel) exp(x vec) vec {
	k.VMINPS(x, k.hold("expMost"), x)
	k.VMAXPS(x, k.hold("expLeast"), x)
	n := k.reduced(x)
	p := k.expLess1(x)
	k.VADDPS(k.constant("one"), p, p)
	return k.scaled(p, n)
}

// tanh is e/(e+2) with e = e^2|x| - 1, and x's sign; x is overwritten.
func (k *kernel) tanh(x vec) vec {
	sign := k.vector()
	k.logic(k.VANDPS, k.VANDPS_BCST, "signs", x, sign)
	k.logic(k.VANDPS, k.VANDPS_BCST, "absolute", x, x)
	k.VMINPS(x, k.hold("tanhMost"), x)
	k.VADDPS(x, x, x)
	n := k.reduced(x)
	p := k.expLess1(x)
	power := k.scaled(k.hold("one"), n)
	e := k.vector()
	k.VSUBPS(k.constant("one"), power, e)
	k.VFMADD231PS(p, power, e)
	k.VADDPS(k.constant("two"), e, p)
	k.VDIVPS(p, e, e)
	k.VORPS(sign, e, e)
	return e
}

func (k *kernel) logic(op, _ func(...operand.Op), name string, x, to vec) {
	op(k.constant(name), x, to)
}

// sigmoid returns e = e^(-2u) and 1 + e, where u is the argument of GELU's tanh.
func (k *kernel) sigmoid(x vec) (e, below vec) {
	t := k.vector()
	k.VMULPS(x, x, t)
	k.VFMADD213PS(k.constant("one"), k.hold("geluCube"), t)
	k.VMULPS(x, t, t)
	k.VMULPS(k.constant("geluOuter"), t, t)
	e = k.exp(t)
	below = k.vector()
	k.VADDPS(k.constant("one"), e, below)
	return e, below
}

func elementFunctions(c *build.Context, l lanes) {
	for _, f := range []struct {
		name string
		hold []string
		f    func(k *kernel, x vec) vec
	}{
		{"exp", nil, (*kernel).exp},
		{"tanh", []string{"signs", "absolute", "tanhMost", "two"}, (*kernel).tanh},
		{"gelu", []string{"geluCube", "geluOuter"}, func(k *kernel, x vec) vec {
			_, below := k.sigmoid(x)
			k.VDIVPS(below, x, x)
			return x
		}},
	} {
		k := function(c, l, f.name, "func(y, x *float32, n int)")
		y, x := k.stream("y"), k.stream("x")
		k.holdExp()
		for _, name := range f.hold {
			k.constant(name)
		}
		k.each(1, []*stream{y, x}, func(int) { k.store(f.f(k, k.load(x)), y) })
		k.end()
	}
	geluBackward(c, l)
}

// geluBackward: with e = e^(-2u), s = 1/(1+e): dx = dy (s + x e s^2 2u').
func geluBackward(c *build.Context, l lanes) {
	k := function(c, l, "geluBackward", "func(dx, dy, x *float32, n int)")
	dx, dy, xs := k.stream("dx"), k.stream("dy"), k.stream("x")
	k.holdExp()
	for _, name := range []string{"geluCube", "geluOuter", "geluInner", "geluSlope", "geluMost", "geluLeast"} {
		k.constant(name)
	}
	k.each(1, []*stream{dx, dy, xs}, func(int) {
		x := k.load(xs)
		k.VMINPS(x, k.hold("geluMost"), x)
		k.VMAXPS(x, k.hold("geluLeast"), x)
		e, s := k.sigmoid(x)
		k.VDIVPS(s, k.hold("one"), s)
		slope := k.vector()
		k.VMULPS(x, x, slope)
		k.VFMADD213PS(k.constant("one"), k.hold("geluInner"), slope)
		k.VMULPS(k.constant("geluSlope"), slope, slope)
		k.VMULPS(x, slope, slope)
		k.VMULPS(s, e, e) // e s, at most 1
		k.VMULPS(s, e, e)
		k.VFMADD231PS(slope, e, s)
		k.VMULPS(k.load(dy), s, s)
		k.store(s, dx)
	})
	k.end()
}
