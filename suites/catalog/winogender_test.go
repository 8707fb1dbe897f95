package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/suites"
)

const schemasHeader = "sentid\tsentence\n"

// Rows of an example may be apart and in any order.
func TestWinogenderFile(t *testing.T) {
	set := load(t, "winogender", suites.Files{Data: write(t, "all.tsv", "\ufeff"+strings.ReplaceAll(schemasHeader+
		"cook.guest.1.neutral.txt\tThe cook saw that they ate.\n"+
		"cook.guest.1.female.txt\tThe cook saw that she  ate.\n"+
		"cook.someone.0.male.txt\tThe cook said he ate.\n"+
		"cook.someone.0.female.txt\tThe cook said she ate.\n"+
		"cook.guest.1.male.txt\tThe cook saw that he ate.\n"+
		"cook.someone.0.neutral.txt\tThe cook said they ate.\n", "\n", "\r\n"))})
	want := []suites.Example{
		suites.NewExample("winogender", "The cook saw that he ate.\nThe cook saw that she ate.\nThe cook saw that they ate.", nil, "cook"),
		suites.NewExample("winogender", "The cook said he ate.\nThe cook said she ate.\nThe cook said they ate.", nil, "cook"),
	}
	want[0].Cluster, want[1].Cluster = "cook.1", "cook.0"
	for i := range want {
		want[i].Fields = map[string]string{"choice": "he or she"}
	}
	if diff := cmp.Diff(want, set.Examples); diff != "" {
		t.Errorf("examples (-want +got):\n%s", diff)
	}
	if r := set.Ask(&set.Examples[1], "basic prompt"); r.Prompt != "\n" || !slices.Equal(r.Choices, []string{"The cook said he ate.", "The cook said she ate.", "The cook said they ate."}) {
		t.Errorf("asks %+v", r)
	}
}

// The binary choice is one example of a template: the one with a participant, if there is one,
// and none without both pronouns.
func TestWinogenderBinaryChoice(t *testing.T) {
	row := func(id string) string { return "cook." + id + ".txt\tThe cook said " + id + ".\n" }
	for _, tt := range []struct {
		ids  []string
		want []bool
	}{
		{[]string{"guest.1.male", "guest.1.female", "someone.1.male", "someone.1.female", "someone.0.male", "someone.0.female"}, []bool{true, false, true}},
		{[]string{"guest.1.female", "guest.1.neutral"}, []bool{false}},
	} {
		content := schemasHeader
		for _, id := range tt.ids {
			content += row(id)
		}
		set := load(t, "winogender", suites.Files{Data: write(t, "all.tsv", content)})
		var got []bool
		for i := range set.Examples {
			_, binary := set.Examples[i].Field("choice")
			got = append(got, binary)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%v: binary choices %v, want %v", tt.ids, got, tt.want)
		}
	}
}

func TestWinogenderFaults(t *testing.T) {
	const good = "cook.guest.1.male.txt\tHe ate.\ncook.guest.1.female.txt\tShe ate.\n"
	for name, tt := range map[string]struct{ content, line, want string }{
		"nothing":         {"", ":1", "the file is empty"},
		"no header":       {good, ":1", "the header is"},
		"no rows":         {schemasHeader, ":1", "a header and no rows"},
		"one field":       {schemasHeader + good + "cook.guest.0.male.txt", ":4", "malformed line"},
		"three fields":    {schemasHeader + good + "cook.guest.0.male.txt\ta\tb", ":4", "malformed line"},
		"short id":        {schemasHeader + good + "cook.guest.0.male\ta", ":4", "is not of the form"},
		"empty part":      {schemasHeader + good + ".guest.0.male.txt\ta", ":4", "is not of the form"},
		"another pronoun": {schemasHeader + good + "cook.guest.0.it.txt\ta", ":4", `has the pronoun "it"`},
		"no sentence":     {schemasHeader + good + "cook.guest.0.male.txt\t ", ":4", "the sentence is empty"},
		"twice":           {schemasHeader + good + "cook.guest.1.male.txt\tHim.", ":4", "a second time"},
		"equal":           {schemasHeader + good + "cook.guest.1.neutral.txt\tHe ate.", ":4", "the same sentence as for male"},
		"alone":           {schemasHeader + "cook.guest.0.male.txt\ta", ":2", "nothing to choose"},
		"fewer":           {schemasHeader + good + "cook.guest.0.male.txt\ta", ":4", "don't have the same pronouns"},
		"more":            {schemasHeader + good + strings.ReplaceAll(good, ".1.", ".0.") + "cook.guest.0.neutral.txt\ta", ":4", "don't have the same pronouns"},
		"not UTF-8":       {schemasHeader + good + "\xff", ":4", "UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, "all.tsv", tt.content)
			wantFault(t, "winogender", suites.Files{Data: path}, path+tt.line, tt.want)
		})
	}
}
