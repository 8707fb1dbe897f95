package reproduce

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"assay/fixtures/world"
	"assay/harness/leaf/approx"
	"assay/harness/plan"
	"assay/models"
	"assay/reports/study"
)

// Every setting of the trainings, whether a plan has it or it is a default, is among the elements, so
// that none deviates from the paper in silence; every deviation has a reason, and every element its two values.
func TestElements(t *testing.T) {
	for _, b := range Budgets() {
		o := Options{Budget: b, Seeds: 1, Sweeps: b.Sweeps}
		var known []string
		seen := map[string]bool{}
		for _, e := range o.elements() {
			if e.Section == "" || e.What == "" || e.Paper == "" || e.Ours == "" {
				t.Errorf("%s: %+v lacks a part", b.Name, e)
			}
			if (e.Paper != e.Ours) != (e.Reason != "") {
				t.Errorf("%s: %s: the paper has %q, this has %q, reason %q", b.Name, e.What, e.Paper, e.Ours, e.Reason)
			}
			if id := e.Section + e.What; seen[id] {
				t.Errorf("%s: %s %s is twice among the elements", b.Name, e.Section, e.What)
			} else {
				seen[id] = true
			}
			known = append(known, strings.Split(e.keys, "|")...)
		}
		used := map[string]bool{}
		for _, s := range o.Steps(1) {
			if s.Args[0] != "train" {
				continue
			}
			for setting, value := range settingsOf(t, s) {
				if value == nil || value == 0.0 || value == false || value == "" {
					continue // off
				}
				used[setting] = true
				if !slices.Contains(known, setting) {
					t.Errorf("%s, %s: the setting %q is not among the elements", b.Name, s.Name, setting)
				}
			}
		}
		for _, k := range known {
			if k != "" && !used[k] && (o.Sweeps || k != "ppo: reference") {
				t.Errorf("%s: no training has the setting %q of the elements", b.Name, k)
			}
		}
	}
}

// noSettings are fields of plans that name files or say what is recorded.
var noSettings = []string{"seed", "init", "reward_model", "tokenizer.path", "data.text", "data.validation", "data.demonstrations", "data.preferences", "data.prompts",
	"evaluate.prompts", "evaluate.response_length", "evaluate.gold", "num_sample_generations"}

// settingsOf are the settings of a training that decide what is learnt, with the defaults that its
// plan leaves out: "sft: batch_size".
func settingsOf(t *testing.T, s Step) map[string]any {
	t.Helper()
	text, err := s.File.Write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), s.File.Name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var p interface{ Canonical() ([]byte, error) }
	kind := s.Args[1]
	switch kind {
	case "ppo":
		p, err = plan.ReadPPO(path)
	case "reward":
		p, err = plan.ReadReward(path)
	default:
		p, err = plan.ReadTrain(path, plan.TrainKind(kind))
	}
	if err != nil {
		t.Fatal(err)
	}
	canonical, err := p.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(canonical, &fields); err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	var flatten func(prefix string, fields map[string]any)
	flatten = func(prefix string, fields map[string]any) {
		for name, value := range fields {
			key := prefix + name
			if inner, ok := value.(map[string]any); ok {
				flatten(key+".", inner)
				continue
			}
			if !slices.Contains(noSettings, key) {
				out[kind+": "+key] = value
			}
		}
	}
	flatten("", fields)
	return out
}

// What the elements call faithful is what the plans have: the paper's values (section 3.4,
// appendix C), written here again.
func TestFaithfulSettings(t *testing.T) {
	o := Options{Budget: Budgets()[1], Seeds: 1}
	plans := map[string]string{}
	for _, s := range o.Steps(3) {
		if s.Args[0] == "train" {
			text, err := s.File.Write(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			plans[s.Name] = text
		}
	}
	for name, lines := range map[string][]string{
		"sft-130k":      {"num_train_epochs: 16", "resid_pdrop: 0.2", "reward_model: rm0/model", "adam_beta1: 0.9, adam_beta2: 0.95"},
		"sft0-130k":     {"num_train_epochs: 16", "resid_pdrop: 0.2"},
		"begin-130k":    {"num_train_epochs: 8\n", "ptx_coef: 0.1", "resid_pdrop: 0.2"},
		"rm":            {"num_train_epochs: 3\n"},
		"rm-folds":      {"folds: 5"},
		"ppo-130k":      {"mini_batch_size: 64", "prompts/ppo-train.jsonl", "init: begin-130k/model", "\nreward_model: rm/model", "ptx_coef: 0,", "reward_model: rm-other/model, load_best"},
		"ppo-ptx-130k":  {"mini_batch_size: 64", "ptx_coef: 0.1, ptx_per: text"},
		"flan-130k":     {"reward_model: rm/model", "num_train_epochs: 1\n"},
		"beta-0.6-130k": {"reference: gpt-130k/model", "ptx_coef: 0,"},
	} {
		for _, line := range lines {
			if !strings.Contains(plans[name], line) {
				t.Errorf("%s has no %q:\n%s", name, line, plans[name])
			}
		}
	}
	if strings.Contains(plans["begin-130k"], "evaluate") {
		t.Errorf("the start of PPO is not that after its last epoch:\n%s", plans["begin-130k"])
	}
	for _, name := range []string{"sft-130k", "sft0-130k", "begin-130k"} {
		if strings.Contains(plans[name], "warmup") {
			t.Errorf("%s warms up:\n%s", name, plans[name])
		}
	}
	if strings.Contains(plans["sft0-130k"], "reward_model") {
		t.Errorf("SFT-0 is chosen by a reward model:\n%s", plans["sft0-130k"])
	}
}

// The same for settings that plans leave to the defaults: a default that changes must not leave
// the paper in silence.
func TestFaithfulDefaults(t *testing.T) {
	o := Options{Budget: Budgets()[1], Seeds: 1}
	betas := func(kind string) map[string]any {
		return map[string]any{kind + ": optimizer.adam_beta1": 0.9, kind + ": optimizer.adam_beta2": 0.95}
	}
	want := map[string]map[string]any{"ppo": betas("ppo"), "reward": betas("reward"), "sft": betas("sft")}
	maps.Copy(want["ppo"], map[string]any{"ppo: num_ppo_epochs": 1.0, "ppo: advantages.gamma": 1.0, "ppo: clip.cliprange": 0.2, "ppo: optimizer.warmup_steps": 10.0, "ppo: optimizer.ema_decay": 0.992, "ppo: data.overlong": "drop"})
	maps.Copy(want["sft"], map[string]any{"sft: optimizer.warmup_steps": 0.0, "sft: dropout": 0.0})
	checked := map[string]int{}
	for _, s := range o.Steps(3) {
		if s.Args[0] != "train" {
			continue
		}
		kind, got := s.Args[1], settingsOf(t, s)
		for setting, value := range want[kind] {
			if got[setting] != value {
				t.Errorf("%s: %s is %v, the paper's is %v", s.Name, setting, got[setting], value)
			}
			checked[kind]++
		}
		if got["sft: evaluate.reward_model"] != nil && got["sft: evaluate.metric_for_best_model"] != models.ScoreReward {
			t.Errorf("%s is chosen by %v, not by the reward model", s.Name, got["sft: evaluate.metric_for_best_model"])
		}
		if kind == "sft" || kind == "reward" { // the schedule ends at a tenth
			peak, _ := got[kind+": optimizer.learning_rate"].(float64)
			if last, _ := got[kind+": optimizer.min_lr"].(float64); peak == 0 || !approx.Equal(last/peak, 0.1, 1e-9) {
				t.Errorf("%s: the learning rate falls from %v to %v", s.Name, peak, last)
			}
		}
	}
	if len(checked) != len(want) {
		t.Errorf("checked only %v", checked)
	}
}

// Every size of the policy has the reward model of the middle size.
func TestOneRewardModel(t *testing.T) {
	o := Options{Budget: Budgets()[3], Seeds: 1}
	policies := 0
	for _, s := range o.Steps(3) {
		if s.Args[0] != "train" {
			continue
		}
		text, err := s.File.Write(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if s.Args[1] == "reward" && !strings.Contains(text, "init: sft-450k/model") && !strings.Contains(text, "init: sft0-450k/model") {
			t.Errorf("%s is not of the middle size:\n%s", s.Name, text)
		}
		if strings.HasPrefix(s.Name, "ppo-") {
			policies++
			if !strings.Contains(text, "reward_model: rm/model") {
				t.Errorf("%s learns from another reward model:\n%s", s.Name, text)
			}
		}
	}
	if policies != 6 {
		t.Errorf("%d policies of three sizes, want PPO and PPO-ptx of each", policies)
	}
}

// stated is the element with a name.
func stated(t *testing.T, o *Options, what string) study.Element {
	t.Helper()
	all := o.Elements()
	i := slices.IndexFunc(all, func(e study.Element) bool { return e.What == what })
	if i < 0 {
		t.Fatalf("there is no element %q", what)
	}
	return all[i]
}

// The reward model is of the paper's size, the middle one, only where there are three sizes.
func TestMiddleSize(t *testing.T) {
	for _, b := range Budgets() {
		if e := stated(t, &Options{Budget: b}, "reward model: size"); (e.Reason == "") != (len(b.Sizes) == 3) {
			t.Errorf("%s has %d sizes, and its reward model's size is %+v", b.Name, len(b.Sizes), e)
		}
	}
}

// The numbers of prompts for reward models are those of the comparisons that their plans name.
func TestPromptsForRewardModels(t *testing.T) {
	for _, b := range Budgets() {
		o := Options{Budget: b, Seeds: 1, Sweeps: b.Sweeps}
		answered := map[string]string{} // the number of prompts, by the comparisons
		plans := map[string]string{}
		for _, s := range o.Steps(1) {
			if comparisons, _, ok := strings.Cut(s.Name, "-of-"); ok && s.Args[0] == "generate" {
				answered[comparisons] = s.Args[slices.Index(s.Args, "--limit")+1]
			}
			if s.Args[0] == "train" && s.Args[1] == "reward" {
				text, err := s.File.Write(t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				plans[s.Name] = text
			}
		}
		learnt := func(model string) int {
			_, list, _ := strings.Cut(plans[model], "preferences: [")
			list, _, _ = strings.Cut(list, "]")
			n := 0
			for _, file := range strings.Split(list, ", ") {
				var prompts int
				if _, err := fmt.Sscan(answered[strings.TrimSuffix(file, ".jsonl")], &prompts); err != nil {
					t.Fatalf("%s learns from %s, to which no model answers: %v", model, file, err)
				}
				n += prompts
			}
			return n
		}
		want := fmt.Sprintf("%d and %s; %d others train the first reward model, and %d validation prompts the one that stops PPO",
			learnt(rewardModel), answered["held"], learnt(rewardName(0)), learnt(otherReward))
		if e := stated(t, &o, "prompts for reward models, training and validation"); e.Ours != want {
			t.Errorf("%s: %s, but its steps have %s", b.Name, e.Ours, want)
		}
	}
}

// What the elements say of the world at full length is what the world has.
func TestElementsOfTheWorld(t *testing.T) {
	w, err := world.New(world.Options{Seed: 4, People: full.People})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Budget: Budgets()[1]}
	check := func(what, says string, x, least, most float64) {
		t.Helper()
		if e := stated(t, &o, what); !strings.Contains(e.Ours+e.Reason, says) || x < least || x > most {
			t.Errorf("%.3f, want %v to %v and %q in %+v", x, least, most, says, e)
		}
	}
	check("tokens", "about 490 words", float64(len(w.Vocabulary())), 485, 495)
	share := func(prompts []world.Prompt, of func(*world.Prompt) bool) float64 {
		n := 0
		for i := range prompts {
			if of(&prompts[i]) {
				n++
			}
		}
		return float64(n) / float64(len(prompts))
	}
	sets := map[world.Set][]world.Prompt{}
	for set, n := range map[world.Set]int{world.SFTTrain: full.demonstrated(), world.PPOTrain: full.Prompts, world.TestInstruct: full.HeldOut, world.TestGPT: full.HeldOut} {
		sets[set] = w.Prompts(set, n)
		check("closed-domain prompts", "16 to 22%", share(sets[set], (*world.Prompt).ClosedDomain), 0.16, 0.22)
		explicit := share(sets[set], func(p *world.Prompt) bool {
			return p.Constraint.Kind != "" && p.Constraint.Kind != world.Manners
		})
		if set == world.TestGPT {
			check("prompts with explicit constraints", "none for GPT models", explicit, 0, 0)
		} else {
			check("prompts with explicit constraints", "30 to 37%", explicit, 0.30, 0.37)
		}
	}
	different := func(texts map[string]bool, n int) float64 { return 1 - float64(len(texts))/float64(n) }
	seen := map[string]bool{}
	for _, p := range sets[world.PPOTrain] {
		seen[p.Text] = true
	}
	check("duplicates", "a sixth of PPO's prompts", different(seen, full.Prompts), 0.14, 0.19)
}
