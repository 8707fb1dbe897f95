package prompts

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
	"assay/suites"
	"assay/suites/datafile"
)

// Record is a row of a log.
type Record struct {
	Line   int
	Prompt string
	User   string // "" where the log has none
	Source string // "" where the log has none
	// Category is the prompt's use case; "" where the log has none.
	Category string
	// Demonstration is a labeler's answer to the prompt; nil where the log has none.
	Demonstration *string
	Raw           []byte // the row as in the log, on one line; valid until the next row
}

// Fields name the members of a row. [Read] looks for those that are "".
type Fields struct {
	Prompt, User, Source, Category, Demonstration string
}

// row has the members that Read looks for.
type row struct {
	Prompt      *string     `json:"prompt"`
	Instruction *string     `json:"instruction"`
	Input       *string     `json:"input"`
	Instances   *[]instance `json:"instances"`
	Turns       *[]string   `json:"turns"`
	Chosen      *string     `json:"chosen"`
	User        *string     `json:"user"`
	UserID      *string     `json:"user_id"`
	Source      *string     `json:"source"`
}

type instance struct {
	Input  string  `json:"input"`
	Output *string `json:"output"`
}

// Read passes on the rows of a log: JSON lines, or one JSON array, compressed if the
// name ends in .gz. The prompt is the member that fields name, or the first of
// prompt, instruction (followed by input, or by the first of instances), the first of
// turns, and chosen up to its last reply, as in Anthropic's hh-rlhf. The user is in
// user or user_id, the source in source, the category in use_case or category, and the
// demonstration in completion, output or the first of instances. If pass is not nil, it receives the file's
// bytes as they are read.
func Read(path string, fields Fields, pass io.Writer, use func(*Record) error) error {
	f, err := rows.OpenFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var in io.Reader = f
	if pass != nil {
		in = io.TeeReader(f, pass)
	}
	in, err = rows.Unpack(path, in)
	if err != nil {
		return err
	}
	text, err := rows.NewText(path, in)
	if err != nil {
		return err
	}
	each := func(line int, raw []byte) error {
		rec, err := fields.record(raw)
		if err != nil {
			return place.At(path, line, err)
		}
		rec.Line, rec.Raw = line, raw
		return use(rec)
	}
	var n int
	if text.IsArray() {
		n, err = text.EachElement(func(line int, raw []byte) error { return each(line, oneLine(raw)) })
	} else {
		n, err = text.EachLine(each)
	}
	if err == nil && n == 0 {
		err = place.At(path, 0, errors.New("no prompts in it; get the complete file"))
	}
	return err
}

// oneLine writes JSON without white space between its values, which need not all be in
// order.
func oneLine(value []byte) []byte {
	out := make([]byte, 0, len(value))
	quoted, escaped := false, false
	for _, c := range value {
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case !quoted && strings.IndexByte(" \t\r\n", c) >= 0:
			continue
		}
		out = append(out, c)
	}
	return out
}

// record finds prompt, user and source in a row.
func (f Fields) record(raw []byte) (*Record, error) {
	var r row
	if err := datafile.Decode(raw, &r); err != nil {
		var semantic *json.SemanticError
		if errors.As(err, &semantic) && semantic.JSONPointer != "" {
			return nil, fmt.Errorf("%s; fix the row, or name another member with --prompt-field, --user-field or --source-field", datafile.WrongType(semantic))
		}
		return nil, fmt.Errorf("%w; fix or remove the row", datafile.Explain(err))
	}
	rec := &Record{}
	var demonstration string
	for _, x := range []struct {
		name, flag string
		found      *string
		to         *string
		needed     bool
	}{
		{f.Prompt, "prompt", r.prompt(), &rec.Prompt, true},
		{f.User, "user", first(r.User, r.UserID), &rec.User, false},
		{f.Source, "source", r.Source, &rec.Source, false},
		{f.Category, "category", textOf(raw, "use_case", "category"), &rec.Category, false},
		{f.Demonstration, "demonstration", r.demonstration(raw), &demonstration, false},
	} {
		found := x.found
		if x.name != "" {
			var text string
			value, times := datafile.Member(raw, x.name)
			switch times {
			case 0:
				return nil, fmt.Errorf("no member %q; fix the row, or name another member with --%s-field", x.name, x.flag)
			case 1:
			default:
				return nil, fmt.Errorf("member %q appears twice, and --%s-field names it; remove one of the two", x.name, x.flag)
			}
			if err := json.Unmarshal(value, &text); err != nil {
				return nil, fmt.Errorf("member %q is not text; --%s-field needs text", x.name, x.flag)
			}
			found = &text
		}
		if found == nil && x.needed {
			return nil, errors.New("no prompt; a row needs prompt, instruction, turns or chosen, or a member that --prompt-field names")
		}
		if found != nil {
			*x.to = *found
			if x.to == &demonstration {
				rec.Demonstration = &demonstration
			}
		}
	}
	return rec, nil
}

func first(texts ...*string) *string {
	for _, t := range texts {
		if t != nil {
			return t
		}
	}
	return nil
}

// textOf is the first of some members that is text, or nil. Logs use these names for other
// things too, which are passed over.
func textOf(raw []byte, names ...string) *string {
	for _, name := range names {
		value, times := datafile.Member(raw, name)
		var text *string
		if times == 1 && json.Unmarshal(value, &text) == nil && text != nil {
			return text
		}
	}
	return nil
}

// demonstration is the answer that goes with the row's prompt, or nil if it has none.
func (r *row) demonstration(raw []byte) *string {
	if r.Instances != nil && len(*r.Instances) > 0 {
		return first((*r.Instances)[0].Output, textOf(raw, "completion", "output"))
	}
	return textOf(raw, "completion", "output")
}

// prompt is the row's prompt, or nil if it has none.
func (r *row) prompt() *string {
	switch {
	case r.Prompt != nil:
		return r.Prompt
	case r.Instruction != nil:
		input := ""
		if r.Input != nil {
			input = *r.Input
		} else if r.Instances != nil && len(*r.Instances) > 0 {
			input = (*r.Instances)[0].Input
		}
		text := suites.Instruction(*r.Instruction, input)
		return &text
	case r.Turns != nil && len(*r.Turns) > 0:
		return &(*r.Turns)[0]
	case r.Chosen != nil:
		const reply = "\n\nAssistant:"
		if i := strings.LastIndex(*r.Chosen, reply); i >= 0 {
			text := (*r.Chosen)[:i+len(reply)]
			return &text
		}
	}
	return nil
}
