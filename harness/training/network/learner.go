package network

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"assay/harness/leaf/plural"
	"assay/models/bpe"
	"assay/models/compute/kernels"
	"assay/models/gpt"
	"assay/models/readout"
	"assay/models/sample"
	"assay/models/train"
	"assay/models/train/ppo"
	"assay/models/train/rl"
)

// Learner is a network with its optimiser, as PPO has its policy and its value function.
type Learner struct{ Network }

var _ ppo.Learner = (*Learner)(nil)

// Numbers implements [ppo.Learner].
func (l *Learner) Numbers(b *train.Batch) ([]float32, error) { return Numbers(l.Net, b) }

// Numbers are a network's log-probabilities of a batch's targets, or its scalars.
func Numbers(net *gpt.Model, b *train.Batch) ([]float32, error) {
	if net.Config().ScalarHead {
		return net.Scalars(gpt.Batch(*b))
	}
	return net.LogProbs(gpt.Batch(*b))
}

// Minimise implements [ppo.Learner].
func (l *Learner) Minimise(b *train.Batch, loss ppo.Loss) error {
	_, err := l.Net.Minimise(gpt.Batch(*b), 0, loss)
	return err
}

// Gradients implements [ppo.Learner].
func (l *Learner) Gradients() [][]float32 {
	var all [][]float32
	for _, p := range l.Net.Params().All() {
		all = append(all, p.Grad)
	}
	return all
}

// Weights are a network's tensors by name.
func Weights(net *gpt.Model) sample.Tensors {
	return func(name string) ([]float32, error) {
		p := net.Params().Get(name)
		if p == nil {
			return nil, fmt.Errorf("the model has no %s", name)
		}
		return p.Value, nil
	}
}

// Sampler draws responses from a network that is being trained.
type Sampler struct {
	Net       *gpt.Model
	Tokens    int // of a response at most
	Tokenizer *bpe.Tokenizer

	cpu      *kernels.CPU
	decoding [2]*sample.Network // on the CPU and its second, with the same weights
}

// NewSampler prepares to decode on the CPU that the network is trained on, between its
// passes.
func NewSampler(cpu *kernels.CPU, net *gpt.Model, tokens int, t *bpe.Tokenizer) (*Sampler, error) {
	n, err := sample.NewNetwork(cpu, net.Config(), Weights(net))
	if err != nil {
		return nil, err
	}
	return &Sampler{net, tokens, t, cpu, [2]*sample.Network{n, n.On(cpu.Second())}}, nil
}

// Sample draws a response to each prompt by its own seed, at temperature 1: see
// [ppo.Trainer]. Half of them are drawn beside the others.
func (s *Sampler) Sample(ctx context.Context, prompts [][]int32, seeds []uint64) ([]ppo.Response, error) {
	if err := s.decoding[0].Load(Weights(s.Net)); err != nil {
		return nil, err
	}
	responses := make([]ppo.Response, len(prompts))
	half := (len(prompts) + 1) / 2
	var errs [2]error
	s.cpu.Beside(
		func() { errs[0] = s.draw(ctx, s.decoding[0], responses[:half], prompts[:half], seeds[:half]) },
		func() { errs[1] = s.draw(ctx, s.decoding[1], responses[half:], prompts[half:], seeds[half:]) },
	)
	return responses, errors.Join(errs[:]...)
}

// mostRows bounds the tokens of a pass, and so its memory.
const mostRows = 4096

func (s *Sampler) draw(ctx context.Context, n *sample.Network, responses []ppo.Response, prompts [][]int32, seeds []uint64) error {
	jobs := make([]sample.Job, len(prompts))
	tokens := 0
	for i, prompt := range prompts {
		jobs[i] = sample.Job{Prompt: prompt, MaxTokens: s.Tokens, SamplingParams: sample.SamplingParams{Temperature: 1, Seed: seeds[i]}}
		tokens += len(prompt)
	}
	t := s.Tokenizer
	b := sample.NewBatcher(n, sample.Options{
		Ends: t.Ends(), Vocab: t.Size(), Missing: t.Missing(), Sequences: len(prompts), Rows: min(tokens, mostRows),
	})
	defer b.Close()
	_, err := b.All(ctx, jobs, func(job int, t sample.Token) bool {
		r := &responses[job]
		r.Tokens, r.LogProbs = append(r.Tokens, t.ID), append(r.LogProbs, float32(t.LogProb))
		return true
	})
	return err
}

// Score returns the rewards of texts, at the last token of each. It processes so many rows at
// a time.
func Score(net *gpt.Model, texts [][]int32, rows int) ([]float64, error) {
	scores := make([]float64, 0, len(texts))
	var b train.Batch
	for from := 0; from < len(texts); from += rows {
		part := texts[from:min(from+rows, len(texts))]
		longest := 1
		for _, text := range part {
			longest = max(longest, len(text))
		}
		if most := net.Config().MaxPositionEmbeddings; longest > most {
			return nil, fmt.Errorf("a text of %s; the reward model's context is %d", plural.Of(longest, "token"), most)
		}
		b.Resize(len(part), longest)
		clear(b.Tokens)
		for i := range b.Targets {
			b.Targets[i] = -1
		}
		for r, text := range part {
			copy(b.Tokens[r*b.Time:], text)
			b.Targets[r*b.Time+len(text)-1] = 0 // any: it counts
		}
		numbers, err := Numbers(net, &b)
		if err != nil {
			return nil, err
		}
		for r, text := range part {
			score := float64(numbers[r*b.Time+len(text)-1])
			if math.IsNaN(score) || math.IsInf(score, 0) {
				return nil, fmt.Errorf("the reward of text %d is %v, no finite number: the reward model has diverged", from+r+1, score)
			}
			scores = append(scores, score)
		}
	}
	return scores, nil
}

// ScoreResponses returns the rewards of responses, each after its prompt, at the position at
// which the model was trained to be read (see [readout.Rows]). A response is decoded and
// encoded again, so that a text has one score, whichever tokens the policy drew it in and
// whether it ended or was cut off. Prompts that leave no room lose their beginnings, as in the
// model's training.
func ScoreResponses(net *gpt.Model, t *bpe.Tokenizer, prompts, responses [][]int32, rows int) ([]float64, error) {
	texts := make([][]int32, len(prompts))
	for i, response := range responses {
		n, _ := rl.Through(response, t.Ends()...)
		text, err := ResponseText(t, response[:n])
		if err != nil {
			return nil, fmt.Errorf("response %d: %w", i+1, err)
		}
		texts[i] = readout.Row(prompts[i], t.AppendContinuation(nil, sample.Repaired(text)), t.End(), net.Config().MaxPositionEmbeddings)
	}
	return Score(net, texts, rows)
}

// ResponseText is the text of a response as a user of the policy sees it: without special
// tokens, such as its end.
func ResponseText(t *bpe.Tokenizer, response []int32) (string, error) {
	return t.Decode(slices.DeleteFunc(slices.Clone(response), t.Special))
}

// ScoreEpisodes sets the episodes' scores to a reward model's.
func ScoreEpisodes(net *gpt.Model, t *bpe.Tokenizer, episodes []*ppo.Episode, rows int) error {
	prompts, responses := make([][]int32, len(episodes)), make([][]int32, len(episodes))
	for i, e := range episodes {
		prompts[i], responses[i] = e.Prompt, e.Response
	}
	scores, err := ScoreResponses(net, t, prompts, responses, rows)
	for i, s := range scores {
		episodes[i].Score = s
	}
	return err
}

// SamplingBytes is the memory, in bytes, that a [Sampler] takes beside the weights that it
// decodes with, which it has from the beginning: the cache, and the tokens of a pass.
func SamplingBytes(c gpt.Config, prompts [][]int32, added int) int64 {
	cache, tokens := int64(0), 0
	for _, p := range prompts {
		cache += sample.CacheBytes(c, len(p)+added)
		tokens += len(p)
	}
	rows := min(int64(tokens), 2*mostRows)
	return cache + 4*rows*int64(6*c.HiddenSize+2*c.IntermediateSize) + 4*int64(len(prompts))*int64(c.VocabSize)
}

// Scoring is the largest pass of [ScoreResponses], if batches of prompts go through the reward
// model one after the other, each with a response of so many tokens and an end.
func Scoring(net *gpt.Model, batches iter.Seq[[][]int32], added int) Pass {
	return Pass{Net: net, Size: train.Largest(batches, func(prompts [][]int32) train.Size {
		of := train.Size{Rows: len(prompts), Counted: len(prompts)}
		for _, p := range prompts {
			n := min(len(p)+added+1, net.Config().MaxPositionEmbeddings)
			of.Time, of.Laid = max(of.Time, n), of.Laid+n
		}
		return of
	})}
}
