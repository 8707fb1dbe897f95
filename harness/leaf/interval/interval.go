// Package interval has the range of a number as people write it, [0,1), and as messages say it,
// "from 0 to below 1". Fields of YAML files and flags of commands have their ranges from it, so that
// a message always says the complete range.
package interval

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// Interval bounds a number. Lo and Hi are infinite where there is no bound; LoOpen and HiOpen say
// that the bound itself is outside.
type Interval struct {
	Lo, Hi         float64
	LoOpen, HiOpen bool
}

var form = regexp.MustCompile(`^([\[(])([^,]*),([^,]*)([\])])$`)

// Parse reads an interval such as [0,1) or (0,]; "" has no bounds. It panics at a malformed one,
// which is a fault of the program.
func Parse(text string) Interval {
	in := Interval{Lo: math.Inf(-1), Hi: math.Inf(1)}
	if text == "" {
		return in
	}
	m := form.FindStringSubmatch(text)
	if m == nil {
		panic(fmt.Sprintf("range %q; write it as [0,1)", text))
	}
	for i, bound := range []*float64{&in.Lo, &in.Hi} {
		if m[i+2] == "" {
			continue
		}
		x, err := strconv.ParseFloat(m[i+2], 64)
		if err != nil {
			panic(fmt.Sprintf("range %q: %v", text, err))
		}
		*bound = x
	}
	in.LoOpen, in.HiOpen = m[1] == "(", m[4] == ")"
	return in
}

// Holds reports whether a number is finite and within the bounds.
func (in Interval) Holds(x float64) bool {
	return !math.IsNaN(x) && !math.IsInf(x, 0) && (x > in.Lo || x == in.Lo && !in.LoOpen) && (x < in.Hi || x == in.Hi && !in.HiOpen)
}

// String says where a number must be: "from 0 to below 1".
func (in Interval) String() string { return in.In("") }

// In is String with a unit behind each bound: "above 0s".
func (in Interval) In(unit string) string {
	lo, hi := digits(in.Lo)+unit, digits(in.Hi)+unit
	low := "from " + lo
	if in.LoOpen {
		low = "above " + lo
	}
	switch {
	case math.IsInf(in.Lo, -1) && math.IsInf(in.Hi, 1):
		return "finite"
	case math.IsInf(in.Hi, 1) && in.LoOpen:
		return low
	case math.IsInf(in.Hi, 1):
		return "at least " + lo
	case in.LoOpen && in.HiOpen:
		return low + " and below " + hi
	case in.HiOpen:
		return low + " to below " + hi
	case in.LoOpen:
		return low + " and at most " + hi
	}
	return low + " to " + hi
}

// digits is a bound as people write it: 1000000000, not 1e+09.
func digits(x float64) string {
	if math.Abs(x) >= 1 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
