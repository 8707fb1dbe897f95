// Package labels is the format in which people's judgements of outputs travel: a [Row] for each
// judgement of one output by one labeler, as JSON or as a row of a table. It checks rows, and
// turns them into examples, completions and judgements of a [Suite].
//
// The metrics follow Ouyang et al. 2022: the overall grade from 1 to 7 and the flags of Table 3,
// and preferences from rankings or pairs (section 3.4, appendix B). The last three are the form in
// which its labelers rated continuations of RealToxicityPrompts (appendix D).
package labels
