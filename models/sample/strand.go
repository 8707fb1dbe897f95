package sample

import "context"

// task is a running or waiting job.
type task struct {
	job      Job
	ctx      context.Context
	cancel   context.CancelFunc
	out      chan Token // closed when the task ends; finish and err are set by then
	finish   Finish
	err      error
	pages    int // reserved
	strands  int // running
	branches int // not started yet
}

// strand is a sequence being decoded: a prompt and what is generated after it, or a branch.
type strand struct {
	task     *task
	branch   int
	sequence *sequence
	chooser  *chooser
	ahead    []int32 // tokens that are not in the cache yet
	score    int     // the first of its positions that is scored
	add      int     // tokens still to be generated
	trunk    bool    // branches start at its end
}

// start makes a task's first strand.
func (b *Batcher) start(t *task) {
	s := &strand{task: t, sequence: &sequence{}, ahead: t.job.Prompt, score: t.job.Score, add: t.job.Add, trunk: t.branches > 0}
	if s.score == 0 {
		s.score = len(t.job.Prompt)
	}
	if s.add > 0 {
		s.chooser = newChooser(t.job.Params)
	}
	t.finish = Length
	t.strands = 1
	if s.trunk && len(s.ahead) > 1 {
		// Branches start with the prompt's last token, which predicts their first.
		s.ahead = s.ahead[:len(s.ahead)-1]
	} else if s.trunk {
		s.ahead = nil
	}
	b.active = append(b.active, s)
}

// next is the part of the strand for a pass, of at most room tokens.
func (s *strand) next(room int, scalar bool) run {
	n := min(len(s.ahead), room)
	r := run{sequence: s.sequence, tokens: s.ahead[:n]}
	for i := range n {
		position := s.sequence.length + i
		if last := i+1 == len(s.ahead); last && (s.add > 0 || scalar) || !last && position+1 >= s.score {
			r.wanted = append(r.wanted, i)
		}
	}
	return r
}

// split starts the branches of a task whose prompt is in the cache.
func (b *Batcher) split(s *strand) {
	t := s.task
	last := t.job.Prompt[len(t.job.Prompt)-1]
	for i, branch := range t.job.Branches {
		b.active = append(b.active, &strand{
			task: t, branch: i, sequence: b.pool.fork(s.sequence),
			ahead: append([]int32{last}, branch.Tokens...),
			score: len(t.job.Prompt) + branch.Score,
		})
		t.strands++
	}
	t.branches = 0
}

// end removes a strand; the last one ends its task.
func (b *Batcher) end(s *strand, err error) {
	b.pool.release(s.sequence)
	s.sequence = nil
	t := s.task
	if t.err == nil {
		t.err = err
	}
	if t.strands--; t.strands == 0 {
		b.reserved -= t.pages
		b.counts.all.Add(1)
		close(t.out)
	}
}
