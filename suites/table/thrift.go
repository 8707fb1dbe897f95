package table

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// thrift goes through a structure of Thrift's compact protocol and keeps nothing of it. It makes
// sure that all lengths fit into the bytes that are left: a decoder takes the memory for a text or
// a list before it reads it.
//
// See "Thrift compact protocol encoding" of Apache Thrift's specification.
type thrift struct {
	in      *bufio.Reader
	left    int64 // bytes
	structs int   // how many structures may be elements of lists
}

// mostStructs bounds the structures in the lists of a file's footer: columns, and columns of groups
// of rows. They take up to half a kilobyte each.
const mostStructs = 1 << 21

// thriftSize is the length of the structure at the beginning of so many bytes.
func thriftSize(in io.Reader, left int64) (int64, error) {
	t := &thrift{in: bufio.NewReaderSize(in, 512), left: left, structs: mostStructs}
	if err := t.fields(0); err != nil {
		return 0, err
	}
	return left - t.left, nil
}

var errShort = errors.New("a length beyond its end")

// ReadByte implements [io.ByteReader].
func (t *thrift) ReadByte() (byte, error) {
	if t.left < 1 {
		return 0, errShort
	}
	t.left--
	return t.in.ReadByte()
}

// skip passes over bytes.
func (t *thrift) skip(n uint64) error {
	if n > uint64(t.left) {
		return errShort
	}
	t.left -= int64(n)
	for n > 0 { // Discard takes an int
		part := min(n, 1<<30)
		if _, err := t.in.Discard(int(part)); err != nil {
			return err
		}
		n -= part
	}
	return nil
}

// fields goes through a structure.
func (t *thrift) fields(depth int) error {
	if depth > mostDepth {
		return errors.New("too many levels of nesting")
	}
	for {
		head, err := t.ReadByte()
		if err != nil || head == 0 {
			return err
		}
		if head>>4 == 0 { // the field's number follows
			if _, err := binary.ReadUvarint(t); err != nil {
				return err
			}
		}
		if kind := head & 15; kind != 1 && kind != 2 { // true and false have no bytes of their own
			if err := t.value(kind, depth); err != nil {
				return err
			}
		}
	}
}

// value goes through a value of a type.
func (t *thrift) value(kind byte, depth int) error {
	switch kind {
	case 1, 2, 3: // truth value in a list, byte
		return t.skip(1)
	case 4, 5, 6: // integers
		_, err := binary.ReadUvarint(t)
		return err
	case 7: // double
		return t.skip(8)
	case 8: // text
		n, err := binary.ReadUvarint(t)
		if err != nil {
			return err
		}
		return t.skip(n)
	case 9, 10: // list, set
		head, err := t.ReadByte()
		n := uint64(head >> 4)
		if err == nil && n == 15 {
			n, err = binary.ReadUvarint(t)
		}
		if err != nil {
			return err
		}
		return t.elements(n, depth, head&15)
	case 11: // map
		n, err := binary.ReadUvarint(t)
		if err != nil || n == 0 {
			return err
		}
		kinds, err := t.ReadByte()
		if err != nil {
			return err
		}
		return t.elements(n, depth, kinds>>4, kinds&15)
	case 12: // structure
		return t.fields(depth + 1)
	case 13: // UUID
		return t.skip(16)
	}
	return fmt.Errorf("a value of the unknown type %d", kind)
}

// elements goes through n elements, each of values of these types.
func (t *thrift) elements(n uint64, depth int, kinds ...byte) error {
	if n > uint64(t.left) { // an element has at least a byte
		return errShort
	}
	if depth > mostDepth {
		return errors.New("too many levels of nesting")
	}
	for range n {
		for _, kind := range kinds {
			if kind == 12 {
				if t.structs--; t.structs < 0 {
					return fmt.Errorf("more than %d columns and groups", mostStructs)
				}
			}
			if err := t.value(kind, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}
