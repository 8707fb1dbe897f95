package ordered_test

import (
	"fmt"
	"slices"
	"testing"

	"assay/harness/leaf/ordered"
)

func TestDictKeepsOrder(t *testing.T) {
	var d ordered.Dict
	if _, ok := d.Get("a"); ok || d.Len() != 0 {
		t.Errorf("an empty mapping has %d names", d.Len())
	}
	for i, name := range []string{"b", "a", "c", "a", "b"} {
		d.Set(name, i)
	}
	if got, want := d.Names(), []string{"b", "a", "c"}; !slices.Equal(got, want) {
		t.Errorf("names %v, want %v", got, want)
	}
	if v, ok := d.Get("a"); v != 3 || !ok {
		t.Errorf("a is %v, %v; want 3", v, ok)
	}
	var seen []string
	for name, v := range d.All() {
		if seen = append(seen, fmt.Sprint(name, v)); name == "a" {
			break
		}
	}
	if want := []string{"b4", "a3"}; !slices.Equal(seen, want) {
		t.Errorf("yielded %v, want %v", seen, want)
	}
}

func ExampleOf() {
	d := ordered.Of("question", "2 + 2", "answer", int64(4))
	for name, value := range d.All() {
		fmt.Println(name, value)
	}
	// Output:
	// question 2 + 2
	// answer 4
}
