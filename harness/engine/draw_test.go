package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"assay/harness/engine"
	"assay/suites"
)

func draw(t *testing.T, d engine.Draw, from []suites.Example) []suites.Example {
	t.Helper()
	out, _, err := d.From(from)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// within checks that the first are among the others, in the same order.
func within(t *testing.T, few, more []suites.Example) {
	t.Helper()
	last := -1
	for _, ex := range few {
		i := slices.IndexFunc(more, func(o suites.Example) bool { return o.ID == ex.ID })
		if i <= last {
			t.Errorf("example %s is not among the larger draw, or out of order", ex.Input)
		}
		last = i
	}
}

func TestLimitNests(t *testing.T) {
	all := suite("a", 100, 1, "ruler").Examples
	few, more := draw(t, engine.Draw{Limit: 10, Seed: 7}, all), draw(t, engine.Draw{Limit: 30, Seed: 7}, all)
	if len(few) != 10 || len(more) != 30 || len(draw(t, engine.Draw{}, all)) != 100 {
		t.Fatalf("%d and %d examples", len(few), len(more))
	}
	within(t, few, more)
	within(t, more, all)
	other := draw(t, engine.Draw{Limit: 10, Seed: 8}, all)
	if slices.EqualFunc(few, other, func(a, b suites.Example) bool { return a.ID == b.ID }) {
		t.Error("another seed draws the same")
	}
}

// Of 1,000 examples 900 are low, 80 middle, 15 high and 5 have no value. A draw is even while
// the values last, whatever their shares, and then takes the rest from the others.
func TestStratifiedDraw(t *testing.T) {
	all := suite("a", 1000, 1, "ruler").Examples
	for i := range all {
		switch {
		case i%200 == 0:
		case i%200 < 4:
			all[i].Fields = map[string]string{"toxicity": "high"}
		case i%200 < 20:
			all[i].Fields = map[string]string{"toxicity": "middle"}
		default:
			all[i].Fields = map[string]string{"toxicity": "low"}
		}
	}
	var before []suites.Example
	for _, tt := range []struct {
		limit int
		want  map[string]int
		note  string
	}{
		{30, map[string]int{"low": 10, "middle": 10, "high": 10}, "stratify: toxicity: 5 examples without this field are never drawn"},
		{44, nil, ""}, // numbers that differ by one
		{45, map[string]int{"low": 15, "middle": 15, "high": 15}, ""},
		{75, map[string]int{"low": 30, "middle": 30, "high": 15}, "too few of some values (high: 15, low: 30, middle: 30)"},
		{500, map[string]int{"low": 405, "middle": 80, "high": 15}, "uneven"},
		{2000, map[string]int{"low": 900, "middle": 80, "high": 15}, "uneven"},
	} {
		got, note, err := engine.Draw{Limit: tt.limit, Stratify: "toxicity", Seed: 3}.From(all)
		if err != nil || !strings.Contains(note, tt.note) || tt.limit <= 45 && strings.Contains(note, "uneven") {
			t.Errorf("limit %d: note %q, %v", tt.limit, note, err)
		}
		counts := map[string]int{}
		for _, ex := range got {
			counts[ex.Fields["toxicity"]]++
		}
		if tt.want == nil {
			if len(got) != tt.limit || min(counts["low"], counts["middle"], counts["high"]) != 14 {
				t.Errorf("limit %d: %v", tt.limit, counts)
			}
		} else if fmt.Sprint(counts) != fmt.Sprint(tt.want) {
			t.Errorf("limit %d: %v, want %v", tt.limit, counts, tt.want)
		}
		within(t, before, got)
		within(t, got, all)
		before = got
	}
	for i := range all {
		all[i].Fields = nil
	}
	if _, _, err := (engine.Draw{Limit: 5, Stratify: "toxicity"}).From(all); err == nil || !strings.Contains(err.Error(), "no example of the data has this field") {
		t.Errorf("error %v", err)
	}
}
