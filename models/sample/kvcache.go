package sample

import "assay/models/compute/kernels"

// pageTokens is how many positions a page of the cache has.
const pageTokens = kernels.CacheBlock

// page holds the keys and values of all layers at pageTokens positions. Sequences with a common prefix share
// its full pages; a page that is not full has one owner.
type page struct {
	data  []float32
	users int
	kept  bool // one of the users is [prefixes]
}

// layout determines the size of a page.
type layout struct{ layers, heads, size int }

func (n *Network) layout() layout {
	return layout{n.config.NumHiddenLayers, n.config.NumAttentionHeads, n.config.HiddenSize / n.config.NumAttentionHeads}
}

// pageFloats is the size of a page: keys and values of all layers.
func (l layout) pageFloats() int { return l.layers * kernels.CacheFloats(l.heads, l.size) }

// pool is the cache's memory, in pages. It grows up to its limit, and keeps returned pages for reuse.
type pool struct {
	floats int // of a page
	most   int // pages
	made   int
	free   []*page
	idle   int         // kept pages without another user
	evict  func() bool // makes an idle page free; nil: there are none
}

func newPool(floats int, bytes int64) *pool {
	return &pool{floats: floats, most: int(bytes / (4 * int64(floats)))}
}

// take returns a page. Callers have reserved it, so there is one.
func (p *pool) take() *page {
	if len(p.free) == 0 && p.made == p.most && p.evict != nil {
		p.evict()
	}
	if last := len(p.free) - 1; last >= 0 {
		taken := p.free[last]
		p.free = p.free[:last]
		taken.users, taken.kept = 1, false
		return taken
	}
	if p.made == p.most {
		panic("sample: more pages are taken than were reserved")
	}
	p.made++
	return &page{data: kernels.Memory(p.floats), users: 1}
}

// used is how many pages sequences use.
func (p *pool) used() int { return p.made - len(p.free) - p.idle }

// share adds a user to a page.
func (p *pool) share(shared *page) {
	if shared.kept && shared.users == 1 {
		p.idle--
	}
	shared.users++
}

// keep makes [prefixes] a user of a page, which a sequence uses too.
func (p *pool) keep(kept *page) {
	kept.users++
	kept.kept = true
}

// discard ends the use of an idle page by [prefixes].
func (p *pool) discard(kept *page) {
	if kept.users == 1 {
		p.idle--
	}
	kept.kept = false
	p.drop(kept)
}

// drop removes a user from a page.
func (p *pool) drop(used *page) {
	used.users--
	switch {
	case used.users == 0:
		p.free = append(p.free, used)
	case used.kept && used.users == 1:
		p.idle++
	}
}

// pageTable lists the pages with the keys and values of a sequence's cached tokens.
type pageTable struct {
	pages  []*page
	length int
}

// reach gives the table enough pages for a number of positions.
func (p *pool) reach(t *pageTable, positions int) {
	for len(t.pages) < pagesFor(positions) {
		t.pages = append(t.pages, p.take())
	}
}

func pagesFor(positions int) int { return (positions + pageTokens - 1) / pageTokens }

// fork is a second table with the same prefix. It shares the full pages, and gets a copy of the last one
// if that is not full.
func (p *pool) fork(t *pageTable) *pageTable {
	full := t.length / pageTokens
	other := &pageTable{pages: append([]*page(nil), t.pages[:full]...), length: t.length}
	for _, shared := range other.pages {
		p.share(shared)
	}
	if t.length%pageTokens > 0 {
		last := p.take()
		copy(last.data, t.pages[full].data)
		other.pages = append(other.pages, last)
	}
	return other
}

// release returns the table's pages.
func (p *pool) release(t *pageTable) {
	for _, used := range t.pages {
		p.drop(used)
	}
	t.pages, t.length = nil, 0
}

// CacheBytes is the cache memory of one sequence with this many positions.
func CacheBytes(c Config, positions int) int64 {
	l := layout{c.NumHiddenLayers, c.NumAttentionHeads, c.HiddenSize / c.NumAttentionHeads}
	return 4 * int64(l.pageFloats()) * int64(pagesFor(positions))
}
