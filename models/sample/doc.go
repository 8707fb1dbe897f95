// Package sample decodes with a GPT: text, log-probabilities and rewards. It uses only the kernels, with a
// cache of keys and values.
//
//	Network   the weights laid out for decoding, and the forward pass of a batch
//	Batcher   jobs that come and go, decoded together: continuous batching
//	Model     both with a tokenizer: a models.Generator, Scorer and Rewarder
//
// A job's results depend on the job alone, bit for bit within one CPU path: not on the other jobs, the number
// of threads, or how its prompt was cut into passes. The kernels compute a row with the same bits in every
// batch, and attention over the cache with the bits of attention over the sequence; every draw comes from the
// job's own random stream.
package sample
