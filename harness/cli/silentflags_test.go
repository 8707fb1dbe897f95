package cli

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assay/harness/terminal"
)

// zeroMeans says what 0 does for the flags
// whose range includes it.
var zeroMeans = map[string]string{
	"flips": "lists none", "samples": "none in report", "show": "shows none", "temperature": "greedy", "top-k": "all tokens, as elsewhere",
	"skip": "leaves out none", "true": "no difference", "prefix": "keeps duplicates", "most": "keeps all", "validation": "no split", "test": "no split",
	"grace": "stops at once", "flawed": "none",
}

// Every flag of a number has a range. A value outside it is refused before anything is done, and the message says the
// complete range. 0 is outside it, or means something: an accepted 0 that counts as "not given" would be ignored in
// silence. So would an empty text, which is refused too.
func TestFlagsOutsideTheirRangeAreRefused(t *testing.T) {
	refused, ranges, meant := 0, 0, map[string]bool{}
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
	number := func(cmd *cobra.Command, f *pflag.Flag) {
		r, ok := f.Value.(*ranged)
		if !ok {
			t.Errorf("%s --%s has no range; give it one with inRange", cmd.CommandPath(), f.Name)
			return
		}
		ranges++
		unit := map[bool]string{true: "s"}[f.Value.Type() == "duration"]
		outside := []string{"-2" + unit, "0" + unit}
		if math.IsInf(r.within.Lo, -1) {
			outside = nil
		} else if r.within.Holds(0) {
			outside = outside[:1]
		}
		if r.within.Holds(0) {
			if meant[f.Name] = true; zeroMeans[f.Name] == "" {
				t.Errorf("%s --%s may be 0; say in zeroMeans what this does, or change its range", cmd.CommandPath(), f.Name)
			}
		}
		if !math.IsInf(r.within.Hi, 1) {
			outside = append(outside, fmt.Sprint(int(r.within.Hi)+1))
		}
		if f.Value.Type() == "float64" {
			outside = append(outside, "NaN", "+Inf")
		}
		for _, value := range outside {
			check(cmd, f, value, "--"+f.Name+" "+value+": must be "+r.allowed()+"\n")
		}
	}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			switch kind := f.Value.Type(); {
			case kind == "duration" || kind == "int" || kind == "int64" || kind == "float64":
				number(cmd, f)
			case isText(f) && f.Name != "condition":
				check(cmd, f, "", "--"+f.Name+` "": the value is empty`)
			}
		})
	}
	walk(newRoot(terminal.Console{Out: io.Discard, Err: io.Discard}))
	if ranges < 40 || refused < 150 {
		t.Errorf("%d flags of numbers, %d values tried", ranges, refused)
	}
	for name := range zeroMeans {
		if !meant[name] {
			t.Errorf("zeroMeans lists %s, which no command has or whose range excludes 0", name)
		}
	}
}

// A message says the complete range of its flag, whatever is wrong with the value.
func TestRangesInMessages(t *testing.T) {
	for args, want := range map[string]string{
		"agreement x --epsilon -1":         "--epsilon -1: must be above 0 and below 1",
		"agreement x --epsilon 1.5":        "--epsilon 1.5: must be above 0 and below 1",
		"estimate x --resamples 99":        "--resamples 99: must be from 100 to 10000000",
		"generate x y --top-p 0":           "--top-p 0: must be above 0 and at most 1",
		"serve x --max-time 0s":            "--max-time 0s: must be above 0s",
		"serve x --grace -1s":              "--grace -1s: must be at least 0s",
		"world -o x --people 5":            "--people 5: must be from 12 to 3000",
		"world rank x y -o z --each 0":     "--each 0: must be from 1 to the number of the group's labelers",
		"world rank x y -o z --most 10":    "--most 10: must be from 4 to 9",
		"reproduce --part 0":               "--part 0: must be from 1 to the number of parts, which --list shows",
		"power x --true NaN":               "--true NaN: must be finite",
		"data prepare x -o y --test 1":     "--test 1: must be from 0 to below 1",
		"data prepare x -o y --prefix -1":  "--prefix -1: must be from 0 to 1000000",
		"estimate x --formt csv":           "unknown flag: --formt; did you mean --format? see 'assay estimate --help'",
		"estimate x --zzz":                 "unknown flag: --zzz; see 'assay estimate --help'",
		"generate x y --samples 1.5":       `--samples takes a whole number, not "1.5"`,
		"estimate x --resamples 1e4":       `--resamples takes a whole number, not "1e4"`,
		"import scores x -o y --seed -1":   `--seed takes a whole number, 0 or more, not "-1"`,
		"serve x --max-time 10":            `--max-time takes a time with its unit, such as 30s or 5m, not "10"`,
		"power x --margin 5%":              `--margin takes a number, not "5%"`,
		"world -o x --words 999 --seed 01": "--words 999: must be from 1000 to 1000000000",
	} {
		var stderr bytes.Buffer
		if code := Main(t.Context(), strings.Fields(args), io.Discard, &stderr); code != ExitBadInput || !strings.Contains(stderr.String(), want) {
			t.Errorf("%s: exit code %d, %q; want %q", args, code, stderr.String(), want)
		}
	}
}
