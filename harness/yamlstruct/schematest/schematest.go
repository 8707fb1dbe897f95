// Package schematest checks schemas of assay's files with an independent implementation of
// JSON Schema.
package schematest

import (
	"bytes"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"assay/harness/yamlstruct"
)

// Compile compiles a schema.
func Compile(t testing.TB, schema *yamlstruct.Schema) *jsonschema.Schema {
	t.Helper()
	data, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", document(t, data)); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// Validate checks YAML against a schema. Text that is no YAML fails the test.
func Validate(t testing.TB, schema *jsonschema.Schema, content string) error {
	t.Helper()
	f, err := yamlstruct.Parse("c.yaml", []byte(content), "")
	if err != nil {
		t.Fatal(err)
	}
	data, err := f.Root().JSON()
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(document(t, data))
}

func document(t testing.TB, data []byte) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return value
}
