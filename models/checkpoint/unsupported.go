package checkpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// kind is a kind of file that isn't supported: patterns of its names, and what to do about it.
type kind struct {
	patterns []string
	what     string
}

const saveAgain = "load it in Python and save it again with save_pretrained(DIR, safe_serialization=True)"

// adapters are files of PEFT.
var adapters = kind{[]string{"adapter_config.json", "adapter_model.safetensors", "adapter_model.bin"},
	"the folder is a PEFT adapter, which changes another model; merge the two with PeftModel.from_pretrained(base, DIR).merge_and_unload().save_pretrained(OUT), and use OUT"}

// kinds are files that other programs store weights in.
var kinds = []kind{
	{[]string{"*.distcp", "pytorch_model_fsdp_*", "zero_to_fp32.py", "mp_rank_*", "global_step*"}, "shards of a distributed training (FSDP, DeepSpeed); merge them with 'accelerate merge-weights' or the folder's zero_to_fp32.py, and " + saveAgain},
	{[]string{"pytorch_model.bin.index.json", "pytorch_model-*.bin"}, "a sharded PyTorch pickle, which isn't supported: " + saveAgain},
	{[]string{"pytorch_model.bin", "*.pt", "*.pth", "*.ckpt"}, "a PyTorch pickle, which isn't supported: " + saveAgain},
	{[]string{"*.gguf", "*.ggml"}, "a GGUF file for llama.cpp; use the folder that it was converted from, or serve it with llama.cpp and use the server (openai:)"},
	{[]string{"*.onnx"}, "an ONNX graph; use the folder that it was exported from"},
	{[]string{"tf_model.h5", "*.h5", "model.ckpt.index", "model.ckpt.*", "*.tflite", "saved_model.pb"}, "TensorFlow weights, which aren't supported; load them with transformers (from_tf=True, version 4) and save them again with save_pretrained(DIR, safe_serialization=True)"},
	{[]string{"flax_model.msgpack", "flax_model*.msgpack"}, "Flax weights, which aren't supported; load them with transformers (from_flax=True, version 4) and save them again with save_pretrained(DIR, safe_serialization=True)"},
	{[]string{"rust_model.ot", "*.npz", "*.mlpackage"}, "weights in another program's format, which isn't supported: " + saveAgain},
	{[]string{"checkpoint-*"}, "a training folder with several checkpoints; use one of them"},
}

// otherFiles describes what a folder contains in place of a supported checkpoint; nil if nothing is
// recognised.
func otherFiles(dir string) error {
	for _, k := range append([]kind{adapters}, kinds...) {
		if name := k.in(dir); name != "" {
			return fmt.Errorf("%s: %s", name, k.what)
		}
	}
	return nil
}

// in finds a file of the kind in a folder.
func (k kind) in(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	for _, pattern := range k.patterns {
		for _, e := range entries {
			if ok, _ := filepath.Match(pattern, e.Name()); ok { // the patterns are well-formed
				return e.Name()
			}
		}
	}
	return ""
}

// absent is the error for a missing file, with what is there in its place.
func absent(dir, otherwise string) error {
	if found := otherFiles(dir); found != nil {
		return fmt.Errorf("%w; there is %w", fs.ErrNotExist, found)
	}
	return fmt.Errorf("%w; %s", fs.ErrNotExist, otherwise)
}

// refuseAdapter refuses a folder with an adapter, whatever else it contains: transformers would load the
// adapter and its base in place of the model.
func refuseAdapter(dir string) error {
	if name := adapters.in(dir); name != "" {
		return inFile(filepath.Join(dir, name), errors.New(adapters.what+"; if the model next to it is already merged, remove the adapter's files"))
	}
	return nil
}

// wrappers are prefixes that programs add to the names of a model that they wrap.
var wrappers = []string{"_orig_mod.", "module.", "pretrained_model."} // torch.compile, DataParallel, TRL

// wrapped is the common prefix of all tensors' names, except those of heads next to the model: wrappers, one
// after the other.
func wrapped(names []string) string {
	prefix := ""
next:
	for {
		for _, w := range wrappers {
			all := false
			for _, name := range names {
				if rest, ok := strings.CutPrefix(name, prefix); !ok || !strings.HasPrefix(rest, w) {
					if _, beside := besideHead(name); beside {
						continue
					}
					all = false
					break
				}
				all = true
			}
			if all {
				prefix += w
				continue next
			}
		}
		return prefix
	}
}

// besideHead reports whether a tensor belongs to a head that transformers' GPT2LMHeadModel ignores, and
// describes it.
func besideHead(name string) (what string, beside bool) {
	for i := 0; i < len(wrappers); i++ {
		if rest, ok := strings.CutPrefix(name, wrappers[i]); ok {
			name, i = rest, -1
		}
	}
	for _, head := range []struct{ prefix, what string }{
		{"v_head.", "TRL's value head"}, {"value_head.", "a value head"}, {"multiple_choice_head.", "a head of GPT2DoubleHeadsModel"},
	} {
		if strings.HasPrefix(name, head.prefix) {
			return head.what, true
		}
	}
	return "", false
}

// unknownTensor describes a tensor that a GPT-2 doesn't have.
func unknownTensor(name string) error {
	for _, part := range []struct{ in, what string }{
		{"lora_", "it is an unmerged LoRA weight: call PEFT's merge_and_unload(), and save the model again"},
		{"base_model.model.", "it belongs to a model wrapped by PEFT: call merge_and_unload(), and save the model again"},
		{"qweight", quantised}, {"qzeros", quantised}, {"g_idx", quantised}, {"absmax", quantised}, {"quant_", quantised},
		{"weight_scale", quantised}, {"weight_format", quantised}, {".SCB", quantised}, {"scales", quantised},
		{"model.layers.", "it belongs to another architecture; only GPT-2 is supported"},
		{"gpt_neox.", "it belongs to another architecture; only GPT-2 is supported"},
	} {
		if strings.Contains(name, part.in) {
			return errors.New(part.what)
		}
	}
	return errors.New("the GPT-2 described by config.json doesn't have it; correct config.json, or save the model again without it")
}

const quantised = "it belongs to a quantised model, which isn't supported: save the model again in float32, float16 or bfloat16"

// remedy explains a wrong type or shape of a tensor, if the cause is known.
func remedy(t Tensor) string {
	switch {
	case t.DType.bits() <= 8:
		return "; " + quantised
	case slices.Contains(t.Shape, 0):
		return "; DeepSpeed's ZeRO-3 saves such tensors: gather the weights (zero_to_fp32.py, or stage3_gather_16bit_weights_on_model_save), and save the model again"
	}
	return ""
}
