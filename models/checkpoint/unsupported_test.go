package checkpoint

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A folder without a supported checkpoint is described, with a remedy.
func TestOtherFiles(t *testing.T) {
	for file, want := range map[string]string{
		"adapter_config.json":              "merge_and_unload",
		"adapter_model.safetensors":        "merge_and_unload",
		"pytorch_model.bin":                "safe_serialization=True",
		"pytorch_model.bin.index.json":     "a sharded PyTorch pickle",
		"pytorch_model-00001-of-00002.bin": "a sharded PyTorch pickle",
		"consolidated.00.pth":              "a PyTorch pickle",
		"model-q4.gguf":                    "a GGUF file",
		"model.onnx":                       "an ONNX graph",
		"tf_model.h5":                      "TensorFlow weights",
		"flax_model.msgpack":               "Flax weights",
		"pytorch_model_fsdp_0":             "shards of a distributed training",
		"checkpoint-500":                   "use one of them",
		"README.md":                        "has no checkpoint",
	} {
		for _, config := range []bool{false, true} {
			dir := t.TempDir()
			if config {
				if err := writeConfig(dir, tiny()); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(dir, file), nil, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Load(dir)
			want := want
			if config && file == "README.md" {
				want = "nor is there a model.safetensors.index.json"
			}
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), dir) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s (config.json: %v): %v, want %q", file, config, err, want)
			}
		}
	}
}

// A Git LFS pointer is described as one.
func TestPointerOfLFS(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := os.WriteFile(path, []byte("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "git lfs pull") || !strings.Contains(err.Error(), path) {
		t.Errorf("%v, want the remedy", err)
	}
}

// renamed is a checkpoint whose tensors have other names, and some extra tensors.
func renamed(t *testing.T, name func(string) string, more ...string) string {
	t.Helper()
	c, dir := tiny(), t.TempDir()
	var arrays []Array
	for i, s := range Names(c) {
		values := make([]float32, s.Elements())
		for j := range values {
			values[j] = float32(math.Sin(float64(1000*i + j)))
		}
		arrays = append(arrays, Floats(name(s.Name), values, s.Shape...))
	}
	for _, m := range more {
		arrays = append(arrays, Floats(m, []float32{1, 2}, 2))
	}
	if err := writeConfig(dir, c); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, modelName), nil, arrays); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Prefixes that torch.compile, DataParallel and TRL add to names are removed. Heads next to the language
// model are left out with a notice.
func TestWrappedNames(t *testing.T) {
	prefixed := func(p string) func(string) string { return func(name string) string { return p + name } }
	for name, tt := range map[string]struct {
		dir   string
		notes int
	}{
		"plain":          {renamed(t, prefixed("")), 0},
		"compiled":       {renamed(t, prefixed("_orig_mod.")), 0},
		"both":           {renamed(t, prefixed("module._orig_mod.")), 0},
		"bare":           {renamed(t, func(name string) string { return strings.TrimPrefix(name, "transformer.") }), 0},
		"value head":     {renamed(t, prefixed(""), "v_head.summary.weight", "v_head.summary.bias"), 1},
		"TRL's":          {renamed(t, prefixed("pretrained_model."), "v_head.summary.weight"), 1},
		"doubled":        {renamed(t, prefixed("_orig_mod."), "_orig_mod.multiple_choice_head.summary.weight"), 1},
		"compiled heads": {renamed(t, prefixed("_orig_mod.pretrained_model."), "_orig_mod.v_head.summary.weight"), 1},
	} {
		c, err := Load(tt.dir)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, s := range Names(c.Config) {
			values, err := c.Float32s(s.Name)
			if err != nil || values[s.Elements()-1] != float32(math.Sin(float64(1000*i+s.Elements()-1))) {
				t.Errorf("%s: %s: %v", name, s.Name, err)
			}
		}
		if len(c.Notices()) != tt.notes {
			t.Errorf("%s: notices %q", name, c.Notices())
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	for name, want := range map[string]string{
		"transformer.h.0.attn.c_attn.lora_A.weight": "merge_and_unload",
		"transformer.h.0.attn.c_attn.qweight":       "quantised",
		"transformer.h.0.mlp.c_fc.weight_scale":     "quantised",
		"model.layers.0.self_attn.q_proj.weight":    "another architecture",
		"score.bias":                                "correct config.json",
	} {
		if _, err := Load(renamed(t, prefixed(""), name)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	// One name lacks the wrapper of the others, so nothing is guessed.
	if _, err := Load(renamed(t, func(name string) string {
		if name == FinalNormBias {
			return name
		}
		return "_orig_mod." + name
	})); err == nil {
		t.Error("half a wrapper was taken off")
	}
}

// Errors about weights of a wrong type or shape explain the cause.
func TestTensorRemedies(t *testing.T) {
	for want, change := range map[string]func(*Array){
		"quantised":       func(a *Array) { a.DType, a.Data = "F8_E4M3", a.Data[:len(a.Data)/4] },
		"zero_to_fp32.py": func(a *Array) { a.Shape, a.Data = []int{0}, nil },
	} {
		c, dir := tiny(), t.TempDir()
		var arrays []Array
		for _, s := range Names(c) {
			a := Floats(s.Name, make([]float32, s.Elements()), s.Shape...)
			if s.Name == LayerName(0, "mlp.c_fc.weight") {
				change(&a)
			}
			arrays = append(arrays, a)
		}
		if err := writeConfig(dir, c); err != nil {
			t.Fatal(err)
		}
		if err := Write(filepath.Join(dir, modelName), nil, slices.Clone(arrays)); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "mlp.c_fc.weight") {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
