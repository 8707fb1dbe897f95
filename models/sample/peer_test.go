package sample

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"sync"
	"testing"

	"assay/models/checkpoint"
	"assay/models/compute/kernels/kernelstest"
)

// The files hold a checkpoint and the outputs of transformers 5.24.0 (torch 2.15.0) for it, one prompt at a
// time: model.generate(ids, do_sample=False, max_new_tokens=40). logprob is the sum over
// log_softmax(model(prompt + tokens).logits.double()) at all tokens except the first. gap is the smallest
// distance between the two likeliest logits at any step: none of the 200 is a tie in float32.
// fixtures/peers/greedy.py --fixture writes the files.
const peerFiles = "../../fixtures/gpt2/greedy"

type peerCase struct {
	Prompt, Tokens []int32
	Gap, LogProb   float64
}

// Greedy texts and log-probabilities equal those of transformers, for 200 prompts at once.
func TestGreedyIsTransformers(t *testing.T) {
	raw, err := os.ReadFile(peerFiles + "/greedy.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []peerCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 200 {
		t.Fatalf("%d cases, want 200", len(cases))
	}
	c, err := checkpoint.Load(peerFiles)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	cpu := kernelstest.CPU(t, 2)
	n, err := NewNetwork(cpu, c.Config, c.Float32s)
	if err != nil {
		t.Fatal(err)
	}
	b := NewBatcher(n, Options{Ends: []int32{0}}) // the end of the text in its config.json
	defer b.Close()
	got, finishes, errs := make([][]Token, len(cases)), make([]Finish, len(cases)), make([]error, len(cases))
	var wg sync.WaitGroup
	for i, peer := range cases {
		wg.Go(func() { got[i], finishes[i], errs[i] = collect(b, Job{Prompt: peer.Prompt, Score: 1, MaxTokens: 40}) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for i, peer := range cases {
		var added []int32
		sum := 0.0
		for _, token := range got[i] {
			if token.Added {
				added = append(added, token.ID)
			}
			sum += token.LogProb
		}
		if !slices.Equal(added, peer.Tokens) {
			t.Errorf("case %d: %v\nwant %v, with a gap of %g", i, added, peer.Tokens, peer.Gap)
		}
		if each := math.Abs(sum-peer.LogProb) / float64(len(got[i])); !(each < 1e-5) {
			t.Errorf("case %d: log-probability %g, want %g", i, sum, peer.LogProb)
		}
		if want := map[bool]Finish{true: Stop, false: Length}[peer.Tokens[len(peer.Tokens)-1] == 0]; finishes[i] != want {
			t.Errorf("case %d: finish %q, want %q", i, finishes[i], want)
		}
	}
}
