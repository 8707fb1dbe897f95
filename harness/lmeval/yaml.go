package lmeval

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
	"assay/harness/yamlstruct"
	"assay/models/jinja"
)

// function is a value !function NAME, which names Python.
type function struct{ name string }

// member is a key of a task file with its value and its place.
type member struct {
	value any // as in jinja, or a function
	file  string
	line  int
}

// config holds the keys of a task file and of those that it includes.
type config struct {
	path    string
	order   []string
	members map[string]member
}

const yamlRemedy = "see lm-evaluation-harness's guide of task files"

// maxIncludes bounds the files that one task includes. A file counts as often as it is included.
const maxIncludes = 100

// maxTaskFile bounds the bytes of a task file.
const maxTaskFile = 1 << 20

// includes are the files between a task file and what is read now.
type includes struct {
	around []string
	read   int
}

// readConfig reads a task file with its includes: keys of the file replace those of files that it includes.
func readConfig(path string) (*config, error) { return new(includes).config(path) }

// content reads a task file.
func content(path string) ([]byte, error) {
	// A named pipe would wait for a writer, and a device may have no end.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, place.Errorf(path, 0, "no regular file; name a task file")
	}
	f, err := rows.OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxTaskFile+1))
	switch {
	case err != nil:
		return nil, rows.Unreadable(path, err)
	case len(data) > maxTaskFile:
		return nil, place.Errorf(path, 1, "more than %d bytes; name a task file, which is YAML", maxTaskFile)
	}
	return data, nil
}

func (in *includes) config(path string) (*config, error) {
	if slices.Contains(in.around, path) {
		return nil, place.Errorf(path, 1, "the file includes itself; remove the include")
	}
	if in.read++; in.read > maxIncludes+1 {
		return nil, place.Errorf(in.around[0], 1, "the file includes more than %d files", maxIncludes)
	}
	in.around = append(in.around, path)
	defer func() { in.around = in.around[:len(in.around)-1] }()
	data, err := content(path)
	if err != nil {
		return nil, err
	}
	root, err := yamlstruct.ParseTagged(path, data, yamlRemedy)
	if err != nil {
		return nil, err
	}
	if root.Kind != yamlstruct.Mapping {
		return nil, place.Errorf(path, 1, "the file holds %s, and a task file is a mapping of keys", root)
	}
	own := &config{path: path, members: map[string]member{}}
	out := &config{path: path, members: map[string]member{}}
	for _, m := range root.Members {
		v, err := pythonValue(path, m.Value)
		if err != nil {
			return nil, err
		}
		if m.Name != "include" {
			own.set(m.Name, member{v, path, m.Line})
			continue
		}
		names, ok := v.([]any)
		if !ok {
			names = []any{v}
		}
		for _, n := range names {
			name, ok := n.(string)
			if !ok {
				return nil, place.Errorf(path, m.Line, "include takes names of files")
			}
			if !filepath.IsAbs(name) {
				name = filepath.Join(filepath.Dir(path), name)
			}
			if _, err := os.Stat(name); err != nil {
				return nil, place.Errorf(path, m.Line, "the included file %s can't be read: %w", name, errors.Unwrap(err))
			}
			included, err := in.config(name)
			if err != nil {
				return nil, err
			}
			out.update(included)
		}
	}
	out.update(own)
	return out, nil
}

func (c *config) set(name string, m member) {
	if _, ok := c.members[name]; !ok {
		c.order = append(c.order, name)
	}
	c.members[name] = m
}

func (c *config) update(other *config) {
	for _, name := range other.order {
		c.set(name, other.members[name])
	}
}

// get returns a key's value; nil if the file doesn't have the key.
func (c *config) get(name string) any { return c.members[name].value }

// fail is an error at a key.
func (c *config) fail(name, format string, args ...any) error {
	m, ok := c.members[name]
	if !ok {
		return place.Errorf(c.path, 1, format, args...)
	}
	return place.Errorf(m.file, m.line, format, args...)
}

// pythonValue is a value as PyYAML reads it: plain texts are resolved by YAML 1.1.
func pythonValue(path string, v yamlstruct.Value) (any, error) {
	switch v.Tag {
	case "", "!!str":
	case "!function":
		return function{v.Text}, nil
	case "!!null":
		return nil, nil
	default:
		return nil, place.Errorf(path, v.Line, "the tag %s is not supported", v.Tag)
	}
	switch {
	case v.Kind == yamlstruct.List:
		out := make([]any, len(v.Items))
		for i, item := range v.Items {
			one, err := pythonValue(path, item)
			if err != nil {
				return nil, err
			}
			out[i] = one
		}
		return out, nil
	case v.Kind == yamlstruct.Mapping:
		out := jinja.NewDict()
		for _, m := range v.Members {
			one, err := pythonValue(path, m.Value)
			if err != nil {
				return nil, err
			}
			key := any(m.Name)
			if !m.Quoted {
				key = plain(m.Name)
			}
			out.Set(key, one)
		}
		return out, nil
	case v.Kind == yamlstruct.Quoted || v.Tag == "!!str":
		return v.Text, nil
	}
	return plain(v.Text), nil
}

var (
	yamlBool  = regexp.MustCompile(`^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$`)
	yamlNull  = regexp.MustCompile(`^(?:~|null|Null|NULL|)$`)
	yamlInt   = regexp.MustCompile(`^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+)$`)
	yamlFloat = regexp.MustCompile(`^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$`)
)

// plain resolves a text without quotes as PyYAML's resolvers do.
func plain(s string) any {
	switch {
	case yamlNull.MatchString(s):
		return nil
	case yamlBool.MatchString(s):
		c := s[0] | 0x20
		return c == 'y' || c == 't' || strings.EqualFold(s, "on")
	case yamlInt.MatchString(s):
		digits := strings.ReplaceAll(s, "_", "")
		sign := ""
		if digits[0] == '-' || digits[0] == '+' {
			sign, digits = strings.TrimPrefix(digits[:1], "+"), digits[1:]
		}
		if len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9' {
			digits = "0o" + digits[1:]
		}
		if n, err := strconv.ParseInt(sign+digits, 0, 64); err == nil {
			return int(n)
		}
	case yamlFloat.MatchString(s):
		text := strings.ToLower(strings.ReplaceAll(s, "_", ""))
		text = strings.NewReplacer(".inf", "inf", ".nan", "nan").Replace(text)
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return f
		}
	}
	return s
}
