package interop

import (
	"archive/zip"
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
)

// Limits of what a zip may hold.
const (
	largestMember = longestDocument // bytes of one member
	mostInflated  = 2000            // how many times a zip's own size its members may have, beyond 1 GiB
	mostMembers   = 2_000_000
)

// evalFile is an .eval file.
type evalFile struct {
	path    string
	members map[string]*zip.File
}

// eachEval reads a log that is a zip file.
func eachEval(name string, r inspectReader) error {
	f, err := rows.OpenFile(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return rows.Unreadable(name, err)
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return place.Errorf(name, 0, "no complete zip file: %w; get a complete copy", err)
	}
	z.RegisterDecompressor(zstdMethod, unzstd)
	if len(z.File) > mostMembers {
		return place.Errorf(name, 0, "%s; assay reads at most %d", plural.Of(len(z.File), "member"), mostMembers)
	}
	e := evalFile{name, map[string]*zip.File{}}
	var inflated uint64
	var samples []*zip.File
	for _, m := range z.File {
		if _, twice := e.members[m.Name]; twice {
			return place.Errorf(name, 0, "the member %.80q appears twice; get a complete copy", m.Name)
		}
		e.members[m.Name] = m
		if dir, file := path.Split(m.Name); strings.HasPrefix(dir, "samples/") && (dir == "samples/" && strings.HasSuffix(file, ".json") || file == "sample.json") {
			samples = append(samples, m)
			inflated += m.UncompressedSize64
		}
	}
	if inflated > 1<<30+mostInflated*uint64(info.Size()) {
		return place.Errorf(name, 0, "its samples would have %d GB, more than a log of this size can have; get a complete copy", inflated/1e9)
	}
	var head inspectHead
	switch {
	case e.members["header.json"] != nil:
		err = e.decode("header.json", &head)
	case e.members["_journal/start.json"] != nil: // the evaluation was killed, or still runs
		head.Status = "started"
		err = e.decode("_journal/start.json", &head)
	default:
		err = place.Errorf(name, 0, "no header.json in it; name a log of Inspect")
	}
	if err != nil {
		return err
	}
	if err := r.head(&head); err != nil {
		return err
	}
	slices.SortStableFunc(samples, func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) })
	for _, m := range samples {
		var s inspectSample
		err := e.decode(m.Name, &s)
		if meta := strings.TrimSuffix(m.Name, "sample.json") + "metadata.json"; err == nil && meta != m.Name && e.members[meta] != nil && s.Metadata == nil {
			err = e.decode(meta, &s.Metadata)
		}
		if err := r.sample(0, &s, err); err != nil {
			return err
		}
	}
	if e.members["reductions.json"] == nil || r.reduction == nil {
		return nil
	}
	var all []inspectReduction
	if err := e.decode("reductions.json", &all); err != nil {
		return err
	}
	for i := range all {
		if err := r.reduction(&all[i]); err != nil {
			return place.Within(name, 0, err)
		}
	}
	return nil
}

const zstdMethod = 93 // of zip

// unzstd reads a member that is packed by Zstandard.
func unzstd(r io.Reader) io.ReadCloser {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(128<<20))
	if err != nil {
		return io.NopCloser(failing{err})
	}
	return z.IOReadCloser()
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }

// decode reads a member that is one JSON value.
func (e *evalFile) decode(name string, v any) error {
	fault := func(err error) error { // the line is that of the member, which is no file
		if placed, ok := place.Of(err); ok {
			err = placed.Err
		}
		return place.Errorf(e.path, 0, "member %.120s: %w", name, err)
	}
	m := e.members[name]
	if m.UncompressedSize64 > largestMember {
		return fault(fmt.Errorf("more than %d MiB; assay reads smaller ones", largestMember>>20))
	}
	in, err := m.Open()
	if err != nil {
		return fault(err)
	}
	defer in.Close()
	d, err := newDocument(name, io.LimitReader(in, largestMember))
	if err != nil {
		return fault(err)
	}
	if err := d.decode(v); err != nil {
		return fault(err)
	}
	if err := d.end(); err != nil {
		return fault(err)
	}
	return nil
}
