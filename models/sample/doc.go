// Package sample decodes with a GPT: text, log-probabilities and rewards, by the
// kernels alone, over a cache of keys and values.
//
//	Network   the weights laid out for decoding, and the forward pass of a batch
//	Batcher   jobs that come and go, decoded together: continuous batching
//	Model     both with a tokenizer: a models.Generator, Scorer and Rewarder
//
// What a job gives depends on the job alone, bit for bit within one CPU path: not on
// what is decoded beside it, nor on threads, nor on how its prompt was cut into passes.
// The kernels give a row the same bits in every batch, attention over the cache those of
// attention over the sequence, and every draw comes from the job's own stream.
package sample
