package runstore

import (
	"math"
	"reflect"
	"testing"

	"assay/metrics"
)

// FuzzQuickJudgement: a line that the quick decoder reads is read to the same bits by the
// general one.
func FuzzQuickJudgement(f *testing.F) {
	for _, line := range []string{
		`{"suite":"scores","example":"bc73","model":"a","sample":0,"metric":"acc","judge":"recorded","value":[0.103]}`,
		`{"suite":"s","example":"e","condition":"c","model":"m","baseline":"b","sample":12,"metric":"x","judge":"j","labeler":"l","order":"first","value":[-1,0.5,1000000]}`,
		`{"suite":"s","example":"e","model":"m","metric":"x","judge":"","missing":"late"}`,
		`{"suite":"s","example":"e","model":"m","metric":"x","judge":"j","value":[-0]}`,
		`{"suite":"s","suite":"t","example":"e","model":"m","metric":"x","judge":"j","value":[1]}`,
		`{"example":"e","suite":"s","model":"m","metric":"x","judge":"j","value":[1]}`,
		`{"suite":"s","example":"e","model":"m","sample":01,"metric":"x","judge":"j","value":[01]}`,
		`{"suite":"s","example":"e","model":"m","sample":-1,"metric":"x","judge":"j","value":[1.,.5]}`,
		`{"suite":"s\u00e9\n","example":"é","model":"m","metric":"x","judge":"j","value":[1e5]}`,
		`{"suite":"s","example":"e","model":"m","metric":"x","judge":"j","value":[1],"extra":1}`,
		`{"suite":"s","example":"e","model":"m","metric":"x","judge":"j","value":[]}`,
		`{"suite":"s","example":"e","model":"m","metric":"x","judge":"j","value":[1],}`,
		`{"suite":"s","example":"e","model":"m","metric":"x","judge":"j","value":[1]} `,
		`{"suite":"s","example":"e","model":"m","metric":"x","judge":"j","value":null}`,
		`{"suite":"s","example":"e","model":"m","sample":1234567890,"metric":"x","judge":"j","value":[1]}`,
		`{}`, `{`, ``,
	} {
		f.Add([]byte(line))
	}
	last := &metrics.Judgement{Suite: "scores", Model: "a", Judge: "recorded"}
	f.Fuzz(func(t *testing.T, line []byte) {
		var quick, general metrics.Judgement
		if !quickJudgement(line, &quick, last) {
			return
		}
		slow := Judgements()
		slow.quick, slow.Check = nil, nil
		if err := slow.decode(line, &general, nil); err != nil {
			t.Fatalf("%q: the general decoder refuses it: %v", line, err)
		}
		if !reflect.DeepEqual(quick, general) {
			t.Fatalf("%q: %+v and %+v", line, quick, general)
		}
		for i, x := range quick.Value {
			if math.Float64bits(x) != math.Float64bits(general.Value[i]) {
				t.Fatalf("%q: %v and %v", line, x, general.Value[i])
			}
		}
	})
}

// The usual lines take the quick way.
func TestQuickJudgement(t *testing.T) {
	for line, want := range map[string]bool{
		`{"suite":"scores","example":"bc73","model":"a","sample":0,"metric":"acc","judge":"recorded","value":[0.103]}`:                                                   true,
		`{"suite":"s","example":"e","condition":"QA prompt","model":"m","baseline":"b","sample":3,"metric":"x","judge":"j","labeler":"l","order":"first","value":[1,0]}`: true,
		`{"suite":"s","example":"e","model":"m","sample":0,"metric":"x","judge":"j","missing":"status 500"}`:                                                             true,
		`{"suite":"s","example":"e","model":"m","sample":0,"metric":"x","judge":"j","mark":"cut","value":[1]}`:                                                           false,
		`{"suite":"s","example":"e","model":"m","sample":0,"metric":"x","judge":"j","value":[1],"missing":null}`:                                                         false,
	} {
		var j metrics.Judgement
		if got := quickJudgement([]byte(line), &j, &metrics.Judgement{}); got != want {
			t.Errorf("%s: %v, want %v", line, got, want)
		}
	}
}
