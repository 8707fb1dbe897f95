package label_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/harness/label"
	"assay/harness/plan"
	"assay/metrics/names"
	"assay/suites/labels"
)

// three is an item with outputs of three models.
func three() *label.Item {
	return &label.Item{
		ID: "i1", Suite: "s", Example: "e", Prompt: "p", Probability: 0.5, ClosedDomain: new(true), Constraint: "short",
		Outputs: []label.Output{{Model: "a", Text: "x"}, {Model: "b", Text: "y"}, {Model: "c", Text: ""}},
	}
}

// judged is a complete judgement in the form for grades.
func judged(likert, rank int, yes ...string) label.Judged {
	j := label.Judged{Scales: map[string]int{names.Likert: likert}, Flags: map[string]bool{}, Rank: rank}
	for _, f := range labels.Flags() {
		j.Flags[f.Name] = slices.Contains(yes, f.Name)
	}
	return j
}

func TestArrange(t *testing.T) {
	it := three()
	it.Outputs = append(it.Outputs, label.Output{Model: "d"})
	a := &label.Answer{Outputs: []label.Judged{judged(1, 4), judged(2, 3), judged(3, 2), judged(4, 1)}}
	orders := map[string]bool{}
	for _, name := range []string{"ann", "bob", "cyd", "dee", "eve"} {
		order := it.Order(7, name)
		if !slices.Equal(order, it.Order(7, name)) {
			t.Fatalf("%s sees another order the second time", name)
		}
		shown := a.Arrange(order)
		for place, output := range order {
			if got := shown.Outputs[place].Scales[names.Likert]; got != output+1 {
				t.Errorf("%s: at place %d the grade %d, want that of output %d", name, place, got, output)
			}
		}
		if back := shown.Arrange(label.Inverse(order)); !cmp.Equal(back, a) {
			t.Errorf("%s: %v", name, cmp.Diff(a, back))
		}
		orders[strings.Trim(strings.Join(strings.Fields(string(rune('0'+order[0]))+string(rune('0'+order[1]))+string(rune('0'+order[2]))), ""), " ")] = true
	}
	if len(orders) < 2 {
		t.Error("all labelers see the outputs in one order")
	}
	second := label.Answer{Better: new(1), Strength: new(2)}
	if got := second.Arrange([]int{1, 0}); *got.Better != 0 || *got.Strength != 2 || *second.Better != 1 {
		t.Errorf("turned round, output %d is better", *got.Better)
	}
	if got := (&label.Answer{Better: new(label.Equal)}).Arrange([]int{1, 0}); *got.Better != label.Equal {
		t.Errorf("equal outputs became %d", *got.Better)
	}
}

func TestCheck(t *testing.T) {
	grade, pair := label.FormOf(plan.InstructGPTForm), label.FormOf(plan.PairwiseForm)
	good := func() *label.Answer {
		return &label.Answer{Outputs: []label.Judged{judged(7, 1), judged(2, 2), judged(2, 2)}, Seconds: 12}
	}
	if err := grade.Check(three(), good()); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(a *label.Answer){
		`output 2: choose a value for "Overall quality"`: func(a *label.Answer) { delete(a.Outputs[1].Scales, names.Likert) },
		`output 3: "Overall quality" is 8`:               func(a *label.Answer) { a.Outputs[2].Scales[names.Likert] = 8 },
		`output 1: say yes or no to`:                     func(a *label.Answer) { delete(a.Outputs[0].Flags, names.SatisfiesConstraint) },
		"output 3 has no place in the ranking":           func(a *label.Answer) { a.Outputs[2].Rank = 0 },
		"the ranks have a gap":                           func(a *label.Answer) { a.Outputs[1].Rank, a.Outputs[2].Rank = 3, 3 },
		"the answer is about 2 outputs":                  func(a *label.Answer) { a.Outputs = a.Outputs[:2] },
		"output 2: the answer has another form":          func(a *label.Answer) { a.Outputs[1].Scales["toxicity"] = 1 },
		"a skipped item has no judgements":               func(a *label.Answer) { a.Skipped = "unclear" },
		"asks for no preference":                         func(a *label.Answer) { a.Better = new(0) },
		"seconds":                                        func(a *label.Answer) { a.Seconds = -1 },
		"notes may have 10000":                           func(a *label.Answer) { a.Notes = strings.Repeat("é", 10_001) },
	} {
		a := good()
		if change(a); grade.Check(three(), a) == nil || !strings.Contains(grade.Check(three(), a).Error(), want) {
			t.Errorf("error %v, want %q", grade.Check(three(), a), want)
		}
	}
	for want, a := range map[string]label.Answer{
		"choose the better output":    {},
		"how much better":             {Better: new(1)},
		"have no strength":            {Better: new(label.Equal), Strength: new(1)},
		"another form than the item":  {Better: new(2), Strength: new(1)},
		"":                            {Better: new(1), Strength: new(3)},
		"a skipped item has no judge": {Better: new(1), Skipped: "x"},
	} {
		err := pair.Check(three(), &a)
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", a, err, want)
		}
	}
}

// What doesn't apply to an item is not asked.
func TestFormFor(t *testing.T) {
	it := three()
	it.ClosedDomain, it.Constraint, it.Outputs = new(false), "", it.Outputs[:1]
	f := label.FormOf(plan.InstructGPTForm).For(it)
	if len(f.Flags) != 9 || f.Ranking {
		t.Errorf("%d flags, ranking %v", len(f.Flags), f.Ranking)
	}
	used := map[string]string{}
	for _, flag := range label.FormOf(plan.InstructGPTForm).Flags {
		if used[flag.Key] != "" || strings.Contains("gnpstuwz", flag.Key) {
			t.Errorf("key %s of %s is taken", flag.Key, flag.Name)
		}
		used[flag.Key] = flag.Name
	}
	if len(used) != 11 {
		t.Errorf("%d flags have keys", len(used))
	}
}

func TestRows(t *testing.T) {
	by := label.Labeler{Name: "ann", Group: "g", Share: 0.5}
	grade, pairwise := label.FormOf(plan.InstructGPTForm), label.FormOf(plan.PairwiseForm)
	rows, err := grade.Rows(three(), by, &label.Answer{Outputs: []label.Judged{judged(7, 2), judged(3, 1, "violent", names.SatisfiesConstraint), judged(1, 2)}, Seconds: 3.5, Notes: "n"})
	if err != nil {
		t.Fatal(err)
	}
	r := rows[1]
	if len(rows) != 3 || r.Model != "b" || *r.Likert != 3 || *r.Rank != 1 || !*r.Violent || !*r.SatisfiesConstraint || *r.Sexual || *r.Output != "y" ||
		*r.Probability != 0.25 || *r.Seconds != 3.5 || r.Notes != "n" || r.Labeler != "ann" || r.Group != "g" || r.Suite != "s" || r.Example != "e" || *rows[2].Rank != 2 {
		t.Errorf("%+v", r)
	}
	pair := three()
	pair.Outputs, pair.Kind = pair.Outputs[1:], labels.Gold
	rows, err = pairwise.Rows(pair, by, &label.Answer{Better: new(1), Strength: new(2)})
	if err != nil || len(rows) != 1 || rows[0].Model != "b" || rows[0].Baseline != "c" || rows[0].Preference != labels.BaselineBetter || *rows[0].Strength != 2 || rows[0].Item != labels.Gold || rows[0].Probability != nil {
		t.Errorf("%+v, %v", rows, err)
	}
	rows, err = pairwise.Rows(pair, by, &label.Answer{Skipped: "unclear"})
	if err != nil || len(rows) != 1 || rows[0].Model != "b" || rows[0].Baseline != "c" || rows[0].Skipped != "unclear" {
		t.Errorf("a skipped pair: %+v, %v", rows, err)
	}
	rows, err = grade.Rows(three(), by, &label.Answer{Skipped: "unclear"})
	if err != nil || len(rows) != 3 || rows[2].Skipped != "unclear" || rows[2].Model != "c" {
		t.Errorf("%+v, %v", rows, err)
	}
}

// 120 items, four labelers with an overlap of two, and a held-out one for a quarter of the items.
func TestAssign(t *testing.T) {
	items := make([]*label.Item, 120)
	for i := range items {
		items[i] = &label.Item{ID: string(rune('A' + i))}
	}
	gold := &label.Item{ID: "gold", Kind: labels.Gold}
	screen := &label.Item{ID: "screen", Kind: labels.Screening}
	p := &plan.Label{Seed: 3, Labelers: []plan.LabelGroup{
		{Group: "training", Names: []string{"ann", "bob", "cyd", "dee"}, Overlap: 2, Share: 1}, {Group: "held-out", Names: []string{"eve"}, Overlap: 1, Share: 0.25}}}
	all := label.Assign(p, items, []*label.Item{gold, screen})
	times, shared := map[*label.Item]int{}, map[string]int{}
	for i, a := range all {
		if a.Items[0] != screen || !slices.Contains(a.Items, gold) {
			t.Errorf("%s begins with %s", a.Name, a.Items[0].ID)
		}
		if want := map[bool]int{true: 62, false: 32}[a.Group == "training"]; len(a.Items) != want {
			t.Errorf("%s has %d items, want %d", a.Name, len(a.Items), want)
		}
		for _, it := range a.Items {
			if a.Group == "training" {
				times[it]++
			}
			for _, b := range all[:i] {
				if it.Kind == labels.Ordinary && slices.Contains(b.Items, it) {
					shared[b.Name+a.Name]++
				}
			}
		}
	}
	for _, it := range items {
		if times[it] != 2 {
			t.Errorf("item %s goes to %d labelers", it.ID, times[it])
		}
	}
	for _, pair := range []string{"annbob", "anncyd", "anndee", "bobcyd", "bobdee", "cyddee", "anneve", "deeeve"} {
		if shared[pair] < 5 {
			t.Errorf("%s share %d items", pair, shared[pair])
		}
	}
	if all[4].Share != 0.25 || all[0].Share != 1 {
		t.Errorf("shares %v and %v", all[4].Share, all[0].Share)
	}
}

func TestRight(t *testing.T) {
	it := three()
	for i, row := range []labels.Row{{Likert: new(6), Rank: new(1), Violent: new(false)}, {Likert: new(2), Rank: new(2), Violent: new(true)}, {Rank: new(2)}} {
		it.Outputs[i].Known = &row
	}
	for i, tt := range []struct {
		outputs []label.Judged
		want    bool
	}{
		{[]label.Judged{judged(7, 1), judged(3, 2, "violent"), judged(1, 3)}, true},
		{[]label.Judged{judged(7, 1), judged(3, 3, "violent"), judged(1, 2)}, true},
		{[]label.Judged{judged(4, 1), judged(3, 2, "violent"), judged(1, 3)}, false},
		{[]label.Judged{judged(7, 1), judged(3, 2), judged(1, 3)}, false},
		{[]label.Judged{judged(7, 1), judged(3, 2, "violent"), judged(1, 1)}, false},
		{[]label.Judged{judged(7, 2), judged(3, 1, "violent"), judged(1, 3)}, false},
	} {
		if got := it.Right(&label.Answer{Outputs: tt.outputs}); got != tt.want {
			t.Errorf("answer %d is right: %v", i+1, got)
		}
	}
	if it.Right(&label.Answer{Skipped: "unclear"}) {
		t.Error("a skipped item is right")
	}
	pair := three()
	pair.Outputs = pair.Outputs[:2]
	pair.Outputs[0].Known, pair.Outputs[1].Known = &labels.Row{Rank: new(2)}, &labels.Row{Rank: new(1)}
	for better, want := range map[int]bool{0: false, 1: true, label.Equal: false} {
		if got := pair.Right(&label.Answer{Better: &better}); got != want {
			t.Errorf("output %d is better: right %v", better, got)
		}
	}
}

func TestOverlook(t *testing.T) {
	ann, bob, lead := label.Labeler{Name: "ann"}, label.Labeler{Name: "bob"}, label.Labeler{Name: plan.Lead}
	one, two := three(), three()
	two.ID = "i2"
	all := []label.Given{
		{By: ann, Item: one, Answer: &label.Answer{Seconds: 2, Outputs: []label.Judged{judged(7, 1), judged(3, 2), judged(1, 3)}}},
		{By: bob, Item: one, Answer: &label.Answer{Seconds: 20, Outputs: []label.Judged{judged(7, 1), judged(3, 3), judged(5, 2)}}},
		{By: lead, Item: one, Answer: &label.Answer{Seconds: 9, Outputs: []label.Judged{judged(7, 1), judged(3, 2), judged(1, 3)}}},
		{By: ann, Item: two, Answer: &label.Answer{Seconds: 30, Skipped: "unclear"}},
		{By: bob, Item: two, Answer: &label.Answer{Seconds: 30, Outputs: []label.Judged{judged(7, 1), judged(3, 2), judged(1, 3)}}},
	}
	o, err := label.Overlook([]label.Labeler{ann, bob, lead}, map[string]int{"ann": 4, "bob": 5}, all, 5*time.Second)
	if len(o.Labelers) != 2 || o.Labelers[0].TooFast != 1 || o.Labelers[0].Skipped != 1 || o.Labelers[0].Total != 4 || o.Labelers[1].Median != 30*time.Second {
		t.Errorf("%+v", o.Labelers)
	}
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][2]float64{}
	for _, a := range o.Agreement {
		got[a.What] = [2]float64{float64(a.Raw.Items), a.Raw.Point}
	}
	if two := [2]float64{3, 2.0 / 3}; got["the order of two outputs"] != two || got[names.Likert] != two || got["violent"] != [2]float64{3, 1} {
		t.Errorf("%v", got)
	}
	if len(o.Disputes) != 1 || !o.Disputes[0].Settled || o.Disputes[0].Item != one {
		t.Errorf("%+v", o.Disputes)
	}
}
