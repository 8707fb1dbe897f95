package kernels

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// pool is threads that wait for work by spinning, for as long as a training step
// leaves them idle between kernels, and then by sleeping.
type pool struct {
	threads int
	job     atomic.Pointer[job] // the last that was given out
	closed  atomic.Bool
	mu      sync.Mutex
	wake    *sync.Cond // sleeping workers wait here, under mu
	asleep  int
	running sync.WaitGroup
}

// job is one call of run.
type job struct {
	n, grain int
	f        func(lo, hi int)
	next     atomic.Int64 // the next chunk
	left     atomic.Int64 // chunks that are not done
	failed   atomic.Pointer[any]
}

// spins is how often a worker looks for work before it sleeps: some 50
// microseconds.
const spins = 2000

func newPool(threads int) *pool {
	p := &pool{threads: threads}
	p.wake = sync.NewCond(&p.mu)
	for range threads - 1 {
		p.running.Go(p.work)
	}
	return p
}

// run shares out the chunks and returns when all are done. A panic in f comes out
// of it.
func (p *pool) run(n, grain int, f func(lo, hi int)) {
	if n <= 0 {
		return
	}
	chunks := (n + grain - 1) / grain
	if p.threads == 1 || chunks == 1 || p.closed.Load() {
		for lo := 0; lo < n; lo += grain {
			f(lo, min(lo+grain, n))
		}
		return
	}
	j := &job{n: n, grain: grain, f: f}
	j.left.Store(int64(chunks))
	p.job.Store(j)
	if p.sleepers() {
		p.mu.Lock()
		p.wake.Broadcast()
		p.mu.Unlock()
	}
	j.take()
	for spin := 0; j.left.Load() > 0; spin++ {
		if spin > 1000 {
			runtime.Gosched()
		}
	}
	if failed := j.failed.Load(); failed != nil {
		panic(*failed)
	}
}

func (p *pool) sleepers() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asleep > 0
}

// take does chunks until none is left.
func (j *job) take() {
	for {
		lo := int(j.next.Add(1)-1) * j.grain
		if lo >= j.n {
			return
		}
		j.do(lo, min(lo+j.grain, j.n))
	}
}

func (j *job) do(lo, hi int) {
	defer func() {
		if r := recover(); r != nil {
			j.failed.CompareAndSwap(nil, &r)
		}
		j.left.Add(-1)
	}()
	j.f(lo, hi)
}

// work is a worker's life.
func (p *pool) work() {
	var last *job
	for {
		j := p.await(last)
		if j == nil {
			return
		}
		last = j
		j.take()
	}
}

// await spins, then sleeps, until there is another job than the last; nil ends
// the worker.
func (p *pool) await(last *job) *job {
	for range spins {
		if j := p.job.Load(); j != last {
			return j
		}
		if p.closed.Load() {
			return nil
		}
		pause()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asleep++
	defer func() { p.asleep-- }()
	for {
		if p.closed.Load() {
			return nil
		}
		if j := p.job.Load(); j != last {
			return j
		}
		p.wake.Wait()
	}
}

func (p *pool) close() {
	if p.closed.Swap(true) {
		return
	}
	p.mu.Lock()
	p.wake.Broadcast()
	p.mu.Unlock()
	p.running.Wait()
}
