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
// or has a page that unpacks to more than four times most bytes. The library takes the memory that
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
		for c := range columns {
			chunk := &columns[c].MetaData
			if first := m.RowGroups[0].Columns[c].MetaData.Codec; chunk.Codec != first {
				return fmt.Errorf("column %d is compressed with %v and with %v; write the file with one of them", c+1, first, chunk.Codec)
			}
			if err := auditChunk(f, size, chunk, leaves[c], most); err != nil {
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

// leavesOf are the columns of a schema that have values.
func leavesOf(schema []format.SchemaElement) ([]*format.SchemaElement, error) {
	var leaves []*format.SchemaElement
	var open []int32 // how many children each level still has
	for i := range schema {
		s := &schema[i]
		if i > 0 && len(open) == 0 {
			return nil, errors.New("its schema has two roots")
		}
		if n := s.NumChildren; n.Valid && n.V > 0 {
			if open = append(open, n.V); len(open) > mostDepth {
				return nil, errors.New("too many levels of nesting")
			}
			continue
		}
		if s.Type.Valid {
			leaves = append(leaves, s)
		}
		for len(open) > 0 {
			if open[len(open)-1]--; open[len(open)-1] > 0 {
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
func auditChunk(f io.ReaderAt, size int64, m *format.ColumnMetaData, leaf *format.SchemaElement, most int) error {
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
		packed, unpacked := int64(page.CompressedPageSize), int64(page.UncompressedPageSize)
		if packed < 0 || packed > left || unpacked < 0 || unpacked > int64(documentRows*most) {
			return fmt.Errorf("a page of %s, %d unpacked, where %d are left", plural.Of(packed, "byte"), unpacked, left)
		}
		values, levels, codec := int64(0), int64(0), m.Codec
		switch page.Type {
		case format.DataPage:
			values = int64(page.DataPageHeader.V.NumValues)
		case format.DictionaryPage:
			values = int64(page.DictionaryPageHeader.V.NumValues)
		case format.DataPageV2: // its levels are not compressed
			h := &page.DataPageHeaderV2.V
			values, levels = int64(h.NumValues), int64(h.RepetitionLevelsByteLength)+int64(h.DefinitionLevelsByteLength)
			if h.RepetitionLevelsByteLength < 0 || h.DefinitionLevelsByteLength < 0 || levels > min(packed, unpacked) {
				return fmt.Errorf("a page of %s with levels of %d", plural.Of(packed, "byte"), levels)
			}
			if h.IsCompressed.Valid && !h.IsCompressed.V {
				codec = format.Uncompressed
			}
		}
		if values < 0 || values > m.NumValues || values > int64(most/4) {
			return fmt.Errorf("a page of %s in a column of %d", plural.Of(values, "value"), m.NumValues)
		}
		if long := int64(leaf.TypeLength.V); leaf.TypeLength.Valid && (long < 0 || long > int64(most) || long*values > int64(documentRows*most)) {
			return fmt.Errorf("a page of %s of %s each", plural.Of(values, "value"), plural.Of(long, "byte"))
		}
		if err := unpacks(io.NewSectionReader(f, at+levels, packed-levels), codec, unpacked-levels); err != nil {
			return err
		}
		at, left = at+packed, left-packed
	}
	return nil
}

// unpacks returns an error if the data of a page doesn't unpack to so many bytes. It takes no more
// memory than that, and nothing for data that are too short for it.
func unpacks(in *io.SectionReader, codec format.CompressionCodec, want int64) error {
	var out io.Reader
	var err error
	switch codec {
	case format.Snappy, format.Lz4Raw:
		if want > 256*in.Size() { // the ratio of LZ4 is at most 255, that of Snappy 22
			return fmt.Errorf("a page of %s that unpacks to %d", plural.Of(in.Size(), "byte"), want)
		}
		if want == 0 && in.Size() == 0 {
			return nil
		}
		if codec == format.Snappy {
			head := make([]byte, min(in.Size(), binary.MaxVarintLen64))
			if _, err := io.ReadFull(in, head); err != nil {
				return err
			}
			n, err := snappy.DecodedLen(head)
			if err != nil {
				return errors.New("a page can't be unpacked")
			}
			return exactly(int64(n), want)
		}
		block := make([]byte, in.Size())
		if _, err := io.ReadFull(in, block); err != nil {
			return err
		}
		n, err := lz4.UncompressBlock(block, make([]byte, want)) // the library's own loop doubles its memory until this succeeds
		if err != nil {
			return errors.New("a page can't be unpacked")
		}
		return exactly(int64(n), want)
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
	default:
		return nil // not compressed, or the library refuses it
	}
	if want == 0 && in.Size() == 0 {
		return nil
	}
	if err != nil {
		return errors.New("a page can't be unpacked")
	}
	n, err := io.Copy(io.Discard, io.LimitReader(out, want+1))
	if err != nil {
		return errors.New("a page can't be unpacked")
	}
	return exactly(n, want)
}

func exactly(n, want int64) error {
	if n != want {
		return fmt.Errorf("a page unpacks to at least %s, not to %d", plural.Of(n, "byte"), want)
	}
	return nil
}
