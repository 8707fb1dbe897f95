package interop

import (
	"io"

	"assay/harness/leaf/rows"
)

// inspectReader takes the parts of a log: its head, its samples, and their reductions.
type inspectReader struct {
	head      func(*inspectHead) error
	sample    func(line int, s *inspectSample, err error) error
	reduction func(*inspectReduction) error
}

// eachInspect reads a log from in, or a zip by its path.
func eachInspect(path string, in io.Reader, r inspectReader) error {
	if isEval(path) {
		return eachEval(path, r)
	}
	if in == nil {
		f, err := rows.OpenFile(path)
		if err != nil {
			return err
		}
		defer f.Close()
		in = rows.NewBounded(path, f, longestDocument)
	}
	d, err := newDocument(path, in)
	if err != nil {
		return err
	}
	return r.document(d)
}

// document reads a log that is one JSON object.
func (r inspectReader) document(d *document) error {
	var head inspectHead
	begun := false
	begin := func() error {
		if begun {
			return nil
		}
		begun = true
		return r.head(&head)
	}
	err := d.members(func(name string) error {
		switch name {
		case "status":
			return d.decode(&head.Status)
		case "eval":
			return d.decode(&head.Eval)
		case "plan":
			return d.decode(&head.Plan)
		case "results":
			return d.decode(&head.Results)
		case "samples":
			if err := begin(); err != nil {
				return err
			}
			if d.PeekKind() == 'n' {
				return d.skip()
			}
			return d.elements(func() error {
				var s inspectSample
				err := d.row(&s)
				if err != nil && !isSemantic(err) {
					return err
				}
				return r.sample(d.line(), &s, err)
			})
		case "reductions":
			if err := begin(); err != nil {
				return err
			}
			if d.PeekKind() == 'n' || r.reduction == nil {
				return d.skip()
			}
			return d.elements(func() error {
				var red inspectReduction
				if err := d.decode(&red); err != nil {
					return err
				}
				return r.reduction(&red)
			})
		}
		return d.skip()
	})
	if err != nil {
		return err
	}
	if err := begin(); err != nil {
		return err
	}
	return d.end()
}
