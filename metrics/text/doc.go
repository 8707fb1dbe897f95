// Package text computes metrics of text overlap: corpus BLEU, chrF and TER for
// translation, ROUGE for summaries, the exact-match and F1 rules of SQuAD v2 and
// DROP, and edit distances. It also has the rules by which texts are normalised.
//
// Each follows the public script behind the published numbers: sacrebleu for BLEU,
// chrF and TER, Google's rouge-score for ROUGE, the SQuAD 2.0 evaluation script and
// DROP's drop_eval.py. Those are Python programs, so the rules for lower case, white
// space, word characters and numbers are Python's; python.go states them. The
// Unicode tables are Go's. They can be a version apart from a given Python's and
// then differ on characters that only one of the two knows.
//
// The functions are pure, safe for concurrent use, and never fail: any string has
// a score. Bytes that are not UTF-8 count as U+FFFD where a rule looks at
// characters. Scores are from 0 to 1, BLEU from 0 to 100.
package text
