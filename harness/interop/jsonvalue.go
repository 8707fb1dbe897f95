package interop

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/suites/datafile"
)

// texts are the texts of a text or a list; anything else is its JSON.
func texts(raw jsontext.Value) []string {
	var one string
	var list []jsontext.Value
	switch {
	case len(raw) == 0 || raw.Kind() == 'n':
		return nil
	case json.Unmarshal(raw, &one, jsontext.AllowInvalidUTF8(true)) == nil:
		return []string{one}
	case json.Unmarshal(raw, &list, jsontext.AllowInvalidUTF8(true)) == nil:
		var all []string
		for _, v := range list {
			if v.Kind() == '"' {
				all = append(all, texts(v)...)
			} else {
				all = append(all, string(v))
			}
		}
		return all
	}
	return []string{string(raw)}
}

// valueOf reads a score: a number, true or false. missing says why there is none.
func valueOf(raw jsontext.Value) (x float64, missing string, err error) {
	switch text := string(raw); text {
	case "":
		return 0, "no score in the file", nil
	case "null", "NaN":
		return 0, "the tool gave no score", nil
	case "true":
		return 1, "", nil
	case "false":
		return 0, "", nil
	case "Infinity", "-Infinity", "1e999", "-1e999":
		return 0, "the value is not finite", nil
	default:
		x, err := strconv.ParseFloat(text, 64)
		if errors.Is(err, strconv.ErrRange) {
			return 0, "the value is not finite", nil
		}
		if err != nil {
			return 0, "", fmt.Errorf("%.40s is no number", text)
		}
		return x, "", nil
	}
}

// decodeValue decodes a value that is already in the memory.
func decodeValue(raw jsontext.Value, v any) error {
	return json.Unmarshal(raw, v, jsontext.AllowInvalidUTF8(true))
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// nullMember distinguishes a null member from an absent one.
func nullMember(err error, value []byte) error {
	if a, ok := err.(absent); ok {
		if raw, times := datafile.Member(value, a.member); times > 0 {
			return fmt.Errorf("member %q is %s; %s", a.member, raw, a.remedy)
		}
	}
	return err
}

// memberError says what is wrong with an element, and which member has the wrong type.
func memberError(err error) error {
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return fmt.Errorf("member %q appears twice in one element; remove one of the two", syntactic.JSONPointer.LastToken())
		}
		if name := syntactic.JSONPointer.LastToken(); name != "" {
			return fmt.Errorf("not valid JSON: member %q: %w; fix the file, or get a complete copy", name, syntactic.Err)
		}
		return fmt.Errorf("not valid JSON: %w; fix the file, or get a complete copy", syntactic.Err)
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok && semantic.JSONPointer != "" {
		return fmt.Errorf("%s; fix the element", datafile.WrongType(semantic))
	}
	return errors.New("an element is not an object; each must be an annotation or an output")
}
