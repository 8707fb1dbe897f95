// Package training runs a training in a folder of its own:
//
//	DIR/train.jsonl          a record a step
//	DIR/model/               the model: the best by the chosen score, for others to load
//	DIR/state.safetensors    what an unfinished training goes on from
//	DIR/manifest.json        there once it is finished; then the state is gone
//	DIR/timings.jsonl        all that may differ between two equal trainings
//
// A training that is interrupted or killed goes on from its last state, and ends
// with the same bytes in every file but timings.jsonl.
package training
