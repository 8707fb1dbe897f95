package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// rowFunctions are the parts of softmax and LayerNorm that run along a row.
func rowFunctions(c *build.Context, l lanes) {
	softmaxFunctions(c, l)
	normFunctions(c, l)
	normBackwardFunctions(c, l)
}

// largest is the largest of a stream's elements, in the lowest lane.
func (k *kernel) largest(x *stream) vec {
	tops := make([]vec, 4)
	for i := range tops {
		tops[i] = k.hold("minusInf")
	}
	k.each(4, []*stream{x}, func(i int) {
		v := k.load(x)
		if k.tail {
			k.onOr(v, tops[0])
		}
		k.VMAXPS(tops[i], v, tops[i])
	})
	return k.lanesFolded(k.VMAXPS, combined(k.VMAXPS, tops))
}

func softmaxFunctions(c *build.Context, l lanes) {
	k := function(c, l, "largest", "func(x *float32, n int) float32")
	k.give(k.largest(k.stream("x")), 0)
	k.end()

	k = function(c, l, "sumExp", "func(x *float32, n int, shift float32) float32")
	x, shift, sum := k.stream("x"), k.scalar("shift"), k.zero()
	k.holdExp()
	k.each(1, []*stream{x}, func(int) {
		v := k.load(x)
		k.VSUBPS(shift, v, v)
		e := k.exp(v)
		k.on(e)
		k.VADDPS(e, sum, sum)
	})
	k.give(k.lanesFolded(k.VADDPS, sum), 0)
	k.end()

	k = function(c, l, "expScale", "func(y, x *float32, n int, shift, by float32)")
	y, x, shift, by := k.stream("y"), k.stream("x"), k.scalar("shift"), k.scalar("by")
	k.holdExp()
	k.each(1, []*stream{y, x}, func(int) {
		v := k.load(x)
		k.VSUBPS(shift, v, v)
		e := k.exp(v)
		k.VMULPS(by, e, e)
		k.store(e, y)
	})
	k.end()

	softmax(c, l)

	k = function(c, l, "softmaxBackward", "func(x, dx *float32, n int, scale, lse, along float32)")
	x, dx := k.stream("x"), k.stream("dx")
	scale, lse, along := k.scalar("scale"), k.scalar("lse"), k.scalar("along")
	k.holdExp()
	k.each(1, []*stream{x, dx}, func(int) {
		v := k.load(x)
		k.VFMSUB213PS(lse, scale, v)
		p := k.exp(v)
		k.store(p, x)
		d := k.load(dx)
		k.VSUBPS(along, d, d)
		k.VMULPS(p, d, d)
		k.VMULPS(scale, d, d)
		k.store(d, dx)
	})
	k.end()
}

// softmax is softmaxGeneric.
func softmax(c *build.Context, l lanes) {
	k := function(c, l, "softmax", "func(x *float32, n int, scale, top float32) (newTop, sum float32)")
	x := k.stream("x")
	largest := k.largest(x)
	scale := k.scalar("scale")
	k.VMULSS(scale.AsX(), largest, largest)
	k.VMAXSS(k.parameter("top"), largest, largest)
	top := k.vector()
	k.VBROADCASTSS(largest, top)
	k.rewind(x)
	k.holdExp()
	sum := k.zero()
	k.each(1, []*stream{x}, func(int) {
		v := k.load(x)
		k.VFMSUB213PS(top, scale, v)
		e := k.exp(v)
		k.store(e, x)
		k.on(e)
		k.VADDPS(e, sum, sum)
	})
	k.give(top, 0)
	k.give(k.lanesFolded(k.VADDPS, sum), 1)
	k.end()
}

func normFunctions(c *build.Context, l lanes) {
	k := function(c, l, "sum", "func(x *float32, n int) float32")
	x, sums := k.stream("x"), k.zeros(4)
	k.each(4, []*stream{x}, func(i int) { k.VADDPS(k.load(x), sums[i], sums[i]) })
	k.give(k.lanesFolded(k.VADDPS, combined(k.VADDPS, sums)), 0)
	k.end()

	k = function(c, l, "deviation", "func(x *float32, n int, mean float32) float32")
	x, sums = k.stream("x"), k.zeros(4)
	mean := k.scalar("mean")
	k.each(4, []*stream{x}, func(i int) {
		v := k.load(x)
		k.VSUBPS(mean, v, v)
		k.on(v)
		k.VFMADD231PS(v, v, sums[i])
	})
	k.give(k.lanesFolded(k.VADDPS, combined(k.VADDPS, sums)), 0)
	k.end()

	for _, biased := range []bool{false, true} {
		name, parameters := "normalise", "y, x, gain *float32"
		if biased {
			name, parameters = "normaliseBiased", "y, x, gain, bias *float32"
		}
		k := function(c, l, name, "func("+parameters+", n int, mean, rstd float32)")
		y, x, gain := k.stream("y"), k.stream("x"), k.stream("gain")
		streams := []*stream{y, x, gain}
		var bias *stream
		if biased {
			bias = k.stream("bias")
			streams = append(streams, bias)
		}
		mean, rstd := k.scalar("mean"), k.scalar("rstd")
		k.each(2, streams, func(int) {
			v := k.load(x)
			k.VSUBPS(mean, v, v)
			k.VMULPS(rstd, v, v)
			if biased {
				k.VFMADD213PS(k.load(bias), k.load(gain), v)
			} else {
				k.VMULPS(k.load(gain), v, v)
			}
			k.store(v, y)
		})
		k.end()
	}
}

func normBackwardFunctions(c *build.Context, l lanes) {
	// The sums of h = dy*gain and of h*(x-mean)*rstd.
	k := function(c, l, "normSums", "func(dy, x, gain *float32, n int, mean, rstd float32) (sum, along float32)")
	dy, x, gain := k.stream("dy"), k.stream("x"), k.stream("gain")
	mean, rstd := k.scalar("mean"), k.scalar("rstd")
	sums, alongs := k.zeros(2), k.zeros(2)
	k.each(2, []*stream{dy, x, gain}, func(i int) {
		h := k.load(dy)
		k.VMULPS(k.load(gain), h, h) // 0 in masked-off lanes
		k.VADDPS(h, sums[i], sums[i])
		v := k.load(x)
		k.VSUBPS(mean, v, v)
		k.VMULPS(rstd, v, v)
		k.VFMADD231PS(v, h, alongs[i])
	})
	k.give(k.lanesFolded(k.VADDPS, combined(k.VADDPS, sums)), 0)
	k.give(k.lanesFolded(k.VADDPS, combined(k.VADDPS, alongs)), 1)
	k.end()

	k = function(c, l, "normInput", "func(dx, dy, x, gain *float32, n int, mean, rstd, average, slope float32)")
	dx, dy, x, gain := k.stream("dx"), k.stream("dy"), k.stream("x"), k.stream("gain")
	mean, rstd = k.scalar("mean"), k.scalar("rstd")
	average, slope := k.scalar("average"), k.scalar("slope")
	k.each(2, []*stream{dx, dy, x, gain}, func(int) {
		h := k.load(dy)
		k.VFMSUB132PS(k.load(gain), average, h)
		v := k.load(x)
		k.VSUBPS(mean, v, v)
		k.VMULPS(rstd, v, v)
		k.VFNMADD231PS(v, slope, h)
		k.VMULPS(rstd, h, h)
		k.store(h, dx)
	})
	k.end()

	normColumns(c, l)
}

// columnRegisters is how many registers of columns normColumns adds up.
const columnRegisters = 4

// normColumns adds n rows' dy*(x-mean)*rstd to dgain and dy to dbias, over four registers of columns; rows
// are stride bytes apart.
func normColumns(c *build.Context, l lanes) {
	k := function(c, l, "normColumns", "func(dgain, dbias, dy, x, mean, rstd *float32, n, stride int)")
	dgain, dbias, dy, x := k.stream("dgain"), k.stream("dbias"), k.stream("dy"), k.stream("x")
	means, rstds := k.stream("mean"), k.stream("rstd")
	stride := k.GP64()
	k.MOVQ(k.parameter("stride"), stride)
	gains, biases := k.zeros(columnRegisters), k.zeros(columnRegisters)
	k.Label("loop")
	mean, rstd := k.spread(operand.Mem{Base: means.ptr}), k.spread(operand.Mem{Base: rstds.ptr})
	for i := range columnRegisters {
		k.disp = i * l.width
		d, v := k.load(dy), k.load(x)
		k.VSUBPS(mean, v, v)
		k.VMULPS(rstd, v, v)
		k.VFMADD231PS(v, d, gains[i])
		k.VADDPS(d, biases[i], biases[i])
	}
	k.ADDQ(operand.U8(4), means.ptr)
	k.ADDQ(operand.U8(4), rstds.ptr)
	k.ADDQ(stride, dy.ptr)
	k.ADDQ(stride, x.ptr)
	k.DECQ(k.n)
	k.JNZ(operand.LabelRef("loop"))
	for i := range columnRegisters {
		k.disp = i * l.width
		k.VADDPS(k.at(dgain), gains[i], gains[i])
		k.store(gains[i], dgain)
		k.VADDPS(k.at(dbias), biases[i], biases[i])
		k.store(biases[i], dbias)
	}
	k.end()
}
