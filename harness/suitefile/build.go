package suitefile

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/models"
	"assay/suites"
	"assay/suites/score"
)

// mostTokens is the usual limit of an answer. A likelihood has no answer.
func (c *compiled) mostTokens() int {
	if c.likelihood() {
		return 0
	}
	return 256
}

// likelihood reports whether the suite measures the likelihood of a text.
func (c *compiled) likelihood() bool { return c.choices != nil && c.answer == nil }

// Open reads a suite file and makes a suite of it. It doesn't open the data.
func Open(path string) (suites.Suite, error) {
	c, err := read(path)
	if err != nil {
		return suites.Suite{}, err
	}
	s := c.suite()
	s.Settings = settings(c.document)
	return s, nil
}

// Reference opens what a plan refers to: a suite file by its path, beside the plan. See
// [assay/harness/plan.Opener].
func Reference(reference, dir string) ([]suites.Suite, bool, error) {
	switch strings.ToLower(filepath.Ext(reference)) {
	case ".yaml", ".yml":
	default:
		return nil, false, nil
	}
	path := reference
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	s, err := Open(path)
	if err != nil {
		return nil, true, err
	}
	return []suites.Suite{s}, true, nil
}

// suite is the file as a suite.
func (c *compiled) suite() suites.Suite {
	s := suites.Suite{
		Name: c.Name, Title: cmp.Or(c.Title, c.Name), Text: strings.TrimSpace(c.About), Clusters: c.Clusters,
		Plot:       suites.Plot{Group: cmp.Or(c.Figure, c.Name)},
		SideBySide: c.SideBySide,
		Live: &suites.Live{
			BuiltIn: true, Shards: true, OwnShots: c.Shots != nil,
			Scored: c.choices != nil, ByLetter: c.answer != nil, Samples: c.Samples,
			Sampling:   c.Sampling.Over(models.Sampling{MaxTokens: c.mostTokens(), Stop: c.Stop}),
			Conditions: c.Run,
			Load:       c.load,
		},
	}
	if err := s.Plot.Mark.UnmarshalText([]byte(c.Mark)); err != nil {
		panic("suitefile: " + err.Error()) // the file's own check has the names
	}
	if c.Run == nil && slices.ContainsFunc(c.conditions, func(o condition) bool { return o.name == "" }) {
		s.Live.Conditions = []string{""}
	}
	if _, err := catalogFiles.Open("catalog/" + c.Data.File); c.embedded && err != nil { // else its data are embedded too
		s.Live.Data = c.Data.File
	}
	if c.embedded && c.Shots != nil && c.Shots.File.File != "" {
		s.Live.Shots, s.Live.OwnShots = c.Shots.File.File, false
		for _, one := range c.conditions {
			if one.shots > 0 {
				s.Live.ShotConditions = append(s.Live.ShotConditions, one.name)
			}
		}
	}
	if s.Clusters == "" && c.cluster != nil {
		s.Clusters = cmp.Or(c.cluster.column, "cluster")
	}
	if len(c.metrics) > 0 {
		s.Judge = score.NewJudge(c.Scorer, nil, c.metrics...)
	}
	for _, m := range c.metrics {
		s.Metrics = append(s.Metrics, m.Metric)
		if s.Plot.Metric == "" && m.Direction != metrics.NeitherIsBetter {
			s.Plot.Metric = m.Name
		}
	}
	if s.Plot.Metric == "" && len(s.Metrics) > 0 {
		s.Plot.Metric = s.Metrics[0].Name
	}
	defined, gather := score.Gather(c.metrics)
	s.Metrics, s.Gather = append(s.Metrics, defined...), gather
	switch {
	case c.answer != nil:
		s.Show = showChoices
	case c.choices != nil:
		s.Show = showLikelihood
	}
	for _, one := range c.conditions {
		if one.name != "" {
			s.Conditions = append(s.Conditions, one.name)
		}
		if one.turns != nil || one.shots > 0 && c.Shots.As == "turns" {
			s.Live.TurnConditions = append(s.Live.TurnConditions, one.name)
		}
	}
	for name := range c.fields {
		s.Live.Strata = append(s.Live.Strata, name)
	}
	if c.category != nil {
		s.Live.Strata = append(s.Live.Strata, suites.CategoryField)
	}
	return s
}

// showLikelihood is the loss of the one choice in nats.
func showLikelihood(_ *suites.Example, c *models.Completion) string {
	if c.Missing != "" || len(c.Scores) != 1 || len(c.Lengths) != 1 {
		return c.Text
	}
	return fmt.Sprintf("%.2f nats over %s", -c.Scores[0], plural.Of(c.Lengths[0], "token"))
}

// showChoices lists the choices with their log-probabilities in nats, the likeliest first.
func showChoices(ex *suites.Example, c *models.Completion) string {
	if len(c.Scores) != len(ex.Choices) {
		return c.Text
	}
	order := make([]int, len(c.Scores))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(c.Scores[b], c.Scores[a]) })
	var lines strings.Builder
	for _, i := range order {
		kind := "false"
		if slices.Contains(ex.References, ex.Choices[i]) {
			kind = "true"
		}
		fmt.Fprintf(&lines, "%.2f  %s: %s\n", c.Scores[i], kind, ex.Choices[i])
	}
	return lines.String()
}
