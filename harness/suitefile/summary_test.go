package suitefile

import (
	"strings"
	"testing"
)

// The check counts rows, examples without a reference, and categories, and says what ids are made of.
func TestCheckSummarises(t *testing.T) {
	const data = "n,q,a,topic,lang\n1,One?,x,bill,en\n2,Two?,,bill,EN\n3,Three?,y,Bill ,en\n4,Four?, ,ship,de\n4,Four?, ,ship,de\n5,Five?,z,,en\n6,Six?,z,ship,fr\n7,Seven?,z,ship,fr\n"
	const file = "data: d.csv\nprompt: '{{ q }}'\nreferences: a\nwhere: \"{{ n != '6' }}\"\n"
	for name, tt := range map[string]struct {
		file         string
		want, absent []string
	}{
		"all": {file + "category: topic\nfields: {language: lang}\nmetrics: [exact_match]\n", []string{
			"\n  rows: 8 (1 left out by where:, 1 skipped as the same as an earlier one)\n",
			"\n  references: 2 of 6 examples without one\n",
			"\n  categories: \"bill\" (2), \"ship\" (2), none (1), \"Bill \" (1)\n",
			"\n  ids: the hash of the prompt\n",
			"d.csv: no reference in 2 of 6 rows; ",
			"d.csv: category: names that differ only in white space or capitals are counted apart: \"bill\" (2), \"Bill \" (1); correct the data, or make them one with a template, such as \"{{ row['topic'] | trim | lower }}\"",
			"d.csv: language: names that differ only in white space or capitals are counted apart: \"en\" (3), \"EN\" (1); ",
		}, nil},
		"the remedy": {file + "category: \"{{ row['topic'] | trim | lower }}\"\nmetrics: [exact_match]\n", []string{
			"\n  categories: \"bill\" (3), \"ship\" (2), none (1)\n",
		}, []string{"counted apart"}},
		"input": {file + "input: 'Q {{ q }}'\nmetrics: [exact_match]\n", []string{"\n  ids: the hash of input:\n"}, []string{"categories"}},
		"ids":   {strings.Replace(file, "n != '6'", "n != '4'", 1) + "id: n\nmetrics: [exact_match]\n", []string{"\n  rows: 8 (2 left out by where:, 0 skipped", "\n  ids: from id: n\n"}, nil},
		"no references": {"data: d.csv\nprompt: '{{ q }}'\n", []string{
			"\n  rows: 8 (0 left out by where:, 1 skipped", "\n  references: none, because the file has no references: or answer:\n", "no metrics: a plan's judges score the answers\n",
		}, []string{"view:"}},
		"for judges": {file, []string{"no metrics: a plan's judges score the answers, and see the references with view: [reference]\n"}, nil},
	} {
		folder(t, map[string]string{"s.yaml": tt.file, "d.csv": data})
		var out strings.Builder
		if err := Check("s.yaml", CheckOptions{}, &out); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %q in\n%s", name, want, out.String())
			}
		}
		for _, absent := range tt.absent {
			if strings.Contains(out.String(), absent) {
				t.Errorf("%s: %q in\n%s", name, absent, out.String())
			}
		}
	}
}
