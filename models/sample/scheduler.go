package sample

import (
	"fmt"
	"math"
	"slices"
)

// loop decodes until the batcher is closed.
func (b *Batcher) loop() {
	defer close(b.done)
	for {
		if !b.admit() {
			return
		}
		if err := b.pass(); err != nil {
			b.fail(err)
			return
		}
		b.counts.active.Store(int64(len(b.active)))
		b.counts.pages.Store(int64(b.pool.used()))
	}
}

// admit starts tasks in order of arrival while there is room, and waits while there is nothing to do. It
// returns false once the batcher is closed.
func (b *Batcher) admit() bool {
	for {
		b.mu.Lock()
		if b.closed {
			b.mu.Unlock()
			b.fail(ErrClosed)
			return false
		}
		for len(b.queue) > 0 {
			t := b.queue[0]
			if t.ctx.Err() == nil {
				needed := max(len(t.job.Branches), 1)
				if len(b.active) > 0 && len(b.active)+needed > b.options.Sequences || b.reserved+t.pages > b.pool.most {
					break
				}
				b.reserved += t.pages
				b.start(t)
			} else {
				close(t.out)
			}
			b.queue[0] = nil
			b.queue = b.queue[1:]
			b.counts.queued.Add(-1)
		}
		b.mu.Unlock()
		if len(b.active) > 0 {
			return true
		}
		<-b.wake
	}
}

// fail ends all tasks and accepts no more.
func (b *Batcher) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for _, s := range b.active {
		b.end(s, err)
	}
	b.active = nil
	for _, t := range b.queue {
		t.err = err
		close(t.out)
	}
	b.queue = nil
	b.counts.queued.Store(0)
	b.counts.active.Store(0)
	b.counts.pages.Store(int64(b.pool.used()))
}

// pass puts the next tokens through the network: first one token for each sequence that is generating, then
// as many prompt tokens as there is room for. It turns a panic into an error.
func (b *Batcher) pass() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("decoding: %v", r)
		}
	}()
	b.active = slices.DeleteFunc(b.active, func(s *sequence) bool {
		gone := s.task.ctx.Err() != nil
		if gone {
			b.end(s, s.task.ctx.Err())
		}
		return gone
	})
	if b.loads != b.network.loads {
		b.loads = b.network.loads
		b.shared.clear()
	}
	var runs []run
	var sequences []*sequence
	room := b.options.Rows
	for _, prompts := range []bool{false, true} {
		for _, s := range b.active {
			if prompts != (len(s.pending) > 1 || s.table.length == 0) || room == 0 || len(s.pending) == 0 {
				continue
			}
			b.shared.attach(s)
			if len(s.pending) == 0 { // branches start now
				continue
			}
			r := s.next(room, b.network.config.ScalarHead, b.shared)
			if len(r.tokens) == 0 {
				continue
			}
			b.pool.reach(s.table, s.table.length+len(r.tokens))
			room -= len(r.tokens)
			runs, sequences = append(runs, r), append(sequences, s)
		}
	}
	if len(runs) > 0 {
		if b.options.Turn != nil {
			b.options.Turn.Lock()
			defer b.options.Turn.Unlock()
		}
		b.network.forward(runs)
		for _, s := range sequences {
			b.shared.complete(s)
		}
		b.counts.passes.Add(1)
		b.deliver(runs, sequences)
	}
	b.settle()
	return nil
}

// headRows is how many rows the head processes at a time: a row of logits is as long as the vocabulary.
const headRows = 64

// wantedRow is a row whose output is needed.
type wantedRow struct {
	sequence *sequence
	next     int32 // the token that follows; -1 if it is to be chosen
	after    int   // tokens of the text before next
}

// deliver reads the pass's output for the wanted rows.
func (b *Batcher) deliver(runs []run, sequences []*sequence) {
	var places []wantedRow
	for i, r := range runs {
		s := sequences[i]
		for _, at := range r.wanted {
			p := wantedRow{s, -1, r.table.length - len(r.tokens) + at + 1}
			if at+1 < len(s.pending) {
				p.next = s.pending[at+1]
			}
			places = append(places, p)
		}
		s.pending = s.pending[len(r.tokens):]
		if s.task.job.Unread && len(s.pending) == 1 {
			s.pending = nil
		}
		if s.chooser == nil || len(r.tokens) > 1 || r.table.length <= len(s.task.job.Prompt) {
			b.counts.prompt.Add(int64(len(r.tokens)))
		}
	}
	for lo := 0; lo < len(places); lo += headRows {
		hi := min(lo+headRows, len(places))
		outputs, size := b.network.outputsOf(lo, hi), b.network.outputs
		if b.network.config.ScalarHead {
			for i, p := range places[lo:hi] {
				if !b.sound(p, "reward", outputs[i]) {
					continue
				}
				p.sequence.task.out <- Token{ID: -1, LogProb: float64(outputs[i])}
			}
			continue
		}
		rows := hi - lo
		b.lse, b.loss = grow(b.lse, rows), grow(b.loss, rows)
		b.follow(places[lo:hi], outputs)
		b.network.cpu.CrossEntropy(b.loss, b.lse, outputs, b.targets, rows, size)
		for i, p := range places[lo:hi] {
			s := p.sequence
			// NaN or +Inf anywhere in a row of logits shows in its log-sum-exp, and -Inf in the token's own
			// loss.
			if !b.sound(p, "logits", b.lse[i]) || !b.sound(p, "log-probability", b.loss[i]) {
				continue
			}
			token := Token{ID: b.targets[i], LogProb: 0 - float64(b.loss[i]), Branch: s.branch, Added: p.next < 0,
				Top: b.alternatives(outputs[i*size:(i+1)*size], b.lse[i], s.task.job.Top)}
			s.task.out <- token
			if token.Added {
				b.added(s, token.ID)
			}
		}
	}
}

// sound reports whether a number is finite. If it isn't, the task ends with a [NumberError].
func (b *Batcher) sound(p wantedRow, what string, value float32) bool {
	if value-value == 0 {
		return true
	}
	if t := p.sequence.task; t.err == nil {
		t.err = &NumberError{Model: b.options.Name, What: what, Value: float64(value), After: p.after}
		t.cancel() // the next pass removes its sequences
	}
	return false
}

// follow sets targets to the tokens that follow at the places with these outputs. Each row is handled on one
// thread.
func (b *Batcher) follow(places []wantedRow, outputs []float32) {
	size := b.network.outputs
	drawn := func(p wantedRow) bool { return p.next < 0 && p.sequence.chooser.params.Temperature > 0 }
	if slices.ContainsFunc(places, drawn) {
		b.scratch = grow(b.scratch, len(outputs))
	}
	b.targets = b.targets[:0]
	for _, p := range places {
		b.targets = append(b.targets, p.next)
	}
	b.network.cpu.Each(len(places), func(i int) {
		p, lo, hi := places[i], i*size, i*size+b.options.Vocab
		if p.next >= 0 {
			return
		}
		logits, scratch := b.tokensOnly(outputs[lo:hi]), []float32(nil)
		if drawn(p) {
			scratch = b.scratch[lo:hi]
		}
		b.targets[i] = p.sequence.chooser.next(b.network.cpu, logits, scratch)
	})
}

// tokensOnly sets the logits of ids without a token to the smallest value, so that none is chosen.
func (b *Batcher) tokensOnly(logits []float32) []float32 {
	if len(b.options.Missing) == 0 {
		return logits
	}
	logits = slices.Clone(logits)
	for _, id := range b.options.Missing {
		logits[id] = -math.MaxFloat32
	}
	return logits
}

// alternatives returns the n likeliest tokens of a row, the likeliest first: see [alternatives].
func (b *Batcher) alternatives(row []float32, lse float32, n int) []Alternative {
	if n == 0 {
		return nil
	}
	all := alternatives(b.tokensOnly(row[:b.options.Vocab]), lse, n)
	return slices.DeleteFunc(all, func(a Alternative) bool {
		_, missing := slices.BinarySearch(b.options.Missing, a.ID)
		return missing
	})
}

// added records a token generated for a sequence.
func (b *Batcher) added(s *sequence, id int32) {
	b.counts.added.Add(1)
	s.add--
	switch {
	case slices.Contains(b.options.Ends, id):
		s.add = 0
		s.task.finish = Stop
	case s.add > 0:
		s.pending = []int32{id}
	}
}

// settle removes sequences that have ended, and starts branches.
func (b *Batcher) settle() {
	for _, s := range slices.Clone(b.active) {
		if len(s.pending) == 0 && s.trunk {
			b.split(s)
		}
	}
	b.active = slices.DeleteFunc(b.active, func(s *sequence) bool {
		if len(s.pending) > 0 {
			return false
		}
		b.end(s, nil)
		return true
	})
}

func grow(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}
