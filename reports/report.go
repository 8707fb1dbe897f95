package reports

// Report is one page's content, in reading order.
type Report struct {
	Title    string
	Subtitle string   // what was evaluated: runs, models, baseline
	About    []string // what is compared and why, one paragraph each; may be nil
	Models   *Table   // a description of each model; nil where only names are known
	Facts    []Fact   // provenance: versions, data hashes, counts
	Overview *Table   // all models on one grid, above the verdicts; may be nil
	Verdicts []Headline
	Sections []Section
	Samples  Samples
}

// Fact is a line of provenance.
type Fact struct{ Name, Value string }

// Headline is one conclusion: "ppo-ptx-175b against sft-175b: better on 4, worse
// on 1, undecided on 21 of 26". Word gives its tone in one word, and Lines the
// most important details.
type Headline struct {
	Model   string // the model that it is about
	Text    string
	Word    string
	Tone    Tone
	Lines   []string
	Details *Table // the table behind it; may be nil
}

// Section groups figures and tables under one heading.
type Section struct {
	ID      string
	Title   string
	Text    string // one paragraph: what is measured, by whom, and what to beware of
	Figures []Figure
	Tables  []Table
}

// Samples is the sample browser's content. Texts are untrusted model output.
type Samples struct {
	Models []string // in the order of the model menus
	Items  []Sample
	// Metrics have a better direction: what turned can be shown by them.
	Metrics []SampleMetric
	// Left is how many items were left out because of a limit; the page says so.
	Left int
}

// SampleMetric says when a score is right: a binary one above 0.5, or below if lower is
// better. Others become better or worse.
type SampleMetric struct {
	Suite, Metric         string
	Binary, LowerIsBetter bool
}

// Sample is one example under one condition with every model's completion.
type Sample struct {
	ID         string
	OwnID      string // what the data call the example; "" for nothing
	Suite      string
	Condition  string
	Input      string
	References []string
	Outputs    []Output
}

// Output is one model's completion of a sample with its judgements.
type Output struct {
	Model   string
	Text    string
	Missing string // why there is no text
	Mark    string // the kind of answer, where it is an odd one
	Scores  []Score
}

// Score is one judgement as the page shows it. A missing judgement has Missing set
// and no Value.
type Score struct {
	Metric  string
	Value   float64
	Missing string
}
