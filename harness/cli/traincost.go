package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"assay/harness/leaf/place"
	"assay/harness/training"
	"assay/models"
	"assay/models/gpt"
)

// trainSizes are what there is to learn from.
type trainSizes struct {
	data      string // for people
	time      int    // tokens of the longest row of a batch
	counted   int    // of a batch at most
	heldTime  int    // likewise of a batch of what is held out
	heldCount int
	evaluated int // tokens or demonstrations that are held out
}

// trainCost is what a training takes, all of which is known before its first step.
type trainCost struct {
	parameters int
	batch      string // for people
	// need is the memory in bytes beside what the process holds already, where each batch
	// is cut into so many parts, which divide rows (1 where it can't be).
	need       func(parts int) (int64, error)
	rows       int
	accumulate int
	remedy     string // where cutting batches doesn't help
	path       string // of the plan
	line       int    // of its batch
	copies     int    // of the weights, in a state
	trainings  int    // with those of a cross-validation

	// try takes steps until report says to stop; score measures what is held out once.
	try    func(ctx context.Context, report func(models.TrainStep) error) error
	score  func() (time.Duration, error)
	scores int // how often
}

// errEnough ends a measurement.
var errEnough = errors.New("enough")

// weightsFit wants room for so many copies of a model's weights, before they are made.
func weightsFit(path string, line, parameters, copies int) error {
	room, ok := training.MemoryRoom()
	if need := 4 * float64(parameters) * float64(copies); ok && need > float64(room.Bytes) {
		return place.Errorf(path, line, "%s parameters need at least %s of memory for weights, gradients and moments, and there are %s (%s); take a smaller model, or a larger machine",
			count(parameters), bytesOf(int64(min(need, math.MaxInt64/2))), bytesOf(room.Bytes), room.By)
	}
	return nil
}

// fits wants room in memory and on disk, and says what would make it fit. It returns the
// memory that the training takes, in bytes.
func (k *trainCost) fits(out string) (int64, error) {
	base := training.Resident() + training.Garbage
	more, err := k.need(1)
	if err != nil {
		return 0, err
	}
	total := base + more
	if room, ok := training.MemoryRoom(); ok && total > room.Bytes {
		err := fmt.Errorf("the training needs about %s of memory, and there are %s (%s); %s", bytesOf(total), bytesOf(room.Bytes), room.By, k.smaller(base, room.Bytes))
		return total, place.At(k.path, k.line, err)
	}
	// Model and state, and both again while they are replaced.
	disk := 2 * 4 * int64(k.parameters) * int64(1+k.copies)
	if free, ok := training.DiskRoom(out); ok && disk > free {
		return total, fmt.Errorf("%s: the training writes up to %s there, and %s are free; choose another -o", out, bytesOf(disk), bytesOf(free))
	}
	return total, nil
}

// smaller says which parts of a batch fit.
func (k *trainCost) smaller(base, room int64) string {
	for parts := 2; parts <= k.rows; parts++ {
		if k.rows%parts != 0 {
			continue
		}
		if need, err := k.need(parts); err == nil && base+need <= room {
			return fmt.Sprintf("write batch: %d and accumulate: %d, the same steps in parts, which need %s", k.rows/parts, k.accumulate*parts, bytesOf(base+need))
		}
	}
	return k.remedy
}

// preview says what a training takes, after a few steps of it that nothing is kept of.
func (w *trainFolder) preview(ctx context.Context, c console, j *training.Job) error {
	k := &w.cost
	memory, err := k.fits(w.out)
	if err != nil {
		return err
	}
	training.LimitGarbage(memory)
	step, tokens, err := k.timed(ctx, j.Steps)
	if err != nil {
		return err
	}
	hours := step.Hours() * float64(j.Steps)
	scored := ""
	if k.score != nil {
		took, err := k.score()
		if err != nil {
			return err
		}
		hours += took.Hours() * float64(k.scores)
		scored = fmt.Sprintf(", and %d times %s for what is held out", k.scores, shortly(took))
	}
	hours *= float64(max(k.trainings, 1))
	there := ""
	if room, ok := training.MemoryRoom(); ok {
		there = fmt.Sprintf("; there are %s (%s)", bytesOf(room.Bytes), room.By)
	}
	fmt.Fprintf(c.out, "%s: checked, and nothing was kept\n", w.path)
	fmt.Fprintf(c.out, "  model: %s parameters\n", count(k.parameters))
	fmt.Fprintf(c.out, "  data: %s\n", w.sizes.data)
	for _, line := range w.notes.Lines() {
		fmt.Fprintf(c.out, "    %s\n", line)
	}
	fmt.Fprintf(c.out, "  steps: %d, each %s\n", j.Steps, k.batch)
	fmt.Fprintf(c.out, "  tokens: about %s (%s a step)\n", count(int(tokens*float64(j.Steps))), count(int(math.Round(tokens))))
	if k.trainings > 1 {
		fmt.Fprintf(c.out, "  trainings: %d, the folds' among them\n", k.trainings)
	}
	fmt.Fprintf(c.out, "  memory: about %s%s\n", bytesOf(memory), there)
	fmt.Fprintf(c.out, "  hours: about %.2g (%s a step%s)\n", hours, shortly(step), scored)
	return nil
}

// timed is how long a step takes, and how many tokens it has: the mean over a few after
// the first, which prepares itself.
func (k *trainCost) timed(ctx context.Context, steps int) (step time.Duration, tokens float64, err error) {
	const enough, most = 3 * time.Second, 32
	begun := time.Now()
	var first time.Duration
	n := 0
	var last models.TrainStep
	err = k.try(ctx, func(s models.TrainStep) error {
		n++
		last = s
		if n == 1 {
			first = time.Since(begun)
		}
		if took := time.Since(begun); n >= steps || n >= most || took > 10*enough || n > 2 && took > enough {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return 0, 0, err
	}
	tokens = float64(last.Tokens) / float64(max(n, 1))
	if n < 2 {
		return first, tokens, nil
	}
	return (time.Since(begun) - first) / time.Duration(n-1), tokens, nil
}

// weights are the bytes of so many copies of a network's.
func weights(net *gpt.Model, copies int) int64 {
	return 4 * int64(net.Params().Count()) * int64(copies)
}

// largest is the most of some footprints.
func largest(feet ...func() (int64, error)) (most int64, err error) {
	for _, foot := range feet {
		n, err := foot()
		if err != nil {
			return 0, err
		}
		most = max(most, n)
	}
	return most, nil
}

// foot is the footprint of a pass.
func foot(net *gpt.Model, trains bool, s gpt.Shape) func() (int64, error) {
	return func() (int64, error) { return net.Footprint(trains, s) }
}

func count(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func bytesOf(n int64) string {
	if n >= 1e9 {
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	}
	return fmt.Sprintf("%.0f MB", float64(n)/1e6)
}

func shortly(d time.Duration) string {
	if d >= time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f ms", 1e3*d.Seconds())
}
