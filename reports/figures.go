package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assay/metrics"
	"assay/models"
)

// Figures draws each group of suites as one figure, as the paper does: families
// as colours, sizes on the x axis. Where a model's family or size is not known,
// the models' names are on the x axis.
func Figures(s *Subject, estimates []metrics.Estimate) []Figure {
	var groups []string
	for _, suite := range s.Suites {
		if g := suite.Plot.Group; g != "" && !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	var figures []Figure
	for _, g := range groups {
		var members []Suite
		for _, suite := range s.Suites {
			if suite.Plot.Group == g && len(bySuite(estimates, suite.Name)) > 0 {
				members = append(members, suite)
			}
		}
		if len(members) == 0 {
			continue
		}
		if f := groupFigure(s, g, members, estimates); len(f.Panels) > 0 {
			figures = append(figures, f)
		}
	}
	return figures
}

// Axis places models in a panel: x is a size, a family or a name; a series is a family,
// or stands for all.
type Axis struct {
	Label  string
	X      []string
	Series []Series
	// Ordered says that x is sizes in ascending order, along which points may be joined.
	Ordered bool
	place   map[string][2]int // model -> series, x
}

// NewAxis lays out those of the models that are used: by family and size; by family alone
// where there is one size, each in its colour; or by name where one of them has no family
// or size, or two would stand in one place (a checkpoint before and after). A family's
// colour hangs on all the models, so that it is the same in every figure.
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

// At is where a model stands; false where it is not on the axis.
func (a *Axis) At(model string) (series, x int, ok bool) {
	at, ok := a.place[model]
	return at[0], at[1], ok
}

// Fit is the mark, or dots in place of lines where x has no order to join points along.
func (a *Axis) Fit(mark Mark) Mark {
	if mark == Lines && !a.Ordered {
		return Dots
	}
	return mark
}

// placed reports whether family and size tell the models apart.
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
	for i, f := range Families(all) {
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

// byFamily puts the families of one size beside each other. Their names are on the x axis
// then, and the legend would say them again.
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
// their names in its released files where they are there, with the names of its figures.
// The last is the simpler remedy for the alignment tax that it sets against PPO-ptx: more
// of the KL penalty (section 4.2).
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

// Families lists the models' families: the paper's in its order, then others in
// order of appearance.
func Families(all []models.Info) []string {
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

// groupFigure has a panel for each suite and condition; a row for each condition
// where several suites share the figure.
func groupFigure(s *Subject, group string, members []Suite, estimates []metrics.Estimate) Figure {
	used := map[string]bool{}
	for _, suite := range members {
		for _, e := range bySuite(estimates, suite.Name) {
			used[e.Model] = true
		}
	}
	a := NewAxis(s.Models, func(model string) bool { return used[model] })
	f := Figure{ID: group, Title: members[0].Title, Series: a.Series}
	if len(members) > 1 {
		f.Title = groupTitle(group, members)
	}
	for i, condition := range rowsOf(members, estimates) {
		row := 0
		for _, suite := range members {
			of := bySuite(estimates, suite.Name)
			wanted := condition
			if i == 0 && slices.Equal(conditionsOf(of), []string{""}) {
				wanted = "" // no conditions: it has one panel, in the first row
			}
			if p := panel(&a, suite, wanted, of, len(members) > 1); len(p.Points) > 0 {
				f.Panels = append(f.Panels, p)
				row++
			}
		}
		f.Columns = max(f.Columns, row)
	}
	if len(members) == 1 {
		f.Columns = min(len(f.Panels), 3)
	}
	if under := members[0].Plot.Under; under != "" {
		m := members[0].Metric(under)
		f.Under = m.Title
	}
	f.Caption = caption(members, estimates)
	return f
}

// rowsOf lists the conditions of all members. The empty one is among them only
// where a suite has it beside others, or no suite has any.
func rowsOf(members []Suite, estimates []metrics.Estimate) []string {
	var rows []string
	for _, suite := range members {
		conditions := conditionsOf(bySuite(estimates, suite.Name))
		for _, c := range conditions {
			if (c != "" || len(conditions) > 1) && !slices.Contains(rows, c) {
				rows = append(rows, c)
			}
		}
	}
	if len(rows) == 0 {
		return []string{""}
	}
	return rows
}

// groupTitle names a figure that several suites share.
func groupTitle(group string, members []Suite) string {
	if group == "public-nlp" {
		return "Public NLP data sets"
	}
	var titles []string
	for _, suite := range members {
		titles = append(titles, suite.Title)
	}
	return strings.Join(titles, ", ")
}

func panel(a *Axis, suite Suite, condition string, estimates []metrics.Estimate, shared bool) Panel {
	m := suite.Metric(suite.Plot.Metric)
	p := Panel{Title: condition, XLabel: a.Label, YLabel: m.Title, X: a.X, Mark: a.Fit(suite.Plot.Mark)}
	if shared {
		p.Title = suite.Title
		if condition != "" {
			p.Title += ", " + condition
		}
	}
	if suite.Plot.Reference != 0 {
		p.Reference = &suite.Plot.Reference
	}
	under := map[string]*metrics.Interval{}
	for _, e := range estimates {
		if e.Condition == condition && e.Metric == suite.Plot.Under {
			under[e.Model] = e.Interval
		}
	}
	drawn := func(m metrics.Metric, i *metrics.Interval, series, x int) Point {
		lo, hi, _ := Within(m, i)
		return Point{Series: series, X: x, Y: i.Point, Lo: lo, Hi: hi}
	}
	for _, e := range estimates {
		series, x, placed := a.At(e.Model)
		if e.Condition != condition || e.Metric != suite.Plot.Metric || e.Interval == nil || !placed {
			continue
		}
		point := drawn(m, e.Interval, series, x)
		if u := under[e.Model]; u != nil {
			beneath := drawn(suite.Metric(suite.Plot.Under), u, series, x)
			point.Under = &beneath
		}
		p.Points = append(p.Points, point)
	}
	return p
}

// caption says what is drawn, from how many judgements, and who judged.
func caption(members []Suite, estimates []metrics.Estimate) string {
	var b strings.Builder
	var n []int
	var judges, titles []string
	cut := false
	for _, suite := range members {
		for _, j := range suite.Judges {
			if !slices.Contains(judges, j) {
				judges = append(judges, j)
			}
		}
		for _, e := range bySuite(estimates, suite.Name) {
			if e.Interval == nil || e.Metric != suite.Plot.Metric && e.Metric != suite.Plot.Under {
				continue
			}
			_, _, past := Within(suite.Metric(e.Metric), e.Interval)
			cut = cut || past
			if e.Metric == suite.Plot.Metric {
				n = append(n, e.N)
			}
		}
		m := suite.Metric(suite.Plot.Metric)
		titles = append(titles, suite.Title+" ("+m.Title+")")
	}
	if len(members) > 1 {
		b.WriteString(strings.Join(titles, ", ") + ". ")
	}
	if under := members[0].Plot.Under; under != "" {
		m, u := members[0].Metric(members[0].Plot.Metric), members[0].Metric(under)
		fmt.Fprintf(&b, "Grey bars: %s; coloured bars inside: %s. ", inSentence(u.Title), inSentence(m.Title))
	}
	b.WriteString("Error bars are 95% intervals")
	if len(n) > 0 {
		fmt.Fprintf(&b, ", each from %s", judgements(slices.Min(n), slices.Max(n)))
	}
	b.WriteByte('.')
	if cut {
		b.WriteString(" " + CutNote)
	}
	if len(judges) > 0 {
		fmt.Fprintf(&b, " Judged by %s.", strings.Join(judges, ", "))
	}
	return b.String()
}

func judgements(lo, hi int) string {
	if lo == hi {
		return counted(lo, "judgement")
	}
	return fmt.Sprintf("%d to %d judgements", lo, hi)
}

// inSentence is a title within a sentence: "Truthful" loses its capital, "BLEU"
// and "F1" keep theirs.
func inSentence(title string) string {
	if len(title) > 1 && title[1] >= 'a' && title[1] <= 'z' {
		return strings.ToLower(title[:1]) + title[1:]
	}
	return title
}
