package judge

import (
	"testing"

	"assay/fixtures/world"
	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// town has the first prompts of a world's test split.
func town(t *testing.T) (*Town, []world.Prompt) {
	t.Helper()
	w := newWorld(t, 5)
	prompts := w.Prompts(world.TestInstruct, 200)
	return NewTown(w, prompts), prompts
}

func item(p *world.Prompt, text, finish string, baseline *models.Completion) suites.Item {
	ex := suites.NewExample("world", p.Text, nil, p.UseCase)
	c := models.Completion{ID: "c", Suite: "world", Example: ex.ID, Model: "m", Text: text, Finish: finish}
	return suites.Item{Example: ex, Completion: c, Baseline: baseline}
}

func find(js []metrics.Judgement, metric, labeler string) *metrics.Judgement {
	for i := range js {
		if js[i].Metric == metric && js[i].Labeler == labeler {
			return &js[i]
		}
	}
	return nil
}
