package label

import (
	"math/rand/v2"
	"slices"

	"assay/harness/leaf/seed"
	"assay/harness/plan"
	"assay/suites/labels"
)

// Assigned is a labeler with their items, in the order in which they label them.
type Assigned struct {
	Labeler
	Items []*Item
}

// Assign says who labels what. Each item of a group's share goes to as many of its labelers as
// the overlap says: to those who have fewest items, drawn among equals, so that each two
// labelers share items. Everyone gets every item with a known answer: screening items first, the
// others spread among the rest.
func Assign(p *plan.Label, items, checks []*Item) (all []*Assigned) {
	for g, group := range p.Labelers {
		random := rand.New(seed.New(seed.At(p.Seed, groupPlace, g)))
		mine := make([]*Assigned, len(group.Names))
		number := max(1, int(group.Share*float64(len(items))+0.5))
		share := float64(number) / float64(len(items))
		for i, name := range group.Names {
			mine[i] = &Assigned{Labeler: Labeler{name, group.Group, share}}
		}
		some := random.Perm(len(items))[:number]
		slices.Sort(some) // items are already in a random order
		for _, i := range some {
			give(items[i], mine, group.Overlap, random)
		}
		all = append(all, mine...)
	}
	for i, a := range all {
		a.mix(checks, rand.New(seed.New(seed.At(p.Seed, checkPlace, i))))
	}
	return all
}

// give assigns an item to the labelers with fewest items.
func give(it *Item, among []*Assigned, overlap int, random *rand.Rand) {
	order := random.Perm(len(among))
	slices.SortStableFunc(order, func(a, b int) int { return len(among[a].Items) - len(among[b].Items) })
	for _, k := range order[:overlap] {
		among[k].Items = append(among[k].Items, it)
	}
}

// mix puts items with known answers among the labeler's.
func (a *Assigned) mix(checks []*Item, random *rand.Rand) {
	checks = slices.Clone(checks)
	random.Shuffle(len(checks), func(i, k int) { checks[i], checks[k] = checks[k], checks[i] })
	var first []*Item
	for _, it := range checks {
		if it.Kind == labels.Screening {
			first = append(first, it)
			continue
		}
		a.Items = slices.Insert(a.Items, random.IntN(len(a.Items)+1), it)
	}
	a.Items = append(first, a.Items...)
}
