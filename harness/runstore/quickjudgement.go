package runstore

import (
	"bytes"
	"strconv"

	"assay/metrics"
)

// A run has many more judgements than other records, and nearly all of their lines have the
// form in which this assay writes them: members in order, strings without escapes. quick
// reads such a line several times faster than the general decoder. It reports false for any
// other line, which the general decoder then reads or refuses.

// judgementMembers are the members of a judgement in order, and where each is kept. One without
// a place is the sample.
var judgementMembers = []struct {
	name string
	text func(*metrics.Judgement) *string
	list func(*metrics.Judgement) *[]float64
}{
	{name: `"suite":`, text: func(j *metrics.Judgement) *string { return &j.Suite }},
	{name: `"example":`, text: func(j *metrics.Judgement) *string { return &j.Example }},
	{name: `"condition":`, text: func(j *metrics.Judgement) *string { return &j.Condition }},
	{name: `"model":`, text: func(j *metrics.Judgement) *string { return &j.Model }},
	{name: `"baseline":`, text: func(j *metrics.Judgement) *string { return &j.Baseline }},
	{name: `"sample":`},
	{name: `"metric":`, text: func(j *metrics.Judgement) *string { return &j.Metric }},
	{name: `"judge":`, text: func(j *metrics.Judgement) *string { return &j.Judge }},
	{name: `"labeler":`, text: func(j *metrics.Judgement) *string { return &j.Labeler }},
	{name: `"order":`, text: func(j *metrics.Judgement) *string { return &j.Order }},
	{name: `"value":`, list: func(j *metrics.Judgement) *[]float64 { return &j.Value }},
	{name: `"orders":`, list: func(j *metrics.Judgement) *[]float64 { return &j.Orders }},
	{name: `"missing":`, text: func(j *metrics.Judgement) *string { return &j.Missing }},
}

// quickJudgement reads a line into j. Strings that last has too are shared with it.
func quickJudgement(line []byte, j, last *metrics.Judgement) bool {
	if len(line) < 2 || line[0] != '{' || line[len(line)-1] != '}' {
		return false
	}
	rest := line[1 : len(line)-1]
	for _, m := range judgementMembers {
		after, ok := bytes.CutPrefix(rest, []byte(m.name))
		if !ok {
			continue
		}
		switch {
		case m.text != nil:
			after, ok = quickString(after, m.text(j), *m.text(last))
		case m.list != nil:
			after, ok = quickNumbers(after, m.list(j))
		default:
			after, ok = quickInt(after, &j.Sample)
		}
		if !ok {
			return false
		}
		if len(after) == 0 {
			return true
		}
		if after[0] != ',' || len(after) == 1 {
			return false
		}
		rest = after[1:]
	}
	return false // a member that is not known, out of order or repeated
}

// quickString reads a string of printable ASCII without escapes.
func quickString(b []byte, to *string, last string) ([]byte, bool) {
	if len(b) < 2 || b[0] != '"' {
		return nil, false
	}
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			if text := b[1:i]; string(text) == last {
				*to = last
			} else {
				*to = string(text)
			}
			return b[i+1:], true
		case c < ' ' || c > '~' || c == '\\':
			return nil, false
		}
	}
	return nil, false
}

// quickInt reads a whole number of up to nine digits.
func quickInt(b []byte, to *int) ([]byte, bool) {
	n := 0
	for i, c := range b {
		if c < '0' || c > '9' {
			*to = n
			return b[i:], i > 0 && (i == 1 || b[0] != '0')
		}
		if i >= 9 {
			return nil, false
		}
		n = 10*n + int(c-'0')
	}
	*to = n
	return nil, len(b) > 0 && (len(b) == 1 || b[0] != '0')
}

// quickNumbers reads a list of numbers.
func quickNumbers(b []byte, to *[]float64) ([]byte, bool) {
	if len(b) < 3 || b[0] != '[' {
		return nil, false
	}
	end := bytes.IndexByte(b, ']')
	if end < 2 {
		return nil, false
	}
	list := b[1:end]
	numbers := make([]float64, 0, bytes.Count(list, []byte{','})+1)
	for {
		one, more, several := bytes.Cut(list, []byte{','})
		x, ok := quickNumber(one)
		if !ok {
			return nil, false
		}
		numbers = append(numbers, x)
		if !several {
			*to = numbers
			return b[end+1:], true
		}
		list = more
	}
}

// quickNumber reads a number of JSON's grammar without an exponent.
func quickNumber(b []byte) (float64, bool) {
	digits := b
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	whole := len(digits)
	for i, c := range digits {
		switch {
		case c == '.' && whole == len(digits) && i > 0 && i+1 < len(digits):
			whole = i
		case c < '0' || c > '9':
			return 0, false
		}
	}
	if whole == 0 || whole > 1 && digits[0] == '0' || len(digits) == 0 {
		return 0, false
	}
	x, err := strconv.ParseFloat(string(b), 64)
	return x, err == nil
}
