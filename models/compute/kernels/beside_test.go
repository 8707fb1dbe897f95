package kernels

import (
	"slices"
	"testing"
	"time"
)

// Two functions that run at the same time give the bits that each gives alone, whichever ends first.
func TestBeside(t *testing.T) {
	for _, threads := range []int{1, 2, 3, 5} {
		c := New(Paths()[len(Paths())-1], threads)
		if !c.Path().Supported() {
			c = New(Generic, threads)
		}
		defer c.Close()
		const m, n, k = 61, 70, 33
		x, y := noise(m*k, 1), noise(k*n, 2)
		want := make([]float32, m*n)
		c.MatMul(want, x, y, m, n, k, NN, false)
		for _, times := range [][2]int{{1, 30}, {30, 1}, {20, 20}} {
			multiply := func(c *CPU, times int) func() {
				return func() {
					got := make([]float32, m*n)
					for range times {
						clear(got)
						c.MatMul(got, x, y, m, n, k, NN, false)
						if !slices.Equal(got, want) {
							t.Error("another result than alone")
						}
					}
				}
			}
			c.Beside(multiply(c, times[0]), multiply(c.Second(), times[1]))
		}
	}
}

// The two functions run at the same time, and on one thread one after the other.
func TestBesideTogether(t *testing.T) {
	c := New(Generic, 2)
	defer c.Close()
	there, back := make(chan bool), make(chan bool)
	c.Beside(func() { there <- true; <-back }, func() { <-there; back <- true })

	single := New(Generic, 1)
	defer single.Close()
	var order []int
	single.Beside(func() { time.Sleep(time.Millisecond); order = append(order, 1) }, func() { order = append(order, 2) })
	if !slices.Equal(order, []int{1, 2}) {
		t.Errorf("on one thread in the order %v", order)
	}
}

// Each function has half of the threads while the other runs, and all of them after it.
func TestBesideShares(t *testing.T) {
	c := New(Generic, 4)
	defer c.Close()
	ended := make(chan bool)
	c.Beside(func() {
		if got := c.pool.active(); got != 2 {
			t.Errorf("%d threads beside another, want 2", got)
		}
		ended <- true
	}, func() {
		<-ended
		for deadline := time.Now().Add(time.Minute); c.Second().pool.active() != 4; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Errorf("%d threads after the other has ended, want 4", c.Second().pool.active())
				break
			}
		}
	})
	if got := c.pool.active(); got != 4 {
		t.Errorf("%d threads alone, want 4", got)
	}
}

func TestBesidePanics(t *testing.T) {
	c := New(Generic, 2)
	defer c.Close()
	for name, sides := range map[string][2]func(){
		"first":  {func() { panic("first") }, func() {}},
		"second": {func() {}, func() { panic("second") }},
	} {
		func() {
			defer func() {
				if got := recover(); got != name {
					t.Errorf("recovered %v, want %q", got, name)
				}
			}()
			c.Beside(sides[0], sides[1])
		}()
	}
	c.Beside(func() {}, func() {})
}
