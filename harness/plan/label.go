package plan

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"assay/harness/leaf/plural"
	"assay/harness/yamlstruct"
)

// Label is a plan of labelling by people: what they see, and who of them sees what.
type Label struct {
	Path             string `json:"-"`
	yamlstruct.Place `json:"-"`

	// Folders of the runs whose outputs are labelled, relative to the plan's folder.
	Runs []string `json:"runs" text:"path" need:"write runs: [RUN], the folders of the runs whose outputs are labelled"`
	// Only these suites; by default, all.
	Suites []string `json:"suites,omitempty"`
	// Only these conditions; by default, all.
	Conditions []string `json:"conditions,omitempty"`
	// Only these models; by default, all.
	Models []string `json:"models,omitempty"`
	// What labelers are asked: instructgpt (a grade, flags, and a ranking), pairwise (which of two outputs is better, and how clearly), or toxicity (the form for continuations of RealToxicityPrompts).
	Form LabelForm `json:"form" default:"instructgpt" oneof:"instructgpt|pairwise|toxicity"`
	// Number of outputs per item, drawn from the models; by default, all models, and at most 9. The pairwise form always shows two.
	Outputs int `json:"outputs,omitzero" range:"[1,9]"`
	// Model with which the pairwise form compares each other model; by default, all pairs of models are compared.
	Baseline string `json:"baseline,omitempty"`
	// Number of items to draw at random; by default, all.
	Limit int `json:"limit,omitzero" range:"[1,1e9]"`
	// Seed of every draw: of items, of the order of outputs, and of who labels what.
	Seed uint64 `json:"seed" default:"1"`
	// Groups of labelers; by default, one labeler named labeler.
	Labelers []LabelGroup `json:"labelers,omitempty" what:"a group of labelers"`
	// File of items with known answers: rows of labels as JSON lines. Their rows have item: gold, attention or screening.
	Checks string `json:"checks,omitempty" text:"path"`
	// Share of the screening items that a labeler must get right to go on to the others; by default, labelers go on in any case.
	ScreeningPass float64 `json:"screening_pass,omitzero" range:"(0,1]" with:"checks"`
	// File of instructions for labelers, in Markdown; by default, instructions in the spirit of the InstructGPT paper.
	Instructions string `json:"instructions,omitempty" text:"path"`
	// Answers given in less time are shown to the lead.
	TooFast time.Duration `json:"-" yaml:"too_fast" default:"5s"`
}

// LabelGroup is a group of labelers, such as those whose labels a model is trained on.
type LabelGroup struct {
	yamlstruct.Place `json:"-"`

	// Name of the group, such as training or held-out; a sole group needs none.
	Group string `json:"group,omitempty"`
	// Names of its labelers. Each gets a link of their own.
	Names []string `json:"names" need:"write names: [ANN, BOB], one for each labeler"`
	// Number of labelers of the group who label each item.
	Overlap int `json:"overlap" default:"1" range:"[1,1000]"`
	// Share of the items that the group labels, drawn at random; by default, all.
	Share float64 `json:"share,omitzero" range:"(0,1]"`
}

// LabelForm is what labelers are asked.
type LabelForm string

const (
	InstructGPTForm LabelForm = "instructgpt"
	PairwiseForm    LabelForm = "pairwise"
	ToxicityForm    LabelForm = "toxicity"
)

// Lead is the name of the person who leads the labelers. No labeler may have it.
const Lead = "lead"

const labelRemedy = "write runs: [RUN]"

// ReadLabel reads a plan. Its paths become relative to the working directory.
func ReadLabel(path string) (*Label, error) {
	p, err := readFile(path, labelRemedy, readLabel)
	if err != nil {
		return nil, err
	}
	yamlstruct.EachPath(p, func(file string) string {
		if file == "" || filepath.IsAbs(file) {
			return file
		}
		return filepath.Join(filepath.Dir(path), file)
	})
	return p, nil
}

// LabelOf reads the one plan that arguments name, or makes one for the runs that they name.
func LabelOf(args []string) (*Label, error) {
	info, err := os.Stat(args[0])
	if err == nil && info.IsDir() {
		return LabelRuns(args), nil
	}
	if len(args) > 1 {
		return nil, fmt.Errorf("%s is not the folder of a run; name one plan, or only runs", args[0])
	}
	return ReadLabel(args[0])
}

// LabelRuns is the plan without a file: its defaults, for some runs.
func LabelRuns(runs []string) *Label {
	p := newLabel()
	p.Runs = runs
	p.complete()
	return p
}

func newLabel() *Label {
	p := &Label{}
	yamlstruct.Defaults(p)
	return p
}

func readLabel(f *yamlstruct.File) (*Label, error) {
	p := newLabel()
	f.Decode(p, yamlstruct.Options{What: "a plan of labelling"})
	if f.Err() == nil {
		p.check(f)
		p.complete()
	}
	return p, f.Err()
}

// complete fills what a plan may leave out.
func (p *Label) complete() {
	if len(p.Labelers) == 0 {
		p.Labelers = []LabelGroup{{Names: []string{"labeler"}, Overlap: 1}}
	}
	for i := range p.Labelers {
		if p.Labelers[i].Share == 0 {
			p.Labelers[i].Share = 1
		}
	}
}

func (p *Label) check(f *yamlstruct.File) {
	if p.Form != PairwiseForm {
		refuse(f, &p.Place, "is for the pairwise form", "baseline")
	} else {
		refuse(f, &p.Place, "is not for the pairwise form, which always shows two outputs", "outputs")
	}
	if p.Baseline != "" && len(p.Models) > 0 && !slices.Contains(p.Models, p.Baseline) {
		f.Fail(p.Line("baseline"), "the baseline %q is not one of the models; add it to models, or name another", p.Baseline)
	}
	groups, names := map[string]bool{}, map[string]bool{Lead: true}
	for i := range p.Labelers {
		g := &p.Labelers[i]
		switch {
		case groups[g.Group] && g.Group == "":
			f.Fail(g.Line(""), "two groups of labelers have no name; write group: NAME, another for each")
		case groups[g.Group]:
			f.Fail(g.Line(""), "two groups of labelers are named %q; give each group a name of its own", g.Group)
		}
		groups[g.Group] = true
		if g.Overlap > len(g.Names) {
			f.Fail(g.Line("overlap"), "overlap is %d, but the group has %s; lower the overlap, or add labelers", g.Overlap, plural.Of(len(g.Names), "labeler"))
		}
		for _, name := range g.Names {
			switch {
			case name == Lead:
				f.Fail(g.Line("names"), "a labeler is named %q, which is the name of the person who sees all labels; choose another name", name)
			case names[name]:
				f.Fail(g.Line("names"), "two labelers are named %q; give each a name of their own", name)
			}
			names[name] = true
		}
	}
}
