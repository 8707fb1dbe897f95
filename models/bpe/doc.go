// Package bpe cuts text into tokens and puts it together again: byte-level
// byte-pair encoding as GPT-2 has it (Sennrich et al. 2016; Radford et al. 2019,
// section 2.2), characters, and words, each with a vocabulary that is read from
// Hugging Face's files or made from text.
package bpe
