package chat

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/nikolalohinski/gonja/v2/exec"
)

// toJSON is transformers' tojson: Python's json.dumps with ensure_ascii=False, without Jinja's HTML escapes.
// Members keep their order.
func toJSON(_ *exec.Evaluator, in *exec.Value, params *exec.VarArgs) *exec.Value {
	w := jsonWriter{}
	if value, ok := params.KwArgs["indent"]; ok && value.IsInteger() {
		w.indent = value.Integer()
	}
	if len(params.Args) > 0 {
		return exec.AsValue(errors.New("tojson takes only the argument indent"))
	}
	if err := w.write(in, 1); err != nil {
		return exec.AsValue(err)
	}
	return exec.AsSafeValue(w.out.String())
}

// jsonWriter writes values as Python does: with a space after commas and colons, or, with an indent, a line
// for each value.
type jsonWriter struct {
	out    strings.Builder
	indent int
}

func (w *jsonWriter) write(v *exec.Value, depth int) error {
	switch {
	case v.IsError():
		return v
	case v.IsNil():
		w.out.WriteString("null")
	case v.IsBool():
		w.out.WriteString(strconv.FormatBool(v.Bool()))
	case v.IsInteger():
		w.out.WriteString(strconv.Itoa(v.Integer()))
	case v.IsFloat():
		return w.float(v.Float())
	case v.IsString():
		quoted, err := jsontext.AppendQuote(nil, v.String())
		if err != nil {
			return err
		}
		w.out.Write(quoted)
	case v.IsDict():
		return w.list('{', '}', v, depth)
	case v.IsList():
		return w.list('[', ']', v, depth)
	default:
		return fmt.Errorf("tojson can't write %s", v.String())
	}
	return nil
}

// float writes a number as Python's repr does, if JSON can hold it.
func (w *jsonWriter) float(f float64) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return errors.New("tojson can't write a number that is not finite")
	}
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if a := math.Abs(f); f == 0 || a >= 1e-4 && a < 1e16 {
		text = strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
	}
	w.out.WriteString(text)
	return nil
}

func (w *jsonWriter) list(open, end byte, v *exec.Value, depth int) error {
	w.out.WriteByte(open)
	var failed error
	n := 0
	v.Iterate(func(_, _ int, first, second *exec.Value) bool {
		if n++; n > 1 {
			w.out.WriteByte(',')
			if w.indent == 0 {
				w.out.WriteByte(' ')
			}
		}
		w.line(depth)
		value := first
		if open == '{' {
			if failed = w.write(exec.AsValue(first.String()), depth+1); failed != nil {
				return false
			}
			w.out.WriteString(": ")
			value = second
		}
		failed = w.write(value, depth+1)
		return failed == nil
	}, func() {})
	if n > 0 {
		w.line(depth - 1)
	}
	w.out.WriteByte(end)
	return failed
}

func (w *jsonWriter) line(depth int) {
	if w.indent > 0 {
		w.out.WriteString("\n" + strings.Repeat(" ", w.indent*depth))
	}
}
