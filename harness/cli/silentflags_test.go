package cli

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assay/harness/terminal"
)

// No command takes a negative number or an empty text as if the flag were not there.
func TestNegativeAndEmptyFlagsAreRefused(t *testing.T) {
	refused := 0
	check := func(cmd *cobra.Command, f *pflag.Flag, value, want string) {
		args := append(strings.Fields(cmd.CommandPath())[1:], "--"+f.Name+"="+value)
		for n := 0; cmd.Args != nil && cmd.Args(cmd, slices.Repeat([]string{"x"}, n)) != nil && n < 5; n++ {
			args = append(args, "x")
		}
		var stderr bytes.Buffer
		if code := Main(t.Context(), args, io.Discard, &stderr); code != ExitBadInput || !strings.Contains(stderr.String(), want) {
			t.Errorf("%v: exit code %d, %q; want %q", args, code, stderr.String(), want)
		}
		refused++
	}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			switch kind := f.Value.Type(); {
			case kind == "duration":
				check(cmd, f, "-2s", "--"+f.Name+" -2s: must not be negative")
			case kind == "int" || kind == "float64" && f.Name != "true":
				check(cmd, f, "-2", "--"+f.Name+" -2: must not be negative")
			case isText(f) && f.Name != "condition":
				check(cmd, f, "", "--"+f.Name+` "": the value is empty`)
			}
		})
	}
	walk(newRoot(terminal.Console{Out: io.Discard, Err: io.Discard}))
	if refused < 60 {
		t.Errorf("only %d flags were tried", refused)
	}
}
