package chat

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/exec"
)

// list is a list with Python's indices. The library's own lists return nothing for the first item counted
// from the end, so that messages[-1] of one message would be empty.
type list []any

// GetItem returns the item at an index; a negative index counts from the end.
func (l list) GetItem(key any) (*exec.Value, bool) {
	i, ok := key.(int)
	if i < 0 {
		i += len(l)
	}
	if !ok || i < 0 || i >= len(l) {
		return exec.AsValue(nil), false
	}
	return exec.ToValue(l[i]), true
}

// listed converts the library's lists; other values stay as they are.
func listed(value any) any {
	if v, ok := value.(*exec.Value); ok {
		if v.IsError() || !v.IsList() {
			return v
		}
		value = v.Interface()
	}
	r := reflect.ValueOf(value)
	if r.Kind() != reflect.Slice {
		return value
	}
	items := make(list, r.Len())
	for i := range items {
		items[i] = r.Index(i).Interface()
	}
	return items
}

// listFilters are the filters that return lists.
var listFilters = []string{
	"list", "map", "select", "selectattr", "reject", "rejectattr", "sort", "reverse", "unique", "batch", "slice",
}

// wrongFilters are filters of the library whose output differs from Jinja's; that of sum does with a start or
// an attribute.
var wrongFilters = []string{"dictsort", "items", "format", "sum"}

// filters are Jinja's, with our lists and transformers' tojson.
func filters() *exec.FilterSet {
	set := exec.NewFilterSet(map[string]exec.FilterFunction{}).Update(builtins.Filters)
	for _, name := range listFilters {
		f, ok := builtins.Filters.Get(name)
		if !ok {
			continue
		}
		_ = set.Replace(name, func(e *exec.Evaluator, in *exec.Value, params *exec.VarArgs) *exec.Value {
			return exec.ToValue(listed(f(e, in, params)))
		}) // it is there
	}
	_ = set.Replace("tojson", toJSON)
	for _, name := range wrongFilters {
		f, _ := builtins.Filters.Get(name)
		_ = set.Replace(name, func(e *exec.Evaluator, in *exec.Value, params *exec.VarArgs) *exec.Value {
			if name == "sum" && len(params.Args)+len(params.KwArgs) == 0 {
				return f(e, in, params)
			}
			return exec.AsValue(fmt.Errorf("the filter %s is not supported", name))
		})
	}
	return set
}

// textMethods are the text methods taken from the library.
var textMethods = []string{
	"capitalize", "capwords", "casefold", "center", "count", "expandtabs", "find", "format", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper", "join", "ljust", "lower", "partition", "removeprefix", "removesuffix", "replace", "rfind", "rjust", "rpartition", "rsplit", "split", "splitlines", "swapcase", "title", "upper", "zfill",
}

// methods are Python's methods: the library's, but with our lists, and with strip methods that remove all
// white space when called without characters.
func methods() exec.Methods {
	all := builtins.Methods
	texts := map[string]exec.Method[string]{
		"strip":  strip(strings.TrimSpace, strings.Trim),
		"lstrip": strip(func(s string) string { return strings.TrimLeft(s, space) }, strings.TrimLeft),
		"rstrip": strip(func(s string) string { return strings.TrimRight(s, space) }, strings.TrimRight),
		// The library's versions report that an empty text ends with anything.
		"startswith": affix(strings.HasPrefix),
		"endswith":   affix(strings.HasSuffix),
	}
	for _, name := range textMethods {
		if f, ok := builtins.Methods.Str.Get(name); ok {
			texts[name] = func(self string, value *exec.Value, arguments *exec.VarArgs) (any, error) {
				out, err := f(self, value, arguments)
				return listed(out), err
			}
		}
	}
	dicts := map[string]exec.Method[map[string]any]{
		"items":  members(func(key, value any) any { return list{key, value} }),
		"keys":   members(func(key, _ any) any { return key }),
		"values": members(func(_, value any) any { return value }),
	}
	for _, name := range []string{"get", "pop", "setdefault", "update", "copy", "clear"} {
		if f, ok := builtins.Methods.Dict.Get(name); ok {
			dicts[name] = f
		}
	}
	all.Str, all.Dict = exec.NewMethodSet(texts), exec.NewMethodSet(dicts)
	return all
}

// space is the white space, below U+0100, that Python's str.strip removes.
const space = " \t\n\r\v\f\x1c\x1d\x1e\x1f\u0085\u00a0"

func strip(all func(string) string, some func(s, characters string) string) exec.Method[string] {
	return func(self string, _ *exec.Value, arguments *exec.VarArgs) (any, error) {
		if len(arguments.Args) == 0 || arguments.Args[0].IsNil() {
			return all(self), nil
		}
		return some(self, arguments.Args[0].String()), nil
	}
}

// members lists a dictionary's members in insertion order; the library sorts them.
func members(of func(key, value any) any) exec.Method[map[string]any] {
	return func(_ map[string]any, self *exec.Value, _ *exec.VarArgs) (any, error) {
		out := list{}
		self.Iterate(func(_, _ int, key, value *exec.Value) bool {
			out = append(out, of(key, value))
			return true
		}, func() {})
		return out, nil
	}
}

// affix makes startswith or endswith, for one text or several.
func affix(has func(s, affix string) bool) exec.Method[string] {
	return func(self string, _ *exec.Value, arguments *exec.VarArgs) (any, error) {
		if len(arguments.Args) != 1 {
			return nil, errors.New("startswith and endswith take a text or a tuple of texts")
		}
		if one := arguments.Args[0]; one.IsString() {
			return has(self, one.String()), nil
		}
		found := false
		arguments.Args[0].Iterate(func(_, _ int, one, _ *exec.Value) bool {
			found = has(self, one.String())
			return !found
		}, func() {})
		return found, nil
	}
}
