package html

import (
	"encoding/json"
	"testing"

	"assay/reports"
)

func TestEncodeSamples(t *testing.T) {
	in := reports.Samples{Models: []string{"a"}, Left: 3, Items: []reports.Sample{
		{ID: "1", Suite: "s", Condition: "qa", Input: "in", References: []string{"out"}, Outputs: []reports.Output{
			{Model: "a", Text: "out", Scores: []reports.Score{{Metric: "f1", Value: 0}, {Metric: "em", Missing: "late"}}},
			{Model: "b", Missing: "late"}, {Model: "b", Text: "ou", Mark: "cut"},
		}},
		{ID: "1", OwnID: "T-17", Suite: "s", Input: "in"},
	}}
	got, err := encodeSamples(in)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"strings":["","a","1","s","qa","in","out","f1","em","late","b","ou","cut","T-17"],"models":[1,10],"items":[` +
		`{"id":2,"s":3,"c":4,"i":5,"r":[6],"o":[{"m":1,"t":6,"s":[{"m":7,"v":0},{"m":8,"x":9}]},{"m":10,"x":9},{"m":10,"t":11,"k":12}]},` +
		`{"id":2,"n":13,"s":3,"i":5,"o":[]}],"left":3}`
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
