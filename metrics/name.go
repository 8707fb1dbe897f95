package metrics

import (
	"assay/harness/leaf/place"
	"fmt"
	"slices"
	"strings"
)

// MarshalName writes a constant of an enumeration as its name: constant i is names[i].
func MarshalName[T ~int](constant T, names []string) ([]byte, error) {
	if constant < 0 || int(constant) >= len(names) {
		return nil, fmt.Errorf("%d is none of %s", constant, strings.Join(names, ", "))
	}
	return []byte(names[constant]), nil
}

// UnmarshalName finds the constant of a name. what is the enumeration's word in the error.
func UnmarshalName[T ~int](name []byte, what string, names []string) (T, error) {
	i := slices.Index(names, string(name))
	if i < 0 {
		return 0, fmt.Errorf("unknown %s %q; %s", what, name, place.Choose(string(name), names))
	}
	return T(i), nil
}
