package yamlstruct

import (
	"io"
	"reflect"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
)

// File is a YAML file that is read into structs. It keeps its first fault; what was read
// besides has no meaning then.
type File struct {
	Path string

	root  Value
	lines []string
	err   error
}

// Open reads a file; remedy says what to write when the content is no YAML.
func Open(path, remedy string) (*File, error) {
	f, err := rows.OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, rows.Unreadable(path, err)
	}
	return Parse(path, data, remedy)
}

// Parse reads a file's content; path is for messages.
func Parse(path string, data []byte, remedy string) (*File, error) {
	root, err := parseDocument(path, data, remedy)
	if err != nil {
		return nil, err
	}
	return &File{Path: path, root: root, lines: strings.Split(string(data), "\n")}, nil
}

// Root is the file's one value.
func (f *File) Root() Value { return f.root }

// Fail records a fault at a line, unless there is one already. The message says the remedy.
func (f *File) Fail(line int, format string, args ...any) {
	if f.err == nil {
		f.err = place.Errorf(f.Path, line, format, args...)
	}
}

// Err is the file's first fault.
func (f *File) Err() error { return f.err }

// Others in a list of [Options.Lists] says that a schema lists the other texts only as
// suggestions: which texts there are depends on the file.
const Others = "*"

// Options say how a struct is read.
type Options struct {
	What    string              // the file's own mapping, or an entry of its list, in messages: "a plan"
	Variant string              // which of the fields with for tags are read; "" reads all
	Lists   map[string][]string // the texts of oneof tags that begin with @
	// Named are the texts of a list that messages name; by default, all of them.
	Named map[string][]string
	// Else is what a message says behind the texts of a list: what else may be written, or where
	// other texts come from.
	Else map[string]string
	// Hint gives the message for a field that nothing has, "" for the usual one; nil
	// always gives the usual one.
	Hint func(key string) string
}

// Decode reads the file into what a pointer points to: a struct, or a slice of structs.
// Fields that the file doesn't have stay as they are.
func (f *File) Decode(into any, o Options) {
	if f.root.Kind == Plain || f.root.Kind == Quoted {
		if found := rows.FormatOf([]byte(strings.Join(f.lines, "\n"))); found != "" && found != "YAML" {
			f.Fail(1, "this is %s; %s is YAML", found, o.What)
			return
		}
	}
	d := decoder{File: f, o: &o}
	v := reflect.ValueOf(into).Elem()
	if v.Kind() != reflect.Slice {
		d.root = v.Type()
		d.structure(f.root, v, o.What, nil)
		return
	}
	switch f.root.Kind {
	case Nothing:
	case List:
		d.entries(f.root, v, o.What, nil)
	default:
		f.Fail(f.root.Line, "%s where a list is expected; write one '- entry' per line", f.root)
	}
}

// Lines are the file's lines, as they are written.
func (f *File) Lines() []string { return f.lines }
