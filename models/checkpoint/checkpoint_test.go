package checkpoint

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// weights makes values for a configuration, different in each tensor.
func weights(c Config, from float32) map[string][]float32 {
	out := map[string][]float32{}
	for i, s := range Names(c) {
		if s.Bias && !c.Bias {
			continue
		}
		values := make([]float32, s.Elements())
		for j := range values {
			values[j] = from + float32(i) + float32(j)/1024
		}
		out[s.Name] = values
	}
	return out
}

func variants() map[string]Config {
	untied, scalar, plain := tiny(), tiny(), tiny()
	untied.TieWordEmbeddings, scalar.ScalarHead, plain.Bias = false, true, false
	return map[string]Config{"tied": tiny(), "untied": untied, "scalar": scalar, "no biases": plain}
}

// 124,439,808 parameters: sum(p.numel() for p in GPT2LMHeadModel(GPT2Config()).parameters()) in transformers
// 5.23.
func TestNamesCount(t *testing.T) {
	c, err := parseConfig([]byte(`{"model_type":"gpt2"}`))
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, s := range Names(c) {
		sum += s.Elements()
	}
	if sum != 124_439_808 || len(Names(c)) != 148 {
		t.Errorf("%d parameters in %d tensors, want 124439808 in 148", sum, len(Names(c)))
	}
}

func TestSaveLoad(t *testing.T) {
	for name, config := range variants() {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "new", "folder")
			want := weights(config, 1)
			if err := Save(dir, config, want); err != nil {
				t.Fatal(err)
			}
			c, err := Load(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if diff := cmp.Diff(config, c.Config); diff != "" {
				t.Errorf("configuration (-want +got):\n%s", diff)
			}
			if got := c.file.Metadata()["format"]; got != "pt" {
				t.Errorf("metadata's format is %q, want pt", got)
			}
			for _, s := range Names(config) {
				if s.Bias && !config.Bias {
					want[s.Name] = make([]float32, s.Elements())
				}
				if got, err := c.Float32s(s.Name); err != nil || !slices.Equal(got, want[s.Name]) {
					t.Errorf("%s: %v, %v, want %v", s.Name, got, err, want[s.Name])
				}
			}
			if got, want := len(c.file.Names()), len(Names(config)); got != want {
				t.Errorf("%d tensors in the file, want %d", got, want)
			}
			_, err = c.Float32s("transformer.h.9.ln_1.weight")
			says(t, filepath.Join(dir, modelName), err, `tensor "transformer.h.9.ln_1.weight": the model doesn't have it`)
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) != 2 {
				t.Errorf("%v, %v, want config.json and model.safetensors alone", entries, err)
			}
		})
	}
}

func TestSaveErrors(t *testing.T) {
	without := func(name string) map[string][]float32 {
		w := weights(tiny(), 0)
		delete(w, name)
		return w
	}
	with := func(name string, n int) map[string][]float32 {
		w := weights(tiny(), 0)
		w[name] = make([]float32, n)
		return w
	}
	plain := tiny()
	plain.Bias = false
	for _, c := range []struct {
		name    string
		config  Config
		tensors map[string][]float32
		want    string
	}{
		{"missing", tiny(), without(FinalNormBias), `tensor "transformer.ln_f.bias": it is missing, but by its configuration the model has it`},
		{"short", tiny(), with(TokenEmbedding, 19), `tensor "transformer.wte.weight": it has 19 values, but shape [5,4] needs 20`},
		{"too many", tiny(), with("wte.weight", 20), `tensor "wte.weight": by its configuration the model doesn't have it`},
		{"tied", tiny(), with(OutputWeight, 20), `tensor "lm_head.weight": by its configuration the model doesn't have it`},
		{"a bias too many", plain, weights(tiny(), 0), `tensor "transformer.h.0.attn.c_attn.bias": by its configuration the model doesn't have it`},
	} {
		dir := filepath.Join(t.TempDir(), "d")
		says(t, filepath.Join(dir, modelName), Save(dir, c.config, c.tensors), c.want)
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: the folder was made", c.name)
		}
	}
}

// foreign writes a checkpoint whose tensors have changed names, or with extra tensors.
func foreign(t *testing.T, config Config, change func(map[string]Array)) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := writeConfig(dir, config); err != nil {
		t.Fatal(err)
	}
	all := weights(config, 1)
	arrays := map[string]Array{}
	for _, s := range Names(config) {
		arrays[s.Name] = Floats(s.Name, all[s.Name], s.Shape...)
	}
	change(arrays)
	if err := Write(filepath.Join(dir, modelName), nil, slices.Collect(maps.Values(arrays))); err != nil {
		t.Fatal(err)
	}
	return dir
}

func add(arrays map[string]Array, name string, shape ...int) {
	n := 1
	for _, d := range shape {
		n *= d
	}
	arrays[name] = Floats(name, make([]float32, n), shape...)
}

func bare(arrays map[string]Array) {
	for name, a := range arrays {
		a.Name = strings.TrimPrefix(name, "transformer.")
		arrays[name] = a
	}
}

func TestLoadForeign(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(map[string]Array)
	}{
		{"bare names", bare},
		{"buffers", func(a map[string]Array) {
			add(a, "transformer.h.0.attn.bias", 1, 1, 3, 3)
			add(a, "transformer.h.1.attn.masked_bias")
		}},
		{"bare names and buffers", func(a map[string]Array) {
			bare(a)
			add(a, "h.0.attn.bias", 1, 1, 3, 3)
		}},
		{"the tied head is there", func(a map[string]Array) {
			head := a[TokenEmbedding]
			head.Name = OutputWeight
			a[OutputWeight] = head
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Load(foreign(t, tiny(), c.change))
			if err != nil {
				t.Fatal(err)
			}
			defer got.Close()
			for name, want := range weights(tiny(), 1) {
				if values, err := got.Float32s(name); err != nil || !slices.Equal(values, want) {
					t.Errorf("%s: %v, %v, want %v", name, values, err, want)
				}
			}
		})
	}
}

func TestLoadErrors(t *testing.T) {
	untied, scalar := variants()["untied"], variants()["scalar"]
	for _, c := range []struct {
		name   string
		config Config
		change func(map[string]Array)
		want   string
	}{
		{"missing", tiny(), func(a map[string]Array) { delete(a, LayerName(1, "mlp.c_fc.weight")) }, `tensor "transformer.h.1.mlp.c_fc.weight": the file lacks it, but by config.json the model has it`},
		{"no head", untied, func(a map[string]Array) { delete(a, OutputWeight) }, `tensor "lm_head.weight": the file lacks it, but by config.json the model has it`},
		{"no score", scalar, func(a map[string]Array) { delete(a, ScoreWeight) }, `tensor "score.weight": the file lacks it, but by config.json the model has it`},
		{"transposed", tiny(), func(a map[string]Array) { add(a, LayerName(0, "mlp.c_fc.weight"), 6, 4) }, `tensor "transformer.h.0.mlp.c_fc.weight": shape is [6,4], want [4,6] by config.json`},
		{"integers", tiny(), func(a map[string]Array) {
			a[FinalNormBias] = Array{FinalNormBias, "I32", []int{4}, make([]byte, 16)}
		}, `tensor "transformer.ln_f.bias": dtype is I32, want F32, F16, BF16 or F64 by config.json`},
		{"a layer too many", tiny(), func(a map[string]Array) { add(a, LayerName(2, "ln_1.weight"), 4) }, `tensor "transformer.h.2.ln_1.weight": the GPT-2 described by config.json doesn't have it; correct config.json, or save the model again without it`},
		{"cross attention", tiny(), func(a map[string]Array) { add(a, LayerName(0, "ln_cross_attn.weight"), 4) }, `tensor "transformer.h.0.ln_cross_attn.weight": the GPT-2 described by config.json doesn't have it; correct config.json, or save the model again without it`},
		{"a score too many", tiny(), func(a map[string]Array) { add(a, ScoreWeight, 1, 4) }, `tensor "score.weight": the GPT-2 described by config.json doesn't have it; correct config.json, or save the model again without it`},
		{"two scores", scalar, func(a map[string]Array) { add(a, ScoreWeight, 2, 4) }, `tensor "score.weight": shape is [2,4], want [1,4] by config.json`},
		{"both names", tiny(), func(a map[string]Array) { add(a, "wpe.weight", 3, 4) }, `tensor "wpe.weight": the file also has it as "transformer.wpe.weight"`},
		{"another head", tiny(), func(a map[string]Array) { add(a, OutputWeight, 5, 4) }, `tensor "lm_head.weight": it differs from transformer.wte.weight, but config.json ties them (tie_word_embeddings)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := foreign(t, c.config, c.change)
			_, err := Load(dir)
			says(t, filepath.Join(dir, modelName), err, c.want)
		})
	}
}

func TestLoadFolder(t *testing.T) {
	dir := t.TempDir()
	model := filepath.Join(dir, modelName)
	_, err := Load(dir)
	says(t, filepath.Join(dir, configName), err, "file does not exist; the folder has no checkpoint, or saving it was interrupted: name another folder, or train again")
	if err := writeConfig(dir, tiny()); err != nil {
		t.Fatal(err)
	}
	_, err = Load(dir)
	says(t, model, err, "file does not exist; nor is there a model.safetensors.index.json")
	pickle := filepath.Join(dir, "pytorch_model.bin")
	if err := os.WriteFile(pickle, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Load(dir)
	says(t, model, err, "file does not exist; there is pytorch_model.bin: a PyTorch pickle, which isn't supported: load it in Python and save it again with save_pretrained(DIR, safe_serialization=True)")

	plain := variants()["no biases"]
	arrays := []Array{}
	for _, s := range Names(plain) {
		values := make([]float32, s.Elements())
		if s.Name == LayerName(1, "ln_2.bias") {
			values[3] = 2
		}
		arrays = append(arrays, Floats(s.Name, values, s.Shape...))
	}
	if err := Write(model, map[string]string{remarkKey: noBiases}, arrays); err != nil {
		t.Fatal(err)
	}
	_, err = Load(dir)
	says(t, model, err, `tensor "transformer.h.1.ln_2.bias": element 3 is 2, but by the file's metadata the model has no biases`)

	if err := Write(model, nil, []Array{Floats(TokenEmbedding, make([]float32, 20), 5, 4)}); err != nil {
		t.Fatal(err)
	}
	_, err = Load(dir)
	says(t, model, err, "the file has 1 tensor, too few for the 2 layers in config.json (n_layer)")
}

func TestLoadShards(t *testing.T) {
	dir := foreign(t, tiny(), func(map[string]Array) {})
	if err := os.Rename(filepath.Join(dir, modelName), filepath.Join(dir, "model-00001-of-00001.safetensors")); err != nil {
		t.Fatal(err)
	}
	var entries []string
	for _, s := range Names(tiny()) {
		entries = append(entries, `"`+s.Name+`":"model-00001-of-00001.safetensors"`)
	}
	index := `{"weight_map":{` + strings.Join(entries, ",") + `}}`
	if err := os.WriteFile(filepath.Join(dir, indexName), []byte(index), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got, err := c.Float32s(PositionEmbedding); err != nil || !slices.Equal(got, weights(tiny(), 1)[PositionEmbedding]) {
		t.Errorf("position embedding: %v, %v", got, err)
	}
}
