package rows

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"assay/harness/leaf/place"
)

const (
	room   = 1 << 18 // bytes of a reader's buffer
	signed = 1 << 13 // bytes that show what a file is
)

// Text is a file's text in UTF-8.
type Text struct {
	in   *bufio.Reader
	file string
	from io.Closer // nil where the caller closes it
}

// Open opens a file of text; see [NewText]. The caller closes it.
func Open(file string) (*Text, error) {
	f, err := OpenFile(file)
	if err != nil {
		return nil, err
	}
	t, err := NewText(file, f)
	if err != nil {
		f.Close()
		return nil, err
	}
	t.from = f
	return t, nil
}

// ReadFile reads a file's text to its end; see [NewText].
func ReadFile(file string) ([]byte, error) {
	t, err := Open(file)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	return io.ReadAll(t)
}

// NewText reads a file's text: without its byte order mark, decoded from UTF-16 where
// it has that mark, and with LF for line ends that are CR alone. What is no text
// (UTF-32, gzip, a spreadsheet) is an error that names what it is. The file's name is
// for errors.
func NewText(file string, r io.Reader) (*Text, error) {
	in, err := decoded(file, r)
	if err != nil {
		return nil, err
	}
	// Where a file's beginning has CR and no LF at all, CR ends its lines.
	head, _ := in.Peek(room)
	if bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 && !onlyLastCR(head) {
		in = withLF(in)
	}
	return &Text{in: in, file: file}, nil
}

// Read reads the text as one stream.
func (t *Text) Read(p []byte) (int, error) {
	n, err := t.in.Read(p)
	if err != nil && err != io.EOF {
		err = t.readFault(0, err)
	}
	return n, err
}

// Close closes a file that [Open] opened.
func (t *Text) Close() error {
	if t.from == nil {
		return nil
	}
	return t.from.Close()
}

// Each passes on the elements of a text that is one JSON array, or the lines of any
// other; see [Text.EachElement] and [Text.EachLine].
func (t *Text) Each(each func(line int, value []byte) error) (n int, err error) {
	if t.IsArray() {
		return t.EachElement(each)
	}
	return t.EachLine(each)
}

// Unpack is what a gzip file holds, where its name ends in .gz; other files stay as
// they are.
func Unpack(file string, r io.Reader) (io.Reader, error) {
	if !strings.HasSuffix(strings.ToLower(file), ".gz") {
		return r, nil
	}
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, ends(place.Errorf(file, 0, "the name ends in .gz, but this is no gzip file (%w); get the complete file, or remove .gz from its name", err))
	}
	return z, nil
}

// OpenFile opens a file that the user names. A folder is an error. Errors name the file
// and the remedy, so input files are opened with it and not with [os.Open].
func OpenFile(file string) (*os.File, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, Unreadable(file, err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, ends(place.Errorf(file, 0, "this is a folder; name a file"))
	}
	return f, nil
}

// Unreadable is an error of opening or reading a file. It names the file once, and the
// remedy.
func Unreadable(file string, err error) error { return readFault(file, 0, err) }

// remedy says what to do about an error of opening or reading a file.
func remedy(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "check the path"
	case errors.Is(err, fs.ErrPermission):
		return "make it readable, or name another file"
	}
	return "name a file that can be read"
}

// Ends reports whether nothing can be read behind an error, so that a reader that
// passes over bad rows must stop.
func Ends(err error) bool {
	_, ok := errors.AsType[*ended](err)
	return ok
}

// ended marks the cause of an error that ends its file.
type ended struct{ error }

func (e *ended) Unwrap() error { return e.error }

func ends(e *place.Error) error { return place.At(e.File, e.Line, &ended{e.Err}) }

// readFault is an error of reading, unless it has its place already.
func (t *Text) readFault(line int, err error) error { return readFault(t.file, line, err) }

func readFault(file string, line int, err error) error {
	if place.Known(err) {
		return err
	}
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathErr.Err
	}
	return ends(place.Errorf(file, line, "%w; %s", err, remedy(err)))
}

// onlyLastCR reports whether a text's one CR is its last byte, which may be half of CR LF.
func onlyLastCR(head []byte) bool {
	return len(head) == room && bytes.IndexByte(head, '\r') == len(head)-1
}

// decoded is the text in UTF-8, its line ends as they are.
func decoded(file string, r io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, room)
	head, _ := in.Peek(signed)
	if err := Binary(file, head); err != nil {
		return nil, err
	}
	utf16 := func(low, high int) (*bufio.Reader, error) {
		in.Discard(2)
		return bufio.NewReaderSize(&utf16Reader{in: in, file: file, low: low, high: high}, room), nil
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		in.Discard(3)
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return utf16(0, 1)
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return utf16(1, 0)
	}
	return in, nil
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
