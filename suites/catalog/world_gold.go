package catalog

import (
	"fmt"

	"assay/fixtures/world"
	"assay/suites"
)

// judgedByGold gives the set of a public suite, read from a small world's folder, the
// judge that knows that world. Elsewhere it leaves the set alone. of says whether an
// example is the world's; one that is not is an error, since gold rules mean nothing for
// other texts.
func judgedByGold(set *suites.Set, path string, of func(*world.World, *suites.Example) bool, by func(*world.World) suites.Judge) error {
	m, at, err := findWorld(path)
	if err != nil { // it may be another program's, of other data
		set.Notices = append(set.Notices, fmt.Sprintf("%v; no gold rules of a small world judge", err))
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
			return faultAt(path, 0, "%.60q is not of the world that %s tells of (%v); keep a world's files together, and other data elsewhere", ex.Input, at, m)
		}
	}
	set.Judges = append(set.Judges, by(w))
	set.Files = append(set.Files, at)
	return nil
}
