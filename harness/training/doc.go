// Package training runs a training in a folder of its own:
//
//	DIR/train.jsonl          a record a step
//	DIR/model/               the model: the best by the chosen score, for others to load
//	DIR/state.safetensors    what an unfinished training resumes from
//	DIR/manifest.json        there once it is finished; then the state is gone
//	DIR/timings.jsonl        what may differ between two equal trainings
//
// An interrupted or killed training resumes from its last state, and ends with the same bytes
// in every file but timings.jsonl.
//
// Sub-packages turn plans into trainings: lm (pretraining and fine-tuning), reward and ppo.
// They share data (files to tokens) and network (weights with their optimiser).
package training
