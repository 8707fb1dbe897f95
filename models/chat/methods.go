package chat

import (
	"errors"
	"strings"

	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/exec"
)

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
