package jinja

import (
	"math"
	"strconv"
	"strings"
)

// toFloat is Python's float.
func toFloat(v any) (float64, bool) {
	if _, f, _, ok := numeric(v); ok {
		return f, true
	}
	s, ok := v.(string)
	if !ok {
		return 0, false
	}
	s = strings.TrimFunc(s, isSpace)
	if strings.ContainsAny(s, "xXpP") { // Go's hexadecimal floats
		return 0, false
	}
	if strings.Contains(s, "_") {
		if strings.HasPrefix(s, "_") || strings.HasSuffix(s, "_") || strings.Contains(s, "__") {
			return 0, false
		}
		s = strings.ReplaceAll(s, "_", "")
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil || math.IsInf(f, 0)
}

// toInt is Jinja's int: Python's, or that of the float.
func toInt(v any, base int) (int, bool) {
	if s, ok := v.(string); ok {
		s = strings.TrimFunc(s, isSpace)
		digits := s
		switch base {
		case 16:
			digits = strings.Replace(strings.Replace(s, "0x", "", 1), "0X", "", 1)
		case 8:
			digits = strings.Replace(strings.Replace(s, "0o", "", 1), "0O", "", 1)
		case 2:
			digits = strings.Replace(strings.Replace(s, "0b", "", 1), "0B", "", 1)
		}
		if base >= 2 && base <= 36 {
			if i, err := strconv.ParseInt(digits, base, 64); err == nil {
				return int(i), true
			}
		}
	} else if i, _, isInt, ok := numeric(v); ok && isInt {
		return i, true
	}
	f, ok := toFloat(v)
	if !ok || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false
	}
	if math.Abs(f) >= 1<<63 {
		fail("the result is too large")
	}
	return int(f), true
}

func round(e *env, a []any) any {
	_, f, _, ok := numeric(a[0])
	if !ok {
		e.unsupported("round", a[0])
	}
	precision, method := e.integer(a[1], 0), e.text(a[2], "common")
	if max(precision, -precision) > 300 {
		fail("the precision is too large")
	}
	scale := math.Pow(10, float64(precision))
	switch method {
	case "common":
		if i, _, isInt, _ := numeric(a[0]); isInt && precision >= 0 {
			return i
		}
		if precision > 0 {
			v, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', precision, 64), 64)
			return v
		}
		if precision < 0 {
			fail("a negative precision is not supported")
		}
		return math.RoundToEven(f)
	case "ceil":
		return math.Ceil(f*scale) / scale
	case "floor":
		return math.Floor(f*scale) / scale
	}
	fail("the method must be common, ceil or floor")
	return nil
}
