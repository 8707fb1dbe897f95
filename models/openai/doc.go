// Package openai queries models behind OpenAI-compatible servers: vLLM, llama.cpp, llama-cpp-python, TGI,
// Ollama, hosted services, and assay's own. Requests go through models/remote, which repeats them, balances
// the load and enforces limits.
//
// Routes and fields are those of OpenAI's API reference (https://platform.openai.com/docs/api-reference,
// completions and chat), of which servers implement different parts:
//
//   - Unset sampling parameters are omitted. The temperature is always sent, since
//     servers' defaults differ (1 at OpenAI, 0.8 at llama.cpp). A greedy request has
//     no seed.
//   - With a bare prompt at most 4 stop sequences are sent, OpenAI's limit. In a chat
//     none is sent, unless the model has no thoughts ([Thoughts]), since a stop
//     sequence could end a thought. Texts are cut here in any case, after the thoughts
//     and the white space that follows them.
//   - Seeds are reduced to 31 bits, the widest that all servers accept: OpenAI takes
//     signed 64 bits, llama.cpp unsigned 32, others signed 32.
//
// If a server refuses a member by name (400, 422) that can't change the answer, the member is changed from
// then on: stop is omitted; without a system role, the system message is put above the user's text;
// max_completion_tokens replaces max_tokens. Each change is reported once, and [Client.Changes] returns it
// for a run's records. Only the plan can omit any other member ([Refused]).
//
// A body is read strictly for the members that are used, and leniently otherwise.
//
// # Log-probabilities of choices
//
// Echo scoring requests the completions route for the prompt followed by a choice, echoed with the
// log-probability of each token, as OpenAI's older models, vLLM and llama-cpp-python support it. One more
// token is generated and ignored: OpenAI and vLLM would accept max_tokens 0, but llama-cpp-python reads that
// as "no limit". A token across the boundary of prompt and choice counts as the choice's. The choice's tokens
// are found from their own texts, from the end of the text backwards; if that is ambiguous, there is no
// score.
// of the text on; if they are missing, there is no score.
// Without echo (chat routes, llama.cpp's server, a key without access to log-probabilities), a request's
// Letters list choices under letters, and the answer is the choice that the model names. That is another
// measurement: it shows which choice the model would name, not how likely its text is, and is reported as
// such. An answer that names no choice, or several, is missing.
package openai
