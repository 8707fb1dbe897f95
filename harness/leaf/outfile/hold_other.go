//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package outfile

import "os"

// hold is always nil: nothing tells here whether a folder's writer still runs.
func hold(string) *os.File { return nil }
