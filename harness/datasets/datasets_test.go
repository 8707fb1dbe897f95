package datasets_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/harness/datasets"
	"assay/harness/suitefile"
)

// People edit the registry: every entry must be complete.
func TestRegistryIsWhole(t *testing.T) {
	names, paths := map[string]bool{}, map[string]bool{}
	for _, s := range datasets.All() {
		if s.Name == "" || strings.ContainsAny(s.Name, " ,/") || names[s.Name] || s.Licence == "" || s.Note == "" {
			t.Errorf("%+v: its name is invalid or repeated, or licence or note is empty", s)
		}
		names[s.Name] = true
		if u, err := url.Parse(s.Home); err != nil || u.Scheme != "https" || u.Host == "" {
			t.Errorf("%s: home %q", s.Name, s.Home)
		}
		if (len(s.Files) == 0) == (s.Place == "") {
			t.Errorf("%s: %d files and the place %q; want one of the two", s.Name, len(s.Files), s.Place)
		}
		for _, suite := range s.Suites {
			if _, ok := suitefile.Find(suite); !ok {
				t.Errorf("%s: no suite %q", s.Name, suite)
			}
		}
		for _, f := range s.Files {
			u, err := url.Parse(f.URL)
			if err != nil || u.Scheme != "https" || path.Ext(u.Path) != path.Ext(f.Path) {
				t.Errorf("%s: address %q", f.Path, f.URL)
			}
			if sum, err := hex.DecodeString(f.SHA256); err != nil || len(sum) != 32 || f.Bytes <= 0 {
				t.Errorf("%s: %d bytes, SHA-256 %q", f.Path, f.Bytes, f.SHA256)
			}
			if !filepath.IsLocal(f.Path) || path.Clean(f.Path) != f.Path || paths[f.Path] {
				t.Errorf("%s: not a place below a folder, or another file's place", f.Path)
			}
			paths[f.Path] = true
		}
	}
}

// The registry knows each suite's usual places, so that pulling helps, or the list says where to
// get the files.
func TestSuitesPlacesAreKnown(t *testing.T) {
	unlisted := map[string]bool{
		"alpaca_eval/alpaca_eval.json": true, // from the Hugging Face hub, without a registry entry
		"text/held-out.jsonl":          true, // texts of the user's own
	}
	places := 0
	for _, s := range suitefile.Catalog() {
		if s.Live == nil {
			continue
		}
		for _, place := range []string{s.Live.Data, s.Live.Shots} {
			if place == "" || unlisted[place] {
				continue
			}
			places++
			if set, ok := datasets.At(place); !ok || !slices.Contains(set.Suites, s.Name) {
				t.Errorf("%s reads %s, and the registry has no set of this suite with it", s.Name, place)
			}
		}
	}
	if places < 25 {
		t.Errorf("%d places", places)
	}
	if set, ok := datasets.At(""); ok {
		t.Errorf("no place is that of %s", set.Name)
	}
}

func TestFind(t *testing.T) {
	for _, name := range datasets.Names() {
		if s, ok := datasets.Find(name); !ok || s.Name != name {
			t.Errorf("find %s: %q, %v", name, s.Name, ok)
		}
	}
	if _, ok := datasets.Find("none"); ok {
		t.Error("found a set that doesn't exist")
	}
	for path, want := range map[string]string{
		"truthfulqa/mc_task.json": "truthfulqa", "drop/drop_dataset_dev.json": "drop", "wmt15/newsdiscusstest2015-fren-ref.en.sgm": "wmt15", "truthfulqa/none.json": "",
	} {
		if s, ok := datasets.At(path); s.Name != want || ok != (want != "") {
			t.Errorf("at %s: %q, %v; want %q", path, s.Name, ok, want)
		}
	}
}

const poem = "a rose\nis a rose\n"

// rose is a file with the sum of poem, by coreutils' sha256sum.
func rose() *datasets.File {
	return &datasets.File{Path: "poems/rose.txt", Bytes: 17, SHA256: roseSum}
}

func TestVerify(t *testing.T) {
	tests := []struct {
		name, content string // "" makes no file
		folder        bool   // a folder is in its place
		look, state   datasets.State
		what          string
	}{
		{name: "absent", look: datasets.Absent, state: datasets.Absent},
		{name: "right", content: poem, look: datasets.Present, state: datasets.Present},
		{name: "another size", content: poem[1:], look: datasets.Damaged, state: datasets.Damaged, what: "16 bytes, but the record says 17"},
		{name: "another byte", content: "A" + poem[1:], look: datasets.Present, state: datasets.Damaged, what: "SHA-256 "},
		{name: "a folder", folder: true, look: datasets.Damaged, state: datasets.Damaged, what: "not a file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir, f := t.TempDir(), rose()
			if tt.folder {
				mustMake(t, f.At(dir))
			}
			if tt.content != "" {
				put(t, f.At(dir), tt.content)
			}
			if look, err := f.Look(dir); look != tt.look || err != nil {
				t.Errorf("looks %q, %v; want %q", look, err, tt.look)
			}
			var read strings.Builder
			state, what, err := f.Verify(t.Context(), dir, &read)
			if state != tt.state || err != nil || !strings.HasPrefix(what, tt.what) || (tt.what == "") != (what == "") {
				t.Errorf("%q, %q, %v; want %q, %q", state, what, err, tt.state, tt.what)
			}
			if tt.look == datasets.Present && read.String() != tt.content {
				t.Errorf("progress has %q, want the complete file", read.String())
			}
		})
	}
	dir, f := t.TempDir(), rose()
	put(t, f.At(dir), poem)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := f.Verify(ctx, dir, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

// The record matches the published files.
func TestVerifyPublished(t *testing.T) {
	dir := os.Getenv("ASSAY_DATA")
	if dir == "" {
		t.Skip("ASSAY_DATA is not set: the real data sets are not checked")
	}
	here := 0
	for _, s := range datasets.All() {
		for _, f := range s.Files {
			state, what, err := f.Verify(t.Context(), dir, io.Discard)
			if err != nil || state == datasets.Damaged {
				t.Errorf("%s: %s %s, %v", f.Path, state, what, err)
			}
			if state == datasets.Present {
				here++
			}
		}
	}
	if here == 0 {
		t.Skip("no file of the registry is in ASSAY_DATA")
	}
}

func put(t *testing.T, path, content string) {
	t.Helper()
	mustMake(t, filepath.Dir(path))
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func mustMake(t *testing.T, folder string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
}

// below lists everything in a folder, including hidden files.
func below(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.Walk(dir, func(path string, _ os.FileInfo, err error) error {
		if path != dir {
			all = append(all, strings.TrimPrefix(filepath.ToSlash(path), filepath.ToSlash(dir)+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func ExampleFind() {
	s, ok := datasets.Find("mt-bench")
	fmt.Println(ok, s.Licence, s.Suites, s.Bytes())
	fmt.Println(s.Files[0].Path)
	// Output:
	// true Apache-2.0 [winrate] 48929
	// mt-bench/question.jsonl
}

const roseSum = "ad3c58bbfdcf2edfff8430895dbe51c6b58d57c3502f6654de2281cdfe33a590"
