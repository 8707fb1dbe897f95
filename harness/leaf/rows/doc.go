// Package rows reads files as people and programs save them, row by row: text in
// UTF-8 or UTF-16, with any line end; JSON lines; one JSON array; CSV with commas,
// semicolons, tabs or bars. It yields the bytes of a row with the row's line, and
// leaves decoding to its caller.
//
// Errors are [*place.Error], with file, line and remedy. What a row holds need not be
// in order for its neighbours to be read; where nothing can be read after a fault,
// [Ends] says so.
package rows
