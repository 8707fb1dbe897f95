// Package linear scores texts by a linear model over their n-grams: how likely it is that a text
// is toxic, that an answer is true, that a summary is supported by its document.
//
//	Text, Features    what is scored, and what the model sees of it
//	Encoder           a text as a sparse row of numbers
//	Fit, Calibrate    the weights, and what turns a score into a probability
//	Model             the result: Probability, Save, Open
//
// Such a model knows words and parts of words, not what a sentence says. It is fast (tens of
// thousands of texts a second on a core) and small. Features are hashed into a table of a fixed
// size, so there is no vocabulary to keep, and a word that was not in training shares what its parts
// have learned.
//
// Fitting is deterministic: equal rows give equal bits on the same kind of processor, on any number
// of threads.
package linear
