package corpus

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"golang.org/x/exp/mmap"

	"assay/harness/leaf/outfile"
	"assay/harness/leaf/plural"
)

const (
	magic      = "assaytok"
	version    = 1
	headerSize = 24
)

// Tokens are the tokens of a file, mapped into memory. They may be read by several
// goroutines.
type Tokens struct {
	path  string
	file  *mmap.ReaderAt
	width int // bytes per token
	count int
}

// Open maps a token file. The error is one line and names the file.
func Open(path string) (*Tokens, error) {
	f, err := mmap.Open(path)
	if err != nil {
		return nil, err
	}
	t := &Tokens{path: path, file: f}
	if err := t.readHeader(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return t, nil
}

func (t *Tokens) readHeader() error {
	head := make([]byte, headerSize)
	if _, err := t.file.ReadAt(head, 0); err != nil || string(head[:8]) != magic {
		return errors.New("no token file; make one by training from text")
	}
	if v := binary.LittleEndian.Uint32(head[8:]); v != version {
		return fmt.Errorf("a token file of version %d; this assay reads version %d", v, version)
	}
	width, count := binary.LittleEndian.Uint32(head[12:]), binary.LittleEndian.Uint64(head[16:])
	if width != 2 && width != 4 {
		return fmt.Errorf("%s per token; it must be 2 or 4", plural.Of(width, "byte"))
	}
	if held := uint64(t.file.Len()-headerSize) / uint64(width); count != held || uint64(t.file.Len()-headerSize)%uint64(width) != 0 {
		return fmt.Errorf("the header counts %s, but the file holds %d; write it again", plural.Of(count, "token"), held)
	}
	t.width, t.count = int(width), int(count)
	return nil
}

// Len is the number of tokens.
func (t *Tokens) Len() int { return t.count }

// Read fills dst with the tokens that start at an index.
func (t *Tokens) Read(dst []int32, at int) error {
	if at < 0 || len(dst) > t.count-at {
		return fmt.Errorf("%s: tokens %d to %d of %d", t.path, at, at+len(dst), t.count)
	}
	raw := make([]byte, len(dst)*t.width)
	if _, err := t.file.ReadAt(raw, int64(headerSize+at*t.width)); err != nil {
		return fmt.Errorf("%s: %w", t.path, err)
	}
	for i := range dst {
		if t.width == 2 {
			dst[i] = int32(binary.LittleEndian.Uint16(raw[2*i:]))
		} else {
			dst[i] = int32(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	}
	return nil
}

// Close unmaps the file.
func (t *Tokens) Close() error { return t.file.Close() }

// Write makes a token file, completely or not at all. Tokens are within [0, vocab).
func Write(path string, vocab int, tokens []int32) error {
	return outfile.Write(path, func(w io.Writer) error { return encode(w, vocab, tokens) })
}

func encode(to io.Writer, vocab int, tokens []int32) error {
	width := 4
	if vocab <= math.MaxUint16+1 {
		width = 2
	}
	w := bufio.NewWriterSize(to, 1<<18)
	head := binary.LittleEndian.AppendUint32([]byte(magic), version)
	head = binary.LittleEndian.AppendUint32(head, uint32(width))
	head = binary.LittleEndian.AppendUint64(head, uint64(len(tokens)))
	w.Write(head) // a bufio.Writer keeps its first error until Flush
	var raw []byte
	for i, t := range tokens {
		if t < 0 || int(t) >= vocab {
			return fmt.Errorf("token %d is %d; the vocabulary has %d", i, t, vocab)
		}
		if width == 2 {
			raw = binary.LittleEndian.AppendUint16(raw[:0], uint16(t))
		} else {
			raw = binary.LittleEndian.AppendUint32(raw[:0], uint32(t))
		}
		w.Write(raw)
	}
	return w.Flush()
}
