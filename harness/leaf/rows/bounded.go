package rows

import (
	"fmt"
	"io"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
)

// Bounded is a stream that gives only so many bytes for one row, so that a file without row ends
// does not fill the memory.
type Bounded struct {
	in   io.Reader
	file string
	most int
	left int // bytes of the current row; a reader's buffer is read ahead of it
	line int
}

// NewBounded bounds the rows of a stream to a number of bytes. The file's name is for errors.
func NewBounded(file string, in io.Reader, most int) *Bounded {
	return &Bounded{in: in, file: file, most: most, left: most}
}

// Row says that a row was read, which starts on a line.
func (b *Bounded) Row(line int) { b.left, b.line = b.most, line }

// Widen sets how many bytes there may be until the next row.
func (b *Bounded) Widen(bytes int) { b.left = bytes }

// Read reads from the stream. A row that is too long, and damage, end it.
func (b *Bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, ends(place.Errorf(b.file, b.line+1, "a row of more than %s; write one record per line or row", size(b.most)))
	}
	n, err := b.in.Read(p[:min(len(p), b.left+1)])
	b.left -= n
	if err != nil && err != io.EOF {
		err = Unreadable(b.file, fmt.Errorf("damaged file: %w", err))
	}
	return n, err
}

func size(n int) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return plural.Of(n, "byte")
}
