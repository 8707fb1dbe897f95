package rows

import (
	"bufio"
	"bytes"
	"io"

	"assay/harness/leaf/place"
)

// IsArray reports whether a text begins with a bracket.
func (t *Text) IsArray() bool { return t.begins('[') }

// IsObject reports whether a text begins with a brace.
func (t *Text) IsObject() bool { return t.begins('{') }

func (t *Text) begins(with byte) bool {
	for n := 1; ; n++ {
		head, err := t.in.Peek(n)
		if err != nil || !isSpace(head[n-1]) {
			return err == nil && head[n-1] == with
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// EachElement passes on the elements of a text that is one JSON array, each with the
// line it starts on; a value is valid until the next, and need not be valid JSON inside.
// It returns how many there were, and holds one at a time. An error of each ends it and
// is returned as it is.
func (t *Text) EachElement(each func(line int, value []byte) error) (n int, err error) {
	if err := t.foreign(needArray); err != nil {
		return 0, err
	}
	s := elements{in: t.in, file: t.file, line: 1}
	c, err := s.next()
	if err != nil || c != '[' {
		return 0, place.Errorf(t.file, s.line, "this is no JSON array: the file must start with [")
	}
	for {
		if c, err = s.next(); err != nil {
			return n, s.torn(err)
		}
		if c == ']' && n == 0 {
			break
		}
		line := s.line
		if err := s.element(c); err != nil {
			return n, s.torn(err)
		}
		n++
		if err := each(line, s.value); err != nil {
			return n, err
		}
		if c, err = s.next(); err != nil {
			return n, s.torn(err)
		}
		if c == ']' {
			break
		}
		if c != ',' {
			return n, place.Errorf(t.file, s.line, "not valid JSON: no comma between two elements; fix the file or get the complete one")
		}
	}
	switch _, err := s.next(); {
	case err == nil:
		return n, place.Errorf(t.file, s.line, "something follows the array's end; keep one array a file")
	case err != io.EOF:
		return n, t.readFault(s.line, err)
	}
	return n, nil
}

// elements cuts an array into its elements.
type elements struct {
	in    *bufio.Reader
	file  string // its name, for errors
	line  int    // of what was read last
	value []byte
}

// next is the first character that is no space.
func (s *elements) next() (byte, error) {
	for {
		c, err := s.in.ReadByte()
		if err != nil {
			return 0, err
		}
		if !isSpace(c) {
			return c, nil
		}
		if c == '\n' {
			s.line++
		}
	}
}

// element reads one that starts with c: to the bracket or quote that ends it, or to what
// follows a number or word.
func (s *elements) element(c byte) error {
	if err := s.in.UnreadByte(); err != nil {
		return err
	}
	s.value = s.value[:0]
	nested := c == '{' || c == '['
	depth, quoted, escaped := 0, false, false
	for {
		if _, err := s.in.Peek(1); err != nil {
			return err
		}
		chunk, _ := s.in.Peek(s.in.Buffered())
		for i, c := range chunk {
			end := false
			switch {
			case escaped:
				escaped = false
			case quoted:
				escaped = c == '\\'
				quoted = c != '"'
				end = !quoted && depth == 0
			case c == '"':
				quoted = true
			case c == '{' || c == '[':
				depth++
			case (c == '}' || c == ']') && depth > 0:
				depth--
				end = depth == 0
			case !nested && (c == ',' || c == ']' || isSpace(c)): // ends behind the one before
				s.take(chunk[:i])
				return nil
			}
			if end {
				s.take(chunk[:i+1])
				return nil
			}
		}
		s.take(chunk)
	}
}

// take adds a part to the element.
func (s *elements) take(part []byte) {
	s.line += bytes.Count(part, []byte("\n"))
	s.value = append(s.value, part...)
	s.in.Discard(len(part))
}

// torn is the error where an array ends too soon.
func (s *elements) torn(err error) error {
	if err == io.EOF {
		return ends(place.Errorf(s.file, s.line, "cut-off file: it ends in the middle of the array; get the complete file"))
	}
	return readFault(s.file, s.line, err)
}
