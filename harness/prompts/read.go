package prompts

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness"
)

// Record is a row of a log.
type Record struct {
	Line   int
	Prompt string
	User   string // "" where the log names none
	Source string // "" likewise
	Raw    []byte // the row as it stands, on one line; valid until the next row
}

// Fields name the members of a row. Those that are "" are looked for; see [Read].
type Fields struct {
	Prompt, User, Source string
}

// row is what is looked for in a row.
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
	Input string `json:"input"`
}

// Read hands over the rows of a log: JSON lines, or one JSON array; compressed where
// the name ends in .gz. The prompt is the member that fields name, or the first of
// prompt, instruction (with input, or the first of instances, below it), the first of
// turns, and chosen up to its last reply, as in Anthropic's hh-rlhf. The user is in
// user or user_id, the source in source. Pass, if not nil, sees the file's bytes go
// by.
func Read(path string, fields Fields, pass io.Writer, use func(*Record) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var in io.Reader = f
	if pass != nil {
		in = io.TeeReader(f, pass)
	}
	if strings.HasSuffix(strings.ToLower(path), ".gz") {
		z, err := gzip.NewReader(in)
		if err != nil {
			return harness.ErrorAt(path, 0, fmt.Errorf("no gzip file: %w", err))
		}
		defer z.Close()
		in = z
	}
	b := bufio.NewReaderSize(in, 1<<18)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		b.Discard(3)
	}
	rows := 0
	each := func(line int, raw []byte) error {
		rows++
		rec, err := fields.record(raw)
		if err != nil {
			return harness.ErrorAt(path, line, err)
		}
		rec.Line, rec.Raw = line, raw
		return use(rec)
	}
	if isArray(b) {
		err = readArray(path, b, each)
	} else {
		err = readLines(path, b, each)
	}
	if err == nil && rows == 0 {
		err = harness.ErrorAt(path, 0, errors.New("no prompts in it; get the file whole"))
	}
	return err
}

// isArray looks whether a file begins with a bracket, after white space.
func isArray(b *bufio.Reader) bool {
	for n := 1; ; n++ {
		head, err := b.Peek(n)
		if err != nil {
			return false
		}
		switch head[n-1] {
		case ' ', '\t', '\r', '\n':
		default:
			return head[n-1] == '['
		}
	}
}

func readLines(path string, b *bufio.Reader, each func(int, []byte) error) error {
	for line := 1; ; line++ {
		text, err := b.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return harness.ErrorAt(path, line, fmt.Errorf("%w; get the file whole", err))
		}
		if text = bytes.TrimSpace(text); len(text) > 0 {
			if err := each(line, text); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// newlines counts the line ends that go by, and remembers those that the decoder has
// not passed yet.
type newlines struct {
	in     io.Reader
	read   int64
	ahead  []int64 // offsets of line ends
	passed int     // line ends before them
}

func (n *newlines) Read(p []byte) (int, error) {
	k, err := n.in.Read(p)
	for i, c := range p[:k] {
		if c == '\n' {
			n.ahead = append(n.ahead, n.read+int64(i))
		}
	}
	n.read += int64(k)
	return k, err
}

// at is the line of an offset; offsets may only rise.
func (n *newlines) at(offset int64) int {
	i := 0
	for i < len(n.ahead) && n.ahead[i] < offset {
		i++
	}
	n.ahead = append(n.ahead[:0], n.ahead[i:]...)
	n.passed += i
	return n.passed + 1
}

func readArray(path string, b *bufio.Reader, each func(int, []byte) error) error {
	n := &newlines{in: b}
	dec := jsontext.NewDecoder(n)
	torn := func(err error) error {
		return harness.ErrorAt(path, n.at(dec.InputOffset()), fmt.Errorf("no JSON array of rows: %w; get the file whole", plain(err)))
	}
	if _, err := dec.ReadToken(); err != nil {
		return torn(err)
	}
	for dec.PeekKind() != ']' {
		value, err := dec.ReadValue()
		if err != nil {
			return torn(err)
		}
		line := n.at(dec.InputOffset()) - bytes.Count(value, []byte("\n"))
		raw := jsontext.Value(bytes.Clone(value))
		if err := raw.Compact(); err != nil {
			return torn(err)
		}
		if err := each(line, raw); err != nil {
			return err
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return torn(err)
	}
	if _, err := dec.ReadToken(); err != io.EOF {
		return harness.ErrorAt(path, n.at(dec.InputOffset()), errors.New("something follows the array's end; keep one array a file"))
	}
	return nil
}

// plain keeps what a decoder says to its cause.
func plain(err error) error {
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), err == io.EOF:
		return errors.New("the file ends in the middle of a value")
	case errors.As(err, &syntactic):
		return syntactic.Err
	}
	return err
}

// record finds prompt, user and source in a row.
func (f Fields) record(raw []byte) (*Record, error) {
	var r row
	if err := json.Unmarshal(raw, &r); err != nil {
		var semantic *json.SemanticError
		if errors.As(err, &semantic) && semantic.JSONPointer != "" {
			return nil, fmt.Errorf("member %q has a type that a prompt log has not; name other members with the flags, or mend the row", string(semantic.JSONPointer))
		}
		return nil, fmt.Errorf("no JSON object: %w; mend or remove the row", plain(err))
	}
	rec := &Record{}
	var named map[string]jsontext.Value
	if f != (Fields{}) {
		if err := json.Unmarshal(raw, &named); err != nil {
			return nil, fmt.Errorf("no JSON object: %w; mend or remove the row", plain(err))
		}
	}
	for _, x := range []struct {
		name, flag string
		found      *string
		to         *string
		needed     bool
	}{
		{f.Prompt, "prompt", r.prompt(), &rec.Prompt, true},
		{f.User, "user", first(r.User, r.UserID), &rec.User, false},
		{f.Source, "source", r.Source, &rec.Source, false},
	} {
		found := x.found
		if x.name != "" {
			var text string
			value, ok := named[x.name]
			if !ok {
				return nil, fmt.Errorf("no member %q, which --%s-field names; mend the row", x.name, x.flag)
			}
			if err := json.Unmarshal(value, &text); err != nil {
				return nil, fmt.Errorf("member %q is no text; --%s-field needs one", x.name, x.flag)
			}
			found = &text
		}
		if found == nil && x.needed {
			return nil, errors.New("no prompt; a row needs prompt, instruction, turns or chosen, or a member that --prompt-field names")
		}
		if found != nil {
			*x.to = *found
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

// prompt is the row's prompt; nil where it has none.
func (r *row) prompt() *string {
	switch {
	case r.Prompt != nil:
		return r.Prompt
	case r.Instruction != nil:
		text, input := *r.Instruction, ""
		if r.Input != nil {
			input = *r.Input
		} else if r.Instances != nil && len(*r.Instances) > 0 {
			input = (*r.Instances)[0].Input
		}
		if strings.TrimSpace(input) != "" {
			text += "\n\n" + input
		}
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
