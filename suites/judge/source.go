package judge

import "embed"

// Source is this package's code: the comments of settings describe the fields of plans in
// lists of fields and in schemas.
//
//go:embed *.go
var Source embed.FS
