package chat

import (
	"reflect"

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
