// Package train trains models by gradient descent. It knows a model only as a [Learner].
// [Fit] is the loop of next-token prediction that pretraining and supervised fine-tuning
// share.
//
// Nothing here has a state of its own: batches, dropout and the learning rate depend only on
// the step's number and the seed. So a training can resume, bit for bit, from the learner's
// state after any step.
package train
