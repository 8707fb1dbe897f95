// Package local opens checkpoints on this machine for everything that uses one: plans,
// generate, serve. A checkpoint is a folder in GPT-2's layout, or one that is built into
// assay (world:NAME). It also describes a checkpoint's files, from which its fingerprint
// is made.
package local
