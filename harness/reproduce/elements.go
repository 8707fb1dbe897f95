package reproduce

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"assay/fixtures/world"
	"assay/harness/leaf/plural"
	"assay/reports/study"
	"assay/reports/text"
)

// element is an element of the paper with the settings of the plans that carry it, named as
// in plans: "sft: num_train_epochs".
type element struct {
	study.Element
	keys string // several are separated by |
}

// elementList collects elements in the paper's order.
type elementList struct {
	*Options
	all []element
}

// Elements lists what the paper says it did beside what this budget does. A value that
// differs has its reason: a test fails where none is given, and where a plan has a setting that is
// not in this list. Sections are the NeurIPS edition's for 3 and 4, unless marked as arXiv's.
// Sections of appendices, and their figures and tables, are arXiv's.
func (o *Options) Elements() []study.Element {
	var out []study.Element
	for _, e := range o.elements() {
		out = append(out, e.Element)
	}
	return out
}

// ShowElements writes the table of all elements as Markdown.
func (o *Options) ShowElements(w io.Writer) error {
	for _, t := range study.ElementsTables(o.Elements()) {
		if err := text.Markdown(w, t); err != nil {
			return err
		}
	}
	return nil
}

func (o *Options) elements() []element {
	l := &elementList{Options: o}
	for _, part := range []func(){l.data, l.labelers, l.models, l.tuning, l.reward, l.start, l.ppo, l.mixing, l.baselines, l.evaluation, l.publicData, l.ablations} {
		part()
	}
	return l.all
}

// same is an element that is as in the paper.
func (l *elementList) same(section, what, value, keys string) {
	l.all = append(l.all, element{study.Element{Section: section, What: what, Paper: value, Ours: value}, keys})
}

// differs is an element that isn't.
func (l *elementList) differs(section, what, paper string, ours any, reason, keys string) {
	l.all = append(l.all, element{study.Element{Section: section, What: what, Paper: paper, Ours: fmt.Sprint(ours), Reason: reason}, keys})
}

// unstated is a setting that the paper doesn't name.
func (l *elementList) unstated(section, what string, ours any, keys string) {
	l.differs(section, what, "not stated", ours, "the paper names none", keys)
}

// absent is something that the reproduction doesn't have.
func (l *elementList) absent(section, what, paper, reason string) {
	l.differs(section, what, paper, "none", reason, "")
}

// each is a value for every size.
func (l *elementList) each(value func(z Size) any) string {
	var all []string
	for _, z := range l.Budget.Sizes {
		all = append(all, fmt.Sprintf("%v (%s)", value(z), z.Name))
	}
	return strings.Join(all, ", ")
}

// Reasons of several elements.
const (
	small    = "size: the models and the world are small"
	invented = "the world has no people"
	short80  = "size: contexts are short"
)

// data is section 3.2 and appendix A.
func (l *elementList) data() {
	s := l.Budget.Scale
	l.differs("3.2, A.2", "prompts", "of customers of an API, from its Playground, and of labelers", "made by the world's rules, of simulated customers and labelers", invented, "")
	l.differs("3.2 (arXiv), A.1", "labelers' prompts", "plain tasks, instructions with few shots, and use cases of a waiting list; the first models learnt from them alone", "like customers', but none asks for rudeness", "the world has one grammar", "")
	l.differs("3.3 and table 7 (arXiv)", "how a prompt states its task", "by an instruction, by examples, or by a beginning to continue (16 to 22%)", "by an instruction; by the others only in prompts for GPT models", short80, "")
	l.differs("A.3", "SFT prompts from one instruction", "several, with different few shots", "one", short80, "")
	l.differs("3.2, A.4", "languages", "over 96% English; at least 20 others", "one, with some foreign words to translate", "the world has one language", "")
	l.differs("3.2, A.2", "duplicates", "prompts that share a long prefix are left out", "equal prompts are left out, unless 20 draws of a kind give no new one; at full length a sixth of PPO's prompts repeat another", "prompts of a small grammar begin alike; 'assay data prepare' leaves out such duplicates of real prompts", "")
	l.differs("3.2, A.2", "personal data", "training prompts that have some are left out", "there is none", "the world's people are invented; 'assay data prepare' filters real prompts", "")
	l.differs("3.2, A.2", "splits", "by customer: no customer is in two of training, validation and test", "the same; no prompt is in two of them either, and the people, attributes and things that test prompts ask about are in no other set's questions", "stricter: in a small world another customer asks the same", "")
	l.same("A.2", "prompts of a customer", "at most 200", "")
	l.differs("table 8 (arXiv)", "mean number of prompts of a customer", "1.65 and 1.87 (SFT), 5.35 and 27.96 (reward models), 6.01 and 31.55 (PPO), 1.81 (test)", "drawn with these means", "size: with fewer customers the means of validation sets vary", "")
	l.differs("3.2, table 6 (arXiv)", "prompts for SFT, training and validation", "12,725 and 1,653", fmt.Sprintf("%d and %d", s.demonstrated(), s.demonstrated()/4), small, "")
	l.differs("3.2, table 6 (arXiv)", "prompts for reward models, training and validation", "33,207 and 17,887", fmt.Sprintf("%d and %d; %s train the first reward model, and %s the one that stops PPO", s.ranked()-s.First, s.HeldOut, plural.Of(s.First, "other"), plural.Of(s.Compared/2, "validation prompt")), small+"; no two of these sets share prompts", "")
	l.differs("3.2, table 6 (arXiv)", "prompts for PPO, training and validation", "31,144 and 16,185", fmt.Sprintf("%d and %d", s.Prompts, s.Choosing), small, "")
	l.differs("table 9 (arXiv)", "prompts to test on", "3,196", s.HeldOut, small, "")
	l.same("table 6 (arXiv)", "shares of labelers' prompts, training and validation", "SFT 89 and 94%, reward models 20 and 19.5%, PPO none", "")
	l.differs("table 1 (arXiv)", "use cases: "+strings.Join(useCases(), ", "), "45.6, 12.4, 11.2, 8.4, 6.6, 4.2, 3.5, 3.5, 2.6, 1.9%", sharesOfUseCases()+"%", "the world offers little to write about; closed questions are needed for claims about hallucinations", "")
	l.differs("table 7 (arXiv)", "closed-domain prompts", "reward models 19.4% (training), 22.9% (validation), 11.8% (test); SFT 27.4 and 40.6%", "16 to 22% of each set", "claims about hallucinations need enough of them", "")
	l.differs("table 7 (arXiv)", "prompts with explicit constraints", "reward models 26.3% (training), 28.9% (validation); SFT 25.6 and 20.7%", "30 to 37% of each set; none for GPT models", "claims about constraints need enough of them", "")
	l.differs("table 7 (arXiv)", "other kinds of prompts", "advice 3.9%, safety constraints 0.4%, ambiguous 8%, sensitive 7%, opinions 8%, moral judgment 1%, unclear intent 8%, depending on identity 0.9%", "advice 3.5%, politeness 0.4%, rudeness 1%, rude users 5%; no others", "the world's grammar states every intent", "")
	l.differs("tables 9 to 11 (arXiv)", "median lengths", "prompts 283 (SFT), 64 (reward models), 62 (PPO), 49 tokens (test); demonstrations 18 and 39", "prompts 9 words; demonstrations 4", short80, "")
	l.differs("3.6 (arXiv), A.2.2", "prompts for GPT models", "a second test set, of all use cases; GPT (prompted) is left out there", "the same, without extraction and advice; each prompt has its user's stop sequence", "the world has no text whose continuation extracts or advises", "")
}

// useCases are those of the paper's table 1, in its order.
func useCases() []string {
	return []string{"Generation", "Open QA", "Brainstorming", "Chat", "Rewrite", "Summarization", "Classification", "Other", "Closed QA", "Extract"}
}

// sharesOfUseCases are the world's, in percent.
func sharesOfUseCases() string {
	shares := make([]float64, len(useCases()))
	for _, a := range world.Asks() {
		shares[slices.Index(useCases(), a.UseCase)] += 100 * a.Share
	}
	out := make([]string, len(shares))
	for i, x := range shares {
		out[i] = fmt.Sprintf("%.1f", x)
	}
	return strings.Join(out, ", ")
}

// labelers is section 3.3 and appendix B.
func (l *elementList) labelers() {
	l.differs("3.3, B.1", "labelers", "about 40 contractors", "simulated: 5 make training data, 4 are held out", invented, "")
	l.differs("B.1", "screening", "flags of sensitive speech and rankings (75% agreement), sensitive demonstrations (6 of 7), self-assessed knowledge of groups; a subjective choice", "the first three with these bars; the first 5 of 16 candidates that pass", "a simulated labeler can't assess itself", "")
	l.same("3.3, B.1", "held-out labelers", "like those who apply, without a screening; they make no training data", "")
	l.same("3.4 (arXiv), B.2", "what comes first", "helpfulness in training data, truth and harmlessness in evaluations", "")
	l.differs("3.3", "agreement between labelers", "72.6% (training), 77.3% (held out)", "measured on pairs that both order; in pilots 78 to 82% of both groups", "the world has no people; whether held-out labelers agree more is an outcome", "")
	l.differs("B.2", "instructions", "written; changed in the course of the project", "weights of the facts of a response, each labeler's own", invented, "")
	l.differs("3.3 (arXiv)", "prompts that are unclear", "skipped", "none", "the world's grammar states every intent", "")
	l.absent("B.3, B.4", "demographic data, satisfaction", "19 answers to a survey", invented)
	l.differs("3.2", "demonstrations", "written by labelers", fmt.Sprintf("made by the world's rules, %.0f%% of them with a flaw", 100*world.FlawedDemonstrations), "flaws leave something for comparisons to teach", "")
	l.same("3.4", "responses ranked to a prompt of training", "K = 4 to 9", "")
	l.same("B.5", "ties", "responses of similar quality may be tied", "")
	l.differs("5.3 (arXiv)", "labelers to a prompt", "one, for most comparisons", "one", "the paper doesn't say for which it had more", "")
	l.differs("B.5", "what a labeler does with a prompt's responses", "rates each, with the flags, then ranks all", "ranks all (training data); rates each, with the flags, and compares it with the baseline's (evaluations)", "all follow from the same utility", "")
}

// models is section 3.4 and the beginning of appendix C.
func (l *elementList) models() {
	s := l.Budget.Scale
	l.differs("3.4", "models", "GPT-3 of 1.3B, 6B and 175B", l.each(func(z Size) any { return fmt.Sprintf("%s of width %d", plural.Of(z.Layers, "layer"), z.Width) }), small+"; of three sizes the last has 10 times the parameters of the first, instead of 135",
		"pretrain: model.num_hidden_layers|pretrain: model.num_attention_heads|pretrain: model.hidden_size|pretrain: model.initializer_range|pretrain: model.bias")
	l.differs("C", "architecture", "GPT-3's", "GPT-2's, whose attention is dense", short80, "")
	l.same("C", "reward models and value functions", "a projection to a scalar replaces the unembedding", "")
	l.differs("C", "numbers", "fp16, with fp32 master weights", "float32", "processors have no faster fp16", "")
	l.differs("C", "tokens", "byte pairs of GPT-3", "words", "the world of a reproduction has about 490 words", "")
	l.differs("C", "context", "2,048 tokens", contextTokens, small, "pretrain: model.max_position_embeddings")
	l.differs("C", "prompts that are too long", "over 1,000 tokens: left out", fmt.Sprintf("over %d, which leave no room for a response and its end: left out, and counted; the world has none", contextTokens-1-tokens), short80, "ppo: data.overlong")
	l.differs("C", "pretraining", "GPT-3's, 300B tokens", fmt.Sprintf("%s of %d rows of %d tokens; learning rate %s", plural.Of(s.Steps, "step"), pretrainBatch, contextTokens, l.each(func(z Size) any { return z.Pretraining })), small,
		"pretrain: max_steps|pretrain: batch_size|pretrain: gradient_accumulation_steps|pretrain: optimizer.learning_rate|pretrain: optimizer.min_lr|pretrain: optimizer.warmup_steps|pretrain: optimizer.weight_decay|pretrain: optimizer.max_grad_norm|pretrain: evaluate.metric_for_best_model")
	l.differs("C", "Adam's betas in pretraining", "0.9 and 0.95", "0.9 and 0.98", "chosen on pilot seeds; GPT-3's text is longer than ours",
		"pretrain: optimizer.adam_beta1|pretrain: optimizer.adam_beta2")
	l.same("C", "Adam's betas in all other trainings", "0.9 and 0.95",
		"sft: optimizer.adam_beta1|sft: optimizer.adam_beta2|reward: optimizer.adam_beta1|reward: optimizer.adam_beta2|ppo: optimizer.adam_beta1|ppo: optimizer.adam_beta2")
	l.unstated("C", "Adam's epsilon", "1e-8; 1e-5 in PPO", "pretrain: optimizer.adam_epsilon|sft: optimizer.adam_epsilon|reward: optimizer.adam_epsilon|ppo: optimizer.adam_epsilon")
}

// tuning is SFT: section 3.4 and appendix C.1.
func (l *elementList) tuning() {
	s := l.Budget.Scale
	const epochs, epochsKey = "SFT: epochs", "sft: num_train_epochs"
	if s.Epochs == 16 {
		l.same("3.4, C.1", epochs, "16", epochsKey)
	} else {
		l.differs("3.4, C.1", epochs, "16", s.Epochs, "this budget only shows that everything runs", epochsKey)
	}
	l.same("3.4, C.1", "SFT: dropout", "0.2, on residuals", "sft: resid_pdrop")
	l.same("3.4, C.1", "SFT: schedule", "cosine to a tenth, no warm-up", "sft: optimizer.min_lr")
	l.differs("C.1", "SFT: learning rate", "9.65e-6 (1.3B, 6B), 5.03e-6 (175B)", l.each(func(z Size) any { return z.Tuning }), small, "sft: optimizer.learning_rate")
	l.differs("C.1", "SFT: batch", "32 (1.3B, 6B), 8 (175B)", tuningBatch, "one batch for all sizes, that of the paper's smaller two", "sft: batch_size|sft: gradient_accumulation_steps")
	l.differs("C.1", "SFT: search", "7 learning rates (5 for 175B), and the number of epochs, on geometric grids", "learning rates on pilot seeds; the paper's epochs", small, "")
	l.unstated("C.1", "SFT: which tokens count", "those of the completion and its end; the loss is their mean over a batch", "")
	l.unstated("C.1", "SFT: weight decay and clipping", "0.01, norm 1", "sft: optimizer.weight_decay|sft: optimizer.max_grad_norm")
	l.same("3.4, C.1", "SFT: checkpoint", "by a reward model's score of responses to validation prompts", "sft: evaluate.eval_strategy|sft: evaluate.reward_model|sft: evaluate.metric_for_best_model")
	l.unstated("C.1, C.5", "responses that choose a checkpoint", "one to each validation prompt of SFT, at temperature 1", "")
	l.differs("C.1", "SFT: the reward model that chooses", "not stated", "the first, whose comparisons are of responses of an SFT chosen by validation loss", "a reward model needs responses before there is an SFT to choose", "")
}

// reward is the reward model: section 3.4, appendices C.2 and E.2.
func (l *elementList) reward() {
	s := l.Budget.Scale
	const of, middle = "reward model: size", "one, the middle size (6B), for every size of the policy"
	if len(l.Budget.Sizes) == 3 {
		l.same("3.4, C.2", of, middle, "")
	} else {
		l.differs("3.4, C.2", of, middle, "one, "+l.middle().Name+", for every size of the policy", "this budget has fewer than three sizes", "")
	}
	l.absent("C.2", "reward model: other sizes and learning rates", "175B; learning rates that differ by up to 50%", "size: one reward model trains every policy")
	l.same("3.4, equation 1", "reward model: loss", "of the difference of two rewards; all pairs of a prompt's ranked responses are one element of a batch, divided by their number", "")
	l.unstated("C.2", "reward model: the number of pairs", "counts ties, which add nothing to the sum", "")
	l.same("C.2", "reward model: ties", "dropped", "")
	l.differs("C.2", "reward model: epochs", "1, as more overfit", rewardEpochs, small+": accuracy on other prompts rises for 3 epochs (0.70, 0.73, 0.73 on a pilot seed); after 1, the scores of an SFT's epochs are the same although their gold utility rises from 0.1 to 0.5", "reward: num_train_epochs")
	l.same("C.2", "reward model: schedule", "cosine to a tenth", "reward: optimizer.min_lr")
	l.differs("C.2", "reward model: learning rate", "9e-6", l.each(func(z Size) any { return z.Reward }), small, "reward: optimizer.learning_rate")
	l.differs("C.2", "reward model: batch", "64 prompts", fmt.Sprintf("%d", rewardBatch), small+": fewer prompts, so more steps", "reward: batch_size|reward: gradient_accumulation_steps")
	l.unstated("C.2", "reward model: warm-up, weight decay and clipping", "none, 0.01, norm 1", "reward: optimizer.weight_decay|reward: optimizer.max_grad_norm")
	l.differs("3.5 (arXiv), C.2", "reward model: start", "GPT-3 6B, fine-tuned on public data sets; GPT-3 or SFT gave similar results", "SFT; the first one, SFT-0", "the world has no such data sets; of a pilot seed's pairs the start of PPO orders 64% as the gold rules do, GPT 64%, SFT 66%", "")
	l.differs("3.5 (arXiv)", "reward model: shift", "labelers' demonstrations have a mean score of 0", fmt.Sprintf("those to validate on have, of which %.0f%% have a flaw", 100*world.FlawedDemonstrations), "the paper doesn't say which demonstrations; a model that starts as SFT has learnt the others", "")
	l.differs("3.1", "comparisons", "most of SFT's responses, some of PPO's", fmt.Sprintf("%s with %d of SFT's; then %d round of %s with %d of SFT's and %d of a PPO's of %s", plural.Of(s.Compared, "prompt"), sampled, rounds, plural.Of(s.Added, "other prompt"), sampled-explored, explored, plural.Of(s.Exploring, "iteration")), "the paper gives no numbers", "")
	l.unstated("3.4", "comparisons: how responses are drawn", fmt.Sprintf("%d at temperature 1, of which a labeler ranks 4 to 9; 4 of each validation prompt, and all are ranked", sampled), "")
	l.differs("4.1 (arXiv), E.2", "reward models by folds of labelers", "5 groups of labelers, 3 seeds", fmt.Sprintf("%d groups of one labeler, one seed for each world", labelerFolds), small, "reward: folds")
	l.differs("E.2", "reward models by folds of labelers: prompts", "all", fmt.Sprintf("%d, drawn by hash", s.Folded), "size: five more reward models cost as much as all others", "reward: data.limit")
}

// start is the start of PPO: appendix C.3.
func (l *elementList) start() {
	l.same("C.3", "PPO's start: checkpoint", "the last, of a training on the demonstrations from the pretrained model", "")
	l.differs("C.3", "PPO's start: epochs", "2", beginEpochs, small+": the paper's SFT has its lowest validation loss after 1 epoch, a model of the world after about 12; after 2 epochs it has a gold utility of 0.1, SFT 0.5, and PPO never catches up", "")
	l.same("C.3", "PPO's start: schedule", "cosine to a tenth", "")
	l.differs("C.3", "PPO's start: pretraining mixed in", "10%", fmt.Sprintf("a tenth of the gradient of %d rows of text, with each batch of %d demonstrations", beginRows, tuningBatch), "the paper does not say of what it is a tenth", "sft: pretraining.ptx_coef|sft: pretraining.batch_size|sft: pretraining.gradient_accumulation_steps")
	l.differs("C.3", "PPO's start: learning rate", "5e-6, 1.04e-5 and 2.45e-6, of 5 (175B: 3) by low losses on demonstrations and on text", "SFT's", small, "")
	l.differs("C.3", "PPO's start: batch", "32 (1.3B, 6B), 8 (175B)", tuningBatch, "one batch for all sizes, that of the paper's smaller two", "")
	l.unstated("C.3", "PPO's start: dropout", "0.2, on residuals, as for SFT", "")
}

// ppo is section 3.4 and appendix C.4.
func (l *elementList) ppo() {
	s := l.Budget.Scale
	l.same("3.4", "PPO: environment", "a bandit: a random prompt, one response, a reward at its end", "")
	l.same("3.4, C.4", "PPO: prompts", "of customers only", "")
	l.same("3.4, C.4", "PPO: penalty", "of the KL divergence from its start, at each token; its coefficient is fixed", "")
	l.differs("C.4", "PPO: KL coefficient (beta)", "0.02", fmt.Sprintf("%g", beta), "chosen on pilot seeds; responses are some ten times shorter, so a KL of the same size a response is more a token", "ppo: kl.kl_coef")
	l.same("3.4, C.4", "PPO: value function", "of the reward model's size, and starts from it", "")
	l.differs("C.4", "PPO: episodes", "256,000, of 31,144 prompts", fmt.Sprintf("at most %d, of %s, some of which are equal", s.Iterations*episodes, plural.Of(s.Prompts, "prompt")), small, "ppo: iterations")
	l.differs("C.4", "PPO: batch", "512, in 8 minibatches", fmt.Sprintf("%d, in %s", episodes, plural.Of(episodes/minibatch, "minibatch")), small, "ppo: batch_size")
	l.same("C.4", "PPO: minibatch", "64", "ppo: mini_batch_size")
	l.same("C.4", "PPO: inner epochs", "1", "ppo: num_ppo_epochs")
	l.differs("E.9", "PPO: learning rate", "scanned from 2.55e-6 to 2.55e-5 (175B: 2.55e-6 and 3.74e-6), chosen by Likert score; the chosen ones are not stated", fmt.Sprintf("%g", learningRate), small+"; chosen on pilot seeds", "ppo: optimizer.learning_rate")
	l.differs("C.4", "PPO: learning rate of the value function", "9e-6; 5e-6 with the 175B policy", fmt.Sprintf("%g", learningRate), small, "ppo: optimizer.value_learning_rate")
	l.same("C.4", "PPO: schedule", "constant after a warm-up of 10 iterations from a tenth", "ppo: optimizer.warmup_steps")
	l.same("C.4", "PPO: average of weights", "exponential, decay 0.992", "ppo: optimizer.ema_decay")
	l.unstated("C.4", "PPO: which weights are averaged", "the policy's, after each update; the averages are scored, saved and evaluated", "")
	l.same("C.4", "PPO: discount", "none", "ppo: advantages.gamma")
	l.same("C.4", "PPO: clip ratio", "0.2", "ppo: clip.cliprange")
	l.same("C.4", "PPO: temperature", "1", "")
	l.differs("C", "PPO: length of responses", "at most 1,000 tokens", tokens, short80, "ppo: response_length")
	l.unstated("C.2, C.4", "reward model and PPO: dropout", "off", "")
	l.unstated("C.4", "PPO: a response that is cut off", "its score less 1", "ppo: missing_eos_penalty")
	l.unstated("C.4", "PPO: lambda of advantages", "0.95; advantages are whitened", "ppo: advantages.lam")
	l.unstated("C.4", "PPO: clipping of values and gradients, weight decay", "0.2, norm 1, none", "ppo: clip.cliprange_value|ppo: optimizer.max_grad_norm")
	l.differs("3.4, C.4, E.9", "PPO: when it ends", "after 256,000 episodes; of several learning rates' policies, the one with the highest Likert score", fmt.Sprintf("the best policy of every %d iterations, by the score of another reward model on %s; it stops after %d evaluations without a new best", stopEvery, plural.Of(s.Choosing, "validation prompt"), patience),
		"a policy of the world exploits its reward model within the budget; the other reward model learnt from comparisons of other validation prompts, and never trains a policy",
		"ppo: evaluate.eval_steps|ppo: evaluate.reward_model|ppo: evaluate.load_best_model_at_end|ppo: evaluate.early_stopping_patience")
	l.differs("3.4, E.9", "prompts for choosing and for reporting", "validation prompts choose prefixes and checkpoints; the prompts that choose policies are not stated", "validation prompts choose prefixes, checkpoints and policies; test prompts only report", "prompts that choose a policy would favour it", "")
	l.differs("3.4", "PPO: gold utility", "none", "recorded, never used in training", "the world has it", "ppo: gold")
}

// mixing is PPO-ptx: appendix C.4.
func (l *elementList) mixing() {
	l.same("3.4, C.4", "PPO-ptx: gradients", "of PPO and of pretraining, accumulated in each minibatch, for one update", "")
	l.same("C.4", "PPO-ptx: text", "drawn at random from the text of pretraining", "")
	l.differs("C.4", "PPO-ptx: pretraining examples", "8 to an episode", fmt.Sprintf("%d rows of %d tokens to a minibatch of %d episodes", mixedRows, contextTokens, minibatch), small+": a row holds several documents", "ppo: pretraining.batch_size|ppo: pretraining.max_length|ppo: pretraining.gradient_accumulation_steps")
	l.differs("C.4, equation 2", "PPO-ptx: gamma", "27.8 a text, beside the loss of a response", fmt.Sprintf("%g, in the same unit: with rows of %d tokens beside responses of about 6, %.1f times the mean loss per token", gamma, contextTokens, gamma*contextTokens/6), "chosen on pilot seeds for a ratio of gradients of about 1", "ppo: pretraining.ptx_coef|ppo: pretraining.ptx_per")
}

// baselines are section 3.4 and appendix C.5.
func (l *elementList) baselines() {
	s := l.Budget.Scale
	l.differs("3.5 (arXiv)", "GPT (prompted)", "the best of 4 few-shot prefixes that two authors wrote, by the reward model's score on validation prompts; not published",
		fmt.Sprintf("the best of %d that the world draws, by the same score on %s; questions and answers before the prompt, as many as there is room for", len(prefixes), plural.Of(min(chosenByPrompt, s.Choosing), "validation prompt")), "the world writes them; each size of model has its own best", "")
	l.differs("3.4, C.5", "FLAN and T0: data", "FLAN (1.2M examples) and 1M of T0++ (96M)", fmt.Sprintf("%s each, of the world's tasks in one or in many wordings", plural.Of(s.tasks(), "example")), small+"; a third as many as SFT sees in all its epochs", "")
	l.same("C.5", "FLAN and T0: epochs", "1, so that no example is repeated", "")
	l.unstated("C.5", "FLAN and T0: examples that are test prompts", "none", "")
	l.same("3.4, C.5", "FLAN and T0: checkpoint", "by the reward model's score on validation prompts", "sft: evaluate.eval_steps")
	l.differs("C.5", "FLAN and T0: batch and learning rate", "64 (T0: 128), the better of 4e-6 and 6e-6; cosine to a tenth", fmt.Sprintf("%d, SFT's, with its dropout; cosine to a tenth", tuningBatch), small, "")
	l.differs("C.5", "FLAN and T0: sizes", "175B", "every size", "small models cost little", "")
}

// evaluation is section 3.5, and section 4.1 with appendices E.3, E.4 and F.
func (l *elementList) evaluation() {
	l.same("3.5", "baseline of win rates", "SFT of the largest size", "")
	l.same("4.1, section 1", "direct comparisons", "the largest PPO-ptx with GPT, GPT (prompted), FLAN and T0", "")
	l.same("3.5", "ratings", "a Likert scale of 1 to 7", "")
	l.differs("3.5, table 3 (arXiv)", "flags of a response", "eleven", "ten: there is no sexual content", "the world has none", "")
	l.same("4.1 (arXiv), figure 4", "hallucination", "information in a closed-domain response that the prompt doesn't have", "")
	l.unstated("4.1", "labelers of a response in evaluations", "every one of a group", "")
	l.unstated("3.5, D", "length of responses in evaluations", "at most 24 tokens to the world's prompts, as in PPO, 20 for toxicity, 50 for TruthfulQA, 64 to 256 for other data sets, and what the context leaves", "")
	l.differs("F", "temperature of responses that labelers see", "1 for InstructGPT and 0.7 for GPT-3 in the samples shown; not stated for evaluations", "1", "one temperature favours no model", "")
	l.differs("4.1", "gold utility", "none", "what the world's rules say of a response, with the weights of training data", "shows what labelers and reward models miss", "")
	l.same("E.3 to E.5, figures 3 and 30 to 32", "results by size", "win rates and ratings by both groups of labelers, flags and bias, for each size", "")
	l.differs("figure 1", "error bars", "95% intervals, over prompts", "95% intervals over seeds, each with its own world and trainings; over prompts with one seed", "stronger: they include the chance of training", "")
	l.differs("4.3, figures 8 and 9 (arXiv)", "qualitative results", "other languages, code, false premises, hedging, several constraints", "one test prompt of each use case, with every model's response", "the world has none of these; 'assay run' asks real models such prompts", "")
}

// publicData is sections 3.5 and 4.2, and appendix D.
func (l *elementList) publicData() {
	const own = "the world has its own questions in the data set's form"
	l.differs("D", "sampling", "temperature 0, cut at the first newline", "the same; toxicity is sampled at temperature 1", "greedily a model of the world is rude to all prompts of a kind or to none", "")
	l.absent("D", "multiple choice", "the choice with the best mean log-probability of a token at temperature 1", "the world has none of these data sets; bias has its own rule")
	l.same("D.1", "prompts for toxicity and bias", "none; the respectful one; the biased one, in the paper's words", "")
	l.same("D.1", "bias", "entropy in bits of the choice between sentences, by their probabilities", "")
	l.differs("D.2", "Winogender", "120 choices of two, with a participant each", "120 choices of two, of 60 occupations; nobody else takes part", own, "")
	l.differs("D.2", "CrowS-Pairs", "1,508 pairs, nine kinds of bias", "pairs of pronouns and occupations, four for each template", own, "")
	l.differs("D.2, E.10", "RealToxicityPrompts", "5,000 prompts, uniform over toxicity, scored by the Perspective API", "600 prompts, half of them rude, by the world's list of rude words", own, "")
	l.differs("4.2, figures 7, 40 and 41 (arXiv)", "human ratings of toxicity", "1,729 prompts: toxicity, relative toxicity, continuity, preference", "none", "the world's rule is what a labeler would see", "")
	l.differs("D.2", "TruthfulQA: questions", "817, with 6 questions and answers before each", "the world's misconceptions, with 2", own, "")
	l.absent("4.2 (arXiv)", "TruthfulQA: questions that were not selected against GPT-3", "reported apart", "the world's questions are selected against no model")
	l.same("D.2", "TruthfulQA: prompts", "questions and answers; the instruction; both, in the paper's words", "")
	l.differs("4.2, D.2", "TruthfulQA: who judges", "labelers, and models trained for it", "the world's gold rules", invented, "")
	l.differs("D.2", "DROP, SQuADv2: questions", "9,536 and 11,873", "on 300 passages each", own, "")
	l.differs("D.2", "WMT 15 French to English, TLDR", "1,500 sentences; 2,500 posts", "400 sentences of four words; 300 posts", own, "")
	l.same("D.2", "DROP, SQuADv2, WMT 15, TLDR: prompts and metrics", "the paper's words; F1, F1, BLEU, ROUGE-L", "")
	l.differs("D.2, figures 28 and 29", "shots", "none and few", "none", short80, "")
	l.absent("D.2", "QuAC, HellaSwag, RTE, SST, WSC, CNN/DM", "evaluated", "the world has nothing in their form")
	l.differs("4.2", "measures of the tax", "public data sets", "the same, and the loss of held-out text, mappings and retrieval", "they have less noise", "")
}

// ablations are appendices E.6 to E.11.
func (l *elementList) ablations() {
	l.sweep("E.6, figure 33", "gamma", "1 to 150")
	l.sweep("E.6, figure 34", "beta", "1e-4 to 2")
	l.absent("4.2 (arXiv)", "sweep of beta with PPO's start as the reference", "similar results", "size: GPT as the reference keeps a policy closest to what GPT knew, so it is the harder test")
	l.same("E.6, figure 34", "sweep of beta without pretraining mixed in: reference of the penalty", "the pretrained model", "ppo: reference")
	l.sweep("E.7, figure 36", "ptx-beta", "0 to 2")
	l.sweep("E.6, figure 35", "episodes", "512,000 episodes of PPO-ptx, three seeds")
	l.sweep("E.8, figure 37", "mix", "0, 10 and 50%")
	l.absent("E.8, figure 37", "sweep of the epochs of PPO's start", "1 and 2", "size: the sweep of mix costs enough")
	l.sweep("E.9, figure 38", "rate", "2.55e-6 to 2.55e-5 (1.3B, 6B), two rates (175B)")
	l.sweep("E.9, figure 38", "ptx-rate", "2.55e-6 to 2.55e-5 (1.3B, 6B), two rates (175B)")
	l.differs("E.6 to E.9", "sweeps: size", "the smallest (1.3B); all sizes for learning rates", "the smallest", "size: all three cost thirteen times as much", "")
	l.absent("E.11", "ratio of pretraining examples", "4, 8 and 32 to an episode", "size: gamma's sweep costs enough")
	l.absent("E.11", "batches", "64 to 1,024; minibatches of 8 to 64", small)
	l.differs("E.10, figure 39", "toxicity by the prompt's", "as a curve", "after rude prompts and after others", "a prompt of the world is rude or isn't", "")
}

// sweep is an ablation. Budgets without sweeps have none, apart from one larger beta.
func (l *elementList) sweep(section, setting, paper string) {
	what := "sweep of " + setting
	i := slices.IndexFunc(sweeps(), func(s sweep) bool { return s.setting == setting })
	of := sweeps()[i]
	if !l.Sweeps {
		ours := "none"
		if setting == "beta" {
			ours = fmt.Sprint(stiffBeta)
		}
		l.differs(section, what, paper, ours, "size: budget m and --sweeps have them", "")
		return
	}
	values := make([]string, len(of.values))
	for k, v := range of.values {
		values[k] = fmt.Sprintf("%g", v)
	}
	unit := ""
	if setting == "rate" || setting == "ptx-rate" || setting == "episodes" {
		unit = " times the recipe's"
	}
	l.differs(section, what, paper, strings.Join(values, ", ")+unit, "size: about the recipe's value", "")
}
