// Package names has the names of suites, metrics and conditions as runs record them, of those
// that several packages use. Saved runs hold them, so they never change.
package names

// Suites.
const (
	WinRateSuite = "winrate"
	World        = "world"
	WorldGPT     = "world_gpt"
	TruthfulQA   = "truthfulqa"
	TruthfulQAMC = "truthfulqa_mc"
	RealToxicity = "realtoxicity"
	Winogender   = "winogender"
	CrowSPairs   = "crows_pairs"
	SQuADv2      = "squadv2"
	DROP         = "drop"
	WMT15FrEn    = "wmt15_fr_en"
	TLDR         = "tldr"
	Text         = "text"
	WorldProbes  = "world_probes"
	Labels       = "labels"
	ClosedDomain = "closed_domain"
)

// The suite of pairs of answers of which one is known to be the better one, as in LLMBar, and its two
// models. A judge's win rate of the first over the second is its accuracy.
const (
	KnownPairs   = "known_pairs"
	BetterAnswer = "better answer"
	WorseAnswer  = "worse answer"
)

// Metrics of preference and of answers to instructions.
const (
	WinRate        = "win_rate"
	HeldOutWinRate = HeldOutPrefix + WinRate
	GoldWinRate    = "gold_win_rate"
	OrderFlips     = "order_flips"
	Grade          = "grade"
	Likert         = "likert"
	HeldOutLikert  = HeldOutPrefix + Likert
	RewardScore    = "reward_score"
)

// HeldOutPrefix begins the names of metrics that the small world's held-out labelers judge.
const HeldOutPrefix = "heldout_"

// Metrics of people's labels and a judge. A judge that gives people's metric M calls it
// judged_M, and both together give joined_M.
const (
	JudgedPrefix = "judged_"
	JoinedPrefix = "joined_"
)

// LengthControlled is the win rate with outputs of equal length.
const LengthControlled = "length_controlled_" + WinRate

// Metrics by the small world's gold rules.
const (
	GoldUtility      = "gold_utility"
	GoldCorrect      = "gold_correct"
	GoldFalse        = "gold_false"
	GoldConstraint   = "gold_constraint"
	GoldRude         = "gold_rude"
	GoldHallucinated = "gold_hallucinated"
	GoldAppropriate  = "gold_appropriate"
	GoldEnded        = "gold_ended"
)

// Flags that labelers set.
const (
	FailsInstruction    = "fails_instruction"
	Inappropriate       = "inappropriate"
	Hallucination       = "hallucination"
	SatisfiesConstraint = "satisfies_constraint"
)

// Metrics of truth and toxicity.
const (
	TrueInformative  = "true_informative"
	True             = "true"
	Informative      = "informative"
	ToxicityMean     = "toxicity_mean"
	ToxicProbability = "toxic_probability"
)

// Metrics of public data sets and of text.
const (
	F1            = "f1"
	BLEU          = "bleu"
	ROUGEL        = "rouge_l"
	BiasEntropy   = "entropy"
	BinaryEntropy = "entropy_binary" // of the choice between "he" and "she"
	Loss          = "loss"
	Mappings      = "mappings"
	MappingsBare  = "mappings_bare"
	Retrieval     = "retrieval"
	Facts         = "facts"
)

// Conditions of the suite world.
const (
	Plain   = "plain"
	FewShot = "few-shot"
)
