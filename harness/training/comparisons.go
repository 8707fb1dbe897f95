package training

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"assay/models/bpe"
	"assay/models/train/reward"
)

// Comparison is a line of a file of comparisons: a prompt, responses to it, and how one
// labeler ranked them, the lower the better, equal ranks for ties.
type Comparison struct {
	Prompt    string   `json:"prompt"`
	Responses []string `json:"responses"`
	Ranks     []int    `json:"ranks"`
	Labeler   string   `json:"labeler"` // "" is nobody in particular
}

// comparisonLine is a line in either of its shapes.
type comparisonLine struct {
	Comparison `json:",inline"`
	Chosen     string `json:"chosen"`
	Rejected   string `json:"rejected"`
}

// ReadComparisons reads files of JSON lines, compressed where their names end in .gz.
// A line is in one of three shapes:
//
//	{"prompt": "...", "responses": ["...", "..."], "ranks": [1, 2], "labeler": "ann"}
//	{"prompt": "...", "chosen": "...", "rejected": "..."}
//	{"chosen": "\n\nHuman: ...\n\nAssistant: ...", "rejected": "\n\nHuman: ...\n\nAssistant: ..."}
//
// The last is that of Anthropic's hh-rlhf (Bai et al., arXiv:2204.05862): two whole
// dialogues, whose prompt is what they have in common through the last "\n\nAssistant:".
// Labelers are optional in each. Errors name file and line.
func ReadComparisons(paths []string) ([]Comparison, error) {
	var all []Comparison
	for _, path := range paths {
		err := EachLine(path, func(line []byte) error {
			var l comparisonLine
			if err := json.Unmarshal(line, &l, json.RejectUnknownMembers(true)); err != nil {
				return errors.New(`no comparison; write {"prompt": "...", "responses": ["...", "..."], "ranks": [1, 2]}`)
			}
			c, err := l.comparison()
			all = append(all, c)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (l *comparisonLine) comparison() (Comparison, error) {
	c := l.Comparison
	switch {
	case l.Responses == nil && l.Ranks == nil && l.Chosen != "" && l.Rejected != "":
		if c.Prompt == "" {
			prompt := commonTurns(l.Chosen, l.Rejected)
			if prompt == 0 {
				return c, errors.New(`chosen and rejected without a prompt, and no dialogues that have their beginning in common; write "prompt"`)
			}
			c.Prompt, l.Chosen, l.Rejected = l.Chosen[:prompt], l.Chosen[prompt:], l.Rejected[prompt:]
		}
		c.Responses, c.Ranks = []string{l.Chosen, l.Rejected}, []int{1, 2}
	case l.Chosen != "" || l.Rejected != "":
		return c, errors.New("chosen and rejected go together, and without responses and ranks; write both")
	case len(c.Responses) < 2 || len(c.Ranks) != len(c.Responses):
		return c, fmt.Errorf("%d responses and %d ranks; there are at least two, each with its rank", len(c.Responses), len(c.Ranks))
	}
	return c, nil
}

// commonTurns is the length of what two dialogues have in common through the last turn of
// the assistant that begins in it.
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

// SplitComparisons holds out those of a share of the prompts, all of a prompt on one
// side. Which prompts hangs on their texts alone, so that a larger share has those of a
// smaller, and other trainings on the same file hold out the same.
func SplitComparisons(all []Comparison, share float64) (kept, held []Comparison) {
	type keyed struct {
		prompt string
		key    [sha256.Size]byte
	}
	var prompts []keyed
	seen := map[string]bool{}
	for _, c := range all {
		if !seen[c.Prompt] {
			seen[c.Prompt] = true
			prompts = append(prompts, keyed{c.Prompt, sha256.Sum256([]byte(c.Prompt))})
		}
	}
	slices.SortFunc(prompts, func(a, b keyed) int {
		return cmp.Or(slices.Compare(a.key[:], b.key[:]), cmp.Compare(a.prompt, b.prompt))
	})
	out := map[string]bool{}
	for _, p := range prompts[:int(share*float64(len(prompts)))] {
		out[p.prompt] = true
	}
	for _, c := range all {
		if out[c.Prompt] {
			held = append(held, c)
		} else {
			kept = append(kept, c)
		}
	}
	return kept, held
}

// Preferred are the texts of the best responses, each behind its prompt: what a model can
// be pretrained on before it learns from the comparisons.
func Preferred(all []Comparison) []string {
	var texts []string
	for _, c := range all {
		best := slices.Index(c.Ranks, slices.Min(c.Ranks))
		texts = append(texts, c.Prompt+c.Responses[best])
	}
	return texts
}

// EncodeComparisons are the comparisons as tokens, prompt and responses apart, as for
// demonstrations. Equal prompts are one cluster.
func EncodeComparisons(t *bpe.Tokenizer, all []Comparison) []*reward.Comparison {
	clusters := map[string]uint32{}
	var encoded []*reward.Comparison
	for _, c := range all {
		if _, ok := clusters[c.Prompt]; !ok {
			clusters[c.Prompt] = uint32(len(clusters))
		}
		e := &reward.Comparison{Prompt: t.Encode(c.Prompt), Ranks: c.Ranks, Cluster: clusters[c.Prompt], Labeler: c.Labeler}
		for _, r := range c.Responses {
			e.Responses = append(e.Responses, t.Encode(r))
		}
		encoded = append(encoded, e)
	}
	return encoded
}
