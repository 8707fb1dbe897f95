package sample

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// Job is a prompt and what is wanted of it.
type Job struct {
	Prompt []int32 // at least one token
	// Score says from which of the prompt's tokens on log-probabilities are given;
	// 0 asks for none, since the first has nothing before it.
	Score int
	// Branches go on from the prompt, each by itself, and share its keys and values.
	// A job with branches adds nothing.
	Branches []Branch
	Add      int // tokens to add at most; the end of the text comes sooner
	Params
	Top int // likeliest alternatives that are given with each token
}

// Branch is a continuation whose tokens' log-probabilities are wanted.
type Branch struct {
	Tokens []int32
	Score  int // from which of them on
}

// Token is a result: a token that was added, or one of the prompt or of a branch that
// was scored. Of a network with a scalar head it is the scalar at the prompt's last
// token, as LogProb.
type Token struct {
	ID      int32
	LogProb float64 // nats, by the model itself: before temperature, top-k and top-p
	Top     []Alternative
	Added   bool
	Branch  int // counted from 0
}

// Finish is why a job ended.
type Finish string

const (
	Stop   Finish = "stop"   // the end of the text, or whoever takes the tokens had enough
	Length Finish = "length" // as many tokens as asked for, or as the context holds
)

// Options bound a batcher. Zeros are replaced by defaults.
type Options struct {
	Name      string // of the model, for errors
	Rows      int    // tokens that a pass takes at most; 256
	Sequences int    // that are decoded at a time; 64
	Cache     int64  // bytes for keys and values; 2 GiB, and always enough for two contexts
	// Ends are the tokens that end a text; nil is none.
	Ends []int32
	// Vocab is how many of the model's logits have a token, 0 is all: a model's vocabulary
	// may be padded. Missing are lower numbers without one, ascending. Neither is chosen.
	Vocab   int
	Missing []int32
	// Literal reads special tokens that are written in a prompt as text.
	Literal bool
	// Turn is held during a pass, by all whose networks have one CPU in common; nil
	// where the CPU is this network's alone.
	Turn sync.Locker
}

// ErrClosed is what jobs get of a batcher that was closed.
var ErrClosed = errors.New("the model was closed")

// JobError says what of a job can't be done, now or later.
type JobError string

func (e JobError) Error() string { return string(e) }

// NumberError says that the model computed NaN or an infinity, where, and from which model.
// The job has no answer.
type NumberError struct {
	Model string
	What  string // "logits", "reward"
	Value float64
	After int // tokens of the text
}

func (e *NumberError) Error() string {
	name := e.Model
	if name == "" {
		name = "the model"
	}
	return fmt.Sprintf("%s: the %s after %d tokens of the text: %v, no finite number; its activations overflow, so take an earlier checkpoint", name, e.What, e.After, e.Value)
}

func jobError(format string, args ...any) JobError { return JobError(fmt.Sprintf(format, args...)) }

// Batcher decodes jobs together, as many tokens a pass as there are. It is safe for
// concurrent use, and the only user of its network.
type Batcher struct {
	network *Network
	options Options
	pool    *pool

	mu     sync.Mutex
	queue  []*task // in the order in which they came
	wake   chan struct{}
	closed bool
	done   chan struct{}

	active   []*strand // only the loop's, as is all below
	reserved int       // pages
	scratch  []float32
	lse      []float32
	loss     []float32
	targets  []int32

	counts counts
}

// counts are read from elsewhere.
type counts struct {
	queued, active, pages      atomic.Int64
	prompt, added, passes, all atomic.Int64
}

// Stats is how a batcher stands.
type Stats struct {
	Queued, Active       int   // jobs that wait; sequences that are decoded
	Pages, MostPages     int   // of the cache, in use and at most
	Prompt, Added        int64 // tokens so far
	Passes               int64
	Jobs                 int64 // finished
	PageTokens, PageByte int
}

// NewBatcher starts to decode with a network, which it has for itself from then on.
func NewBatcher(n *Network, o Options) *Batcher {
	if o.Rows <= 0 {
		o.Rows = 256
	}
	if o.Sequences <= 0 {
		o.Sequences = 64
	}
	if o.Cache <= 0 {
		o.Cache = 2 << 30
	}
	if o.Vocab <= 0 || o.Vocab > n.outputs {
		o.Vocab = n.outputs
	}
	floats := n.layout().pageFloats()
	b := &Batcher{network: n, options: o, wake: make(chan struct{}, 1), done: make(chan struct{}),
		pool: newPool(floats, max(o.Cache, 4*int64(floats)*int64(2*pagesFor(n.config.Context))))}
	go b.loop()
	return b
}

// Do runs a job to its end. Each result is handed over as it comes; where each returns
// false the job ends. Errors are of the context, of a job that can't be done, or
// [ErrClosed].
func (b *Batcher) Do(ctx context.Context, j Job, each func(Token) bool) (Finish, error) {
	finishes, err := b.All(ctx, []Job{j}, func(_ int, t Token) bool { return each(t) })
	if err != nil {
		return "", err
	}
	return finishes[0], nil
}

// All runs jobs that begin together, as [Batcher.Do] does each. Results are handed over
// with the job's number, those of a job after those of the one before it.
func (b *Batcher) All(ctx context.Context, jobs []Job, each func(job int, t Token) bool) ([]Finish, error) {
	tasks := make([]*task, len(jobs))
	for i, j := range jobs {
		var err error
		if tasks[i], err = b.task(ctx, j); err != nil {
			return nil, err
		}
		defer tasks[i].cancel()
	}
	if err := b.submit(tasks); err != nil {
		return nil, err
	}
	finishes := make([]Finish, len(jobs))
	for i, t := range tasks {
		var err error
		if finishes[i], err = b.await(ctx, t, func(token Token) bool { return each(i, token) }); err != nil {
			b.abandon(tasks)
			return nil, err
		}
	}
	return finishes, nil
}

// await hands over a task's results until it has ended.
func (b *Batcher) await(ctx context.Context, t *task, each func(Token) bool) (Finish, error) {
	stopped := false
	for {
		select {
		case token, more := <-t.out:
			switch {
			case more && !stopped && !each(token):
				stopped = true
				t.cancel()
			case !more && stopped:
				return Stop, nil
			case !more && t.err != nil:
				return "", t.err
			case !more:
				return t.finish, ctx.Err()
			}
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// abandon takes tasks that nobody waits for out of the queue, those that are there: behind
// one that waits for room they would stay, and their memory with them.
func (b *Batcher) abandon(tasks []*task) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range tasks {
		if at := slices.Index(b.queue, t); at >= 0 {
			b.queue = slices.Delete(b.queue, at, at+1)
			b.counts.queued.Add(-1)
		}
	}
}

// task checks a job and works out what it needs.
func (b *Batcher) task(ctx context.Context, j Job) (*task, error) {
	c := &b.network.config
	if len(j.Prompt) == 0 {
		return nil, JobError("an empty prompt")
	}
	if j.Score < 0 || j.Add < 0 || j.Top < 0 || j.Temperature < 0 || len(j.Branches) > 0 && j.Add > 0 {
		return nil, JobError("a negative number in a job, or one with branches that adds tokens")
	}
	if c.ScalarHead && (j.Add > 0 || j.Score > 0 || len(j.Branches) > 0) {
		return nil, JobError("the model has a scalar head: it scores texts, and gives no probabilities of tokens")
	}
	longest := len(j.Prompt)
	results := len(j.Prompt)
	t := &task{job: j, branches: len(j.Branches)}
	all := [][]int32{j.Prompt}
	for _, branch := range j.Branches {
		if len(branch.Tokens) == 0 {
			return nil, JobError("an empty branch")
		}
		all = append(all, branch.Tokens)
		longest = max(longest, len(j.Prompt)+len(branch.Tokens))
		results += len(branch.Tokens)
	}
	for _, tokens := range all {
		for _, id := range tokens {
			if id < 0 || int(id) >= c.Vocab {
				return nil, jobError("token %d; the vocabulary has %d", id, c.Vocab)
			}
		}
	}
	if longest > c.Context || longest == c.Context && j.Add > 0 {
		return nil, jobError("%d tokens, and the model's context is %d: shorten the prompt", longest, c.Context)
	}
	t.job.Add = min(j.Add, c.Context-len(j.Prompt))
	t.pages = t.job.pages()
	if t.pages > b.pool.most {
		return nil, jobError("the job needs %d MiB of cache, and there are %d: allow more", t.pages*4*b.pool.floats>>20, b.pool.most*4*b.pool.floats>>20)
	}
	t.ctx, t.cancel = context.WithCancel(ctx)
	t.out = make(chan Token, results+t.job.Add) // never waited for by the loop
	return t, nil
}

// pages is how many pages of the cache a job may come to hold.
func (j *Job) pages() int {
	n := pagesFor(len(j.Prompt) + j.Add)
	for _, branch := range j.Branches {
		n += pagesFor(len(j.Prompt)+len(branch.Tokens)) - (len(j.Prompt)-1)/pageTokens
	}
	return n
}

// Holds says whether the cache is large enough for a job.
func (b *Batcher) Holds(j Job) bool { return j.pages() <= b.pool.most }

// submit hands tasks to the loop.
func (b *Batcher) submit(tasks []*task) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return ErrClosed
	}
	b.queue = append(b.queue, tasks...)
	b.counts.queued.Add(int64(len(tasks)))
	b.ring()
	return nil
}

func (b *Batcher) ring() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Stats tells how the batcher stands.
func (b *Batcher) Stats() Stats {
	return Stats{
		Queued: int(b.counts.queued.Load()), Active: int(b.counts.active.Load()),
		Pages: int(b.counts.pages.Load()), MostPages: b.pool.most, PageTokens: pageTokens, PageByte: 4 * b.pool.floats,
		Prompt: b.counts.prompt.Load(), Added: b.counts.added.Load(), Passes: b.counts.passes.Load(), Jobs: b.counts.all.Load(),
	}
}

// Close ends what is under way, with [ErrClosed], and waits for the pass that runs.
func (b *Batcher) Close() {
	b.mu.Lock()
	b.closed = true
	b.ring()
	b.mu.Unlock()
	<-b.done
}
