// Package prompts does the data steps of Ouyang et al. 2022 (section 3.2, appendix
// A) on a log of prompts, in one pass over it:
//
//	read -> drop duplicates -> cap per user -> split by user -> filter PII -> write
//
// A prompt is a duplicate if it shares a long prefix with an earlier one that was
// kept. Of a user at most 200 prompts are kept, the first ones. A user is in one
// split, drawn by a hash of the user's name, so that the split of a user doesn't
// depend on the rest of the log. What looks like personal data is dropped from the
// training split, as in the paper, or from all.
//
// Memory holds 16 bytes a kept prompt and a number a user; the text goes by. Faults
// in the log are *place.Error, with file and line.
package prompts
