package sample

import "context"

// task is a running or waiting job.
type task struct {
	job       Job
	ctx       context.Context
	cancel    context.CancelFunc
	out       chan Token // closed when the task ends; finish and err are set by then
	finish    Finish
	err       error
	pages     int // reserved
	sequences int // running
	branches  int // not started yet
}

// sequence is a text being decoded: a prompt and what is generated after it, or a branch.
type sequence struct {
	task    *task
	branch  int
	table   *pageTable
	chooser *chooser
	pending []int32 // tokens that are not in the cache yet
	score   int     // the first of its positions that is scored
	add     int     // tokens still to be generated
	trunk   bool    // branches start at its end
	// What follows is for [prefixes].
	prompt  []int32   // nil for a branch
	known   *prefix   // the last full page of the prompt in the table that is remembered
	claimed []*prefix // pages that others may wait for
}

// start makes a task's first sequence.
func (b *Batcher) start(t *task) {
	s := &sequence{task: t, table: &pageTable{}, prompt: t.job.Prompt, pending: t.job.Prompt, score: t.job.Score, add: t.job.MaxTokens, trunk: t.branches > 0}
	if s.score == 0 {
		s.score = len(t.job.Prompt)
	}
	if s.add > 0 {
		s.chooser = newChooser(t.job.SamplingParams)
	}
	t.finish = Length
	t.sequences = 1
	if s.trunk && len(s.pending) > 1 {
		// Branches start with the prompt's last token, which predicts their first.
		s.pending = s.pending[:len(s.pending)-1]
	} else if s.trunk {
		s.pending = nil
	}
	b.active = append(b.active, s)
}

// next is the part of the sequence for a pass, of at most room tokens. It may have none if others compute them.
func (s *sequence) next(room int, scalar bool, shared *prefixes) run {
	left := len(s.pending)
	if s.task.job.Unread {
		left--
	}
	n := shared.claim(s, min(left, room))
	r := run{table: s.table, tokens: s.pending[:n]}
	for i := range n {
		position := s.table.length + i
		if last := i+1 == len(s.pending); last && (s.add > 0 || scalar) || !last && position+1 >= s.score {
			r.wanted = append(r.wanted, i)
		}
	}
	return r
}

// split starts the branches of a task whose prompt is in the cache.
func (b *Batcher) split(s *sequence) {
	t := s.task
	last := t.job.Prompt[len(t.job.Prompt)-1]
	for i, branch := range t.job.Branches {
		b.active = append(b.active, &sequence{
			task: t, branch: i, table: b.pool.fork(s.table),
			pending: append([]int32{last}, branch.Tokens...),
			score:   len(t.job.Prompt) + branch.Score,
		})
		t.sequences++
	}
	t.branches = 0
}

// end removes a sequence; the last one ends its task.
func (b *Batcher) end(s *sequence, err error) {
	b.shared.abandon(s)
	b.pool.release(s.table)
	s.table = nil
	t := s.task
	if t.err == nil {
		t.err = err
	}
	if t.sequences--; t.sequences == 0 {
		b.reserved -= t.pages
		b.counts.all.Add(1)
		close(t.out)
	}
}
