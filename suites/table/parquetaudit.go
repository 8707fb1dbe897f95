package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	thriftcodec "github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"

	"assay/harness/leaf/plural"
)

// audit returns an error if a Parquet file states a size, a count or a length that it doesn't have,
// or has a page that unpacks, or whose texts, are more than four times most bytes. The library takes the memory that
// a file asks for before it reads what is there, so this comes before the library opens the file.
func audit(f io.ReaderAt, size int64, most int) error {
	footer, err := footerOf(f, size, most)
	if err != nil {
		return err
	}
	var m format.FileMetaData
	if err := thriftcodec.Unmarshal(new(thriftcodec.CompactProtocol), footer, &m); err != nil {
		return fmt.Errorf("its footer can't be read: %w", err)
	}
	leaves, err := leavesOf(m.Schema)
	if err != nil {
		return err
	}
	for g := range m.RowGroups {
		columns := m.RowGroups[g].Columns
		if len(columns) != len(leaves) {
			return fmt.Errorf("row group %d has %s, not %d", g+1, plural.Of(len(columns), "column"), len(leaves))
		}
		if m.RowGroups[g].NumRows == 0 { // such a group is not read
			continue
		}
		for c := range columns {
			chunk := &columns[c].MetaData
			if first := m.RowGroups[0].Columns[c].MetaData.Codec; chunk.Codec != first {
				return fmt.Errorf("column %d is compressed with %v and with %v; write the file with one of them", c+1, first, chunk.Codec)
			}
			if err := auditChunk(f, size, chunk, &leaves[c], most); err != nil {
				return fmt.Errorf("column %d of row group %d: %w", c+1, g+1, err)
			}
		}
	}
	return nil
}

// footerOf reads a file's footer, whose lengths are true.
func footerOf(f io.ReaderAt, size int64, most int) ([]byte, error) {
	var head [4]byte
	var tail [8]byte
	if size < 12 {
		return nil, fmt.Errorf("it has only %s", plural.Of(size, "byte"))
	}
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return nil, err
	}
	if _, err := f.ReadAt(tail[:], size-8); err != nil {
		return nil, err
	}
	if string(head[:]) != "PAR1" || string(tail[4:]) != "PAR1" {
		return nil, errors.New("it doesn't begin and end with PAR1, or is encrypted")
	}
	n := int64(binary.LittleEndian.Uint32(tail[:4]))
	if n > size-12 || n > int64(most) {
		return nil, fmt.Errorf("a footer of %s", plural.Of(n, "byte"))
	}
	footer := make([]byte, n)
	if _, err := f.ReadAt(footer, size-8-n); err != nil {
		return nil, err
	}
	switch used, err := thriftSize(bytes.NewReader(footer), n); {
	case err != nil:
		return nil, fmt.Errorf("its footer has %w", err)
	case used != n:
		return nil, errors.New("its footer has bytes after its end, or a signature")
	}
	return footer, nil
}

// leafColumn is a column that has values, and its highest levels.
type leafColumn struct {
	*format.SchemaElement
	repetition, definition int
}

// openNode is a node of a schema whose children are being read.
type openNode struct {
	left                   int32 // children
	repetition, definition int
}

// leavesOf are the columns of a schema that have values.
func leavesOf(schema []format.SchemaElement) ([]leafColumn, error) {
	var leaves []leafColumn
	var open []openNode
	for i := range schema {
		s := &schema[i]
		if i > 0 && len(open) == 0 {
			return nil, errors.New("its schema has two roots")
		}
		at := openNode{left: s.NumChildren.V}
		if i > 0 {
			at.repetition, at.definition = open[len(open)-1].repetition, open[len(open)-1].definition
			switch s.RepetitionType.V {
			case format.Optional:
				at.definition++
			case format.Repeated:
				at.repetition, at.definition = at.repetition+1, at.definition+1
			}
		}
		if n := s.NumChildren; n.Valid && n.V > 0 {
			if open = append(open, at); len(open) > mostDepth {
				return nil, errors.New("too many levels of nesting")
			}
			continue
		}
		if s.Type.Valid {
			leaves = append(leaves, leafColumn{s, at.repetition, at.definition})
		}
		for len(open) > 0 {
			if open[len(open)-1].left--; open[len(open)-1].left > 0 {
				break
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return nil, errors.New("its schema has fewer columns than it says")
	}
	return leaves, nil
}

// auditChunk goes through the pages of a column in a group of rows.
func auditChunk(f io.ReaderAt, size int64, m *format.ColumnMetaData, leaf *leafColumn, most int) error {
	at, left := m.DataPageOffset, m.TotalCompressedSize
	if m.DictionaryPageOffset > 0 {
		at = min(at, m.DictionaryPageOffset)
	}
	if at < 0 || left < 0 || at > size || left > size-at {
		return fmt.Errorf("%s from byte %d on, in a file of %d", plural.Of(left, "byte"), at, size)
	}
	for left > 0 {
		head, err := thriftSize(io.NewSectionReader(f, at, left), left)
		if err != nil {
			return fmt.Errorf("the header of a page has %w", err)
		}
		var page format.PageHeader
		in := io.NewSectionReader(f, at, head)
		if err := thriftcodec.NewDecoder(new(thriftcodec.CompactProtocol).NewReader(in)).Decode(&page); err != nil {
			return fmt.Errorf("a page has no readable header: %w", err)
		}
		at, left = at+head, left-head
		packed, long := int64(page.CompressedPageSize), int64(page.UncompressedPageSize)
		if packed < 0 || packed > left || max(packed, long) > int64(documentRows*most) || long < 0 {
			return fmt.Errorf("a page of %s, %d unpacked, where %d are left", plural.Of(packed, "byte"), long, left)
		}
		values, levels, codec := int64(0), int64(0), m.Codec
		content := encoded{most: int64(documentRows * most)}
		switch page.Type {
		case format.DataPage:
			h := &page.DataPageHeader.V
			values = int64(h.NumValues)
			content.repetition, content.definition, content.encoding = h.RepetitionLevelEncoding, h.DefinitionLevelEncoding, h.Encoding
		case format.DictionaryPage:
			values = int64(page.DictionaryPageHeader.V.NumValues)
		case format.DataPageV2: // its levels are not compressed
			h := &page.DataPageHeaderV2.V
			values, levels = int64(h.NumValues), int64(h.RepetitionLevelsByteLength)+int64(h.DefinitionLevelsByteLength)
			if h.RepetitionLevelsByteLength < 0 || h.DefinitionLevelsByteLength < 0 || levels > min(packed, long) {
				return fmt.Errorf("a page of %s with levels of %d", plural.Of(packed, "byte"), levels)
			}
			if h.IsCompressed.Valid && !h.IsCompressed.V {
				codec = format.Uncompressed
			}
			content.v2, content.encoding = h, h.Encoding
		}
		if values < 0 || values > m.NumValues || values > int64(most/4) {
			return fmt.Errorf("a page of %s in a column of %d", plural.Of(values, "value"), m.NumValues)
		}
		if n := int64(leaf.TypeLength.V); leaf.TypeLength.Valid && (n < 0 || n > int64(most) || n*values > int64(documentRows*most)) {
			return fmt.Errorf("a page of %s of %s each", plural.Of(values, "value"), plural.Of(n, "byte"))
		}
		if codec == format.Lz4Raw && 3*(packed-levels) > max(long-levels, leastBuffer) {
			return errLZ4
		}
		if content.data, err = unpacked(io.NewSectionReader(f, at+levels, packed-levels), codec, long-levels); err != nil {
			return err
		}
		if page.Type == format.DataPage || page.Type == format.DataPageV2 {
			content.values, content.levels = values, make([]byte, levels)
			if _, err := f.ReadAt(content.levels, at); err != nil {
				return err
			}
			if err := content.audit(leaf); err != nil {
				return err
			}
		}
		at, left = at+packed, left-packed
	}
	return nil
}

// unpacked is the data of a page, which must have so many bytes. It takes little more memory than that, and nothing
// for data that are too short for it.
func unpacked(in *io.SectionReader, codec format.CompressionCodec, want int64) ([]byte, error) {
	var out io.Reader
	var err error
	switch codec {
	case format.Snappy, format.Lz4Raw:
		return unpackedBlock(in, codec, want)
	case format.Gzip:
		out, err = gzip.NewReader(in)
	case format.Brotli:
		out = brotli.NewReader(in)
	case format.Zstd:
		var z *zstd.Decoder
		if z, err = zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true)); err == nil {
			defer z.Close()
			out = z
		}
	default: // not compressed, or the library refuses it
		return all(in)
	}
	if want == 0 && in.Size() == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, errPacked
	}
	data, err := io.ReadAll(io.LimitReader(out, want+1))
	if err != nil {
		return nil, errPacked
	}
	return exactly(data, want)
}

// errLZ4 is the error for a page that the library unpacks into a buffer of three times its packed bytes, if that is
// more than the unpacked ones: it then takes another buffer's bytes for the page.
var errLZ4 = errors.New("a page that LZ4 has not made three times smaller can't be read; write the file with Zstandard or Snappy")

// leastBuffer is how many bytes the library's buffers have at least.
const leastBuffer = 4096

var errPacked = errors.New("a page can't be unpacked")

// unpackedBlock unpacks data that are one block.
func unpackedBlock(in *io.SectionReader, codec format.CompressionCodec, want int64) ([]byte, error) {
	if want > 256*in.Size() { // the ratio of LZ4 is at most 255, that of Snappy 22
		return nil, fmt.Errorf("a page of %s that unpacks to %d", plural.Of(in.Size(), "byte"), want)
	}
	if want == 0 && in.Size() == 0 {
		return nil, nil
	}
	block, err := all(in)
	if err != nil {
		return nil, err
	}
	if codec == format.Lz4Raw {
		data := make([]byte, want)
		n, err := lz4.UncompressBlock(block, data) // the library's own loop doubles its memory until this succeeds
		if err != nil {
			return nil, errPacked
		}
		return exactly(data[:n], want)
	}
	n, err := snappy.DecodedLen(block)
	if err != nil {
		return nil, errPacked
	}
	if int64(n) != want {
		return nil, wrongSize(int64(n), want)
	}
	data, err := snappy.Decode(nil, block)
	if err != nil {
		return nil, errPacked
	}
	return data, nil
}

// all is what a section has.
func all(in *io.SectionReader) ([]byte, error) {
	data := make([]byte, in.Size())
	_, err := io.ReadFull(in, data)
	return data, err
}

func exactly(data []byte, want int64) ([]byte, error) {
	if n := int64(len(data)); n != want {
		return nil, wrongSize(n, want)
	}
	return data, nil
}

func wrongSize(n, want int64) error {
	return fmt.Errorf("a page unpacks to at least %s, not to %d", plural.Of(n, "byte"), want)
}
