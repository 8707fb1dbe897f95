// Package serve answers OpenAI-compatible requests over HTTP with a local checkpoint.
//
//	GET  /v1/models, /v1/models/NAME
//	POST /v1/completions         prompts as text or tokens, n, echo, logprobs, stream
//	POST /v1/chat/completions    messages, n, logprobs, stream
//	GET  /healthz, /metrics      Prometheus' text format
//
// Where servers differ: a max_tokens that is left out means what is left of the context;
// top_k is understood; a seed that is left out is drawn, and an answer's system_fingerprint
// names model and CPU path, within which equal requests with equal seeds have equal
// answers, whatever else is asked at the time. Of n answers the first has the seed
// itself; answers give it as seed. There may be up to 256 stops. A temperature below 0.0001
// counts as 0. max_tokens above what is left of the context is cut to it, as the model
// itself does. A prompt that fills the context is refused, unless it is echoed: then the
// echo is the answer. Whole numbers may be written 16.0, and bodies may be packed in gzip or
// deflate.
//
// A member that would change the answer and is not supported is refused by its name, such
// as logit_bias, penalties, min_p, suffix, tools, response_format, or best_of other than n,
// unless its value asks for what the server does anyway. So is a member that nobody here
// knows; [Config].Lenient passes over those and logs their names. Members that can't
// change an answer (user, metadata, store and the like) are passed over.
//
// Lists of log-probabilities hold the tokens that begin within the text, and the one that
// ended it. text_offset counts characters of the choice's text; a token within a character
// has the place of that character.
//
// A conversation becomes a prompt by [Config].Chat, a checkpoint's chat template. Without
// one a user's message, with a system's above it or without, is the prompt as
// models.Request.Text has it; of more messages each is below its role, a blank line between
// two, and "assistant:" is at the end.
package serve
