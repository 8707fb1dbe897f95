package checkpoint

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tiny is a configuration with few weights.
func tiny() Config {
	return Config{
		VocabSize: 5, MaxPositionEmbeddings: 3, HiddenSize: 4, NumHiddenLayers: 2, NumAttentionHeads: 2, IntermediateSize: 6,
		Activation: GELUTanh, LayerNormEpsilon: 1e-5, InitializerRange: 0.02,
		TieWordEmbeddings: true, Bias: true, Special: SpecialTokens{End: []int{4}},
	}
}

// writeConfig writes a folder's config.json without a model.
func writeConfig(dir string, c Config) error {
	text, err := encodeConfig(c)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, configName), text, 0o666)
}

func TestReadConfig(t *testing.T) {
	gpt2 := Config{
		VocabSize: 50257, MaxPositionEmbeddings: 1024, HiddenSize: 768, NumHiddenLayers: 12, NumAttentionHeads: 12, IntermediateSize: 3072,
		Activation: GELUTanh, LayerNormEpsilon: 1e-5, InitializerRange: 0.02,
		Dropout: Dropout{Residual: 0.1, Embedding: 0.1, Attention: 0.1}, TieWordEmbeddings: true, Bias: true,
		Special: SpecialTokens{Begin: new(50256), End: []int{50256}},
	}
	with := func(change func(*Config)) Config {
		c := gpt2
		change(&c)
		return c
	}
	for _, c := range []struct {
		name, text string
		want       Config
	}{
		{"defaults", `{"model_type":"gpt2"}`, gpt2},
		{"strangers' members", `{"model_type":"gpt2","n_ctx":1024,"transformers_version":"5.23.0","task_specific_params":{"text-generation":{"do_sample":true}},"summary_type":"cls_index","scale_attn_weights":true,"auto_map":null,"pruned_heads":{},"is_encoder_decoder":false,"hidden_size":768}`, gpt2},
		{"members", `{"model_type":"gpt2","vocab_size":10,"n_positions":8,"n_embd":6,"n_layer":1,"n_head":3,"n_inner":7,"activation_function":"gelu","resid_pdrop":0,"embd_pdrop":0.25,"attn_pdrop":0.5,"layer_norm_epsilon":1e-6,"initializer_range":0.5,"tie_word_embeddings":false,"bos_token_id":null,"eos_token_id":[3],"pad_token_id":0}`, Config{
			VocabSize: 10, MaxPositionEmbeddings: 8, HiddenSize: 6, NumHiddenLayers: 1, NumAttentionHeads: 3, IntermediateSize: 7, Activation: GELU, LayerNormEpsilon: 1e-6, InitializerRange: 0.5,
			Dropout: Dropout{Embedding: 0.25, Attention: 0.5}, Bias: true, Special: SpecialTokens{End: []int{3}, Pad: new(0)}}},
		{"n_inner null", `{"model_type":"gpt2","n_inner":null,"n_embd":24}`, with(func(c *Config) { c.HiddenSize, c.IntermediateSize = 24, 96 })},
		{"another name of gelu_new", `{"model_type":"gpt2","activation_function":"gelu_pytorch_tanh"}`, gpt2},
		{"scalar head", `{"model_type":"gpt2","architectures":["GPT2ForSequenceClassification"],"id2label":{"0":"LABEL_0"}}`, with(func(c *Config) { c.ScalarHead = true })},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Dir(writeFile(t, configName, c.text))
			got, err := ReadConfig(dir)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadConfigErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", ``, `the JSON ends too early`},
		{"no object", `[]`, `member "" can't be a [`},
		{"no JSON", `{"n_embd":NaN}`, `not JSON at byte 10`},
		{"twice", `{"n_embd":1,"n_embd":2}`, `member "n_embd" occurs twice`},
		{"type", `{"n_embd":"768"}`, `member "n_embd" can't be a string`},
		{"fraction", `{"n_embd":768.5}`, `member "n_embd" can't be a number`},
		{"no model type", `{}`, `model_type is ""; only "gpt2" is supported`},
		{"another model", `{"model_type":"llama"}`, `model_type is "llama"; only "gpt2" is supported`},
		{"unscaled", `{"model_type":"gpt2","scale_attn_weights":false}`, `this value of scale_attn_weights isn't supported; supported is true`},
		{"scaled by layer", `{"model_type":"gpt2","scale_attn_by_inverse_layer_idx":true}`, `this value of scale_attn_by_inverse_layer_idx isn't supported; supported is false`},
		{"upcast", `{"model_type":"gpt2","reorder_and_upcast_attn":true}`, `this value of reorder_and_upcast_attn isn't supported; supported is false`},
		{"cross attention", `{"model_type":"gpt2","add_cross_attention":true}`, `this value of add_cross_attention isn't supported; supported is false`},
		{"encoder", `{"model_type":"gpt2","is_encoder_decoder":true}`, `this value of is_encoder_decoder isn't supported; supported is false`},
		{"pruned", `{"model_type":"gpt2","pruned_heads":{"0":[1]}}`, `this value of pruned_heads isn't supported; supported is none`},
		{"quantized", `{"model_type":"gpt2","quantization_config":{"bits":4}}`, `this value of quantization_config isn't supported; supported is none, with weights of type F32, F16, BF16 or F64`},
		{"code", `{"model_type":"gpt2","auto_map":{"AutoModel":"x.Y"}}`, `this value of auto_map isn't supported; supported is none: a checkpoint's own code is never run`},
		{"activation", `{"model_type":"gpt2","activation_function":"relu"}`, `activation_function is "relu"; only gelu_new and its other names gelu_fast, gelu_accurate and gelu_pytorch_tanh are supported`},
		{"alias", `{"model_type":"gpt2","hidden_size":64}`, `hidden_size is 64 but n_embd is 768; keep only the latter`},
		{"heads", `{"model_type":"gpt2","n_head":5}`, `n_embd is 768, which n_head (5) doesn't divide`},
		{"no heads", `{"model_type":"gpt2","n_head":0}`, `n_head is 0; it must be from 1 to 1048576`},
		{"negative", `{"model_type":"gpt2","n_layer":-1}`, `n_layer is -1; it must be from 1 to 10000`},
		{"2^60 layers", `{"model_type":"gpt2","n_layer":1152921504606846976}`, `n_layer is 1152921504606846976; it must be from 1 to 10000`},
		{"2^62 wide", `{"model_type":"gpt2","n_embd":4611686018427387904}`, `n_embd is 4611686018427387904; it must be from 1 to 1048576`},
		{"inner", `{"model_type":"gpt2","n_inner":0}`, `n_inner is 0; it must be from 1 to 16777216`},
		{"dropout", `{"model_type":"gpt2","attn_pdrop":1}`, `attn_pdrop is 1; it must be at least 0 and below 1`},
		{"epsilon", `{"model_type":"gpt2","layer_norm_epsilon":0}`, `layer_norm_epsilon is 0; it must be above 0`},
		{"spread", `{"model_type":"gpt2","initializer_range":-1}`, `initializer_range is -1; it must be 0 or more`},
		{"ids", `{"model_type":"gpt2","bos_token_id":[1,2]}`, `bos_token_id is "[1,2]"; it must be an id or null`},
		{"ends", `{"model_type":"gpt2","eos_token_id":["</s>"]}`, `eos_token_id is "[\"</s>\"]"; it must be an id, a list of ids, or null`},
		{"id", `{"model_type":"gpt2","bos_token_id":"<s>"}`, `bos_token_id is "\"<s>\""; it must be an id or null`},
		{"two labels", `{"model_type":"gpt2","architectures":["GPT2ForSequenceClassification"]}`, `GPT2ForSequenceClassification has 2 labels (id2label); only 1, a scalar head, is supported`},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := writeFile(t, configName, c.text)
			_, err := ReadConfig(filepath.Dir(path))
			says(t, path, err, c.want)
		})
	}
	path := filepath.Join(t.TempDir(), configName)
	_, err := ReadConfig(filepath.Dir(path))
	says(t, path, err, "file does not exist; the folder has no checkpoint, or saving it was interrupted: name another folder, or train again")
	if err := os.WriteFile(path, make([]byte, configLimit+1), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = ReadConfig(filepath.Dir(path))
	says(t, path, err, "it has 1048577 bytes, but the limit is 1048576")
}

func TestConfigRoundTrip(t *testing.T) {
	scalar := tiny()
	scalar.ScalarHead, scalar.Activation, scalar.Dropout = true, GELU, Dropout{0.1, 0.2, 0.3}
	untied := tiny()
	untied.TieWordEmbeddings, untied.Special = false, SpecialTokens{Begin: new(0), End: []int{1, 5}, Pad: new(2)}
	for _, want := range []Config{tiny(), scalar, untied} {
		dir := t.TempDir()
		if err := writeConfig(dir, want); err != nil {
			t.Fatal(err)
		}
		got, err := ReadConfig(dir)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	broken := tiny()
	broken.NumAttentionHeads = 3
	dir := t.TempDir()
	says(t, filepath.Join(dir, configName), Save(dir, broken, nil), "n_embd is 4, which n_head (3) doesn't divide")
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(`{"model_type":"gpt2","n_embd":24,"eos_token_id":[3]}`))
	f.Add([]byte(`{"model_type":"gpt2","architectures":["GPT2ForSequenceClassification"],"num_labels":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := parseConfig(text)
		if err != nil {
			return
		}
		again, err := encodeConfig(c)
		if err != nil {
			t.Fatalf("%s: read, but not written: %v", text, err)
		}
		got, err := parseConfig(again)
		if err != nil {
			t.Fatalf("%s: written as %s: %v", text, again, err)
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("%s (-read +read again):\n%s", text, diff)
		}
	})
}
