package figure

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"assay/harness/leaf/plural"
	"assay/reports"
)

// check reports the first thing in f that cannot be drawn truthfully.
func check(f reports.Figure) error {
	switch {
	case len(f.Panels) == 0:
		return fmt.Errorf("figure %s: no panels", f.ID)
	case f.Columns < 0:
		return fmt.Errorf("figure %s: %s", f.ID, plural.Of(f.Columns, "column"))
	}
	for i, s := range f.Series {
		if s.Color < 0 {
			return fmt.Errorf("figure %s: series %d (%q): color %d", f.ID, i, s.Name, s.Color)
		}
	}
	for i, p := range f.Panels {
		if err := checkPanel(p, f.Series); err != nil {
			return fmt.Errorf("figure %s: panel %d (%q): %w", f.ID, i, p.Title, err)
		}
	}
	return nil
}

func checkPanel(p reports.Panel, series []reports.Series) error {
	if p.Mark < reports.Bars || p.Mark > reports.Curves {
		return fmt.Errorf("unknown mark %d", p.Mark)
	}
	if !finite(p.YMin, p.YMax) {
		return fmt.Errorf("axis from %v to %v", p.YMin, p.YMax)
	}
	if (p.YMin != 0 || p.YMax != 0) && p.YMin >= p.YMax {
		return fmt.Errorf("axis from %v to %v", p.YMin, p.YMax)
	}
	if p.Reference != nil && !finite(*p.Reference) {
		return fmt.Errorf("reference line at %v", *p.Reference)
	}
	if err := checkCurves(p, len(series)); err != nil {
		return err
	}
	if err := checkBands(p); err != nil {
		return err
	}
	seen := map[place]bool{}
	for i, pt := range p.Points {
		if err := checkPoint(pt, p, len(series)); err != nil {
			return fmt.Errorf("point %d: %w", i, err)
		}
		at := place{pt.Series, pt.X, pt.Hollow}
		if seen[at] {
			return fmt.Errorf("point %d: a second point of series %q at %q",
				i, series[pt.Series].Name, p.X[pt.X])
		}
		seen[at] = true
	}
	if lo, hi := extent(p); !finite(hi - lo) {
		return fmt.Errorf("values from %v to %v are too far apart for one axis", lo, hi)
	}
	return nil
}

func checkCurves(p reports.Panel, series int) error {
	switch {
	case p.Mark == reports.Curves && len(p.Points)+len(p.X) > 0:
		return errors.New("a panel of curves with points or names")
	case p.Mark != reports.Curves && len(p.Curves) > 0:
		return errors.New("a panel of another mark with curves")
	}
	for i, c := range p.Curves {
		switch {
		case c.Series < 0 || c.Series >= series:
			return fmt.Errorf("curve %d: series %d of %d", i, c.Series, series)
		case len(c.X) != len(c.Y):
			return fmt.Errorf("curve %d: %d y for %d x", i, len(c.Y), len(c.X))
		case !finite(c.X...) || !finite(c.Y...):
			return fmt.Errorf("curve %d: a value is not finite", i)
		case !c.Path && !slices.IsSorted(c.X):
			return fmt.Errorf("curve %d: x does not ascend", i)
		}
	}
	return nil
}

func checkBands(p reports.Panel) error {
	taken := map[int]bool{}
	for i, b := range p.Bands {
		switch {
		case b.X < 0 || b.X >= len(p.X):
			return fmt.Errorf("band %d: x %d of %d", i, b.X, len(p.X))
		case taken[b.X]:
			return fmt.Errorf("band %d: a second band at %q", i, p.X[b.X])
		case b.Lo != nil && !finite(*b.Lo), b.Hi != nil && !finite(*b.Hi):
			return fmt.Errorf("band %d: an end is not finite", i)
		case b.Lo != nil && b.Hi != nil && *b.Lo > *b.Hi:
			return fmt.Errorf("band %d: from %v to %v is upside down", i, *b.Lo, *b.Hi)
		}
		taken[b.X] = true
	}
	return nil
}

// place is a place that may hold at most one point.
type place struct {
	series, x int
	hollow    bool
}

func checkPoint(pt reports.Point, p reports.Panel, series int) error {
	switch {
	case pt.Series < 0 || pt.Series >= series:
		return fmt.Errorf("series %d of %d", pt.Series, series)
	case pt.X < 0 || pt.X >= len(p.X):
		return fmt.Errorf("x %d of %d", pt.X, len(p.X))
	}
	if err := checkValue(pt); err != nil {
		return err
	}
	if pt.Under == nil {
		return nil
	}
	switch {
	case p.Mark != reports.Bars:
		return errors.New("a value behind, which only bars may have")
	case pt.Under.Under != nil:
		return errors.New("a value behind the value behind")
	}
	if err := checkValue(*pt.Under); err != nil {
		return fmt.Errorf("value behind: %w", err)
	}
	return nil
}

func checkValue(pt reports.Point) error {
	switch {
	case !finite(pt.Y, pt.Lo, pt.Hi):
		return fmt.Errorf("value %v with interval [%v, %v]", pt.Y, pt.Lo, pt.Hi)
	case pt.Lo > pt.Hi:
		return fmt.Errorf("interval [%v, %v] is upside down", pt.Lo, pt.Hi)
	}
	return nil
}

func finite(vs ...float64) bool {
	for _, v := range vs {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
