package interop

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
)

// longestText is how many bytes a text or a number in a document may have.
const longestText = 64 << 20

// document reads one JSON value that may be larger than the memory, member by member. Python's
// NaN counts as null, and its Infinity as a number that is not finite.
type document struct {
	*jsontext.Decoder
	path string
	in   *python
}

// newDocument starts to read a document.
func newDocument(path string, r io.Reader) (*document, error) {
	text, err := rows.NewText(path, r)
	if err != nil {
		return nil, err
	}
	in := &python{in: text}
	return &document{jsontext.NewDecoder(in, jsontext.AllowInvalidUTF8(true)), path, in}, nil
}

// line is the line of what was read last.
func (d *document) line() int { return d.in.line(d.InputOffset()) }

// fault gives an error the place of what was read last.
func (d *document) fault(err error) error {
	if err == nil || place.Known(err) {
		return err
	}
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("cut-off file: it ends in the middle of a value; get the complete file")
	} else if _, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		err = memberError(err)
	} else if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		err = fmt.Errorf("member %q has the wrong type: a JSON %s; get a file as the tool wrote it", string(semantic.JSONPointer), semantic.JSONKind)
	}
	return place.At(d.path, d.line(), err)
}

// members passes on the names of an object's members. Each must read or skip the member's
// value.
func (d *document) members(each func(name string) error) error {
	return d.inside('{', "an object", func() error {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		return each(name.String())
	})
}

// elements calls each for the elements of an array, which must read or skip one.
func (d *document) elements(each func() error) error {
	return d.inside('[', "an array", each)
}

func (d *document) inside(open jsontext.Kind, what string, each func() error) error {
	begin, err := d.ReadToken()
	if err == nil && begin.Kind() != open {
		err = fmt.Errorf("%s is needed here, and this is a JSON %s; get a file as the tool wrote it", what, begin.Kind())
	}
	if err != nil {
		return d.fault(err)
	}
	for {
		switch kind := d.PeekKind(); kind {
		case '}', ']':
			_, err := d.ReadToken()
			return d.fault(err)
		case 0: // an error, which the next call gives
			_, err := d.ReadToken()
			if err == nil {
				err = io.ErrUnexpectedEOF
			}
			return d.fault(err)
		}
		if err := each(); err != nil {
			return d.fault(err)
		}
	}
}

// decode reads a value. Members that v has no field for are passed over.
func (d *document) decode(v any) error {
	return d.fault(json.UnmarshalDecode(d.Decoder, v, jsontext.AllowInvalidUTF8(true)))
}

// skip passes over a value.
func (d *document) skip() error { return d.fault(d.SkipValue()) }

// end checks that nothing follows.
func (d *document) end() error {
	_, err := d.ReadToken()
	if err == io.EOF {
		return nil
	}
	if err == nil {
		err = errors.New("something follows the value's end; keep one value a file")
	}
	return d.fault(err)
}

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

// line is that of an offset, which must not be smaller than before.
func (p *python) line(offset int64) int {
	n := 0
	for n < len(p.ends) && p.ends[n] < offset {
		n++
	}
	p.before, p.ends = p.before+n, p.ends[n:]
	return p.before + 1
}

// valueOf reads a score: a number, true or false. missing says why there is none.
func valueOf(raw jsontext.Value) (x float64, missing string, err error) {
	switch text := string(raw); text {
	case "":
		return 0, "no score in the file", nil
	case "null", "NaN":
		return 0, "the tool gave no score", nil
	case "true":
		return 1, "", nil
	case "false":
		return 0, "", nil
	case "Infinity", "-Infinity", "1e999", "-1e999":
		return 0, "the value is not finite", nil
	default:
		x, err := strconv.ParseFloat(text, 64)
		if errors.Is(err, strconv.ErrRange) {
			return 0, "the value is not finite", nil
		}
		if err != nil {
			return 0, "", fmt.Errorf("%.40s is no number", text)
		}
		return x, "", nil
	}
}

// wholeDocument reads a file that is one JSON object into v, and records it as a source.
func wholeDocument(path string, out Sink, v any) error {
	f, err := open(path, out.Progress())
	if err != nil {
		return err
	}
	defer f.Close()
	d, err := newDocument(path, f)
	if err != nil {
		return err
	}
	if err := d.decode(v); err != nil {
		return err
	}
	if err := d.end(); err != nil {
		return err
	}
	out.Source(f.source())
	return nil
}
