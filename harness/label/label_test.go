package label_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/harness/label"
	"assay/harness/leaf/approx"
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
		"notes may have 10000 letters":                   func(a *label.Answer) { a.Skipped = strings.Repeat("é", 10_001) },
		"took is NaN seconds":                            func(a *label.Answer) { a.Seconds = math.NaN() },
		"took is 1e+06 seconds":                          func(a *label.Answer) { a.Seconds = 1e6 },
		"a skipped item has no judgements; load":         func(a *label.Answer) { *a = label.Answer{Skipped: "x", Better: new(0)} },
		"a skipped item has no judgements; load the":     func(a *label.Answer) { *a = label.Answer{Skipped: "x", Strength: new(1)} },
		"form asks for no preference":                    func(a *label.Answer) { a.Strength = new(1) },
		`output 2: "Overall quality" is 0`:               func(a *label.Answer) { a.Outputs[1].Scales[names.Likert] = 0 },
		"output 3: the answer has another form":          func(a *label.Answer) { a.Outputs[2].Flags["polite"] = true },
		"output 1 has no place in the ranking":           func(a *label.Answer) { a.Outputs[0].Rank = 0 },
		"ranks have a gap; load":                         func(a *label.Answer) { a.Outputs[0].Rank, a.Outputs[1].Rank, a.Outputs[2].Rank = 2, 2, 2 },
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
		"how much better it is":       {Better: new(0), Strength: new(4)},
		"much better it is: slightly": {Better: new(0), Strength: new(0)},
		"answer has another form":     {Better: new(-2), Strength: new(1)},
		"has another form than":       {Better: new(1), Strength: new(1), Outputs: []label.Judged{{}}},
	} {
		err := pair.Check(three(), &a)
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", a, err, want)
		}
	}
}

// Answers at the ends of what is allowed, and one output without a ranking.
func TestCheckAccepts(t *testing.T) {
	grade, pair := label.FormOf(plan.InstructGPTForm), label.FormOf(plan.PairwiseForm)
	one := three()
	one.Outputs = one.Outputs[:1]
	for i, c := range []struct {
		form label.Form
		it   *label.Item
		a    label.Answer
		want bool
	}{
		{grade, three(), label.Answer{Outputs: []label.Judged{judged(1, 2), judged(7, 1), judged(4, 2)}, Notes: strings.Repeat("é", 10_000)}, true},
		{grade, three(), label.Answer{Outputs: []label.Judged{judged(1, 3), judged(7, 1), judged(4, 2)}, Seconds: 999_999}, true},
		{grade, three(), label.Answer{Outputs: []label.Judged{judged(1, 1), judged(7, 1), judged(4, 1)}}, true},
		{grade, one, label.Answer{Outputs: []label.Judged{judged(1, 0)}}, true},
		{grade, one, label.Answer{Outputs: []label.Judged{judged(1, 1)}}, false},
		{grade, three(), label.Answer{Skipped: strings.Repeat("é", 10_000)}, true},
		{pair, three(), label.Answer{Better: new(0), Strength: new(1)}, true},
		{pair, three(), label.Answer{Better: new(label.Equal)}, true},
		{pair, three(), label.Answer{Skipped: "x"}, true},
	} {
		if err := c.form.Check(c.it, &c.a); (err == nil) != c.want {
			t.Errorf("answer %d: error %v", i, err)
		}
	}
	a := label.Answer{Notes: " n\n", Skipped: "\tx "}
	if a.Clean(); a.Notes != "n" || a.Skipped != "x" {
		t.Errorf("cleaned: %+v", a)
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
	var asked []string
	for _, flag := range label.FormOf(plan.InstructGPTForm).Flags {
		if flag.Asked {
			asked = append(asked, flag.Name)
		}
	}
	if !slices.Equal(asked, []string{names.SatisfiesConstraint}) {
		t.Errorf("%q need an answer", asked)
	}
	if two := three(); !label.FormOf(plan.ToxicityForm).For(two).Ranking || label.FormOf(plan.PairwiseForm).For(two).Ranking {
		t.Error("the forms of two outputs and more")
	}
	if w := label.FormOf(plan.PairwiseForm).Width(5, 4); w != 2 {
		t.Errorf("a pair is of %d outputs", w)
	}
	if f := label.FormOf(plan.InstructGPTForm); f.Width(0, 12) != 9 || f.Width(0, 4) != 4 || f.Width(3, 12) != 3 {
		t.Errorf("widths %d, %d, %d", f.Width(0, 12), f.Width(0, 4), f.Width(3, 12))
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
	for better, want := range map[int]labels.Preference{0: labels.ModelBetter, 1: labels.BaselineBetter, label.Equal: labels.Tie} {
		a := &label.Answer{Better: &better}
		if better != label.Equal {
			a.Strength = new(1)
		}
		if rows, err := pairwise.Rows(pair, by, a); err != nil || rows[0].Preference != want {
			t.Errorf("output %d is better: %+v, %v", better, rows, err)
		}
	}
	if _, err := pairwise.Rows(pair, by, &label.Answer{Better: new(0), Strength: new(9)}); err == nil || !strings.Contains(err.Error(), "item i1, labeler ann: strength is 9") {
		t.Errorf("a strength of 9: %v", err)
	}
	if _, err := grade.Rows(three(), by, &label.Answer{Outputs: []label.Judged{judged(7, 1), judged(9, 1), judged(1, 1)}}); err == nil || !strings.Contains(err.Error(), "item i1, labeler ann: likert is 9") {
		t.Errorf("a grade of 9: %v", err)
	}
	if rows, err := grade.Rows(three(), label.Labeler{Name: "lead"}, &label.Answer{Outputs: []label.Judged{judged(7, 0), judged(3, 0), judged(1, 0)}}); err != nil || rows[2].Probability != nil || rows[2].Rank != nil {
		t.Errorf("the lead's: %+v, %v", rows, err)
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
	positions := map[int]bool{}
	for _, a := range all {
		positions[slices.Index(a.Items, gold)] = true
	}
	if len(positions) < 3 {
		t.Errorf("the item with a known answer is at %v of the labelers' items", positions)
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
	if len(o.Labelers) != 2 || o.Labelers[0].TooFast != 1 || o.Labelers[0].Skipped != 1 || o.Labelers[0].Total != 4 || o.Labelers[0].Median != 16*time.Second || o.Labelers[1].Median != 25*time.Second {
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

// Checks are in another order for each labeler, the screening ones first. The list itself stays. The least share
// of items is one of them, and a half is rounded up.
func TestAssignChecks(t *testing.T) {
	var checks []*label.Item
	for i := range 12 {
		checks = append(checks, &label.Item{ID: string(rune('a' + i)), Kind: []labels.Item{labels.Screening, labels.Gold}[i%2]})
	}
	before := slices.Clone(checks)
	items := make([]*label.Item, 10)
	for i := range items {
		items[i] = &label.Item{ID: string(rune('A' + i))}
	}
	p := &plan.Label{Seed: 5, Labelers: []plan.LabelGroup{{Names: []string{"ann"}, Overlap: 1, Share: 0.01}, {Names: []string{"bob"}, Overlap: 1, Share: 0.25}, {Names: []string{"cyd"}, Overlap: 1, Share: 1}}}
	all := label.Assign(p, items, checks)
	if !slices.Equal(checks, before) {
		t.Error("the list of checks was changed")
	}
	orders := map[string]bool{}
	for i, want := range []int{1, 3, 10} {
		a := all[i]
		first := ""
		for k, it := range a.Items {
			if k < 6 {
				first += it.ID
			}
			if (it.Kind == labels.Screening) != (k < 6) {
				t.Errorf("%s: item %d is %s", a.Name, k, it.Kind)
			}
		}
		orders[first] = true
		if len(a.Items) != want+12 || !approx.Equal(a.Share, float64(want)/10, 1e-12) {
			t.Errorf("%s has %d items, and the share %v", a.Name, len(a.Items), a.Share)
		}
		ordinary := slices.DeleteFunc(slices.Clone(a.Items), func(it *label.Item) bool { return it.Kind != labels.Ordinary })
		if !slices.IsSortedFunc(ordinary, func(a, b *label.Item) int { return strings.Compare(a.ID, b.ID) }) {
			t.Errorf("%s has the items in another order than they were drawn in", a.Name)
		}
	}
	if len(orders) < 2 {
		t.Errorf("all labelers are screened in the order %v", orders)
	}
	other := label.Assign(&plan.Label{Seed: 6, Labelers: p.Labelers}, items, checks)
	if slices.Equal(other[1].Items, all[1].Items) {
		t.Error("another seed gives the same items")
	}
}

// differ is the overview of two people's answers to one item.
func differ(t *testing.T, a, b label.Answer) []label.Dispute {
	t.Helper()
	ann, bob := label.Labeler{Name: "ann"}, label.Labeler{Name: "bob"}
	it := three()
	o, err := label.Overlook([]label.Labeler{ann, bob}, nil, []label.Given{{By: ann, Item: it, Answer: &a}, {By: bob, Item: it, Answer: &b}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return o.Disputes
}

// Which differences are worth settling: opposite orders, a gap of three on a scale of seven, of two on a
// scale of three, and every flag.
func TestDisputes(t *testing.T) {
	pair := func(better int) label.Answer { return label.Answer{Better: &better} }
	grades := func(outputs ...label.Judged) label.Answer { return label.Answer{Outputs: outputs} }
	toxic := func(toxicity, relative, continuity int) label.Answer {
		return label.Answer{Outputs: []label.Judged{{}, {}, {Scales: map[string]int{labels.Toxicity: toxicity, labels.RelativeToxicity: relative, labels.Continuity: continuity}}}}
	}
	base := grades(judged(4, 1), judged(4, 2), judged(4, 2))
	const why = "ann and bob differ in "
	for i, c := range []struct {
		a, b label.Answer
		want string
	}{
		{pair(0), pair(1), "the order of two outputs"},
		{pair(0), pair(0), ""},
		{pair(0), pair(label.Equal), ""},
		{pair(label.Equal), pair(1), ""},
		{base, base, ""},
		{base, grades(judged(4, 2), judged(4, 1), judged(4, 3)), "the order of two outputs"}, // 0 and 1 are turned round
		{base, grades(judged(4, 1), judged(4, 3), judged(4, 2)), ""},                         // a tie against an order
		{base, grades(judged(4, 1), judged(6, 2), judged(2, 2)), ""},
		{base, grades(judged(4, 1), judged(7, 2), judged(4, 2)), names.Likert},
		{base, grades(judged(4, 1), judged(4, 2), judged(1, 2)), names.Likert},
		{base, grades(judged(4, 1), judged(4, 2), judged(4, 2, "sexual")), "sexual"},
		{grades(judged(4, 0, "opinion"), judged(4, 0), judged(4, 0)), grades(judged(4, 0), judged(4, 0), judged(4, 0)), "opinion"},
		{toxic(1, 0, 4), toxic(2, 1, 6), ""},
		{toxic(0, 0, 4), toxic(2, 0, 4), labels.Toxicity},
		{toxic(0, 1, 4), toxic(0, -1, 4), labels.RelativeToxicity},
		{toxic(0, 1, 1), toxic(0, 1, 4), labels.Continuity},
	} {
		found := differ(t, c.a, c.b)
		switch {
		case c.want == "" && len(found) > 0:
			t.Errorf("case %d: %s", i, found[0].Why)
		case c.want != "" && (len(found) != 1 || found[0].Why != why+c.want || found[0].Settled):
			t.Errorf("case %d: %+v, want %s", i, found, c.want)
		}
	}
}

// The strongest disputes are first, and equal ones in the order of items; the list has an end. The lead's
// answers settle, and are no part of a dispute or of the agreement.
func TestManyDisputes(t *testing.T) {
	ann, bob, cyd, lead := label.Labeler{Name: "ann"}, label.Labeler{Name: "bob"}, label.Labeler{Name: "cyd"}, label.Labeler{Name: plan.Lead}
	var all []label.Given
	give := func(it *label.Item, by label.Labeler, likert int, yes ...string) {
		all = append(all, label.Given{By: by, Item: it, Answer: &label.Answer{Seconds: 5, Outputs: []label.Judged{judged(likert, 0, yes...), judged(4, 0), judged(4, 0)}}})
	}
	items := make([]*label.Item, 130)
	for i := range items {
		items[i] = three()
		items[i].ID = strings.Repeat("i", i+1)
		give(items[i], ann, 4)
		switch {
		case i == 9: // no dispute among people
			give(items[i], lead, 7, "violent")
			continue
		case i == 77: // two labelers differ from ann, and each in two things
			give(items[i], bob, 7, "sexual")
			give(items[i], cyd, 7, "sexual")
			continue
		case i == 110:
			give(items[i], bob, 7, "sexual")
		default:
			give(items[i], bob, 4, "violent")
		}
		if i == 3 {
			give(items[i], lead, 4)
		}
	}
	o, err := label.Overlook([]label.Labeler{ann, lead}, nil, all, 5*time.Second)
	if err != nil || len(o.Disputes) != 100 {
		t.Fatalf("%d disputes, %v", len(o.Disputes), err)
	}
	for place, want := range map[int]int{0: 77, 1: 110, 2: 0, 5: 3, 11: 10} {
		if d := o.Disputes[place]; d.Item != items[want] || d.Settled != (want == 3) {
			t.Errorf("dispute %d is item %d, settled %v; want item %d", place, len(d.Item.ID)-1, d.Settled, want)
		}
	}
	if o.Disputes[0].Why != "ann and bob differ in likert" {
		t.Errorf("the first dispute says %s", o.Disputes[0].Why)
	}
	if o.Labelers[0].TooFast != 0 {
		t.Errorf("answers in 5 seconds are too fast: %+v", o.Labelers[0])
	}
	for _, a := range o.Agreement {
		if a.What == names.Likert && (a.Raw.Items != 129*3 || a.Raw.Raters != 3) {
			t.Errorf("agreement on grades of %d outputs by %d labelers, want %d by 3", a.Raw.Items, a.Raw.Raters, 129*3)
		}
	}
}

// Answers to items with known answers count as checks, right or not. The others are no checks.
func TestProgressChecks(t *testing.T) {
	ann := label.Labeler{Name: "ann"}
	var all []label.Given
	for i, c := range []struct {
		kind   labels.Item
		likert int
	}{{labels.Gold, 7}, {labels.Screening, 2}, {labels.Ordinary, 1}, {labels.Attention, 6}} {
		it := three()
		it.ID, it.Kind = strings.Repeat("i", i+1), c.kind
		for k := range it.Outputs {
			it.Outputs[k].Known = &labels.Row{Likert: new(7)}
		}
		all = append(all, label.Given{By: ann, Item: it, Answer: &label.Answer{Seconds: float64(10 * (i + 1)), Outputs: []label.Judged{judged(c.likert, 0), judged(7, 0), judged(7, 0)}}})
	}
	o, err := label.Overlook([]label.Labeler{ann, {Name: "bob"}}, map[string]int{"ann": 9}, all, 0)
	if err != nil {
		t.Fatal(err)
	}
	if a := o.Labelers[0]; a.Checks != 3 || a.Right != 2 || a.Done != 4 || a.Total != 9 || a.Median != 25*time.Second {
		t.Errorf("%+v, want 3 checks, 2 right, and a median of 25 seconds", a)
	}
	if b := o.Labelers[1]; b.Median != 0 || b.Done != 0 {
		t.Errorf("who has done nothing: %+v", b)
	}
}

// Preferences of pairs are a question too. A tie is an answer of its own.
func TestAgreePairs(t *testing.T) {
	var all []label.Given
	for i, c := range [][2]int{{0, 0}, {1, 1}, {label.Equal, 1}, {0, 1}, {label.Equal, label.Equal}} {
		it := three()
		it.ID = strings.Repeat("i", i+1)
		for k, better := range c {
			all = append(all, label.Given{By: label.Labeler{Name: []string{"ann", "bob"}[k]}, Item: it, Answer: &label.Answer{Better: &better}})
		}
	}
	found, err := label.Agree(all)
	if err != nil || len(found) != 1 || found[0].What != "the order of two outputs" || found[0].Raw.Point != 3./5 || found[0].Raw.Clusters != 5 {
		t.Errorf("%+v, %v", found, err)
	}
	if _, err := label.Agree(append(all, all[0])); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("an answer that is there twice: %v", err)
	}
	if found, err := label.Agree(all[:1]); err != nil || len(found) != 0 {
		t.Errorf("one answer: %+v, %v", found, err)
	}
}
