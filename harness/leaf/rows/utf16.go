package rows

import (
	"bufio"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"assay/harness/leaf/place"
)

// utf16Reader writes UTF-16 as UTF-8. low and high are the places of a unit's two bytes.
type utf16Reader struct {
	in        *bufio.Reader
	file      string // its name, for errors
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
	return 0, ends(place.Errorf(u.file, u.line+1, "half a surrogate pair in UTF-16; save the file as UTF-8, or get the complete file"))
}

func (u *utf16Reader) unit() (rune, error) {
	var b [2]byte
	switch _, err := io.ReadFull(u.in, b[:]); {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return 0, ends(place.Errorf(u.file, u.line+1, "the file ends in the middle of a character of UTF-16; get the complete file"))
	case err != nil:
		return 0, err
	}
	return rune(b[u.low]) | rune(b[u.high])<<8, nil
}
