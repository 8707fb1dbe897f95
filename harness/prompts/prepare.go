package prompts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/harness/leaf/outfile"
	"assay/models/bpe"
)

// Filter says which splits are filtered for personal data.
type Filter string

const (
	FilterTrain Filter = "train" // as in the paper
	FilterAll   Filter = "all"
	FilterOff   Filter = "off"
)

// Options are a preparation's settings.
type Options struct {
	Prefix     int     `json:"prefix"`          // characters that duplicates share; 0 keeps duplicates
	Most       int     `json:"most_per_user"`   // 0 is no cap
	Validation float64 `json:"validation"`      // share of users
	Test       float64 `json:"test"`            // share of users
	Seed       uint64  `json:"seed"`            // seed of the hash that splits users
	Filter     Filter  `json:"filter"`          // the splits to filter for personal data
	Fields     Fields  `json:"fields,omitzero"` // members of a row
	// Tokenizer is the folder of the tokenizer that lengths are counted with; "" counts
	// characters.
	Tokenizer string `json:"tokenizer,omitempty"`
}

// Defaults are the paper's where it gives them: at most 200 prompts a user. It
// doesn't say how long a common prefix must be.
func Defaults() Options {
	return Options{Prefix: 100, Most: 200, Validation: 0.1, Test: 0.1, Filter: FilterTrain}
}

// Check returns an error for a setting that is out of bounds. It starts with the setting's name.
func (o Options) Check() error {
	switch {
	case o.Prefix < 0 || o.Prefix > 1_000_000:
		return fmt.Errorf("prefix %d: must be from 0 to 1000000", o.Prefix)
	case o.Most < 0:
		return fmt.Errorf("most %d: must be at least 0", o.Most)
	case !(o.Validation >= 0) || !(o.Test >= 0) || o.Validation+o.Test >= 1:
		return fmt.Errorf("validation %v and --test %v: both must be at least 0, and together below 1, so that users are left for training", o.Validation, o.Test)
	case !slices.Contains([]Filter{FilterTrain, FilterAll, FilterOff}, o.Filter):
		return fmt.Errorf("pii %s: must be train, all or off", o.Filter)
	}
	return nil
}

// Prepare reads logs and writes the splits as DIR/train.jsonl and so on. Kept rows
// are unchanged and in order. The files appear when everything is done. If pass is
// not nil, it receives the bytes of the logs as they are read.
func Prepare(ctx context.Context, paths []string, dir string, o Options, pass io.Writer) (*Report, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	p := &preparation{Options: o, report: newReport(o), users: map[string]*user{}, names: map[string]string{}, duplicates: Duplicates{Prefix: o.Prefix}}
	if o.Tokenizer != "" {
		var err error
		if p.tokenizer, err = bpe.Load(o.Tokenizer); err != nil {
			return nil, err
		}
	}
	if err := p.open(dir); err != nil {
		return nil, p.end(err)
	}
	for i, path := range paths {
		err := Read(path, o.Fields, pass, func(r *Record) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return p.take(fmt.Sprintf("%d:%d", i, r.Line), r)
		})
		if err != nil {
			return nil, p.end(err)
		}
	}
	p.report.finish()
	return p.report, p.end(nil)
}

// preparation is a preparation in progress.
type preparation struct {
	Options
	report     *Report
	users      map[string]*user
	unknown    int               // rows whose user is unknown
	names      map[string]string // of sources and categories, each once
	tokenizer  *bpe.Tokenizer    // nil counts characters
	duplicates Duplicates
	out        map[Split]*outfile.File
}

// user is a user of the log.
type user struct {
	number int // in the order of the log
	kept   int // prompts within the cap
}

// userOf is the user of a name. An unknown user is a new one each time.
func (p *preparation) userOf(name string) *user {
	u := p.users[name]
	if u == nil {
		u = &user{number: len(p.users) + p.unknown}
		if name == "" {
			p.unknown++
		} else {
			p.users[name] = u
		}
	}
	return u
}

// shared is one copy of a name that many rows have.
func (p *preparation) shared(name string) string {
	if _, ok := p.names[name]; !ok {
		p.names[name] = name
	}
	return p.names[name]
}

func (p *preparation) open(dir string) error {
	p.out = map[Split]*outfile.File{}
	for _, s := range Splits() {
		f, err := outfile.Create(filepath.Join(dir, string(s)+".jsonl"))
		if err != nil {
			return err
		}
		p.out[s] = f
	}
	return nil
}

// end publishes the files, or drops them where something failed.
func (p *preparation) end(err error) error {
	for _, s := range Splits() {
		switch f := p.out[s]; {
		case f == nil:
		case err == nil:
			err = f.Commit()
		default:
			err = errors.Join(err, f.Abort())
		}
	}
	return err
}

// length is a text's length in the report's unit.
func (p *preparation) length(text string) int {
	if p.tokenizer != nil {
		return len(p.tokenizer.Encode(text))
	}
	return utf8.RuneCountInString(text)
}

// take decides on a row. place identifies a row whose user is unknown, which counts
// as a user of its own.
func (p *preparation) take(place string, r *Record) error {
	c := &p.report.Steps
	c.Read++
	name := r.User
	if name == "" {
		c.WithoutUser++
		name = "\x00" + place // the user is unknown
	}
	switch {
	case strings.TrimSpace(r.Prompt) == "":
		c.Empty++
		return nil
	case p.Prefix > 0 && p.duplicates.Seen(r.Prompt):
		c.Duplicates++
		return nil
	}
	user := p.userOf(r.User)
	if p.Most > 0 && user.kept >= p.Most {
		c.AboveCap++
		return nil
	}
	user.kept++
	split := p.SplitOf(name)
	if found := FindPII(r.Prompt); len(found) > 0 {
		dropped := p.Filter == FilterAll || p.Filter == FilterTrain && split == Train
		p.report.found(split, found, dropped)
		if dropped {
			c.PII++
			return nil
		}
	}
	c.Kept++
	kept := keptPrompt{
		split: split, source: p.shared(r.Source), category: p.shared(r.Category),
		user: user.number, length: p.length(r.Prompt), demonstration: none,
	}
	if r.Demonstration != nil {
		kept.demonstration = p.length(*r.Demonstration)
	}
	p.report.prompts = append(p.report.prompts, kept)
	out := p.out[split]
	out.Write(r.Raw) // whose error comes with the next too
	_, err := out.Write([]byte{'\n'})
	return err
}
