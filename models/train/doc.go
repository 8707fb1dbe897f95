// Package train improves models by gradient descent. A trainer knows a [Learner],
// and nothing of what is inside it; [Fit] is the loop of next-token prediction
// that pretraining and supervised fine-tuning share.
//
// Nothing here keeps a state of its own: batches, dropout and the learning rate
// hang on the step's number and the seed alone. So a training goes on, bit for
// bit, from the learner's state after any step.
package train
