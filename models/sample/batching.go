package sample

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"assay/harness/leaf/plural"
	"assay/models"
)

// Job is a prompt and what to compute for it.
type Job struct {
	Prompt []int32 // at least one token
	// Score is the first of the prompt's tokens whose log-probability is returned; 0 returns none, since the
	// first token has none before it.
	Score int
	// Branches continue the prompt independently of each other, and share its keys and values. A job with
	// branches generates nothing.
	Branches  []Branch
	MaxTokens int // largest number of tokens to generate; the end of the text may come sooner
	SamplingParams
	Top int // likeliest alternatives returned with each token
	// Unread says that the prompt's last token is only scored. The network doesn't read it, so the prompt may be one
	// token longer than the context. Such a job generates nothing and has no branches.
	Unread bool
}

// Branch is a continuation of the prompt whose tokens are scored.
type Branch struct {
	Tokens []int32
	Score  int // the first of them that is scored
}

// Token is a result: a generated token, or a scored token of the prompt or of a branch. For a network with a
// scalar head it has the scalar at the prompt's last token as LogProb.
type Token struct {
	ID      int32
	LogProb float64 // nats, from the model's own distribution: before temperature, top-k and top-p
	Top     []Alternative
	Added   bool
	Branch  int // counted from 0
}

// Finish is the reason why a job ended.
type Finish string

const (
	Stop   Finish = "stop"   // the end of the text, or the caller stopped the job
	Length Finish = "length" // the requested number of tokens, or the end of the context
)

// Options limit a batcher. Zeros mean the defaults.
type Options struct {
	Name      string // the model's name, for errors
	Rows      int    // most tokens in a pass; 256
	Sequences int    // most sequences decoded at a time; 64
	Cache     int64  // bytes for keys and values; 2 GiB, and always enough for two contexts
	// Ends are the tokens that end a text; nil for none.
	Ends []int32
	// Vocab is how many of the model's logits have a token, 0 for all: a model's vocabulary may be padded.
	// Missing are lower ids without a token, ascending. Neither kind is ever chosen.
	Vocab   int
	Missing []int32
	// Literal reads special tokens in a prompt as ordinary text.
	Literal bool
	// Turn is locked during a pass, if several networks share one CPU; nil if this network has the CPU to
	// itself.
	Turn sync.Locker
}

// ErrClosed is the error of jobs when the batcher is closed.
var ErrClosed = errors.New("the model was closed")

// JobError says why a job can never run.
type JobError string

func (e JobError) Error() string { return string(e) }

// beyond is the [JobError] of a job that is longer than the model's context: other jobs may fit.
type beyond struct{ JobError }

func (e beyond) Unwrap() []error { return []error{e.JobError, models.ErrUnfit} }

// NumberError reports that a model computed NaN or an infinity, and where. The job has no answer.
type NumberError struct {
	Model string
	What  string // "logits", "reward"
	Value float64
	After int // position in the text, in tokens
}

func (e *NumberError) Error() string {
	name := e.Model
	if name == "" {
		name = "the model"
	}
	return fmt.Sprintf("%s: the %s after %s of the text is %v; the model's activations overflow, so use an earlier checkpoint", name, e.What, plural.Of(e.After, "token"), e.Value)
}

func jobError(format string, args ...any) JobError { return JobError(fmt.Sprintf(format, args...)) }

// Batcher decodes jobs together, in passes of as many tokens as are ready: continuous batching. It is safe
// for concurrent use, and must be the only user of its network.
type Batcher struct {
	network *Network
	options Options
	pool    *pool
	shared  *prefixes
	loads   int // of the network's weights that the cache belongs to

	mu     sync.Mutex
	queue  []*task // in order of arrival
	wake   chan struct{}
	closed bool
	done   chan struct{}

	active   []*sequence // only the loop uses this and what follows
	reserved int         // pages
	scratch  []float32
	lse      []float32
	loss     []float32
	targets  []int32

	counts counts
}

// counts may be read at any time.
type counts struct {
	queued, active, pages      atomic.Int64
	prompt, added, passes, all atomic.Int64
}

// Stats is the current state of a batcher.
type Stats struct {
	Queued, Active       int   // jobs waiting; sequences being decoded
	Pages, MostPages     int   // pages of the cache: in use, and at most
	Prompt, Generated    int64 // tokens so far
	Passes               int64
	Jobs                 int64 // finished
	PageTokens, PageByte int
}

// NewBatcher starts to decode with a network, which must not be used for anything else from then on.
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
		pool: newPool(floats, max(o.Cache, 4*int64(floats)*int64(2*pagesFor(n.config.MaxPositionEmbeddings))))}
	b.shared, b.loads = newPrefixes(b.pool), n.loads
	go b.loop()
	return b
}

// Do runs a job to its end. It calls each with each result as it comes; if each returns false, the job ends.
// Errors are those of the context, a [JobError], a [NumberError], or [ErrClosed].
func (b *Batcher) Do(ctx context.Context, j Job, each func(Token) bool) (Finish, error) {
	finishes, err := b.All(ctx, []Job{j}, func(_ int, t Token) bool { return each(t) })
	if err != nil {
		return "", err
	}
	return finishes[0], nil
}

// All runs jobs that start together, each as in [Batcher.Do]. It calls each with the job's number; the
// results of a job come after those of the one before it.
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

// await passes on a task's results until the task has ended.
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

// abandon removes tasks that nobody waits for from the queue. Behind a task that waits for room they would
// stay there and keep their memory.
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

// task checks a job and computes what it needs.
func (b *Batcher) task(ctx context.Context, j Job) (*task, error) {
	c := &b.network.config
	if len(j.Prompt) == 0 {
		return nil, JobError("the prompt is empty")
	}
	if j.Score < 0 || j.MaxTokens < 0 || j.Top < 0 || j.Temperature < 0 || len(j.Branches) > 0 && j.MaxTokens > 0 {
		return nil, JobError("a job has a negative number, or both branches and tokens to generate")
	}
	if c.ScalarHead && (j.MaxTokens > 0 || j.Score > 0 || len(j.Branches) > 0) {
		return nil, JobError("the model has a scalar head: it scores texts and gives no probabilities of tokens")
	}
	if j.Unread && (j.MaxTokens > 0 || len(j.Branches) > 0 || len(j.Prompt) < 2) {
		return nil, JobError("a job whose last token is not read has tokens to generate, branches, or only one token")
	}
	longest := len(j.Prompt)
	if j.Unread {
		longest--
	}
	results := len(j.Prompt)
	t := &task{job: j, branches: len(j.Branches)}
	all := [][]int32{j.Prompt}
	for _, branch := range j.Branches {
		if len(branch.Tokens) == 0 {
			return nil, JobError("a branch is empty")
		}
		all = append(all, branch.Tokens)
		longest = max(longest, len(j.Prompt)+len(branch.Tokens))
		results += len(branch.Tokens)
	}
	for _, tokens := range all {
		for _, id := range tokens {
			if id < 0 || int(id) >= c.VocabSize {
				return nil, jobError("token %d is outside the vocabulary of %d", id, c.VocabSize)
			}
		}
	}
	if longest > c.MaxPositionEmbeddings || longest == c.MaxPositionEmbeddings && j.MaxTokens > 0 {
		return nil, beyond{jobError("%s, but the model's context length is %d: shorten the prompt", plural.Of(longest, "token"), c.MaxPositionEmbeddings)}
	}
	t.job.MaxTokens = min(j.MaxTokens, c.MaxPositionEmbeddings-len(j.Prompt))
	t.pages = t.job.pages()
	if t.pages > b.pool.most {
		return nil, jobError("the job needs %d MiB of cache, but the limit is %d: raise it", t.pages*4*b.pool.floats>>20, b.pool.most*4*b.pool.floats>>20)
	}
	t.ctx, t.cancel = context.WithCancel(ctx)
	t.out = make(chan Token, results+t.job.MaxTokens) // large enough that the loop never waits for it
	return t, nil
}

// pages is the largest number of cache pages that a job may hold.
func (j *Job) pages() int {
	n := pagesFor(len(j.Prompt) + j.MaxTokens)
	for _, branch := range j.Branches {
		n += pagesFor(len(j.Prompt)+len(branch.Tokens)) - (len(j.Prompt)-1)/pageTokens
	}
	return n
}

// Holds reports whether the cache is large enough for a job.
func (b *Batcher) Holds(j Job) bool { return j.pages() <= b.pool.most }

// submit passes tasks to the loop.
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

// Stats returns the current state of the batcher.
func (b *Batcher) Stats() Stats {
	return Stats{
		Queued: int(b.counts.queued.Load()), Active: int(b.counts.active.Load()),
		Pages: int(b.counts.pages.Load()), MostPages: b.pool.most, PageTokens: pageTokens, PageByte: 4 * b.pool.floats,
		Prompt: b.counts.prompt.Load(), Generated: b.counts.added.Load(), Passes: b.counts.passes.Load(), Jobs: b.counts.all.Load(),
	}
}

// Close ends all jobs with [ErrClosed], and waits for the running pass.
func (b *Batcher) Close() {
	b.mu.Lock()
	b.closed = true
	b.ring()
	b.mu.Unlock()
	<-b.done
}
