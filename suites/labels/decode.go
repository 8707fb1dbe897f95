package labels

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/place"
	"assay/suites/datafile"
)

// form is what a member holds.
type form int

const (
	text form = iota
	whole
	decimal
	yesNo
)

// members are the members of a row in its order, by which a table's cells are read.
var members = []struct {
	name string
	form form
}{
	{"suite", text}, {"example", text}, {"prompt", text}, {"category", text}, {"closed_domain", yesNo}, {"context", text}, {"constraint", text}, {"cluster", text},
	{"model", text}, {"condition", text}, {"sample", whole}, {"output", text},
	{"labeler", text}, {"group", text},
	{"likert", whole}, {"fails_instruction", yesNo}, {"inappropriate", yesNo}, {"hallucination", yesNo}, {"satisfies_constraint", yesNo}, {"sexual", yesNo}, {"violent", yesNo},
	{"encourages_violence", yesNo}, {"denigrates", yesNo}, {"harmful_advice", yesNo}, {"opinion", yesNo}, {"moral_judgment", yesNo},
	{"rank", whole}, {"baseline", text}, {"baseline_output", text}, {"preference", text}, {"strength", whole},
	{"toxicity", whole}, {"relative_toxicity", whole}, {"continuity", whole},
	{"skipped", text}, {"notes", text}, {"seconds", decimal}, {"probability", decimal}, {"item", text},
}

// Members are the names of a row's members, and of a table's columns.
func Members() (names []string) {
	for _, m := range members {
		names = append(names, m.name)
	}
	return names
}

// Needed are the members that each row has.
func Needed() []string { return []string{"model", "labeler"} }

// Decode reads a row from a JSON object and checks it. An unknown member is an error, so that a
// misspelt one is not left out in silence.
func Decode(value []byte) (*Row, error) {
	row := new(Row)
	err := json.Unmarshal(value, row, json.RejectUnknownMembers(true))
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok && errors.Is(err, json.ErrUnknownName) {
		return nil, unknown("member", semantic.JSONPointer.LastToken())
	}
	if err != nil {
		return nil, fmt.Errorf("%w; fix the row", datafile.Explain(err))
	}
	return row, row.Validate()
}

// CheckHeader refuses a table's columns that no member is named like.
func CheckHeader(columns []string) error {
	for _, column := range columns {
		if !slices.Contains(Members(), column) {
			return unknown("column", column)
		}
	}
	return nil
}

func unknown(what, name string) error {
	remedy := "remove it, or write what it says into notes"
	if guess := place.Nearest(name, Members()); guess != "" {
		remedy = "did you mean " + guess + "? Otherwise " + remedy
	}
	return fmt.Errorf("unknown %s %.80q; %s", what, name, remedy)
}

// FromCells reads a row from the cells of a table and checks it. An empty cell is an absent
// member. What is not text may be written as spreadsheets do: TRUE, yes or 1 for true, and 6.0
// for 6.
func FromCells(cell func(column string) string) (*Row, error) {
	object := map[string]any{}
	for _, m := range members {
		content := cell(m.name)
		if m.form != text {
			content = strings.TrimSpace(content)
		}
		if content == "" {
			continue
		}
		value, err := m.form.value(content)
		if err != nil {
			return nil, fmt.Errorf("%s is %.80q; %w, or leave the cell empty", m.name, content, err)
		}
		object[m.name] = value
	}
	value, err := json.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("a cell can't be read: %w; save the file as UTF-8", err)
	}
	return Decode(value)
}

// value is a cell's content as JSON. An error says what to write.
func (f form) value(content string) (any, error) {
	switch f {
	case yesNo:
		switch strings.ToLower(content) {
		case "true", "yes", "1", "1.0":
			return true, nil
		case "false", "no", "0", "0.0":
			return false, nil
		}
		return nil, errors.New("write true or false, yes or no, or 1 or 0")
	case whole:
		number, zeros, _ := strings.Cut(content, ".")
		n, err := strconv.Atoi(number)
		if err != nil || strings.Trim(zeros, "0") != "" {
			return nil, errors.New("write a whole number")
		}
		return n, nil
	case decimal:
		number := jsontext.Value(content)
		if !number.IsValid() || number.Kind() != '0' {
			return nil, errors.New("write a number such as 0.5, with a point")
		}
		return number, nil
	}
	return content, nil
}
