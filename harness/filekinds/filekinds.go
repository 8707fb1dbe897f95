// Package filekinds has the kinds of YAML files that users write, with the JSON Schema and the fields of
// each.
package filekinds

import (
	"fmt"
	"io"
	"slices"

	"assay/harness/leaf/place"
	"assay/harness/plan"
	"assay/harness/reproduce"
	"assay/harness/suitefile"
	"assay/harness/yamlstruct"
)

// Kinds of files that package plan doesn't read: those of reproductions, and suite files.
const findings, suite = "findings", "suite"

// Names lists the kinds.
func Names() []string {
	var names []string
	for _, k := range plan.FileKinds() {
		names = append(names, string(k))
	}
	return append(names, findings, suite)
}

// Check refuses an unknown kind.
func Check(kind string) error {
	if !slices.Contains(Names(), kind) {
		return fmt.Errorf("unknown kind of file %q; %s", kind, place.Choose(kind, Names()))
	}
	return nil
}

// Schema is the JSON Schema of a kind of file.
func Schema(kind string) (*yamlstruct.Schema, error) {
	switch kind {
	case suite:
		return suitefile.Schema()
	case findings:
		return reproduce.Schema()
	}
	return plan.Schema(plan.FileKind(kind), suitefile.Catalog())
}

// Fields lists the fields of a kind of file.
func Fields(kind string) ([]yamlstruct.Entry, error) {
	switch kind {
	case suite:
		return suitefile.Fields()
	case findings:
		return reproduce.Fields()
	}
	return plan.Fields(plan.FileKind(kind))
}

// WriteFields writes the fields of a kind of file as a list.
func WriteFields(to io.Writer, kind string) error {
	fields, err := Fields(kind)
	if err != nil {
		return err
	}
	return yamlstruct.WriteList(to, fields)
}
