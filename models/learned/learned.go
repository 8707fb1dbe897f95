// Package learned records which texts a judge has learned: a hash of each, beside the judge's
// model. Estimates that join people's labels with a judge's numbers assume that the judge has not
// seen the labels, so they look here first.
//
// The record is trained-on.json in the judge's folder:
//
//	{"schema": 1, "texts": ["001f2e...", ...]}
//
// Each entry is the first 64 bits of a SHA-256, as 16 hexadecimal digits, in ascending order, each
// once. The hash is of prompt, a zero byte, and output. Both are in lower case, and each run of white
// space is one space. The prompt is the question or the context that the judge saw with the text; it
// is empty if the judge saw the text alone.
package learned

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"assay/harness/leaf/outfile"
	"assay/harness/leaf/place"
)

// File is the name of the record in a judge's folder.
const File = "trained-on.json"

// schema is the version of the record.
const schema = 1

// Texts are the texts that a judge has learned, by their hashes.
type Texts struct {
	sorted []uint64
}

// Hash identifies an output after its prompt; the prompt is "" for an output alone.
func Hash(prompt, output string) uint64 {
	sum := sha256.Sum256([]byte(folded(prompt) + "\x00" + folded(output)))
	return binary.BigEndian.Uint64(sum[:8])
}

func folded(text string) string { return strings.Join(strings.Fields(strings.ToLower(text)), " ") }

// New makes a record of hashes, in any order and any number of times.
func New(hashes []uint64) *Texts {
	sorted := slices.Clone(hashes)
	slices.Sort(sorted)
	return &Texts{slices.Compact(sorted)}
}

// Len is the number of texts.
func (t *Texts) Len() int { return len(t.sorted) }

// Has reports whether the judge has learned an output: with this prompt, or alone.
func (t *Texts) Has(prompt, output string) bool {
	return t.has(Hash(prompt, output)) || t.has(Hash("", output))
}

func (t *Texts) has(hash uint64) bool {
	_, found := slices.BinarySearch(t.sorted, hash)
	return found
}

// record is the file's content.
type record struct {
	Schema int      `json:"schema"`
	Texts  []string `json:"texts"`
}

// Write writes the record into a folder, complete or not at all.
func (t *Texts) Write(dir string) error {
	r := record{Schema: schema, Texts: make([]string, len(t.sorted))}
	for i, h := range t.sorted {
		r.Texts[i] = fmt.Sprintf("%016x", h)
	}
	content, err := json.Marshal(&r)
	if err != nil {
		return err
	}
	return outfile.WriteBytes(filepath.Join(dir, File), append(content, '\n'))
}

// Open reads the record in a judge's folder. It is nil if the folder has none: then nobody knows what
// the judge has learned. Errors name the file and the remedy.
func Open(dir string) (*Texts, error) {
	path := filepath.Join(dir, File)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t, err := Parse(content)
	if err != nil {
		return nil, place.Errorf(path, 0, "%w; train the judge again", err)
	}
	return t, nil
}

// Parse reads the content of a record.
func Parse(content []byte) (*Texts, error) {
	var r record
	if err := json.Unmarshal(bytes.TrimSpace(content), &r, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("the record of learned texts is damaged: %w", err)
	}
	if r.Schema != schema {
		return nil, fmt.Errorf("the record of learned texts has schema %d; this version of assay reads %d", r.Schema, schema)
	}
	t := &Texts{make([]uint64, len(r.Texts))}
	for i, text := range r.Texts {
		h, err := strconv.ParseUint(text, 16, 64)
		if err != nil || len(text) != 16 || text != strings.ToLower(text) {
			return nil, fmt.Errorf("entry %d of the record of learned texts is %q, not 16 hexadecimal digits", i+1, text)
		}
		if i > 0 && h <= t.sorted[i-1] {
			return nil, fmt.Errorf("entry %d of the record of learned texts is not above the one before it", i+1)
		}
		t.sorted[i] = h
	}
	return t, nil
}
