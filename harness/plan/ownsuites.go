package plan

import (
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/yamlstruct"
	"assay/suites"
)

// Opener opens what a plan names in place of a suite of the catalog, such as the path of a
// suite file; dir is the plan's folder. One reference may stand for several suites. Ok is
// false if the name is no reference. Errors have their own place.
type Opener func(reference, dir string) (all []suites.Suite, ok bool, err error)

// AnyOf opens a reference with the first of several openers that knows it.
func AnyOf(openers ...Opener) Opener {
	return func(reference, dir string) ([]suites.Suite, bool, error) {
		for _, open := range openers {
			if all, ok, err := open(reference, dir); ok {
				return all, true, err
			}
		}
		return nil, false, nil
	}
}

// ownSuites are the suites behind a plan's references, in the order of the file.
type ownSuites []ownSuite

type ownSuite struct {
	reference string
	all       []suites.Suite
}

// openSuites opens what the entries of suites: refer to, before the plan is decoded: the
// names of these suites are then known in all of it.
func openSuites(f *yamlstruct.File, catalog []suites.Suite, open Opener) (ownSuites, error) {
	var own ownSuites
	if open == nil {
		return nil, nil
	}
	names := suiteNames(catalog, false)
	for _, v := range suiteValues(f.Root()) {
		if slices.Contains(names, v.Text) || slices.Contains(own.references(), v.Text) {
			continue
		}
		all, ok, err := open(v.Text, filepath.Dir(f.Path))
		switch {
		case err != nil:
			if at, ok := place.Of(err); ok && at.Line > 0 {
				return nil, err
			}
			return nil, place.At(f.Path, v.Line, err)
		case !ok && isData(v.Text):
			return nil, place.Errorf(f.Path, v.Line, "%s is a file of data; write a suite file with data: %[1]s, and name that here (assay suite new NAME.yaml writes one)", v.Text)
		case !ok:
			continue
		}
		for _, s := range all {
			if slices.Contains(names, s.Name) {
				return nil, place.Errorf(f.Path, v.Line, "%s has a suite named %s, and there is another one of this name; give it another name: in its file", v.Text, s.Name)
			}
			names = append(names, s.Name)
		}
		own = append(own, ownSuite{v.Text, all})
	}
	return own, nil
}

// isData says whether a text is the name of a file of data, by its ending.
func isData(name string) bool {
	name = strings.ToLower(name)
	for _, packed := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, packed)
	}
	return slices.Contains([]string{".csv", ".tsv", ".json", ".jsonl", ".parquet"}, filepath.Ext(name))
}

// suiteValues are the values of suite: in a plan's list.
func suiteValues(root yamlstruct.Value) []yamlstruct.Value {
	var out []yamlstruct.Value
	for _, m := range root.Members {
		if m.Name != "suites" {
			continue
		}
		for _, item := range m.Value.Items {
			for _, field := range item.Members {
				if k := field.Value.Kind; field.Name == "suite" && (k == yamlstruct.Plain || k == yamlstruct.Quoted) {
					out = append(out, field.Value)
				}
			}
		}
	}
	return out
}

func (own ownSuites) references() []string {
	var all []string
	for _, o := range own {
		all = append(all, o.reference)
	}
	return all
}

// run are the names of the suites that a plan runs, without those that nobody knows.
func (own ownSuites) run(f *yamlstruct.File, known []string) []string {
	var names []string
	for _, v := range suiteValues(f.Root()) {
		if slices.Contains(known, v.Text) {
			names = append(names, own.names(v.Text)...)
		}
	}
	return names
}

func (own ownSuites) suites() []suites.Suite {
	var all []suites.Suite
	for _, o := range own {
		all = append(all, o.all...)
	}
	return all
}

// names are the names of the suites behind a text; the text itself if it is no reference.
func (own ownSuites) names(text string) []string {
	i := slices.IndexFunc(own, func(o ownSuite) bool { return o.reference == text })
	if i < 0 {
		return []string{text}
	}
	return suiteNames(own[i].all, false)
}

// rename puts names in place of references: an entry for each suite behind one.
func (own ownSuites) rename(f *yamlstruct.File, r *Run) {
	var entries []Suite
	for _, s := range r.Suites {
		for _, name := range own.names(s.Suite) {
			one := s
			one.Suite = name
			entries = append(entries, one)
		}
	}
	r.Suites = entries
	for i := range r.Models {
		var names []string
		for _, text := range r.Models[i].Suites {
			names = append(names, own.names(text)...)
		}
		r.Models[i].Suites = names
	}
	for i := range r.Gates {
		g := &r.Gates[i]
		names := own.names(g.Suite)
		if len(names) != 1 {
			f.Fail(g.Line("suite"), "a gate on %s, which has several suites; name one of %s", g.Suite, strings.Join(names, ", "))
			return
		}
		g.Suite = names[0]
	}
}
