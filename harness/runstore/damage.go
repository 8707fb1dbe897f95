package runstore

import (
	"errors"

	"assay/harness/leaf/place"
)

const repeatIt = "repeat the command that wrote it"

// Damage is a fault in a file that assay wrote, and its remedy.
type Damage struct {
	Fault  error
	Remedy string
}

func (d *Damage) Error() string { return d.Fault.Error() + "; " + d.Remedy }

// Unwrap returns the fault.
func (d *Damage) Unwrap() error { return d.Fault }

// WithRemedy replaces the remedy of a [Damage], for a command that reads what it wrote
// earlier: repeating it would meet the same fault. remedy gets the fault's line; other errors
// stay as they are.
func WithRemedy(err error, remedy func(line int) string) error {
	d, damaged := errors.AsType[*Damage](err)
	at, placed := place.Of(err)
	if !damaged || !placed {
		return err
	}
	return place.At(at.File, at.Line, &Damage{d.Fault, remedy(at.Line)})
}
