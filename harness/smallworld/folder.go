package smallworld

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/fixtures/world"
	"assay/harness"
	"assay/harness/leaf/outfile"
	"assay/models/bpe"
)

// Files of a world's folder: ReadMe describes the others, and Manifest marks the folder as
// complete.
const (
	ReadMe   = "README.txt"
	Manifest = "manifest.json"
)

// manifest is manifest.json in a world's folder.
type manifest struct {
	Kind    string           `json:"kind"`
	Version string           `json:"assay"`
	Seed    uint64           `json:"seed"`
	Null    bool             `json:"null"`
	People  int              `json:"people"`
	Things  int              `json:"things"`
	Sizes   world.Sizes      `json:"sizes"`
	Files   []harness.Source `json:"files"`
}

// Write writes a world into a folder: its files, a tokenizer of its words, [ReadMe] and
// last the manifest. wrote is called after each of the files. It returns the number of
// words in the vocabulary.
func Write(ctx context.Context, dir string, w *world.World, sizes world.Sizes, wrote func(file world.File, bytes int64)) (words int, err error) {
	files := w.Files(sizes)
	m := manifest{
		Kind: "assay world", Version: harness.Version, Seed: w.Seed, Null: w.Null, People: w.People, Things: w.Things, Sizes: sizes,
	}
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		src, err := writeFile(dir, file)
		if err != nil {
			return 0, err
		}
		m.Files = append(m.Files, src)
		wrote(file, src.Bytes)
	}
	tokenizer, err := bpe.TrainWords(slices.Values([]string{world.Join(w.Vocabulary())}))
	if err == nil {
		err = tokenizer.Save(dir)
	}
	if err == nil {
		err = outfile.WriteBytes(filepath.Join(dir, ReadMe), []byte(w.ReadMe(files)))
	}
	if err != nil {
		return 0, err
	}
	data, err := json.Marshal(&m, jsontext.WithIndent("  "), json.Deterministic(true))
	if err != nil {
		return 0, err
	}
	return tokenizer.Size(), outfile.WriteBytes(filepath.Join(dir, Manifest), append(data, '\n'))
}

// writeFile writes one of the world's files, complete or not at all.
func writeFile(dir string, file world.File) (harness.Source, error) {
	path := filepath.Join(dir, filepath.FromSlash(file.Name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return harness.Source{}, err
	}
	sum := sha256.New()
	n := &counter{}
	err := outfile.Write(path, func(w io.Writer) error { return file.Write(io.MultiWriter(w, sum, n)) })
	return harness.Source{Name: file.Name, SHA256: hex.EncodeToString(sum.Sum(nil)), Bytes: n.bytes}, err
}

// counter counts bytes.
type counter struct{ bytes int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += int64(len(p))
	return len(p), nil
}
