package sample

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"assay/models"
	"assay/models/bpe"
	"assay/models/checkpoint"
	"assay/models/compute/kernels/kernelstest"
	"assay/models/gpt"
)

// overflowing is a model of single bytes with finite weights whose logits overflow after the letter z: the
// activation at z lies along the head's columns, which are so large that the sum over 16 of its elements
// exceeds float32. The activations at other letters don't.
func overflowing(t *testing.T, scalar bool) *Model {
	t.Helper()
	tokenizer := bpe.NewBytes()
	c := gpt.GPT2(tokenizer.Size(), 32, 16, 1, 2)
	c.TieWordEmbeddings, c.ScalarHead = false, scalar
	dir := written(t, c, func(tensors map[string][]float32) {
		head := tensors[checkpoint.OutputWeight]
		if scalar {
			head = tensors[checkpoint.ScoreWeight]
		}
		for i := range 16 {
			sign := float32(1 - 2*(i%2))
			tensors[checkpoint.TokenEmbedding]['z'*16+i] = sign
			if scalar { // the reward is read at the end of the text
				tensors[checkpoint.TokenEmbedding][int(tokenizer.End())*16+i] = sign
			}
			tensors[checkpoint.FinalNormWeight][i], tensors[checkpoint.FinalNormBias][i] = 1, 0
			for column := i; column < len(head); column += 16 {
				head[column] = sign * 3e37
			}
		}
	})
	if err := tokenizer.Save(dir); err != nil {
		t.Fatal(err)
	}
	cpu := kernelstest.CPU(t, 2)
	m, err := Open(cpu, dir, Options{Name: "the diverged one"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// A number that is not finite is an error that names the model and the place, in decoding, scoring and
// rewards, greedy and sampled. Other jobs still get their answers.
func TestNumberErrors(t *testing.T) {
	lm, rm := overflowing(t, false), overflowing(t, true)
	ctx := context.Background()
	generate := func(prompt string, p models.Sampling) func() error {
		p.MaxTokens = 4
		return func() error { _, err := lm.Generate(ctx, models.Request{Prompt: prompt, Sampling: p}); return err }
	}
	for name, tt := range map[string]struct {
		run  func() error
		want string
	}{
		"greedy":       {generate("abz", models.Sampling{}), "logits after 3 tokens"},
		"drawn":        {generate("az", models.Sampling{Temperature: 1}), "logits after 2 tokens"},
		"of a nucleus": {generate("z", models.Sampling{Temperature: 1, TopP: 0.5}), "logits after 1 token"},
		"scored": {func() error {
			_, err := lm.Score(ctx, models.Request{Prompt: "ab", Choices: []string{"c", "zd"}})
			return err
		}, "logits after 3 tokens"},
		"rewarded": {func() error { _, err := rm.Reward(ctx, models.Request{Prompt: "abz"}); return err }, "reward after 4 tokens"},
	} {
		var wg sync.WaitGroup
		var beside error
		wg.Go(func() {
			_, beside = lm.Generate(ctx, models.Request{Prompt: "hello", Sampling: models.Sampling{MaxTokens: 8}})
		})
		err := tt.run()
		wg.Wait()
		var number *NumberError
		if !errors.As(err, &number) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "the diverged one") {
			t.Errorf("%s: %v, want %q of the model", name, err, tt.want)
		}
		if beside != nil {
			t.Errorf("%s: the request beside it: %v", name, beside)
		}
	}
	if s := lm.Batcher().Stats(); s.Active+s.Queued != 0 {
		t.Errorf("%d are left", s.Active+s.Queued)
	}
}
