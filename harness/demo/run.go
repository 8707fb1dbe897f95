package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"assay/harness/leaf/shell"
)

// Run makes a demo in a folder. Each step is written to w as a shell command, with its exit code. do
// runs a command of assay and returns its exit code. regression is the exit code of a gate that found
// one.
func Run(ctx context.Context, w io.Writer, dir string, regression int, do func(args []string, to io.Writer) int) error {
	if err := Prepare(dir); err != nil {
		return err
	}
	for _, s := range Steps(dir, regression) {
		code, err := s.run(w, do)
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		fmt.Fprintf(w, "[exit code %d]\n", code)
		if code != s.Want {
			return fmt.Errorf("demo: the step above should end with exit code %d; please report this", s.Want)
		}
	}
	fmt.Fprintf(w, "\nOpen %s in a browser.\n", Page(dir))
	return nil
}

func (s *Step) run(w io.Writer, do func(args []string, to io.Writer) int) (code int, err error) {
	fmt.Fprintf(w, "\n# %s\n$ assay %s", s.Say, shell.Quote(s.Args...))
	to := w
	if s.Into != "" {
		fmt.Fprintf(w, " > %s", shell.Quote(s.Into))
		file, err := os.Create(s.Into)
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		to = file
	}
	fmt.Fprintln(w)
	return do(s.Args, to), nil
}
