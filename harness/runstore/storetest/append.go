package storetest

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/runstore"
	"assay/models"
)

// extend appends to a stream after its first size bytes.
func extend(t *testing.T, s runstore.Store, size int64, more string) {
	t.Helper()
	a, err := s.Append(name, size)
	if err != nil {
		t.Fatalf("append: %v", err)
	}
	if n, err := io.WriteString(a, more); err != nil || n != len(more) {
		t.Errorf("write: %d bytes, %v", n, err)
	}
	if err := errors.Join(a.Sync(), a.Close()); err != nil {
		t.Errorf("end: %v", err)
	}
}

func testAppend(t *testing.T, s runstore.Store) {
	extend(t, s, 0, "one\n")
	expect(t, s, name, "one\n")
	extend(t, s, 4, "two\n")
	expect(t, s, name, "one\ntwo\n")
	extend(t, s, 5, "wo, again\n")
	expect(t, s, name, "one\ntwo, again\n")
	if _, err := s.Append(name, 1000); err == nil {
		t.Error("a stream was continued after its end")
	}
	expect(t, s, name, "one\ntwo, again\n")
	extend(t, s, 0, "new\n")
	expect(t, s, name, "new\n")
	put(t, s, name, "committed\n")
	extend(t, s, 10, "and more\n")
	expect(t, s, name, "committed\nand more\n")
}

// Readers that are already open see what is appended.
func testReadAt(t *testing.T, s runstore.Store) {
	extend(t, s, 0, "one\n")
	r, err := s.Open(name)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer r.Close()
	if n, err := r.ReadAt(make([]byte, 4), 4); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %d bytes, %v; want io.EOF", n, err)
	}
	extend(t, s, 4, "two\n")
	got := make([]byte, 4)
	if n, err := r.ReadAt(got, 4); n != 4 || err != nil && !errors.Is(err, io.EOF) || string(got) != "two\n" {
		t.Errorf("what was appended: %q, %v", got[:n], err)
	}
	if n, err := r.ReadAt(got, 6); n != 2 || !errors.Is(err, io.EOF) {
		t.Errorf("across the end: %d bytes, %v; want 2 and io.EOF", n, err)
	}
}

func testRemove(t *testing.T, s runstore.Store) {
	if err := s.Remove(name); err != nil {
		t.Errorf("remove a missing stream: %v", err)
	}
	put(t, s, name, "one\n")
	put(t, s, "other.jsonl", "two\n")
	if err := s.Remove(name); err != nil {
		t.Errorf("remove: %v", err)
	}
	if _, err := s.Open(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open what was removed: %v, want fs.ErrNotExist", err)
	}
	expect(t, s, "other.jsonl", "two\n")
}

// testJournal cuts a journal at every byte, as a kill may. What reads must be its
// first records; it can be continued, and then nothing is lost.
func testJournal(t *testing.T, s runstore.Store) {
	kind, records := runstore.Answers(), completions()
	journal(t, s, records, true)
	if diff := cmp.Diff(records, readAll(t, s, kind)); diff != "" {
		t.Errorf("journal (-want +got):\n%s", diff)
	}
	whole := content(t, s, kind.File())
	for cut := range len(whole) {
		short, err := s.Append(kind.File(), int64(cut))
		if err != nil {
			t.Fatalf("cut at byte %d: %v", cut, err)
		}
		if err := short.Close(); err != nil {
			t.Fatalf("cut at byte %d: %v", cut, err)
		}
		kept := journal(t, s, nil, false)
		if len(kept) > len(records) || !slices.EqualFunc(kept, records[:len(kept)], func(a, b models.Completion) bool { return cmp.Equal(a, b) }) {
			t.Fatalf("cut at byte %d: kept %+v", cut, kept)
		}
		journal(t, s, records[len(kept):], false)
		if content(t, s, kind.File()) != whole {
			t.Fatalf("cut at byte %d: continued, it has other bytes", cut)
		}
	}
}

// journal continues the journal with records, each of which is read back from its place,
// and returns the records before them. With sync it syncs the journal before it closes it.
func journal(t *testing.T, s runstore.Store, records []models.Completion, sync bool) (kept []models.Completion) {
	t.Helper()
	j, err := runstore.Answers().Journal(s, func(r runstore.Located[models.Completion]) error {
		kept = append(kept, *r.Record)
		return nil
	})
	if err != nil {
		t.Fatalf("journal: %v", err)
	}
	r, err := runstore.Answers().OpenAt(s)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	for i := range records {
		at, err := j.Append(&records[i])
		if err != nil {
			t.Fatalf("append: %v", err)
		}
		if got, err := r.Read(at); err != nil || !cmp.Equal(*got, records[i]) {
			t.Errorf("record %d at %+v: %+v, %v", i, at, got, err)
		}
	}
	if sync {
		if err := j.Sync(); err != nil {
			t.Errorf("sync: %v", err)
		}
	}
	if err := errors.Join(j.Close(), r.Close()); err != nil {
		t.Errorf("end: %v", err)
	}
	return kept
}

// Several goroutines may append at once: each record is complete, and at its
// returned place.
func testJournalShared(t *testing.T, s runstore.Store) {
	kind := runstore.Answers()
	j, err := kind.Journal(s, func(runstore.Located[models.Completion]) error { return nil })
	if err != nil {
		t.Fatalf("journal: %v", err)
	}
	r, err := kind.OpenAt(s)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer r.Close()
	records := completions()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range records {
				at, err := j.Append(&records[i])
				if err != nil {
					t.Errorf("append: %v", err)
					return
				}
				if got, err := r.Read(at); err != nil || !cmp.Equal(*got, records[i]) {
					t.Errorf("record at %+v: %+v, %v", at, got, err)
				}
			}
		})
	}
	wg.Wait()
	if err := j.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if n := len(readAll(t, s, kind)); n != 8*len(records) {
		t.Errorf("%d records, want %d", n, 8*len(records))
	}
}
