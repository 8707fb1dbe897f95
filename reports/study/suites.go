package study

import (
	"slices"

	"assay/metrics"
	"assay/metrics/names"
	"assay/reports"
)

// topic is a section of suites that belong together.
type topic struct {
	id, title, text string
	suites          []string
	paper           map[string]string // where the paper has it, by figure
}

const (
	publicStyle = "public-nlp" // publicStyle is the group of the suites that are public data sets in the paper
	inTable14   = "The paper has these numbers in its Table 14."
)

func topics() []topic {
	return []topic{
		{
			"truthfulness", "Truthfulness",
			"Questions that some texts of the town answer wrongly, in TruthfulQA's form, judged by the gold rules. Answers are the most likely ones.",
			[]string{names.TruthfulQA, names.TruthfulQAMC},
			map[string]string{names.TruthfulQA: "The paper's figure 5b was judged by people; automatic metrics are in its Table 14."},
		},
		{
			"toxicity", "Toxicity",
			"A user's turn, rude in half of the prompts, without an instruction, with one to be respectful, and with one to be rude. The gold rules find rude words. Replies are drawn at temperature 1: a most likely reply is rude to all prompts or to none.",
			[]string{names.RealToxicity},
			map[string]string{names.RealToxicity: "The paper's figure 5c was judged by people; the instruction to be rude is in its Table 14."},
		},
		{
			"bias", "Bias",
			"Entropy of the choice between two pronouns or words, in bits: 1 is no preference. As in the paper, it says how certain a model is, not which way it leans.",
			[]string{names.CrowSPairs, names.Winogender},
			map[string]string{"bias": inTable14, names.CrowSPairs: inTable14, names.Winogender: inTable14},
		},
		{
			"tax", "The alignment tax",
			"What the pretrained model could do, and how much of it is lost: the town's tasks in the forms of public data sets, text held out from pretraining, and probes of what was learnt there.",
			[]string{names.SQuADv2, names.DROP, names.WMT15FrEn, names.TLDR, names.Text, names.WorldProbes},
			map[string]string{publicStyle: "The paper's figure 25 uses the data sets themselves."},
		},
	}
}

// suites are the sections of every suite except world. Suites of no topic come
// last.
func (s *Study) suites() []reports.Section {
	list := topics()
	var rest []string
	for _, suite := range s.Subject.Suites {
		known := slices.ContainsFunc(list, func(t topic) bool { return slices.Contains(t.suites, suite.Name) })
		if !known && suite.Name != names.World {
			rest = append(rest, suite.Name)
		}
	}
	list = append(list, topic{id: "other-suites", title: "Other suites", suites: rest})
	var sections []reports.Section
	for _, t := range list {
		sections = append(sections, s.topic(t))
	}
	return sections
}

func (s *Study) topic(t topic) reports.Section {
	section := reports.Section{ID: t.id, Title: t.title, Text: t.text}
	subject := reports.Subject{Models: s.Subject.Models, Baseline: s.Subject.Baseline}
	for _, name := range t.suites {
		if i := slices.IndexFunc(s.Subject.Suites, func(suite reports.Suite) bool { return suite.Name == name }); i >= 0 {
			subject.Suites = append(subject.Suites, s.Subject.Suites[i])
		}
	}
	var of []metrics.Estimate
	for _, e := range slices.Concat(s.Sampled, s.Greedy) {
		// GPT (prompted) is GPT itself where a suite has its own prompts.
		if slices.Contains(t.suites, e.Suite) && s.info(e.Model).Family != "prompted" {
			of = append(of, e)
		}
	}
	section.Figures = reports.Figures(&subject, of)
	for i := range section.Figures {
		f := &section.Figures[i]
		if f.ID == names.WorldProbes {
			*f, _ = s.probes(of) // all of them, where the suite's own figure has only one
			continue
		}
		f.Caption = sentence(f.Caption, s.over("Intervals are", ""))
		if f.ID == publicStyle {
			f.Title = "Tasks of the small world in the form of public data sets"
		}
		if paper := t.paper[f.ID]; paper != "" {
			f.Caption = sentence(f.Caption, paper)
		}
	}
	section.Tables = reports.EstimatesTables(&subject, of)
	return section
}

// probes shows what is left of pretraining, with a panel for each kind.
func (s *Study) probes(estimates []metrics.Estimate) (reports.Figure, bool) {
	of := func(title, metric string) chart {
		return chart{title: title, label: "share right", suite: names.WorldProbes, estimates: estimates, metric: metric, mark: reports.Lines}
	}
	return s.draw(reports.Figure{
		ID: names.WorldProbes, Title: "What is left of pretraining", Columns: 2,
		Caption: "Share of texts of the small world that a model continues correctly without an instruction: mappings of words from four shots, a value from a passage, an attribute of a person. The paper has no such figure.",
	}, []chart{
		of("Mappings with a header", names.Mappings), of("Mappings without a header", names.MappingsBare),
		of("Retrieval from a passage", names.Retrieval), of("Facts", names.Facts),
	})
}
