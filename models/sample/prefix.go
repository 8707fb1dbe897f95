package sample

import "container/list"

// prefixes remembers the full pages of prompts, so that prompts that start alike go through the network once: few-shot
// examples, a system prompt, the earlier turns of a chat. Keys and values at a position depend on the tokens up to it
// alone, bit for bit, so a remembered page is the page that the sequence would have computed.
//
// Only the loop uses it.
type prefixes struct {
	pool *pool
	most int // pages that are remembered, at most
	at   map[prefixKey]*prefix
	// recent lists the complete ones, those used last first. What is used brings what precedes it along, so the end of
	// a text is forgotten before its start.
	recent list.List
}

// prefixKey finds a page: by what precedes it and its tokens.
type prefixKey struct {
	before *prefix // nil at the start of a text
	tokens [pageTokens]int32
}

// prefix is a page of a prompt with all that precedes it.
type prefix struct {
	key     prefixKey
	index   int   // of the page in its text
	page    *page // nil while a sequence computes it
	element *list.Element
}

func newPrefixes(p *pool) *prefixes {
	c := &prefixes{pool: p, most: p.most / 4, at: map[prefixKey]*prefix{}}
	p.evict = c.evict
	return c
}

// shareable is how many of the prompt's first positions may come from remembered pages: nothing that the job returns
// is read there.
func (s *sequence) shareable() int {
	if s.prompt == nil {
		return 0
	}
	n := s.score - 1
	if s.task.job.Unread {
		n = min(n, len(s.prompt)-2)
	}
	return n
}

// key is the key of the sequence's page at a position, after the page before.
func (s *sequence) key(before *prefix, position int) prefixKey {
	return prefixKey{before, [pageTokens]int32(s.prompt[position:])}
}

// attach gives a sequence at the start of a page the remembered pages that come next.
func (c *prefixes) attach(s *sequence) {
	if s.prompt == nil || s.table.length%pageTokens != 0 {
		return
	}
	found := false
	for s.table.length+pageTokens <= s.shareable() {
		e := c.at[s.key(s.known, s.table.length)]
		if e == nil || e.page == nil {
			break
		}
		c.pool.share(e.page)
		s.table.pages = append(s.table.pages, e.page)
		s.table.length += pageTokens
		s.pending = s.pending[pageTokens:]
		s.known, found = e, true
	}
	if found {
		c.touch(s.known)
	}
}

// claim returns how many of the next n tokens the sequence should compute: as many as no other sequence has computed
// or computes. With 0 it waits for another.
func (c *prefixes) claim(s *sequence, n int) int {
	if s.prompt == nil {
		return n
	}
	start, end := s.table.length, s.table.length+n
	before := s.known
	if len(s.claimed) > 0 {
		before = s.claimed[len(s.claimed)-1]
	}
	for at := pagesFor(start) * pageTokens; at < end && at+pageTokens <= s.shareable(); at += pageTokens {
		key := s.key(before, at)
		if c.at[key] != nil {
			return at - start
		}
		e := &prefix{key: key, index: at / pageTokens}
		c.at[key] = e
		s.claimed = append(s.claimed, e)
		before = e
	}
	return n
}

// complete remembers the pages that a sequence has computed.
func (c *prefixes) complete(s *sequence) {
	done := 0
	for _, e := range s.claimed {
		if (e.index+1)*pageTokens > s.table.length {
			break
		}
		e.page = s.table.pages[e.index]
		c.pool.keep(e.page)
		e.element = c.recent.PushFront(e)
		s.known = e
		done++
	}
	if done == 0 {
		return
	}
	s.claimed = s.claimed[done:]
	c.touch(s.known)
	for c.recent.Len() > c.most && c.evict() {
	}
}

// abandon gives up what a sequence was to compute.
func (c *prefixes) abandon(s *sequence) {
	for _, e := range s.claimed {
		delete(c.at, e.key)
	}
	s.claimed = nil
}

// touch marks a prefix and all before it as used, the shortest last.
func (c *prefixes) touch(e *prefix) {
	for ; e != nil; e = e.key.before {
		if e.element != nil {
			c.recent.MoveToFront(e.element)
		}
	}
}

// evict forgets the page that was not used for the longest time and that no sequence uses. It returns false if there
// is none.
func (c *prefixes) evict() bool {
	for at := c.recent.Back(); at != nil; at = at.Prev() {
		if e := at.Value.(*prefix); e.page.users == 1 {
			c.forget(e)
			return true
		}
	}
	return false
}

func (c *prefixes) forget(e *prefix) {
	c.recent.Remove(e.element)
	delete(c.at, e.key)
	e.element = nil
	c.pool.discard(e.page)
}

// clear forgets all pages: the weights have changed.
func (c *prefixes) clear() {
	for at := c.recent.Front(); at != nil; at = c.recent.Front() {
		c.forget(at.Value.(*prefix))
	}
	clear(c.at)
}
