package suitefile

import (
	"cmp"
	"embed"
	"path"
	"slices"
	"strings"
	"sync"

	"assay/harness/yamlstruct"
	"assay/suites"
	"assay/suites/catalog"
)

// The suite files that come with assay, and data that come with them.
//
//go:embed catalog
var catalogFiles embed.FS

// order is that of reports: the paper's results first. Suites that it doesn't have follow by name.
var order = []string{
	"winrate", "closed_domain", "world", "world_gpt", "truthfulqa", "truthfulqa_mc", "realtoxicity", "winogender", "crows_pairs",
	"squadv2", "quac", "drop", "hellaswag", "rte", "sst2", "wsc", "wmt15_fr_en", "cnn_dm", "tldr",
	"ifeval", "text", "qualitative", "world_probes",
}

// Catalog lists the suites that plans name, in the order of reports: those of suites/catalog, and
// those that are suite files.
func Catalog() []suites.Suite { return slices.Clone(builtIn()) }

// Find looks a suite of the catalog up by name.
func Find(name string) (suites.Suite, bool) {
	for _, s := range builtIn() {
		if s.Name == name {
			return s, true
		}
	}
	return suites.Suite{}, false
}

// Names lists the names of [Catalog].
func Names() []string {
	var names []string
	for _, s := range builtIn() {
		names = append(names, s.Name)
	}
	return names
}

// builtIn reads the files once. A fault in one of them is a fault of the program.
var builtIn = sync.OnceValue(func() []suites.Suite {
	all := catalog.All()
	entries, err := catalogFiles.ReadDir("catalog")
	if err != nil {
		panic("suitefile: " + err.Error())
	}
	for _, entry := range entries {
		if path.Ext(entry.Name()) != ".yaml" {
			continue
		}
		s, err := embedded("catalog/" + entry.Name())
		if err != nil {
			panic("suitefile: " + err.Error())
		}
		all = append(all, s)
	}
	place := func(s suites.Suite) int {
		if i := slices.Index(order, s.Name); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(all, func(a, b suites.Suite) int {
		if c := cmp.Compare(place(a), place(b)); c != 0 || place(a) < len(order) {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	for i := range all { // a caller may append
		all[i].Metrics, all[i].Conditions = slices.Clip(all[i].Metrics), slices.Clip(all[i].Conditions)
	}
	return all
})

// embedded is a suite file that comes with assay.
func embedded(name string) (suites.Suite, error) {
	read := func() (*compiled, error) {
		data, err := catalogFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		y, err := yamlstruct.Parse(name, data, remedy)
		if err != nil {
			return nil, err
		}
		c, err := compile(y)
		if err == nil {
			c.embedded = true
		}
		return c, err
	}
	c, err := read()
	if err != nil {
		return suites.Suite{}, err
	}
	s := c.suite()
	s.Live.Load = func(files suites.Files) (*suites.Set, error) { // with its own notes of what the data have
		c, err := read()
		if err != nil {
			return nil, err
		}
		return c.load(files)
	}
	return s, nil
}
