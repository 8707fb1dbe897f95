package filekinds_test

import (
	"slices"
	"strings"
	"testing"

	"assay/harness/filekinds"
	"assay/harness/yamlstruct"
)

// The list of fields has every field of the schema, and names every text of a closed set.
func TestListHasAllFields(t *testing.T) {
	plain := strings.NewReplacer("[]", "", ".NAME", "")
	for _, kind := range filekinds.Names() {
		entries, err := filekinds.Fields(kind)
		if err != nil {
			t.Fatal(err)
		}
		forms := map[string]string{}
		for _, e := range entries {
			forms[plain.Replace(e.Key)] += " " + e.Form
		}
		schema, err := filekinds.Schema(kind)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		var walk func(s *yamlstruct.Schema, key string)
		walk = func(s *yamlstruct.Schema, key string) {
			for _, p := range s.Properties {
				at := strings.TrimPrefix(key+"."+p.Name, ".")
				form, listed := forms[at]
				if seen++; !listed {
					t.Errorf("%s: %s is in the schema but not in the list", kind, at)
				}
				closed := p.Schema.AnyOf // unless any text may stand there
				if slices.ContainsFunc(closed, func(one *yamlstruct.Schema) bool { return one.Type == "string" && one.Enum == nil }) {
					closed = nil
				}
				if at == "gates.suite" { // as many as there are suites, which docs/suites.md names
					closed, form = nil, strings.Join(p.Schema.Enum, " ")
				}
				for _, one := range slices.Concat([]*yamlstruct.Schema{p.Schema, p.Schema.Items}, closed) {
					for i := 0; one != nil && i < len(one.Enum); i++ {
						if !strings.Contains(form, one.Enum[i]) {
							t.Errorf("%s: the list has %s as%s, without %s", kind, at, form, one.Enum[i])
						}
					}
				}
				walk(p.Schema, at)
			}
			for _, one := range s.AnyOf {
				walk(one, key)
			}
			if s.Items != nil {
				walk(s.Items, key)
			}
			if one, ok := s.AdditionalProperties.(*yamlstruct.Schema); ok {
				walk(one, key)
			}
		}
		walk(schema, "")
		if seen < 3 {
			t.Errorf("%s: %d fields", kind, seen)
		}
	}
}
