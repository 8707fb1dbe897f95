package study

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/models"
	"assay/reports"
)

// Report is the page, in reading order: the findings first, what the small world is, then
// the measurements in the order of the paper's figures. Sections without measurements are
// left out.
func (s *Study) Report() reports.Report {
	r := reports.Report{
		Title: s.Title, Subtitle: s.Subtitle, Facts: s.Facts, Verdicts: s.headlines(),
		Sections: []reports.Section{s.findings(), s.world(), s.contrasts()},
		Samples:  reports.Samples{Models: s.modelNames(), Items: s.Samples},
	}
	r.Sections = append(r.Sections, s.preferences(), s.likert(), s.metadata())
	r.Sections = append(r.Sections, s.suites()...)
	r.Sections = append(r.Sections, s.epochs(), s.sweeps(), s.optimisation(), s.laws(), s.labelers(), s.elements(), s.costs(), s.samples())
	r.Sections = slices.DeleteFunc(r.Sections, func(section reports.Section) bool {
		return section.ID != worldID && len(section.Figures)+len(section.Tables) == 0
	})
	return r
}

// worldID is the one section that has only text.
const worldID = "small-world"

// world says what this page shows and what it doesn't.
func (s *Study) world() reports.Section {
	var b strings.Builder
	b.WriteString("The models")
	if sizes := s.sizes(); len(sizes) > 0 {
		fmt.Fprintf(&b, ", of %s parameters,", listing(sizes))
	}
	b.WriteString(" were trained from scratch on the text of a town that does not exist. A seed makes its people, its facts, what people wrongly believe and how they talk. Prompts, demonstrations and tasks are about the same town, and rules know each right answer. Labelers are simulated: each weighs what the rules find differently, with noise. ")
	b.WriteString("So every stage of the method runs in minutes, over several seeds, with a known truth that the paper did not have. It is no evidence about larger models, real people's preferences or a real language. The name of a public data set means here the town's own questions in that data set's form. A finding that fails on this page doesn't hold in this world; that does not refute the paper.")
	if s.Null {
		b.WriteString(" This is a null world: it has no misconceptions, no link between rude users and rude replies and no skew of pronouns, so the paper's findings about these must vanish. A finding that is still there shows an error of the measurement.")
	}
	return reports.Section{ID: worldID, Title: "What the small world is", Text: b.String()}
}

// over says what intervals are over, followed in the same sentence by details.
func (s *Study) over(what, behind string) string {
	if s.Seeds == 1 {
		return what + " over the prompts of one seed" + behind + "; they don't cover other seeds."
	}
	return fmt.Sprintf("%s over %s and their prompts%s.", what, plural.Of(s.Seeds, "seed"), behind)
}

// sizes are the models' sizes in ascending order.
func (s *Study) sizes() []string {
	all := reports.NewAxis(s.Subject.Models, func(string) bool { return true })
	if all.Ordered {
		return all.X
	}
	var sizes []string
	for _, m := range s.Subject.Models {
		if m.Size != "" && !slices.Contains(sizes, m.Size) {
			sizes = append(sizes, m.Size)
		}
	}
	return sizes
}

// info is what is known about a model.
func (s *Study) info(name string) models.Info {
	for _, m := range s.Subject.Models {
		if m.Name == name {
			return m
		}
	}
	return models.Info{Name: name}
}

// title is a model's family as the paper names it, with its size where there are several.
func (s *Study) title(name string) string {
	switch m := s.info(name); {
	case m.Family == "":
		return name
	case len(s.sizes()) < 2:
		return reports.FamilyTitle(m.Family)
	default:
		return reports.FamilyTitle(m.Family) + " " + m.Size
	}
}

func (s *Study) modelNames() []string {
	var names []string
	for _, m := range s.Subject.Models {
		names = append(names, m.Name)
	}
	return names
}

// listing is "a", "a and b", "a, b and c".
func listing(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
