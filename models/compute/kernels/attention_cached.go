package kernels

// CacheBlock is how many positions a block of cached keys and values has. It equals the tile of
// [CPU.Attention], so that a query has the same bits whether its past is in a cache or in the batch.
const CacheBlock = attendTile

// CacheFloats is the size of a block for one layer. For each head it holds the keys, transposed, [size,
// CacheBlock], and then the values, [CacheBlock, size].
func CacheFloats(heads, size int) int { return 2 * heads * size * CacheBlock }

// Cached is a run of consecutive tokens of a sequence, in rows of a batch, and the blocks with one layer's
// keys and values for all of the sequence's positions, including these.
type Cached struct {
	Row    int // the first row
	Rows   int
	Past   int         // positions before them
	From   int         // the first of the rows whose query is computed
	Blocks [][]float32 // each of CacheFloats
}

// keys are a head's keys in the block that starts at a position, [size, CacheBlock].
func (s *Cached) keys(head, size, position int) []float32 {
	return s.Blocks[position/CacheBlock][2*head*size*CacheBlock:][:size*CacheBlock]
}

// values are a head's values in the block that starts at a position, [CacheBlock, size].
func (s *Cached) values(head, size, position int) []float32 {
	return s.Blocks[position/CacheBlock][(2*head+1)*size*CacheBlock:][:size*CacheBlock]
}

// store writes a head's keys and values of the rows into the blocks.
func (s *Cached) store(qkv []float32, head, heads, size int) {
	for r := range s.Rows {
		position := s.Past + r
		in := position % CacheBlock
		row := qkv[(s.Row+r)*3*heads*size:]
		keys := s.keys(head, size, position)
		for i, v := range row[(heads+head)*size:][:size] {
			keys[i*CacheBlock+in] = v
		}
		copy(s.values(head, size, position)[in*size:], row[(2*heads+head)*size:][:size])
	}
}

// AttentionCached stores the keys and values of qkv [rows, 3, heads, size] in the sequences' blocks, and sets
// out [rows, heads, size] as [CPU.Attention] does: each query reads its sequence's positions up to its own.
// Rows that belong to no sequence, and rows before From, stay as they were. Two sequences may share blocks
// that neither writes to.
func (c *CPU) AttentionCached(out, qkv []float32, sequences []Cached, heads, size int) {
	mustLen("AttentionCached: qkv", len(qkv), 3*len(out))
	tasks := 0
	for i := range sequences {
		s := &sequences[i]
		if s.Rows < 0 || s.Row < 0 || s.From < 0 || (s.Row+s.Rows)*heads*size > len(out) || (s.Past+s.Rows+CacheBlock-1)/CacheBlock > len(s.Blocks) {
			panic("kernels: AttentionCached: a sequence's rows are not in the batch, or too many for its blocks")
		}
		for _, b := range s.Blocks {
			mustLen("AttentionCached: a block", len(b), CacheFloats(heads, size))
		}
		tasks += heads
	}
	if size == 0 {
		return
	}
	c.parallel(tasks, 1, func(lo, hi int) {
		work := c.attends.take()
		defer c.attends.give(work)
		for i := lo; i < hi; i++ {
			s, head := &sequences[i/heads], i%heads
			s.store(qkv, head, heads, size)
			c.attendCached(work, out, qkv, s, head, heads, size)
		}
	})
}

// attendCached computes one head's rows of a sequence, tile by tile of its positions.
func (c *CPU) attendCached(work *attendWork, out, qkv []float32, s *Cached, h, heads, size int) {
	row := func(of []float32, width int) head { return head{of[min((s.Row*width+h)*size, len(of)):], width * size} }
	a := attendTask{path: c.path, q: row(qkv, 3*heads), out: row(out, heads), size: size, cached: s, head: h, first: s.Past}
	for from := s.Past + s.From; from < s.Past+s.Rows; {
		end := min(from/CacheBlock*CacheBlock+CacheBlock, s.Past+s.Rows)
		a.forward(work, from, end-from)
		from = end
	}
}
