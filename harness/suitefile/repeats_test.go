package suitefile

import (
	"strings"
	"testing"

	"assay/harness/leaf/place"
	"assay/suites"
)

const repeatsFile = "data: d.csv\nprompt: '{{ q }}'\nreferences: [a, b]\ncategory: topic\nfields: {language: lang}\ncluster: page\nmetrics: [exact_match]\n"

// A row whose input is that of an earlier one is refused if anything else differs: the first would
// count, and the other be lost.
func TestRepeatsThatDifferAreRefused(t *testing.T) {
	const head = "q,a,b,topic,lang,page,note\nOne?,x,y,bill,en,p1,\nTwo?,x,y,bill,en,p1,\nThree?,x,y,bill,en,p2,\n"
	for name, tt := range map[string]struct{ row, file, want string }{
		"reference":         {"Two?,no,y,bill,en,p1,", "", `d.csv:5: the same input as line 3, but another reference: "no", "y", there "x", "y"; correct one`},
		"second reference":  {"One?,x,z,bill,en,p1,", "", `d.csv:5: the same input as line 2, but another reference: "x", "z", there "x", "y"; correct one`},
		"reference's space": {"One?,x ,y,bill,en,p1,", "", `another reference: "x ", "y", there "x", "y"`},
		"no reference":      {"Three?,x,y,bill,en,p2,\nThree?,,,bill,en,p2,", "", `d.csv:6: the same input as line 4, but another reference: "", "", there "x", "y"`},
		"category":          {"Two?,x,y,Bill,en,p1,", "", `d.csv:5: the same input as line 3, but another category: "Bill", there "bill"`},
		"field":             {"Two?,x,y,bill,de,p1,", "", `another language: "de", there "en"`},
		"cluster":           {"Two?,x,y,bill,en,p2,", "", "line 3, but another cluster"},
		"choices":           {"Two?,x,z,bill,en,p1,", "data: d.csv\nprompt: '{{ q }}'\nchoices: [a, b]\nanswer: '{{ 0 }}'\nmetrics: [accuracy]\n", `another choice: "x", "z", there "x", "y"`},
		"correct choice":    {"Two?,x,y,bill,en,p1,1", "data: d.csv\nprompt: '{{ q }}'\nchoices: [a, b]\nanswer: '{{ note or 0 }}'\nmetrics: [accuracy]\n", `another reference: "y", there "x"`},
		"prompt":            {"Two?,x,y,bill,en,p9,", "data: d.csv\nprompt: '{{ page }} {{ q }}'\ninput: q\nreferences: a\nmetrics: [exact_match]\n", `another prompt: "p9 Two?", there "p1 Two?"`},
		"second condition":  {"Two?,x,y,bill,en,p9,", "data: d.csv\nprompt: '{{ q }}'\nreferences: a\nmetrics: [exact_match]\nconditions: [{name: a}, {name: b, system: 'Page {{ page }}'}]\n", `another system: "Page p9", there "Page p1"`},
	} {
		if tt.file == "" {
			tt.file = repeatsFile
		}
		folder(t, map[string]string{"s.yaml": tt.file, "d.csv": head + tt.row + "\nFour?,x,y,bill,en,p1,\n"})
		s, err := Open("s.yaml")
		if err == nil {
			_, err = s.Live.Load(suites.Files{})
		}
		if err == nil || !place.Known(err) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "id: and a column") {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

// Rows that are equal in all that is used are counted, and the first are named; a column that nothing
// uses may differ. With id:, none is skipped.
func TestRepeatsThatAreEqualAreCounted(t *testing.T) {
	const one, two = "One?,x,y,bill,en,p1,", "Two?,x,y,bill,en,p1,"
	for name, tt := range map[string]struct {
		file, data, more string
		n                int
		want             string
	}{
		"two":        {repeatsFile, one + "\n" + two + "\n" + two + "\n" + one + "other\n", "", 2, "d.csv: 2 of 4 rows skipped, each with the same input as an earlier one (line 4, line 5); id: tells them apart"},
		"many":       {repeatsFile, strings.Repeat(two+"\n", 7) + one + "\n" + two + "\n", "", 2, "d.csv: 7 of 9 rows skipped, each with the same input as an earlier one (line 3, line 4, line 5, line 6, line 7 and 2 more); id: tells them apart"},
		"two shards": {strings.Replace(repeatsFile, "d.csv", "d*.csv", 1), one + "\n" + two + "\n", two + "\n" + one + "\n", 2, "d*.csv: 2 of 4 rows skipped, each with the same input as an earlier one (d2.csv:2, d2.csv:3); id: tells them apart"},
		"ids":        {repeatsFile + "id: '{{ q }} {{ note }}'\n", one + "\n" + two + "\n" + one + "other\n", "", 3, ""},
		"none":       {repeatsFile, one + "\n" + two + "\n", "", 2, ""},
	} {
		files := map[string]string{"s.yaml": tt.file, "d.csv": "q,a,b,topic,lang,page,note\n" + tt.data}
		if tt.more != "" {
			files["d2.csv"] = "q,a,b,topic,lang,page,note\n" + tt.more
		}
		folder(t, files)
		s, err := Open("s.yaml")
		if err != nil {
			t.Fatal(err)
		}
		set, err := s.Live.Load(suites.Files{})
		if err != nil || len(set.Examples) != tt.n || strings.Join(set.Notices, "\n") != tt.want {
			t.Errorf("%s: %v, notices %q, want %q", name, err, set.Notices, tt.want)
		}
	}
}
