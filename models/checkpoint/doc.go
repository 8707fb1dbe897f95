// Package checkpoint reads and writes language-model checkpoints in Hugging Face's layout for GPT-2: a folder
// with config.json and model.safetensors (or the shards that model.safetensors.index.json lists). It loads
// what the Python package transformers saves, and transformers loads what it saves.
//
// It knows files, names, shapes and data types, but nothing about the network:
//
//	Open, File        a safetensors file, mapped into memory and checked completely
//	Write, Array      a safetensors file, written completely or not at all
//	Config            config.json: ReadConfig
//	Names, Spec       the tensors of a GPT-2 with a Config
//	Load, Save        a folder, both ways
//
// Files are not trusted. Open uses no number in a header before comparing it with the file's size, so that it
// allocates no more than the file's size justifies. Every error is one line, a *place.Error that names the
// file and, if one is at fault, the tensor.
//
// The format is safetensors, https://huggingface.co/docs/safetensors, with all of its checks. This package is
// stricter than the Rust implementation: it also refuses duplicate names, a header that doesn't start with a
// brace, unknown members of an entry, control characters in names, and more than 64 dimensions.
package checkpoint
