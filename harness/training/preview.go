package training

import (
	"context"
	"fmt"
	"io"
	"math"

	"assay/harness/leaf/plural"
)

// Preview measures a few steps of a job in its folder, and writes what the training of the plan
// at path takes. The job can't be trained afterwards.
func Preview(ctx context.Context, w io.Writer, path string, folder *Folder, j *Job) error {
	e, err := Measure(ctx, string(folder.Dir), j)
	if err != nil {
		return err
	}
	there, scored := "", ""
	if room, ok := MemoryRoom(); ok {
		there = fmt.Sprintf("; %s available (limited by %s)", Bytes(room.Bytes), room.By)
	}
	if j.Cost.Score != nil {
		scored = fmt.Sprintf(", plus %s of %s", plural.Of(j.Cost.Scores, "evaluation"), StepTime(e.Score))
	}
	fmt.Fprintf(w, "%s: checked; nothing was trained\n", path)
	fmt.Fprintf(w, "  model: %s parameters\n", Count(j.Cost.Parameters))
	fmt.Fprintf(w, "  data: %s\n", j.Cost.Data)
	for _, line := range j.Notes {
		fmt.Fprintf(w, "    %s\n", line)
	}
	fmt.Fprintf(w, "  steps: %d, each of %s\n", j.Steps, j.Cost.Batch)
	fmt.Fprintf(w, "  tokens: about %s (%s per step)\n", Count(int(e.Tokens*float64(j.Steps))), Count(int(math.Round(e.Tokens))))
	if j.Cost.Trainings > 1 {
		fmt.Fprintf(w, "  trainings: %d, including the folds'\n", j.Cost.Trainings)
	}
	fmt.Fprintf(w, "  memory: about %s%s\n", Bytes(e.Memory), there)
	fmt.Fprintf(w, "  hours: %s (%s per step%s)\n", Hours(e.Hours), StepTime(e.Step), scored)
	return nil
}
