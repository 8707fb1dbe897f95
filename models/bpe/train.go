package bpe

import (
	"cmp"
	"container/heap"
	"fmt"
	"iter"
	"maps"
	"slices"
	"unicode/utf8"

	"assay/harness/leaf/plural"
)

// NewBytes is the tokenizer of single bytes.
func NewBytes() *Tokenizer {
	t, err := newPairs(singleBytes(), nil)
	if err != nil {
		panic(err) // 256 different bytes
	}
	t.whole = true
	return t
}

func singleBytes() []string {
	tokens := make([]string, 256)
	for b := range tokens {
		tokens[b] = string([]byte{byte(b)})
	}
	return tokens
}

// TrainCharacters makes a vocabulary of the characters of texts, ordered by code point.
func TrainCharacters(texts iter.Seq[string]) (*Tokenizer, error) {
	seen := map[string]bool{}
	for text := range texts {
		for len(text) > 0 {
			_, n := utf8.DecodeRuneInString(text)
			seen[text[:n]] = true
			text = text[n:]
		}
	}
	return newWords(Characters, slices.Sorted(maps.Keys(seen)))
}

// TrainWords makes a vocabulary of the words of texts, in byte order.
func TrainWords(texts iter.Seq[string]) (*Tokenizer, error) {
	seen := map[string]bool{}
	for text := range texts {
		for line, first := range lines(text) {
			if !first {
				seen["\n"] = true
			}
			for i, n := 0, 0; i < len(line); i += n + 1 {
				for n = 0; i+n < len(line) && line[i+n] != ' '; n++ {
				}
				if n > 0 {
					seen[line[i:i+n]] = true
				}
			}
		}
	}
	return newWords(Words, slices.Sorted(maps.Keys(seen)))
}

// TrainPairs merges the most frequent pairs of tokens within the pieces of texts until there are size tokens,
// including [EndOfText], or no pair occurs twice. Of equally frequent pairs, the one with the lower tokens
// goes first.
func TrainPairs(texts iter.Seq[string], size int) (*Tokenizer, error) {
	tokens := singleBytes()
	if size < len(tokens)+1 {
		return nil, fmt.Errorf("a vocabulary of %s is too small; the 256 bytes and the end of a text need %d", plural.Of(size, "token"), len(tokens)+1)
	}
	l := newLearner(texts)
	for len(tokens) < size-1 {
		p, ok := l.commonest()
		if !ok {
			break
		}
		l.merge(p, int32(len(tokens)))
		l.merges = append(l.merges, p)
		tokens = append(tokens, tokens[p.left]+tokens[p.right])
	}
	t, err := newPairs(tokens, l.merges)
	if err == nil {
		t.whole = t.reachesAll()
	}
	return t, err
}

// learner counts pairs while they are merged.
type learner struct {
	pieces []counted
	counts map[pair]int
	where  map[pair]map[int]bool // pieces in which a pair occurs, or did
	heap   countHeap
	merges []pair
}

// counted is a piece, as tokens, with its count.
type counted struct {
	ids []int32
	n   int
}

func newLearner(texts iter.Seq[string]) *learner {
	occurs := map[string]int{}
	scan := allClasses()
	for text := range texts {
		for len(text) > 0 {
			n := scan.piece(text)
			occurs[text[:n]]++
			text = text[n:]
		}
	}
	l := &learner{counts: map[pair]int{}, where: map[pair]map[int]bool{}}
	for i, text := range slices.Sorted(maps.Keys(occurs)) {
		c := counted{n: occurs[text]}
		for k := range len(text) {
			c.ids = append(c.ids, int32(text[k]))
		}
		l.pieces = append(l.pieces, c)
		l.count(i, 1)
	}
	for p, n := range l.counts {
		l.heap = append(l.heap, common{p, n})
	}
	heap.Init(&l.heap)
	return l
}

// count adds or subtracts the pairs of a piece.
func (l *learner) count(at, sign int) {
	c := &l.pieces[at]
	for i := range len(c.ids) - 1 {
		p := pair{c.ids[i], c.ids[i+1]}
		l.counts[p] += sign * c.n
		if sign > 0 {
			if l.where[p] == nil {
				l.where[p] = map[int]bool{}
			}
			l.where[p][at] = true
		}
	}
}

// commonest takes the most frequent pair that occurs twice from the heap.
func (l *learner) commonest() (pair, bool) {
	for l.heap.Len() > 0 {
		top := heap.Pop(&l.heap).(common)
		now := l.counts[top.pair]
		switch {
		case now < 2:
		case now != top.n: // an outdated count
			heap.Push(&l.heap, common{top.pair, now})
		default:
			return top.pair, true
		}
	}
	return pair{}, false
}

// merge replaces a pair by one token, everywhere.
func (l *learner) merge(p pair, into int32) {
	changed := map[pair]bool{}
	for _, at := range slices.Sorted(maps.Keys(l.where[p])) {
		l.count(at, -1)
		c := &l.pieces[at]
		out := c.ids[:0]
		for i := 0; i < len(c.ids); i++ {
			if i+1 < len(c.ids) && (pair{c.ids[i], c.ids[i+1]}) == p {
				out = append(out, into)
				i++
				continue
			}
			out = append(out, c.ids[i])
		}
		c.ids = out
		l.count(at, 1)
		for i := range len(out) - 1 {
			changed[pair{out[i], out[i+1]}] = true
		}
	}
	delete(l.where, p)
	for q := range changed {
		heap.Push(&l.heap, common{q, l.counts[q]})
	}
}

type common struct {
	pair
	n int
}

type countHeap []common

func (h countHeap) Len() int { return len(h) }
func (h countHeap) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[j].n, h[i].n), cmp.Compare(h[i].left, h[j].left), cmp.Compare(h[i].right, h[j].right)) < 0
}
func (h countHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *countHeap) Push(x any)   { *h = append(*h, x.(common)) }
func (h *countHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
