// Package engine runs a plan: it asks models what suites want to know, has the
// answers judged, and publishes the records of the run.
//
//	Job ── Tasks ──> ask ──> journal ──> judge ──> examples, completions,
//	                  ^         │          │       verdicts, judgements
//	                  └─ cache ─┴──────────┘
//
// Every request, a model's or a judge's, has an address: the hash of all that
// determines its answer ([models.Request.ID]). An answer that is in the run's
// journal, in its published records or in a run to be reused is not asked for
// again. That is the cache, the resume after a kill, rescoring without
// generating, and the way in which a finished run takes up another suite.
//
// Answers are journalled as they arrive. When all are there, the records are
// written in the plan's order, so that equal plans give equal bytes whatever
// happened on the way; the manifest comes last and says that the run is whole.
// Verdicts of judges that a plan no longer names are kept beside them.
// What a model failed to give is recorded as missing with the reason, and is
// asked for again only when the caller wants that.
package engine
