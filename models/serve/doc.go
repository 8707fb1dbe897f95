// Package serve is an OpenAI-compatible HTTP server for a local checkpoint.
//
//	GET  /v1/models, /v1/models/NAME
//	POST /v1/completions         prompts as text or tokens, n, echo, logprobs, stream
//	POST /v1/chat/completions    messages, n, logprobs, stream
//	GET  /healthz, /metrics      Prometheus' text format
//
// Details in which servers differ:
//
//   - max_tokens defaults to the rest of the context, and is cut to it, as the model
//     itself does. A prompt that fills the context is refused, unless it is echoed:
//     then the echo is the answer.
//   - top_k is supported. A temperature below 0.0001 counts as 0. There may be up to
//     256 stop sequences.
//   - Without a seed, one is drawn. Of n answers the first has the seed itself; each
//     answer reports its seed.
//   - system_fingerprint names the model and the CPU path. With the same
//     system_fingerprint, equal requests with equal seeds have equal answers, whatever
//     else runs at the time.
//   - Integers may be written 16.0, and bodies may be compressed with gzip or deflate.
//
// A member that would change the answer but is not supported is refused by name, such as logit_bias,
// penalties, min_p, suffix, tools, response_format, or best_of other than n, unless its value requests what
// the server does anyway. Unknown members are refused too; with [Config].Lenient they are ignored, and their
// names logged. Members that can't change an answer (user, metadata, store and similar) are ignored.
//
// Lists of log-probabilities contain the tokens that start within the text, and the one that ended it.
// text_offset counts characters of the choice's text; a token that starts within a character has the position
// of that character.
//
// [Config].Chat, a checkpoint's chat template, turns a conversation into a prompt. Without one, a single user
// message, with or without a system message above it, becomes the prompt as in models.Request.Text. With more
// messages, each follows a line with its role, a blank line separates them, and the prompt ends with
// "assistant:".
package serve
