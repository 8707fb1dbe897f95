package html

import (
	"encoding/json"
	"strings"
	"testing"

	"assay/reports"
)

func TestEncodeSamples(t *testing.T) {
	in := reports.Samples{Models: []string{"a"}, Left: 3, Items: []reports.Sample{
		{ID: "1", Suite: "s", Condition: "qa", Input: "in", References: []string{"out"}, Outputs: []reports.Output{
			{Model: "a", Text: "out", Scores: []reports.Score{{Metric: "f1", Value: 0}, {Metric: "em", Missing: "late"}}},
			{Model: "b", Missing: "late"}, {Model: "b", Text: "ou", Mark: "cut"},
		}},
		{ID: "1", Suite: "s", Input: "in"},
	}}
	got, err := encodeSamples(in)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"strings":["","a","1","s","qa","in","out","f1","em","late","b","ou","cut"],"models":[1,10],"items":[` +
		`{"id":2,"s":3,"c":4,"i":5,"r":[6],"o":[{"m":1,"t":6,"s":[{"m":7,"v":0},{"m":8,"x":9}]},{"m":10,"x":9},{"m":10,"t":11,"k":12}]},` +
		`{"id":2,"s":3,"i":5,"o":[]}],"left":3}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Twelve models on 1,600 samples, each input under two conditions.
func TestSampleSize(t *testing.T) {
	in := fullReport(1600).Samples
	got, err := encodeSamples(in)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes; without shared strings %d", len(got), len(plain))
	outputs, texts, seen := 0, 0, map[string]bool{}
	count := func(text string) {
		if !seen[text] {
			seen[text] = true
			texts += len(text) + len(`"",`)
		}
	}
	for _, item := range in.Items {
		count(item.Input)
		for _, r := range item.References {
			count(r)
		}
		for _, o := range item.Outputs {
			count(o.Text)
			outputs++
		}
	}
	// Besides its text, an output with two scores may take 70 bytes.
	if bound := texts + 70*outputs + 80*len(in.Items); len(got) > bound {
		t.Errorf("%d bytes for %d outputs with %d bytes of distinct texts, want at most %d", len(got), outputs, texts, bound)
	}
}

func TestVisible(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"plain, ünïcode 🙂👩‍👩‍👧 \t\n", "plain, ünïcode 🙂👩‍👩‍👧 \t\n"},
		{"a\r\nb\rc", "a\nb␍c"},
		{"\x00\x07\x1b[0m\x7f", "␀␇␛[0m␡"},
		{"\u0080\u009f", "⟨U+0080⟩⟨U+009F⟩"},
		{"\u202a\u202b\u202c\u202d\u202e", "⟨U+202A⟩⟨U+202B⟩⟨U+202C⟩⟨U+202D⟩⟨U+202E⟩"},
		{"\u2066\u2067\u2068\u2069", "⟨U+2066⟩⟨U+2067⟩⟨U+2068⟩⟨U+2069⟩"},
		{"\u2028\u2029\ufeff", "⟨U+2028⟩⟨U+2029⟩⟨U+FEFF⟩"},
		{"\U000e0041", "⟨U+E0041⟩"},
		{"a\xffb\xc3", "a\ufffdb\ufffd"},
		{"a\u200fb\u05d0", "a\u200fb\u05d0"},
	} {
		if got := visible(test.in); got != test.want {
			t.Errorf("visible(%q) = %q, want %q", test.in, got, test.want)
		}
		if got := visible(visible(test.in)); got != visible(test.in) {
			t.Errorf("visible(%q) is not stable", test.in)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add(hostile)
	f.Fuzz(func(t *testing.T, s string) {
		if got := visible(s); strings.IndexFunc(got, acts) >= 0 {
			t.Errorf("visible(%q) = %q still affects the text around it", s, got)
		}
	})
}
