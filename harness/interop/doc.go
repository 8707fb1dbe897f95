// Package interop reads other people's files: recorded outputs and judgements,
// turned into examples, completions and judgements that a [Sink] takes.
//
// What a file says is taken strictly: a missing column, a torn line, a value out
// of range or a duplicate is a *place.Error that names file, line and remedy.
// Members and columns that assay has no use for are passed over, since these
// formats grow.
package interop
