// Package score has the metrics that a suite file names, such as exact_match, bleu or numeric:
// [Find] gives a metric's definition and the function that scores one answer. [Kinds] lists them.
// [NewJudge] makes a judge of several metrics.
//
// A metric scores an [Answer], or says why it can't. It can't where the example gives nothing to
// compare with, or where its rules leave nothing of a reference. An answer that is wrong, empty
// or in another form has a value, the lowest one; only BLEU, TER and ROUGE leave out answers in
// a script that they can't read.
package score
