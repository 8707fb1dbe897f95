package agreement

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"assay/harness/leaf/plural"
)

// Rating is one rater's value for one item. Items of one cluster are not independent, such as
// the answers to one prompt; an item without a cluster is its own.
type Rating struct {
	Item, Cluster, Rater string
	Value                float64
}

// Table holds ratings. Any rating may be missing.
type Table struct {
	Raters []string  // sorted
	Values []float64 // the categories, ascending
	items  []item
	// clusters numbers the clusters of the complete table, from 0.
	clusters int
}

// item is what one or several raters rated.
type item struct {
	name    string
	cluster int
	ratings []rating
}

// rating is a value by its index in Table.Values.
type rating struct{ rater, value int }

// New makes a table. values are the categories that raters could choose from. If it is nil, the
// categories are those that occur. Only [Table.AC] depends on categories that nobody chose.
// New refuses a second rating of an item by one rater, a value that is not in values, and an
// item in two clusters.
func New(ratings []Rating, values []float64) (*Table, error) {
	t := &Table{Values: slices.Clone(values)}
	if values == nil {
		for _, r := range ratings {
			t.Values = append(t.Values, r.Value)
		}
	}
	slices.Sort(t.Values)
	t.Values = slices.Compact(t.Values)
	raters := map[string]int{}
	for _, r := range ratings {
		number(raters, r.Rater)
	}
	t.Raters = slices.Sorted(maps.Keys(raters))
	for i, name := range t.Raters {
		raters[name] = i
	}
	items, clusters := map[string]int{}, map[string]int{}
	for _, r := range ratings {
		if math.IsNaN(r.Value) || math.IsInf(r.Value, 0) {
			return nil, fmt.Errorf("item %s has the value %v from %s: not a number that can be compared", r.Item, r.Value, r.Rater)
		}
		value, ok := slices.BinarySearch(t.Values, r.Value)
		if !ok {
			return nil, fmt.Errorf("item %s has the value %v from %s, which is not one of the %s", r.Item, r.Value, r.Rater, plural.Of(len(values), "category"))
		}
		i, ok := items[r.Item]
		if !ok {
			i = len(t.items)
			items[r.Item] = i
			t.items = append(t.items, item{name: r.Item, cluster: number(clusters, r.clusterKey())})
		}
		if number(clusters, r.clusterKey()) != t.items[i].cluster {
			return nil, fmt.Errorf("item %s is in two clusters, one of them %q", r.Item, r.Cluster)
		}
		rater := raters[r.Rater]
		if slices.ContainsFunc(t.items[i].ratings, func(o rating) bool { return o.rater == rater }) {
			return nil, fmt.Errorf("%s rated item %s twice", r.Rater, r.Item)
		}
		t.items[i].ratings = append(t.items[i].ratings, rating{rater, value})
	}
	t.clusters = len(clusters)
	return t, nil
}

// clusterKey is the rating's cluster; an item without one can't have the key of another's.
func (r *Rating) clusterKey() string {
	if r.Cluster == "" {
		return "item\x00" + r.Item
	}
	return "cluster\x00" + r.Cluster
}

// number numbers names from 0, in order of first appearance.
func number(names map[string]int, name string) int {
	i, ok := names[name]
	if !ok {
		i = len(names)
		names[name] = i
	}
	return i
}

// Only is the table of some raters. It keeps the categories.
func (t *Table) Only(raters ...string) *Table {
	keep := t.members(raters)
	out := &Table{Values: t.Values, clusters: t.clusters}
	to := make([]int, len(t.Raters))
	for i, name := range t.Raters {
		if keep[i] {
			to[i] = len(out.Raters)
			out.Raters = append(out.Raters, name)
		}
	}
	for _, it := range t.items {
		var ratings []rating
		for _, r := range it.ratings {
			if keep[r.rater] {
				ratings = append(ratings, rating{to[r.rater], r.value})
			}
		}
		if ratings != nil {
			out.items = append(out.items, item{it.name, it.cluster, ratings})
		}
	}
	return out
}

// members marks the raters that have one of the names.
func (t *Table) members(names []string) []bool {
	in := make([]bool, len(t.Raters))
	for i, name := range t.Raters {
		in[i] = slices.Contains(names, name)
	}
	return in
}

// counts adds up an item's ratings by category, of the raters in a set; a nil set has all.
func (it *item) counts(in []bool, dst []float64) (n float64) {
	clear(dst)
	for _, r := range it.ratings {
		if in == nil || in[r.rater] {
			dst[r.value]++
			n++
		}
	}
	return n
}
