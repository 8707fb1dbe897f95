package suitefile

import (
	"path/filepath"
	"slices"
	"strconv"

	"assay/harness/yamlstruct"
	"assay/suites"
)

// presentation are the fields that change no request and no score.
var presentation = []string{"name", "title", "about", "clusters", "figure", "mark", "side_by_side"}

// settings lists what a suite file sets, by the fields' names: "shots.count", "conditions.few.prompt". Of files
// it has only the base name, since only their content counts.
func settings(root yamlstruct.Value) []suites.Setting {
	var all []suites.Setting
	for _, m := range root.Members {
		if !slices.Contains(presentation, m.Name) {
			all = appendSettings(all, m.Name, m.Name, m.Value)
		}
	}
	return all
}

// appendSettings adds a value under its path. name is the member's that holds it.
func appendSettings(all []suites.Setting, path, name string, v yamlstruct.Value) []suites.Setting {
	switch {
	case v.Kind == yamlstruct.Mapping:
		for _, m := range v.Members {
			all = appendSettings(all, path+"."+m.Name, m.Name, m.Value)
		}
		return all
	case v.Kind == yamlstruct.List && slices.ContainsFunc(v.Items, func(one yamlstruct.Value) bool { return one.Kind == yamlstruct.Mapping }):
		for i, item := range v.Items {
			all = appendSettings(all, path+"."+itemName(item, i), name, item)
		}
		return all
	case v.Kind == yamlstruct.List:
		text, err := v.JSON()
		if err != nil { // a number that JSON doesn't have; the file's own check names it
			return all
		}
		return append(all, suites.Setting{Name: path, Value: string(text)})
	case name == "data" || name == "file":
		return append(all, suites.Setting{Name: path, Value: filepath.Base(v.Text)})
	}
	return append(all, suites.Setting{Name: path, Value: v.Text})
}

// itemName is what tells an item of a list from the others: its text, its name, its metric or its number.
func itemName(item yamlstruct.Value, i int) string {
	if item.Kind != yamlstruct.Mapping && item.Kind != yamlstruct.List {
		return item.Text
	}
	for _, key := range []string{"name", "metric"} {
		for _, m := range item.Members {
			if m.Name == key {
				return m.Value.Text
			}
		}
	}
	return strconv.Itoa(i + 1)
}
