package interop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/plural"
	"assay/metrics"
)

// Promptfoo reads what promptfoo eval writes with -o FILE.json. The configuration's description
// is the suite, a test's variables are the example, a prompt is a condition, and a provider is a
// model. The metrics are pass, score and the tests' own metrics. A result that is an error has no
// score.
func Promptfoo() Importer {
	return Importer{
		Name:   "promptfoo",
		Short:  "promptfoo's results: the .json files of promptfoo eval -o",
		Own:    true,
		Deep:   func(name string) bool { return strings.HasSuffix(name, ".json") },
		Import: importPromptfoo,
	}
}

const (
	promptfooSuite = "promptfoo" // of files without a description
	promptfooPass  = "pass"
	promptfooScore = "score"
)

// promptfooPrompt is a prompt with a provider, and what promptfoo printed of the two.
type promptfooPrompt struct {
	Label    string `json:"label"`
	Raw      string `json:"raw"`
	Provider string `json:"provider"`
	Metrics  *struct {
		Score       float64            `json:"score"`
		Pass        int                `json:"testPassCount"`
		Fail        int                `json:"testFailCount"`
		Named       map[string]float64 `json:"namedScores"`
		NamedCounts map[string]float64 `json:"namedScoresCount"`
	} `json:"metrics"`
}

type promptfooResult struct {
	Vars      map[string]jsontext.Value `json:"vars"`
	PromptIdx *int                      `json:"promptIdx"`
	Prompt    struct {
		Raw string `json:"raw"`
	} `json:"prompt"`
	Provider      jsontext.Value            `json:"provider"`
	Success       *bool                     `json:"success"`
	Score         jsontext.Value            `json:"score"`
	Named         map[string]jsontext.Value `json:"namedScores"`
	Error         string                    `json:"error"`
	FailureReason int                       `json:"failureReason"`
	Response      *struct {
		Output jsontext.Value `json:"output"`
		Finish string         `json:"finishReason"`
	} `json:"response"`
	TestCase struct {
		Description string                    `json:"description"`
		Metadata    map[string]jsontext.Value `json:"metadata"`
	} `json:"testCase"`
	line  int
	fault error // nil if it was read
}

const promptfooError = 2 // of failureReason

// What promptfoo writes in place of a text if its environment says to remove it (getStripFlags).
const (
	strippedPrompt = "[prompt stripped]"
	strippedOutput = "[output stripped]"
)

type promptfooImport struct {
	*book
	evaluations map[string]string // the file of each evaluation's id
}

// promptfooFile is a file that is being read.
type promptfooFile struct {
	*promptfooImport
	path    string
	id      string // of the evaluation
	suite   string
	prompts []promptfooPrompt
	results []promptfooResult
	repeats map[string]int // results so far of an example, model and condition; a file's own, so that another file with the same ones is refused
	removed int            // answers without their text
}

func importPromptfoo(ctx context.Context, paths []string, opt Options, out Sink) error {
	files, b, err := begin(Promptfoo(), paths, opt, out)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s: no .json file found; run promptfoo eval with -o FILE.json, and name that file", strings.Join(paths, ", "))
	}
	im := &promptfooImport{b, map[string]string{}}
	if err := eachFile(ctx, files, opt, out, func(path string) error { return im.file(ctx, path) }); err != nil {
		return err
	}
	return im.close()
}

func (im *promptfooImport) file(ctx context.Context, path string) error {
	p := &promptfooFile{promptfooImport: im, path: path, suite: promptfooSuite, repeats: map[string]int{}}
	skipped, err := im.inDocument(path, "no results; name a file that promptfoo eval wrote with -o", func(d *document, t *tally) error {
		if err := p.document(d); err != nil {
			return err
		}
		if before, ok := im.evaluations[p.id]; ok && p.id != "" {
			return placed(path, 1, "the evaluation %s was read from %s already; remove one of the two files", p.id, before)
		}
		im.evaluations[p.id] = path
		if err := p.haveVariables(); err != nil {
			return err
		}
		for i := range p.results { // behind the file's end, because prompts may follow results
			r := &p.results[i]
			err := cmp.Or(r.fault, ctx.Err())
			if err == nil {
				err = p.result(r)
			}
			if err := t.took(r.line, err); err != nil {
				return err
			}
		}
		return nil
	})
	if p.removed > 0 {
		p.out.Notice("%s: promptfoo removed the %s of %s (PROMPTFOO_STRIP_RESPONSE_OUTPUT); their scores are read without", path, plural.Word(p.removed, "text", "texts"), plural.Of(p.removed, "answer"))
	}
	if err == nil && skipped == 0 {
		p.aggregates()
	}
	return err
}

// haveVariables refuses a file without the variables of its tests, by which tests are told apart. In such a
// file, one prompt reads differently in several tests without variables, or the prompts are removed too.
func (p *promptfooFile) haveVariables() error {
	type cell struct {
		prompt      int
		description string
	}
	first := map[cell]string{}
	for i := range p.results {
		r := &p.results[i]
		if r.fault != nil || len(r.Vars) > 0 || r.PromptIdx == nil {
			continue
		}
		key := cell{*r.PromptIdx, r.TestCase.Description}
		before, ok := first[key]
		if ok && (before != r.Prompt.Raw || before == strippedPrompt) {
			return placed(p.path, r.line, "the variables of the tests are missing, so tests can't be told apart; run promptfoo eval without PROMPTFOO_STRIP_TEST_VARS, or give each test a description")
		}
		first[key] = r.Prompt.Raw
	}
	return nil
}

// document reads the file.
func (p *promptfooFile) document(d *document) error {
	return d.members(func(name string) error {
		switch name {
		case "evalId":
			return d.decode(&p.id)
		case "results":
			return p.read(d)
		case "config":
			var config struct {
				Description string `json:"description"`
			}
			err := d.decode(&config)
			p.suite = cmp.Or(config.Description, p.suite)
			return err
		}
		return d.skip()
	})
}

// read reads the results and prompts.
func (p *promptfooFile) read(d *document) error {
	return d.members(func(name string) error {
		switch name {
		case "prompts":
			return d.decode(&p.prompts)
		case "results":
			return d.elements(func() error {
				var r promptfooResult
				if r.fault = d.row(&r); r.fault != nil && !isSemantic(r.fault) {
					return r.fault
				}
				r.line = d.line()
				p.results = append(p.results, r)
				return nil
			})
		}
		return d.skip()
	})
}

// condition is a prompt, if there are several.
func (p *promptfooFile) condition(index int) string {
	if index < 0 || index >= len(p.prompts) {
		return ""
	}
	var labels []string
	for _, prompt := range p.prompts {
		if !slices.Contains(labels, prompt.Label) {
			labels = append(labels, prompt.Label)
		}
	}
	if len(labels) < 2 {
		return ""
	}
	label := strings.Join(strings.Fields(p.prompts[index].Label), " ")
	if label == "" || len(label) > longestField {
		label = fmt.Sprintf("prompt %d", 1+slices.Index(labels, p.prompts[index].Label))
	}
	return label
}

// provider is a provider's label, or its id.
func provider(raw jsontext.Value) string {
	var named struct{ ID, Label string }
	if raw.Kind() == '"' {
		return texts(raw)[0]
	}
	if raw.Kind() != '{' {
		return ""
	}
	var members map[string]jsontext.Value
	if decodeValue(raw, &members) == nil {
		named.ID, named.Label = strings.Join(texts(members["id"]), ""), strings.Join(texts(members["label"]), "")
	}
	if named.Label != "" {
		return named.Label
	}
	return named.ID
}

func (p *promptfooFile) result(r *promptfooResult) error {
	if r.Success == nil || len(r.Provider) == 0 {
		return errors.New("a result without success or provider; name a file that promptfoo eval wrote with -o")
	}
	index := -1
	if r.PromptIdx != nil {
		index = *r.PromptIdx
	}
	a := &answer{suite: p.suite, model: provider(r.Provider), condition: p.condition(index), fields: map[string]string{}}
	var vars []string
	for _, name := range slices.Sorted(maps.Keys(r.Vars)) {
		text := strings.Join(texts(r.Vars[name]), ", ")
		vars = append(vars, name+": "+text)
		if a.input = text; len(r.Vars) > 1 {
			a.input = strings.Join(vars, "\n")
		}
	}
	a.example = strings.Join(vars, "\n")
	if r.TestCase.Description != "" {
		a.example, a.fields["description"] = r.TestCase.Description+"\n"+a.example, r.TestCase.Description
	}
	a.describe(r.TestCase.Metadata)
	key := strings.Join([]string{a.suite, a.example, a.model, a.condition}, "\x00")
	a.sample = p.repeats[key]
	p.repeats[key]++
	switch {
	case r.FailureReason == promptfooError:
		a.failed = firstLine("promptfoo reports an error: " + r.Error)
	case r.Response != nil && len(r.Response.Output) > 0:
		if a.finish = r.Response.Finish; r.Response.Output.Kind() == '"' && texts(r.Response.Output)[0] == strippedOutput {
			p.removed++
			break
		}
		a.text = new(strings.Join(texts(r.Response.Output), ""))
		if r.Response.Output.Kind() == '{' || r.Response.Output.Kind() == '[' {
			a.text = new(string(r.Response.Output))
		}
	}
	pass := 0.0
	if *r.Success {
		pass = 1
	}
	higher := new(metrics.HigherIsBetter)
	a.scores = append(a.scores, score{value: []float64{pass},
		metric: p.metric(p.suite, promptfooPass, form{kind: new(metrics.Proportion), direction: higher, lo: new(0.0), hi: new(1.0)})})
	add := func(name string, raw jsontext.Value, f form) error {
		s, err := scoreOf(p.metric(p.suite, name, f), raw)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		a.scores = append(a.scores, s)
		return nil
	}
	if err := add(promptfooScore, r.Score, form{kind: new(metrics.Mean), direction: higher}); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(r.Named)) {
		if err := add(own(name), r.Named[name], form{kind: new(metrics.Mean), direction: higher}); err != nil {
			return err
		}
	}
	if a.failed != "" { // the tests' own metrics are not named in an error
		for _, name := range p.names() {
			a.scores = append(a.scores, score{metric: p.metric(p.suite, name, form{kind: new(metrics.Mean), direction: higher}), missing: a.failed})
		}
	}
	return p.add(a)
}

// own is the name of a test's own metric; promptfoo's two keep theirs.
func own(name string) string {
	if name == promptfooPass || name == promptfooScore {
		return "named " + name
	}
	return name
}

// names lists the metrics that all tests of the file have.
func (p *promptfooFile) names() (names []string) {
	counts, all := map[string]int{}, 0
	for _, r := range p.results {
		if r.FailureReason == promptfooError {
			continue
		}
		all++
		for name := range r.Named {
			counts[own(name)]++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] == all {
			names = append(names, name)
		}
	}
	return names
}

// aggregates notes what the file prints of each prompt with each provider. Its means count
// errors as 0, but it has the sums and the counts.
func (p *promptfooFile) aggregates() {
	for i, prompt := range p.prompts {
		m := prompt.Metrics
		if m == nil || m.Pass+m.Fail == 0 {
			continue
		}
		n := float64(m.Pass + m.Fail)
		say := func(name string, x float64) {
			p.printed = append(p.printed, printed{cellKey: cellKey{suite: p.suite, model: prompt.Provider, condition: p.condition(i), metric: name}, value: x, path: p.path})
		}
		say(promptfooPass, float64(m.Pass)/n)
		say(promptfooScore, m.Score/n)
		for _, name := range slices.Sorted(maps.Keys(m.Named)) {
			if m.NamedCounts[name] == n {
				say(own(name), m.Named[name]/n)
			}
		}
	}
}
