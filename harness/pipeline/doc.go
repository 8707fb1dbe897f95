// Package pipeline takes a run through its stages. Each stage reads the stream of
// the stage before and writes its own:
//
//	importer ─> [Ingest] ─> examples, completions, recorded judgements
//	completions ─> [Judge] ─> judgements made here (exact match, BLEU, ...)
//	judgements ─> [Collect] ─> [Estimate] ─> estimates
//	                        └> [Compare] ─> comparisons, gates
//	all of them ─> [Report] ─> reports.Report
package pipeline
