// Package openai asks models behind OpenAI-compatible servers: vLLM, llama.cpp,
// llama-cpp-python, TGI, Ollama, hosted ones, and our own. Requests go through
// models/remote, which retries, balances and keeps limits.
//
// Routes and fields are those of OpenAI's API reference
// (https://platform.openai.com/docs/api-reference, completions and chat), of
// which servers implement different parts:
//
//   - Unset sampling parameters are left out; the temperature is always sent,
//     since servers' defaults differ (1 at OpenAI, 0.8 at llama.cpp). A greedy
//     request has no seed.
//   - Behind a bare prompt at most 4 stops are sent, OpenAI's limit; in a chat none
//     is, unless the model has no thoughts ([Thoughts]), since a stop would end a
//     thought. Texts are cut here in any case, behind the thoughts and the white
//     space after them.
//   - Seeds are folded to 31 bits, the widest that servers agree on: OpenAI takes
//     64 bits with sign, llama.cpp 32 without, others 32 with.
//
// A member that a server refuses by name (400, 422) and that can't change the answer
// is left out from then on: stop, and a system turn where there is no such role, whose
// text then stands above the user's; max_completion_tokens takes the place of
// max_tokens. That is said once, and [Client.Changes] has it for a run's records. Any
// other member is for the plan to leave out ([Refused]).
//
// A body is read strictly in what is used of it, and in nothing else.
//
// # Log-probabilities of choices
//
// Echo scoring asks the completions route for the prompt followed by a choice,
// echoed with the log-probability of each token, as OpenAI's older models, vLLM
// and llama-cpp-python give them. One more token is generated and ignored: OpenAI
// and vLLM would take max_tokens 0, but llama-cpp-python reads that as "without
// limit". A token that straddles the boundary of prompt and choice counts as the
// choice's. Which tokens are the choice's is read off their own texts, from the end
// of the text on; where these don't tell, there is no score.
//
// Where there is no echo (chat routes, llama.cpp's server, a key that may not have
// log-probabilities), a request's Letters list choices under letters, and the answer
// is the choice that the model names. That is another measurement: it asks which
// choice the model would name, not how likely its text is, and is reported as such.
// An answer that names none, or several, is missing.
package openai
