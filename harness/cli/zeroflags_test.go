package cli

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assay/harness/terminal"
)

// zeroMeans lists flags of numbers that [aboveZero] doesn't mark: those with a use for 0, and those whose own range
// refuses it.
var zeroMeans = map[string]string{
	"flips": "lists none", "samples": "none in report; refused by generate", "show": "shows none",
	"temperature": "greedy", "top-k": "all tokens, as elsewhere", "skip": "leaves out none", "seed": "a seed", "first-seed": "a seed",
	"true": "no difference", "prefix": "keeps duplicates", "most": "keeps all, or refused by world rank", "validation": "no split", "test": "no split", "grace": "stops at once",
	"resamples": "refused", "max-tokens": "refused", "top-p": "refused", "power": "refused", "judgements": "refused", "seeds": "refused", "each": "refused",
	"max-answers": "refused", "max-queue": "refused", "max-time": "refused", "max-write": "refused", "sequences": "refused", "max-body": "refused", "cache": "refused",
	"words": "none or refused", "held-out-words": "none or refused", "flawed": "none", "tasks": "none",
}

// Every flag of a number says what its 0 does: it has a meaning, or it is refused by name. An accepted 0 that
// counts as "not given" would be ignored in silence.
func TestZeroIsRefusedOrMeansSomething(t *testing.T) {
	marked, used := 0, map[string]bool{}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			switch f.Value.Type() {
			case "int", "int64", "uint64", "float64", "duration":
			default:
				return
			}
			_, refused := f.Annotations[zeroIsAbsent]
			_, known := zeroMeans[f.Name]
			set := strings.HasPrefix(f.Usage, "number of ") && strings.HasPrefix(cmd.CommandPath(), "assay world") // a world's file with no rows
			used[f.Name] = true
			if refused == (known || set && f.Name != "people" && f.Name != "things") {
				t.Errorf("%s --%s: marked %v, listed %v; mark it with aboveZero, or list in zeroMeans what 0 does", cmd.CommandPath(), f.Name, refused, known)
			}
			if !refused {
				return
			}
			marked++
			args := append(strings.Fields(cmd.CommandPath())[1:], "--"+f.Name+"=0")
			if cmd.Args(cmd, nil) != nil {
				args = append(args, "x")
			}
			var stderr bytes.Buffer
			code := Main(t.Context(), args, io.Discard, &stderr)
			if want := "--" + f.Name + " 0: must be above 0"; code != ExitBadInput || !strings.Contains(stderr.String(), want) {
				t.Errorf("%v: exit code %d, %q; want %q", args, code, stderr.String(), want)
			}
		})
	}
	walk(newRoot(terminal.Console{Out: io.Discard, Err: io.Discard}))
	if marked < 7 {
		t.Errorf("%d flags are marked; margin, sd-between, sd-within, people, things, part and limit at least", marked)
	}
	for name := range zeroMeans {
		if !used[name] {
			t.Errorf("zeroMeans lists %s, which no command has", name)
		}
	}
}
