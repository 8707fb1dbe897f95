package suitefile

import (
	"embed"

	"assay/harness/plan"
	"assay/harness/yamlstruct"
	"assay/suites/score"
)

// File is a suite file. Texts with {{ }} or {% %} are Jinja templates over the columns of a
// row; "row" is the row as a mapping, for columns whose names are no words.
type File struct {
	Path             string `json:"-"`
	yamlstruct.Place `json:"-"`

	// Name in records and plans; by default, the file's name without its ending.
	Name string `json:"name"`
	// Title in headings; by default, the name.
	Title string `json:"title"`
	// A paragraph for readers of reports: what is measured and what to be aware of.
	About string `json:"about" text:"lines"`
	// Data: the path of a file, a folder of shards or a pattern, beside the suite file or in the data folder; or a mapping.
	Data Data `json:"data" need:"write data: and the path of a CSV, TSV, JSON, JSONL or Parquet file"`
	// Columns made from others: a mapping of names and templates, in order; the templates below them can use them.
	Let Columns `json:"let"`
	// Template; only rows for which it is true are used.
	Where string `json:"where"`
	// Column or template that gives each row a unique id; by default, the hash of its input.
	ID string `json:"id"`
	// Column or template for the bare question, which judges see, and from which ids and joins with other runs are made; by default, the prompt of the first condition without its instruction and examples.
	Input string `json:"input" text:"lines"`
	// Correct answers: a column, a template, or a list of them; a column may hold a list.
	References Values `json:"references" single:"reference"`
	// Column or template to divide results by.
	Category string `json:"category"`
	// Column or template for what several rows share, such as a passage; errors are clustered by it.
	Cluster string `json:"cluster"`
	// Word that tables use for what rows share, such as passages.
	Clusters string `json:"clusters" with:"cluster"`
	// Other columns or templates to divide results by (--by).
	Fields map[string]string `json:"fields" like:"{language: lang}"`

	Ask
	// Prompt types, each with its own name; by default, one without a name. A field that a condition leaves out is taken from the top of the file.
	Conditions []Condition `json:"conditions" what:"a condition"`
	// Conditions that are run unless the plan chooses; by default all, or the one without a name.
	Run []string `json:"run" with:"conditions"`
	// Solved examples above the prompt.
	Shots *Shots `json:"shots"`

	// Continuations of which the model gives the log-probabilities, or among which it chooses by letter: a column with a list, a template, or a list of columns and templates. If there is only one choice, its likelihood is measured.
	Choices Values `json:"choices" without:"stop|max_tokens|temperature|top_p"`
	// Column or template that gives the correct choice: its index from 0, its letter or its text.
	Answer string `json:"answer" with:"choices" without:"references"`
	// What precedes each choice, and the answer of a solved example; by default one space, or nothing if there is only one choice.
	Delimiter *Text `json:"delimiter"`

	// Answers per example, unless the plan says another number.
	Samples int `json:"samples" range:"[1,100000]" without:"choices"`
	// Steps that take from an answer what is scored, one after the other.
	Extract []score.Step `json:"extract" what:"a step" without:"choices"`

	plan.Sampling `less:"max_completion_tokens"`
	// Texts that end an answer, such as ["\n"]; the answer is cut before the first one.
	Stop Texts `json:"stop"`
	// Metrics: a list of names, or of mappings with settings. Without it, a plan's judges score the answers.
	Metrics Metrics `json:"metrics"`
	// Name of the metrics' judge in records.
	Scorer string `json:"scorer" default:"score" with:"metrics"`

	// Figure of a report that shows the first metric; suites that name the same one share it. By default, one of its own.
	Figure string `json:"figure"`
	// How the figure shows models: as bars, lines over sizes or dots.
	Mark string `json:"mark" default:"bars" oneof:"bars|lines|dots"`
	// Whether reports list the answers to a prompt next to each other.
	SideBySide bool `json:"side_by_side"`
}

// Ask is how a row is asked for.
type Ask struct {
	// System message: a template.
	System string `json:"system" text:"lines"`
	// Text above the solved examples and the prompt: a template.
	Instruction string `json:"instruction" text:"lines"`
	// Earlier turns of a chat, for models with api: chat; a list of {user: TEMPLATE} and {assistant: TEMPLATE}.
	Turns Turns `json:"turns"`
	// The prompt: a template.
	Prompt string `json:"prompt" text:"lines"`
}

// Condition is a prompt type.
type Condition struct {
	yamlstruct.Place `json:"-"`

	// Name in records and tables. One condition may have none.
	Name string `json:"name"`
	Ask
	// Number of solved examples; by default, shots.count.
	Shots *int `json:"shots" range:"[0,1000]"`
}

// Shots are solved examples.
type Shots struct {
	// File of the examples, beside the suite file or in the data folder; by default, the suite's own data, without the row itself.
	File Data `json:"file"`
	// Number of examples.
	Count int `json:"count" default:"0" range:"[0,1000]"`
	// Which examples: first takes the first rows, seed draws once for all rows, each draws for each row.
	Draw string `json:"draw" default:"first" oneof:"first|seed|each"`
	// Seed of the draws.
	Seed uint64 `json:"seed" default:"1"`
	// Column or template whose value examples must share with the row, such as a subject.
	Like string `json:"like"`
	// Whether to leave out examples that are also rows of the data.
	Apart bool `json:"apart" with:"file"`
	// An example's text: a template; by default, the prompt, the delimiter and the first reference or the correct choice.
	Text string `json:"text" text:"lines"`
	// What separates instruction, examples and prompt; by default, a blank line.
	Separator *Text `json:"separator"`
	// Form of an example: text above the prompt, or turns of a chat.
	As string `json:"as" default:"text" oneof:"text|turns"`
}

// Metric is a metric of the suite.
type Metric struct {
	yamlstruct.Place `json:"-"`

	// Kind of metric.
	Metric string `json:"metric" need:"write metric: and one of its kinds"`
	// Steps that take what this metric scores, in place of the file's.
	Extract []score.Step `json:"extract" what:"a step"`
	score.Settings

	at int // its line
}

// source has the comments of the fields.
//
//go:embed file.go values.go
var source embed.FS

// newFile is a file with its defaults.
func newFile() *File {
	f := &File{}
	yamlstruct.Defaults(f)
	return f
}

func options() yamlstruct.Options {
	return yamlstruct.Options{What: "a suite file", Lists: map[string][]string{"normalisers": score.NormaliserNames(), "metrics": score.Names()}}
}

// Schema is a JSON Schema of suite files, for editors.
func Schema() (*yamlstruct.Schema, error) {
	docs, err := docs()
	if err != nil {
		return nil, err
	}
	return yamlstruct.SchemaOf(newFile(), "assay suite", options(), docs), nil
}

// Fields lists the fields of suite files.
func Fields() ([]yamlstruct.Entry, error) {
	docs, err := docs()
	if err != nil {
		return nil, err
	}
	return yamlstruct.Entries(newFile(), options(), docs), nil
}

func docs() (yamlstruct.Docs, error) { return yamlstruct.ReadDocs(source, plan.Source, score.Source) }
