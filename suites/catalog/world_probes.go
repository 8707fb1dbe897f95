package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"assay/fixtures/world"
	"assay/metrics"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
)

// The metrics of probes, each over its own examples.
const ()

// probeHeaded ends the name of a mapping whose shots have a header.
const probeHeaded = ", headed"

// WorldProbes has a model continue text of the small world, without an instruction. It
// measures abilities that tuning may cost. An example's category is the probe's name.
//
// A mapping is right if the answer's words are the expected ones. Retrieval and facts
// are right if these begin the answer, since the text continues after them.
func WorldProbes() suites.Suite {
	share := func(name, title string) metrics.Metric {
		return metrics.Metric{Name: name, Title: title, Kind: metrics.Proportion, Lo: 0, Hi: 1}
	}
	return suites.Suite{
		Name:  names.WorldProbes,
		Title: "Small world, probes",
		Text:  "Share of texts of the small world that a model continues correctly with greedy decoding: mappings of words (copy, reverse, sort, translate) from four shots, with and without a header that names the task; a value from a passage; an attribute of a person. The cost of alignment shows here.",
		Metrics: []metrics.Metric{
			share(names.Mappings, "Mappings"),
			share(names.MappingsBare, "Mappings without a header"),
			share(names.Retrieval, "Retrieval from a passage"),
			share(names.Facts, "Facts"),
		},
		Plot:  suites.Plot{Group: "world_probes", Metric: names.Mappings, Mark: suites.Bars},
		Judge: probeJudge{},
		Live: &suites.Live{
			Sampling: models.Sampling{MaxTokens: 8, Stop: []string{"\n"}},
			Load:     loadProbes,
		},
	}
}

// probeRow is a row of probes.jsonl, as 'assay world' writes it.
type probeRow struct {
	Name   *string `json:"name"`
	Prompt *string `json:"prompt"`
	Want   *string `json:"want"`
}

// probeMetric is the metric that a probe counts in, by the probe's name; "" for an
// unknown name.
func probeMetric(name string) string {
	mapping, headed := strings.CutSuffix(name, probeHeaded)
	switch {
	case name == world.ProbeRetrieval:
		return names.Retrieval
	case name == world.ProbeFact:
		return names.Facts
	case !slices.Contains(world.Operations, mapping):
		return ""
	case headed:
		return names.Mappings
	}
	return names.MappingsBare
}

// loadProbes reads probes. A text that occurs twice counts once.
func loadProbes(files suites.Files) (*suites.Set, error) {
	var all examples
	type first struct {
		line       int
		name, want string
	}
	seen := map[string]first{}
	err := eachJSONLine(files.Data, func(line int, row *probeRow) error {
		name, err := someText("name", row.Name)
		if err != nil {
			return err
		}
		if probeMetric(name) == "" {
			return fmt.Errorf("unknown probe %.60q; the probes are %s and %s, and each of %s with and without %q at its end",
				name, world.ProbeRetrieval, world.ProbeFact, strings.Join(world.Operations, ", "), probeHeaded)
		}
		prompt, err := someText("prompt", row.Prompt)
		if err != nil {
			return err
		}
		want, err := someText("want", row.Want)
		if err != nil {
			return err
		}
		ex := suites.NewExample(names.WorldProbes, prompt, []string{want}, name)
		if f, ok := seen[ex.ID]; ok && (f.name != name || f.want != want) {
			return fmt.Errorf("the same prompt as on line %d with another name or another answer; remove one of the two", f.line)
		} else if !ok {
			seen[ex.ID] = first{line, name, want}
		}
		all.add(ex)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &suites.Set{
		Examples: all.list,
		Ask:      askInput,
		Notices:  all.notices(files.Data, "probe"),
	}, nil
}

// probeJudge compares words, and gives each example only the metric that it counts
// in.
type probeJudge struct{}

func (probeJudge) Name() string { return "wanted words" }

func (probeJudge) Metrics() []string {
	return []string{names.Mappings, names.MappingsBare, names.Retrieval, names.Facts}
}

func (j probeJudge) Judge(_ context.Context, item suites.Item) ([]metrics.Judgement, error) {
	metric := probeMetric(item.Example.Category)
	if metric == "" || len(item.Example.References) != 1 {
		return nil, fmt.Errorf("example %s is not a probe", item.Example.ID)
	}
	said, want := strings.Fields(item.Completion.Text), strings.Fields(item.Example.References[0])
	if metric == names.Retrieval || metric == names.Facts {
		said = said[:min(len(said), len(want))]
	}
	right := 0.0
	if slices.Equal(said, want) {
		right = 1
	}
	return []metrics.Judgement{suites.NewJudgement(item.Completion, metric, j.Name(), right)}, nil
}

// Absent implements [suites.Absent]: a probe without an answer is missing only in
// its own metric.
func (j probeJudge) Absent(item suites.Item, reason string) []metrics.Judgement {
	return []metrics.Judgement{suites.NewMissing(item.Completion, probeMetric(item.Example.Category), j.Name(), reason)}
}
