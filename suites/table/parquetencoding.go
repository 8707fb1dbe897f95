package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"assay/harness/leaf/plural"
)

// encoded is a data page's content, unpacked, and what its header says about it.
type encoded struct {
	levels, data         []byte // levels: those that stand before the packed data, in pages of version 2
	v2                   *format.DataPageHeaderV2
	repetition           format.Encoding
	definition, encoding format.Encoding
	values               int64
	most                 int64 // bytes of the values
}

// errCut is the error for an encoding that ends before its values.
var errCut = errors.New("a page ends before its values")

// plainDictionary is what old writers call RLEDictionary in a data page.
const plainDictionary format.Encoding = 2

// audit returns an error if an encoding of a page states more values than the page has, or if its texts have more
// than most bytes. A few bytes of run lengths or of shared prefixes can stand for gigabytes, and the library takes
// that memory at once.
func (p *encoded) audit(leaf *leafColumn) error {
	data, err := p.auditLevels(leaf)
	if err != nil {
		return err
	}
	switch p.encoding {
	case plainDictionary, format.RLEDictionary:
		if len(data) == 0 {
			return nil
		}
		return p.runs(data[1:], uint64(data[0]))
	case format.RLE: // truth values
		if data, _, err = prefixed(data); err != nil {
			return err
		}
		if err := p.runs(data, 1); err != nil {
			return err
		}
		return truths(data)
	case format.DeltaBinaryPacked, format.DeltaLengthByteArray:
		_, err := p.deltas(data)
		return err
	case format.DeltaByteArray:
		return p.prefixes(data)
	}
	return nil
}

// auditLevels audits a page's levels, and returns its values.
func (p *encoded) auditLevels(leaf *leafColumn) ([]byte, error) {
	if p.v2 != nil {
		cut := p.v2.RepetitionLevelsByteLength
		if leaf.repetition > 0 {
			if err := p.runs(p.levels[:cut], width(leaf.repetition)); err != nil {
				return nil, err
			}
		}
		if leaf.definition > 0 {
			return p.data, p.runs(p.levels[cut:], width(leaf.definition))
		}
		return p.data, nil
	}
	data := p.data
	for _, level := range []struct {
		highest  int
		encoding format.Encoding
	}{{leaf.repetition, p.repetition}, {leaf.definition, p.definition}} {
		if level.highest == 0 {
			continue
		}
		block, rest, err := prefixed(data)
		if err != nil {
			return nil, err
		}
		if level.encoding == format.RLE {
			if err := p.runs(block, width(level.highest)); err != nil {
				return nil, err
			}
		}
		data = rest
	}
	return data, nil
}

func width(highest int) uint64 { return uint64(bits.Len(uint(highest))) }

// prefixed cuts a block that begins with its length, and returns the rest too.
func prefixed(data []byte) (block, rest []byte, err error) {
	if len(data) < 4 {
		return nil, nil, errCut
	}
	n := int64(binary.LittleEndian.Uint32(data))
	if n > int64(len(data)-4) {
		return nil, nil, errCut
	}
	return data[4 : 4+n], data[4+n:], nil
}

// padding is how many values more than a page's own an encoding may have: writers fill up their last groups.
const padding = 1 << 12

// runs audits values in the hybrid of run lengths and packed bits.
func (p *encoded) runs(data []byte, width uint64) error {
	if width > 32 {
		return fmt.Errorf("a page with values of %s", plural.Of(width, "bit"))
	}
	for total := uint64(0); len(data) > 0; {
		head, n := binary.Uvarint(data)
		if n <= 0 {
			return errCut
		}
		data = data[n:]
		count, size := head>>1, (width+7)/8
		if count == 0 { // the library takes no value for it
			continue
		}
		if count > uint64(p.values)+padding {
			return p.tooMany(count)
		}
		if head&1 != 0 { // groups of 8 values
			count, size = 8*count, count*width
		}
		if total += count; total > uint64(p.values)+padding {
			return p.tooMany(total)
		}
		if size > uint64(len(data)) {
			return errCut
		}
		data = data[size:]
	}
	return nil
}

// errTruths is the error for truth values that the library would read as others.
var errTruths = errors.New("truth values in runs, which can't be read; write the file with plain truth values (in pyarrow: data_page_version='1.0')")

// truths refuses audited truth values with a run that the library reads wrong: it fills the bytes of a run with the
// run's value, 0 or 1, and takes each bit of them for a truth value. It reads packed bits as they are.
func truths(data []byte) error {
	for len(data) > 0 {
		head, n := binary.Uvarint(data)
		data = data[n:]
		count := head >> 1
		switch {
		case count == 0:
		case head&1 != 0:
			data = data[count:]
		case data[0] != 0 || count%8 != 0 && len(data) > 1:
			return errTruths
		default:
			data = data[1:]
		}
	}
	return nil
}

func (p *encoded) tooMany(n uint64) error {
	return fmt.Errorf("a page of %s that encodes at least %d", plural.Of(p.values, "value"), n)
}

// deltas audits a block of DELTA_BINARY_PACKED, and returns how many bytes it has.
func (p *encoded) deltas(data []byte) (int, error) {
	var head [4]uint64 // values of a group, packs in a group, values, first value
	at := 0
	for i := range head {
		x, n := binary.Uvarint(data[at:])
		if n <= 0 {
			return 0, errCut
		}
		head[i], at = x, at+n
	}
	group, packs, left := head[0], head[1], head[2]
	if left > uint64(p.values) {
		return 0, p.tooMany(left)
	}
	if packs == 0 || group > 1<<16 || packs > group {
		return 0, fmt.Errorf("a page with groups of %s in %s", plural.Of(group, "value"), plural.Of(packs, "pack"))
	}
	for left = max(left, 1) - 1; left > 0; {
		_, n := binary.Uvarint(data[at:])
		if n <= 0 || uint64(len(data)-at-n) < packs {
			return 0, errCut
		}
		widths := data[at+n : at+n+int(packs)]
		at += n + int(packs)
		for _, w := range widths {
			size := int(group/packs) * int(w) / 8
			if at = min(at+size, len(data)); left <= group/packs { // the last pack may be cut
				left = 0
				break
			}
			left -= group / packs
		}
	}
	return at, nil
}

// prefixes audits DELTA_BYTE_ARRAY: each text repeats the start of the one before it.
func (p *encoded) prefixes(data []byte) error {
	var lengths [2][]int32 // of what is repeated, and of what follows
	for i := range lengths {
		n, err := p.deltas(data)
		if err == nil {
			lengths[i], err = parquet.DeltaBinaryPacked.DecodeInt32(nil, data[:n:n])
		}
		if err != nil {
			return err
		}
		data = data[n:]
	}
	if len(lengths[0]) != len(lengths[1]) {
		return fmt.Errorf("a page with %s of texts and %s", plural.Of(len(lengths[0]), "start"), plural.Of(len(lengths[1]), "other part"))
	}
	total := int64(0)
	for i, repeated := range lengths[0] {
		if repeated < 0 || lengths[1][i] < 0 {
			return errors.New("a page with a text of negative length")
		}
		if total += int64(repeated) + int64(lengths[1][i]); total > p.most {
			return fmt.Errorf("a page whose texts repeat each other's starts and have more than %s", plural.Of(p.most, "byte"))
		}
	}
	return nil
}
