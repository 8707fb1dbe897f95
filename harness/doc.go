// Package harness is the vocabulary of a run: its [Manifest]. The parts that
// carry one through its stages (examples, completions, judgements, estimates,
// report) lie beneath: interop reads other people's files, runstore keeps the
// records, pipeline runs the stages, cli wires them together.
package harness
