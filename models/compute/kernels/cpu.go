package kernels

import (
	"fmt"
	"runtime"

	"golang.org/x/sys/cpu"
)

// Path is a set of instructions that kernels are written for. Results differ in their last bits between
// paths, but never within a path.
type Path int

const (
	Generic Path = iota // plain Go
	AVX2                // with FMA
	AVX512              // F, BW, DQ and VL
)

// Paths returns all paths, the slowest first.
func Paths() []Path { return []Path{Generic, AVX2, AVX512} }

// String is the path's name, as accepted by Choose.
func (p Path) String() string {
	return [...]string{Generic: "generic", AVX2: "avx2", AVX512: "avx512"}[p]
}

// Supported reports whether this CPU supports the path.
func (p Path) Supported() bool {
	if runtime.GOARCH != "amd64" {
		return p == Generic
	}
	switch p {
	case AVX512:
		return AVX2.Supported() && cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL
	case AVX2:
		return cpu.X86.HasAVX2 && cpu.X86.HasFMA
	}
	return true
}

// Choose finds a path by name; "" is the fastest that this CPU supports. The error, for a name that is
// unknown or not supported, is one line.
func Choose(name string) (Path, error) {
	best := Generic
	for _, p := range Paths() {
		if p.Supported() {
			best = p
		}
		if p.String() == name {
			if !p.Supported() {
				return p, fmt.Errorf("ASSAY_CPU=%s: this CPU lacks the instructions; leave it unset for %s", name, best)
			}
			return p, nil
		}
	}
	if name != "" {
		return best, fmt.Errorf("ASSAY_CPU=%s: use avx512, avx2 or generic", name)
	}
	return best, nil
}

// CPU runs kernels on one path with its threads. Only one goroutine may call its methods at a time.
type CPU struct {
	path    Path
	pool    *pool
	gemm    blocking
	attends attends
	second  *CPU
}

// New starts a number of threads, which includes the caller's own; 0 is GOMAXPROCS.
func New(path Path, threads int) *CPU {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	c := &CPU{path: path, pool: newPool(threads)}
	c.bindBlocking()
	return c
}

// Close ends the threads. It may be called twice.
func (c *CPU) Close() {
	if c.second != nil {
		c.second.Close()
	}
	c.pool.close()
}

// Path returns the chosen path.
func (c *CPU) Path() Path { return c.path }

// Threads is the number of threads, including the caller's own.
func (c *CPU) Threads() int { return c.pool.threads }

// Each calls f for each number below n, on any thread. f may call kernels if no other call of f touches their
// arguments; they then run on f's own thread, with the same results.
func (c *CPU) Each(n int, f func(i int)) {
	c.parallel(n, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			f(i)
		}
	})
}

// parallel calls f for chunks of [0, n) on any thread. The chunks depend only on n and grain: all but the
// last start and end at multiples of grain.
func (c *CPU) parallel(n, grain int, f func(lo, hi int)) {
	const most = 256 // more chunks would cost more than they balance
	grain = max(grain, 1)
	if chunks := (n + grain - 1) / grain; chunks > most {
		grain *= (chunks + most - 1) / most
	}
	c.pool.run(n, grain, f)
}
