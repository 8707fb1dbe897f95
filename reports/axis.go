package reports

import (
	"cmp"
	"slices"

	"assay/models"
)

// Axis places models in a panel: x is a size, a family or a name. A series is a family,
// or represents all models.
type Axis struct {
	Label  string
	X      []string
	Series []Series
	// Ordered says that x is sizes in ascending order, so that points may be joined.
	Ordered bool
	place   map[string][2]int // model -> series, x
}

// NewAxis lays out the models that are used. It does so by family and size; by family
// alone, each in its colour, where there is one size; or by name where one of them has no
// family or size, or two would have the same place (a checkpoint before and after). A
// family's colour depends on all models, so it is the same in every figure.
func NewAxis(all []models.Info, used func(model string) bool) Axis {
	var infos []models.Info
	for _, m := range all {
		if used(m.Name) {
			infos = append(infos, m)
		}
	}
	if placed(infos) {
		return sizeAxis(all, infos)
	}
	a := Axis{place: map[string][2]int{}, Series: []Series{{}}}
	for i, m := range infos {
		a.X = append(a.X, m.Name)
		a.place[m.Name] = [2]int{0, i}
	}
	return a
}

// At returns the place of a model; ok is false where it is not on the axis.
func (a *Axis) At(model string) (series, x int, ok bool) {
	at, ok := a.place[model]
	return at[0], at[1], ok
}

// Fit returns the mark, or dots instead of lines where x has no order to join points
// along.
func (a *Axis) Fit(mark Mark) Mark {
	if mark == Lines && !a.Ordered {
		return Dots
	}
	return mark
}

// placed reports whether family and size identify each model.
func placed(infos []models.Info) bool {
	type place struct{ family, size string }
	taken := map[place]bool{}
	for _, m := range infos {
		at := place{FamilyTitle(m.Family), m.Size}
		if m.Family == "" || m.Size == "" || m.Parameters <= 0 || taken[at] {
			return false
		}
		taken[at] = true
	}
	return len(infos) > 0
}

func sizeAxis(all, infos []models.Info) Axis {
	a := Axis{Label: "model size (parameters)", Ordered: true, place: map[string][2]int{}}
	bySize := slices.Clone(infos)
	slices.SortStableFunc(bySize, func(p, q models.Info) int { return cmp.Compare(p.Parameters, q.Parameters) })
	for _, m := range bySize {
		if !slices.Contains(a.X, m.Size) {
			a.X = append(a.X, m.Size)
		}
	}
	named := func(title string) int {
		return slices.IndexFunc(a.Series, func(s Series) bool { return s.Name == title })
	}
	for i, f := range families(all) {
		used := slices.ContainsFunc(infos, func(m models.Info) bool { return m.Family == f })
		if used && named(FamilyTitle(f)) < 0 {
			a.Series = append(a.Series, Series{Name: FamilyTitle(f), Color: i})
		}
	}
	for _, m := range infos {
		a.place[m.Name] = [2]int{named(FamilyTitle(m.Family)), slices.Index(a.X, m.Size)}
	}
	if len(a.X) == 1 {
		a.byFamily()
	}
	return a
}

// byFamily puts the families of one size beside each other. The x axis then shows their
// names, so the legend must not repeat them.
func (a *Axis) byFamily() {
	a.Label, a.Ordered = "models of "+a.X[0]+" parameters", false
	a.X = nil
	for i := range a.Series {
		a.X = append(a.X, a.Series[i].Name)
		a.Series[i].Name = ""
	}
	for m, at := range a.place {
		a.place[m] = [2]int{at[0], at[0]}
	}
}

// paperFamilies are the paper's training recipes in the order of its figures 1 and 5, by
// their names in its released files where they have one, with the names of its figures.
// The last is the simpler remedy for the alignment tax that the paper compares with
// PPO-ptx: a larger KL penalty (section 4.2).
func paperFamilies() [][2]string {
	return [][2]string{
		{"gpt", "GPT"}, {"prompted", "GPT (prompted)"}, {"sft", "SFT"}, {"ppo-noptx", "PPO"}, {"ppo", "PPO"}, {"ppo-ptx", "PPO-ptx"},
		{"flan", "FLAN"}, {"t0", "T0"}, {"stiff", "PPO, beta x 4"},
	}
}

// FamilyTitle is a family's name in a legend.
func FamilyTitle(family string) string {
	for _, f := range paperFamilies() {
		if f[0] == family {
			return f[1]
		}
	}
	return family
}

// families lists the models' families: the paper's in its order, then others in
// order of appearance.
func families(all []models.Info) []string {
	var out []string
	add := func(f string) {
		if f != "" && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	for _, known := range paperFamilies() {
		if slices.ContainsFunc(all, func(m models.Info) bool { return m.Family == known[0] }) {
			add(known[0])
		}
	}
	for _, m := range all {
		add(m.Family)
	}
	return out
}
