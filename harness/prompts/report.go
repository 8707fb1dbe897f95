package prompts

import (
	"cmp"
	"io"
	"maps"
	"path/filepath"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness"
	"assay/harness/leaf/outfile"
	"assay/metrics/stats"
	"assay/reports/csv"
	"assay/reports/text"
)

// Report says what happened to a log's prompts, and describes those that were kept.
type Report struct {
	Options  Options    `json:"options"`
	Unit     string     `json:"unit"` // of lengths: characters or tokens
	Steps    Steps      `json:"steps"`
	Sizes    []Size     `json:"sizes"`               // by split and source, in their order
	Users    []PerUser  `json:"users"`               // by split
	Lengths  []Length   `json:"lengths"`             // by split; by split and category; by source
	UseCases []Category `json:"use_cases,omitempty"` // by frequency; nil if no row has a category
	PII      []Found    `json:"pii"`                 // by split and kind

	Logs []harness.Source `json:"logs"` // what was read

	prompts []keptPrompt
}

// Steps counts prompts. Read is the sum of the others except WithoutUser.
type Steps struct {
	Read        int `json:"read"`
	Empty       int `json:"empty"`
	Duplicates  int `json:"duplicates"`
	AboveCap    int `json:"above_cap"`
	PII         int `json:"pii"`
	Kept        int `json:"kept"`
	WithoutUser int `json:"without_user"` // each counted as a user of its own
}

// Size is the number of prompts of a split from a source: a cell of the paper's Table 6.
type Size struct {
	Split   Split  `json:"split"`
	Source  string `json:"source"`
	Prompts int    `json:"prompts"`
	Users   int    `json:"users"`
}

// PerUser describes how many prompts the users of a split have: a row of the paper's
// Table 8, which gives only the mean.
type PerUser struct {
	Split Split `json:"split"`
	stats.Description
}

// Length describes the lengths of texts. By split it is a row of the paper's Table 9, by
// category of Table 10, and by source of Table 11. What a table doesn't divide by is "".
type Length struct {
	Of       Text   `json:"of"`
	By       By     `json:"by"`
	Split    Split  `json:"split,omitempty"`
	Source   string `json:"source,omitempty"`
	Category string `json:"category,omitempty"`
	stats.Description
}

// Text is what a length is of.
type Text string

const (
	PromptText    Text = "prompt"
	Demonstration Text = "demonstration"
)

// By is what a table of lengths divides by.
type By string

const (
	BySplit    By = "split"    // Table 9
	ByCategory By = "category" // Table 10
	BySource   By = "source"   // Table 11
)

// Category is a use case with its prompts: a row of the paper's Table 1.
type Category struct {
	Category string `json:"category"`
	Prompts  int    `json:"prompts"`
}

// Found is how many prompts of a split contain a kind of personal data, and how many
// of them were dropped.
type Found struct {
	Split   Split `json:"split"`
	Kind    PII   `json:"kind"`
	Prompts int   `json:"prompts"`
	Dropped int   `json:"dropped"`
}

// keptPrompt is what the tables need of a prompt that was kept.
type keptPrompt struct {
	split            Split
	source, category string // shared by prompts that have the same
	user             int
	length           int
	demonstration    int // its length; none for a prompt without one
}

const none = -1

func newReport(o Options) *Report {
	r := &Report{Options: o, Unit: "characters", Sizes: []Size{}, Users: []PerUser{}, Lengths: []Length{}, PII: []Found{}}
	if o.Tokenizer != "" {
		r.Unit = "tokens"
	}
	return r
}

// found counts a prompt with personal data.
func (r *Report) found(split Split, kinds []PII, dropped bool) {
	for _, kind := range kinds {
		i := slices.IndexFunc(r.PII, func(f Found) bool { return f.Split == split && f.Kind == kind })
		if i < 0 {
			i = len(r.PII)
			r.PII = append(r.PII, Found{Split: split, Kind: kind})
		}
		r.PII[i].Prompts++
		if dropped {
			r.PII[i].Dropped++
		}
	}
}

// finish computes what describes the kept prompts, and puts all rows into their order.
func (r *Report) finish() {
	r.sizes()
	r.perUser()
	r.lengths(BySplit, func(p keptPrompt) Length { return Length{Split: p.split} })
	if slices.ContainsFunc(r.prompts, func(p keptPrompt) bool { return p.category != "" }) {
		r.useCases()
		r.lengths(ByCategory, func(p keptPrompt) Length { return Length{Category: p.category} })
	}
	if slices.ContainsFunc(r.prompts, func(p keptPrompt) bool { return p.demonstration != none }) {
		r.lengths(BySource, func(p keptPrompt) Length { return Length{Source: p.source} })
	}
	slices.SortStableFunc(r.PII, func(a, b Found) int {
		return cmp.Or(cmp.Compare(order(a.Split), order(b.Split)), cmp.Compare(slices.Index(AllPII(), a.Kind), slices.Index(AllPII(), b.Kind)))
	})
	r.prompts = nil
}

func (r *Report) sizes() {
	type cell struct {
		split  Split
		source string
	}
	users := map[cell]map[int]int{}
	for _, p := range r.prompts {
		at := cell{p.split, p.source}
		if users[at] == nil {
			users[at] = map[int]int{}
		}
		users[at][p.user]++
	}
	for at, of := range users {
		s := Size{Split: at.split, Source: at.source, Users: len(of)}
		for _, n := range of {
			s.Prompts += n
		}
		r.Sizes = append(r.Sizes, s)
	}
	slices.SortFunc(r.Sizes, func(a, b Size) int {
		return cmp.Or(cmp.Compare(order(a.Split), order(b.Split)), cmp.Compare(a.Source, b.Source))
	})
}

func (r *Report) perUser() {
	for _, split := range Splits() {
		users := map[int]float64{}
		for _, p := range r.prompts {
			if p.split == split {
				users[p.user]++
			}
		}
		if len(users) > 0 {
			r.Users = append(r.Users, PerUser{split, stats.Describe(slices.Sorted(maps.Values(users)))})
		}
	}
}

// lengths describes prompts and, by source, demonstrations. key has what a row is named by.
// Table 11 is of prompts with a demonstration only.
func (r *Report) lengths(by By, key func(keptPrompt) Length) {
	groups := map[Length][]float64{}
	for _, p := range r.prompts {
		if by == BySource && p.demonstration == none {
			continue
		}
		k := key(p)
		k.By, k.Of = by, PromptText
		groups[k] = append(groups[k], float64(p.length))
		if by == BySource {
			k.Of = Demonstration
			groups[k] = append(groups[k], float64(p.demonstration))
		}
	}
	first := len(r.Lengths)
	for k, lengths := range groups {
		k.Description = stats.Describe(lengths)
		r.Lengths = append(r.Lengths, k)
	}
	slices.SortFunc(r.Lengths[first:], func(a, b Length) int {
		return cmp.Or(cmp.Compare(order(a.Split), order(b.Split)), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Source, b.Source), -cmp.Compare(a.Of, b.Of))
	})
}

func (r *Report) useCases() {
	count := map[string]int{}
	for _, p := range r.prompts {
		count[p.category]++
	}
	for category, n := range count {
		r.UseCases = append(r.UseCases, Category{category, n})
	}
	slices.SortFunc(r.UseCases, func(a, b Category) int {
		return cmp.Or(-cmp.Compare(a.Prompts, b.Prompts), cmp.Compare(a.Category, b.Category))
	})
}

// File is the name of a report in its folder.
const File = "prepare.json"

// Save writes the report into its folder: as [File], and its tables as tables.md and
// tables.csv.
func (r *Report) Save(dir string) error {
	data, err := json.Marshal(r, jsontext.WithIndent("  "), json.Deterministic(true))
	if err == nil {
		err = outfile.WriteBytes(filepath.Join(dir, File), append(data, '\n'))
	}
	if err != nil {
		return err
	}
	err = outfile.Write(filepath.Join(dir, "tables.csv"), func(w io.Writer) error { return csv.Write(w, r.Long()) })
	if err != nil {
		return err
	}
	return outfile.Write(filepath.Join(dir, "tables.md"), func(w io.Writer) error {
		for _, t := range r.Tables() {
			if err := text.Markdown(w, t); err != nil {
				return err
			}
		}
		return nil
	})
}

func order(s Split) int { return slices.Index(Splits(), s) }
