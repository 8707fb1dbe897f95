package checkpoint

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/plural"
)

const (
	prefixSize  = 8           // the header's length, little-endian
	headerLimit = 100_000_000 // bytes, as in the reference implementation
	rankLimit   = 64          // dimensions, as in NumPy
	metadataKey = "__metadata__"
)

// header is a safetensors file's header, checked against the file's size.
type header struct {
	metadata map[string]string
	tensors  []Tensor // in file order
}

// readHeader reads and checks the header of a file of size bytes.
func readHeader(r io.ReaderAt, size int64) (*header, error) {
	var prefix [prefixSize]byte
	if size < prefixSize {
		return nil, fmt.Errorf("it has %s, but a safetensors file has at least %d; copy it again", plural.Of(size, "byte"), prefixSize)
	}
	if _, err := r.ReadAt(prefix[:], 0); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint64(prefix[:])
	switch {
	case length > headerLimit:
		return nil, fmt.Errorf("its header claims %s, but the limit is %d; it is not a safetensors file", plural.Of(length, "byte"), headerLimit)
	case int64(length) > size-prefixSize:
		return nil, fmt.Errorf("its header claims %s, but the file has %d; copy it again", plural.Of(length, "byte"), size)
	}
	text := io.NewSectionReader(r, prefixSize, int64(length))
	var first [1]byte
	if _, err := text.ReadAt(first[:], 0); err != nil || first[0] != '{' {
		return nil, errors.New("its header doesn't start with {; it is not a safetensors file")
	}
	p := &headerParser{dec: jsontext.NewDecoder(text), data: size - prefixSize - int64(length)}
	if err := p.parse(); err != nil {
		return nil, err
	}
	start := prefixSize + int64(length)
	if err := layOut(p.tensors, start, p.data); err != nil {
		return nil, err
	}
	return &header{metadata: p.metadata, tensors: p.tensors}, nil
}

// layOut sorts tensors by their place, refuses overlaps and gaps as the reference implementation does, and
// makes their offsets relative to the start of the file.
func layOut(tensors []Tensor, start, data int64) error {
	slices.SortFunc(tensors, func(a, b Tensor) int {
		if a.begin != b.begin {
			return int(min(max(a.begin-b.begin, -1), 1))
		}
		return int(min(max(a.end-b.end, -1), 1))
	})
	var at int64
	for i := range tensors {
		t := &tensors[i]
		switch {
		case t.begin < at:
			return tensorError(t.Name, "starts at byte %d of the data, inside tensor %s, which ends at %d", t.begin, quote(tensors[i-1].Name), at)
		case t.begin > at:
			return tensorError(t.Name, "starts at byte %d of the data, but bytes %d to %d belong to no tensor", t.begin, at, t.begin)
		}
		at = t.end
		t.begin, t.end = t.begin+start, t.end+start
	}
	if at != data {
		return fmt.Errorf("%s at the end that no tensor has; write the file again", plural.Of(data-at, "byte"))
	}
	return nil
}

// headerParser reads the header's JSON token by token: nothing in it can nest, and it keeps only what the
// format allows.
type headerParser struct {
	dec      *jsontext.Decoder
	data     int64 // bytes after the header
	metadata map[string]string
	tensors  []Tensor
}

func (p *headerParser) parse() error {
	err := p.object("the header", func(name string) error {
		if name == metadataKey {
			return p.readMetadata()
		}
		t := Tensor{Name: name}
		if err := p.readTensor(&t); err != nil {
			return err
		}
		p.tensors = append(p.tensors, t)
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := p.dec.ReadToken(); err != io.EOF {
		return errors.New("the header has data after its JSON object")
	}
	return nil
}

func (p *headerParser) readMetadata() error {
	p.metadata = map[string]string{}
	return p.object(metadataKey, func(key string) error {
		tok, err := p.token()
		if err == nil && tok.Kind() != '"' {
			err = fmt.Errorf("%s: %s is %s; all values must be strings", metadataKey, quote(key), tok.Kind())
		}
		if err != nil {
			return err
		}
		p.metadata[key] = tok.String()
		return nil
	})
}

func (p *headerParser) readTensor(t *Tensor) error {
	if strings.ContainsFunc(t.Name, unicode.IsControl) {
		return tensorError(t.Name, "its name has control characters")
	}
	var offsets []int64
	seen := 0
	err := p.object("its entry", func(member string) error {
		seen++
		switch member {
		case "dtype":
			tok, err := p.token()
			if err == nil && tok.Kind() != '"' {
				err = fmt.Errorf("dtype is %s; it must be a string", tok.Kind())
			}
			if err == nil {
				t.DType = DType(tok.String())
			}
			return err
		case "shape":
			return p.numbers(member, rankLimit, func(n int64) { t.Shape = append(t.Shape, int(n)) })
		case "data_offsets":
			return p.numbers(member, 2, func(n int64) { offsets = append(offsets, n) })
		}
		return fmt.Errorf("it has a member %s; it may only have dtype, shape and data_offsets", quote(member))
	})
	switch {
	case err != nil:
	case seen != 3:
		err = errors.New("its entry lacks dtype, shape or data_offsets")
	case len(offsets) != 2:
		err = fmt.Errorf("data_offsets has %s; it must be a start and an end", plural.Of(len(offsets), "number"))
	default:
		t.begin, t.end = offsets[0], offsets[1]
		err = p.checkExtent(t)
	}
	if err != nil {
		return inTensor(t.Name, err)
	}
	return nil
}

// checkExtent compares a tensor's offsets with its shape and with the data.
func (p *headerParser) checkExtent(t *Tensor) error {
	if t.begin > t.end {
		return fmt.Errorf("data_offsets [%d,%d] end before they start", t.begin, t.end)
	}
	want, err := byteSize(t.DType, t.Shape)
	if err != nil {
		return err
	}
	if got := t.end - t.begin; got != want {
		return fmt.Errorf("data_offsets [%d,%d] span %s, but shape %s of %s needs %d", t.begin, t.end, plural.Of(got, "byte"), shapeText(t.Shape), t.DType, want)
	}
	if t.end > p.data {
		return fmt.Errorf("data_offsets [%d,%d] exceed the data, which has %s; copy the file again", t.begin, t.end, plural.Of(p.data, "byte"))
	}
	return nil
}

// object reads an object, and calls member after each name.
func (p *headerParser) object(what string, member func(name string) error) error {
	tok, err := p.token()
	if err != nil {
		return err
	}
	if tok.Kind() != '{' {
		return fmt.Errorf("%s is %s; it must be an object", what, tok.Kind())
	}
	for {
		tok, err := p.token()
		if err != nil {
			return err
		}
		if tok.Kind() == '}' {
			return nil
		}
		if err := member(tok.String()); err != nil {
			return err
		}
	}
}

// numbers reads an array of at most limit integers.
func (p *headerParser) numbers(what string, limit int, add func(int64)) error {
	tok, err := p.token()
	if err != nil {
		return err
	}
	if tok.Kind() != '[' {
		return fmt.Errorf("%s is %s; it must be an array of integers", what, tok.Kind())
	}
	for n := 0; ; n++ {
		tok, err := p.token()
		if err != nil {
			return err
		}
		if tok.Kind() == ']' {
			return nil
		}
		if n == limit {
			return fmt.Errorf("%s has more than %s", what, plural.Of(limit, "number"))
		}
		if tok.Kind() != '0' {
			return fmt.Errorf("%s contains %s; it must be an array of integers", what, tok.Kind())
		}
		number, err := strconv.ParseUint(tok.String(), 10, strconv.IntSize-1)
		if err != nil {
			return fmt.Errorf("%s contains %s; it must be an array of integers of at most %s", what, quote(tok.String()), plural.Of(strconv.IntSize-1, "bit"))
		}
		add(int64(number))
	}
}

// token reads one token. Its errors don't repeat the library's, which quote the file at length.
func (p *headerParser) token() (jsontext.Token, error) {
	tok, err := p.dec.ReadToken()
	if err == nil {
		return tok, nil
	}
	syntactic, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case !ok && !errors.Is(err, io.EOF):
		return tok, err
	case ok && errors.Is(err, jsontext.ErrDuplicateName):
		return tok, duplicateName(syntactic.JSONPointer)
	case ok && !errors.Is(err, io.ErrUnexpectedEOF):
		return tok, fmt.Errorf("the header is not JSON at its byte %d", syntactic.ByteOffset)
	}
	return tok, errors.New("the header's JSON ends too early")
}

// duplicateName names a tensor that occurs twice in the header, or one with a duplicate member.
func duplicateName(at jsontext.Pointer) error {
	parent, name := at.Parent(), at.LastToken()
	switch {
	case parent == "":
		return tensorError(name, "it occurs twice in the header")
	case parent.LastToken() == metadataKey:
		return fmt.Errorf("%s has %s twice", metadataKey, quote(name))
	}
	return tensorError(parent.LastToken(), "its entry has %s twice", quote(name))
}
