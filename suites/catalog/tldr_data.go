package catalog

import (
	"errors"
	"fmt"
	"strings"

	"assay/metrics/names"
	"assay/models"
	"assay/suites"
	"assay/suites/score"
)

// tldrMark ends a prompt and an example's input (Ouyang et al. 2022, Appendix D).
const tldrMark = "TL;DR:"

// tldrShots is the number of few-shot examples. The paper gives only zero-shot results for
// TL;DR, so the number is assay's own: few, because posts are long.
const tldrShots = 3

// tldrLive requests summaries. The released samples are zero-shot and have no prompt type.
// So the usual condition has no name, and "zeroshot" names the same prompt in a plan that
// also runs "fewshot". The longest of them has 256 words and 1,300 characters;
// 256 tokens fit all but the longest. Few-shot examples come from a file of the same
// kind, such as the training split.
func tldrLive() *suites.Live {
	return &suites.Live{
		Data:           "tldr/test.jsonl",
		Sampling:       models.Sampling{MaxTokens: 256, Stop: []string{"\n"}},
		Conditions:     []string{""},
		ShotConditions: shotConditions(),
		Load:           loadTLDR,
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
	all, err := readTLDR(files.Data)
	if err != nil {
		return nil, err
	}
	var above prefix
	if files.Shots != "" {
		if above.shots, err = tldrShotsOf(files.Shots, all.seen); err != nil {
			return nil, err
		}
	}
	return &suites.Set{
		Examples: all.list,
		Ask: func(ex *suites.Example, condition string) models.Request {
			return models.Request{Prompt: above.before(condition) + ex.Input}
		},
		Notices: append(all.notices(files.Data, "posts"), score.ROUGEScope.Notice(files.Data, "posts", all.list)...),
	}, nil
}

func readTLDR(path string) (all examples, err error) {
	ids := make(map[string]int) // a row's id -> its line
	err = eachJSONRecord(path, func(line int, row *tldrRow) error {
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
	return all, err
}

// tldrShotsOf takes the few-shot examples: the first posts that are not among the data's. A
// summary is written on one line, since a line's end ends a model's.
func tldrShotsOf(path string, data map[string]bool) ([]string, error) {
	all, err := readTLDR(path)
	if err != nil {
		return nil, err
	}
	var group []string
	for _, ex := range all.list {
		if !data[ex.ID] && len(ex.References) > 0 {
			group = append(group, ex.Input+" "+strings.Join(strings.Fields(ex.References[0]), " "))
		}
	}
	return takeShots(path, [][]string{group}, tldrShots)
}
