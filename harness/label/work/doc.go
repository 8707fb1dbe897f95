// Package work keeps labelling in progress on disk: a folder with an SQLite database that holds
// the items, who labels what, and each answer as it came. Answers are only appended. An answer
// is on disk when [Work.Save] returns, so that one that a page shows as saved survives kill -9
// and, as far as the disk keeps its word, a power failure.
//
// What the database says is also in memory, and only there is it read while labelers work.
// [Work.apply] is the one way from an event to that state, at the start and afterwards.
package work
