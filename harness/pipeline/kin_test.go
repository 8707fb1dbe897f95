package pipeline

import "testing"

func TestKin(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"gpt-4o", "GPT-4o", true}, {"gpt-4", "gpt-3.5-turbo-0301", true}, {"gpt4", "text_davinci_003", true}, {"gpt4_turbo", "o3", true},
		{"gpt-4o", "gpt2", false}, {"gpt-4o", "gpt4all", false}, {"gpt-4o", "gpt-neo-125m", false}, {"gpt-4o", "sft", false}, {"gpt-4o", "solo1", false},
		{"Meta-Llama-3-70B-Instruct", "llama-2-7b", true}, {"DeepSeek-R1-Distill-Qwen-7B", "qwen2.5", true}, {"DeepSeek-R1", "qwen2.5", false},
		{"claude", "claude-2.1", true}, {"yi-34b", "Yi-6B", true}, {"yi-34b", "anyi-x", false}, {"phi-3", "phishing", false},
		{"my-model", "my-model", true}, {"my-model", "my-model-2", false}, {"", "", false}, {"gpt-4", "", false},
	} {
		if got := kin(tt.a, tt.b); got != tt.want || kin(tt.b, tt.a) != tt.want {
			t.Errorf("%q and %q: %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
	for spec, want := range map[string]string{"openai:http://x/v1#org/qwen3": "qwen3", "gpt:some/folder/": "folder", "world:sft": "sft", "replay:out.jsonl#gpt-4": "gpt-4", "": "", "linear:judge": "judge"} {
		if got := modelName(spec); got != want {
			t.Errorf("%q is %q, want %q", spec, got, want)
		}
	}
}
