package datafile

import (
	"bufio"
	"bytes"
	"io"
)

// EachLine hands over the lines of a text that aren't blank, each with its number; a value
// is valid until the next. It gives how many there were.
func EachLine(in *bufio.Reader, each func(line int, value []byte) error) (n int, err error) {
	var buffer []byte
	for line := 1; ; line++ {
		var readErr error
		if buffer, readErr = appendLine(buffer[:0], in); readErr != nil && readErr != io.EOF {
			return n, readFault(line, readErr)
		}
		if text := bytes.TrimSpace(buffer); len(text) > 0 {
			n++
			if err := each(line, text); err != nil {
				return n, err
			}
		}
		if readErr == io.EOF {
			return n, nil
		}
	}
}

func appendLine(to []byte, in *bufio.Reader) ([]byte, error) {
	for {
		part, err := in.ReadSlice('\n')
		to = append(to, part...)
		if err != bufio.ErrBufferFull {
			return to, err
		}
	}
}

// readFault is an error of reading, unless it is a fault already.
func readFault(line int, err error) error {
	if _, ok := err.(*Fault); ok {
		return err
	}
	return faultAt(line, "%w; name a file that can be read", err).ending()
}

// IsArray reports whether a text begins with a bracket.
func IsArray(in *bufio.Reader) bool {
	for n := 1; ; n++ {
		head, err := in.Peek(n)
		if err != nil || !isSpace(head[n-1]) {
			return err == nil && head[n-1] == '['
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// EachElement hands over the elements of a text that is one JSON array, each with the line
// it starts on; a value is valid until the next, and need not be valid JSON inside. It
// gives how many there were, and holds one at a time.
func EachElement(in *bufio.Reader, each func(line int, value []byte) error) (n int, err error) {
	s := elements{in: in, line: 1}
	c, err := s.next()
	if err != nil || c != '[' {
		return 0, faultAt(s.line, "this is no JSON array: the file must start with [")
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
			return n, faultAt(s.line, "not JSON: no comma between two elements; fix the file or get it whole")
		}
	}
	switch _, err := s.next(); {
	case err == nil:
		return n, faultAt(s.line, "something follows the array's end; keep one array a file")
	case err != io.EOF:
		return n, readFault(s.line, err)
	}
	return n, nil
}

// elements cuts an array into its elements.
type elements struct {
	in    *bufio.Reader
	line  int // of what was read last
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
		return faultAt(s.line, "torn file: it ends in the middle of the array; get the file whole")
	}
	return readFault(s.line, err)
}
