// Package engine runs a plan: it sends the suites' requests to models, has the answers
// judged, and publishes the records of the run.
//
//	Job ── Tasks ──> send ──> journal ──> judge ──> examples, completions,
//	                  ^          │          │       verdicts, judgements
//	                  └── cache ─┴──────────┘
//
// Every request to a model or a judge has an address: the hash of everything that determines
// its answer ([models.Request.ID]). A request is not sent if its answer is already in the
// run's journal, in its published records or in a reused run. This cache lets a killed run
// resume, answers be judged again without being generated again, and a finished run take
// another suite.
//
// Answers are journalled as they arrive. When all have arrived, the records are written in
// the plan's order, so that equal plans give equal bytes, whether or not a run was
// interrupted. The manifest is written last: a run that has one is complete. Verdicts of
// judges that the plan no longer names are kept in a separate stream. A request that finally fails is recorded
// as missing, with the reason, and is sent again only on request.
package engine
