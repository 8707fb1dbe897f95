// Package prompts does the data steps of Ouyang et al. 2022 (section 3.2, appendix
// A) on a log of prompts, in one pass over it:
//
//	read -> drop duplicates -> cap per user -> split by user -> filter PII -> write
//
// A prompt is a duplicate if it shares a long prefix with an earlier kept one. At
// most the first 200 prompts of a user are kept. A user is in one split, drawn by a
// hash of the user's name, so the split doesn't depend on the rest of the log.
// Prompts with apparent personal data are dropped from the training split, as in
// the paper, or from all splits.
//
// The [Report] has the paper's tables of what was kept (Tables 1, 6 and 8 to 11 in
// arXiv numbers) and counts what was dropped.
//
// Memory holds about 100 bytes for each kept prompt and a number for each user, but
// no text. Faults in the log are *place.Error, with file and line.
package prompts
