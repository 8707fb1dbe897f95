// Package interop reads other people's files. It turns recorded outputs and
// judgements into examples, completions and judgements, and gives them to a [Sink].
//
// Files are read strictly: a missing column, a torn line, a value out of range or
// a duplicate is a *place.Error that names file, line and remedy. Members and
// columns that assay doesn't use are ignored, since these formats grow.
package interop
