package runstore

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness"
	"assay/harness/leaf/place"
	"assay/suites"
)

// ManifestFile is the manifest's name in a store.
const ManifestFile = "manifest.json"

// WriteManifest publishes the run's manifest.
func WriteManifest(s Store, m *harness.Manifest) error { return WriteJSON(s, ManifestFile, m) }

// WriteJSON publishes a value as a file of indented JSON, complete or not at all.
func WriteJSON(s Store, name string, value any) error {
	p, err := s.Create(name)
	if err != nil {
		return err
	}
	defer p.Abort()
	if err := json.MarshalWrite(p, value, jsontext.WithIndent("  "), json.Deterministic(true)); err != nil {
		return fmt.Errorf("write %s: %w", s.Path(name), err)
	}
	if _, err := io.WriteString(p, "\n"); err != nil {
		return fmt.Errorf("write %s: %w", s.Path(name), err)
	}
	return p.Commit()
}

// ReadJSON reads a file that a command wrote by [WriteJSON], and would write again; nil if there is
// none.
func ReadJSON[T any](s Store, name string) (*T, error) {
	r, err := s.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	value := new(T)
	if err := json.UnmarshalRead(r, value, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("%s: %w; remove it, and the same command writes it again", s.Path(name), err)
	}
	return value, nil
}

// ReadManifest reads the run's manifest. A store without one is not a run.
func ReadManifest(s Store) (*harness.Manifest, error) {
	path := s.Path(ManifestFile)
	r, err := s.Open(ManifestFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noRun(s)
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var m harness.Manifest
	if err := json.Unmarshal(data, &m, json.RejectUnknownMembers(true)); err != nil {
		if kind := kindOf(data); kind != "" {
			return nil, fmt.Errorf("%s is the folder of an %s, not of a run; %s", s.Path("."), kind, makeRun)
		}
		return nil, place.At(path, lineOf(data, err), plain(err))
	}
	if m.Schema != harness.ManifestSchema {
		return nil, fmt.Errorf("%s: schema version %d, and this assay reads version %d; use the version of assay that wrote it, or repeat the command that wrote it", path, m.Schema, harness.ManifestSchema)
	}
	for i := range m.Suites {
		if err := m.Suites[i].Validate(); err != nil {
			return nil, place.At(path, 0, fmt.Errorf("%w; use the version of assay that wrote it, or repeat the command that wrote it", err))
		}
		if slices.ContainsFunc(m.Suites[:i], func(d suites.Definition) bool { return d.Name == m.Suites[i].Name }) {
			return nil, place.Errorf(path, 0, "suite %s is defined twice; remove one of the two", m.Suites[i].Name)
		}
	}
	for _, src := range m.Plan.Sources {
		if _, err := hex.DecodeString(src.SHA256); err != nil || len(src.SHA256) != 64 {
			return nil, fmt.Errorf("%s: source %q: %q is not a sha256; repeat the command that wrote it", path, src.Name, src.SHA256)
		}
	}
	return &m, nil
}

// lineOf finds the line of a decoding error.
func lineOf(data []byte, err error) int {
	var offset int64
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.As(err, &semantic):
		offset = semantic.ByteOffset
	case errors.As(err, &syntactic):
		offset = syntactic.ByteOffset
	}
	offset = min(max(offset, 0), int64(len(data)))
	return 1 + strings.Count(string(data[:offset]), "\n")
}
