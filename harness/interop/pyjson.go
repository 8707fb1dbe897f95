package interop

import (
	"fmt"
	"io"
)

// python turns Python's JSON into JSON, and knows the lines of what it passed on.
type python struct {
	in      io.Reader
	buf     [1 << 15]byte
	out     []byte // not yet passed on
	err     error
	word    string // what must follow of NaN or Infinity
	quoted  bool
	escaped bool
	run     int // length of the text or number so far

	passed int64   // bytes that were turned
	ends   []int64 // where lines end that are not counted yet
	before int     // lines that were counted
}

// Read reads what was turned.
func (p *python) Read(b []byte) (int, error) {
	for len(p.out) == 0 && p.err == nil {
		n, err := p.in.Read(p.buf[:])
		p.out = p.out[:0]
		p.err = err
		if turned := p.turn(p.buf[:n]); turned != nil {
			p.err = turned
		}
	}
	n := copy(b, p.out)
	p.out = p.out[n:]
	if n > 0 {
		return n, nil
	}
	return 0, p.err
}

func (p *python) turn(chunk []byte) error {
	p.out = make([]byte, 0, len(chunk)+16)
	start := p.passed
	for _, c := range chunk {
		if p.word != "" {
			if c != p.word[0] {
				return fmt.Errorf("not valid JSON: %q where %q is needed; fix the file, or get a complete copy", c, p.word[0])
			}
			p.word = p.word[1:]
			continue
		}
		if p.run++; p.run > longestText {
			return fmt.Errorf("a text or number of more than %d MiB", longestText>>20)
		}
		switch {
		case p.escaped:
			p.escaped = false
		case p.quoted:
			p.escaped = c == '\\'
			p.quoted = c != '"'
		case c == '"':
			p.quoted, p.run = true, 0
		case c == 'N':
			p.out, p.word = append(p.out, "null"...), "aN"
			continue
		case c == 'I':
			p.out, p.word = append(p.out, "1e999"...), "nfinity"
			continue
		case c == '\n':
			p.ends = append(p.ends, start+int64(len(p.out)))
			p.run = 0
		case c == ',' || c == ':' || c == ' ' || c == '[' || c == ']' || c == '{' || c == '}':
			p.run = 0
		}
		p.out = append(p.out, c)
	}
	p.passed = start + int64(len(p.out))
	return nil
}
