package chat

import (
	"fmt"

	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/exec"
)

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
