package judge

import (
	"fmt"
	"strings"

	"assay/fixtures/world"
	"assay/models"
	"assay/suites"
)

// Town is a small world with its prompts: all that its judges know.
type Town struct {
	World   *world.World
	prompts map[string]*world.Prompt
}

// NewTown makes a town of a world and prompts of it. Of prompts with the same text, which ask
// the same, the first counts.
func NewTown(w *world.World, prompts []world.Prompt) *Town {
	t := &Town{w, make(map[string]*world.Prompt, len(prompts))}
	for i := range prompts {
		if key := strings.TrimSpace(prompts[i].Text); t.prompts[key] == nil {
			t.prompts[key] = &prompts[i]
		}
	}
	return t
}

// Prompt finds a prompt by its text. White space at its ends does not count.
func (t *Town) Prompt(text string) (*world.Prompt, bool) {
	p, ok := t.prompts[strings.TrimSpace(text)]
	return p, ok
}

// Show judges a completion by the gold rules. A completion that was cut off at its length
// limit has not ended; any other has.
func (t *Town) Show(ex *suites.Example, c *models.Completion) (Shown, error) {
	p, ok := t.Prompt(ex.Input)
	if !ok {
		return Shown{}, fmt.Errorf("example %s is no prompt of the world", ex.ID)
	}
	r := world.Response{Text: c.Text, Ended: c.Finish != "length"}
	return Shown{p, r, t.World.Judge(p, r)}, nil
}

// versus judges an item's two completions. second is nil where there is nothing to compare
// with.
func (t *Town) versus(item *suites.Item) (first Shown, second *Shown, err error) {
	if first, err = t.Show(&item.Example, &item.Completion); err != nil {
		return first, nil, err
	}
	if item.Baseline == nil || item.Baseline.Missing != "" {
		return first, nil, nil
	}
	other, err := t.Show(&item.Example, item.Baseline)
	return first, &other, err
}
