package reproduce

import (
	"embed"

	"assay/harness/yamlstruct"
)

// source has the comments of the fields of findings.
//
//go:embed findings.go
var source embed.FS

// Schema is a JSON Schema of files of findings, for editors.
func Schema() (*yamlstruct.Schema, error) {
	docs, err := yamlstruct.ReadDocs(source)
	if err != nil {
		return nil, err
	}
	return yamlstruct.SchemaOf(&[]Finding{}, "assay findings", findingsOptions(), docs), nil
}

// Fields lists the fields of a finding.
func Fields() ([]yamlstruct.Entry, error) {
	docs, err := yamlstruct.ReadDocs(source)
	if err != nil {
		return nil, err
	}
	return yamlstruct.Entries(&Finding{}, findingsOptions(), docs), nil
}

func findingsOptions() yamlstruct.Options { return yamlstruct.Options{What: "a finding"} }
