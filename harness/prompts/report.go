package prompts

import (
	"cmp"
	"slices"
)

// Report says what happened to a log's prompts.
type Report struct {
	Options Options `json:"options"`
	Steps   Steps   `json:"steps"`
	Sizes   []Size  `json:"sizes"` // by split and source, in their order
	PII     []Found `json:"pii"`   // by split and kind
	users   map[cell]map[string]bool
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

// Size is the number of prompts of a split from a source: a cell of the paper's
// Table 6, with the users of its Table 8 and the length of its Table 9.
type Size struct {
	Split      Split  `json:"split"`
	Source     string `json:"source"`
	Prompts    int    `json:"prompts"`
	Users      int    `json:"users"`
	Characters int    `json:"characters"` // length of all prompts together
}

// Found is how many prompts of a split contain a kind of personal data, and how many
// of them were dropped.
type Found struct {
	Split   Split `json:"split"`
	Kind    PII   `json:"kind"`
	Prompts int   `json:"prompts"`
	Dropped int   `json:"dropped"`
}

type cell struct {
	split  Split
	source string
}

func newReport(o Options) *Report {
	return &Report{Options: o, Sizes: []Size{}, PII: []Found{}, users: map[cell]map[string]bool{}}
}

// kept counts a prompt that is kept.
func (r *Report) kept(split Split, source, user string, characters int) {
	at := cell{split, source}
	i := slices.IndexFunc(r.Sizes, func(s Size) bool { return s.Split == split && s.Source == source })
	if i < 0 {
		i = len(r.Sizes)
		r.Sizes = append(r.Sizes, Size{Split: split, Source: source})
		r.users[at] = map[string]bool{}
	}
	s := &r.Sizes[i]
	s.Prompts++
	s.Characters += characters
	if !r.users[at][user] {
		r.users[at][user] = true
		s.Users++
	}
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

// sort puts the rows into their order.
func (r *Report) sort() {
	slices.SortStableFunc(r.Sizes, func(a, b Size) int {
		return cmp.Or(cmp.Compare(order(a.Split), order(b.Split)), cmp.Compare(a.Source, b.Source))
	})
	slices.SortStableFunc(r.PII, func(a, b Found) int {
		return cmp.Or(cmp.Compare(order(a.Split), order(b.Split)), cmp.Compare(slices.Index(AllPII(), a.Kind), slices.Index(AllPII(), b.Kind)))
	})
}

func order(s Split) int { return slices.Index(Splits(), s) }
