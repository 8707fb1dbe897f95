package catalog

import (
	"fmt"

	"assay/fixtures/world"
	"assay/harness/leaf/place"
	"assay/suites"
)

// judgedByGold adds to the set of a public suite, if it was read from a small world's
// folder, the judge that knows that world. Otherwise it leaves the set unchanged. of
// reports whether an example is the world's. One that is not is an error, because gold
// rules mean nothing for other texts.
func judgedByGold(set *suites.Set, path string, of func(*world.World, *suites.Example) bool, by func(*world.World) suites.Judge) error {
	m, at, err := findWorld(path)
	if err != nil { // it may be another program's manifest, for other data
		set.Notices = append(set.Notices, fmt.Sprintf("%v; the gold rules of a small world are not used", err))
		return nil
	}
	if m == nil {
		return nil
	}
	w, err := m.world(at)
	if err != nil {
		return err
	}
	for i := range set.Examples {
		if ex := &set.Examples[i]; !of(w, ex) {
			return place.Errorf(path, 0, "%.60q is not from the world that %s describes (%v); keep a world's files together, and other data elsewhere", ex.Input, at, m)
		}
	}
	set.Judges = append(set.Judges, by(w))
	set.Files = append(set.Files, at)
	return nil
}
