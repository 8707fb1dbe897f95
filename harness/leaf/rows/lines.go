package rows

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"assay/harness/leaf/place"
)

// LongestLine is how many bytes a line has at most. A longer one is an error, so that
// a file without line ends does not fill the memory.
const LongestLine = 1 << 30

// ErrLong says that a line is longer than [LongestLine].
var ErrLong = errors.New("a line of more than 1 GiB; write one record a line")

// Lines cuts a stream into its lines, which end with LF.
type Lines struct {
	// Number is that of the line read last; the first is 1. End is the offset in bytes
	// behind the last complete line.
	Number int
	End    int64

	in   *bufio.Reader
	long []byte
	most int
}

// NewLines reads lines from where a stream is.
func NewLines(in io.Reader) *Lines {
	buffered, ok := in.(*bufio.Reader)
	if !ok {
		buffered = bufio.NewReaderSize(in, room)
	}
	return &Lines{in: buffered, most: LongestLine}
}

// Next is the next line, without its LF; it is valid until the one after it. A line is
// torn where the stream ends before its LF. At the end the error is io.EOF.
func (l *Lines) Next() (line []byte, torn bool, err error) {
	l.long = l.long[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		if err == nil && len(l.long) == 0 { // most lines, without a copy
			return l.ended(part), false, nil
		}
		l.long = append(l.long, part...)
		switch {
		case err == nil:
			return l.ended(l.long), false, nil
		case len(l.long) > l.most:
			l.Number++
			return nil, false, ErrLong
		case err == bufio.ErrBufferFull:
		case err == io.EOF && len(l.long) == 0:
			return nil, false, io.EOF
		case err == io.EOF:
			l.Number++
			return l.long, true, nil
		default:
			l.Number++
			return nil, false, err
		}
	}
}

// ended counts a complete line and takes its LF off.
func (l *Lines) ended(line []byte) []byte {
	l.Number++
	l.End += int64(len(line))
	return line[: len(line)-1 : len(line)-1]
}

// EachLine passes on the lines that aren't blank, trimmed, each with its number; a
// value is valid until the next. It returns how many there were. An error of each ends
// it and is returned as it is.
func (t *Text) EachLine(each func(line int, value []byte) error) (n int, err error) {
	if err := t.foreign(needLines); err != nil {
		return 0, err
	}
	lines := NewLines(t.in)
	for {
		line, _, err := lines.Next()
		switch {
		case err == io.EOF:
			return n, nil
		case err == ErrLong:
			return n, ends(place.At(t.file, lines.Number, err))
		case err != nil:
			return n, t.readFault(lines.Number, err)
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		n++
		if err := each(lines.Number, line); err != nil {
			return n, err
		}
	}
}
