package engine

import (
	"context"
	"strings"

	"assay/models"
	"assay/models/remote"
	"assay/suites"
)

// JudgePreview is the first request that a judge of a suite would send.
type JudgePreview struct {
	Suite, Judge string
	Request      models.Request
}

// JudgePreviews shows each judge the first example of its suite with an answer that only marks
// its place, keeps the judge's first request, and sends nothing.
func JudgePreviews(ctx context.Context, job *Job) ([]JudgePreview, error) {
	var out []JudgePreview
	for i := range job.Suites {
		s := &job.Suites[i]
		if len(s.Examples) == 0 {
			continue
		}
		for k := range s.Judges {
			j := &s.Judges[k]
			if j.Ask == nil {
				continue
			}
			var first *models.Request
			item := suites.Item{
				Example:    s.Examples[0],
				Completion: models.Completion{ID: "ID", Suite: s.Name, Example: s.Examples[0].ID, Model: "model", Text: "(the model's answer)", Finish: models.FinishStop},
				Baseline:   &models.Completion{ID: "ID", Suite: s.Name, Example: s.Examples[0].ID, Model: "baseline", Text: "(the baseline's answer)", Finish: models.FinishStop},
				Over:       j.Sampling,
				Ask: func(_ context.Context, r models.Request) (models.Answer, error) {
					if first == nil {
						first = &r
					}
					return models.Answer{}, &remote.Failure{Reason: "nothing is sent"}
				},
			}
			if _, err := j.Judge.Judge(ctx, item); err != nil {
				return nil, err
			}
			if first == nil { // it has nothing to ask about the first example
				continue
			}
			if j.System != "" {
				first.System = strings.TrimSpace(j.System + "\n\n" + first.System)
			}
			out = append(out, JudgePreview{s.Name, j.Name(), *first})
		}
	}
	return out, nil
}
