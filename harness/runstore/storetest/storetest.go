// Package storetest is the conformance suite of [runstore.Store]: what every store
// must do with a stream, and that every kind of record survives it.
package storetest

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"assay/harness/runstore"
)

// Test runs the suite. newStore makes an empty store for each part.
func Test(t *testing.T, newStore func(t *testing.T) runstore.Store) {
	parts := []struct {
		name string
		test func(*testing.T, runstore.Store)
	}{
		{"nothing is there before commit", testUncommitted},
		{"commit publishes the bytes", testCommit},
		{"abort leaves the earlier stream", testAbort},
		{"abort after commit does nothing", testAbortAfterCommit},
		{"a stream ends once", testEnded},
		{"a reader keeps the stream that it opened", testReplace},
		{"the last commit wins", testLastCommit},
		{"streams are separate", testApart},
		{"paths name the stream", testPath},
		{"appending keeps the given size", testAppend},
		{"what is appended is visible", testReadAt},
		{"what is removed is gone", testRemove},
		{"a journal that was cut off anywhere can be continued", testJournal},
		{"a journal is shared", testJournalShared},
		{"kinds", testKinds},
		{"manifest", testManifest},
	}
	for _, p := range parts {
		t.Run(p.name, func(t *testing.T) { p.test(t, newStore(t)) })
	}
}

const name = "stream.jsonl"

func create(t *testing.T, s runstore.Store, name, content string) runstore.Pending {
	t.Helper()
	p, err := s.Create(name)
	if err != nil {
		t.Fatalf("create %s: %v", name, err)
	}
	// In two writes, which a store must join.
	for _, part := range []string{content[:len(content)/2], content[len(content)/2:]} {
		if n, err := io.WriteString(p, part); err != nil || n != len(part) {
			t.Fatalf("write %s: %d bytes, %v; want %d bytes", name, n, err, len(part))
		}
	}
	return p
}

func put(t *testing.T, s runstore.Store, name, content string) {
	t.Helper()
	if err := create(t, s, name, content).Commit(); err != nil {
		t.Fatalf("commit %s: %v", name, err)
	}
}

func content(t *testing.T, s runstore.Store, name string) string {
	t.Helper()
	r, err := s.Open(name)
	if err != nil {
		t.Fatalf("open %s: %v", name, err)
	}
	data, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return string(data)
}

func expect(t *testing.T, s runstore.Store, name, want string) {
	t.Helper()
	if got := content(t, s, name); got != want {
		t.Errorf("%s holds %q, want %q", name, got, want)
	}
}

func expectAbsent(t *testing.T, s runstore.Store, name string) {
	t.Helper()
	r, err := s.Open(name)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open %s: error %v, want fs.ErrNotExist", name, err)
	}
	if err == nil {
		r.Close()
	}
}

func testUncommitted(t *testing.T, s runstore.Store) {
	expectAbsent(t, s, name)
	p := create(t, s, name, "half a line")
	expectAbsent(t, s, name)
	if err := p.Abort(); err != nil {
		t.Errorf("abort: %v", err)
	}
	expectAbsent(t, s, name)
}

func testCommit(t *testing.T, s runstore.Store) {
	for _, want := range []string{"", "one\ntwo\n", "\x00\xff binary", strings.Repeat("long ", 1<<18)} {
		put(t, s, name, want)
		if got := content(t, s, name); got != want {
			t.Errorf("a stream of %d bytes came back as %d bytes", len(want), len(got))
		}
	}
}

func testAbort(t *testing.T, s runstore.Store) {
	put(t, s, name, "old")
	p := create(t, s, name, "new")
	if err := p.Abort(); err != nil {
		t.Errorf("abort: %v", err)
	}
	if err := p.Abort(); err != nil {
		t.Errorf("second abort: %v", err)
	}
	expect(t, s, name, "old")
}

func testAbortAfterCommit(t *testing.T, s runstore.Store) {
	p := create(t, s, name, "new")
	if err := p.Commit(); err != nil {
		t.Fatalf("commit: %v", err)
	}
	if err := p.Abort(); err != nil {
		t.Errorf("abort after commit: %v", err)
	}
	expect(t, s, name, "new")
}

func testEnded(t *testing.T, s runstore.Store) {
	for _, end := range []struct {
		name string
		end  func(runstore.Pending) error
	}{{"commit", runstore.Pending.Commit}, {"abort", runstore.Pending.Abort}} {
		put(t, s, name, "old")
		p := create(t, s, name, "new")
		if err := end.end(p); err != nil {
			t.Fatalf("%s: %v", end.name, err)
		}
		before := content(t, s, name)
		if err := p.Commit(); err == nil {
			t.Errorf("commit after %s: no error", end.name)
		}
		if _, err := io.WriteString(p, "more"); err == nil {
			t.Errorf("write after %s: no error", end.name)
		}
		expect(t, s, name, before)
	}
}

func testReplace(t *testing.T, s runstore.Store) {
	old, later := strings.Repeat("old ", 50_000), strings.Repeat("later", 60_000)
	put(t, s, name, old)
	r, err := s.Open(name)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer r.Close()
	head := make([]byte, 10)
	if _, err := io.ReadFull(r, head); err != nil {
		t.Fatalf("read: %v", err)
	}
	put(t, s, name, later)
	rest, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read the rest: %v", err)
	}
	if string(head)+string(rest) != old {
		t.Errorf("a reader of the old stream saw something else after %q", head)
	}
	expect(t, s, name, later)
}

func testLastCommit(t *testing.T, s runstore.Store) {
	first, second := create(t, s, name, "first"), create(t, s, name, "second")
	for _, step := range []struct {
		p    runstore.Pending
		want string
	}{{second, "second"}, {first, "first"}} {
		if err := step.p.Commit(); err != nil {
			t.Fatalf("commit: %v", err)
		}
		expect(t, s, name, step.want)
	}
}

func testApart(t *testing.T, s runstore.Store) {
	a, b := create(t, s, "a.jsonl", "of a"), create(t, s, "b.jsonl", "of b")
	if err := errors.Join(b.Commit(), a.Commit()); err != nil {
		t.Fatalf("commit: %v", err)
	}
	expect(t, s, "a.jsonl", "of a")
	expect(t, s, "b.jsonl", "of b")
}

func testPath(t *testing.T, s runstore.Store) {
	if got := s.Path(name); !strings.HasSuffix(got, name) {
		t.Errorf("path %q does not end in %q", got, name)
	}
	if s.Path("a") == s.Path("b") {
		t.Errorf("two streams share the path %q", s.Path("a"))
	}
}
