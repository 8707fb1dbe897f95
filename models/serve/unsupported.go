package serve

import (
	"maps"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/printable"
)

// harmless are members that well-known clients and servers use and that can't change an answer: who sends the
// request, how it is billed, how fast it is, and what is stored.
var harmless = []string{
	"user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "priority",
	"request_id", "cache_salt", "cache_prompt", "id_slot", "keep_alive", "use_cache", "timings_per_token", "return_progress",
	"parallel_tool_calls", // about tools, which are refused
}

// neutral are members that would change an answer, with the values that request what the server does anyway.
// For members that aren't listed here, empty values (null, false, 0 or "") are neutral.
var neutral = map[string][]string{
	"frequency_penalty": {"0"}, "presence_penalty": {"0"}, "repetition_penalty": {"1"}, "repeat_penalty": {"1"},
	"length_penalty": {"1"}, "min_p": {"0"}, "typical_p": {"1", "0"}, "top_a": {"0"}, "tfs_z": {"1"}, "mirostat": {"0"},
	"xtc_probability": {"0"}, "dry_multiplier": {"0"}, "dynatemp_range": {"0"}, "top_n_sigma": {"-1", "0"}, "min_tokens": {"0"},
	"num_beams": {"1"}, "tool_choice": {`"none"`, `"auto"`}, "function_call": {`"none"`, `"auto"`},
	"response_format": {`{"type":"text"}`}, "modalities": {`["text"]`}, "reasoning_effort": {`"none"`},
	// For these, false changes the answer.
	"add_generation_prompt": {"true"}, "add_special_tokens": {"true"}, "skip_special_tokens": {"true"},
	"spaces_between_special_tokens": {"true", "false"}, "do_sample": {"true"}, "detokenize": {"true"},
	"enable_thinking": {}, "think": {}, "reasoning": {},
}

// unsupported are members that would change an answer whatever their value, unless it is empty (null, false,
// no strings).
var unsupported = []string{
	"logit_bias", "logits_processors", "bad_words", "allowed_token_ids", "stop_token_ids", "ignore_eos", "include_stop_str_in_output",
	"use_beam_search", "truncate_prompt_tokens", "prompt_logprobs", "echo", "suffix", "samplers",
	"tools", "functions", "prediction", "audio", "structured_outputs", "guided_json", "guided_regex", "guided_choice", "guided_grammar",
	"grammar", "json_schema", "regex", "chat_template", "chat_template_kwargs", "continue_final_message",
}

// remedies say what to send instead of other servers' members.
var remedies = map[string]string{
	"n_predict": "max_tokens", "max_new_tokens": "max_tokens", "num_predict": "max_tokens", "max_length": "max_tokens",
	"stop_sequences": "stop", "num_ctx": "", "inputs": "prompt",
}

// leftOver judges the members that a route didn't take. It refuses by name those that could change the
// answer. With lenient, it ignores unknown members and returns their names for the log.
func (m *members) leftOver(lenient bool) (ignored []string, f *fault) {
	for _, name := range slices.Sorted(maps.Keys(m.values)) {
		value := m.values[name]
		same, known := neutral[name]
		switch {
		case !given(value), slices.Contains(harmless, name):
		case known && slices.ContainsFunc(same, func(n string) bool { return equalJSON(value, n) }):
		case known && len(same) > 0 && asksNothing(value) && value.Kind() != 'f':
		case known:
			return nil, bad(name, "%s is not supported; remove it", name)
		case asksNothing(value):
		case slices.Contains(unsupported, name):
			return nil, bad(name, "%s is not supported; remove it", name)
		case remedies[name] != "":
			return nil, bad(name, "%s is not supported; send %s", name, remedies[name])
		case lenient:
			ignored = append(ignored, name)
		default:
			return nil, bad(name, "%.60s is unknown and could change the answer; remove it", printable.Text(name))
		}
	}
	return ignored, nil
}

// asksNothing reports whether a member's value is equivalent to leaving it out.
func asksNothing(v jsontext.Value) bool {
	return slices.Contains([]string{"false", `""`, "[]", "{}"}, compact(v))
}

// equalJSON compares a value with one from the list of neutral values; 0.0 equals 0.
func equalJSON(v jsontext.Value, want string) bool {
	if v.Kind() == '0' {
		got, err := strconv.ParseFloat(string(v), 64)
		number, notNumber := strconv.ParseFloat(want, 64)
		return err == nil && notNumber == nil && got == number
	}
	return compact(v) == want
}

func compact(v jsontext.Value) string {
	c := v.Clone()
	if c.Compact() != nil {
		return string(v)
	}
	return string(c)
}
