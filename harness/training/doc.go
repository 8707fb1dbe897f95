// Package training runs a training in a folder of its own:
//
//	DIR/train.jsonl          a record per step
//	DIR/model/               the model: the best checkpoint by the chosen score
//	DIR/state.safetensors    what an unfinished training resumes from
//	DIR/manifest.json        written when the training is finished; the state is then removed
//	DIR/timings.jsonl        times, which may differ between equal trainings
//
// An interrupted or killed training resumes from its last state, and ends with the same bytes
// in every file but timings.jsonl.
//
// Sub-packages turn plans into trainings: lm (pretraining and fine-tuning), reward and ppo.
// They share data (files to tokens) and network (weights with their optimiser).
package training
