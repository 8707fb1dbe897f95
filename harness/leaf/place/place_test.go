package place_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"assay/harness/leaf/place"
)

func TestError(t *testing.T) {
	for want, err := range map[string]error{
		"a.csv:3: torn line":                  place.At("a.csv", 3, errors.New("torn line")),
		"a.csv: torn line":                    place.At("a.csv", 0, errors.New("torn line")),
		"a.csv:1: column x: no number":        place.Errorf("a.csv", 1, "column %s: %w", "x", errors.New("no number")),
		"a.csv:7: late":                       place.Within("a.csv", 7, errors.New("late")),
		"b.csv:2: early":                      place.Within("a.csv", 7, place.At("b.csv", 2, errors.New("early"))),
		"load: b.csv:2: early":                place.Within("a.csv", 7, fmt.Errorf("load: %w", place.At("b.csv", 2, errors.New("early")))),
		"plan.yaml:4: data.csv:2: bad header": place.At("plan.yaml", 4, place.At("data.csv", 2, errors.New("bad header"))),
	} {
		if got := err.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestOf(t *testing.T) {
	inner := place.At("data.csv", 2, fs.ErrNotExist)
	err := fmt.Errorf("load: %w", place.At("plan.yaml", 4, inner))
	got, ok := place.Of(err)
	if !ok || got.File != "plan.yaml" || got.Line != 4 {
		t.Errorf("place %+v, %v; want the outer one", got, ok)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
	if place.Known(fs.ErrNotExist) || place.Known(nil) {
		t.Error("a place where there is none")
	}
	if place.Within("a", 1, nil) != nil {
		t.Error("no error became one")
	}
}
