package interop

import (
	"assay/harness"
)

// setting records how the tool made its requests. An empty value says nothing.
func (b *book) setting(suite, model, name, value string) {
	if value != "" && len(value) <= longestSetting {
		b.out.Setting(harness.Setting{Suite: suite, Model: model, Name: name, Value: value})
	}
}

// longestSetting is how many bytes a setting may have, such as a template.
const longestSetting = 1 << 14

// settingNames is assay's word for another tool's parameter.
func settingNames(name string) string {
	if own, ok := map[string]string{
		"max_gen_toks": "max_tokens", "max_new_tokens": "max_tokens", "num_fewshot": "shots", "until": "stop", "stop_seqs": "stop", "stop_sequences": "stop",
		"system_message": "system", "system_instruction": "system", "top_k_per_token": "top_k",
	}[name]; ok {
		return own
	}
	return name
}
