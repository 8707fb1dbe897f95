package interop_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"assay/harness"
	"assay/harness/interop"
	"assay/harness/leaf/place"
	"assay/metrics"
	"assay/models"
	"assay/suites"
	"assay/suites/labels"
)

// recorder is a Sink that keeps everything.
type recorder struct {
	settings    []harness.Setting
	examples    []suites.Example
	completions []models.Completion
	judgements  []metrics.Judgement
	labels      []labels.Row
	sources     []harness.Source
	defined     []suites.Definition
	notices     []string
	read        int
	before      map[string]any
	places      map[string]place.Seen // of what is in before
	at          place.Seen
}

// first keeps the first content under a key and reports later ones.
func (r *recorder) first(content any, key ...any) error {
	if r.before == nil {
		r.before, r.places = map[string]any{}, map[string]place.Seen{}
	}
	k := fmt.Sprintf("%T%q", content, key)
	old, ok := r.before[k]
	switch {
	case !ok:
		r.before[k], r.places[k] = content, r.at
		return nil
	case reflect.DeepEqual(old, content):
		return &interop.Repeated{Err: interop.ErrDuplicate, First: r.places[k]}
	}
	return &interop.Repeated{Err: interop.ErrConflict, First: r.places[k]}
}

func (r *recorder) Example(ex suites.Example) error {
	content := ex
	content.Input = "" // may differ in white space
	switch err := r.first(content, ex.Suite, ex.ID); {
	case errors.Is(err, interop.ErrDuplicate):
		return nil
	case err != nil:
		return err
	}
	r.examples = append(r.examples, ex)
	return ex.Validate()
}

func (r *recorder) Completion(c models.Completion) error {
	if err := r.first(c, c.Suite, c.Example, c.Condition, c.Model, c.Sample); err != nil {
		return err
	}
	r.completions = append(r.completions, c)
	return c.Validate()
}

func (r *recorder) Judgement(j metrics.Judgement) error {
	if err := r.first(j, j.Suite, j.Example, j.Condition, j.Model, j.Baseline, j.Sample, j.Metric, j.Judge, j.Labeler); err != nil {
		return err
	}
	r.judgements = append(r.judgements, j)
	return j.Validate()
}

func (r *recorder) Label(row *labels.Row) error {
	if err := r.first(*row, row.SuiteName(), row.ExampleID(), row.Condition, row.Model, row.Sample, row.Labeler, row.Baseline, row.Item); err != nil {
		return err
	}
	r.labels = append(r.labels, *row)
	return nil
}

func (r *recorder) Define(d suites.Definition) error {
	r.defined = append(r.defined, d)
	return d.Validate()
}

func (r *recorder) Source(s harness.Source)   { r.sources = append(r.sources, s) }
func (r *recorder) Setting(s harness.Setting) { r.settings = append(r.settings, s) }

func (r *recorder) Notice(format string, args ...any) {
	r.notices = append(r.notices, fmt.Sprintf(format, args...))
}

func (r *recorder) At(path string, line int) { r.at = place.Seen{File: path, Line: line} }

func (r *recorder) Progress() io.Writer { return r }

func (r *recorder) Write(p []byte) (int, error) {
	r.read += len(p)
	return len(p), nil
}

// folder writes files into a new folder.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func importAll(t testing.TB, im interop.Importer, paths ...string) *recorder {
	t.Helper()
	r := new(recorder)
	if err := im.Import(context.Background(), paths, interop.Options{}, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// wantError imports and compares the error's start: "file:line: words".
func wantError(t *testing.T, im interop.Importer, dir, want string) {
	t.Helper()
	err := im.Import(context.Background(), []string{dir}, interop.Options{}, new(recorder))
	if err == nil {
		t.Fatalf("no error, want %s", want)
	}
	if got := strings.TrimPrefix(err.Error(), dir+string(filepath.Separator)); !strings.HasPrefix(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if strings.ContainsAny(err.Error(), "\n\r") {
		t.Errorf("the message has several lines: %q", err)
	}
	if placed, ok := place.Of(err); !ok || placed.Line == 0 {
		t.Errorf("error is a %T without a line", err)
	}
}

// value is the value of the only judgement of a model by a metric; nil if it is missing.
func (r *recorder) value(t *testing.T, model, metric string) []float64 {
	t.Helper()
	var found []metrics.Judgement
	for _, j := range r.judgements {
		if j.Model == model && j.Metric == metric {
			found = append(found, j)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d judgements of %s under %s, want 1", len(found), model, metric)
	}
	if found[0].Scored() != (found[0].Value != nil) {
		t.Errorf("judgement is both or neither scored and missing: %+v", found[0])
	}
	return found[0].Value
}
