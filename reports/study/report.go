package study

import (
	"fmt"
	"slices"
	"strings"

	"assay/models"
	"assay/reports"
)

// Report is the page, in reading order: the findings first, what the small world is, then
// what was measured in the order of the paper's figures. What was not measured is left out.
func (s *Study) Report() reports.Report {
	r := reports.Report{
		Title: s.Title, Subtitle: s.Subtitle, Facts: s.Facts, Verdicts: s.headlines(),
		Sections: []reports.Section{s.findings(), s.world(), s.contrasts()},
		Samples:  reports.Samples{Models: s.modelNames(), Items: s.Samples},
	}
	r.Sections = append(r.Sections, s.preferences(), s.likert(), s.metadata())
	r.Sections = append(r.Sections, s.suites()...)
	r.Sections = append(r.Sections, s.sweeps(), s.optimisation(), s.labelers(), s.costs(), s.samples())
	r.Sections = slices.DeleteFunc(r.Sections, func(section reports.Section) bool {
		return section.ID != worldID && len(section.Figures)+len(section.Tables) == 0
	})
	return r
}

// worldID is the one section that is text alone.
const worldID = "small-world"

// world says what may be learnt from this page, and what not.
func (s *Study) world() reports.Section {
	var b strings.Builder
	b.WriteString("The models")
	if sizes := s.sizes(); len(sizes) > 0 {
		fmt.Fprintf(&b, ", of %s parameters,", listing(sizes))
	}
	b.WriteString(" were trained from nothing on the text of a town that does not exist. A seed makes its people, its facts, what people wrongly believe and how they talk; prompts, demonstrations and tasks are of the same town, and rules know each right answer. Labelers are simulated: each weighs what the rules find in a way of its own, with noise. ")
	b.WriteString("So every stage of the method runs in minutes, over several seeds, beside a truth that the paper did not have. It is no evidence of what larger models do, of people's preferences or of a real language, and a public data set's name means here the town's own questions in that data set's form. A finding that fails on this page is not in this world; that does not refute the paper.")
	if s.Null {
		b.WriteString(" This is a null world: it has no misconceptions, no link between rude users and rude replies and no skew of pronouns, so that what the paper finds of them must vanish. What is still there is a fault of the measurement.")
	}
	return reports.Section{ID: worldID, Title: "What the small world is", Text: b.String()}
}

// over says what intervals are over, with what stands behind them in the same sentence.
func (s *Study) over(what, behind string) string {
	if s.Seeds == 1 {
		return what + " over the prompts of one seed" + behind + "; they say nothing of other seeds."
	}
	return fmt.Sprintf("%s over %d seeds and their prompts%s.", what, s.Seeds, behind)
}

// sizes are the models' sizes, the smallest first.
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

// info is what is known of a model.
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
