package data

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/harness/plan"
	"assay/models/bpe"
	"assay/models/readout"
	"assay/models/train/reward"
)

// Preference is a line of a file of preferences: a prompt, responses to it, and how one
// labeler ranked them. A lower rank is better, and equal ranks are ties.
type Preference struct {
	Prompt    string   `json:"prompt"`
	Responses []string `json:"responses"`
	Ranks     []int    `json:"ranks"`
	Labeler   string   `json:"labeler"` // "" if unknown
	Place     Place    `json:"-"`
}

// ReadPreferences reads files of JSON lines, which are compressed if their names end in .gz.
// A line has one of four shapes:
//
//	{"prompt": "...", "responses": ["...", "..."], "ranks": [1, 2], "labeler": "ann"}
//	{"prompt": "...", "chosen": "...", "rejected": "..."}
//	{"chosen": "\n\nHuman: ...\n\nAssistant: ...", "rejected": "\n\nHuman: ...\n\nAssistant: ..."}
//	{"prompt": "...", "model": "...", "output": "...", "labeler": "ann", "rank": 1}
//
// The third is that of Anthropic's hh-rlhf (Bai et al., arXiv:2204.05862): two complete
// dialogues, whose prompt is what they have in common up to the last "\n\nAssistant:". The
// fourth is a row of human labels (see [labels.Row]); the rows of one example and labeler are one
// preference, which follows those of the other lines. A labeler is optional in the other shapes. A
// prompt or a response may be empty, but not missing. Errors name file and line.
func ReadPreferences(paths []string, notes *Notes) (all []Preference, err error) {
	people := newLabeled(notes)
	for _, path := range paths {
		err := eachPlace(path, func(at Place, line []byte) error {
			r, err := parseRow(line, writePreference)
			switch {
			case err != nil:
				return err
			case r.isLabel():
				return people.add(line, at)
			}
			p, err := preference(r, at, notes)
			all = append(all, p)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	labeled, err := people.preferences()
	return append(all, labeled...), err
}

const writePreference = `write {"prompt": "...", "responses": ["...", "..."], "ranks": [1, 2]}, or {"prompt": "...", "chosen": "...", "rejected": "..."}`

func preference(r row, at Place, notes *Notes) (p Preference, err error) {
	p.Place = at
	var prompted bool
	if p.Prompt, prompted, err = r.text("prompt"); err != nil {
		return p, err
	}
	if p.Labeler, _, err = r.text("labeler"); err != nil {
		return p, err
	}
	pair, list := r.has("chosen") || r.has("rejected"), r.has("responses") || r.has("ranks")
	switch {
	case pair && (list || !r.has("chosen") || !r.has("rejected")):
		return p, errors.New(`a row has either chosen and rejected, or responses and ranks; write both chosen and rejected, and "" for an empty one`)
	case pair:
		err = p.readPair(r, prompted)
	case list:
		err = p.readList(r, prompted)
	default:
		err = errors.New("no chosen and rejected, and no responses and ranks; " + writePreference)
	}
	if err != nil {
		return p, err
	}
	r.countOthers(notes, at, "prompt", "chosen", "rejected", "responses", "ranks", "labeler")
	for i := range p.Responses {
		if p.Responses[i], err = response(p.Responses[i], "a response", notes, at); err != nil {
			return p, err
		}
	}
	return p, nil
}

// readPair reads chosen and rejected.
func (p *Preference) readPair(r row, prompted bool) error {
	chosen, _, err := r.text("chosen")
	if err != nil {
		return err
	}
	rejected, _, err := r.text("rejected")
	if err != nil {
		return err
	}
	if !prompted {
		at := commonTurns(chosen, rejected)
		if at == 0 {
			return errors.New(`chosen and rejected without a prompt, and not two dialogues with a common beginning; write "prompt"`)
		}
		p.Prompt, chosen, rejected = chosen[:at], chosen[at:], rejected[at:]
	}
	p.Responses, p.Ranks = []string{chosen, rejected}, []int{1, 2}
	return nil
}

// readList reads responses and their ranks.
func (p *Preference) readList(r row, prompted bool) error {
	if !prompted {
		return errors.New(`no prompt; write "prompt", and "" for an empty one`)
	}
	if r.has("responses") {
		if err := r.into("responses", "a list of strings", &p.Responses); err != nil {
			return err
		}
	}
	if r.has("ranks") {
		if err := r.into("ranks", "a list of whole numbers", &p.Ranks); err != nil {
			return err
		}
	}
	if len(p.Responses) < 2 || len(p.Ranks) != len(p.Responses) {
		return fmt.Errorf("responses has %d and ranks has %d; write at least two responses, and a rank for each", len(p.Responses), len(p.Ranks))
	}
	return nil
}

// commonTurns is the length of what two dialogues have in common, up to the beginning of the
// assistant's last turn in it; 0 if they have no turn in common.
func commonTurns(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	const turn = "\n\nAssistant:"
	if at := strings.LastIndex(a[:n], turn); at >= 0 {
		return at + len(turn)
	}
	return 0
}

// Preferred returns the best response to each prompt as one text with the prompt: what a
// model can be pretrained on before it learns from the preferences.
func Preferred(all []Preference) []string {
	var texts []string
	for _, c := range all {
		best := slices.Index(c.Ranks, slices.Min(c.Ranks))
		texts = append(texts, c.Prompt+c.Responses[best])
	}
	return texts
}

// Encoder turns preferences into tokens, prompt and responses separately. A row has at most
// Context tokens with its end. Longer ones are cut (see [readout.Rows]) unless Long says
// otherwise, and responses that cutting makes equal are counted in Notes.
type Encoder struct {
	Tokenizer *bpe.Tokenizer
	Context   int
	Long      plan.Long
	Notes     *Notes

	clusters map[string]uint32 // by prompt
}

// Encode encodes preferences. Equal prompts are one cluster, over all calls.
func (x *Encoder) Encode(all []Preference) ([]*reward.Preference, error) {
	t, context, long, notes := x.Tokenizer, x.Context, x.Long, x.Notes
	if x.clusters == nil {
		x.clusters = map[string]uint32{}
	}
	clusters := x.clusters
	var encoded []*reward.Preference
	for _, c := range all {
		if _, ok := clusters[c.Prompt]; !ok {
			clusters[c.Prompt] = uint32(len(clusters))
		}
		e := &reward.Preference{Prompt: encodePrompt(t, c.Prompt, notes, c.Place), Ranks: c.Ranks, Cluster: clusters[c.Prompt], Labeler: c.Labeler}
		longest := 0
		for _, r := range c.Responses {
			response, err := encodeResponse(t, r, notes, c.Place)
			if err != nil {
				return nil, err
			}
			e.Responses = append(e.Responses, response)
			longest = max(longest, len(response)+1)
		}
		if n := len(e.Prompt) + longest; n > context {
			switch long {
			case plan.Drop:
				notes.Count("preferences longer than "+tokens(context)+", left out", c.Place)
				continue
			case plan.Refuse:
				return nil, c.Place.Errorf("a preference of %s, but a row holds %d; shorten it, or write overlong: drop or overlong: truncate under data", plural.Of(n, "token"), context)
			}
			notes.Count("preferences longer than "+tokens(context)+", cut: prompts at their beginnings, responses at their ends", c.Place)
		}
		switch equality(e, readout.Rows(e.Prompt, e.Responses, t.End(), context)) {
		case equalTexts:
			notes.Count("preferences with equal responses of different ranks, which teach nothing", c.Place)
		case equalRows:
			notes.Count("preferences with responses that cutting made equal, which teach nothing", c.Place)
		}
		encoded = append(encoded, e)
	}
	return encoded, nil
}

// How two responses with different ranks may be equal.
const (
	nothingEqual = iota
	equalRows    // after cutting
	equalTexts
)

// equality is the greatest equality of two responses with different ranks.
func equality(c *reward.Preference, rows [][]int32) int {
	found := nothingEqual
	for i := range rows {
		for j := range i {
			switch {
			case c.Ranks[i] == c.Ranks[j] || !slices.Equal(rows[i], rows[j]):
			case slices.Equal(c.Responses[i], c.Responses[j]):
				return equalTexts
			default:
				found = equalRows
			}
		}
	}
	return found
}
