// Package bpe turns text into tokens and back: byte-level byte-pair encoding as in GPT-2 (Sennrich et al.
// 2016; Radford et al. 2019, section 2.2), characters, and words. The vocabulary is read from Hugging Face's
// files or made from text.
package bpe
