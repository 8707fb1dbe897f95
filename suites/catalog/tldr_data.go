package catalog

import (
	"errors"
	"fmt"
	"strings"

	"assay/metrics/names"
	"assay/models"
	"assay/suites"
)

// tldrMark ends a prompt and an example's input (Ouyang et al. 2022, Appendix D).
const tldrMark = "TL;DR:"

// tldrLive requests summaries, without examples. The released samples have no
// prompt type, and neither does the one condition. The longest of them has 256
// words and 1,300 characters; 256 tokens fit all but the longest.
func tldrLive() *suites.Live {
	return &suites.Live{
		Data:       "tldr/test.jsonl",
		Sampling:   models.Sampling{MaxTokens: 256, Stop: []string{"\n"}},
		Conditions: []string{""},
		Load:       loadTLDR,
	}
}

// tldrRow is a row of any of the public forms: TLDR-17 (webis: content, summary),
// the filtered set of summarize-from-feedback (OpenAI: post, summary), and the
// pairs derived from it for training (prompt, label), whose prompt ends in
// [tldrMark].
type tldrRow struct {
	ID        *string `json:"id"`
	Content   *string `json:"content"`
	Post      *string `json:"post"`
	Prompt    *string `json:"prompt"`
	Summary   *string `json:"summary"`
	Label     *string `json:"label"`
	TLDR      *string `json:"tldr"`
	Subreddit *string `json:"subreddit"`
}

// firstText is the first of several members that is present. It must not be empty.
func firstText(what string, names []string, values ...*string) (string, error) {
	for i, v := range values {
		if v != nil {
			return someText(names[i], v)
		}
	}
	return "", fmt.Errorf("no %s: one of the members %s must be a text; fix or remove the row", what, strings.Join(names, ", "))
}

func (r *tldrRow) example() (suites.Example, error) {
	post, err := firstText("post", []string{"content", "post", "prompt"}, r.Content, r.Post, r.Prompt)
	if err != nil {
		return suites.Example{}, err
	}
	summary, err := firstText("summary", []string{"summary", "label", "tldr"}, r.Summary, r.Label, r.TLDR)
	if err != nil {
		return suites.Example{}, err
	}
	post = strings.TrimSpace(strings.ReplaceAll(post, "\r\n", "\n"))
	post = strings.TrimSpace(strings.TrimSuffix(post, tldrMark))
	if post == "" {
		return suites.Example{}, errors.New("the post is empty; fix or remove the row")
	}
	category := ""
	if r.Subreddit != nil {
		category = *r.Subreddit
	}
	return suites.NewExample(names.TLDR, post+"\n\n"+tldrMark, distinctTexts([]string{summary}), category), nil
}

func loadTLDR(files suites.Files) (*suites.Set, error) {
	var all examples
	ids := make(map[string]int) // a row's id -> its line
	err := eachJSONRecord(files.Data, func(line int, row *tldrRow) error {
		if row.ID != nil {
			if first, twice := ids[*row.ID]; twice {
				return fmt.Errorf("id %q is on line %d already; remove one of the two", *row.ID, first)
			}
			ids[*row.ID] = line
		}
		ex, err := row.example()
		if err == nil {
			all.add(ex)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &suites.Set{
		Examples: all.list,
		Ask:      askInput,
		Notices:  append(all.notices(files.Data, "posts"), rougeScope.notice(files.Data, "posts", all.list)...),
	}, nil
}
