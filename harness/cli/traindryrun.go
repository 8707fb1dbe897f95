package cli

import (
	"context"
	"fmt"
	"math"

	"assay/harness/terminal"
	"assay/harness/training"
	"assay/reports"
)

// previewTrain prints what a training takes, measured over a few steps. It keeps nothing.
func previewTrain(ctx context.Context, c terminal.Console, path string, folder *training.Folder, j *training.Job) error {
	e, err := training.Measure(ctx, string(folder.Dir), j)
	if err != nil {
		return err
	}
	there, scored := "", ""
	if room, ok := training.MemoryRoom(); ok {
		there = fmt.Sprintf("; %s available (limited by %s)", training.Bytes(room.Bytes), room.By)
	}
	if j.Cost.Score != nil {
		scored = fmt.Sprintf(", plus %s of %s", reports.Counted(j.Cost.Scores, "evaluation"), training.StepTime(e.Score))
	}
	fmt.Fprintf(c.Out, "%s: checked; nothing was trained\n", path)
	fmt.Fprintf(c.Out, "  model: %s parameters\n", training.Count(j.Cost.Parameters))
	fmt.Fprintf(c.Out, "  data: %s\n", j.Cost.Data)
	for _, line := range j.Notes {
		fmt.Fprintf(c.Out, "    %s\n", line)
	}
	fmt.Fprintf(c.Out, "  steps: %d, each of %s\n", j.Steps, j.Cost.Batch)
	fmt.Fprintf(c.Out, "  tokens: about %s (%s per step)\n", training.Count(int(e.Tokens*float64(j.Steps))), training.Count(int(math.Round(e.Tokens))))
	if j.Cost.Trainings > 1 {
		fmt.Fprintf(c.Out, "  trainings: %d, including the folds'\n", j.Cost.Trainings)
	}
	fmt.Fprintf(c.Out, "  memory: about %s%s\n", training.Bytes(e.Memory), there)
	fmt.Fprintf(c.Out, "  hours: %s (%s per step%s)\n", training.Hours(e.Hours), training.StepTime(e.Step), scored)
	return nil
}
