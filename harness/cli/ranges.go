package cli

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"assay/harness/leaf/interval"
)

// ranged is the number of a flag that has a range.
type ranged struct {
	pflag.Value
	within interval.Interval
	most   string // what the largest value depends on, if the command finds it out later; "" otherwise
}

// inRange gives flags of numbers a range, such as "[1,]"; that of a time is in seconds. A value outside it is refused
// before the command runs, with the complete range: see [refuseSilent].
func inRange(flags *pflag.FlagSet, within string, names ...string) {
	for _, name := range names {
		f := flags.Lookup(name)
		f.Value = &ranged{Value: f.Value, within: interval.Parse(within)}
	}
}

// upTo gives a flag a range from 1 to what most says, which the command finds out and checks.
func upTo(flags *pflag.FlagSet, most, name string) {
	inRange(flags, "[1,]", name)
	flags.Lookup(name).Value.(*ranged).most = most
}

// number is the flag's value, that of a time in seconds.
func (r *ranged) number() float64 {
	text := r.Value.String()
	if r.Type() == "duration" {
		d, _ := time.ParseDuration(text) // it comes from a Duration
		return d.Seconds()
	}
	x, _ := strconv.ParseFloat(text, 64) // likewise
	return x
}

// allowed says where the number must be.
func (r *ranged) allowed() string {
	if r.most != "" {
		return fmt.Sprintf("from %v to %s", r.within.Lo, r.most)
	}
	return r.within.In(map[string]string{"duration": "s"}[r.Type()])
}
