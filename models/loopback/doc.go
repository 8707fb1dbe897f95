// Package loopback is an HTTP server with the interfaces of OpenAI-compatible model servers and toxicity
// services, whose model is a hash: for tests, rehearsals of a plan, and timings. It can misbehave on purpose.
//
// An answer depends only on its request (model, system, prompt, temperature, and above temperature 0 the
// seed), so that equal plans get equal answers. The answers mean nothing: the hash draws the words of its
// texts and its verdicts as a judge, and its toxicity is [ToxicityRule].
//
// Routes: GET /v1/models; POST /v1/completions, /v1/chat/completions,
// /v1/moderations (shapes of OpenAI's API reference),
// /v1alpha1/comments:analyze (Perspective), /predict (text-embeddings-inference's
// classification).
package loopback
