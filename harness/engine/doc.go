// Package engine runs a plan: it sends the suites' requests to models, has the answers
// judged, and publishes the records of the run.
//
//	Job ── Tasks ──> send ──> journal ──> judge ──> examples, completions,
//	                  ^          │          │       verdicts, judgements
//	                  └── cache ─┴──────────┘
//
// Every request to a model or a judge has an address: the hash of all that determines its
// answer ([models.Request.ID]). A request is not sent if its answer is in the run's journal,
// in its published records or in a run to be reused. This is the cache, it resumes a killed
// run, it judges again without generating, and it lets a finished run take up another suite.
//
// Answers are journalled as they arrive. When all have arrived, the records are written in
// the plan's order, so that equal plans give equal bytes whatever happened on the way. The
// manifest comes last: a run with one is complete. Verdicts of judges that the plan no
// longer names are kept in a stream of their own. A request that finally fails is recorded
// as missing, with the reason, and is sent again only on request.
package engine
