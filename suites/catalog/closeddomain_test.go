package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/suites"
)

// A row's constraint is part of the prompt, once. Rows with one input are a cluster.
func TestClosedDomainFile(t *testing.T) {
	const content = `{"instruction": "Sum up. ", "input": "A cat  sat.", "id": 3}

{"instruction": "Sum up.", "input": "A dog sat.", "constraint": "In two words.", "category": "summarization", "output": "Dog sat."}
{"instruction": "Who sat? In one word, please.", "input": "A cat sat.", "constraint": "In one word", "category": "qa"}
`
	example := func(prompt, input, constraint, category string, references ...string) suites.Example {
		ex := suites.NewExample("closed_domain", prompt, references, category)
		ex.Context, ex.Cluster, ex.Fields = input, suites.ClusterOf(input), map[string]string{"closed domain": "yes"}
		if constraint != "" {
			ex.Fields["constraint"] = constraint
		}
		return ex
	}
	want := []suites.Example{
		example("Sum up.\n\nA cat  sat.", "A cat  sat.", "", ""),
		example("Sum up.\nIn two words.\n\nA dog sat.", "A dog sat.", "In two words.", "summarization", "Dog sat."),
		example("Who sat? In one word, please.\n\nA cat sat.", "A cat sat.", "In one word", "qa"),
	}
	set := load(t, "closed_domain", suites.Files{Data: write(t, "closed.jsonl", content)})
	if diff := cmp.Diff(want, set.Examples); diff != "" {
		t.Errorf("examples (-want +got):\n%s", diff)
	}
	if want[0].Cluster != want[2].Cluster || want[0].Cluster == want[1].Cluster {
		t.Errorf("clusters %s, %s, %s", want[0].Cluster, want[1].Cluster, want[2].Cluster)
	}
	for i := range set.Examples {
		if r := set.Ask(&set.Examples[i], ""); r.Prompt != set.Examples[i].Input || r.System != "" {
			t.Errorf("asks %+v, want only the instruction with its input", r)
		}
	}
}

func TestClosedDomainFaults(t *testing.T) {
	for name, tt := range map[string]struct{ content, line, want string }{
		"nothing":        {"", ":1", "empty"},
		"no input":       {"{\"instruction\": \"a\", \"input\": \"b\"}\n{\"instruction\": \"a\", \"input\": \" \"}", ":2", `no "input"; add the text`},
		"no instruction": {`{"input": "b"}`, ":1", `no "instruction"; add it`},
		"twice":          {"{\"instruction\": \"a\", \"input\": \"b\"}\n\n{\"instruction\": \" a\", \"input\": \"b \"}", ":3", "the same instruction and input as on line 1"},
		"wrong type":     {`{"instruction": ["a"], "input": "b"}`, ":1", `member "instruction" is a JSON array where a string is needed`},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, "closed.jsonl", tt.content)
			wantFault(t, "closed_domain", suites.Files{Data: path}, path+tt.line, tt.want)
		})
	}
}
