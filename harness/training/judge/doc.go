// Package judge trains judges on labelled texts: linear models over n-grams (models/linear), or
// language models with a scalar head (models/head), that give the probability that a text is toxic,
// that an answer is true or informative, or that a text is supported by its context.
//
//	Open, New     the files of a plan; their rows, split by group
//	Training.Run  fits, calibrates and measures, in a training's folder
//	Evaluation    what the judge can do: on held-out groups, on other files, by category, by words
//	              for groups of people
//
// The training of a linear model takes a minute, so it is not resumed: it has one step, and a killed
// one starts again. That of a language model is resumed as other trainings are.
package judge
