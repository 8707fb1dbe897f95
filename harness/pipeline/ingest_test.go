package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"assay/harness"
	"assay/harness/interop"
	"assay/harness/leaf/place"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/models"
	"assay/suites"
)

func TestIngestRefusesDuplicates(t *testing.T) {
	in := ingest(t, &runstore.Memory{})
	defer in.Abort()
	ex := suites.NewExample("quiz", "1+1?", []string{"2"}, "easy")
	other := suites.NewExample("quiz", "1+1?", []string{"3"}, "easy")
	plain := suites.NewExample("quiz", "1+1?", []string{"2"}, "")
	moved := suites.NewExample("quiz", "1+1?", []string{"2"}, "hard")
	c := completion("quiz", "1+1?", "zero", "sft", "two")
	changed, second, few := c, c, c
	changed.Text, second.Sample, few.Condition = "three", 1, "few"
	j := judgement("quiz", "length", "1+1?", "zero", "sft", 3)
	wrong, missing, labeled, elsewhere := j, j, j, against(j, "gpt")
	wrong.Value, missing.Value, missing.Missing, labeled.Labeler = []float64{4}, nil, "lost", "ann"
	for i, step := range []struct {
		add  func() error
		want error
	}{
		{func() error { return in.Example(ex) }, nil},
		{func() error { return in.Example(ex) }, nil},    // two models share it
		{func() error { return in.Example(plain) }, nil}, // a file that leaves the category out
		{func() error { return in.Example(other) }, interop.ErrConflict},
		{func() error { return in.Example(moved) }, interop.ErrConflict},
		{func() error { return in.Completion(c) }, nil},
		{func() error { return in.Completion(c) }, interop.ErrDuplicate},
		{func() error { return in.Completion(changed) }, interop.ErrConflict},
		{func() error { return in.Completion(second) }, nil},
		{func() error { return in.Completion(few) }, nil},
		{func() error { return in.Judgement(j) }, nil},
		{func() error { return in.Judgement(j) }, interop.ErrDuplicate},
		{func() error { return in.Judgement(wrong) }, interop.ErrConflict},
		{func() error { return in.Judgement(missing) }, interop.ErrConflict},
		{func() error { return in.Judgement(labeled) }, nil},
		{func() error { return in.Judgement(elsewhere) }, nil},
	} {
		in.At("a.csv", 2+i)
		if i == 15 {
			in.At("b.csv", 2)
		}
		if err := step.add(); !errors.Is(err, step.want) {
			t.Errorf("step %d: error %v, want %v", i, err, step.want)
		}
	}
	// The error has the place of the first record.
	if again, ok := errors.AsType[*interop.Repeated](in.Judgement(wrong)); !ok || again.First != (place.Seen{File: "a.csv", Line: 12}) {
		t.Errorf("the first judgement is at %+v, want a.csv:12", again)
	}
	if again, ok := errors.AsType[*interop.Repeated](in.Judgement(elsewhere)); !ok || again.First != (place.Seen{File: "b.csv", Line: 2}) {
		t.Errorf("the last judgement is at %+v, want b.csv:2", again)
	}
	want := []harness.Count{{Suite: "quiz", Examples: 1, Completions: 3, Attempted: 3, Scored: 3}}
	if !reflect.DeepEqual(in.Counts(), want) {
		t.Errorf("counts %+v, want %+v", in.Counts(), want)
	}
}

func TestIngestManifest(t *testing.T) {
	store := &runstore.Memory{}
	in := ingest(t, store)
	for _, model := range []string{"sft-175b", "mystery", "sft-175b"} {
		c := completion("quiz", "q", "zero", model, "a")
		if err := in.Completion(c); err != nil && !errors.Is(err, interop.ErrDuplicate) {
			t.Fatal(err)
		}
	}
	if err := in.Judgement(judgement("quiz", "length", "q", "zero", "mystery")); err != nil {
		t.Fatal(err)
	}
	in.Source(harness.Source{Name: "f.csv", Bytes: 3})
	if err := in.CommitCompletions(); err != nil {
		t.Fatal(err)
	}
	m, err := in.Commit()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Models) != 2 || m.Models[0].Family != "sft" || m.Models[0].Parameters != 175e9 || m.Models[1].Name != "mystery" {
		t.Errorf("models %+v", m.Models)
	}
	if c := m.Counts[0]; c.Attempted != 1 || c.Missing != 1 || c.Scored != 0 || c.Completions != 2 {
		t.Errorf("counts %+v", c)
	}
	if len(m.Plan.Sources) != 1 || m.Schema != harness.ManifestSchema {
		t.Errorf("sources %v, schema %d", m.Plan.Sources, m.Schema)
	}
	if err := in.Abort(); err != nil {
		t.Errorf("abort after commit: %v", err)
	}
	for j, err := range runstore.Judgements().Read(store) {
		if err != nil || j.Scored() || j.Value != nil {
			t.Errorf("judgement %+v, %v: a missing one is never a number", j, err)
		}
	}
}

// judgedStore holds examples and completions.
func judgedStore(t *testing.T, examples []string, completions ...models.Completion) runstore.Store {
	t.Helper()
	store := &runstore.Memory{}
	var exs []suites.Example
	for _, q := range examples {
		exs = append(exs, suites.NewExample("quiz", q, nil, ""))
	}
	if err := errors.Join(runstore.Examples().WriteAll(store, exs), runstore.Completions().WriteAll(store, completions)); err != nil {
		t.Fatal(err)
	}
	return store
}

func TestJudge(t *testing.T) {
	a := completion("quiz", "a", "zero", "sft", "four")
	b := completion("quiz", "b", "zero", "sft", "")
	c := completion("quiz", "a", "zero", "gpt", "seven77")
	other := completion("toxic", "x", "", "sft", "rude") // a suite without a judge
	store := judgedStore(t, []string{"b", "a"}, a, other, b, c)
	var got []metrics.Judgement
	var progress bytes.Buffer
	err := pipeline.Judge(context.Background(), store, small(), func(j metrics.Judgement) error { got = append(got, j); return nil }, &progress)
	if err != nil || len(got) != 3 || progress.Len() != 3 {
		t.Fatalf("%d judgements, %d steps, %v", len(got), progress.Len(), err)
	}
	// In the completions' order, not the examples'.
	if got[0].Value[0] != 4 || got[1].Missing != "empty" || got[1].Value != nil || got[2].Model != "gpt" || got[2].Value[0] != 7 {
		t.Errorf("judgements %+v", got)
	}
}

func TestJudgeErrors(t *testing.T) {
	keep := func(metrics.Judgement) error { return nil }
	full := errors.New("disk full")
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	good := completion("quiz", "a", "zero", "sft", "four")
	for _, c := range []struct {
		name     string
		ctx      context.Context
		examples []string
		text     models.Completion
		add      func(metrics.Judgement) error
		is       error
		says     string
	}{
		{"no example", context.Background(), []string{"b"}, good, keep, nil, "its example " + good.Example + " is not in the run"},
		{"judge fails", context.Background(), []string{"a"}, completion("quiz", "a", "zero", "sft", "fail"), keep, errJudge, "of sft"},
		{"sink fails", context.Background(), []string{"a"}, good, func(metrics.Judgement) error { return full }, full, good.ID},
		{"cancelled", cancelled, []string{"a"}, good, keep, context.Canceled, ""},
	} {
		var progress bytes.Buffer
		err := pipeline.Judge(c.ctx, judgedStore(t, c.examples, c.text), small(), c.add, &progress)
		if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v", c.name, err)
		}
		if progress.Len() != 0 {
			t.Errorf("%s: %d steps of progress", c.name, progress.Len())
		}
	}
	// Without a judge nothing is read, so that a store without completions will do.
	silent := slices.DeleteFunc(small(), func(s suites.Suite) bool { return s.Judge != nil })
	if err := pipeline.Judge(context.Background(), &runstore.Memory{}, silent, keep, nil); err != nil {
		t.Errorf("no judge: %v", err)
	}
}

// An example that is first read without a category stays without, and the user gets a notice.
func TestIngestCategoriesThatComeLater(t *testing.T) {
	var notices []string
	in, err := pipeline.NewIngest(&runstore.Memory{}, func(s string) { notices = append(notices, s) }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Abort()
	for i, step := range []struct {
		input, category string
		want            error
	}{
		{"a", "", nil}, {"b", "", nil}, {"c", "x", nil}, {"a", "x", nil}, {"a", "x", nil}, {"b", "y", nil}, {"c", "", nil},
		{"a", "y", interop.ErrConflict}, {"a", "", nil}, {"c", "y", interop.ErrConflict},
	} {
		if err := in.Example(suites.NewExample("quiz", step.input, nil, step.category)); !errors.Is(err, step.want) {
			t.Errorf("step %d: error %v, want %v", i, err, step.want)
		}
	}
	if err := in.CommitCompletions(); err != nil {
		t.Fatal(err)
	}
	want := []string{"2 examples read without a category before a file that has it; name the file with categories first"}
	if !slices.Equal(notices, want) || in.Counts()[0].Examples != 3 {
		t.Errorf("notices %q of %d examples, want %q of 3", notices, in.Counts()[0].Examples, want)
	}
}

// Names that look alike are different, and the import says so: here a model's, a labeler's, a
// category's and a cluster's.
func TestIngestLookalikes(t *testing.T) {
	var notices []string
	in, err := pipeline.NewIngest(&runstore.Memory{}, func(s string) { notices = append(notices, s) }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range []struct{ category, cluster, model, labeler string }{
		{"land", "d1", "sft", "Ann"}, {"sea", "d2", "gpt", "Bo"}, {"Land", "D1", "sft ", "ann"}, {"land", "d1 ", "gpt", "Ann"},
	} {
		ex := suites.NewExample("quiz", strings.Repeat("1", i+1), nil, x.category)
		ex.Cluster = x.cluster
		j := judgement("quiz", "length", ex.Input, "zero", x.model, 3)
		j.Example, j.Labeler = ex.ID, x.labeler
		if err := errors.Join(in.Example(ex), in.Judgement(j)); err != nil {
			t.Fatal(err)
		}
	}
	if err := in.CommitCompletions(); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Commit(); err != nil {
		t.Fatal(err)
	}
	want := []string{`1 model differs from another only in capital letters, white space, invisible characters or Unicode's form, such as "sft " and "sft"`, `1 labeler differs from another only in capital letters`, `1 category differs from another only in capital letters`, `1 cluster differs from another only in white space`}
	if len(notices) != len(want) {
		t.Fatalf("notices %q", notices)
	}
	for i := range want {
		if !strings.HasPrefix(notices[i], want[i]) {
			t.Errorf("notice %q, want %q", notices[i], want[i])
		}
	}
}
