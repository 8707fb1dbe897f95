package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"assay/harness/leaf/plural"
	"assay/harness/plan"
	"assay/harness/runstore"
	"assay/harness/terminal"
	"assay/harness/training"
)

// evaluated is a training that evaluates its model.
type evaluated[E any] interface {
	Preview(ctx context.Context, to io.Writer, path string) error
	Run(context.Context, training.Watch) (*training.Result, E, error)
}

// trainEvaluated trains by the plan at path, or previews that, and prints the evaluation. The training's
// length is counted in a unit.
func trainEvaluated[E interface{ Describe(io.Writer) }](ctx context.Context, c terminal.Console, f *trainFlags, kind plan.TrainKind, path string,
	open func(*training.Folder, *terminal.Training) (evaluated[E], error), unit string) error {
	return f.within(kind, func(folder *training.Folder) error {
		watch := &terminal.Training{Console: c}
		t, err := open(folder, watch)
		if err != nil {
			return err
		}
		if f.dry {
			return t.Preview(ctx, c.Out, path)
		}
		result, evaluation, err := t.Run(ctx, watch)
		if err != nil {
			return err
		}
		sayTrained(c, f.out, result, unit)
		evaluation.Describe(c.Out)
		sayModel(c, f.out)
		return nil
	})
}

// concludeTrain prints the result of a training.
func concludeTrain(c terminal.Console, out string, r *training.Result) error {
	sayTrained(c, out, r, "token")
	if r.Nothing {
		return nil
	}
	course, err := training.ReadCourse(runstore.Dir(out))
	if err != nil {
		return err
	}
	course.Describe(c.Out)
	for _, warning := range course.Warnings() {
		c.Notice("%s (assay report %s -o report)", warning, out)
	}
	sayModel(c, out)
	return nil
}

func sayTrained(c terminal.Console, out string, r *training.Result, unit string) {
	if r.Nothing {
		fmt.Fprintf(c.Out, "%s: the training is finished\n", out)
		return
	}
	fmt.Fprintf(c.Out, "%s: %s over %s, loss %.4f\n", out, plural.Of(r.Last.Step, "step"), plural.Of(int(r.Last.Tokens), unit), r.Last.Loss)
}

func sayModel(c terminal.Console, out string) {
	fmt.Fprintf(c.Out, "  the model is in %s\n", filepath.Join(out, training.ModelFolder))
}
