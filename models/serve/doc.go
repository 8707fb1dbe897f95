// Package serve answers OpenAI-compatible requests over HTTP with a local checkpoint.
//
//	GET  /v1/models, /v1/models/NAME
//	POST /v1/completions         prompts as text or tokens, n, echo, logprobs, stream
//	POST /v1/chat/completions    messages, n, logprobs, stream
//	GET  /healthz, /metrics      Prometheus' text format
//
// Where servers differ: max_tokens that is left out means what is left of the context;
// top_k is understood; a seed that is left out is drawn, and an answer's system_fingerprint
// tells model and CPU path, within which equal requests with equal seeds have equal
// answers, whatever else is asked at the time. Of n answers the first has the seed
// itself; answers tell it as seed. What would change the answer and is not supported is
// refused: logit_bias, penalties, min_p, suffix, tools, response_format, best_of other than
// n. Other members that are not known are passed over. max_tokens above what is left of
// the context is cut to it, as the model itself does. A prompt that fills the context is
// refused, unless it is echoed: then the echo is the answer.
//
// Lists of log-probabilities hold the tokens that begin within the text, and the one that
// ended it. text_offset counts characters of the choice's text; a token within a character
// has the place of that character.
//
// Checkpoints have no template for conversations. A user's message, with a system's above
// it or without, is the prompt as models.Request.Text has it; of more messages each stands
// below its role, a blank line between two, and "assistant:" stands at the end.
package serve
