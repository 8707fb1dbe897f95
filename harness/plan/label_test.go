package plan

import (
	"strings"
	"testing"
	"time"
)

func TestLabel(t *testing.T) {
	p, err := parseLabel("c.yaml", []byte("runs: [a, b]\nlabelers: [{group: g, names: [x, y], overlap: 2}, {group: h, names: [z], share: 0.5}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if p.Form != InstructGPTForm || p.TooFast != 5*time.Second || p.Seed != 1 || p.Labelers[0].Share != 1 || p.Labelers[1].Overlap != 1 || p.Labelers[1].Share != 0.5 {
		t.Errorf("%+v", p)
	}
	if p, err := parseLabel("c.yaml", []byte("runs: [a]\nform: pairwise\nbaseline: m\n")); err != nil || len(p.Labelers) != 1 || p.Labelers[0].Names[0] != "labeler" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestLabelFaults(t *testing.T) {
	for content, want := range map[string]string{
		"runs: [a]\nbaseline: m\n":                                            "c.yaml:2: baseline is for the pairwise form; remove it",
		"runs: [a]\nform: pairwise\noutputs: 3\n":                             "c.yaml:3: outputs is not for the pairwise form",
		"runs: [a]\nlabelers:\n- {names: [x, lead]}\n":                        `c.yaml:3: a labeler is named "lead"`,
		"runs: [a]\nlabelers:\n- {names: [x]}\n- {group: g, names: [y, x]}\n": `c.yaml:4: two labelers are named "x"`,
		"runs: [a]\nlabelers:\n- {names: [x]}\n- {names: [y]}\n":              `c.yaml:4: two groups of labelers have no name; write group: NAME`,
		"runs: [a]\nlabelers:\n- {names: [x, y], overlap: 3}\n":               "c.yaml:3: overlap is 3, but the group has 2 labelers",
		"runs: [a]\nform: pairwise\nbaseline: m\nmodels: [n, o]\n":            `c.yaml:3: the baseline "m" is not one of the models`,
	} {
		if _, err := parseLabel("c.yaml", []byte(content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", content, err, want)
		}
	}
}
