// Package terminal is what a command shows: results on stdout, notices and progress on
// stderr, as a bar on a terminal and as plain lines elsewhere.
package terminal

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"assay/reports/text"
)

// Console holds the writers of a command.
type Console struct {
	Out, Err io.Writer
}

// Notice prints a message on stderr that is not an error.
func (c Console) Notice(format string, args ...any) {
	fmt.Fprintf(c.Err, "note: %s\n", text.Clean(fmt.Sprintf(format, args...)))
}

// Color reports whether to colour stdout.
func (c Console) Color() bool { return os.Getenv("NO_COLOR") == "" && Is(c.Out) }

// Is reports whether a reader or writer is a terminal.
func Is(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
