package datafile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// Fault is what is wrong with a file and what to do about it. Line counts from 1; 0 means
// the file as a whole.
type Fault struct {
	Line int
	Err  error
	Ends bool // nothing can be read behind it
}

func (f *Fault) Error() string {
	if f.Line == 0 {
		return f.Err.Error()
	}
	return fmt.Sprintf("line %d: %v", f.Line, f.Err)
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }

func faultAt(line int, format string, args ...any) *Fault {
	return &Fault{Line: line, Err: fmt.Errorf(format, args...)}
}

func (f *Fault) ending() *Fault {
	f.Ends = true
	return f
}

const room = 1 << 18 // bytes of a reader's buffer

// Text gives a file's text in UTF-8: without its byte order mark, decoded from UTF-16
// where it has that mark, and with LF for line ends that are CR alone. What is no text
// (UTF-32, gzip, a spreadsheet) is refused by its name.
func Text(r io.Reader) (*bufio.Reader, error) {
	in, err := decoded(r)
	if err != nil {
		return nil, err
	}
	// Where a file's beginning has CR and no LF at all, CR ends its lines.
	head, _ := in.Peek(room)
	if bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 && !onlyLastCR(head) {
		return withLF(in), nil
	}
	return in, nil
}

// onlyLastCR reports whether a text's one CR is its last byte, which may be half of CR LF.
func onlyLastCR(head []byte) bool {
	return len(head) == room && bytes.IndexByte(head, '\r') == len(head)-1
}

// decoded is the text in UTF-8, its line ends as they are.
func decoded(r io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, room)
	head, _ := in.Peek(4)
	starts := func(mark string) bool { return bytes.HasPrefix(head, []byte(mark)) }
	refuse := func(what, remedy string) (*bufio.Reader, error) {
		return nil, faultAt(1, "this is %s; %s", what, remedy).ending()
	}
	const asUTF8 = "save it as UTF-8"
	switch {
	case starts("\xef\xbb\xbf"):
		in.Discard(3)
		return in, nil
	case starts("\xff\xfe\x00\x00"), starts("\x00\x00\xfe\xff"):
		return refuse("a file in UTF-32", asUTF8)
	case starts("\xff\xfe"):
		in.Discard(2)
		return bufio.NewReaderSize(&utf16Reader{in: in, low: 0, high: 1}, room), nil
	case starts("\xfe\xff"):
		in.Discard(2)
		return bufio.NewReaderSize(&utf16Reader{in: in, low: 1, high: 0}, room), nil
	case len(head) == 4 && (head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0 || head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0):
		return refuse("a file in UTF-16 without a byte order mark", asUTF8)
	case starts("\x1f\x8b"):
		return refuse("a gzip file", "unpack it first (gunzip)")
	case starts("PK\x03\x04"):
		return refuse("a zip file or a spreadsheet (xlsx)", "unpack it, or save the sheet as CSV in UTF-8")
	case starts("\xd0\xcf\x11\xe0"):
		return refuse("a spreadsheet (xls)", "save it as CSV in UTF-8")
	}
	return in, nil
}

// utf16Reader writes UTF-16 as UTF-8. low and high are the places of a unit's two bytes.
type utf16Reader struct {
	in        *bufio.Reader
	low, high int
	line      int // line ends passed
	left      []byte
	err       error // what ended it
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	for len(u.left) == 0 {
		r, err := u.rune()
		if err != nil {
			u.err = err
			return 0, err
		}
		u.left = utf8.AppendRune(u.left, r)
	}
	n := copy(p, u.left)
	u.left = u.left[n:]
	for len(p)-n >= utf8.UTFMax && u.in.Buffered() >= 4 {
		r, err := u.rune()
		if err != nil {
			u.err = err
			return n, err
		}
		n += utf8.EncodeRune(p[n:], r)
	}
	return n, nil
}

func (u *utf16Reader) rune() (rune, error) {
	first, err := u.unit()
	if err != nil {
		return 0, err
	}
	if first == '\n' {
		u.line++
	}
	if !utf16.IsSurrogate(first) {
		return first, nil
	}
	second, err := u.unit()
	if r := utf16.DecodeRune(first, second); err == nil && r != utf8.RuneError {
		return r, nil
	}
	return 0, faultAt(u.line+1, "half a surrogate pair in UTF-16; save the file as UTF-8, or get it whole").ending()
}

func (u *utf16Reader) unit() (rune, error) {
	var b [2]byte
	switch _, err := io.ReadFull(u.in, b[:]); {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return 0, faultAt(u.line+1, "the file ends in the middle of a character of UTF-16; get it whole").ending()
	case err != nil:
		return 0, err
	}
	return rune(b[u.low]) | rune(b[u.high])<<8, nil
}

// lineEnds turns each CR, and each CR LF, into LF.
type lineEnds struct {
	in *bufio.Reader
	cr bool // the byte before was CR
}

func withLF(in *bufio.Reader) *bufio.Reader {
	return bufio.NewReaderSize(&lineEnds{in: in}, room)
}

func (l *lineEnds) Read(p []byte) (int, error) {
	n, err := l.in.Read(p)
	kept := p[:0]
	for _, c := range p[:n] {
		if c == '\n' && l.cr {
			l.cr = false
			continue
		}
		l.cr = c == '\r'
		if l.cr {
			c = '\n'
		}
		kept = append(kept, c)
	}
	return len(kept), err
}
