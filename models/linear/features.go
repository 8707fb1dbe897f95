package linear

import (
	"errors"
	"fmt"

	"assay/harness/leaf/plural"
)

// Text is what a model scores.
type Text struct {
	Text string `json:"text"`
	// Context is what the text is about: the question that it answers, the document that it sums up.
	Context string `json:"context,omitempty"`
	// For and Against are texts that are known to be right, and wrong.
	For     []string `json:"for,omitempty"`
	Against []string `json:"against,omitempty"`
}

// Features say what a model sees of a text. The n-grams of characters are those within words, with
// the space before and after the word.
type Features struct {
	Characters int `json:"characters"` // the longest n-gram of characters
	Words      int `json:"words"`      // the longest n-gram of words
	Bits       int `json:"bits"`       // the table has 2^Bits weights
}

// Bounds of [Features].
const (
	maxCharacters = 8
	maxWords      = 4
	minBits       = 8
	maxBits       = 24
)

// Check refuses features that no model has.
func (f Features) Check() error {
	switch {
	case f.Characters < 0 || f.Characters > maxCharacters:
		return fmt.Errorf("n-grams of %s; use 0 to %d", plural.Of(f.Characters, "character"), maxCharacters)
	case f.Words < 0 || f.Words > maxWords:
		return fmt.Errorf("n-grams of %s; use 0 to %d", plural.Of(f.Words, "word"), maxWords)
	case f.Characters == 0 && f.Words == 0:
		return errors.New("no n-grams of characters and none of words; the model would see nothing")
	case f.Bits < minBits || f.Bits > maxBits:
		return fmt.Errorf("a table of 2^%d weights; use %d to %d bits", f.Bits, minBits, maxBits)
	}
	return nil
}

// Size is the number of weights.
func (f Features) Size() int { return 1 << f.Bits }

// Row is a text as a model sees it: values at places of the table. A place may occur twice.
type Row struct {
	Index []uint32
	Value []float32
}

// Encoder turns texts into rows. Use one for each goroutine.
type Encoder struct {
	features Features
	count    []float32 // occurrences in the current block, by place
	seen     []uint32  // places of the current block, in order of first occurrence
	padded   []byte
	starts   []int
	row      Row
}

// NewEncoder makes an encoder.
func NewEncoder(f Features) (*Encoder, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	return &Encoder{features: f, count: make([]float32, f.Size())}, nil
}

// Encode gives a text's row, which is valid until the next call.
func (e *Encoder) Encode(t Text) Row {
	e.row.Index, e.row.Value = e.row.Index[:0], e.row.Value[:0]
	text := split(t.Text)
	e.characters(text.words)
	e.wordGrams(textWords, text.tokens)
	e.level("length", lengthLevel(len(text.tokens)))
	if t.Context != "" {
		context := split(t.Context).tokens
		e.wordGrams(contextWords, context)
		e.level("in context", shareIn(text.tokens, context))
	}
	right, wrong := best(text.tokens, t.For), best(text.tokens, t.Against)
	if len(t.For) > 0 {
		e.level("for", right)
	}
	if len(t.Against) > 0 {
		e.level("against", wrong)
	}
	if len(t.For) > 0 && len(t.Against) > 0 {
		e.level("rather for", right-wrong)
		e.level("rather against", wrong-right)
	}
	return e.row
}

// Kinds of n-grams: equal words of different kinds have places of their own.
const (
	textCharacters = "characters"
	textWords      = "words"
	contextWords   = "context"
)

// characters adds the n-grams of characters within words.
func (e *Encoder) characters(words []string) {
	start := hashText(fnvOffset, textCharacters)
	for _, w := range words {
		e.padded = append(append(append(e.padded[:0], ' '), w...), ' ')
		e.starts = e.starts[:0]
		for i := range string(e.padded) {
			e.starts = append(e.starts, i)
		}
		e.starts = append(e.starts, len(e.padded))
		last := len(e.starts) - 1
		for i := range last {
			h := start
			for n := 1; n <= e.features.Characters && i+n <= last; n++ {
				h = hashBytes(h, e.padded[e.starts[i+n-1]:e.starts[i+n]])
				e.add(h)
			}
		}
	}
	e.close()
}

// wordGrams adds the n-grams of words of a kind.
func (e *Encoder) wordGrams(kind string, words []string) {
	start := hashText(fnvOffset, kind)
	for i := range words {
		h := start
		for n := 1; n <= e.features.Words && i+n <= len(words); n++ {
			h = hashText(hashText(h, " "), words[i+n-1])
			e.add(h)
		}
	}
	e.close()
}

// level adds which tenths a share reaches, as one feature each. So a level that training never
// reached still counts as much as those below it.
func (e *Encoder) level(kind string, share float64) {
	start := hashText(fnvOffset, kind)
	for tenth := 1; tenth <= 10 && share >= float64(tenth)/10-1e-9; tenth++ {
		e.row.Index = append(e.row.Index, e.place(hashBytes(start, []byte{byte(tenth)})))
		e.row.Value = append(e.row.Value, levelWeight)
	}
}

// levelWeight is the value of a level's features: the n-grams of a block have values whose squares
// add up to 1, and there are up to ten levels.
const levelWeight = 0.3

// add counts an n-gram of the current block.
func (e *Encoder) add(h uint64) {
	p := e.place(h)
	if e.count[p] == 0 {
		e.seen = append(e.seen, p)
	}
	e.count[p]++
}

// close adds the current block to the row: logarithms of counts, scaled to length 1.
func (e *Encoder) close() {
	total := 0.0
	for _, p := range e.seen {
		e.count[p] = dampened(e.count[p])
		total += float64(e.count[p]) * float64(e.count[p])
	}
	scale := inverseRoot(total)
	for _, p := range e.seen {
		e.row.Index = append(e.row.Index, p)
		e.row.Value = append(e.row.Value, e.count[p]*scale)
		e.count[p] = 0
	}
	e.seen = e.seen[:0]
}

// place is a hash's place in the table.
func (e *Encoder) place(h uint64) uint32 {
	return uint32((h * mixer) >> (64 - e.features.Bits))
}
