package bpe

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// class is a class of characters that GPT-2's pattern distinguishes.
type class uint8

const (
	other  class = iota
	letter       // \p{L}
	digit        // \p{N}
	space        // \s
)

// classes are the classes of all characters, in pages of 256, with equal pages stored once.
type classes struct {
	page  [(unicode.MaxRune + 1) / 256]uint16
	pages [][256]class // the first is for ASCII and Latin 1
}

func (c *classes) of(r rune) class { return c.pages[c.page[uint32(r)/256]][uint8(r)] }

// run is the length in bytes of the characters of one class at the start of a text.
func (c *classes) run(text string, of class) int {
	latin := &c.pages[0]
	for i := 0; i < len(text); {
		if b := text[i]; b < utf8.RuneSelf {
			if latin[b] != of {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if c.of(r) != of {
			return i
		}
		i += size
	}
	return len(text)
}

// allClasses is built once, for the first tokenizer.
var allClasses = sync.OnceValue(func() *classes {
	all := make([]class, unicode.MaxRune+1)
	mark(all, letter, unicode.L, letters16)
	mark(all, digit, unicode.N, numbers16)
	mark(all, space, unicode.White_Space)
	c := &classes{}
	seen := map[[256]class]uint16{}
	for i := range c.page {
		p := [256]class(all[i*256:])
		at, ok := seen[p]
		if !ok {
			at = uint16(len(c.pages))
			seen[p] = at
			c.pages = append(c.pages, p)
		}
		c.page[i] = at
	}
	return c
})

func mark(all []class, as class, tables ...*unicode.RangeTable) {
	for _, table := range tables {
		for _, r := range table.R16 {
			for c := uint32(r.Lo); c <= uint32(r.Hi); c += uint32(r.Stride) {
				all[c] = as
			}
		}
		for _, r := range table.R32 {
			for c := r.Lo; c <= r.Hi; c += r.Stride {
				all[c] = as
			}
		}
	}
}

// letters16 and numbers16 are what Unicode 15.1 and 16 added to \p{L} and \p{N}. Go's tables are for Unicode
// 15, those of tiktoken 0.14 for 16; with a newer Go these are redundant.
var (
	letters16 = &unicode.RangeTable{
		R16: []unicode.Range16{
			{Lo: 0x1c89, Hi: 0x1c8a, Stride: 1}, {Lo: 0xa7cb, Hi: 0xa7cd, Stride: 1}, {Lo: 0xa7da, Hi: 0xa7dc, Stride: 1},
		},
		R32: []unicode.Range32{
			{Lo: 0x105c0, Hi: 0x105f3, Stride: 1}, {Lo: 0x10d4a, Hi: 0x10d65, Stride: 1}, {Lo: 0x10d6f, Hi: 0x10d85, Stride: 1},
			{Lo: 0x10ec2, Hi: 0x10ec4, Stride: 1}, {Lo: 0x11380, Hi: 0x11389, Stride: 1}, {Lo: 0x1138b, Hi: 0x1138e, Stride: 3},
			{Lo: 0x11390, Hi: 0x113b5, Stride: 1}, {Lo: 0x113b7, Hi: 0x113b7, Stride: 1}, {Lo: 0x113d1, Hi: 0x113d3, Stride: 2},
			{Lo: 0x11bc0, Hi: 0x11be0, Stride: 1}, {Lo: 0x13460, Hi: 0x143fa, Stride: 1}, {Lo: 0x16100, Hi: 0x1611d, Stride: 1},
			{Lo: 0x16d40, Hi: 0x16d6c, Stride: 1}, {Lo: 0x18cff, Hi: 0x18cff, Stride: 1}, {Lo: 0x1e5d0, Hi: 0x1e5ed, Stride: 1},
			{Lo: 0x1e5f0, Hi: 0x1e5f0, Stride: 1}, {Lo: 0x2ebf0, Hi: 0x2ee5d, Stride: 1},
		},
	}
	numbers16 = &unicode.RangeTable{
		R32: []unicode.Range32{
			{Lo: 0x10d40, Hi: 0x10d49, Stride: 1}, {Lo: 0x116d0, Hi: 0x116e3, Stride: 1}, {Lo: 0x11bf0, Hi: 0x11bf9, Stride: 1},
			{Lo: 0x16130, Hi: 0x16139, Stride: 1}, {Lo: 0x16d70, Hi: 0x16d79, Stride: 1}, {Lo: 0x1ccf0, Hi: 0x1ccf9, Stride: 1},
			{Lo: 0x1e5f1, Hi: 0x1e5fa, Stride: 1},
		},
	}
)
