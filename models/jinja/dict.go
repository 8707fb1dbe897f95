package jinja

import (
	"fmt"
	"iter"
	"math"
	"strings"
)

// Dict is a dictionary that keeps the order in which its keys were added, as Python's does. Equal numbers are one
// key. The zero value is not ready for use: see [NewDict].
type Dict struct {
	keys, values []any
	index        map[any]int
}

// NewDict returns an empty dictionary.
func NewDict() *Dict { return &Dict{index: map[any]int{}} }

// Len returns the number of keys.
func (d *Dict) Len() int { return len(d.keys) }

// Set gives a key a value. A key is nil, a bool, a number, a string, or a []any of such; Set panics on others.
func (d *Dict) Set(key, value any) { d.set(exportedKey(key), value) }

// Get returns a key's value.
func (d *Dict) Get(key any) (any, bool) {
	i, ok := d.index[hash(exportedKey(key))]
	if !ok {
		return nil, false
	}
	return d.values[i], true
}

// All yields the keys and values in order.
func (d *Dict) All() iter.Seq2[any, any] {
	return func(yield func(key, value any) bool) {
		for i, k := range d.keys {
			if !yield(k, d.values[i]) {
				return
			}
		}
	}
}

func (d *Dict) set(key, value any) {
	h := hash(key)
	if i, ok := d.index[h]; ok {
		d.values[i] = value
		return
	}
	d.index[h] = len(d.keys)
	d.keys = append(d.keys, key)
	d.values = append(d.values, value)
}

func (d *Dict) remove(key any) (any, bool) {
	h := hash(key)
	i, ok := d.index[h]
	if !ok {
		return nil, false
	}
	v := d.values[i]
	d.keys = append(d.keys[:i:i], d.keys[i+1:]...)
	d.values = append(d.values[:i:i], d.values[i+1:]...)
	delete(d.index, h)
	for k, at := range d.index {
		if at > i {
			d.index[k] = at - 1
		}
	}
	return v, true
}

// hash is [hash], with the reading of the value counted.
func (e *env) hash(v any) any {
	e.work(size(v))
	return hash(v)
}

type hashedTuple string

// maxKey is the most bytes of a tuple that is a key: tuples of one tuple twice double at each level.
const maxKey = 1 << 16

// hash returns what a value is found by in a dictionary.
func hash(v any) any {
	switch x := v.(type) {
	case nil, int, string:
		return v
	case bool:
		if x {
			return 1
		}
		return 0
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
			return int(x)
		}
		return x
	case tuple:
		var b strings.Builder
		hashTuple(&b, x)
		return hashedTuple(b.String())
	}
	fail("%s can't be a key of a dictionary", typeName(v))
	return nil
}

func hashTuple(b *strings.Builder, t tuple) {
	b.WriteByte('(')
	for _, item := range t {
		if b.Len() > maxKey {
			fail("a tuple with more than %d bytes can't be a key of a dictionary", maxKey)
		}
		if inner, ok := item.(tuple); ok {
			hashTuple(b, inner)
		} else {
			h := hash(item)
			fmt.Fprintf(b, "%T %q,", h, fmt.Sprint(h))
		}
	}
	b.WriteByte(')')
}
