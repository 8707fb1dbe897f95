package sample

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"assay/models"
)

// bare are a text's tokens without what the tokenizer puts around a prompt.
func (m *Model) bare(text string) []int32 {
	if m.literal {
		return m.tokenizer.EncodeLiteral(text)
	}
	return m.tokenizer.Encode(text)
}

// between is the token before a text without a prompt: what the tokenizer puts before a text, or the token between
// documents.
func (m *Model) between() int32 {
	if prefix := m.tokenizer.Prefix(); len(prefix) > 0 {
		return prefix[0]
	}
	return m.tokenizer.End()
}

// pair returns the tokens of prompt and choice, and the first that counts: see [models.ByCount].
func (m *Model) pair(prompt, choice string) (tokens []int32, from int) {
	if prompt == "" {
		tokens = m.bare(choice)
		if len(tokens) > 0 && tokens[0] == m.between() {
			return tokens, 1
		}
		return slices.Insert(tokens, 0, m.between()), 1
	}
	short := strings.TrimRightFunc(prompt, func(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f })
	return m.bare(prompt + choice), len(m.bare(short))
}

// scoreByCount is Score with [models.ByCount].
func (m *Model) scoreByCount(ctx context.Context, r *models.Request) (models.Answer, error) {
	prompt := r.Text()
	texts, from := make([][]int32, len(r.Choices)), make([]int, len(r.Choices))
	usage := models.Usage{}
	for i, choice := range r.Choices {
		if texts[i], from[i] = m.pair(prompt, choice); from[i] >= len(texts[i]) || from[i] < 1 {
			return models.Answer{}, fmt.Errorf("choice %d has no token of its own to score", i+1)
		}
		usage.Prompt += len(texts[i])
	}
	n := len(texts)
	answer := models.Answer{Scores: make([]float64, n), Lengths: make([]int, n), Greedy: make([]bool, n), Tokens: &usage}
	for i := range answer.Greedy {
		answer.Greedy[i] = true
	}
	for _, job := range m.scoring(texts, from, 0) {
		job.Top = 1
		_, err := m.batcher.Do(ctx, job.Job, func(t Token) bool {
			i := job.first + t.Branch
			answer.Scores[i] += t.LogProb
			answer.Lengths[i]++
			// Of tokens that are equally likely, any is a greedy choice.
			answer.Greedy[i] = answer.Greedy[i] && (t.Top[0].ID == t.ID || t.Top[0].LogProb <= t.LogProb)
			return true
		})
		if err != nil {
			return models.Answer{}, err
		}
	}
	return answer, nil
}

// scoreWhole is Score with [models.Whole].
func (m *Model) scoreWhole(ctx context.Context, r *models.Request) (models.Answer, error) {
	n := len(r.Choices)
	answer := models.Answer{Scores: make([]float64, n), Lengths: make([]int, n), Tokens: &models.Usage{}}
	for i, text := range r.Choices {
		tokens := m.bare(text)
		if len(tokens) == 0 {
			return models.Answer{}, fmt.Errorf("text %d has no tokens", i+1)
		}
		answer.Lengths[i], answer.Tokens.Prompt = len(tokens), answer.Tokens.Prompt+len(tokens)
		parts := windows(tokens, m.between(), m.config.MaxPositionEmbeddings)
		scores, errs := make([]float64, len(parts)), make([]error, len(parts))
		var group sync.WaitGroup
		for k, part := range parts {
			group.Go(func() {
				_, errs[k] = m.batcher.Do(ctx, part, func(t Token) bool {
					scores[k] += t.LogProb
					return true
				})
			})
		}
		group.Wait()
		for k := range parts {
			if errs[k] != nil {
				return models.Answer{}, errs[k]
			}
			answer.Scores[i] += scores[k]
		}
	}
	return answer, nil
}

// windows cuts a text into jobs that score each of its tokens once. A job reads as many tokens as the context has;
// all but the first score as many new ones as are left, after those before them.
func windows(tokens []int32, before int32, context int) []Job {
	all := slices.Insert(slices.Clone(tokens), 0, before)
	var jobs []Job
	for done := 1; done < len(all); {
		end := min(done+context, len(all))
		start := max(end-context-1, 0)
		jobs = append(jobs, Job{Prompt: all[start:end], Score: done - start, Unread: true})
		done = end
	}
	return jobs
}
