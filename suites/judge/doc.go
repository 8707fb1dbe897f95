// Package judge has the judges that query a model, a service or a program, through
// [suites.Item.Ask]: a toxicity, a preference between two answers, a grade, a reward,
// whether an answer is true and informative, what labelers would note of it, whether it keeps to its
// input, and what a program measures. [Kinds] lists those that a plan can name.
//
// A completion may contain text that addresses the judge. So the prompt puts each text
// between lines with a mark, which is a hash of the texts: no text can end its own place.
// The verdict is read from the last line of the judge's answer, which must hold exactly one.
// Mark-up, quotes, end tokens, case and punctuation around it don't matter. An answer in
// another form, or one that was cut off, is no verdict: the judgement is missing, with the
// reason.
//
// Reasons in Missing are the same in equal runs. An error means that judging must stop: the
// context has ended, or the judge's service is down ([remote.ErrDown]).
//
// The judges of the small world are here too. They send no requests: its gold rules ([Gold],
// and [GoldTruth] and [GoldRude] for files of public suites) and its labelers ([Labeler],
// [Panel]), with weights, noise and slips of their own, as in sections 3.4 and B of Ouyang
// et al. 2022.
package judge
