package reproduce

import (
	"testing"

	"assay/fixtures"
	"assay/harness/yamlstruct/schematest"
)

// The schema of findings accepts assay's own, and refuses what reading them refuses.
func TestSchema(t *testing.T) {
	schema, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	compiled := schematest.Compile(t, schema)
	const good = "- {id: a, claim: b, source: c, tests: [{name: d, of: greedy/world/gold_utility/plain, number: sft - gpt, above: 0}]}\n"
	for _, tt := range []struct {
		content string
		ok      bool
	}{
		{string(fixtures.Findings()), true},
		{good, true},
		{"- {id: a, claim: b, tests: [{name: d, number: sft - gpt, above: 0}]}\n", false},
		{"- {id: a, claim: b, source: c, tests: []}\n", false},
		{"- {id: a, claim: b, source: c, tests: [{name: d, above: 0}]}\n", false},
		{"- {id: a, claim: b, source: c, tests: [{name: d, of: greedy/world/gold_utility/plain, number: sft, above: x}]}\n", false},
		{"- {id: a, claim: b, source: c, tests: [{name: d, of: greedy/world/gold_utility/plain, number: sft, above: 0, below: 1}]}\n", false},
		{"- {id: a, claim: b, source: c, tests: [{name: d, of: greedy/world/gold_utility/plain, number: sft, within: 0}]}\n", false},
		{"- {id: a, claim: b, source: c, vanish: true, tests: [{name: d, of: greedy/world/gold_utility/plain, number: sft, above: 0}]}\n", false},
		{"{id: a}\n", false},
	} {
		if err := schematest.Validate(t, compiled, tt.content); (err == nil) != tt.ok {
			t.Errorf("%.90q: the schema says %v, want ok %v", tt.content, err, tt.ok)
		}
		if _, err := ReadFindings("f.yaml", []byte(tt.content)); (err == nil) != tt.ok {
			t.Errorf("%.90q: reading says %v, want ok %v", tt.content, err, tt.ok)
		}
	}
}
