package reproduce

import (
	"fmt"
	"strings"

	"assay/reports/study"
)

// element is an element of the paper with the settings of the plans that carry it, named as
// in plans: "sft: num_train_epochs".
type element struct {
	study.Element
	keys string // several are separated by |
}

// Elements lists what the paper says it did beside what this budget does. A value that
// differs has its reason: a test fails where none is given, and where a plan has a setting that is
// not in this list.
func (o *Options) Elements() []study.Element {
	var out []study.Element
	for _, e := range o.elements() {
		out = append(out, e.Element)
	}
	return out
}

func (o *Options) elements() []element {
	s := o.Budget.Scale
	var list []element
	same := func(section, what, value, keys string) {
		list = append(list, element{study.Element{Section: section, What: what, Paper: value, Ours: value}, keys})
	}
	differs := func(section, what, paper string, ours any, reason, keys string) {
		list = append(list, element{study.Element{Section: section, What: what, Paper: paper, Ours: fmt.Sprint(ours), Reason: reason}, keys})
	}
	each := func(value func(z Size) any) string {
		var all []string
		for _, z := range o.Budget.Sizes {
			all = append(all, fmt.Sprintf("%v (%s)", value(z), z.Name))
		}
		return strings.Join(all, ", ")
	}
	const size, world = "size: the models and the world are small", "the world has no people"

	// Data (section 3.2, appendix A)
	differs("3.2", "prompts", "of customers of an API, and of labelers", "made by the world's rules, of simulated customers and labelers", world, "")
	differs("3.2, table 6", "prompts for SFT, training and validation", "12,725 and 1,653", fmt.Sprintf("%d and %d", s.demonstrated(), s.demonstrated()/4), size, "")
	differs("3.2, table 6", "prompts for reward models, training and validation", "33,207 and 17,887", fmt.Sprintf("%d and %d", s.First+s.Compared+rounds*s.Added, s.HeldOut+s.Compared), size, "")
	differs("3.2, table 6", "prompts for PPO, training and validation", "31,144 and 16,185", fmt.Sprintf("%d and %d", s.Prompts, s.Choosing), size, "")
	same("table 6", "shares of labelers' and customers' prompts", "SFT 89% of labelers, reward models 20%, PPO and test of customers alone", "")
	same("3.2", "splits", "by user; no user and no prompt in two of them", "")
	same("A", "prompts of a user", "at most 200", "")
	differs("table 9", "context", "2,048 tokens", fmt.Sprintf("%d", contextTokens), size, "pretrain: model.max_position_embeddings")
	same("C.1", "prompts that leave no room for a response", "left out, and counted", "")

	// Labelers (section 3.3, appendix B)
	differs("3.3", "labelers", "about 40 contractors, screened", "simulated, screened by the same four criteria; 5 of training, 4 held out", world, "")
	same("3.3, B", "what comes first", "helpfulness in training data, truth and harmlessness in evaluations", "")
	same("3.4", "responses ranked to a prompt", "K = 4 to 9", "")

	// Models (section 3.4, appendix C)
	differs("3.4", "models", "GPT-3 of 1.3B, 6B and 175B", each(func(z Size) any { return fmt.Sprintf("%d layers of width %d", z.Layers, z.Width) }), size+"; the first to the last differ by 10 times instead of 135",
		"pretrain: model.num_hidden_layers|pretrain: model.num_attention_heads|pretrain: model.hidden_size|pretrain: model.initializer_range")
	differs("C", "Adam's betas in pretraining", "0.9 and 0.95", "0.9 and 0.98", "chosen on pilot seeds; GPT-3's text is longer than ours",
		"pretrain: optimizer.adam_beta1|pretrain: optimizer.adam_beta2")
	differs("C", "pretraining", "GPT-3's, 300B tokens", fmt.Sprintf("%d steps of %d rows of %d tokens; learning rate %s", s.Steps, pretrainBatch, contextTokens, each(func(z Size) any { return z.Pretraining })), size,
		"pretrain: max_steps|pretrain: batch_size|pretrain: optimizer.learning_rate|pretrain: optimizer.warmup_steps|pretrain: optimizer.weight_decay|pretrain: optimizer.max_grad_norm")

	if s.Epochs == 16 {
		same("3.4, C.1", "SFT: epochs", "16", "sft: num_train_epochs")
	} else {
		differs("3.4, C.1", "SFT: epochs", "16", s.Epochs, "this budget only shows that everything runs", "sft: num_train_epochs")
	}
	same("3.4, C.1", "SFT: dropout", "0.2, on residuals", "sft: resid_pdrop")
	same("C.1", "SFT: schedule", "cosine to a tenth, no warm-up", "")
	same("C", "SFT: Adam's betas", "0.9 and 0.95", "sft: optimizer.adam_beta1|sft: optimizer.adam_beta2")
	differs("C.1", "SFT: learning rate", "9.65e-6 (1.3B, 6B), 5.03e-6 (175B)", each(func(z Size) any { return z.Tuning }), size, "sft: optimizer.learning_rate")
	differs("C.1", "SFT: batch", "32 (1.3B, 6B), 8 (175B)", tuningBatch, "one batch for all sizes, that of the paper's smaller two", "sft: batch_size")
	differs("C.1", "SFT: weight decay and clipping", "not stated", "0.01, norm 1", "the paper names none", "sft: optimizer.weight_decay|sft: optimizer.max_grad_norm")
	same("3.4, C.1", "SFT: checkpoint", "by the reward model's score on validation prompts; that of the first reward model, whose comparisons are of an SFT chosen by loss", "")

	same("3.4", "reward model: size", "one, the middle size (6B), for every size of the policy, and so is the value function", "")
	same("3.4, C.2", "reward model: loss", "all pairs of a prompt's ranked responses as one element of a batch, divided by their number; ties dropped", "")
	same("C.2", "reward model: epochs", "1", "reward: num_train_epochs")
	differs("C.2", "reward model: learning rate", "9e-6", each(func(z Size) any { return z.Reward }), size, "reward: optimizer.learning_rate")
	differs("C.2", "reward model: batch", "64 prompts", fmt.Sprintf("%d", rewardBatch), size+": fewer prompts, so more steps", "reward: batch_size")
	differs("C.2", "reward model: warm-up and weight decay", "not stated", "10 steps, 0.01", "the paper names none", "reward: optimizer.warmup_steps|reward: optimizer.weight_decay")
	differs("C.2", "reward model: start", "GPT-3 6B, fine-tuned on public data sets", "the start of PPO", "the world has no public data sets apart from those that evaluate or make FLAN and T0", "")
	differs("3.1", "comparisons", "most of SFT's responses, some of PPO's", fmt.Sprintf("%d prompts with %d of SFT's; then %d rounds of %d other prompts with %d of SFT's and %d of PPO's", s.Compared, sampled, rounds, s.Added, sampled-explored, explored), "the paper gives no numbers", "")
	same("E.2", "reward model: folds of labelers", "5", "reward: folds")
	differs("E.2", "reward model: prompts in the cross-validation", "all", fmt.Sprintf("%d, drawn by hash", s.Folded), size+": five more reward models cost as much as all others", "")

	same("C.3", "PPO: start", "SFT for 2 epochs with 10% of pretraining mixed in", "sft: pretraining.ptx_coef")
	differs("C.3", "PPO: how the 10% are mixed in", "not stated", fmt.Sprintf("a tenth of the gradient of %d rows of text to each batch", pretrainBatch), "the paper does not say of what it is a tenth", "sft: pretraining.batch_size")
	differs("C.4", "PPO: episodes", "256,000", s.Iterations*episodes, size, "ppo: iterations")
	differs("C.4", "PPO: batch", "512", episodes, size, "ppo: batch_size")
	same("C.4", "PPO: minibatch", "64", "ppo: mini_batch_size")
	differs("C.4", "PPO: KL coefficient (beta)", "0.02", fmt.Sprintf("%g", beta), "chosen on pilot seeds; responses are some ten times shorter, so a KL of the same size a response is more a token", "ppo: kl.kl_coef")
	differs("C.4", "PPO: learning rates", "9.65e-6 (1.3B, 6B), 5.03e-6 (175B); value function 9e-6", fmt.Sprintf("%g; value function %g", learningRate, learningRate), size,
		"ppo: optimizer.learning_rate|ppo: optimizer.value_learning_rate")
	differs("C.4", "PPO: length of responses", "as the context allows", tokens, size, "ppo: response_length")
	same("C.4", "PPO: one inner epoch, no discount, clip 0.2, temperature 1, warm-up of 10 iterations from a tenth, average of weights 0.992", "yes", "")
	differs("C.4", "PPO-ptx: pretraining examples", "8 to an episode", fmt.Sprintf("%d rows of text to a minibatch of %d episodes", mixedRows, minibatch), size+": a row holds several documents", "ppo: pretraining.batch_size")
	differs("C.4", "PPO-ptx: gamma", "27.8 a text, beside the loss of a response", fmt.Sprintf("%g, in the same unit: with rows of %d tokens beside responses of about 9, %.1f times the mean loss per token", gamma, contextTokens, gamma*contextTokens/9), "chosen on pilot seeds for a ratio of gradients of about 1", "ppo: pretraining.ptx_coef|ppo: pretraining.ptx_per")
	differs("3.4, C.4", "PPO: when it ends", "after 256,000 episodes", fmt.Sprintf("the best policy of every %d iterations, by the score of another reward model on %d validation prompts; it stops after %d evaluations without a new best", stopEvery, s.Choosing, patience),
		"a policy of the world exploits its reward model within the budget; the other reward model learnt from other prompts' comparisons and never trains a policy", "")
	same("3.4, 3.5", "prompts for choosing and for reporting", "validation prompts choose prefixes, epochs and policies; test prompts report", "")
	differs("C.4", "PPO: reference of the penalty", "the SFT model, annealed towards the pretrained one", "the start of PPO", "the paper's text names SFT; the annealing is not described", "")
	differs("3.4", "PPO: gold utility", "none", "recorded, never used in training", "the world has it", "ppo: gold")

	differs("3.4, C.5", "FLAN and T0", "about a million examples each; the checkpoint by the reward model's score", fmt.Sprintf("%d demonstrations of the world's tasks; the checkpoint likewise", s.demonstrated()), size, "")
	differs("3.5", "GPT (prompted)", "a few-shot prefix by the reward model's score, not published", fmt.Sprintf("the best of %d prefixes by the reward model's score on %d validation prompts", len(prefixes), chosenByPrompt), "the paper does not say how many it tried", "")

	// Evaluation (section 3.5, appendices D and E)
	differs("3.5", "test prompts", "3,196 of customers", s.HeldOut, size, "")
	same("3.5", "baseline of win rates", "SFT of the largest size", "")
	differs("3.5", "answers to public data sets", "greedy for most", "greedy; toxicity is sampled", "greedily a model of the world is rude to all prompts of a kind or to none", "")
	differs("D", "public data sets", "the data sets", "the world's own questions in their form", size, "")
	differs("4.2", "human evaluations of truth and toxicity", "labelers, and the Perspective API", "the world's gold rules", world, "")
	differs("E.1", "error bars", "95% intervals over prompts", "95% intervals over seeds, each with its own world and trainings", "stronger: they include the chance of training", "")
	return list
}

// settingsOf lists the settings of a training's plan that decide what is learnt: "sft: batch_size".
func settingsOf(kind, plan string) []string {
	var out []string
	for line := range strings.Lines(plan) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || key == "seed" || key == "init" || key == "data" || key == "tokenizer" || key == "evaluate" || key == "reward_model" {
			continue
		}
		if inner, found := strings.CutPrefix(value, "{"); found {
			for field := range strings.SplitSeq(strings.TrimSuffix(inner, "}"), ", ") {
				name, _, _ := strings.Cut(field, ": ")
				out = append(out, kind+": "+key+"."+name)
			}
			continue
		}
		out = append(out, kind+": "+key)
	}
	return out
}
