// Package runstore keeps the records of a run: one strict JSONL codec for every
// kind of record ([Kind]), over a directory ([Dir]) or memory ([Memory]).
//
// A stream is a header line with kind and schema version, followed by one record a
// line. Reading is strict: an unknown or repeated member, invalid UTF-8, a missing
// header, a later schema, a torn line or a record that contradicts itself is an
// error that names file and line. Records are read and written one at a time; no
// stream is ever entirely in memory.
//
// A stream appears under its name only when its writer commits, complete and
// synced. A writer that is aborted or killed leaves the earlier stream unchanged.
package runstore
