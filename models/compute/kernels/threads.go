package kernels

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// pool is a set of threads that wait for work by spinning, for longer than a training step leaves them idle
// between kernels, and then by sleeping.
//
// Each thread starts with its own share of the chunks, the same one in every job with as many chunks, so that
// its cache has the rows that it computed before. When it has finished them it helps the others.
//
// There is one job at a time, kept in the pool, so that dispatching it allocates nothing. turn is odd while
// the job is open. A worker counts itself inside before it reads turn, and the caller closes the job before
// it waits until nobody is inside: so no worker reads the job's fields while the next job's are written.
type pool struct {
	threads int
	crowd   atomic.Int64 // pools that work at the same time, including this one; 0 is 1
	limit   atomic.Int64 // how many threads do the job
	n       int          // the job
	grain   int
	f       func(lo, hi int)
	shares  []share // of each thread, the caller's first
	failed  atomic.Pointer[any]

	_      [64]byte // separates what is spun on from what is counted
	turn   atomic.Uint64
	closed atomic.Bool
	asleep []atomic.Bool // by thread
	_      [64]byte
	inside atomic.Int64 // workers that read the job
	_      [64]byte

	busy    atomic.Bool // a run is in progress
	mu      sync.Mutex
	wake    *sync.Cond // sleeping workers wait here, under mu
	running sync.WaitGroup
}

// share is the chunks that a thread starts with: next up to, but not including, end.
type share struct {
	next atomic.Int64
	end  int64
	_    [112]byte // two cache lines, which are fetched together
}

// spins is how often a worker looks for work before it sleeps: about 100 microseconds.
const spins = 5000

func newPool(threads int) *pool {
	p := &pool{threads: threads, shares: make([]share, threads), asleep: make([]atomic.Bool, threads)}
	p.wake = sync.NewCond(&p.mu)
	for i := range threads - 1 {
		p.running.Go(func() { p.work(i + 1) })
	}
	return p
}

// active is how many threads work now.
func (p *pool) active() int { return max(1, p.threads/int(max(1, p.crowd.Load()))) }

// run shares out the chunks and returns when all are done. It repeats a panic of f, whichever thread it was
// on. Called from within f, it does all chunks on the calling thread.
func (p *pool) run(n, grain int, f func(lo, hi int)) {
	if n <= 0 {
		return
	}
	threads := p.active()
	if threads == 1 || n <= grain || p.closed.Load() || p.busy.Swap(true) {
		for lo := 0; lo < n; lo += grain {
			f(lo, min(lo+grain, n))
		}
		return
	}
	p.n, p.grain, p.f = n, grain, f
	chunks := ceilDiv(n, grain)
	for i := range p.shares { // empty shares for threads that don't take part
		p.shares[i].next.Store(int64(min(i, threads) * chunks / threads))
		p.shares[i].end = int64(min(i+1, threads) * chunks / threads)
	}
	p.limit.Store(int64(threads))
	p.turn.Add(1)
	for i := 1; i < threads; i++ {
		if p.asleep[i].Load() {
			p.mu.Lock()
			p.wake.Broadcast()
			p.mu.Unlock()
			break
		}
	}
	p.take(0)
	p.turn.Add(1)
	for spin := 0; p.inside.Load() > 0; spin++ {
		if spin > spins {
			runtime.Gosched()
		} else {
			pause()
		}
	}
	p.f = nil
	failed := p.failed.Swap(nil)
	p.busy.Store(false)
	if failed != nil {
		panic(*failed)
	}
}

// take does chunks until none is left, first those of the thread's own share. It keeps a panic for run.
func (p *pool) take(thread int) {
	defer func() {
		if r := recover(); r != nil {
			p.failed.CompareAndSwap(nil, &r)
		}
	}()
	for i := range p.shares {
		s := &p.shares[(thread+i)%p.threads]
		for {
			chunk := s.next.Add(1) - 1
			if chunk >= s.end {
				break
			}
			lo := int(chunk) * p.grain
			p.f(lo, min(lo+p.grain, p.n))
		}
	}
}

// work is the main loop of a worker.
func (p *pool) work(thread int) {
	for last := uint64(0); p.await(thread, last); {
		p.inside.Add(1)
		last = p.turn.Load()
		if last%2 == 1 {
			p.take(thread)
		}
		p.inside.Add(-1)
	}
}

// await spins, then sleeps, until a job other than the last one is open for the thread. It returns false once
// the pool is closed.
func (p *pool) await(thread int, last uint64) bool {
	ready := func() bool {
		turn := p.turn.Load()
		return turn%2 == 1 && turn != last && int64(thread) < p.limit.Load()
	}
	for range spins {
		if ready() {
			return true
		}
		if p.closed.Load() {
			return false
		}
		pause()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asleep[thread].Store(true)
	defer p.asleep[thread].Store(false)
	for !ready() {
		if p.closed.Load() {
			return false
		}
		p.wake.Wait()
	}
	return true
}

// close ends the workers. Later runs use only the caller's thread.
func (p *pool) close() {
	if p.closed.Swap(true) {
		return
	}
	p.mu.Lock()
	p.wake.Broadcast()
	p.mu.Unlock()
	p.running.Wait()
}
