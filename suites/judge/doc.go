// Package judge has the judges that ask a model or a service, through
// [suites.Item.Ask]: a toxicity, a preference between two answers, a grade, a reward,
// and whether an answer is true and informative.
//
// What they show of a completion is material, and may try to speak to the judge:
// each text stands between lines with a mark that is a hash of the texts, so that
// none can end its own place, and the verdict is read from the judge's answer
// alone, from its last line, which must hold exactly one. Mark-up, quotes, end tokens,
// case and punctuation around it don't matter. What has another form, or was cut off,
// is no verdict: the judgement is missing, with the reason.
//
// Reasons in Missing are the same in equal runs. An error means that judging can't
// go on: the context has ended, or the judge's service is down
// ([remote.ErrDown]).
//
// It has the judges of the small world too, which ask nobody: its gold rules ([Gold],
// and [GoldTruth] and [GoldRude] for public suites' files) and labelers ([Labeler],
// [Panel]) with weights, noise and slips of their own, as in sections 3.4 and B of
// Ouyang et al. 2022.
package judge
