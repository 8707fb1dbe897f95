package reproduce

import (
	"fmt"
	"strconv"
)

// Step is one of assay's commands with the file that it reads. Arguments that begin with
// ./ are paths in the seed's folder.
type Step struct {
	Name    string  // name of its output in the seed's folder
	Stage   string  // for readers: "pretraining 125k"
	Seconds float64 // approximate time on two cores, for the time left
	// File is written before the command runs. It may depend on the results of earlier
	// steps in the folder.
	File *PlanFile
	Args []string
}

// PlanFile is a plan that a step's command reads.
type PlanFile struct {
	Name  string
	Write func(folder string) (string, error)
}

// fixed is a plan that doesn't depend on earlier steps.
func fixed(name, content string) *PlanFile {
	return &PlanFile{name, func(string) (string, error) { return content, nil }}
}

// list collects one seed's steps.
type list struct {
	*Options
	recipe
	steps []Step
}

// Steps are all steps for a seed, in order: the world; for each size the pretraining; the
// reward model's comparisons, with the fine-tunings that they need, at the middle size; then each
// size's policies, the settings with one change, and the evaluations.
func (o *Options) Steps(seed uint64) []Step {
	l := &list{Options: o, recipe: recipe{seed, o.Budget.Scale, o.middle()}}
	l.world()
	for _, z := range o.Budget.Sizes {
		l.train("pretrain", named(gpt, z), at("pretraining", z), 80*z.slowness, l.pretraining(z))
		l.train("sft", named(begin, z), at("SFT with pretraining", z), 12*z.slowness, l.begin(z, beginMix))
	}
	l.rewards()
	for _, z := range o.Budget.Sizes {
		l.policies(z)
	}
	l.changed(o.smallest())
	l.evaluations()
	return l.steps
}

// at is a stage of a size.
func at(stage string, z Size) string { return stage + " " + z.Name }

// add adds a step. Its time is that of a full-length training.
func (l *list) add(s Step) {
	s.Seconds *= float64(l.scale.Iterations) / float64(full.Iterations)
	l.steps = append(l.steps, s)
}

// train adds a training.
func (l *list) train(kind, name, stage string, seconds float64, plan string) {
	l.add(Step{Name: name, Stage: stage, Seconds: seconds, File: fixed(name+".yaml", plan),
		Args: []string{"train", kind, "./" + name + ".yaml", "-o", "./" + name}})
}

// world writes the world's files. The sets of prompts are as large relative to each other
// as the paper's (Table 6), about: 13 thousand demonstrations, 33 and 18 thousand prompts for
// comparisons, 31 thousand for PPO.
func (l *list) world() {
	s := l.scale
	args := []string{"world", "-o", "./world", "--seed", strconv.FormatUint(l.seed, 10), "--people", strconv.Itoa(s.People)}
	for _, of := range []struct {
		set string
		n   int
	}{
		{"sft-train", s.demonstrated()}, {"sft-validation", s.demonstrated() / 4},
		{rmTrain, int(repeated * float64(s.ranked()))}, {rmValidation, int(repeated * float64(s.HeldOut+s.Compared/2))},
		{"ppo-train", s.Prompts}, {"ppo-validation", s.Choosing},
		{"test", s.HeldOut}, {"test-gpt", s.HeldOut}, {"tasks", s.tasks()},
	} {
		args = append(args, "--"+of.set, strconv.Itoa(of.n))
	}
	if s.Words > 0 {
		args = append(args, "--words", strconv.Itoa(s.Words), "--held-out-words", strconv.Itoa(s.Words/25))
	}
	if l.Null {
		args = append(args, "--null")
	}
	l.add(Step{Name: "world", Stage: "the world", Seconds: 2, Args: args})
}

// rewards adds the comparisons and the reward models, all of the middle size: SFT-0's
// responses for the first, which chooses SFT; that SFT's responses for the next; then rounds that
// add responses of PPO, since most of the paper's comparisons come from SFT, and some from PPO (section 3.1).
func (l *list) rewards() {
	z := l.one
	l.train("sft", named(sft0, z), at("SFT, chosen by loss", z), 22*z.slowness, l.sft0(z))
	l.reward0()
	l.train("sft", named(sft, z), at("SFT, chosen by reward", z), 24*z.slowness, l.sft(z))
	l.held()
	part := slice{rmTrain, l.scale.First, l.scale.Compared}
	comparisons := []string{l.comparisons("round1", part, from{named(sft, z), sampled})}
	l.train("reward", rewardName(1), "reward model of SFT's responses", 16*z.slowness, l.reward(sft, z, comparisons, heldFiles[:1], 0, ""))
	for round := 1; round <= rounds; round++ {
		explorer := explorer(round)
		l.train("ppo", explorer, fmt.Sprintf("PPO before round %d", round+1), 5*z.slowness,
			l.ppo(z, ppoSettings{reward: rewardName(round), iterations: l.scale.Exploring, beta: beta, last: true}))
		part = slice{rmTrain, part.skip + part.n, l.scale.Added}
		comparisons = append(comparisons, l.comparisons(fmt.Sprintf("round%d", round+1), part, from{named(sft, z), sampled - explored}, from{explorer, explored}))
		held := heldFiles[:1]
		if round == rounds {
			held = heldFiles
		}
		l.train("reward", rewardName(round+1), fmt.Sprintf("reward model, round %d", round+1), 28*z.slowness, l.reward(sft, z, comparisons, held, 0, ""))
	}
	other := l.comparisons("other", slice{rmValidation, l.scale.HeldOut, l.scale.Compared / 2}, from{named(sft, z), sampled - explored}, from{explorer(rounds), explored})
	l.train("reward", otherReward, "reward model of other comparisons", 7*z.slowness, l.reward(sft, z, []string{other}, nil, 0, ""))
	l.train("reward", foldsReward, "reward models by folds of labelers", 20*z.slowness,
		l.reward(sft, z, comparisons[:1], heldFiles[1:2], l.scale.Folded, fmt.Sprintf("folds: %d\n", labelerFolds)))
}

// reward0 adds the first reward model.
func (l *list) reward0() {
	first := l.comparisons("round0", slice{rmTrain, 0, l.scale.First}, from{named(sft0, l.one), sampled})
	l.train("reward", rewardName(0), "reward model of SFT-0's responses", 6*l.one.slowness, l.reward(sft0, l.one, []string{first}, nil, 0, ""))
}

// explorer is the policy whose responses a round compares.
func explorer(round int) string { return fmt.Sprintf("explore%d", round) }

// policies adds one size's policies and baselines.
func (l *list) policies(z Size) {
	if z != l.one {
		l.train("sft", named(sft, z), at("SFT, chosen by reward", z), 24*z.slowness, l.sft(z))
	}
	l.train("ppo", named(ppo, z), at("PPO", z), 10*z.slowness, l.ppo(z, ppoSettings{beta: beta, gold: true}))
	l.train("ppo", named(ptx, z), at("PPO-ptx", z), 12*z.slowness, l.ppo(z, ppoSettings{beta: beta, gamma: gamma, gold: true}))
	l.train("sft", named(flan, z), at("FLAN", z), 13*z.slowness, l.tasks(z, "flan"))
	l.train("sft", named(t0, z), at("T0", z), 13*z.slowness, l.tasks(z, "t0"))
	l.add(Step{Name: prefixesName(z), Stage: at("choosing the few-shot prefix", z), Seconds: 2 * z.slowness,
		File: fixed(prefixesName(z)+".yaml", l.prefixes(z)), Args: []string{"run", "./" + prefixesName(z) + ".yaml", "-o", "./" + prefixesName(z)}})
}

// changed adds the trainings with one setting changed.
func (l *list) changed(z Size) {
	l.train("ppo", named(hacked, z), at("PPO against the first reward model, without a penalty,", z), 6*z.slowness,
		l.ppo(z, ppoSettings{reward: rewardName(0), iterations: l.scale.Hacked, faster: unpenalised, gold: true, last: true}))
	if !l.Sweeps {
		l.train("ppo", named(setFamily("beta", stiffBeta), z), at(fmt.Sprintf("PPO with beta %g,", stiffBeta), z), 10*z.slowness, l.ppo(z, penaltyAlone(stiffBeta)))
		return
	}
	for _, s := range sweeps() {
		for _, v := range s.trained() {
			how := s.plan(v)
			if how.start != "" {
				mix := v
				l.train("sft", named(how.start, z), at(fmt.Sprintf("SFT with %g of pretraining,", v), z), 12*z.slowness, l.begin(z, mix))
			}
			l.train("ppo", named(s.family(v), z), at(fmt.Sprintf("PPO with %s %g,", s.setting, v), z), 10*z.slowness*orOne(how.longer), l.ppo(z, how))
		}
	}
	l.laws(z)
}

// Sets of prompts whose responses are ranked.
const (
	rmTrain      = "rm-train"
	rmValidation = "rm-validation"
)

// slice is n prompts of a set after the first skip. No two comparisons for training share prompts.
type slice struct {
	set     string
	skip, n int
}

// from is a model with a number of responses to each prompt.
type from struct {
	model string
	n     int
}

// responses adds responses to a slice of prompts, each step with draws of its own: a
// response's seed is the step's plus the response's number, from 0 to 8.
func (l *list) responses(name string, to slice, of from) string {
	file := name + ".jsonl"
	args := []string{"generate", "./" + of.model + "/model", "--prompts", "./world/prompts/" + to.set + ".jsonl", "--skip", strconv.Itoa(to.skip), "--limit", strconv.Itoa(to.n), "-o", "./" + file,
		"--samples", strconv.Itoa(of.n), "--max-tokens", strconv.Itoa(tokens), "--seed", strconv.FormatUint(10_000*l.seed+10*uint64(len(l.steps)), 10)}
	l.add(Step{Name: file, Stage: "responses of " + of.model, Seconds: 3 * l.one.slowness, Args: args})
	return file
}

// comparisons adds responses of some models, and their ranks by a training labeler: 4 to 9 of
// each prompt's. It returns the file's name.
func (l *list) comparisons(round string, to slice, models ...from) string {
	name := round + ".jsonl"
	args := []string{"world", "rank", "./world/prompts/" + to.set + ".jsonl"}
	for _, m := range models {
		args = append(args, "./"+l.responses(round+"-of-"+m.model, to, m))
	}
	l.add(Step{Name: name, Stage: "ranking " + round, Seconds: 2, Args: append(args, "-o", "./"+name)})
	return name
}

// heldFiles are comparisons of responses to validation prompts: by the gold rules,
// and by all labelers of each group.
var heldFiles = []string{"held-gold.jsonl", "held-training.jsonl", "held-heldout.jsonl"}

func (l *list) held() {
	model := named(sft, l.one)
	responses := l.responses("held-of-"+model, slice{rmValidation, 0, l.scale.HeldOut}, from{model, 4})
	for i, of := range []struct{ labelers, each string }{{"gold", "1"}, {"training", "5"}, {"held-out", "4"}} {
		l.add(Step{Name: heldFiles[i], Stage: "ranking by " + of.labelers + " labelers", Seconds: 1,
			Args: []string{"world", "rank", "./world/prompts/" + rmValidation + ".jsonl", "./" + responses, "-o", "./" + heldFiles[i], "--labelers", of.labelers, "--each", of.each}})
	}
}
