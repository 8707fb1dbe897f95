package data

import (
	"assay/harness/training"
	"assay/models/bpe"
	"assay/models/train/corpus"
)

// Tokens writes a token file of texts into a training's folder and opens it.
func Tokens(f *training.Folder, name string, t *bpe.Tokenizer, texts []string) (*corpus.Tokens, error) {
	tokens, err := WriteTokens(f.Dir.Path(name), t, texts)
	if err == nil {
		f.Close(tokens)
	}
	return tokens, err
}

// MixedIn draws windows of pretraining text that another training mixes in, from a token
// file that it writes into the training's folder: rows of time tokens.
func MixedIn(f *training.Folder, t *bpe.Tokenizer, texts []string, rows, time int, seed uint64) (*corpus.Windows, error) {
	tokens, err := Tokens(f, training.TextTokens, t, texts)
	if err != nil {
		return nil, err
	}
	w := &corpus.Windows{Tokens: tokens, Rows: rows, Time: time, Seed: seed}
	return w, w.Check()
}
