package cli

import (
	"context"
	"errors"
	"fmt"

	"assay/harness/ci"
	"assay/harness/session"
	"assay/metrics"
)

// Exit codes. If several apply, the first of BadInput, Regression, NotAttempted,
// Inconclusive is used.
const (
	ExitOK           = 0 // done, and every gate passed
	ExitRegression   = 1
	ExitBadInput     = 2 // bad usage or bad input
	ExitInconclusive = 3 // a significant loss that may be within the margin, or no verdict
	ExitNotAttempted = 4 // planned work was never attempted, or a gate has no scores
)

// exitCodes are the lines of help about them.
const exitCodes = `  0  done, and every gate passed
  1  a gate found a regression (worse by more than its margin) or, for equivalence, a difference
  2  bad usage or bad input; one line names the fault and the remedy
  3  a gate found a loss (worse, but perhaps within the margin), or is inconclusive
  4  planned work was not attempted (rerun the command to resume), or a gate has no scores

If several apply, the first of 2, 1, 4, 3 is used.`

// exit is a result that is not a failure of the program: a code without a message.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// conclude returns the message for stderr, "" for none, and the exit code that an error ends
// the program with.
func conclude(err error) (message string, code int) {
	var wanted exit
	var stopped *session.Stopped
	switch {
	case err == nil:
		return "", ExitOK
	case errors.As(err, &wanted):
		return "", int(wanted)
	case errors.As(err, &stopped):
		if errors.Is(err, context.Canceled) {
			stopped.Err = errors.New("interrupted")
		}
		if _, ok := errors.AsType[*session.BadInput](err); ok {
			return stopped.Error(), ExitBadInput
		}
		return stopped.Error(), ExitNotAttempted
	case errors.Is(err, context.Canceled):
		return "interrupted; no partial files were left", ExitBadInput
	}
	return err.Error(), ExitBadInput
}

// gatesExit ends a command with the exit code of its gates; it is nil if all pass.
func gatesExit(gates []metrics.GateResult, counting ci.Counting) error {
	switch counting.Decides(gates) {
	case metrics.Regress:
		return exit(ExitRegression)
	case metrics.NotAttempted:
		return exit(ExitNotAttempted)
	case metrics.Inconclusive:
		return exit(ExitInconclusive)
	}
	return nil
}
