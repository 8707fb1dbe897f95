package smallworld

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"

	"assay/fixtures/world"
	"assay/harness/leaf/plural"
	"assay/harness/local"
	"assay/harness/runstore"
	"assay/harness/training/data"
	"assay/metrics/names"
	"assay/suites"
	"assay/suites/catalog"
	"assay/suites/datafile"
	"assay/suites/judge"
)

// Line is a line of a file of responses: what a model answers to a prompt. 'assay generate
// --prompts' writes such lines, and 'assay world rank' reads them.
type Line struct {
	Prompt    string   `json:"prompt"`
	Responses []string `json:"responses"`
	Ended     []bool   `json:"ended"` // false where the response was cut off by its length; nil if all ended
}

// Lines are the texts that a model generated for prompts: a row of them per prompt.
func Lines(prompts []string, texts [][]local.Text) []Line {
	lines := make([]Line, len(texts))
	for i, row := range texts {
		lines[i].Prompt = prompts[i]
		for _, t := range row {
			lines[i].Responses = append(lines[i].Responses, t.Text)
			lines[i].Ended = append(lines[i].Ended, t.Ended)
		}
	}
	return lines
}

// Responses are responses to a world's prompts, to be ranked.
type Responses struct {
	Missing int // completions of runs without a text
	Foreign int // responses to other prompts

	prompts []world.Prompt
	town    *judge.Town
	texts   map[string]string // of the prompts, by the example's id
	byText  map[string][]world.Response
}

// NewResponses starts a collection for the prompts of a file in a world's folder.
func NewResponses(prompts string) (*Responses, error) {
	read, err := catalog.ReadWorldPrompts(prompts)
	if err != nil {
		return nil, err
	}
	r := &Responses{
		prompts: read.Prompts, town: judge.NewTown(read.World, read.Prompts),
		texts: map[string]string{}, byText: map[string][]world.Response{},
	}
	for i := range read.Prompts {
		text := read.Prompts[i].Text
		r.texts[suites.ExampleID(names.World, text)] = text
	}
	return r, nil
}

// ReadResponses collects the responses of folders and files to the prompts of a file.
func ReadResponses(ctx context.Context, prompts string, paths []string) (*Responses, error) {
	r, err := NewResponses(prompts)
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		if err := r.Read(ctx, path); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Read adds the responses of a run's folder, or of a file of [Line]s.
func (r *Responses) Read(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s: no such file or folder; name a run, or a file of prompts with responses", path)
	}
	if info.IsDir() {
		return r.readRun(ctx, path)
	}
	if filepath.Base(path) == runstore.Completions().File() {
		return r.readRun(ctx, filepath.Dir(path))
	}
	return data.EachLine(path, r.line)
}

func (r *Responses) readRun(ctx context.Context, dir string) error {
	found := 0
	for c, err := range runstore.Completions().Read(runstore.Dir(dir)) {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.Suite != names.World {
			continue
		}
		found++
		switch text, ok := r.texts[c.Example]; {
		case !ok:
			r.Foreign++
		case c.Missing != "":
			r.Missing++
		default:
			r.byText[text] = append(r.byText[text], world.Response{Text: c.Text, Ended: c.Finish != "length"})
		}
	}
	if found == 0 {
		return fmt.Errorf("%s: no completions of the suite world; run a plan with this suite", dir)
	}
	return nil
}

func (r *Responses) line(text []byte) error {
	var row Line
	const write = `write {"prompt": "...", "responses": ["...", "..."]}`
	if err := json.Unmarshal(text, &row); err != nil {
		return fmt.Errorf("%w; %s", datafile.Explain(err), write)
	}
	if row.Prompt == "" || len(row.Responses) == 0 {
		return errors.New("a line needs a prompt and responses; " + write)
	}
	if row.Ended != nil && len(row.Ended) != len(row.Responses) {
		return fmt.Errorf("%s but %s in ended; write one for each response", plural.Of(len(row.Responses), "response"), plural.Of(len(row.Ended), "value"))
	}
	p, ok := r.town.Prompt(row.Prompt)
	if !ok {
		r.Foreign += len(row.Responses)
		return nil
	}
	for i, response := range row.Responses {
		r.byText[p.Text] = append(r.byText[p.Text], world.Response{Text: response, Ended: row.Ended == nil || row.Ended[i]})
	}
	return nil
}
