package sample

import "assay/models/compute/kernels"

// pageTokens is how many positions a page of the cache has.
const pageTokens = kernels.CacheBlock

// page holds the keys and values of all layers at pageTokens positions. Sequences with a common prefix share
// its full pages; a page that is not full has one owner.
type page struct {
	data  []float32
	users int
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
}

func newPool(floats int, bytes int64) *pool {
	return &pool{floats: floats, most: int(bytes / (4 * int64(floats)))}
}

// take returns a page. Callers have reserved it, so there is one.
func (p *pool) take() *page {
	if last := len(p.free) - 1; last >= 0 {
		taken := p.free[last]
		p.free = p.free[:last]
		taken.users = 1
		return taken
	}
	if p.made == p.most {
		panic("sample: more pages are taken than were reserved")
	}
	p.made++
	return &page{data: kernels.Memory(p.floats), users: 1}
}

func (p *pool) used() int { return p.made - len(p.free) }

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
		shared.users++
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
		if used.users--; used.users == 0 {
			p.free = append(p.free, used)
		}
	}
	t.pages, t.length = nil, 0
}

// CacheBytes is the cache memory of one sequence with this many positions.
func CacheBytes(c Config, positions int) int64 {
	l := layout{c.NumHiddenLayers, c.NumAttentionHeads, c.HiddenSize / c.NumAttentionHeads}
	return 4 * int64(l.pageFloats()) * int64(pagesFor(positions))
}
