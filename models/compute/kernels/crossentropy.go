package kernels

import (
	"math"
	"slices"
)

// lossBlock is how many logits of a row are read for their maximum and then, still in the cache, for their
// exponentials.
const lossBlock = 4096

// CrossEntropy sets each row's loss in nats, lse - logits[target], and the row's log-sum-exp, which the
// backward pass needs. logits is [rows, vocab], targets [rows], loss and lse [rows]. A row with a negative
// target is not counted: its loss is 0. A target of vocab or more panics.
func (c *CPU) CrossEntropy(loss, lse, logits []float32, targets []int32, rows, vocab int) {
	mustLen("CrossEntropy: loss", len(loss), rows)
	mustLen("CrossEntropy: lse", len(lse), rows)
	checkLoss("CrossEntropy", len(logits), targets, rows, vocab)
	c.parallel(rows, rowGrain(vocab), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			row := logits[r*vocab : (r+1)*vocab]
			top, sum := logSumExp(c.path, row)
			lse[r] = float32(float64(top) + math.Log(sum))
			loss[r] = 0
			if t := targets[r]; t >= 0 {
				loss[r] = float32(float64(top) - float64(row[t]) + math.Log(sum))
			}
		}
	})
}

// CrossEntropyBackward sets dlogits = dloss[row] * (softmax(logits) - onehot(target)),
// and 0 in rows that are not counted. dlogits may be logits.
func (c *CPU) CrossEntropyBackward(dlogits, dloss, logits, lse []float32, targets []int32, rows, vocab int) {
	mustLen("CrossEntropyBackward: dlogits", len(dlogits), rows*vocab)
	mustLen("CrossEntropyBackward: dloss", len(dloss), rows)
	mustLen("CrossEntropyBackward: lse", len(lse), rows)
	checkLoss("CrossEntropyBackward", len(logits), targets, rows, vocab)
	c.parallel(rows, rowGrain(vocab), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			row := dlogits[r*vocab : (r+1)*vocab]
			t := targets[r]
			if t < 0 {
				clear(row)
				continue
			}
			expScaleOn(c.path, row, logits[r*vocab:(r+1)*vocab], lse[r], dloss[r])
			row[t] -= dloss[r]
		}
	})
}

func checkLoss(name string, logits int, targets []int32, rows, vocab int) {
	mustLen(name+": logits", logits, rows*vocab)
	mustLen(name+": targets", len(targets), rows)
	for _, t := range targets {
		if int(t) >= vocab {
			panic("kernels: " + name + ": a target outside the vocabulary")
		}
	}
}

// logSumExp returns a row's maximum and the sum of e^(x - maximum).
func logSumExp(p Path, row []float32) (top float32, sum float64) {
	top = float32(math.Inf(-1))
	for lo := 0; lo < len(row); lo += lossBlock {
		block := row[lo:min(lo+lossBlock, len(row))]
		if m := largestOn(p, block); m > top {
			sum *= exp64(float64(top) - float64(m))
			top = m
		}
		sum += float64(sumExpOn(p, block, top))
	}
	return top, sum
}

// ArgMax is the index of x's largest number; of equal ones, the first. With NaNs it is any index; without
// numbers 0.
func (c *CPU) ArgMax(x []float32) int {
	top, from := float32(math.Inf(-1)), 0
	for lo := 0; lo < len(x); lo += lossBlock {
		if m := largestOn(c.path, x[lo:min(lo+lossBlock, len(x))]); m > top {
			top, from = m, lo
		}
	}
	return from + max(slices.Index(x[from:min(from+lossBlock, len(x))], top), 0)
}

func largestGeneric(x []float32) float32 {
	top := float32(math.Inf(-1))
	for _, v := range x {
		top = max(top, v)
	}
	return top
}

// sumExpGeneric is the sum of e^(x-shift).
func sumExpGeneric(x []float32, shift float32) float32 {
	var sum float64
	for _, v := range x {
		sum += exp64(float64(v) - float64(shift))
	}
	return float32(sum)
}

// expScaleGeneric sets y = by * e^(x-shift).
func expScaleGeneric(y, x []float32, shift, by float32) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = float32(float64(by) * exp64(float64(v)-float64(shift)))
	}
}
