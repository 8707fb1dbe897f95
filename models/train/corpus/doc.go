// Package corpus keeps tokenised text in files that are mapped into memory, and
// cuts batches from them.
//
// A token file is a header of 24 bytes (the magic "assaytok", then little-endian
// uint32 version, uint32 bytes per token: 2 or 4, uint64 count) and the tokens,
// little-endian.
package corpus
