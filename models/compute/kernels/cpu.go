package kernels

import (
	"fmt"
	"runtime"

	"golang.org/x/sys/cpu"
)

// Path is a set of instructions that kernels are written for. Results differ
// between paths in their last bits, and within one path never.
type Path int

const (
	Generic Path = iota // plain Go
	AVX2                // with FMA
	AVX512              // F, BW, DQ and VL
)

// Paths are all paths, the slowest first.
func Paths() []Path { return []Path{Generic, AVX2, AVX512} }

// String is the path's name, as Choose takes it.
func (p Path) String() string {
	return [...]string{Generic: "generic", AVX2: "avx2", AVX512: "avx512"}[p]
}

// Supported reports whether this CPU can take the path.
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

// Choose finds a path by its name; "" is the fastest that this CPU can take. The
// error, for a name that is unknown or that this CPU can't take, is one line.
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
		return best, fmt.Errorf("ASSAY_CPU=%s: it is one of avx512, avx2 and generic", name)
	}
	return best, nil
}

// CPU runs kernels on one path over its threads. Its methods are for one
// goroutine at a time.
type CPU struct {
	path    Path
	pool    *pool
	gemm    blocking
	attends attends
	second  *CPU
}

// New starts the threads: so many, the caller's own included, or GOMAXPROCS for 0.
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

// Path is the path that was chosen.
func (c *CPU) Path() Path { return c.path }

// Threads counts the threads, the caller's own included.
func (c *CPU) Threads() int { return c.pool.threads }

// Each calls f for each number under n, on any thread. f may call kernels whose
// arguments no other call of it touches; they then run on its own thread, with the same
// results.
func (c *CPU) Each(n int, f func(i int)) {
	c.parallel(n, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			f(i)
		}
	})
}

// parallel calls f for chunks of [0, n) on any thread. Where chunks begin hangs
// on n and grain alone: each is a multiple of grain but the last.
func (c *CPU) parallel(n, grain int, f func(lo, hi int)) {
	const most = 256 // chunks; more cost more than they even out
	grain = max(grain, 1)
	if chunks := (n + grain - 1) / grain; chunks > most {
		grain *= (chunks + most - 1) / most
	}
	c.pool.run(n, grain, f)
}
