// Package harness defines a run's [Manifest]. Its sub-packages take a run through
// its stages (examples, completions, judgements, estimates, report): interop reads
// other people's files, runstore stores the records, pipeline runs the stages, and
// cli is the command line.
package harness
