// Package lengthcontrol estimates the win rate that a model would have if its outputs were as
// long as its baseline's, as AlpacaEval does (Dubois et al. 2024, arXiv 2404.04475).
//
// Preferences are predicted by a logistic regression on three terms: tanh of the standardised
// difference in length, the difficulty of the instruction, and a constant. The win rate is the
// mean prediction with the length term 0.
//
// The tool's program (alpaca_eval 0.6.6, metrics/glm_winrate.py) has three models, which differ
// in the data that they need:
//
//   - length_controlled_minimal has no difficulties.
//   - length_controlled_noreg has them.
//   - length_controlled_v1 also has preferences between the baseline and versions of itself
//     that were asked to be concise or verbose. They count a fifth, and have no constant.
//     The tool's leaderboard shows this one.
//
// Targets are the preferences themselves, between 0 and 1. The penalty is L1 on all terms, and
// its size is one of ten, by cross-validation in five folds. Everything here is as in the tool;
// only its solver stops earlier. See fit_test.go for how near that is.
package lengthcontrol
