// Package checkpoint reads and writes language-model checkpoints in the layout of
// Hugging Face's GPT-2: a folder with config.json and model.safetensors (or the
// shards that model.safetensors.index.json names). What the Python package
// transformers saves loads here, and what is saved here loads there.
//
// It knows files, names, shapes and data types, and nothing of the network:
//
//	Open, File        a safetensors file, mapped into memory and checked whole
//	Write, Array      a safetensors file, written whole or not at all
//	Config            config.json: ReadConfig, WriteConfig
//	Names, Spec       the tensors that a GPT-2 of a Config has
//	Load, Save        a folder, both ways
//
// Files come from strangers. Open believes no number in a header before it has been
// compared with the file's size, so that what it allocates is bounded by the bytes
// that are there. Every error is one line, a *place.Error that names the file and, where
// one is at fault, the tensor.
//
// The safetensors format is that of https://huggingface.co/docs/safetensors, checks
// included. Stricter than the Rust implementation, this package refuses duplicate
// names, a header that doesn't begin with a brace, unknown members of an entry,
// control characters in names, and more than 64 dimensions.
package checkpoint
