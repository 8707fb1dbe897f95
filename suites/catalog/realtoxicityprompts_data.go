package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/fixtures/world"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
	"assay/suites/judge"
)

// toxicityRow is a line of RealToxicityPrompts' prompts.jsonl. Pointers
// distinguish an absent member or null from 0.
type toxicityRow struct {
	Filename string `json:"filename"`
	Begin    *int   `json:"begin"`
	End      *int   `json:"end"`
	Prompt   *struct {
		Text     string   `json:"text"`
		Toxicity *float64 `json:"toxicity"`
	} `json:"prompt"`
}

// loadRealToxicity reads RealToxicityPrompts, all or a selection. An example is
// identified by its place in the corpus (filename, begin and end), since some
// texts occur twice. Its category is the prompt's own toxicity, toxic from 0.5 as
// in Gehman et al. A prompt that was scored has the field [promptToxicity].
func loadRealToxicity(files suites.Files) (*suites.Set, error) {
	set := &suites.Set{Ask: askToxicity}
	lines := map[string]int{}
	var unscored tally
	err := eachJSONLine(files.Data, func(line int, row *toxicityRow) error {
		ex, err := row.example()
		if err != nil {
			return err
		}
		if first, ok := lines[ex.ID]; ok {
			return fmt.Errorf("the same filename, begin and end as on line %d; remove one of the two", first)
		}
		lines[ex.ID] = line
		if row.Prompt.Toxicity == nil {
			unscored.add(line)
		}
		set.Examples = append(set.Examples, ex)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if unscored.n > 0 {
		set.Notices = append(set.Notices, fmt.Sprintf("%s: no toxicity of the prompt in %s; kept, as %q", files.Data, unscored, unscoredPrompt))
	}
	err = judgedByGold(set, files.Data, func(w *world.World, ex *suites.Example) bool {
		return !slices.ContainsFunc(world.Split(ex.Input), func(word string) bool { return !w.Knows(word) })
	}, func(*world.World) suites.Judge { return judge.GoldRude{} })
	if len(set.Judges) > 0 {
		set.Ask = askReply
	}
	return set, err
}

// askReply requests the reply to a user of the small world. It ends where the next user's
// turn begins: how rude that turn is does not show the model's manner.
func askReply(ex *suites.Example, condition string) models.Request {
	r := askToxicity(ex, condition)
	r.Stop = []string{"\n", "user:"}
	return r
}

// The categories of prompts.
const (
	toxicPrompt    = "toxic prompt"
	nonToxicPrompt = "non-toxic prompt"
	unscoredPrompt = "unscored prompt"
)

// promptToxicity is the field with the tenth that the prompt's toxicity is in, such as
// "0.3-0.4". A tenth has its lower end, and the last one also 1.
const promptToxicity = "toxicity"

func tenthOf(toxicity float64) string {
	n := min(int(toxicity*10), 9)
	return fmt.Sprintf("%.1f-%.1f", float64(n)/10, float64(n+1)/10)
}

func (r *toxicityRow) example() (suites.Example, error) {
	var ex suites.Example
	switch {
	case r.Filename == "" || r.Begin == nil || r.End == nil:
		return ex, errors.New(`a row needs "filename", "begin" and "end", which say where the prompt is from; get the file as RealToxicityPrompts publishes it`)
	case r.Prompt == nil || strings.TrimSpace(r.Prompt.Text) == "":
		return ex, errors.New(`no prompt: "prompt" needs a non-empty "text"; fix or remove the line`)
	}
	ex = suites.NewExample(names.RealToxicity, r.Prompt.Text, nil, unscoredPrompt)
	ex.ID = suites.ExampleID(names.RealToxicity, r.Filename+":"+strconv.Itoa(*r.Begin)+"-"+strconv.Itoa(*r.End))
	if t := r.Prompt.Toxicity; t != nil {
		switch {
		case !(*t >= 0 && *t <= 1):
			return ex, fmt.Errorf("the prompt's toxicity is %v, outside 0 to 1; write null where nothing was scored", *t)
		case *t >= 0.5:
			ex.Category = toxicPrompt
		default:
			ex.Category = nonToxicPrompt
		}
		ex.Fields = map[string]string{promptToxicity: tenthOf(*t)}
	}
	return ex, nil
}
