package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// judgeOf is who judged a cell: a judge's name, and its definition in the run's
// plan, if there is one.
type judgeOf struct {
	name, definition string
}

// judgeDefinitions returns the judges of a run's plan by name, as canonical JSON.
func (s *Source) judgeDefinitions() (map[string]string, error) {
	if s.Manifest.Plan.Run == nil {
		return nil, nil
	}
	var plan struct {
		Judges []jsontext.Value `json:"judges"`
	}
	if err := json.Unmarshal(s.Manifest.Plan.Run, &plan); err != nil {
		return nil, fmt.Errorf("the plan in the manifest: %w", err)
	}
	out := map[string]string{}
	var err error
	for _, definition := range plan.Judges {
		var named struct {
			Name string `json:"name"`
		}
		if err := json.Unmarshal(definition, &named); err != nil {
			return nil, fmt.Errorf("the plan in the manifest: %w", err)
		}
		if definition, err = withoutAudit(definition); err != nil {
			return nil, fmt.Errorf("the plan in the manifest: %w", err)
		}
		if err := definition.Canonicalize(); err != nil {
			return nil, fmt.Errorf("the plan in the manifest: %w", err)
		}
		out[named.Name] = string(definition)
	}
	return out, nil
}

// withoutAudit leaves out what a judge is asked for its audit, which changes no judgement.
func withoutAudit(definition jsontext.Value) (jsontext.Value, error) {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(definition, &members); err != nil {
		return nil, err
	}
	delete(members, "audit")
	return json.Marshal(members, json.Deterministic(true))
}

// judgedApart says how the judges of two cells differ; "" if they don't.
func (j *Judged) judgedApart(first, second Cell) string {
	a, b := j.judgedBy[first], j.judgedBy[second]
	only := func(these, those []judgeOf) (names []string) {
		for _, judge := range these {
			if !slices.Contains(those, judge) {
				names = append(names, judge.name)
			}
		}
		slices.Sort(names)
		return names
	}
	x, y := only(a, b), only(b, a)
	switch {
	case len(x) == 0 && len(y) == 0:
		return ""
	case slices.Equal(x, y):
		return fmt.Sprintf("the two runs define the judge %s differently, which is part of the models' difference", strings.Join(x, ", "))
	}
	name := func(all []judgeOf) string {
		var names []string
		for _, judge := range all {
			names = append(names, judge.name)
		}
		slices.Sort(names)
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("the first was judged by %s, the second by %s, which is part of the models' difference", name(a), name(b))
}
