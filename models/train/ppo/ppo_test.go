package ppo_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/leaf/approx"
	"assay/models/compute"
	"assay/models/compute/kernels/kernelstest"
	"assay/models/gpt"
	"assay/models/sample"
	"assay/models/train"
	"assay/models/train/ppo"
	"assay/models/train/rl"
)

// learner is a GPT with its optimiser.
type learner struct {
	net       *gpt.Model
	optimiser *compute.AdamW
}

func (l *learner) Numbers(b *train.Batch) ([]float32, error) {
	if l.net.Config().ScalarHead {
		return l.net.Scalars(gpt.Batch(*b))
	}
	return l.net.LogProbs(gpt.Batch(*b))
}

func (l *learner) Minimise(b *train.Batch, loss ppo.Loss) error {
	_, err := l.net.Minimise(gpt.Batch(*b), 0, loss)
	return err
}

func (l *learner) Update(rate float64) (float64, error) { return l.optimiser.Update(rate) }

func (l *learner) Gradients() [][]float32 {
	var all [][]float32
	for _, p := range l.net.Params().All() {
		all = append(all, p.Grad)
	}
	return all
}

func (l *learner) weights() [][]float32 {
	var all [][]float32
	for _, p := range l.net.Params().All() {
		all = append(all, slices.Clone(p.Value))
	}
	return all
}

const (
	vocab = 8
	end   = vocab - 1
)

// setting is a trainer of tiny networks, and its policy.
type setting struct {
	*ppo.Trainer
	policy, value *learner
}

// newSetting begins with random networks; the value function's head is 0. Responses have at
// most the given number of tokens.
func newSetting(t *testing.T, o ppo.Options, length int, reward func(*ppo.Episode) float64) *setting {
	t.Helper()
	cpu := kernelstest.CPU(t, 2)
	c := gpt.GPT2(vocab, 16, 16, 1, 2)
	c.InitializerRange = 0.3
	side, other := compute.NewEngine(cpu), compute.NewEngine(cpu.Second())
	network := func(e *compute.Engine, seed uint64, scalar bool) *learner {
		c := c
		c.ScalarHead = scalar
		net, err := gpt.New(e, c, rand.NewPCG(seed, 1))
		if err != nil {
			t.Fatal(err)
		}
		return &learner{net, compute.NewAdamW(e, net.Params(), compute.AdamWOptions{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-5, EpsilonHat: true, MaxGradNorm: 1})}
	}
	policy, reference, value := network(side, 1, false), network(side, 1, false), network(other, 2, true)
	clear(value.net.Weights().Head.Value)
	n, err := sample.NewNetwork(cpu, c, func(name string) ([]float32, error) { return policy.net.Params().Get(name).Value, nil })
	if err != nil {
		t.Fatal(err)
	}
	draw := func(ctx context.Context, prompts [][]int32, seeds []uint64) ([]ppo.Response, error) {
		if err := n.Load(func(name string) ([]float32, error) { return policy.net.Params().Get(name).Value, nil }); err != nil {
			return nil, err
		}
		b := sample.NewBatcher(n, sample.Options{Ends: []int32{end}})
		defer b.Close()
		responses := make([]ppo.Response, len(prompts))
		jobs := make([]sample.Job, len(prompts))
		for i, prompt := range prompts {
			jobs[i] = sample.Job{Prompt: prompt, MaxTokens: length, SamplingParams: sample.SamplingParams{Temperature: 1, Seed: seeds[i]}}
		}
		_, err := b.All(ctx, jobs, func(i int, t sample.Token) bool {
			r := &responses[i]
			r.Tokens, r.LogProbs = append(r.Tokens, t.ID), append(r.LogProbs, float32(t.LogProb))
			return true
		})
		return responses, err
	}
	return &setting{&ppo.Trainer{
		Options: o, Policy: policy, Value: value, Reference: reference.Numbers, Prompts: [][]int32{{1, 2}, {3}, {4, 5, 6}},
		Sample: draw, Ends: []int32{end}, Beside: cpu.Beside,
		Reward: func(_ context.Context, episodes []*ppo.Episode) error {
			for _, e := range episodes {
				e.Score = reward(e)
			}
			return nil
		},
	}, policy, value}
}

func options() ppo.Options {
	return ppo.Options{Iterations: 5, Batch: 32, Minibatch: 8, Epochs: 1, Seed: 7, Rate: 1e-3, ValueRate: 1e-3, Warmup: 2,
		KL: rl.KLControl{Beta: 0.1}, Gamma: 1, Lambda: 0.95, Clip: 0.2, ValueClip: 0.2, ShowEpisodes: 2}
}

// run trains and keeps the records.
func (s *setting) run(t *testing.T, after int) []*ppo.Iteration {
	t.Helper()
	var all []*ppo.Iteration
	last, err := s.Fit(t.Context(), after, func(r *ppo.Iteration) error {
		all = append(all, r)
		return nil
	})
	if err != nil || last != s.Iterations {
		t.Fatalf("ended after %d: %v", last, err)
	}
	return all
}

// The first minibatch's ratios are exactly 1: the trained model is the one that sampled.
func TestFirstRatioIsOne(t *testing.T) {
	s := newSetting(t, options(), 5, func(e *ppo.Episode) float64 { return float64(e.Response[0]) })
	for _, r := range s.run(t, 0) {
		if r.FirstRatio != 1 {
			t.Errorf("iteration %d: the first ratio is %v", r.Number, r.FirstRatio)
		}
		if r.Policy.Ratio == float64(r.Policy.Tokens) {
			t.Errorf("iteration %d: no ratio of later minibatches differs from 1", r.Number)
		}
		if r.Tokens != r.Policy.Tokens || r.Tokens != r.Value.Tokens || r.Episodes != 32 || len(r.Shown) != 2 {
			t.Errorf("iteration %d: %+v", r.Number, r)
		}
	}
}

// Without a reward nothing changes, neither weights nor the recorded KL.
func TestNoRewardLeavesThePolicy(t *testing.T) {
	s := newSetting(t, options(), 5, func(*ppo.Episode) float64 { return 0 })
	before := s.policy.weights()
	for _, r := range s.run(t, 0) {
		if r.KL.K1 != 0 || r.KL.K3 != 0 {
			t.Errorf("iteration %d: KL %+v", r.Number, r.KL)
		}
	}
	if diff := cmp.Diff(before, s.policy.weights()); diff != "" {
		t.Error("the policy has changed")
	}
	// A wrong value function makes noise, which the penalty keeps small.
	s = newSetting(t, options(), 5, func(*ppo.Episode) float64 { return 0 })
	s.Iterations = 40
	for i := range s.value.net.Weights().Head.Value {
		s.value.net.Weights().Head.Value[i] = 0.3 * float32(i%3-1)
	}
	records := s.run(t, 0)
	if kl := records[39].KL.K3 / 32; kl > 0.1 {
		t.Errorf("noise has moved the policy by %.3f nats an episode", kl)
	}
}

// With one token to say, the best policy is known: the reference's probability times
// e^(reward/beta), normalised (Korbak et al., arXiv:2205.11275, section 3).
func TestBanditConverges(t *testing.T) {
	const beta = 0.5
	reward := func(token int32) float64 { return []float64{0, 1, 0.2, -0.5, 0.7, 0, 0.4, -1}[token] }
	o := options()
	o.Iterations, o.Batch, o.Minibatch, o.Rate, o.ValueRate, o.KL.Beta = 300, 128, 64, 3e-3, 3e-3, beta
	s := newSetting(t, o, 1, func(e *ppo.Episode) float64 { return reward(e.Response[0]) })
	probabilities := func(numbers func(*train.Batch) ([]float32, error), prompt []int32) []float64 {
		p := make([]float64, vocab)
		for token := range p {
			b := train.Batch{Tokens: prompt, Targets: slices.Repeat([]int32{-1}, len(prompt)), Rows: 1, Time: len(prompt)}
			b.Targets[len(prompt)-1] = int32(token)
			got, err := numbers(&b)
			if err != nil {
				t.Fatal(err)
			}
			p[token] = math.Exp(float64(got[len(prompt)-1]))
		}
		return p
	}
	s.run(t, 0)
	for _, prompt := range s.Prompts {
		want, sum := probabilities(s.Reference, prompt), 0.0
		for token := range want {
			want[token] *= math.Exp(reward(int32(token)) / beta)
			sum += want[token]
		}
		got := probabilities(s.policy.Numbers, prompt)
		for token := range want {
			if want[token] /= sum; !approx.Equal(got[token], want[token], 0.03) {
				t.Errorf("after %v: token %d has probability %.3f, at the optimum %.3f", prompt, token, got[token], want[token])
			}
		}
	}
}

// A training that resumes from the weights and moments of an iteration, its sides one after
// the other, gives the bits of an uninterrupted one with its sides at the same time. Equal
// seeds give equal bits, other seeds don't.
func TestTrainingsAreEqual(t *testing.T) {
	reward := func(e *ppo.Episode) float64 { return float64(e.Response[0]) - 0.1*float64(len(e.Response)) }
	o := options()
	o.Epochs, o.WhitenRewards, o.Unended = 2, true, rl.Unended{How: rl.Penalise, Value: 1}
	whole := newSetting(t, o, 6, reward)
	all := whole.run(t, 0)
	again := newSetting(t, o, 6, reward)
	again.Beside = nil
	again.Iterations = 3
	again.run(t, 0)
	again.Iterations = o.Iterations
	rest := again.run(t, 3)
	if len(rest) != 2 || rest[0].Number != 4 || !cmp.Equal(rest[1].Values(), all[4].Values()) {
		t.Errorf("resumed with %d iterations: %s", len(rest), cmp.Diff(all[4].Values(), rest[len(rest)-1].Values()))
	}
	if diff := cmp.Diff(whole.policy.weights(), again.policy.weights()); diff != "" {
		t.Error("weights differ")
	}
	o.Seed++
	other := newSetting(t, o, 6, reward)
	other.run(t, 0)
	if cmp.Equal(whole.policy.weights(), other.policy.weights()) {
		t.Error("another seed gives the same weights")
	}
}

// The gradient of pretraining is added to PPO's: the policy learns the text with a large
// gamma, and not without it.
func TestPretrainingIsMixedIn(t *testing.T) {
	text := func(_, _ int, b *train.Batch) error {
		b.Resize(4, 8)
		for i := range b.Tokens {
			b.Tokens[i], b.Targets[i] = int32(i%7), int32((i+1)%7)
		}
		return nil
	}
	loss := func(gamma float64) (first, last float64, ratio float64) {
		o := options()
		o.Iterations, o.Ptx, o.RecordGradients, o.Rate = 60, gamma, true, 3e-3
		s := newSetting(t, o, 4, func(e *ppo.Episode) float64 { return float64(e.Response[0]) })
		s.Pretraining = text
		var b train.Batch
		measure := func() float64 {
			if err := text(0, 0, &b); err != nil {
				t.Fatal(err)
			}
			numbers, err := s.policy.Numbers(&b)
			if err != nil {
				t.Fatal(err)
			}
			var sum float64
			for _, v := range numbers {
				sum -= float64(v)
			}
			return sum / float64(len(numbers))
		}
		first = measure()
		records := s.run(t, 0)
		if got, n := records[0].PretrainingLoss(); gamma > 0 && (!approx.Equal(got, first, 0.5) || n != 4*32) {
			t.Errorf("the first iteration records a loss of %.3f over %d tokens; it was %.3f", got, n, first)
		}
		return first, measure(), records[0].GradientRatio
	}
	first, with, ratio := loss(10)
	_, without, none := loss(0)
	if with > 0.3*first || without < 0.8*first || none != 0 {
		t.Errorf("loss of text: %.3f at first, %.3f with it, %.3f without", first, with, without)
	}
	if _, _, tenth := loss(1); !approx.Equal(ratio/tenth, 10, 1e-3) {
		t.Errorf("gradients' ratio %.4f at gamma 10, %.4f at 1", ratio, tenth)
	}
}

// slopes keeps the gradients by the log-probabilities of pretraining's batches, which have
// three rows.
type slopes struct {
	*learner
	of  [][]float32
	own []float32 // of the first minibatch of episodes
}

func (l *slopes) Minimise(b *train.Batch, loss ppo.Loss) error {
	return l.learner.Minimise(b, func(numbers, gradient []float32) float64 {
		value := loss(numbers, gradient)
		if b.Rows == 3 {
			l.of = append(l.of, slices.Clone(gradient))
		} else if l.own == nil {
			l.own = slices.Clone(gradient)
		}
		return value
	})
}

// Pretraining in parts is the mean over all of them: gamma 6 over 3 parts of 4 tokens that
// count is a slope of -6/(3*4) at each token.
func TestPretrainingInParts(t *testing.T) {
	o := options()
	o.Iterations, o.Ptx, o.PretrainingParts = 1, 6, 3
	s := newSetting(t, o, 4, func(*ppo.Episode) float64 { return 1 })
	kept := &slopes{learner: s.policy}
	s.Policy = kept
	seen := map[int]bool{}
	s.Pretraining = func(_, part int, b *train.Batch) error {
		seen[part] = true
		b.Resize(3, 2)
		copy(b.Tokens, []int32{1, 2, 3, 4, 5, int32(part % 7)})
		copy(b.Targets, []int32{2, -1, 4, 5, -1, 6})
		return nil
	}
	s.run(t, 0)
	if want := 3 * o.Batch / o.Minibatch; len(kept.of) != want {
		t.Fatalf("%d batches of pretraining, want %d", len(kept.of), want)
	}
	if len(seen) != len(kept.of) {
		t.Errorf("%d different batches among %d", len(seen), len(kept.of))
	}
	for i, g := range kept.of {
		if !slices.Equal(g, []float32{-0.5, 0, -0.5, -0.5, 0, -0.5}) {
			t.Errorf("batch %d has slopes %v", i+1, g)
		}
	}
}

// Gamma per text is that of equation (2): beside PPO's loss as a mean over the tokens of responses of mean length
// L, the mean loss per token of texts of T tokens has gamma T / L. The slopes are -gamma over the number of texts,
// divided by L as PPO's are; and the ratio of the gradients' norms grows by T / L against gamma per token.
func TestGammaPerText(t *testing.T) {
	const gamma, rows, parts = 27.8, 3, 2
	for _, time := range []int{2, 8} {
		ratio, length := map[bool]float64{}, 0.0
		for _, perText := range []bool{false, true} {
			o := options()
			o.Iterations, o.Minibatch, o.Ptx, o.PtxPerText, o.PretrainingParts, o.RecordGradients = 1, o.Batch, gamma, perText, parts, true
			s := newSetting(t, o, 4, func(e *ppo.Episode) float64 { return float64(e.Response[0]) })
			kept := &slopes{learner: s.policy}
			s.Policy = kept
			s.Pretraining = func(_, part int, b *train.Batch) error {
				b.Resize(rows, time)
				for i := range b.Tokens {
					b.Tokens[i], b.Targets[i] = int32((i+part)%7), int32((i+part+1)%7)
				}
				return nil
			}
			records := s.run(t, 0)
			ratio[perText], length = records[0].GradientRatio, float64(records[0].Tokens)/float64(records[0].Episodes)
			for _, g := range kept.of {
				for _, v := range g {
					if want := -gamma / (rows * parts) / length; perText && !approx.Equal(float64(v)/want, 1, 1e-6) {
						t.Fatalf("a slope of %v for a token of text, want %v", v, want)
					}
				}
			}
		}
		if got, want := ratio[true]/ratio[false], float64(time)/length; !approx.Equal(got/want, 1, 1e-5) || length == 1 {
			t.Errorf("texts of %d tokens: the ratio of gradients grows by %v, want T / L = %v", time, got, want)
		}
	}
}

// The first minibatch's slopes are -advantage by the number of tokens, and advantages have
// variance 1. If the minibatch is the batch, their squares add up to 1 over that number.
func TestLossIsAMeanOverTokens(t *testing.T) {
	o := options()
	o.Iterations, o.Minibatch = 1, o.Batch
	s := newSetting(t, o, 4, func(e *ppo.Episode) float64 { return float64(e.Response[0]) })
	kept := &slopes{learner: s.policy}
	s.Policy = kept
	records := s.run(t, 0)
	var squares float64
	for _, g := range kept.own {
		squares += float64(g) * float64(g)
	}
	if tokens := float64(records[0].Tokens); !approx.Equal(squares*tokens, 1, 1e-4) {
		t.Errorf("squares of slopes add up to %v over %v tokens", squares, tokens)
	}
}

// The controller gets nats per response. It multiplies beta by 1 + (KL/target - 1, clipped to
// 0.2) times responses over horizon.
func TestBetaFollowsNatsOfAResponse(t *testing.T) {
	o := options()
	o.KL = rl.KLControl{Beta: 0.1, Target: 0.9, Horizon: 100}
	s := newSetting(t, o, 4, func(e *ppo.Episode) float64 { return float64(e.Response[0]) })
	other := newSetting(t, o, 4, nil)
	for i := range other.policy.net.Params().All()[0].Value {
		other.policy.net.Params().All()[0].Value[i] *= 1.5 // another model than the policy
	}
	s.Reference = other.policy.Numbers
	first := s.run(t, 0)
	inside := false
	for i, r := range first[:len(first)-1] {
		off := r.KL.K1/float64(o.Batch)/s.KL.Target - 1
		inside = inside || math.Abs(off) < 0.2
		want := r.Beta * (1 + min(max(off, -0.2), 0.2)*float64(o.Batch)/100)
		if !approx.Equal(first[i+1].Beta, want, 1e-12) {
			t.Errorf("beta %v after %v at %v nats a response, want %v", first[i+1].Beta, r.Beta, r.KL.K1/float64(o.Batch), want)
		}
	}
	if !inside {
		t.Error("every KL is beyond what the controller acts on; choose another target")
	}
}

func TestRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*setting){
		"no prompts":  func(s *setting) { s.Prompts = nil },
		"minibatch":   func(s *setting) { s.Minibatch = 5 },
		"no text":     func(s *setting) { s.Ptx = 1 },
		"no rate":     func(s *setting) { s.Rate = 0 },
		"no episodes": func(s *setting) { s.Batch = 0 },
		"an empty answer": func(s *setting) {
			s.Sample = func(_ context.Context, p [][]int32, _ []uint64) ([]ppo.Response, error) {
				return make([]ppo.Response, len(p)), nil
			}
		},
		"other log-probabilities": func(s *setting) {
			draw := s.Sample
			s.Sample = func(ctx context.Context, p [][]int32, seeds []uint64) ([]ppo.Response, error) {
				responses, err := draw(ctx, p, seeds)
				responses[5].LogProbs[0] = math.Nextafter32(responses[5].LogProbs[0], 0)
				return responses, err
			}
			s.Minibatch = s.Batch
		},
		"no rewards": func(s *setting) { s.Reward = func(context.Context, []*ppo.Episode) error { return errors.New("down") } },
	} {
		s := newSetting(t, options(), 3, func(*ppo.Episode) float64 { return 0 })
		spoil(s)
		if last, err := s.Fit(t.Context(), 0, func(*ppo.Iteration) error { return nil }); err == nil || last != 0 {
			t.Errorf("%s passed", name)
		}
	}
}

// recorder keeps the sizes of the minibatches that a learner learns from, as if each response
// had so many tokens.
type recorder struct {
	ppo.Learner
	response int
	most     train.Size
}

func (r *recorder) Minimise(b *train.Batch, loss ppo.Loss) error {
	of := train.Size{Rows: b.Rows, Counted: b.Rows * r.response}
	for row := range b.Rows {
		targets := b.Targets[row*b.Time : (row+1)*b.Time]
		n := slices.IndexFunc(targets, func(t int32) bool { return t >= 0 }) + r.response
		of.Time, of.Laid = max(of.Time, n), of.Laid+n
	}
	r.most = train.Size{Rows: max(r.most.Rows, of.Rows), Time: max(r.most.Time, of.Time), Laid: max(r.most.Laid, of.Laid), Counted: max(r.most.Counted, of.Counted)}
	return r.Learner.Minimise(b, loss)
}

func TestLargestIsThatOfTheMinibatches(t *testing.T) {
	o := options()
	o.Iterations, o.Batch, o.Minibatch, o.Epochs = 2, 6, 2, 2
	s := newSetting(t, o, 4, func(*ppo.Episode) float64 { return 0 })
	s.Prompts = nil
	for i := range 40 { // two iterations draw few of these
		s.Prompts = append(s.Prompts, slices.Repeat([]int32{3}, 1+i*i/160))
	}
	seen := &recorder{Learner: s.Policy, response: 4}
	s.Policy = seen
	s.run(t, 0)
	if got := s.Largest(4); got != seen.most || got.Laid >= got.Rows*got.Time {
		t.Errorf("largest %+v, and learnt from %+v", got, seen.most)
	}
}
